//! What a car burned, how far that takes it, and how it compares with the field.

use super::compare::burn_kg_m;
use super::laps::{CleanLaps, share_pct};
use super::window::FieldWindow;
use crate::car::CarFold;
use events::bounds::{GREEN_LAPS_MIN, STALE_AFTER};
use events::{AgainstField, FuelBurn, FuelEconomy, StintProgress};
use units::{FuelMicrograms, miles_per_gallon};

/// Fuel burned since various beginnings.
pub(super) fn burn(fold: &CarFold) -> FuelBurn {
    let (burned, kg) = (fold.burned.as_ref(), |burned: FuelMicrograms| burned.mass().kg());
    FuelBurn {
        rate_g_s: fold.rate_g_s.filter(|_| fold.age <= STALE_AFTER),
        lap_kg: burned.map(|burned| kg(burned.lap)),
        stint_kg: burned.map(|burned| kg(burned.stint)),
        stage_kg: burned.map(|burned| kg(burned.stage)),
        race_kg: burned.map(|burned| kg(burned.race)),
    }
}

/// How far the car is into its stint.
pub(super) fn stint(fold: &CarFold) -> StintProgress {
    StintProgress { laps: fold.stint_laps, green_laps: fold.clean_laps.len() as u32, stops: fold.stint }
}

/// Economy of the last lap, of the newest clean laps and of the stint.
pub(super) fn economy(fold: &CarFold, clean: &CleanLaps, window: &FieldWindow) -> FuelEconomy {
    let enough = fold.clean_laps.len() >= GREEN_LAPS_MIN.min(window.race.settings.green_laps);
    let mpg_5 = clean.burn_kg_m.filter(|_| enough).and_then(|kg_m| window.mpg_at(kg_m));
    let last_lap = fold.last_lap.as_ref();
    FuelEconomy {
        mpg_last_lap: last_lap
            .filter(|lap| !lap.is_estimated())
            .and_then(|lap| window.mpg_at(burn_kg_m([lap])?)),
        last_lap_imputed_pct: last_lap.map(|lap| share_pct(lap.imputed, lap.burned)),
        mpg_5,
        mpg_5_sd: mpg_5.zip(clean.against_others_sd).map(|(mpg, sd)| mpg * sd),
        mpg_5_imputed_pct: mpg_5.map(|_| clean.imputed_pct),
        mpg_stint: fold.burned.as_ref().zip(fold.stint_distance_m).and_then(|(burned, metres)| {
            miles_per_gallon(metres, window.density.volume(burned.stint.mass()))
        }),
    }
}

/// Burn per distance over the field's; nothing while too few cars make a field.
pub(super) fn against_field(fold: &CarFold, clean: &CleanLaps, window: &FieldWindow) -> AgainstField {
    let Some(field_kg_m) = window.field_kg_m else { return AgainstField::default() };
    let against = |kg_m: f64| 100.0 * (kg_m / field_kg_m - 1.0);
    let pct = clean.comparable_kg_m().map(against);
    let clean_lap = fold.last_lap.as_ref().filter(|lap| lap.clean);
    AgainstField {
        pct,
        sd_pct: pct.and(clean.against_others_sd).map(|sd| 100.0 * sd),
        last_lap_pct: clean_lap.and_then(|lap| burn_kg_m([lap])).map(against),
    }
}
