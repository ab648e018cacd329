//! Laps at the scale of their car.

use super::compare::burn_kg_m;
use crate::car::{ClosedLap, LapInParts, scaled};
use crate::scale::Scale;
use crate::session::RaceState;
use events::bounds::GREEN_LAPS_MIN;
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

/// The newest clean laps of a car, and what they come to. They change once a lap, windows close every second: it is
/// computed once for the same laps and the same scale.
#[derive(Clone, Debug, Default)]
pub(super) struct CleanLaps {
    /// As their car keeps them, at scale 0.
    unscaled: Arc<[ClosedLap]>,
    /// What is known of the scale, and whether laps are brought to it.
    by: (Option<Scale>, bool),
    /// At scale.
    scaled: Arc<[ClosedLap]>,
    /// Burn per distance, kg/m; `None` if a length is unknown or there are none.
    pub burn_kg_m: Option<f64>,
    /// Its relative error against that of other cars; `None` while no scale is known.
    pub against_others_sd: Option<f64>,
    /// Mean burn of a lap, kg; `None` of none.
    pub lap_kg: Option<f64>,
    /// The imputed part of their burn, percent.
    pub imputed_pct: f64,
}

impl CleanLaps {
    /// Takes some laps, and brings them to a scale where burn `is_scaled`. As they are then.
    pub fn follow(
        &mut self,
        laps: &Arc<[ClosedLap]>,
        scale: Option<&Scale>,
        is_scaled: bool,
    ) -> Arc<[ClosedLap]> {
        let by = (scale.copied(), is_scaled);
        if !Arc::ptr_eq(&self.unscaled, laps) || self.by != by {
            let scaled = match scale.filter(|_| is_scaled) {
                Some(scale) => laps.iter().map(|lap| scale_closed(lap, scale)).collect(),
                None => laps.clone(),
            };
            let sum = |of: fn(&ClosedLap) -> FuelMicrograms| {
                scaled.iter().fold(FuelMicrograms::default(), |sum, lap| sum + of(lap))
            };
            let kg = scaled.iter().map(|lap| lap.burned.mass().kg()).sum::<f64>();
            *self = CleanLaps {
                unscaled: laps.clone(),
                by,
                burn_kg_m: burn_kg_m(scaled.iter()),
                against_others_sd: scale.map(|scale| against_others_sd(&scaled, scale)),
                lap_kg: (!scaled.is_empty()).then(|| kg / scaled.len() as f64),
                imputed_pct: share_pct(sum(|lap| lap.imputed), sum(|lap| lap.burned)),
                scaled,
            };
        }
        self.scaled.clone()
    }

    /// Burn per distance of laps enough to be held against those of others, kg/m.
    pub fn comparable_kg_m(&self) -> Option<f64> {
        self.burn_kg_m.filter(|_| self.scaled.len() >= GREEN_LAPS_MIN)
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
fn against_others_sd(laps: &[ClosedLap], scale: &Scale) -> f64 {
    let by_lap = lap_sd(scale, LapLabel::Green) / (laps.len() as f64).sqrt();
    root_sum_square([scale.own_var.sqrt(), by_lap, gap_sd(laps)])
}

/// Relative error of the burn of some laps by imputation.
fn gap_sd(laps: &[ClosedLap]) -> f64 {
    let burned_g: f64 = laps.iter().map(|lap| lap.burned.mass().kg() * 1e3).sum();
    let var_g2: f64 = laps.iter().map(|lap| lap.gap_var_g2).sum();
    if burned_g > 0.0 { var_g2.sqrt() / burned_g } else { 0.0 }
}

/// The imputed part of what was burned, percent.
pub(super) fn share_pct(imputed: FuelMicrograms, burned: FuelMicrograms) -> f64 {
    100.0 * imputed.0 as f64 / burned.0.max(1) as f64
}

fn root_sum_square<const N: usize>(parts: [f64; N]) -> f64 {
    parts.iter().map(|part| part * part).sum::<f64>().sqrt()
}
