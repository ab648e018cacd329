//! One car: engine, tank, driver, pit wall and crew, and where it is. Its way through the pit road is in [`stop`], what
//! is to be seen of it in [`signs`].

mod signs;
mod stop;

use crate::books::{AtLine, Books};
use crate::config::EvidenceMode;
use crate::control::Rules;
use crate::driver::{Driver, Seat, tempo};
use crate::engine::EngineMap;
use crate::faults::Faults;
use crate::feed::Feed;
use crate::motion::{Motion, Pedals, STEP_US, Surroundings};
use crate::pit::{Crew, PitWall, Service, Tank, Visit};
use crate::random::{Concern, Random};
use crate::roster;
use crate::sensor::Sensor;
use crate::track::Track;
use crate::traffic::View;
use events::{Flag, Mode, SignalError, VehicleId};
use units::{EventTime, Span};

/// Deceleration towards the pit road's entry line and the box.
const PIT_DECELERATION: f64 = 5.0;
/// Cars catch the tail of the field at no more than this under caution.
pub(crate) const CATCH_UP_MPS: f64 = 45.0;
const COOL_DOWN_MPS: f64 = 40.0;
/// Below this a car that lines up under the red flag stops and switches its engine off.
const STANDS_MPS: f64 = 0.5;
/// Slower than this nobody rolls with a dead engine under caution.
const ROLLING_MPS: f64 = 12.0;

/// What all cars share during one step.
pub(crate) struct Scene<'a> {
    pub track: &'a Track,
    pub engines: &'a [EngineMap],
    pub air_density: f64,
    pub rules: Rules,
    pub leader_m: f64,
    /// Cars that are on their way through the pits, or to them.
    pub pitting: usize,
    pub evidence: EvidenceMode,
    pub seed: u64,
    /// The step's beginning.
    pub from: EventTime,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Spot {
    Track,
    /// On the track, and in at the next chance.
    Called(Visit),
    PitRoad(Visit),
    Box(Visit, Service),
    PitExit(Visit),
    /// Out of the race, silent when the time is up, s.
    Garage(f64),
}

pub(crate) struct SimulatedCar {
    pub vehicle: VehicleId,
    pub motion: Motion,
    pub tank: Tank,
    pub books: Books,
    sensor: Sensor,
    driver: Driver,
    wall: PitWall,
    crew: Crew,
    evidence: Random,
    manufacturer: usize,
    /// Of fuel flow, against the table: manufacturer, team, car and race, log-normal.
    fuel_scale: f64,
    drag_area_m2: f64,
    stall: f64,
    /// The engine gives up at this distance.
    breaks_at_m: f64,
    place: Spot,
    dry: bool,
    finished: bool,
    decided_lap: u32,
    restarts: u32,
    lap_was_clean: bool,
    /// Stands under the red flag, engine off.
    stands: bool,
    /// On its way round to the tail of the line, from so many laps down.
    pub let_by: Option<i64>,
    /// The last caution in which it came to the pits.
    pitted_in: u32,
}

/// What makes one car differ from another at the start.
pub(crate) struct Entrant {
    pub car: usize,
    pub cars: usize,
    pub vehicle: VehicleId,
    pub seed: u64,
    pub hz: u32,
    pub faults: Faults,
    pub start: EventTime,
    pub grid_m: f64,
    /// Planned length of the race.
    pub finish_m: f64,
}

impl SimulatedCar {
    pub fn new(entrant: &Entrant, track: &Track, engines: &[EngineMap]) -> Self {
        let Entrant { car, seed, vehicle, start, .. } = *entrant;
        let manufacturer = roster::manufacturer(roster::team(car));
        let mut random = Random::new(seed, Concern::Car, car);
        let breaks = random.chance(0.06);
        let breaks_at = random.between(0.15, 0.95);
        let motion = Motion::at_rest(entrant.grid_m, engines[manufacturer].design.idle_rpm);
        SimulatedCar {
            vehicle,
            motion,
            tank: Tank::full(&mut random),
            books: Books::new(vehicle, start),
            sensor: Sensor::new(entrant, motion),
            driver: Driver::new(seed, car, track),
            wall: PitWall::new(seed, car, track.tank_laps),
            crew: Crew::new(seed, car),
            evidence: Random::new(seed, Concern::Evidence, car),
            manufacturer,
            fuel_scale: fuel_scale(seed, car),
            drag_area_m2: 1.06 * (1.0 + random.normal(0.005)),
            stall: car as f64 / (entrant.cars.max(2) - 1) as f64,
            breaks_at_m: if breaks { breaks_at * entrant.finish_m } else { f64::INFINITY },
            place: Spot::Track,
            dry: false,
            finished: false,
            decided_lap: 0,
            restarts: 0,
            lap_was_clean: false,
            stands: false,
            let_by: None,
            pitted_in: 0,
        }
    }

