//! One car: from one timed moment to the next.

use super::drive::{Leg, World};
use super::next_if;
use super::trace::Trace;
use crate::driver::Driver;
use crate::feed::Feed;
use crate::motion::Motion;
use crate::sensor::Sensor;
use crate::timetable::{TimedCar, TimedStop, sum};
use events::{RaceEventKind, SignalError, StopPhase};
use std::collections::VecDeque;
use units::{EventTime, Span};

/// What a car does after its last timed moment, invented: one that finished slows to this and falls silent, one that
/// did not rolls out and stands.
const COOL_DOWN_MPS: f64 = 40.0;
const COOL_DOWN_S: f64 = 15.0;
const ROLL_OUT_S: f64 = 20.0;
const RETIRED_AFTER: Span = Span::from_secs(15);
/// Most of the way to the next timed place that a pit road may take.
const PIT_ROAD_MAX: f64 = 0.85;
/// How long before the line a car turns in, part of a lap, that never crossed the line again.
const PIT_IN: f64 = 0.3;

/// Speeds on the pit road that are tried where the limit does not fit.
const PIT_MIN_MPS: f64 = 1.0;
const PIT_MAX_MPS: f64 = 35.0;

pub(super) struct ReconstructedCar {
    sensor: Sensor,
    lap_counter: LapCounter,
    driver: Driver,
    /// The race times of the lines that are still to be crossed, and of the stops still to be made.
    lines: VecDeque<Span>,
    stops: VecDeque<TimedStop>,
    /// Where the next line is, metres.
    next_line_m: f64,
    events: VecDeque<(Span, RaceEventKind)>,
    finished: bool,
    /// Its last stop never ended.
    gave_up: bool,
    pace: f64,
    trace: Trace,
    /// The pit road, after the leg towards it.
    next: Option<Trace>,
    rolled_out: bool,
    silent: bool,
}

impl ReconstructedCar {
    /// On its way to the start at `begin`, race time.
    pub fn new(timed: &TimedCar, world: &World, sensor: Sensor, driver: Driver, begin: Span) -> Self {
        let track = &world.track;
        let to_go_m = track.pace_mps * (timed.first_line.us() - begin.us()) as f64 * 1e-6;
        let start = world.rolling((track.lap_m - to_go_m).max(0.0), track.pace_mps);
        ReconstructedCar {
            sensor,
            lap_counter: LapCounter { lines: timed.lines().into(), line_m: track.lap_m, seen: None },
            driver,
            lines: timed.lines().into(),
            stops: timed.stops.iter().copied().collect(),
            next_line_m: track.lap_m,
            events: events(timed),
            finished: timed.finished,
            gave_up: timed.stops.last().is_some_and(|stop| stop.pit_out.is_none()),
            pace: 1.0,
            trace: Trace::starting(begin.us() as f64, start),
            next: None,
            rolled_out: false,
            silent: false,
        }
    }

    /// Has nothing more to say.
    pub fn is_silent(&self) -> bool {
        self.silent && self.events.is_empty()
    }

    /// Tells the log what happens before `until`, race time; `zero` is when the race went green.
    pub fn step(
        &mut self,
        until: Span,
        zero: EventTime,
        world: &World,
        feed: &mut Feed,
    ) -> Result<(), SignalError> {
        while let Some((at, kind)) = next_if(&mut self.events, |(at, _)| *at < until) {
            feed.event(zero + at, kind);
        }
        while !self.silent && self.sensor.due() < zero + until {
            let us = (self.sensor.due() - zero).us() as f64;
            let Some(mut motion) = self.motion(us, world) else {
                self.silent = true;
                break;
            };
            motion.distance_m = self.lap_counter.correct(us, motion.distance_m, world.track.lap_m);
            let at = self.sensor.due();
            self.sensor.follow(&motion);
            if let Some(sample) = self.sensor.read(1.0, world.track.lap_m)? {
                feed.sample(at, sample);
            }
        }
        Ok(())
    }

    fn motion(&mut self, us: f64, world: &World) -> Option<Motion> {
        loop {
            if let Some(motion) = self.trace.end().filter(|&(to, _)| us <= to).and_then(|_| self.trace.at(us))
            {
                return Some(motion);
            }
            let from = self.trace.end()?;
            self.trace = self.go_on(from, world)?;
        }
    }

    /// The next part of the way; `None` after the last.
    fn go_on(&mut self, from: (f64, Motion), world: &World) -> Option<Trace> {
        if let Some(trace) = self.next.take() {
            return Some(trace);
        }
        let line = self.lines.front().copied();
        if let Some(stop) = next_if(&mut self.stops, |stop| line.is_none_or(|line| stop.pit_in <= line)) {
            return Some(self.drive_in(from, &stop, world));
        }
        if let Some(line) = self.lines.pop_front() {
            let to_m = self.next_line_m;
            self.next_line_m += world.track.lap_m;
            return Some(self.drive(from, line.us() as f64, to_m, None, world));
        }
        if std::mem::replace(&mut self.rolled_out, true) {
            return None;
        }
        let rest = if self.finished { (COOL_DOWN_MPS, COOL_DOWN_S) } else { (0.0, ROLL_OUT_S) };
        (!self.gave_up).then(|| world.slow_down(from, rest.0, rest.1, &self.driver))
    }

    fn drive(
        &mut self,
        (from_us, from): (f64, Motion),
        to_us: f64,
        to_m: f64,
        end_mps: Option<f64>,
        world: &World,
    ) -> Trace {
        let leg = Leg { from_us, from, to_us, to_m, end_mps, pace: self.pace };
        let (trace, pace) = world.drive(&leg, &mut self.driver);
        self.pace = pace;
        trace
    }

