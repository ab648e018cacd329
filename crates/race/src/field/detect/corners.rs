//! Where the field slows, and how early a car lifts for it.

use crate::car::LAP_STEPS;
use serde::{Deserialize, Serialize};

/// A corner is where the field slows by more than this part of its speed on either side.
const CORNER_DEPTH: f64 = 0.04;
/// More corners than this are noise.
const CORNERS_MAX: usize = 20;

/// A place where the field slows.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Corner {
    /// Its slowest point, in steps of the lap.
    pub apex_steps: i32,
    /// How far before that the field lifts, in steps; `None`: it does not.
    pub lift_before_steps: Option<i32>,
}

/// Local minima of the field's speed, each deeper than [`CORNER_DEPTH`] below the highest speed since the one before.
pub fn corners(speed: &[Option<f64>]) -> Vec<Corner> {
    let known: Option<Vec<f64>> = speed.iter().copied().collect();
    let Some(speed) = known else { return Vec::new() };
    // begin at the fastest place: no corner is cut there
    let fastest = (0..speed.len()).max_by(|&a, &b| speed[a].total_cmp(&speed[b])).unwrap_or(0);
    let mut corners = Vec::new();
    let (mut top, mut low) = (speed[fastest], (f64::INFINITY, fastest));
    for place in (1..=speed.len()).map(|n| (fastest + n) % speed.len()) {
        let here = speed[place];
        if here < low.0 {
            low = (here, place);
        }
        let is_behind_apex = here > low.0 / (1.0 - CORNER_DEPTH);
        if is_behind_apex && low.0 < top * (1.0 - CORNER_DEPTH) {
            let apex_steps = ((low.1 as f64 + 0.5) / speed.len() as f64 * LAP_STEPS as f64) as i32;
            corners.push(Corner { apex_steps, lift_before_steps: None });
            (top, low) = (here, (f64::INFINITY, place));
        } else if here > top {
            (top, low) = (here, (f64::INFINITY, place));
        }
    }
    corners.sort_unstable_by_key(|corner| corner.apex_steps);
    if corners.len() > CORNERS_MAX { Vec::new() } else { corners }
}

/// How far before the apex of a corner a car lifts for it, steps; `None`: it does not. The first lift behind the apex
/// before counts.
pub fn lift_before(lifts: &[i32], corners: &[Corner], index: usize) -> Option<i32> {
    let apex = corners.get(index)?.apex_steps;
    let lap = LAP_STEPS as i32;
    let before = corners[(index + corners.len() - 1) % corners.len()].apex_steps;
    let room = match (apex - before).rem_euclid(lap) {
        0 => lap,
        room => room,
    };
    lifts.iter().map(|lift| (apex - lift).rem_euclid(lap)).filter(|back| *back < room).max()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::driver::BINS;

    #[test]
    fn corners_are_where_the_field_slows() {
        let speed = |lows: &[(usize, f64)]| -> Vec<Option<f64>> {
            let at = |bin: usize| {
                let slow = |&(low, by): &(usize, f64)| by * (1.0 - bin.abs_diff(low) as f64 / 8.0).max(0.0);
                Some(80.0 - lows.iter().map(slow).sum::<f64>())
            };
            (0..BINS).map(at).collect()
        };
        for (what, lows, apexes) in [
            ("two ends of an oval", vec![(25, 15.0), (75, 15.0)], vec![255_000, 755_000]),
            ("a breath of air", vec![(25, 15.0), (50, 2.0)], vec![255_000]),
            ("flat out all round", vec![], vec![]),
        ] {
            let found: Vec<i32> = corners(&speed(&lows)).iter().map(|corner| corner.apex_steps).collect();
            assert_eq!(found, apexes, "{what}");
        }
    }

    #[test]
    fn the_first_lift_behind_the_corner_before_counts() {
        let corner = |apex_steps| Corner { apex_steps, lift_before_steps: None };
        let two = [corner(250_000), corner(750_000)];
        assert_eq!(lift_before(&[150_000, 600_000, 700_000], &two, 0), Some(100_000));
        assert_eq!(lift_before(&[150_000, 600_000, 700_000], &two, 1), Some(150_000));
        assert_eq!(lift_before(&[950_000], &two, 0), Some(300_000), "over the start line");
        assert_eq!(lift_before(&[950_000], &two, 1), None);
    }
}