    fn is_on_track(&self) -> bool {
        matches!(self.place, Spot::Track | Spot::Called(_))
    }
    /// Drives without help: others line up behind it.
    pub fn is_in_line(&self) -> bool {
        self.is_on_track() && !self.dry
    }
    /// Could go round the line if race control lets it.
    pub fn may_go_round(&self) -> bool {
        self.is_in_race() && !self.dry && !self.finished && self.let_by.is_none()
    }
    /// Has not come to the pits in this caution, nor means to.
    pub fn stays_out(&self, caution: u32) -> bool {
        self.place == Spot::Track && self.pitted_in != caution
    }
    pub fn is_pitting(&self) -> bool {
        !matches!(self.place, Spot::Track | Spot::Garage(_))
    }
    /// Under caution all are in one line; at speed there are the lanes of a pack, where the track has packs.
    pub fn lane(&self, track: &Track, rules: Rules) -> usize {
        if track.in_packs && !rules.slow { self.driver.lane() } else { 0 }
    }
    pub fn is_in_race(&self) -> bool {
        !matches!(self.place, Spot::Garage(_))
    }
    pub fn is_home(&self) -> bool {
        self.finished || !self.is_in_race()
    }

    /// One step of driving.
    pub fn step(&mut self, scene: &Scene, view: &View, feed: &mut Feed) -> Result<(), SignalError> {
        let before = self.motion;
        let red = scene.rules.flag == Flag::Red;
        self.stands = red && self.place == Spot::Track && (self.stands || self.motion.speed_mps < STANDS_MPS);
        self.decide(scene, view);
        self.choose_lane(scene, view);
        let pedals = self.pedals(scene, view);
        let burned_kg = self.drive(pedals, scene, view);
        self.keep_books(&before, burned_kg, scene, view);
        self.pass_pit_lines(&before, scene, feed);
        self.broadcast(scene, feed)
    }

    fn engine_on(&self) -> bool {
        !self.dry && self.is_in_race() && !self.stands && !self.driver.engine_off
    }

    /// Pit calls, once a lap, and what forces one.
    fn decide(&mut self, scene: &Scene, view: &View) {
        if scene.rules.restarts != self.restarts {
            self.restarts = scene.rules.restarts;
            self.driver.restart(scene.track, view, tempo(scene.seed, self.restarts));
        }
        if self.place != Spot::Track || self.finished || (self.let_by.is_some() && !self.dry) {
            return;
        }
        let broken = self.motion.distance_m > self.breaks_at_m;
        let track = scene.track;
        let lap = self.lap(track);
        let decides = lap > self.decided_lap
            && track.position(self.motion.distance_m) > 0.55 * track.lap_m
            && (!scene.rules.slow || scene.rules.pits_open);
        let called = decides && {
            self.decided_lap = lap;
            let laps_to_go = self.laps_to_go(scene);
            let joins = track.in_packs && scene.pitting > 0 && self.wall.joins(&self.tank, laps_to_go);
            joins || self.wall.calls_in(&self.tank, laps_to_go, scene.rules.slow)
        };
        if called || broken || self.dry {
            let v = self.motion.speed_mps;
            let slowing = v * v - track.pit_mps * track.pit_mps;
            let braking_m = (slowing / (2.0 * PIT_DECELERATION)).max(0.0);
            self.place = Spot::Called(Visit::next(track, self.motion.distance_m, braking_m, self.stall));
        }
    }

