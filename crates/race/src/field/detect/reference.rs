//! How the field drives: medians over its cars' newest clean laps.

use super::corners::{Corner, corners, lift_before};
use super::means::SavingMeans;
use crate::car::CarFold;
use crate::driver::{BINS, DrivenLap};
use crate::field::compare::{median, quantile, quantile_place};
use events::bounds::FIELD_MIN;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Where a quarter of the field opens the throttle at least this far, it is flat out. Source: docs/fuel-model.md §7.
const FLAT_OUT: f64 = 0.95;
/// The quarter of the field that opens the throttle most begins here.
const MOST: f64 = 0.75;
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

impl Reference {
    /// Of all cars that have clean laps; `None` if they are fewer than [`FIELD_MIN`].
    pub fn of(folds: &[&CarFold]) -> Option<Reference> {
        let sending: Vec<&CarFold> = folds.iter().copied().filter(|fold| !fold.driven.is_empty()).collect();
        if sending.len() < FIELD_MIN {
            return None;
        }
        let newest: Vec<&DrivenLap> =
            sending.iter().filter_map(|fold| Some(&**fold.driven.last()?)).collect();
        let of_all = |of: fn(&DrivenLap) -> &[Option<f32>], bin: usize| {
            newest.iter().filter_map(move |lap| of(lap).get(bin).copied().flatten().map(f64::from))
        };
        let flat = (0..BINS).map(|bin| is_flat_out(of_all(|lap| &lap.throttle, bin))).collect::<Vec<bool>>();
        let speed: Vec<_> = (0..BINS).map(|bin| quantile(of_all(|lap| &lap.speed_m_s, bin), 0.5)).collect();
        let of_car =
            |fold: &&CarFold| SavingMeans::of(fold.driven.iter().map(Arc::as_ref), &fold.clean_laps, &flat);
        let cars: Vec<SavingMeans> = sending.iter().filter_map(of_car).collect();
        let middle = |of: fn(&SavingMeans) -> Option<f64>| median(cars.iter().filter_map(of));
        let coasted_m = middle(|car| Some(car.coasted_m))?;
        Some(Reference {
            coasted_m,
            coasted_mad_m: median(cars.iter().map(|car| (car.coasted_m - coasted_m).abs()))?,
            burn_kg_m: middle(|car| car.burn_kg_m),
            shift_rpm: middle(|car| car.shift_rpm),
            pulling_rpm: middle(|car| car.pulling_rpm),
            gearing: middle(|car| car.gearing),
            held: quantile(cars.iter().filter_map(|car| car.held), MOST),
            corners: lifted_corners(&sending, &speed),
            flat,
        })
    }
}

/// The corners, and how early the field lifts for each.
fn lifted_corners(sending: &[&CarFold], speed: &[Option<f64>]) -> Vec<Corner> {
    let mut corners = corners(speed);
    for index in 0..corners.len() {
        let lifts =
            sending.iter().filter_map(|fold| lift_before(&fold.driven.last()?.lifts, &corners, index));
        let lift_before = median_of_half(lifts.map(f64::from), sending.len());
        corners[index].lift_before_steps = lift_before.map(|steps| steps as i32);
    }
    corners
}

/// Whether the quarter that opens the throttle most does so as good as all the way.
fn is_flat_out(throttles: impl Iterator<Item = f64>) -> bool {
    let (mut all, mut below) = (0, 0);
    for throttle in throttles {
        all += 1;
        below += usize::from(throttle < FLAT_OUT);
    }
    quantile_place(all, MOST).is_some_and(|place| below <= place)
}

/// The median, if at least half of `all` have a number.
fn median_of_half(numbers: impl Iterator<Item = f64>, all: usize) -> Option<f64> {
    let numbers: Vec<f64> = numbers.collect();
    if 2 * numbers.len() < all { None } else { median(numbers.into_iter()) }
}
