//! The race: advances everything by one step and hands out what has arrived.

use crate::car::{Car, Entrant, Scene};
use crate::config::{ConfigError, RaceConfig};
use crate::control::Control;
use crate::driver::SPACING_M;
use crate::engine::{DESIGNS, EngineMap};
use crate::feed::Feed;
use crate::motion::STEP_US;
use crate::pit::TANK_GAL;
use crate::plan::Plan;
use crate::random::{Concern, Random};
use crate::roster;
use crate::track::Track;
use crate::traffic::Traffic;
use events::truth::Truth;
use events::{Air, Entry, Origin, RaceEventKind, Session};
use std::collections::VecDeque;
use units::{EventTime, FuelDensity, Span, Volume};

/// Rated power of the engine package. Source: docs/simulator.md §1.
const PACKAGE_HP: f64 = 670.0;
/// Longer than any latency: what is still on its way at the end arrives.
const DRAIN: Span = Span::from_secs(1);

/// One thing that a race produces.
#[derive(Clone, Debug, PartialEq)]
pub enum Emission {
    /// The next entry of the log.
    Log(Entry),
    /// The next line of the truth beside the log.
    Truth(Truth),
}

/// A running race: an iterator over what it produces, log entries in order of ingest time, each line of truth when its
/// interval has ended. Memory does not grow with the length of the race.
pub struct Race {
    config: RaceConfig,
    track: Track,
    engines: Vec<EngineMap>,
    air_density: f64,
    control: Control,
    cars: Vec<Car>,
    traffic: Traffic,
    feed: Feed,
    now: EventTime,
    over: bool,
    ready: VecDeque<Emission>,
}

impl Race {
    /// A race ready to start.
    ///
    /// # Errors
    /// A number of the configuration is out of its range.
    pub fn new(config: RaceConfig) -> Result<Self, ConfigError> {
        config.check()?;
        let track = Track::new(config.track);
        let air = weather(config.seed);
        let engines: Vec<EngineMap> = DESIGNS.into_iter().map(|design| EngineMap::new(design, air)).collect();
        let roster = roster::roster(config.cars as usize)?;
        let plan = Plan::new(&config, &track);
        let grid = grid(config.seed, roster.len());
        let entrant = |(car, place): (usize, usize)| Entrant {
            car,
            cars: roster.len(),
            vehicle: roster[car].vehicle,
            seed: config.seed,
            hz: config.hz,
            start: config.start,
            grid_m: plan.grid_m - place as f64 * SPACING_M,
            finish_m: f64::from(plan.laps) * track.lap_m,
        };
        let cars = grid.into_iter().enumerate().map(|place| Car::new(&entrant(place), &engines)).collect();
        let mut feed = Feed::new(config.seed, config.start);
        feed.open(config.start, RaceEventKind::Session(session(&config, &track, &plan, air)));
        feed.open(config.start, RaceEventKind::Roster { cars: roster });
        let control = Control::new(plan, &track);
        feed.event(config.start, RaceEventKind::Flag { flag: control.rules.flag });
        Ok(Race {
            now: config.start,
            air_density: (air.pressure_pa - 0.378 * air.vapour_pressure_pa) / (287.05 * air.temperature_k),
            over: false,
            traffic: Traffic::default(),
            ready: VecDeque::new(),
            config,
            track,
            engines,
            control,
            cars,
            feed,
        })
    }

    fn step(&mut self) {
        let leader_m = self.cars.iter().filter(|car| car.is_in_race()).map(|car| car.motion.distance_m);
        let leader_m = leader_m.fold(0.0, f64::max);
        let all_home = self.cars.iter().all(Car::is_home);
        for flag in self.control.step(&self.track, leader_m, all_home) {
            self.feed.event(self.now, RaceEventKind::Flag { flag });
        }
        self.line_up();
        let scene = Scene {
            track: &self.track,
            engines: &self.engines,
            air_density: self.air_density,
            rules: self.control.rules,
            leader_m,
            evidence: self.config.evidence,
            from: self.now,
        };
        for (index, car) in self.cars.iter_mut().enumerate() {
            // a signal out of its range cannot come of sound motion: end the race rather than log nonsense
            self.over |= car.step(&scene, self.traffic.ahead_of(index), &mut self.feed).is_err();
            self.ready.extend(car.books.take().map(Emission::Truth));
        }
        self.now = self.now + Span::from_us(STEP_US);
        self.over |= self.control.is_over();
        if self.over {
            self.close();
        }
        self.release(if self.over { self.now + DRAIN } else { self.now });
    }