    /// In a pack a car has a lane while it races, and none from the pit call or a failure on.
    fn choose_lane(&mut self, scene: &Scene, view: &View) {
        if !scene.track.in_packs {
            return;
        }
        let Motion { distance_m, speed_mps, throttle, .. } = self.motion;
        if self.place == Spot::Track && self.is_racing(scene) && !self.dry && distance_m < self.breaks_at_m {
            self.driver.choose_lane(view, Seat { speed_mps, throttle, turn_s: view.turn_s });
        } else {
            self.driver.leave_pack();
        }
    }

    fn lap(&self, track: &Track) -> u32 {
        (self.motion.distance_m / track.lap_m) as u32
    }

    /// The leader's: laps down are laps not run.
    fn laps_to_go(&self, scene: &Scene) -> f64 {
        ((scene.rules.finish_m - scene.leader_m) / scene.track.lap_m).max(0.0)
    }

    fn is_racing(&self, scene: &Scene) -> bool {
        !self.finished && !scene.rules.slow
    }

    fn pedals(&mut self, scene: &Scene, view: &View) -> Pedals {
        let Motion { distance_m, speed_mps, .. } = self.motion;
        let pit_mps = scene.track.pit_mps;
        let slow_to =
            |v: f64, at_m: f64| (v * v + 2.0 * PIT_DECELERATION * (at_m - distance_m).max(0.0)).sqrt();
        match self.place {
            _ if self.stands => Pedals { brake: 0.3, ..Pedals::default() },
            Spot::Box(..) | Spot::Garage(_) => Pedals { brake: 0.3, ..Pedals::default() },
            Spot::PitRoad(visit) => {
                let wanted = (pit_mps - 0.4).min(slow_to(0.0, visit.box_m));
                self.driver.cruise_pedals(speed_mps, wanted, true)
            }
            Spot::PitExit(_) => self.driver.cruise_pedals(speed_mps, pit_mps - 0.4, true),
            Spot::Track => self.track_pedals(scene, view, f64::INFINITY),
            Spot::Called(visit) => self.track_pedals(scene, view, slow_to(pit_mps - 0.4, visit.in_m)),
        }
    }

    fn track_pedals(&mut self, scene: &Scene, view: &View, entry_mps: f64) -> Pedals {
        let Motion { distance_m, speed_mps, .. } = self.motion;
        let broken = distance_m > self.breaks_at_m;
        if self.is_racing(scene) && !broken {
            let aim = self.driver.race_aim(scene.track, distance_m, view);
            if entry_mps < aim.wanted_mps {
                return self.driver.cruise_pedals(speed_mps, entry_mps, true);
            }
            return self.driver.race_pedals(speed_mps, aim);
        }
        let limit = if scene.rules.slow { CATCH_UP_MPS } else { COOL_DOWN_MPS };
        // while the others race nobody lines up behind a broken or finished car; who is let by passes the line
        let ahead = view.own().ahead.filter(|_| scene.rules.slow && self.let_by.is_none());
        let wanted = self.driver.following_mps(limit, ahead);
        let keeps_place = self.place == Spot::Track && self.let_by.is_none() && !broken;
        let may_roll = keeps_place && scene.rules.may_roll() && wanted > ROLLING_MPS;
        self.driver.roll_or_run(may_roll, speed_mps, wanted);
        let firm = entry_mps < wanted || wanted < 3.0 || scene.rules.flag == Flag::Red;
        self.driver.cruise_pedals(speed_mps, wanted.min(entry_mps), firm)
    }

    fn drive(&mut self, pedals: Pedals, scene: &Scene, view: &View) -> f64 {
        let on_track = self.is_on_track();
        let drag = if on_track { view.drag(scene.track.draft) * self.driver.line_drag() } else { 1.0 };
        let curvature = scene.track.at(self.motion.distance_m).curvature;
        let around = Surroundings {
            engine: &scene.engines[self.manufacturer],
            gears: &scene.track.gears,
            fuel_kg: self.tank.level_kg,
            drag_kg_m: 0.5 * scene.air_density * self.drag_area_m2 * scene.track.trim * drag,
            curvature: if on_track { curvature } else { 0.0 },
            engine_on: self.engine_on(),
            // only a dry car is pushed: one that stands or rolls with its engine off is left alone
            pushed_mps: if !self.dry {
                0.0
            } else if on_track {
                10.0
            } else {
                4.0
            },
        };
        let burned_g = self.motion.step(pedals, &around);
        self.tank.burn(burned_g * 1e-3 * self.fuel_scale)
    }

