//! The track: its length, how fast its corners may be taken, its pit road, and what cars bring to it.

mod layout;

use crate::config::TrackKind;
use crate::driver::SavingWay;
use crate::engine::Package;
use crate::motion::Gears;
use layout::TrackPart;

/// Distance between points of the profile.
const POINT_M: f64 = 4.0;
/// Above any speed of a car: no limit.
const OPEN_MPS: f64 = 110.0;
/// How much tighter a turn is in its middle than at its ends.
const TIGHTENING: f64 = 0.6;
/// Share of a turn over which it tightens from straight, at either end.
const EASING: f64 = 0.227;

/// Speed limit of the pit road against the pace car's, where only that is known: 30/35, 45/55, 55/70 mph. Source:
/// docs/simulator.md §1.
const PIT_TO_PACE: f64 = 0.82;

/// One place on the track.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Point {
    /// Highest speed of the reference car on new tyres that brakes for the next corner.
    pub limit_mps: f64,
    /// The same if it only coasts towards it.
    pub coast_mps: f64,
    /// 1/m, positive to the left.
    pub curvature: f64,
}

impl Point {
    fn towards(self, other: Self, share: f64) -> Self {
        Point {
            limit_mps: self.limit_mps + share * (other.limit_mps - self.limit_mps),
            coast_mps: self.coast_mps + share * (other.coast_mps - self.coast_mps),
            curvature: self.curvature + share * (other.curvature - self.curvature),
        }
    }
}

/// What cars do to one another's drag. Source: docs/simulator.md §3.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Draft {
    /// Share of its drag that a car loses right behind another.
    pub share: f64,
    /// Over this gap that fades to 1/e.
    pub fades_m: f64,
    /// Share that the one right ahead loses.
    pub push: f64,
}

#[derive(Clone, Debug)]
pub(crate) struct Track {
    pub name: &'static str,
    pub lap_m: f64,
    /// From the start line on; what is left of the lap after the last is straight.
    parts: &'static [TrackPart],
    /// How hard cars slow for a corner, and how who lifts early and rolls as far as he can.
    entry_mps2: f64,
    coast_mps2: f64,
    /// Entry line of the pit road, metres after the start line.
    pub pit_in_m: f64,
    /// Length of the pit road, line to line; it passes the start line.
    pub pit_road_m: f64,
    /// Speed limits. Source: docs/simulator.md §1.
    pub pit_mps: f64,
    pub pace_mps: f64,
    /// A green-flag lap of a fresh car, to plan the race with.
    pub lap_s: f64,
    /// Green laps that a pit wall expects of a tank before it has seen one.
    pub tank_laps: f64,
    pub package: Package,
    pub gears: Gears,
    /// Drag against that on an intermediate oval: how the bodies are trimmed.
    pub trim: f64,
    pub draft: Draft,
    /// How drivers save here.
    pub ways: &'static [SavingWay],
    /// Cars race nose to tail in lanes; elsewhere they find a way past one another.
    pub in_packs: bool,
    points: Vec<Point>,
}

impl Track {
    pub fn new(kind: TrackKind) -> Self {
        let track = layout::of(kind);
        Track { points: profile(&track, track.parts), ..track }
    }

    /// An oval like the 1.5-mile one, of another length and grip (m/s², banking included). The pit road lies where the
    /// times of stops say.
    pub fn timed(lap_m: f64, lateral: f64, pace_mps: f64) -> Self {
        let oval15 = Track::new(TrackKind::Oval15);
        let scale = lap_m / oval15.lap_m;
        let scaled = |part: &TrackPart| match *part {
            TrackPart::Straight { m } => TrackPart::Straight { m: m * scale },
            TrackPart::Turn { m, degrees, .. } => TrackPart::Turn { m: m * scale, degrees, lateral },
        };
        let parts: Vec<TrackPart> = oval15.parts.iter().map(scaled).collect();
        let track = Track { lap_m, pace_mps, pit_mps: PIT_TO_PACE * pace_mps, ..oval15 };
        Track { points: profile(&track, &parts), ..track }
    }

    /// The track at a distance counted from any start-line crossing.
    pub fn at(&self, distance_m: f64) -> Point {
        let place = self.position(distance_m) / POINT_M;
        let index = place as usize;
        let point = |index: usize| self.points[index % self.points.len()];
        point(index).towards(point(index + 1), place - index as f64)
    }

    /// Metres since the start line.
    pub fn position(&self, distance_m: f64) -> f64 {
        distance_m.rem_euclid(self.lap_m)
    }

    /// Where the next pit entry is that a car can still reach with `braking_m` to go.
    pub fn next_pit_in(&self, distance_m: f64, braking_m: f64) -> f64 {
        let laps = ((distance_m + braking_m - self.pit_in_m) / self.lap_m).floor() + 1.0;
        laps * self.lap_m + self.pit_in_m
    }
}