    fn line_up(&mut self) {
        let cars = self.cars.iter().enumerate().filter(|(_, car)| car.is_in_line());
        let on_track = cars.map(|(index, car)| {
            (self.track.position(car.motion.distance_m), car.motion.speed_mps, Some(index))
        });
        let pace_car = self.control.pace_car().map(|(at_m, mps)| (self.track.position(at_m), mps, None));
        self.traffic.update(self.track.lap_m, self.cars.len(), on_track.chain(pace_car));
    }

    fn close(&mut self) {
        for car in &mut self.cars {
            car.books.close(self.now);
            self.ready.extend(car.books.take().map(Emission::Truth));
        }
    }

    fn release(&mut self, now: EventTime) {
        while let Some(entry) = self.feed.next(now) {
            self.ready.push_back(Emission::Log(entry));
        }
    }
}

impl Iterator for Race {
    type Item = Emission;

    fn next(&mut self) -> Option<Emission> {
        while self.ready.is_empty() && !self.over {
            self.step();
        }
        self.ready.pop_front()
    }
}

/// The air on race day: a range of tracks and seasons.
fn weather(seed: u64) -> Air {
    let mut random = Random::new(seed, Concern::Weather, 0);
    Air {
        pressure_pa: random.between(97_500.0, 100_500.0).round(),
        temperature_k: (random.between(290.0, 304.0) * 10.0).round() / 10.0,
        vapour_pressure_pa: random.between(800.0, 2_000.0).round(),
    }
}

/// The place on the grid of each car: a shuffle (Fisher and Yates).
fn grid(seed: u64, cars: usize) -> Vec<usize> {
    let mut random = Random::new(seed, Concern::Grid, 0);
    let mut places: Vec<usize> = (0..cars).collect();
    for last in (1..cars).rev() {
        places.swap(last, (random.uniform() * (last + 1) as f64) as usize);
    }
    places
}

fn session(config: &RaceConfig, track: &Track, plan: &Plan, air: Air) -> Session {
    Session {
        track: track.name.into(),
        track_length_m: Some(track.lap_m),
        laps: Some(plan.laps),
        stages: plan.stages.clone(),
        package_hp: Some(PACKAGE_HP),
        tank: Some(Volume::from_us_gallons(TANK_GAL)),
        fuel_density: Some(FuelDensity::CUP),
        air: Some(air),
        origin: Origin::Simulated,
        ..Session::named(config.session)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{EvidenceMode, TrackKind};
    use events::SessionId;
    use events::truth::TruthKind;

    #[test]
    fn what_the_laps_burned_is_what_left_the_tank() {
        let config = RaceConfig {
            seed: 8,
            track: TrackKind::Oval15,
            cars: 12,
            minutes: 30.0,
            hz: 1,
            evidence: EvidenceMode::None,
            start: EventTime::from_us(0),
            session: SessionId::new("books").unwrap(),
        };
        let mut race = Race::new(config).unwrap();
        let mut truths = Vec::new();
        for emission in race.by_ref() {
            if let Emission::Truth(truth) = emission {
                truths.push(truth);
            }
        }
        assert!(truths.iter().any(|truth| truth.kind == TruthKind::Stop), "somebody stops");
        for car in &race.cars {
            let own = || truths.iter().filter(|truth| truth.vehicle_id == car.vehicle);
            let burned_kg: f64 = own().filter_map(|truth| truth.burned).sum();
            let added_kg: f64 = own().filter_map(|truth| truth.added_kg).sum();
            let left_kg = car.tank.capacity_kg + added_kg - car.tank.level_kg;
            assert!((burned_kg - left_kg).abs() < 1e-9, "{}: {burned_kg} {left_kg}", car.vehicle);
        }
    }
}
