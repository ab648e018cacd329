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
/// Who races and needs this much to the end takes no tyres; less than the first is not worth a can.
const SPLASH_GAL: (f64, f64) = (1.0, 7.0);

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

    /// What to do at a stop. Most fill up; some leave early for the place on the track; near the end they take what the
    /// rest of the race needs, and if that is little, no tyres.
    pub fn orders(&mut self, tank: &Tank, laps_to_go: f64, caution: bool) -> Order {
        let room_kg = tank.capacity_kg - tank.level_kg;
        let need_kg = (laps_to_go + 2.0) * self.green_lap_kg * 1.03 + tank.reserve_kg - tank.level_kg;
        if need_kg >= room_kg {
            let short = self.random.chance(0.15);
            let fuel_kg = if short { room_kg * self.random.between(0.6, 0.92) } else { f64::INFINITY };
            return Order { fuel_kg, tyres: true };
        }
        let while_tyres_kg = gallons_kg(self.random.between(8.0, 13.5));
        if !caution && (0.0..gallons_kg(SPLASH_GAL.1)).contains(&need_kg) {
            return Order { fuel_kg: need_kg.max(gallons_kg(SPLASH_GAL.0)), tyres: false };
        }
        Order { fuel_kg: need_kg.max(while_tyres_kg).min(room_kg), tyres: true }
    }
}

/// What the crew is ordered to do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Order {
    /// Infinite: until it is full.
    pub fuel_kg: f64,
    pub tyres: bool,
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
    pub order: Order,
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

    /// Fuel, and four tyres as a rule; a dry engine has to be started again.
    pub fn serve(&mut self, at: EventTime, tank: &Tank, order: Order, dry: bool) -> Service {
        let fill_kg_s = gallons_kg((1.45 + self.random.normal(0.08)).max(1.1));
        let tyres_s = 10.6 + self.random.normal(0.7).abs() + if self.random.chance(0.04) { 6.0 } else { 0.0 };
        let fuel_s = PLUG_IN_S + order.fuel_kg.min(tank.capacity_kg - tank.level_kg) / fill_kg_s + 0.3;
        let left_s = fuel_s.max(if order.tyres { tyres_s } else { 0.0 }) + if dry { 6.0 } else { 0.0 };
        Service { since: at, tank_before_kg: tank.level_kg, order, left_s, fill_kg_s }
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
        let full = self.order.fuel_kg >= room_kg;
        let added_kg = self.order.fuel_kg.min(room_kg);
        tank.level_kg += added_kg;
        tank.burned_since_fill_kg = 0.0;
        Fill { added_kg, full, fill_time_s: PLUG_IN_S + added_kg / self.fill_kg_s }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A tank of exactly 20 gal with so much in it.
    fn tank(level_gal: f64) -> Tank {
        let full_kg = gallons_kg(TANK_GAL);
        Tank {
            capacity_kg: full_kg,
            reserve_kg: 0.0,
            level_kg: gallons_kg(level_gal),
            burned_since_fill_kg: 0.0,
        }
    }

    #[test]
    fn orders_fit_what_is_left_of_the_race() {
        // a tank of 20 gal is expected to last 57 laps: 0.351 gal a lap; two laps more, and 3 %, are taken
        let need_gal = |laps: f64| (laps + 2.0) * 20.0 / 57.0 * 1.03 - 1.0;
        for (what, level_gal, laps_to_go, caution, tyres, least_gal, most_gal) in [
            ("a splash of fuel", 1.0, 10.0, false, false, need_gal(10.0), need_gal(10.0)),
            ("hardly worth a can", 1.0, 1.0, false, false, 1.0, 1.0),
            ("under caution tyres, and what flows meanwhile", 1.0, 10.0, true, true, 8.0, 13.5),
            ("more than a splash: tyres too", 1.0, 25.0, false, true, need_gal(25.0), 13.5),
            ("came for tyres: the tank would last", 10.0, 10.0, false, true, 8.0, 10.0),
        ] {
            let order = PitWall::new(1, 0, 57.0).orders(&tank(level_gal), laps_to_go, caution);
            assert_eq!(order.tyres, tyres, "{what}");
            let ordered_gal = order.fuel_kg / gallons_kg(1.0);
            assert!((least_gal - 1e-9..=most_gal + 1e-9).contains(&ordered_gal), "{what}: {ordered_gal}");
        }
    }

    #[test]
    fn one_full_fill_in_seven_is_cut_short() {
        let mut wall = PitWall::new(1, 0, 57.0);
        let orders: Vec<f64> = (0..2000).map(|_| wall.orders(&tank(4.0), 100.0, false).fuel_kg).collect();
        let short: Vec<&f64> = orders.iter().filter(|kg| kg.is_finite()).collect();
        // 15 %: 300 ± 16 of 2000, each 60 to 92 % of the room
        assert!((250..350).contains(&short.len()), "{}", short.len());
        let room_kg = gallons_kg(16.0);
        assert!(short.iter().all(|kg| (0.6 * room_kg..0.92 * room_kg).contains(*kg)));
    }
}
