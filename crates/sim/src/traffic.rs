//! Who is where on the track, as each driver sees it.

use crate::motion::STEP_S;
use crate::track::Draft;

/// Distance between cars in line under caution: two rows, 13 m from row to row. Nose to tail is this far, too: places
/// are those of the noses.
pub(crate) const SPACING_M: f64 = 6.5;
/// The drag that the car ahead loses fades over this gap.
const PUSH_FADES_M: f64 = 10.0;
/// Share of the draft that is left in another lane.
const BESIDE: f64 = 0.5;
/// Drag that cars abreast give one another.
const ABREAST: f64 = 0.05;

/// So many cars make a group, each so close behind the next, s.
const GROUP: usize = 5;
const CHAINED_S: f64 = 0.3;

/// Lanes of a pack, and where cars go that do not race: pit-bound, broken, not yet up to speed.
pub(crate) const LANES: usize = 3;
pub(crate) const APRON: usize = LANES;

/// Another car, or the pace car.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Neighbour {
    pub gap_m: f64,
    pub speed_mps: f64,
}

/// Who is next in one lane.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct LaneView {
    pub ahead: Option<Neighbour>,
    pub behind: Option<Neighbour>,
}

impl LaneView {
    /// Infinite if there is nobody.
    pub fn gap_m(&self) -> f64 {
        self.ahead.map_or(f64::INFINITY, |ahead| ahead.gap_m)
    }
    pub fn behind_m(&self) -> f64 {
        self.behind.map_or(f64::INFINITY, |behind| behind.gap_m)
    }
}

/// What one driver sees.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct View {
    pub lane: usize,
    pub lanes: [LaneView; LANES + 1],
    /// Count of cars up to this one, by position.
    pub place: usize,
    /// Seconds since it last was this car's turn to change lanes; `None` if it is another's.
    pub turn_s: Option<f64>,
    /// One of [`GROUP`] or more, each less than [`CHAINED_S`] behind the next.
    pub in_group: bool,
}

impl View {
    pub fn own(&self) -> LaneView {
        self.lanes[self.lane]
    }

    fn is_abreast(&self) -> bool {
        let beside = (0..LANES).filter(|&lane| self.lane < LANES && lane.abs_diff(self.lane) == 1);
        beside.map(|lane| self.lanes[lane]).any(|lane| lane.gap_m().min(lane.behind_m()) < SPACING_M)
    }

    /// The share of its drag that is left to this car. Source: docs/simulator.md §3.
    pub fn drag(&self, draft: Draft) -> f64 {
        let pushed = draft.push * fading(self.own().behind_m(), PUSH_FADES_M);
        1.0 - self.tow(draft).max(pushed) + if self.is_abreast() { ABREAST } else { 0.0 }
    }

    /// The share of its drag that the cars ahead take off it.
    pub fn tow(&self, draft: Draft) -> f64 {
        let tow = |lane: usize| {
            let gap_m = self.lanes[lane].gap_m();
            let share = match (lane == self.lane, gap_m < SPACING_M) {
                (true, _) => draft.share,
                (false, true) => 0.0,
                (false, false) => BESIDE * draft.share,
            };
            share * fading(gap_m, draft.fades_m)
        };
        if self.lane == APRON { tow(APRON) } else { (0..LANES).map(tow).fold(0.0, f64::max) }
    }
}

/// What is left of an effect of the air at a gap from nose to nose.
fn fading(gap_m: f64, over_m: f64) -> f64 {
    libm::exp(-(gap_m - SPACING_M).max(0.0) / over_m)
}

/// Someone on the track.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OnTrack {
    pub position_m: f64,
    pub speed_mps: f64,
    pub lane: usize,
    /// `None`: the pace car.
    pub car: Option<usize>,
}

/// The order on the track, whatever lap each is on.
#[derive(Debug, Default)]
pub(crate) struct Traffic {
    order: Vec<OnTrack>,
    views: Vec<View>,
    turn: usize,
}

impl Traffic {
    /// Takes everyone who is on the track.
    pub fn update(&mut self, lap_m: f64, cars: usize, on_track: impl Iterator<Item = OnTrack>) {
        self.order.clear();
        self.order.extend(on_track);
        self.order.sort_by(|a, b| a.position_m.total_cmp(&b.position_m).then(a.car.cmp(&b.car)));
        self.views.clear();
        self.views.resize(cars, View::default());
        self.turn = (self.turn + 1) % cars.max(1);
        if let Some(view) = self.views.get_mut(self.turn) {
            view.turn_s = Some(cars as f64 * STEP_S);
        }
        for (place, seen) in self.order.iter().enumerate() {
            if let Some(view) = seen.car.and_then(|car| self.views.get_mut(car)) {
                view.place = place;
                view.lane = seen.lane;
            }
        }
        self.find_groups(lap_m);
        let backwards = self.order.iter().rev();
        look(&mut self.views, backwards, |view, seen, other| {
            let gap_m = (other.position_m - seen.position_m).rem_euclid(lap_m);
            view.ahead = Some(Neighbour { gap_m, speed_mps: other.speed_mps });
        });
        look(&mut self.views, self.order.iter(), |view, seen, other| {
            let gap_m = (seen.position_m - other.position_m).rem_euclid(lap_m);
            view.behind = Some(Neighbour { gap_m, speed_mps: other.speed_mps });
        });
    }

