//! A real race again: its laps, stops and flags as they were timed, and in between a simulated drive that fits.
//!
//! Real are the times: every crossing of the line, every stop, every flag. Invented is everything inside a lap. Each car
//! has the same engine, driver and fuel on board, so that cars differ by their lap times alone.

mod car;
mod drive;
mod trace;

use crate::car::Entrant;
use crate::config::{EvidenceMode, RaceConfig, TrackKind};
use crate::driver::Driver;
use crate::engine::{DESIGNS, EngineMap, Package};
use crate::faults::Faults;
use crate::feed::Feed;
use crate::motion::{Motion, STEP_US};
use crate::race::Emission;
use crate::sensor::Sensor;
use crate::timetable::{TimedCar, Timetable, TimetableError, sum};
use crate::track::Track;
use car::ReconstructedCar;
use drive::World;
use events::{Air, Flag, RaceEventKind};
use std::collections::VecDeque;
use units::{EventTime, Span};

/// The air of the dynamics; the log says nothing of it.
const AIR: Air = Air { pressure_pa: 99_000.0, temperature_k: 298.15, vapour_pressure_pa: 1_200.0 };
/// How much of a lap the field is seen behind the pace car before the start.
const PACE_LAP: f64 = 0.9;
/// The lap that the reference car makes is the fastest but for this part of the field's green laps.
const FAST: f64 = 0.1;
/// Mean speed of such a lap where nobody raced one.
const FAST_MPS: f64 = 80.0;
/// Lateral grip that a track may have, m/s², banking included.
const LATERAL: (f64, f64) = (4.0, 80.0);
const LATERAL_HALVINGS: usize = 12;
/// Longer than any latency.
const DRAIN: Span = Span::from_secs(1);

/// A reconstructed race: an iterator over its log, in order of ingest time, without truth. Memory grows by the length of
/// one lap per car, not with the race.
pub struct Reconstruction {
    world: World,
    cars: Vec<ReconstructedCar>,
    feed: Feed,
    /// Flags still to be shown.
    flags: VecDeque<(Span, Flag)>,
    zero: EventTime,
    /// Race time reached.
    now: Span,
    over: bool,
    ready: VecDeque<Emission>,
}

impl Reconstruction {
    /// The race of `race`, ready to start. `seed` draws what the way to the log adds; `hz` is the rate of
    /// samples per car, 1 to 120.
    ///
    /// # Errors
    /// The timetable contradicts itself, or a number is out of its range.
    pub fn new(race: &Timetable, seed: u64, hz: u32) -> Result<Self, TimetableError> {
        race.check()?;
        if !(1..=120).contains(&hz) {
            return Err(TimetableError::Hz { hz });
        }
        let last_line = race.cars.iter().map(|car| car.first_line.us()).max().unwrap_or(0);
        let lead_us = PACE_LAP * race.lap_m / race.pace_mps * 1e6;
        let begin = Span::from_us((last_line.max(0) - lead_us as i64).min(-1_000_000));
        let world = world(race, begin);
        let start = race.start + begin;
        let car = |(index, timed): (usize, &TimedCar)| {
            let entrant = Entrant {
                car: index,
                cars: race.cars.len(),
                vehicle: timed.entry.vehicle,
                seed,
                hz,
                faults: Faults::none(),
                start,
                grid_m: 0.0,
                finish_m: 0.0,
            };
            let driver = Driver::steady(seed, index, &world.track);
            ReconstructedCar::new(timed, &world, Sensor::new(&entrant, Motion::default()), driver, begin)
        };
        let cars = race.cars.iter().enumerate().map(car).collect();
        let mut feed = Feed::new(&RaceConfig {
            seed,
            track: TrackKind::Oval15,
            cars: race.cars.len() as u32,
            minutes: 1.0,
            hz,
            evidence: EvidenceMode::None,
            faults: Faults::none(),
            start,
            session: race.session.session,
        });
        feed.open(start, RaceEventKind::Session(race.session.clone()));
        feed.open(
            start,
            RaceEventKind::Roster { cars: race.cars.iter().map(|car| car.entry.clone()).collect() },
        );
        Ok(Reconstruction {
            flags: world.flags.iter().copied().collect(),
            world,
            cars,
            feed,
            zero: race.start,
            now: begin,
            over: false,
            ready: VecDeque::new(),
        })
    }

    fn step(&mut self) {
        let until = sum(self.now, Span::from_us(STEP_US));
        while let Some((at, flag)) = next_if(&mut self.flags, |(at, _)| *at < until) {
            self.feed.event(self.zero + at, RaceEventKind::Flag { flag });
        }
        for car in &mut self.cars {
            // a signal out of its range cannot come of sound motion: end the race rather than log nonsense
            self.over |= car.step(until, self.zero, &self.world, &mut self.feed).is_err();
        }
        self.now = until;
        self.over |= self.flags.is_empty() && self.cars.iter().all(ReconstructedCar::is_silent);
        let drained = if self.over { sum(until, DRAIN) } else { until };
        while let Some(entry) = self.feed.next(self.zero + drained) {
            self.ready.push_back(Emission::Log(entry));
        }
    }
}

impl Iterator for Reconstruction {
    type Item = Emission;

    fn next(&mut self) -> Option<Emission> {
        while self.ready.is_empty() && !self.over {
            self.step();
        }
        self.ready.pop_front()
    }
}

/// Before the first flag the field follows the pace car.
fn world(race: &Timetable, begin: Span) -> World {
    let engine = EngineMap::new(DESIGNS[0], Package::HP_670, AIR);
    let track = |lateral| Track::timed(race.lap_m, lateral, race.pace_mps);
    let flags = vec![(begin, Flag::Yellow)];
    let mut world = World { track: track(LATERAL.1), engine, fast_mps: FAST_MPS, flags };
    world.flags.extend(race.flags.iter().filter(|(at, _)| *at > begin));
    world.flags.sort_by_key(|&(at, _)| at);
    if let Some(fast_s) = fast_lap_s(race, &world) {
        let flags = std::mem::replace(&mut world.flags, vec![(Span::ZERO, Flag::Green)]);
        let (mut low, mut high) = LATERAL;
        for _ in 0..LATERAL_HALVINGS {
            let lateral = 0.5 * (low + high);
            world.track = track(lateral);
            let slow = world.reference_lap_s(&Driver::steady(0, 0, &world.track)) > fast_s;
            if slow { low = lateral } else { high = lateral }
        }
        world.flags = flags;
        world.fast_mps = race.lap_m / fast_s;
    }
    world
}

/// A fast lap of the field, of those that were raced from line to line.
fn fast_lap_s(race: &Timetable, world: &World) -> Option<f64> {
    let mut laps: Vec<Span> = Vec::new();
    for car in &race.cars {
        let lines = car.lines();
        let raced = |(lap, ends): &(&Span, &[Span])| {
            let (from, to) = (ends[0], ends[1]);
            let pits = car.stops.iter().any(|stop| stop.pit_in <= to && from <= stop.end());
            **lap > Span::ZERO && !pits && world.is_racing(from.us() as f64, to.us() as f64)
        };
        laps.extend(car.laps.iter().zip(lines.windows(2)).filter(raced).map(|(lap, _)| *lap));
    }
    laps.sort_unstable();
    laps.get((laps.len() as f64 * FAST) as usize).map(|lap| lap.secs())
}

fn next_if<T>(queue: &mut VecDeque<T>, is_due: impl FnOnce(&T) -> bool) -> Option<T> {
    if queue.front().is_some_and(is_due) { queue.pop_front() } else { None }
}
