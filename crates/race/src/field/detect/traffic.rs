//! Who is how far behind whom, from the places of all cars at one time.

use super::track::TrackShape;
use crate::car::CarFold;
use events::VehicleId;
use units::{EventTime, Span};

/// Below this the air does not matter, m/s: 120 mph. Source of all bounds: docs/fuel-model.md §7.
const FAST_M_S: f64 = 53.6;
/// Nearer than a car is long another is beside, not ahead, metres.
const CAR_M: f64 = 4.9;
/// In the hole that the car ahead makes in the air: within this, and on a superspeedway within that.
const DRAFT_S: f64 = 0.35;
const DRAFT_LONG_S: f64 = 0.60;
/// A pack: so many cars, each so close behind the next.
const PACK_MIN: usize = 5;
const CHAINED_S: f64 = 0.3;
/// A push: bumper to bumper, flat out, at one speed.
const PUSH_S: f64 = 0.08;
const PUSH_THROTTLE: f64 = 0.9;
const PUSH_M_S: f64 = 0.3;
/// First of a line: nobody ahead within this.
const LINE_S: f64 = 1.2;
/// A place older than this is not known.
const AGE_MAX: Span = Span::from_secs(1);

/// The place of a car among others.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct TrafficPlace {
    /// To the car ahead, seconds; `None`: nobody within half a lap.
    pub gap_s: Option<f64>,
    /// In the tow of another.
    pub drafts: bool,
    /// Cars in its pack; 0: none.
    pub pack: usize,
    /// Pushes, or is pushed.
    pub pushes: bool,
    /// First of a line.
    pub leads: bool,
    /// At racing speed.
    pub fast: bool,
}

/// A car on the track.
#[derive(Clone, Copy)]
struct PlacedCar {
    vehicle: VehicleId,
    /// Metres from the start line.
    at_m: f64,
    speed_m_s: f64,
    throttle: f64,
}

/// The field on the track while it races.
#[derive(Debug, Default)]
pub struct FieldTraffic {
    /// By vehicle.
    places: Vec<(VehicleId, TrafficPlace)>,
}

impl FieldTraffic {
    /// Reads places at `end`, while all race: each car's newest, moved on at its speed.
    pub fn of(end: EventTime, folds: &[CarFold], lap: TrackShape) -> FieldTraffic {
        let lap_m = lap.length_m;
        let draft_s = if lap.in_packs { DRAFT_LONG_S } else { DRAFT_S };
        let mut cars: Vec<PlacedCar> = folds.iter().filter_map(|fold| on_track(end, fold, lap_m)).collect();
        cars.sort_unstable_by(|a, b| a.at_m.total_cmp(&b.at_m).then(a.vehicle.cmp(&b.vehicle)));
        let mut places = places(&cars, lap_m, draft_s);
        places.sort_unstable_by_key(|(vehicle, _)| *vehicle);
        FieldTraffic { places }
    }

    /// Where a car is; `None`: not racing, or silent.
    pub fn place(&self, vehicle: VehicleId) -> Option<TrafficPlace> {
        let found = self.places.binary_search_by_key(&vehicle, |(vehicle, _)| *vehicle).ok()?;
        self.places.get(found).map(|(_, place)| *place)
    }
}

fn on_track(end: EventTime, fold: &CarFold, lap_m: f64) -> Option<PlacedCar> {
    let (part, speed_m_s) = (fold.lap_distance?, fold.speed_m_s?);
    let is_near = fold.age <= AGE_MAX && fold.window_end == end && !fold.in_pit;
    let at_m = (part * lap_m + speed_m_s * fold.age.secs()).rem_euclid(lap_m);
    is_near.then_some(PlacedCar {
        vehicle: fold.vehicle,
        at_m,
        speed_m_s,
        throttle: fold.throttle.unwrap_or(0.0),
    })
}

/// The places of cars in order of place.
fn places(cars: &[PlacedCar], lap_m: f64, draft_s: f64) -> Vec<(VehicleId, TrafficPlace)> {
    let line = RunningLine { cars, lap_m };
    let pushes: Vec<Option<usize>> = (0..cars.len()).map(|car| line.pushes(car)).collect();
    let packs = packs(cars.len(), |car| line.is_within(car, CHAINED_S));
    let place = |car: usize| {
        let behind = line.behind(car);
        TrafficPlace {
            gap_s: line.ahead(car).map(|ahead| line.gap_s(car, ahead)),
            drafts: line.is_within(car, draft_s),
            pack: packs[car],
            pushes: pushes[car].is_some() || pushes.contains(&Some(car)),
            leads: line.is_fast(car)
                && !line.is_within(car, LINE_S)
                && behind.is_some_and(|rear| line.is_within(rear, draft_s)),
            fast: line.is_fast(car),
        }
    };
    (0..cars.len()).map(|car| (cars[car].vehicle, place(car))).collect()
}

