//! What a car burned, how far that takes it, and how it compares with the field.

use super::compare::burn_kg_m;
use super::laps::{against_others_sd, share_pct};
use super::window::FieldWindow;
use crate::car::{CarFold, ClosedLap};
use crate::scale::Scale;
use events::bounds::{GREEN_LAPS_MIN, STALE_AFTER};
use events::{AgainstField, FuelBurn, FuelEconomy, StintProgress};
use units::{FuelMicrograms, miles_per_gallon};

/// Fuel burned since various beginnings.
pub(super) fn burn(fold: &CarFold) -> FuelBurn {
    let kg = |burned: FuelMicrograms| burned.mass().kg();
    FuelBurn {
        rate_g_s: fold.rate_g_s.filter(|_| fold.age <= STALE_AFTER),
        lap_kg: fold.burned.map(|burned| kg(burned.lap)),
        stint_kg: fold.burned.map(|burned| kg(burned.stint)),
        stage_kg: fold.burned.map(|burned| kg(burned.stage)),
        race_kg: fold.burned.map(|burned| kg(burned.race)),
    }
}

/// How far the car is into its stint.
pub(super) fn stint(fold: &CarFold) -> StintProgress {
    StintProgress { laps: fold.stint_laps, green_laps: fold.clean_laps.len() as u32, stops: fold.stint }
}

/// Economy of the last lap, of the newest clean laps and of the stint.
pub(super) fn economy(fold: &CarFold, scale: Option<&Scale>, window: &FieldWindow) -> FuelEconomy {
    let enough = fold.clean_laps.len() >= GREEN_LAPS_MIN.min(window.race.settings.green_laps);
    let mpg_5 = if enough { window.mpg(&fold.clean_laps) } else { None };
    let sum = |of: fn(&ClosedLap) -> FuelMicrograms| {
        fold.clean_laps.iter().fold(FuelMicrograms::default(), |sum, lap| sum + of(lap))
    };
    FuelEconomy {
        mpg_last_lap: fold.last_lap.filter(|lap| !lap.is_estimated()).and_then(|lap| window.mpg(&[lap])),
        last_lap_imputed_pct: fold.last_lap.map(|lap| share_pct(lap.imputed, lap.burned)),
        mpg_5,
        mpg_5_sd: mpg_5.zip(scale).map(|(mpg, scale)| mpg * against_others_sd(&fold.clean_laps, scale)),
        mpg_5_imputed_pct: mpg_5.map(|_| share_pct(sum(|lap| lap.imputed), sum(|lap| lap.burned))),
        mpg_stint: fold.burned.zip(fold.stint_distance_m).and_then(|(burned, metres)| {
            miles_per_gallon(metres, window.race.fuel_density().volume(burned.stint.mass()))
        }),
    }
}

/// Burn per distance over the field's; nothing while too few cars make a field.
pub(super) fn against_field(fold: &CarFold, scale: Option<&Scale>, window: &FieldWindow) -> AgainstField {
    let Some(field_kg_m) = window.field_kg_m else { return AgainstField::default() };
    let against = |kg_m: f64| 100.0 * (kg_m / field_kg_m - 1.0);
    let clean = Some(&fold.clean_laps).filter(|laps| laps.len() >= GREEN_LAPS_MIN);
    let pct = clean.and_then(|laps| burn_kg_m(laps.iter())).map(against);
    AgainstField {
        pct,
        sd_pct: pct.zip(scale).map(|(_, scale)| 100.0 * against_others_sd(&fold.clean_laps, scale)),
        last_lap_pct: fold.last_lap.filter(|lap| lap.clean).and_then(|lap| burn_kg_m(&[lap])).map(against),
    }
}
