//! Who is how far behind whom, from the places of all cars at one time.

use super::track::TrackShape;
use crate::car::CarFold;
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
    /// Which fold it is of.
    index: usize,
    /// Metres from the start line.
    at_m: f64,
    speed_m_s: f64,
    throttle: f64,
}

/// Where each car is at `end`, while all race, in the order of their folds: its newest place, moved on at its speed.
/// `None`: in the pits, or silent.
pub fn places(end: EventTime, folds: &[&CarFold], lap: TrackShape) -> Vec<Option<TrafficPlace>> {
    let lap_m = lap.length_m;
    let draft_s = if lap.in_packs { DRAFT_LONG_S } else { DRAFT_S };
    let mut cars = Vec::with_capacity(folds.len());
    cars.extend(folds.iter().enumerate().filter_map(|(index, fold)| on_track(end, index, fold, lap_m)));
    cars.sort_unstable_by(|a, b| a.at_m.total_cmp(&b.at_m).then(a.index.cmp(&b.index)));
    let mut places = vec![None; folds.len()];
    for (car, place) in cars.iter().zip(RunningLine::new(&cars, lap_m).places(draft_s)) {
        places[car.index] = Some(place);
    }
    places
}

fn on_track(end: EventTime, index: usize, fold: &CarFold, lap_m: f64) -> Option<PlacedCar> {
    let (part, speed_m_s) = (fold.lap_distance?, fold.speed_m_s?);
    let is_near = fold.age <= AGE_MAX && fold.window_end == end && !fold.in_pit;
    let at_m = (part * lap_m + speed_m_s * fold.age.secs()).rem_euclid(lap_m);
    is_near.then_some(PlacedCar { index, at_m, speed_m_s, throttle: fold.throttle.unwrap_or(0.0) })
}

/// The cars round the lap, one behind another.
struct RunningLine<'a> {
    /// In order of place.
    cars: &'a [PlacedCar],
    lap_m: f64,
    /// To the car ahead of each, seconds; infinite: it is alone.
    ahead_s: Vec<f64>,
}

impl<'a> RunningLine<'a> {
    fn new(cars: &'a [PlacedCar], lap_m: f64) -> Self {
        let mut line = RunningLine { cars, lap_m, ahead_s: Vec::new() };
        let ahead_s = |car| match (car + 1) % cars.len() {
            next if next == car => f64::INFINITY,
            next => line.gap_s(&cars[car], &cars[next]),
        };
        line.ahead_s = (0..cars.len()).map(ahead_s).collect();
        line
    }

    /// The place of each car.
    fn places(&self, draft_s: f64) -> Vec<TrafficPlace> {
        let count = self.cars.len();
        let packs = packs(count, |car| self.is_within(car, CHAINED_S));
        let place = |car: usize| {
            let (behind, fast) = ((car + count - 1) % count, self.is_fast(car));
            let leads = fast && !self.is_within(car, LINE_S) && self.is_within(behind, draft_s);
            TrafficPlace {
                gap_s: Some(self.ahead_s[car]).filter(|gap_s| gap_s.is_finite()),
                drafts: self.is_within(car, draft_s),
                pack: packs[car],
                pushes: false,
                leads,
                fast,
            }
        };
        let mut places: Vec<TrafficPlace> = (0..count).map(place).collect();
        for rear in 0..count {
            if let Some(front) = self.pushes(rear) {
                (places[rear].pushes, places[front].pushes) = (true, true);
            }
        }
        places
    }

    fn gap_m(&self, rear: &PlacedCar, front: &PlacedCar) -> f64 {
        (front.at_m - rear.at_m).rem_euclid(self.lap_m)
    }
    fn gap_s(&self, rear: &PlacedCar, front: &PlacedCar) -> f64 {
        self.gap_m(rear, front) / rear.speed_m_s.max(1.0)
    }
    fn is_fast(&self, car: usize) -> bool {
        self.cars[car].speed_m_s > FAST_M_S
    }
    /// Whether another is less than so far ahead.
    fn is_within(&self, car: usize, s: f64) -> bool {
        self.is_fast(car) && self.ahead_s[car] < s
    }

    /// Whom a car pushes: the next that is not beside it.
    fn pushes(&self, rear: usize) -> Option<usize> {
        let car = &self.cars[rear];
        if !self.is_fast(rear) || car.throttle <= PUSH_THROTTLE {
            return None;
        }
        let front = self.not_beside(rear)?;
        let level = (car.speed_m_s - self.cars[front].speed_m_s).abs() < PUSH_M_S;
        (level && self.gap_s(car, &self.cars[front]) < PUSH_S).then_some(front)
    }

