//! How the field drives: medians over its cars' newest clean laps.

use super::technique::Means;
use crate::car::CarFold;
use crate::car::LAP_STEPS;
use crate::driver::BINS;
use crate::field::compare::median;
use events::bounds::FIELD_MIN;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Where a quarter of the field opens the throttle at least this far, it is flat out. Source: docs/fuel-model.md §7.
const FLAT_OUT: f64 = 0.95;
/// The quarter of the field that opens the throttle most begins here.
const MOST: f64 = 0.75;
/// A corner is where the field slows by more than this part of its speed on either side.
const CORNER_DEPTH: f64 = 0.04;
/// More corners than this are noise.
const CORNERS_MAX: usize = 20;

/// The field's way to drive a lap.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Reference {
    /// Medians over cars.
    pub coasted_m: f64,
    /// Likewise, kg/m.
    pub burn_kg_m: Option<f64>,
    /// Likewise, rpm.
    pub shift_rpm: Option<f64>,
    /// Likewise, rpm.
    pub pulling_rpm: Option<f64>,
    /// Likewise, rpm per m/s.
    pub gearing: Option<f64>,
    /// Throttle on the straights of the quarter that opens it most.
    pub held: Option<f64>,
    /// Median absolute deviation of `coasted_m`.
    pub coasted_mad_m: f64,
    /// The parts of the lap where the field is flat out.
    pub flat: Vec<bool>,
    /// The corners, in order from the start line.
    pub corners: Vec<Corner>,
}

/// A place where the field slows.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Corner {
    /// Its slowest point, in steps of the lap.
    pub apex_steps: i32,
    /// How far before that the field lifts, in steps; `None`: it does not.
    pub lift_before_steps: Option<i32>,
}

impl Reference {
    /// Of all cars that have clean laps; `None` if they are fewer than [`FIELD_MIN`].
    pub fn of(folds: &[CarFold]) -> Option<Reference> {
        let sending: Vec<&CarFold> = folds.iter().filter(|fold| !fold.driven.is_empty()).collect();
        if sending.len() < FIELD_MIN {
            return None;
        }
        let (mut flat, mut speed) = (vec![false; BINS], vec![None; BINS]);
        for bin in 0..BINS {
            flat[bin] =
                quantile(sending.iter().filter_map(|fold| newest(fold, |lap| *lap.throttle.get(bin)?)), 0.75)
                    .is_some_and(|most| most >= FLAT_OUT);
            speed[bin] =
                quantile(sending.iter().filter_map(|fold| newest(fold, |lap| *lap.speed_m_s.get(bin)?)), 0.5);
        }
        let of_car =
            |fold: &&CarFold| Means::of(fold.driven.iter().map(Arc::as_ref), &fold.clean_laps, &flat);
        let cars: Vec<Means> = sending.iter().filter_map(of_car).collect();
        let mut corners = corners(&speed);
        for index in 0..corners.len() {
            let lifts =
                sending.iter().filter_map(|fold| lift_before(&fold.driven.last()?.lifts, &corners, index));
            let lift_before = median_of_half(lifts.map(f64::from), sending.len());
            corners[index].lift_before_steps = lift_before.map(|steps| steps as i32);
        }
        let middle = |of: fn(&Means) -> Option<f64>| median(cars.iter().filter_map(of));
        let coasted_m = middle(|car| Some(car.coasted_m))?;
        Some(Reference {
            coasted_m,
            coasted_mad_m: median(cars.iter().map(|car| (car.coasted_m - coasted_m).abs()))?,
            burn_kg_m: middle(|car| car.burn_kg_m),
            shift_rpm: middle(|car| car.shift_rpm),
            pulling_rpm: middle(|car| car.pulling_rpm),
            gearing: middle(|car| car.gearing),
            held: quantile(cars.iter().filter_map(|car| car.held), MOST),
            flat,
            corners,
        })
    }
}

/// A number of the newest clean lap.
fn newest(fold: &CarFold, of: impl Fn(&crate::driver::DrivenLap) -> Option<f32>) -> Option<f64> {
    fold.driven.last().and_then(|lap| of(lap)).map(f64::from)
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

/// The median, if at least half of `all` have a number.
fn median_of_half(numbers: impl Iterator<Item = f64>, all: usize) -> Option<f64> {
    let numbers: Vec<f64> = numbers.collect();
    if 2 * numbers.len() < all { None } else { median(numbers.into_iter()) }
}

/// The number below which a part of some finite numbers lies; `None` of none.
fn quantile(numbers: impl Iterator<Item = f64>, part: f64) -> Option<f64> {
    let mut numbers: Vec<f64> = numbers.collect();
    let place = (numbers.len().checked_sub(1)? as f64 * part).round() as usize;
    Some(*numbers.select_nth_unstable_by(place, f64::total_cmp).1)
}

/// Local minima of the field's speed, each deeper than [`CORNER_DEPTH`] below the highest speed since the one before.
fn corners(speed: &[Option<f64>]) -> Vec<Corner> {
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

#[cfg(test)]
mod tests {
    use super::*;

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