    /// Drives to the pit road, and keeps the way through it for later. Where the pit road lies follows from the time
    /// at which the car crossed the line on it, and from the speed there: the limit, unless that leaves no way before it,
    /// or a way that no car is fast enough for.
    fn drive_in(&mut self, from: (f64, Motion), stop: &TimedStop, world: &World) -> Trace {
        let lap_m = world.track.lap_m;
        let line = self.lines.front().copied().filter(|&line| line <= stop.end());
        let room_m = PIT_ROAD_MAX * (self.next_line_m - from.1.distance_m);
        let length = |visit: &Trace| visit.end().map_or(0.0, |(_, motion)| motion.distance_m);
        let before_line = |visit: &Trace| match line {
            Some(line) => visit.distance_at(line.us() as f64).unwrap_or(0.0),
            None => length(visit),
        };
        let is_long = |visit: &Trace| {
            let before_m = before_line(visit);
            before_m > room_m || length(visit) - before_m > PIT_ROAD_MAX * lap_m
        };
        let begins_at = |visit: &Trace| match (line, self.lines.front()) {
            (Some(_), _) => self.next_line_m - before_line(visit),
            (None, Some(line)) => self.midway(from, stop, length(visit), line.us() as f64),
            (None, None) => self.next_line_m - (PIT_IN * lap_m).min(room_m).max(1.05 * length(visit)),
        };
        let driver = &self.driver;
        let drive = |pit_mps: f64| (pit_mps, world.visit(stop, pit_mps, driver));
        let way_s = (stop.pit_in.us() as f64 - from.0) * 1e-6;
        let is_hurried = |visit: &Trace| begins_at(visit) - from.1.distance_m > world.fast_mps * way_s;
        let mut best = drive(world.track.pit_mps);
        while is_hurried(&best.1) && best.0 < PIT_MAX_MPS {
            best = drive(1.1 * best.0);
        }
        while is_long(&best.1) && best.0 > PIT_MIN_MPS {
            best = drive(0.8 * best.0);
        }
        let (pit_mps, mut visit) = best;
        let pit_in_m = begins_at(&visit);
        visit.shift(pit_in_m);
        self.next = Some(visit);
        if line.is_some() {
            self.lines.pop_front();
            self.next_line_m += lap_m;
        }
        self.drive(from, stop.pit_in.us() as f64, pit_in_m, Some(pit_mps), world)
    }

    /// A visit without a line in it: placed so that the way before and the way after are driven alike.
    fn midway(&self, (from_us, from): (f64, Motion), stop: &TimedStop, pit_road_m: f64, line_us: f64) -> f64 {
        let before_us = stop.pit_in.us() as f64 - from_us;
        let after_us = line_us - stop.end().us() as f64;
        let free_m = self.next_line_m - from.distance_m - pit_road_m;
        from.distance_m + free_m * before_us / (before_us + after_us).max(1.0)
    }
}

/// Keeps crossings exact to whoever reads samples: straight from the last one before the line to the first one behind it.
/// Where a car changes its speed on the line, as one that was timed in a way no car drives, the truth is bent by metres.
struct LapCounter {
    /// The race times of the lines that no sample has passed yet, and where the first of them is, metres.
    lines: VecDeque<Span>,
    line_m: f64,
    /// Time and place of the last sample.
    seen: Option<(f64, f64)>,
}

impl LapCounter {
    /// Where a sample at `us` should say that the car is, metres.
    fn correct(&mut self, us: f64, distance_m: f64, lap_m: f64) -> f64 {
        let mut counted_m = distance_m;
        while let Some(line) = next_if(&mut self.lines, |line| line.us() as f64 <= us) {
            let line_us = line.us() as f64;
            if let Some((from_us, from_m)) = self.seen.filter(|&(from_us, _)| from_us < line_us) {
                counted_m = self.line_m + (self.line_m - from_m) * (us - line_us) / (line_us - from_us);
            }
            self.line_m += lap_m;
        }
        let counted_m = self.seen.map_or(counted_m, |(_, from_m)| counted_m.max(from_m));
        self.seen = Some((us, counted_m));
        counted_m
    }
}

/// What the log tells of a car's way, at the times that were recorded. A car that never left its box retires there.
fn events(timed: &TimedCar) -> VecDeque<(Span, RaceEventKind)> {
    let vehicle = timed.entry.vehicle;
    let phase_at = |at: Span, phase| (at, RaceEventKind::Stop { vehicle, phase });
    let retired = |at: Span| (at, RaceEventKind::Retired { vehicle });
    let mut all = VecDeque::new();
    let mut given_up = None;
    for stop in &timed.stops {
        all.push_back(phase_at(stop.pit_in, StopPhase::PitIn));
        if let Some((from, to)) = stop.stood {
            all.push_back(phase_at(from, StopPhase::BoxStop));
            all.extend(stop.pit_out.map(|_| phase_at(to, StopPhase::BoxLeave)));
        }
        match stop.pit_out {
            Some(at) => all.push_back(phase_at(at, StopPhase::PitOut)),
            None => given_up = Some(stop.end()),
        }
    }
    let last = timed.lines().last().copied().unwrap_or(timed.first_line);
    match given_up {
        Some(at) => all.push_back(retired(at)),
        None if !timed.finished => {
            let last_known = all.back().map_or(last, |&(at, _)| at.max(last));
            all.push_back(retired(sum(last_known, RETIRED_AFTER)));
        }
        None => {}
    }
    all
}
