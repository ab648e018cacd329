//! The race: advances everything by one step and hands out what has arrived.

use crate::car::{Entrant, Scene, SimulatedCar};
use crate::config::{ConfigError, RaceConfig};
use crate::control::Control;
use crate::engine::{DESIGNS, EngineMap};
use crate::feed::Feed;
use crate::motion::STEP_US;
use crate::passes::Passes;
use crate::pit::TANK_GAL;
use crate::plan::Plan;
use crate::random::{Concern, Random};
use crate::roster;
use crate::track::Track;
use crate::traffic::{OnTrack, SPACING_M, Traffic};
use events::{Air, Entry, Origin, RaceEventKind, Session};
use std::collections::VecDeque;
use truth::Truth;
use units::{EventTime, FuelDensity, Span, Volume};

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
    passes: Passes,
    cars: Vec<SimulatedCar>,
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
        let engines: Vec<EngineMap> =
            DESIGNS.into_iter().map(|design| EngineMap::new(design, track.package, air)).collect();
        let roster = roster::roster(config.cars as usize)?;
        let plan = Plan::new(&config, &track);
        let grid = grid(config.seed, roster.len());
        let entrant = |(car, place): (usize, usize)| Entrant {
            car,
            cars: roster.len(),
            vehicle: roster[car].vehicle,
            seed: config.seed,
            hz: config.hz,
            faults: config.faults,
            start: config.start,
            grid_m: plan.grid_m - place as f64 * SPACING_M,
            finish_m: f64::from(plan.laps) * track.lap_m,
        };
        let cars = grid
            .into_iter()
            .enumerate()
            .map(|place| SimulatedCar::new(&entrant(place), &track, &engines))
            .collect();
        let mut feed = Feed::new(&config);
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
            passes: Passes::default(),
            cars,
            feed,
        })
    }

    fn step(&mut self) {
        let leader_m = self.leader_m();
        let all_home = self.cars.iter().all(SimulatedCar::is_home);
        for flag in self.control.step(&self.track, leader_m, all_home) {
            self.feed.event(self.now, RaceEventKind::Flag { flag });
        }
        self.passes.give(&mut self.control, &self.track, leader_m, &mut self.cars);
        self.line_up();
        let scene = Scene {
            track: &self.track,
            engines: &self.engines,
            air_density: self.air_density,
            rules: self.control.rules,
            leader_m,
            pitting: self.cars.iter().filter(|car| car.is_pitting()).count(),
            evidence: self.config.evidence,
            seed: self.config.seed,
            from: self.now,
        };
        for (index, car) in self.cars.iter_mut().enumerate() {
            // a signal out of its range cannot come of sound motion: end the race rather than log nonsense
            self.over |= car.step(&scene, &self.traffic.view_of(index), &mut self.feed).is_err();
            self.ready.extend(car.books.take().map(Emission::Truth));
        }
        self.now = self.now + Span::from_us(STEP_US);
        self.over |= self.control.is_over();
        if self.over {
            self.close();
        }
        self.release(if self.over { self.now + self.feed.drain() } else { self.now });
    }

    fn leader_m(&self) -> f64 {
        let in_race = self.cars.iter().filter(|car| car.is_in_race());
        in_race.map(|car| car.motion.distance_m).fold(0.0, f64::max)
    }

    fn line_up(&mut self) {
        let cars = self.cars.iter().enumerate().filter(|(_, car)| car.is_in_line());
        let on_track = cars.map(|(index, car)| OnTrack {
            position_m: self.track.position(car.motion.distance_m),
            speed_mps: car.motion.speed_mps,
            lane: car.lane(&self.track, self.control.rules),
            car: Some(index),
        });
        let pace_car = self.control.pace_car().map(|(at_m, speed_mps)| OnTrack {
            position_m: self.track.position(at_m),
            speed_mps,
            lane: 0,
            car: None,
        });
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
        package_hp: Some(track.package.hp),
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
    use crate::faults::Faults;
    use crate::plan::Incident;
    use crate::traffic::APRON;
    use events::{Flag, SessionId};
    use truth::TruthKind;

    #[test]
    fn what_the_laps_burned_is_what_left_the_tank() {
        let config = RaceConfig {
            seed: 8,
            track: TrackKind::Oval15,
            cars: 12,
            minutes: 30.0,
            hz: 1,
            evidence: EvidenceMode::None,
            faults: Faults::none(),
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

    #[test]
    fn nobody_drives_through_the_car_ahead_in_its_lane_of_a_pack() {
        let config = RaceConfig {
            seed: 8,
            track: TrackKind::Superspeedway25,
            cars: 40,
            minutes: 20.0,
            hz: 1,
            evidence: EvidenceMode::None,
            faults: Faults::none(),
            start: EventTime::from_us(0),
            session: SessionId::new("pack").unwrap(),
        };
        let mut race = Race::new(config).unwrap();
        let (mut racing, mut close) = (0_u32, 0_u32);
        let mut green_from = race.now;
        while race.next().is_some() {
            if race.control.rules.flag != Flag::Green {
                green_from = race.now;
            }
            // rows that were squeezed in the line have room after this
            if race.now - green_from < Span::from_secs(15) {
                continue;
            }
            for (index, car) in race.cars.iter().enumerate().filter(|(_, car)| car.is_in_line()) {
                let view = race.traffic.view_of(index);
                if view.lane < APRON {
                    // a car is 4.9 m long
                    assert!(view.own().gap_m() > 4.9, "{} {view:?}", car.vehicle);
                    racing += 1;
                    close += u32::from(view.own().gap_m() < 38.0);
                }
            }
        }
        assert!(f64::from(close) > 0.6 * f64::from(racing), "{close} of {racing} in the tow");
    }

    /// A race of twelve cars at lap 22 of 40, half a lap before an incident.
    fn before_an_incident() -> Race {
        let config = RaceConfig {
            seed: 5,
            track: TrackKind::Oval15,
            cars: 12,
            minutes: 30.0,
            hz: 1,
            evidence: EvidenceMode::None,
            faults: Faults::none(),
            start: EventTime::from_us(0),
            session: SessionId::new("passes").unwrap(),
        };
        let mut race = Race::new(config).unwrap();
        let incidents = vec![Incident { lap: 22.5, red_s: None }];
        let plan = Plan::new(&race.config, &race.track);
        let plan = Plan { laps: 40, stages: vec![], incidents, late: vec![], ..plan };
        race.control = Control::new(plan, &race.track);
        while race.leader_m() < 22.0 * race.track.lap_m {
            race.step();
        }
        race
    }

    #[test]
    fn who_stays_out_under_caution_gets_one_lap_back_by_driving_it() {
        let mut race = before_an_incident();
        let lap_m = race.track.lap_m;
        // by distance: these four are taken out of the front, so that others lead
        let lapped = [(0, 1.3), (1, 1.4), (2, 2.4), (3, 1.5)];
        for (car, laps) in lapped {
            race.cars[car].motion.distance_m = race.leader_m() - laps * lap_m;
        }
        for (car, _) in &lapped[..3] {
            // nothing to stop for
            let tank = &mut race.cars[*car].tank;
            (tank.level_kg, tank.burned_since_fill_kg) = (tank.capacity_kg, 0.0);
        }
        while race.control.rules.flag != Flag::Yellow {
            race.step();
        }
        let at_yellow: Vec<f64> = race.cars.iter().map(|car| car.motion.distance_m).collect();
        let leader_at_yellow_m = race.leader_m();
        while race.control.rules.flag == Flag::Yellow {
            race.step();
        }
        let down = |car: usize| ((race.leader_m() - race.cars[car].motion.distance_m) / lap_m) as u32;
        assert_eq!([0, 1].map(down), [0, 0], "the free pass, and a wave-around");
        assert_eq!(down(2), 1, "a wave-around from two laps down");
        assert_eq!(down(3), 1, "stopped for tyres");
        let led = |car: &usize| leader_at_yellow_m - at_yellow[*car] < lap_m;
        let leaders: Vec<usize> = (4..12).filter(led).collect();
        assert!(leaders.len() > 5 && leaders.into_iter().all(|car| down(car) == 0), "stay on their lap");
        let driven = |car: usize| race.cars[car].motion.distance_m - at_yellow[car];
        let of_leader = race.leader_m() - leader_at_yellow_m;
        assert!([0, 1, 2].into_iter().all(|car| driven(car) > of_leader + 0.2 * lap_m), "round the field");
    }
}
