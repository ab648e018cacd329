//! The track: its length, how fast its corners may be taken, its pit road.

use crate::config::TrackKind;
use units::METRES_PER_MILE;

/// Distance between points of the profile.
const POINT_M: f64 = 4.0;
/// Above any speed of a car: no limit.
const OPEN_MPS: f64 = 110.0;
/// How much tighter a turn is in its middle than at its ends.
const TIGHTENING: f64 = 0.6;
/// How hard cars slow for a corner.
const ENTRY_DECELERATION: f64 = 4.6;
/// How fast a coasting car slows at racing speed.
const COAST_DECELERATION: f64 = 2.7;

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
    /// 1/m.
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

#[derive(Clone, Debug)]
pub(crate) struct Track {
    pub name: &'static str,
    pub lap_m: f64,
    /// Entry line of the pit road, metres after the start line.
    pub pit_in_m: f64,
    /// Length of the pit road, line to line; it passes the start line.
    pub pit_road_m: f64,
    /// Speed limits. Source: docs/simulator.md §1, pit 35–55 mph, pace 45–70 mph.
    pub pit_mps: f64,
    pub pace_mps: f64,
    /// A green-flag lap of a fresh car, to plan the race with.
    pub lap_s: f64,
    points: Vec<Point>,
}

impl Track {
    pub fn new(kind: TrackKind) -> Self {
        match kind {
            TrackKind::Oval15 => {
                let lap_m = 1.5 * METRES_PER_MILE;
                let oval = Oval { lap_m, turn_m: 880.0, easing_m: 200.0 };
                Track {
                    name: kind.name(),
                    lap_m,
                    pit_in_m: 2180.0,
                    pit_road_m: 484.0,
                    pit_mps: 24.6,
                    pace_mps: 31.3,
                    lap_s: 30.7,
                    points: profile(lap_m, 31.0, |at_m| oval.curvature(at_m)),
                }
            }
        }
    }

    /// An oval like the 1.5-mile one, of another length and grip (m/s², banking included). The pit road lies where the
    /// times of stops say.
    pub fn timed(lap_m: f64, lateral: f64, pace_mps: f64) -> Self {
        let oval15 = Track::new(TrackKind::Oval15);
        let scale = lap_m / oval15.lap_m;
        let oval = Oval { lap_m, turn_m: 880.0 * scale, easing_m: 200.0 * scale };
        Track {
            lap_m,
            pace_mps,
            pit_mps: PIT_TO_PACE * pace_mps,
            points: profile(lap_m, lateral, |at_m| oval.curvature(at_m)),
            ..oval15
        }
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

/// Two turns with eased ends, tightest in their middle, joined by straights; the start line in the middle of one.
struct Oval {
    lap_m: f64,
    turn_m: f64,
    easing_m: f64,
}

impl Oval {
    /// Relative: [`profile`] makes it turn once round.
    fn curvature(&self, at_m: f64) -> f64 {
        let straight_m = 0.5 * self.lap_m - self.turn_m;
        let into_m = (at_m % (0.5 * self.lap_m)) - 0.5 * straight_m;
        let from_end_m = into_m.min(self.turn_m - into_m);
        let bend = libm::sin(std::f64::consts::PI * into_m / self.turn_m);
        (from_end_m / self.easing_m).clamp(0.0, 1.0) * (1.0 + TIGHTENING * bend * bend)
    }
}

/// Scales the curvature to one full turn and limits speed by lateral acceleration (banking included, m/s²).
fn profile(lap_m: f64, lateral: f64, shape: impl Fn(f64) -> f64) -> Vec<Point> {
    let count = (lap_m / POINT_M) as usize;
    let turned: f64 = (0..count).map(|index| shape(index as f64 * POINT_M) * POINT_M).sum();
    let curvatures: Vec<f64> =
        (0..count).map(|index| shape(index as f64 * POINT_M) * std::f64::consts::TAU / turned).collect();
    let corner_mps = |&curvature: &f64| {
        if curvature > 0.0 { (lateral / curvature).sqrt().min(OPEN_MPS) } else { OPEN_MPS }
    };
    let corners: Vec<f64> = curvatures.iter().map(corner_mps).collect();
    let braked = reachable(&corners, ENTRY_DECELERATION);
    let coasted = reachable(&corners, COAST_DECELERATION);
    let pairs = braked.into_iter().zip(coasted).zip(curvatures);
    pairs.map(|((limit_mps, coast_mps), curvature)| Point { limit_mps, coast_mps, curvature }).collect()
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
    fn an_oval_turns_once_round() {
        let track = Track::new(TrackKind::Oval15);
        let turned: f64 = track.points.iter().map(|point| point.curvature * POINT_M).sum();
        assert!((turned - std::f64::consts::TAU).abs() < 0.02, "{turned}");
    }

    #[test]
    fn no_point_asks_for_harder_braking_than_the_entry_deceleration() {
        let track = Track::new(TrackKind::Oval15);
        for pair in track.points.windows(2) {
            let slowing = {
                let square = |point: Point| point.limit_mps * point.limit_mps;
                (square(pair[0]) - square(pair[1])) / (2.0 * POINT_M)
            };
            assert!(slowing <= ENTRY_DECELERATION + 1e-9, "{pair:?}");
        }
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
