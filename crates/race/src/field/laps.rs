//! Laps at the scale of their car.

use crate::car::{ClosedLap, LapInParts, scaled};
use crate::scale::Scale;
use crate::session::RaceState;
use events::{LapLabel, LapSummary, VehicleId};
use fuel::prior;
use std::sync::Arc;
use units::{FuelMicrograms, miles_per_gallon};

/// A settled lap as it leaves the stream, at scale 0.
pub fn lap_summary(
    vehicle: VehicleId,
    LapInParts { lap, parts }: &LapInParts,
    race: &RaceState,
) -> Option<LapSummary> {
    let imputed_sd_kg = lap.gap_var_g2.sqrt() * 1e-3;
    Some(LapSummary {
        session: race.session()?.session,
        vehicle_id: vehicle,
        lap: lap.number.and_then(|number| u32::try_from(number).ok()).unwrap_or(0),
        stint: lap.stint,
        from_us: lap.from,
        to_us: lap.to,
        label: lap.label,
        clean: lap.clean,
        burned_kg: lap.burned.mass().kg(),
        imputed_kg: lap.imputed.mass().kg(),
        burned_sd_kg: imputed_sd_kg,
        distance_m: lap.distance_m,
        mpg: lap
            .distance_m
            .filter(|_| !lap.is_estimated())
            .and_then(|metres| miles_per_gallon(metres, race.fuel_density().volume(lap.burned.mass()))),
        burned_parts_g: parts.iter().flatten().map(|part| part.0 as f64 / 1e6).collect(),
    })
}

/// Brings a lap to what its car really burns.
pub(super) fn scale(lap: &mut LapSummary, scale: &Scale) {
    let factor = if lap.clean { scale.clean_factor } else { scale.factor };
    lap.burned_kg *= factor;
    lap.imputed_kg *= factor;
    lap.burned_sd_kg = root_sum_square([lap_sd(scale, lap.label) * lap.burned_kg, lap.burned_sd_kg * factor]);
    lap.mpg = lap.mpg.map(|mpg| mpg / factor);
    lap.burned_parts_g.iter_mut().for_each(|part| *part *= factor);
}

/// The newest laps of a car as they were scaled.
#[derive(Clone, Debug, Default)]
pub(super) struct ScaledLaps {
    /// At scale 0.
    unscaled: Arc<[ClosedLap]>,
    by: Option<Scale>,
    scaled: Arc<[ClosedLap]>,
}

impl ScaledLaps {
    /// Some laps at a scale: computed once for the same laps and the same scale.
    pub fn of(&mut self, laps: &Arc<[ClosedLap]>, scale: &Scale) -> Arc<[ClosedLap]> {
        if !Arc::ptr_eq(&self.unscaled, laps) || self.by.as_ref() != Some(scale) {
            let scaled = laps.iter().map(|lap| scale_closed(lap, scale)).collect();
            *self = ScaledLaps { unscaled: laps.clone(), by: Some(*scale), scaled };
        }
        self.scaled.clone()
    }
}

/// A lap as its car keeps it, likewise.
pub(super) fn scale_closed(lap: &ClosedLap, scale: &Scale) -> ClosedLap {
    let factor = if lap.clean { scale.clean_factor } else { scale.factor };
    ClosedLap {
        burned: scaled(lap.burned, factor),
        imputed: scaled(lap.imputed, factor),
        gap_var_g2: lap.gap_var_g2 * factor * factor,
        ..*lap
    }
}

/// Relative error of one lap's burn about that of the laps around it.
fn lap_sd(scale: &Scale, label: LapLabel) -> f64 {
    let is_raced = !matches!(label, LapLabel::Caution | LapLabel::Pit);
    match (is_raced, scale.is_calibrated) {
        (true, true) => prior::LAP_SD,
        (true, false) => prior::LAP_UNCALIBRATED_SD,
        (false, true) => prior::OTHER_LAP_SD,
        (false, false) => prior::OTHER_LAP_UNCALIBRATED_SD,
    }
}

/// Relative error of a car's burn over some laps against that of other cars.
pub(super) fn against_others_sd(laps: &[ClosedLap], scale: &Scale) -> f64 {
    let by_lap = lap_sd(scale, LapLabel::Green) / (laps.len() as f64).sqrt();
    root_sum_square([scale.own_var.sqrt(), by_lap, gap_sd(laps)])
}

/// Relative error of the burn of some laps by imputation.
pub(super) fn gap_sd(laps: &[ClosedLap]) -> f64 {
    let burned_g: f64 = laps.iter().map(|lap| lap.burned.mass().kg() * 1e3).sum();
    let var_g2: f64 = laps.iter().map(|lap| lap.gap_var_g2).sum();
    if burned_g > 0.0 { var_g2.sqrt() / burned_g } else { 0.0 }
}

/// The imputed part of what was burned, percent.
pub(super) fn share_pct(imputed: FuelMicrograms, burned: FuelMicrograms) -> f64 {
    100.0 * imputed.0 as f64 / burned.0.max(1) as f64
}

pub(super) fn root_sum_square<const N: usize>(parts: [f64; N]) -> f64 {
    parts.iter().map(|part| part * part).sum::<f64>().sqrt()
}
