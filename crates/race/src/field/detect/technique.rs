//! By which means a car burns less than it could: what its laps come to, held against the field's.

use super::corners::{Corner, lift_before};
use super::means::SavingMeans;
use super::reference::Reference;
use super::track::TrackShape;
use crate::car::LAP_STEPS;
use crate::driver::DrivenLap;
use serde::{Deserialize, Serialize};

/// Half of what a driver can do by each means counts 1. Source of all bounds: docs/fuel-model.md §7.
const COASTED_PART_OF_LAP: f64 = 0.12;
const HELD_BACK: f64 = 0.30;
const EARLY_RPM: f64 = 650.0;
/// Less than this is how cars differ, rpm.
const RPM_ALIKE: f64 = 40.0;
/// What shows as a sign.
const COASTED_MIN_M: f64 = 25.0;
const COASTED_MIN_PART: f64 = 0.025;
const HELD_BACK_MIN: f64 = 0.08;
const EARLY_RPM_MIN: f64 = 300.0;
const GEARING_MIN: f64 = 0.03;

/// How one lap was driven against the field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Technique {
    /// Coasted further than the field, metres.
    pub coasted_m: f64,
    /// That counts as a sign.
    pub coasts: bool,
    /// Lifts this much earlier than the field, metres, where that is most, and into which corner, from 1.
    pub early: Option<(f64, usize)>,
    /// Throttle held on the straights, and the field's, where it holds back: 0..1.
    pub held: Option<(f64, f64)>,
    /// Engine speed below the field's, rpm, by shifting early or by using a higher gear.
    pub early_rpm: f64,
    /// Whether shifts alone show it.
    pub at_shifts: bool,
    /// That counts as a sign.
    pub shifts_early: bool,
    /// Burn per distance over the field's, less 1.
    pub burn: Option<f64>,
    /// Part of the time in the tow of others, 0..1.
    pub tow: Option<f64>,
    /// How much fuel is saved by coasting: 1 is half of what a driver can do by one means.
    pub coast_score: f64,
    /// Likewise by holding back.
    pub held_score: f64,
    /// Likewise by low engine speed.
    pub early_score: f64,
    /// All together.
    pub score: f64,
}

impl Technique {
    /// Of the lap `driven`, which comes to `own`.
    pub fn of(driven: &DrivenLap, own: &SavingMeans, field: &Reference, lap: TrackShape) -> Technique {
        let coasted_m = own.coasted_m - field.coasted_m;
        let shift_rpm = own.shift_rpm.zip(field.shift_rpm).map(|(own, field)| field - own);
        let pulling_rpm =
            own.pulling_rpm.zip(field.pulling_rpm).filter(|_| !lap.in_packs).map(|(own, field)| field - own);
        let early_rpm = shift_rpm.unwrap_or(0.0).max(pulling_rpm.unwrap_or(0.0));
        let at_shifts = shift_rpm.is_some_and(|rpm| rpm >= EARLY_RPM_MIN);
        let gears_up =
            own.gearing.zip(field.gearing).is_some_and(|(own, field)| own < field * (1.0 - GEARING_MIN));
        let held = own.held.zip(field.held).filter(|_| !lap.in_packs);
        let held = held.map(|(own, field)| (own, field.min(1.0)));
        let coast_score = (coasted_m / lap.length_m / COASTED_PART_OF_LAP).max(0.0);
        let held_score = held.map_or(0.0, |(own, field)| ((field - own) / HELD_BACK).max(0.0));
        let early_score = ((early_rpm - RPM_ALIKE) / EARLY_RPM).max(0.0);
        Technique {
            coasted_m,
            coasts: coasted_m
                > COASTED_MIN_M.max(2.0 * field.coasted_mad_m).max(COASTED_MIN_PART * lap.length_m),
            early: earliest(&driven.lifts, &field.corners, lap.length_m),
            held: held.filter(|(own, field)| field - own > HELD_BACK_MIN),
            early_rpm,
            at_shifts,
            shifts_early: at_shifts || (gears_up && early_rpm >= EARLY_RPM_MIN),
            burn: own.burn_kg_m.zip(field.burn_kg_m).map(|(own, field)| own / field - 1.0),
            tow: None,
            coast_score,
            held_score,
            early_score,
            score: coast_score + held_score + early_score,
        }
    }
}

/// Where a car lifts earliest against the field, in metres and the number of the corner.
fn earliest(lifts: &[i32], corners: &[Corner], length_m: f64) -> Option<(f64, usize)> {
    let metres = |steps: i32| f64::from(steps) / LAP_STEPS as f64 * length_m;
    let early = |index: usize| {
        let field = corners[index].lift_before_steps?;
        Some((metres(lift_before(lifts, corners, index)? - field), index + 1))
    };
    let of_all = (0..corners.len()).filter_map(early);
    of_all.max_by(|(a, _), (b, _)| a.total_cmp(b)).filter(|(metres, _)| *metres >= COASTED_MIN_M)
}