    /// The next car ahead that is no longer beside: sought by halves, or a whole field that stands in one place would cost
    /// its square.
    fn not_beside(&self, rear: usize) -> Option<usize> {
        let (car, count) = (&self.cars[rear], self.cars.len());
        let is_beside = |front: &PlacedCar| self.gap_m(car, front) < CAR_M;
        let ahead = rear + self.cars[rear..].partition_point(is_beside);
        if ahead < count {
            return Some(ahead);
        }
        // over the start line; who is at the very same place comes last there, and is beside as well
        let others = self.cars[..rear].partition_point(|front| front.at_m < car.at_m);
        Some(self.cars[..others].partition_point(is_beside)).filter(|front| *front < others)
    }
}

/// The size of the pack of each car, 0 of none: chains of [`PACK_MIN`] or more.
fn packs(count: usize, chained: impl Fn(usize) -> bool) -> Vec<usize> {
    let mut sizes = vec![0; count];
    // begin behind a car that is not chained to the next, so that no chain is cut at the start line
    let first = (0..count).find(|&car| !chained(car)).unwrap_or(0);
    let mut size = 0;
    for place in 1..=count {
        size += 1;
        if !chained((first + place) % count) || place == count {
            for back in (0..size).filter(|_| size >= PACK_MIN) {
                sizes[(first + place - back) % count] = size;
            }
            size = 0;
        }
    }
    sizes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cars(places: &[(f64, f64)]) -> Vec<TrafficPlace> {
        let on_track = |(index, &(at_m, throttle)): (usize, &(f64, f64))| PlacedCar {
            index,
            at_m,
            speed_m_s: 80.0,
            throttle,
        };
        let cars: Vec<PlacedCar> = places.iter().enumerate().map(on_track).collect();
        RunningLine::new(&cars, 2_000.0).places(DRAFT_S)
    }

    #[test]
    fn a_car_drafts_within_a_third_of_a_second_and_the_first_leads_the_line() {
        // 80 m/s: 20 m are 0.25 s; the third runs alone, the second is the first of its line
        let seen = cars(&[(0.0, 0.7), (20.0, 1.0), (500.0, 1.0)]);
        let found: Vec<_> = seen.iter().map(|place| (place.drafts, place.leads, place.pack)).collect();
        assert_eq!(found, [(true, false, 0), (false, true, 0), (false, false, 0)]);
        assert!((seen[0].gap_s.unwrap() - 0.25).abs() < 1e-9);
    }

    #[test]
    fn the_next_that_is_not_beside_is_found_as_if_all_were_asked() {
        // from far apart to all in one place, some of them in the very same
        for spread_m in [2_000, 300, 20, 6, 4, 1] {
            let mut cars: Vec<PlacedCar> = (0..60)
                .map(|index| {
                    let at_m = f64::from((index as i32 * 7_919 + 31) % (4 * spread_m)) / 4.0 + 1_990.0;
                    PlacedCar { index, at_m: at_m.rem_euclid(2_000.0), speed_m_s: 80.0, throttle: 1.0 }
                })
                .collect();
            cars.sort_unstable_by(|a, b| a.at_m.total_cmp(&b.at_m).then(a.index.cmp(&b.index)));
            let line = RunningLine::new(&cars, 2_000.0);
            for rear in 0..cars.len() {
                let mut others = (1..cars.len()).map(|n| (rear + n) % cars.len());
                let asked = others.find(|front| line.gap_m(&cars[rear], &cars[*front]) >= CAR_M);
                assert_eq!(line.not_beside(rear), asked, "{rear} of a field over {spread_m} m");
            }
        }
    }

    #[test]
    fn nobody_pushes_a_car_that_is_beside() {
        let seen = cars(&[(0.0, 1.0), (2.0, 1.0), (60.0, 1.0)]);
        assert!(seen.iter().all(|place| !place.pushes));
    }

    #[test]
    fn a_push_is_bumper_to_bumper_flat_out() {
        for (throttle, pushes) in [(1.0, true), (0.8, false)] {
            let seen = cars(&[(100.0, throttle), (105.5, 0.6), (1_000.0, 1.0)]);
            let found: Vec<bool> = seen.iter().map(|place| place.pushes).collect();
            assert_eq!(found, [pushes, pushes, false]);
        }
    }

    #[test]
    fn five_in_a_chain_are_a_pack_over_the_start_line_too() {
        let seen =
            cars(&[(5.0, 1.0), (25.0, 1.0), (900.0, 1.0), (1_950.0, 1.0), (1_970.0, 1.0), (1_990.0, 1.0)]);
        let packs: Vec<usize> = seen.iter().map(|place| place.pack).collect();
        assert_eq!(packs, [5, 5, 0, 5, 5, 5]);
    }
}
