//! A car's tank, its pit wall's arithmetic, and its way through the pit road.

use crate::random::{Concern, Random};
use crate::track::Track;
use units::{EventTime, FuelDensity, Volume};

/// Kilograms of the race fuel in US gallons.
pub(crate) fn gallons_kg(gallons: f64) -> f64 {
    FuelDensity::CUP.mass(Volume::from_us_gallons(gallons)).kg()
}

/// Nominal size of the tank. Source: docs/simulator.md §1.
pub(crate) const TANK_GAL: f64 = 20.0;
/// Green laps of a tank for which the laps below are meant; on other tracks they scale.
const USUAL_TANK_LAPS: f64 = 57.0;
/// Who has less than this left stops with the others of his pack.
const JOINS_LAPS: f64 = 9.0;
/// A driver who saves all he can makes up at most this share of the laps to go.
const SAVABLE: f64 = 0.12;

#[derive(Clone, Copy, Debug)]
pub(crate) struct Tank {
    pub capacity_kg: f64,
    /// Below this the pick-up sucks air.
    pub reserve_kg: f64,
    pub level_kg: f64,
    pub burned_since_fill_kg: f64,
}

impl Tank {
    pub fn full(random: &mut Random) -> Self {
        let capacity_kg = gallons_kg(TANK_GAL + random.normal(0.1));
        let reserve_kg = gallons_kg((0.2 + random.normal(0.05)).max(0.05));
        Tank { capacity_kg, reserve_kg, level_kg: capacity_kg, burned_since_fill_kg: 0.0 }
    }

    /// Takes what is there.
    pub fn burn(&mut self, kg: f64) -> f64 {
        let kg = kg.min(self.level_kg);
        self.level_kg -= kg;
        self.burned_since_fill_kg += kg;
        kg
    }

    pub fn is_dry(&self) -> bool {
        self.level_kg <= self.reserve_kg
    }
}

/// What the people on the pit wall believe and decide. They know the truth with an error that changes each stint.
#[derive(Debug)]
pub(crate) struct PitWall {
    random: Random,
    /// Laps of this track that use up as much of a tank as one of the usual.
    usual_laps: f64,
    green_lap_kg: f64,
    belief_error: f64,
    buffer_laps: f64,
    /// Under caution they change tyres that have run longer than this.
    patience_laps: f64,
}

impl PitWall {
    /// `tank_laps`: green laps that it expects of a tank before it has seen one.
    pub fn new(seed: u64, car: usize, tank_laps: f64) -> Self {
        let mut wall = PitWall {
            random: Random::new(seed, Concern::PitWall, car),
            usual_laps: tank_laps / USUAL_TANK_LAPS,
            green_lap_kg: gallons_kg(TANK_GAL) / tank_laps,
            belief_error: 0.0,
            buffer_laps: 0.0,
            patience_laps: 0.0,
        };
        wall.new_stint();
        wall
    }

    pub fn new_stint(&mut self) {
        self.belief_error = self.random.normal(0.009);
        // a call comes once a lap, so less than one would be no buffer
        self.buffer_laps = self.random.between(1.0, 4.0) * self.usual_laps.max(1.0);
        self.patience_laps = self.random.between(6.0, 20.0) * self.usual_laps;
    }

    pub fn saw_green_lap(&mut self, burned_kg: f64) {
        self.green_lap_kg += 0.2 * (burned_kg - self.green_lap_kg);
    }

    fn laps_left(&self, tank: &Tank) -> f64 {
        let believed_kg = tank.level_kg - tank.reserve_kg + self.belief_error * tank.burned_since_fill_kg;
        believed_kg / self.green_lap_kg
    }

    /// How much the driver should save, 0 to 1: something where the tank is just short of the end.
    pub fn asks_to_save(&self, tank: &Tank, laps_to_go: f64) -> f64 {
        if laps_to_go < 2.0 {
            return 0.0;
        }
        let short = 1.0 - self.laps_left(tank) / laps_to_go;
        if (-0.02..SAVABLE).contains(&short) { (0.35 + short / SAVABLE * 0.65).min(1.0) } else { 0.0 }
    }

    /// Whether to stop with the pack, rather than alone a few laps later.
    pub fn joins(&self, tank: &Tank, laps_to_go: f64) -> bool {
        let left = self.laps_left(tank);
        left < JOINS_LAPS && left < laps_to_go
    }