    fn keep_books(&mut self, before: &Motion, burned_kg: f64, scene: &Scene, view: &View) {
        let lap_m = scene.track.lap_m;
        let line_m = ((before.distance_m / lap_m).floor() + 1.0) * lap_m;
        self.lap_was_clean &= scene.rules.flag.is_racing() && self.place == Spot::Track;
        match passed(before, &self.motion, line_m) {
            Some(share) => {
                self.books.burn(share * burned_kg);
                // the tank has already given what is burned behind the line
                let tank_kg = self.tank.level_kg + (1.0 - share) * burned_kg;
                self.cross_line(scene, step_time(scene.from, share), tank_kg);
                self.books.burn((1.0 - share) * burned_kg);
            }
            None => self.books.burn(burned_kg),
        }
        if self.is_in_race() {
            self.dry |= self.tank.is_dry();
            self.books.mode(scene.from, self.mode(scene));
            self.enter_signs(scene, view);
        }
    }

    fn cross_line(&mut self, scene: &Scene, at: EventTime, tank_kg: f64) {
        let racing = self.is_racing(scene);
        let now = AtLine { tank_kg, saving: self.driver.style.saving };
        if self.lap_was_clean {
            self.wall.saw_green_lap(self.books.lap_burned_kg());
        }
        self.lap_was_clean = racing;
        self.finished |= scene.rules.flag == Flag::Checkered;
        let asked = self.wall.asks_to_save(&self.tank, self.laps_to_go(scene));
        self.driver.new_lap(asked, racing, scene.track);
        self.books.cross_line(at, now);
    }

    fn mode(&self, scene: &Scene) -> Mode {
        let style = self.driver.style;
        if !self.engine_on() {
            Mode::Off
        } else if !self.is_on_track() {
            Mode::Pit
        } else if !self.is_racing(scene) {
            Mode::Caution
        } else if style.hard {
            Mode::Hard
        } else if style.saving >= 0.5 {
            Mode::Saving
        } else {
            Mode::Neutral
        }
    }

    fn broadcast(&mut self, scene: &Scene, feed: &mut Feed) -> Result<(), SignalError> {
        let end = scene.from + Span::from_us(STEP_US);
        self.sensor.follow(&self.motion);
        while self.sensor.due() < end {
            let at = self.sensor.due();
            let share = (at - scene.from).us() as f64 / STEP_US as f64;
            let reading = self.sensor.read(share, scene.track.lap_m)?;
            let silent = matches!(self.place, Spot::Garage(left_s) if left_s < 0.0);
            if let Some(sample) = reading.filter(|_| !silent) {
                feed.sample(at, sample);
            }
        }
        Ok(())
    }
}

/// The seed of everything that stays with a team, a builder of engines, a car for a season: the same in every race.
const SEASON: u64 = 2026;

/// Log-normal spread of fuel flow. Source: docs/simulator.md §2.
fn fuel_scale(seed: u64, car: usize) -> f64 {
    let team = roster::team(car);
    // who builds an engine is the same from race to race, which engine it is and the day are not
    let built = |concern, index, sd| Random::new(SEASON, concern, index).normal(sd);
    let drawn = |concern, index, sd| Random::new(seed, concern, index).normal(sd);
    libm::exp(
        built(Concern::FuelOfManufacturer, roster::manufacturer(team), 0.012)
            + built(Concern::FuelOfTeam, team, 0.006)
            + built(Concern::FuelOfCar, car, 0.008)
            + drawn(Concern::FuelOfEngine, car, 0.006)
            + drawn(Concern::FuelOfRace, 0, 0.006),
    )
}

/// The share of the step at which the car passed this line; `None` if it did not.
fn passed(before: &Motion, after: &Motion, line_m: f64) -> Option<f64> {
    let crossed = before.distance_m < line_m && after.distance_m >= line_m;
    crossed.then(|| (line_m - before.distance_m) / (after.distance_m - before.distance_m))
}

fn step_time(from: EventTime, share: f64) -> EventTime {
    from + Span::from_us((share * STEP_US as f64) as i64)
}