/// Curvature of each point, and its speed limits by lateral acceleration (banking included).
fn profile(track: &Track, parts: &[TrackPart]) -> Vec<Point> {
    let count = (track.lap_m / POINT_M) as usize;
    let mut bends = vec![(0.0, 1.0); count];
    let mut at_m = 0.0;
    for &part in parts {
        match part {
            TrackPart::Straight { m } => at_m += m,
            TrackPart::Turn { m, degrees, lateral } => {
                bend(&mut bends, at_m, m, degrees.to_radians(), lateral);
                at_m += m;
            }
        }
    }
    let corner_mps = |&(curvature, lateral): &(f64, f64)| {
        let curvature = curvature.abs();
        if curvature > 0.0 { (lateral / curvature).sqrt().min(OPEN_MPS) } else { OPEN_MPS }
    };
    let corners: Vec<f64> = bends.iter().map(corner_mps).collect();
    let braked = reachable(&corners, track.entry_mps2);
    let coasted = reachable(&corners, track.coast_mps2);
    let pairs = braked.into_iter().zip(coasted).zip(bends);
    pairs.map(|((limit_mps, coast_mps), (curvature, _))| Point { limit_mps, coast_mps, curvature }).collect()
}

/// Lays a turn with eased ends, tightest in its middle, over the points that it covers.
fn bend(bends: &mut [(f64, f64)], from_m: f64, length_m: f64, radians: f64, lateral: f64) {
    let shape = |into_m: f64| {
        let from_end_m = into_m.min(length_m - into_m);
        let middle = libm::sin(std::f64::consts::PI * into_m / length_m);
        (from_end_m / (EASING * length_m)).clamp(0.0, 1.0) * (1.0 + TIGHTENING * middle * middle)
    };
    let into = |index: usize| index as f64 * POINT_M - from_m;
    let covered: Vec<usize> =
        (0..bends.len()).filter(|&index| (0.0..length_m).contains(&into(index))).collect();
    let turned: f64 = covered.iter().map(|&index| shape(into(index)) * POINT_M).sum();
    for index in covered {
        bends[index] = (shape(into(index)) * radians / turned, lateral);
    }
}

/// The backward pass: from every point the next can be reached by slowing no harder than this. Twice round, since a
/// corner slows cars before the start line too.
fn reachable(corners: &[f64], deceleration: f64) -> Vec<f64> {
    let mut limits = corners.to_vec();
    let mut next = OPEN_MPS;
    for _ in 0..2 {
        for limit in limits.iter_mut().rev() {
            next = limit.min((next * next + 2.0 * deceleration * POINT_M).sqrt());
            *limit = next;
        }
    }
    limits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_track_turns_left_once_round() {
        for track in TrackKind::ALL.map(Track::new) {
            let turned: f64 = track.points.iter().map(|point| point.curvature * POINT_M).sum();
            assert!((turned - std::f64::consts::TAU).abs() < 1e-6, "{} {turned}", track.name);
        }
    }

    #[test]
    fn no_point_asks_for_harder_braking_than_the_entry_deceleration() {
        for kind in TrackKind::ALL {
            let track = Track::new(kind);
            for pair in track.points.windows(2) {
                let square = |point: Point| point.limit_mps * point.limit_mps;
                let slowing = (square(pair[0]) - square(pair[1])) / (2.0 * POINT_M);
                assert!(slowing <= track.entry_mps2 + 1e-9, "{kind:?} {pair:?}");
            }
        }
    }

    #[test]
    fn pieces_fit_the_lap_and_the_pit_road_passes_the_start_line() {
        for kind in TrackKind::ALL {
            let track = Track::new(kind);
            let length = |part: &TrackPart| match *part {
                TrackPart::Straight { m } | TrackPart::Turn { m, .. } => m,
            };
            let covered_m: f64 = track.parts.iter().map(length).sum();
            assert!(covered_m < track.lap_m, "{kind:?} {covered_m}");
            let out_m = track.pit_in_m + track.pit_road_m;
            assert!(track.pit_in_m < track.lap_m && out_m > track.lap_m, "{kind:?} {out_m}");
        }
    }

    #[test]
    fn a_road_course_has_8_to_14_corners_to_either_side() {
        let turns = |left: bool| {
            let parts = Track::new(TrackKind::Road24).parts.iter();
            parts
                .filter(|part| matches!(part, TrackPart::Turn { degrees, .. } if (*degrees > 0.0) == left))
                .count()
        };
        assert!((8..=14).contains(&(turns(true) + turns(false))) && turns(true) > 2 && turns(false) > 2);
    }

    #[test]
    fn the_next_pit_entry_lies_ahead_by_the_braking_distance() {
        let track = Track::new(TrackKind::Oval15);
        for (distance, braking, laps) in
            [(0.0, 0.0, 0.0), (2100.0, 50.0, 0.0), (2100.0, 100.0, 1.0), (2300.0, 0.0, 1.0)]
        {
            let expected = laps * track.lap_m + track.pit_in_m;
            assert!((track.next_pit_in(distance, braking) - expected).abs() < 1e-9, "{distance} {braking}");
        }
    }
}