/// The cars round the lap, one behind another.
struct RunningLine<'a> {
    cars: &'a [PlacedCar],
    lap_m: f64,
}

impl RunningLine<'_> {
    fn ahead(&self, car: usize) -> Option<usize> {
        let next = (car + 1) % self.cars.len();
        (next != car).then_some(next)
    }
    fn behind(&self, car: usize) -> Option<usize> {
        let next = (car + self.cars.len() - 1) % self.cars.len();
        (next != car).then_some(next)
    }
    fn gap_m(&self, rear: usize, front: usize) -> f64 {
        (self.cars[front].at_m - self.cars[rear].at_m).rem_euclid(self.lap_m)
    }
    fn gap_s(&self, rear: usize, front: usize) -> f64 {
        self.gap_m(rear, front) / self.cars[rear].speed_m_s.max(1.0)
    }
    fn is_fast(&self, car: usize) -> bool {
        self.cars[car].speed_m_s > FAST_M_S
    }
    fn is_within(&self, car: usize, s: f64) -> bool {
        self.is_fast(car) && self.ahead(car).is_some_and(|ahead| self.gap_s(car, ahead) < s)
    }
    /// Whom a car pushes: the next that is not beside it.
    fn pushes(&self, rear: usize) -> Option<usize> {
        let count = self.cars.len();
        let mut others = (1..count).map(|n| (rear + n) % count);
        let front = others.find(|&front| self.gap_m(rear, front) >= CAR_M)?;
        let level = (self.cars[rear].speed_m_s - self.cars[front].speed_m_s).abs() < PUSH_M_S;
        let near = self.is_fast(rear) && self.gap_s(rear, front) < PUSH_S;
        (near && level && self.cars[rear].throttle > PUSH_THROTTLE).then_some(front)
    }
}

/// The size of the pack of each car, 0 of none: chains of [`PACK_MIN`] or more.
fn packs(count: usize, chained: impl Fn(usize) -> bool) -> Vec<usize> {
    let mut sizes = vec![0; count];
    // begin behind a car that is not chained to the next, so that no chain is cut at the start line
    let first = (0..count).find(|&car| !chained(car)).unwrap_or(0);
    let mut chain = Vec::new();
    for place in 1..=count {
        let car = (first + place) % count;
        chain.push(car);
        if !chained(car) || place == count {
            for &car in chain.iter().filter(|_| chain.len() >= PACK_MIN) {
                sizes[car] = chain.len();
            }
            chain.clear();
        }
    }
    sizes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cars(places: &[(f64, f64)]) -> Vec<(VehicleId, TrafficPlace)> {
        let on_track = |(index, &(at_m, throttle)): (usize, &(f64, f64))| PlacedCar {
            vehicle: VehicleId::new(&index.to_string()).unwrap(),
            at_m,
            speed_m_s: 80.0,
            throttle,
        };
        places_of(&places.iter().enumerate().map(on_track).collect::<Vec<_>>())
    }
    fn places_of(cars: &[PlacedCar]) -> Vec<(VehicleId, TrafficPlace)> {
        places(cars, 2_000.0, DRAFT_S)
    }

    #[test]
    fn a_car_drafts_within_a_third_of_a_second_and_the_first_leads_the_line() {
        // 80 m/s: 20 m are 0.25 s; the third runs alone, the second is the first of its line
        let seen = cars(&[(0.0, 0.7), (20.0, 1.0), (500.0, 1.0)]);
        let found: Vec<_> = seen.iter().map(|(_, place)| (place.drafts, place.leads, place.pack)).collect();
        assert_eq!(found, [(true, false, 0), (false, true, 0), (false, false, 0)]);
        assert!((seen[0].1.gap_s.unwrap() - 0.25).abs() < 1e-9);
    }

    #[test]
    fn nobody_pushes_a_car_that_is_beside() {
        let seen = cars(&[(0.0, 1.0), (2.0, 1.0), (60.0, 1.0)]);
        assert!(seen.iter().all(|(_, place)| !place.pushes));
    }

    #[test]
    fn a_push_is_bumper_to_bumper_flat_out() {
        for (throttle, pushes) in [(1.0, true), (0.8, false)] {
            let seen = cars(&[(100.0, throttle), (105.5, 0.6), (1_000.0, 1.0)]);
            let found: Vec<bool> = seen.iter().map(|(_, place)| place.pushes).collect();
            assert_eq!(found, [pushes, pushes, false]);
        }
    }

    #[test]
    fn five_in_a_chain_are_a_pack_over_the_start_line_too() {
        let seen =
            cars(&[(5.0, 1.0), (25.0, 1.0), (900.0, 1.0), (1_950.0, 1.0), (1_970.0, 1.0), (1_990.0, 1.0)]);
        let packs: Vec<usize> = seen.iter().map(|(_, place)| place.pack).collect();
        assert_eq!(packs, [5, 5, 0, 5, 5, 5]);
    }
}