    /// Whether to stop at the end of this lap.
    pub fn calls_in(&mut self, tank: &Tank, laps_to_go: f64, caution: bool) -> bool {
        let left = self.laps_left(tank);
        let needs_fuel = left < laps_to_go;
        if caution {
            let stint_laps = tank.burned_since_fill_kg / self.green_lap_kg;
            let has_worn = stint_laps > self.patience_laps && laps_to_go > 8.0 * self.usual_laps;
            return has_worn || (needs_fuel && left < 12.0 * self.usual_laps);
        }
        if !needs_fuel {
            return false;
        }
        // short by little: hope, and save; a gamble is lost on the track
        let hopes = left > (1.0 - SAVABLE) * laps_to_go;
        left < if hopes { 0.3 * self.usual_laps.max(1.0) } else { self.buffer_laps }
    }

    /// Fuel to add at a stop. Most fill up; some leave early for the place on the track; near the end they take what
    /// the rest of the race needs.
    pub fn orders_kg(&mut self, tank: &Tank, laps_to_go: f64) -> f64 {
        let room_kg = tank.capacity_kg - tank.level_kg;
        let need_kg = (laps_to_go + 2.0) * self.green_lap_kg * 1.03 + tank.reserve_kg - tank.level_kg;
        if need_kg < room_kg {
            let while_tyres_kg = gallons_kg(self.random.between(8.0, 13.5));
            return need_kg.max(while_tyres_kg).min(room_kg);
        }
        if self.random.chance(0.15) { room_kg * self.random.between(0.6, 0.92) } else { f64::INFINITY }
    }
}

/// The lines that one visit to the pits passes, distances on the car's own count.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Visit {
    pub in_m: f64,
    pub box_m: f64,
    pub out_m: f64,
}

impl Visit {
    /// The next one that can be reached. Boxes lie in order of car between 15 % and 85 % of the pit road.
    pub fn next(track: &Track, distance_m: f64, braking_m: f64, stall: f64) -> Self {
        let in_m = track.next_pit_in(distance_m, braking_m);
        let box_m = in_m + track.pit_road_m * (0.15 + 0.70 * stall);
        Visit { in_m, box_m, out_m: in_m + track.pit_road_m }
    }
}

/// Work in the box.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Service {
    pub since: EventTime,
    pub tank_before_kg: f64,
    /// Infinite: until it is full.
    pub order_kg: f64,
    pub left_s: f64,
    pub fill_kg_s: f64,
}

/// Time to plug the can in, before fuel flows. Source: docs/simulator.md §1.
const PLUG_IN_S: f64 = 1.0;

/// The people over the wall.
#[derive(Debug)]
pub(crate) struct Crew {
    random: Random,
}

impl Crew {
    pub fn new(seed: u64, car: usize) -> Self {
        Crew { random: Random::new(seed, Concern::PitCrew, car) }
    }

    /// Four tyres and fuel; a dry engine has to be started again.
    pub fn serve(&mut self, at: EventTime, tank: &Tank, order_kg: f64, dry: bool) -> Service {
        let fill_kg_s = gallons_kg((1.45 + self.random.normal(0.08)).max(1.1));
        let tyres_s = 10.6 + self.random.normal(0.7).abs() + if self.random.chance(0.04) { 6.0 } else { 0.0 };
        let fuel_s = PLUG_IN_S + order_kg.min(tank.capacity_kg - tank.level_kg) / fill_kg_s + 0.3;
        let left_s = tyres_s.max(fuel_s) + if dry { 6.0 } else { 0.0 };
        Service { since: at, tank_before_kg: tank.level_kg, order_kg, left_s, fill_kg_s }
    }
}

/// What a finished service put into the tank.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Fill {
    pub added_kg: f64,
    pub full: bool,
    /// From plug-in to the end of the flow.
    pub fill_time_s: f64,
}

impl Service {
    /// Fills the tank at the end of the service.
    pub fn fill(&self, tank: &mut Tank) -> Fill {
        let room_kg = tank.capacity_kg - tank.level_kg;
        let full = self.order_kg >= room_kg;
        let added_kg = self.order_kg.min(room_kg);
        tank.level_kg += added_kg;
        tank.burned_since_fill_kg = 0.0;
        Fill { added_kg, full, fill_time_s: PLUG_IN_S + added_kg / self.fill_kg_s }
    }
}