    /// Chains of cars by their places alone, whatever lanes they are in.
    fn find_groups(&mut self, lap_m: f64) {
        let count = self.order.len();
        let is_chained = |rear: usize| {
            let (seen, next) = (self.order[rear % count], self.order[(rear + 1) % count]);
            let gap_m = (next.position_m - seen.position_m).rem_euclid(lap_m);
            count > 1 && gap_m < CHAINED_S * seen.speed_mps
        };
        // begins behind a car that nobody follows, so that no chain is cut at the start line
        let Some(first) = (0..count).find(|&rear| !is_chained(rear)) else { return };
        let mut chain: Vec<usize> = Vec::new();
        for place in first + 1..=first + count {
            chain.push(place % count);
            if !is_chained(place) {
                for seen in chain.iter().filter(|_| chain.len() >= GROUP) {
                    if let Some(view) = self.order[*seen].car.and_then(|car| self.views.get_mut(car)) {
                        view.in_group = true;
                    }
                }
                chain.clear();
            }
        }
    }

    /// What this car's driver sees; nothing if the car is off the track.
    pub fn view_of(&self, car: usize) -> View {
        self.views.get(car).copied().unwrap_or_default()
    }
}

/// Goes twice round and tells each car who came last before it in each lane.
fn look<'a>(
    views: &mut [View],
    order: impl Iterator<Item = &'a OnTrack> + Clone,
    tell: impl Fn(&mut LaneView, &OnTrack, &OnTrack),
) {
    let mut last: [Option<&OnTrack>; LANES + 1] = [None; LANES + 1];
    for seen in order.clone().chain(order) {
        if let Some(view) = seen.car.and_then(|car| views.get_mut(car)) {
            for (lane, other) in view.lanes.iter_mut().zip(last) {
                if let Some(other) = other.filter(|other| other.car != seen.car) {
                    tell(lane, seen, other);
                }
            }
        }
        if let Some(last) = last.get_mut(seen.lane) {
            *last = Some(seen);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn see(on_track: &[(f64, f64, usize, Option<usize>)]) -> Traffic {
        let mut traffic = Traffic::default();
        let seen = on_track.iter().map(|&(position_m, speed_mps, lane, car)| OnTrack {
            position_m,
            speed_mps,
            lane,
            car,
        });
        traffic.update(1000.0, 4, seen);
        traffic
    }

    #[test]
    fn the_first_car_is_behind_the_last_one() {
        let traffic = see(&[(900.0, 30.0, 0, Some(0)), (100.0, 40.0, 0, Some(2)), (880.0, 50.0, 0, None)]);
        let ahead = |car| traffic.view_of(car).own().ahead;
        assert_eq!(ahead(0), Some(Neighbour { gap_m: 200.0, speed_mps: 40.0 }));
        assert_eq!(ahead(2), Some(Neighbour { gap_m: 780.0, speed_mps: 50.0 }));
        assert_eq!(ahead(1), None);
        assert_eq!(traffic.view_of(2).own().behind, Some(Neighbour { gap_m: 200.0, speed_mps: 30.0 }));
    }

    #[test]
    fn lanes_are_seen_apart() {
        let traffic = see(&[(10.0, 80.0, 0, Some(0)), (20.0, 81.0, 1, Some(1)), (40.0, 82.0, 0, Some(2))]);
        let view = traffic.view_of(0);
        let gaps = view.lanes.map(|lane| (lane.gap_m(), lane.behind_m()));
        let nobody = (f64::INFINITY, f64::INFINITY);
        assert_eq!(gaps, [(30.0, 970.0), (10.0, 990.0), nobody, nobody]);
    }

    #[test]
    fn a_close_car_takes_drag_off_both() {
        let draft = Draft { share: 0.4, fades_m: 38.0, push: 0.1 };
        let traffic = see(&[(100.0, 80.0, 0, Some(0)), (100.0 + SPACING_M, 80.0, 0, Some(1))]);
        let drag = |car| traffic.view_of(car).drag(draft);
        assert!((drag(0) - 0.6).abs() < 1e-9, "{}", drag(0));
        assert!((drag(1) - 0.9).abs() < 1e-9, "{}", drag(1));
        let abreast = see(&[(100.0, 80.0, 0, Some(0)), (102.0, 80.0, 1, Some(1))]);
        assert!((abreast.view_of(0).drag(draft) - 1.05).abs() < 1e-9, "no tow from beside");
        assert!((see(&[(100.0, 80.0, 0, Some(0))]).view_of(0).drag(draft) - 1.0).abs() < 1e-12, "alone");
    }
}
