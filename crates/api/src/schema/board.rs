//! The board and its cars.

use super::LIST;
use super::outlook::{Forecast, Seen, Story};
use super::wire::{EconomyUnit, Flag, FuelUnit, Micros, Mode, Quality, finite, int};
use async_graphql::{ID, Object};
use std::sync::Arc;
use units::FuelDensity;

pub(crate) struct Board {
    pub(super) told: Arc<events::Board>,
    pub(super) density: FuelDensity,
}

#[Object]
impl Board {
    async fn session_id(&self) -> ID {
        self.told.session.as_str().into()
    }
    async fn window_end_us(&self) -> Micros {
        self.told.window_end_us.into()
    }
    async fn flag(&self) -> Flag {
        self.told.flag.into()
    }
    async fn lap(&self) -> Option<i32> {
        self.told.lap.map(int)
    }
    async fn field_economy(
        &self,
        #[graphql(default_with = "EconomyUnit::Mpg")] unit: EconomyUnit,
    ) -> Option<f64> {
        finite(unit.of(self.told.field_mpg?))
    }
    /// The model in force.
    async fn model(&self) -> &str {
        self.told.model.as_str()
    }
    /// What forecasts take for granted, a sentence each.
    async fn assumptions(&self) -> &[String] {
        &self.told.assumptions
    }
    /// What is worth telling, what matters most first.
    #[graphql(complexity = "12 * child_complexity")]
    async fn stories(&self) -> Vec<Story<'_>> {
        self.told.stories.iter().map(Story).collect()
    }
    #[graphql(complexity = "LIST * child_complexity")]
    async fn cars(&self) -> Vec<CarInsight<'_>> {
        // As the store does: a car whose required number is none is left out, the others stay.
        let sound = self.told.cars.iter().filter(|car| car.imputed_pct.is_finite());
        sound.map(|told| CarInsight { told, density: self.density }).collect()
    }
}

pub(crate) struct CarInsight<'a> {
    told: &'a events::CarInsight,
    density: FuelDensity,
}

impl CarInsight<'_> {
    fn fuel(&self, kg: Option<f64>, unit: FuelUnit) -> Option<f64> {
        finite(kg.map(|kg| unit.of(kg, self.density)))
    }
}

/// Missing is null, never zero. Every `Sd` is one standard deviation.
#[Object]
impl CarInsight<'_> {
    async fn session_id(&self) -> ID {
        self.told.session.as_str().into()
    }
    async fn vehicle_id(&self) -> ID {
        self.told.vehicle_id.as_str().into()
    }
    async fn window_end_us(&self) -> Micros {
        self.told.window_end_us.into()
    }
    async fn lap(&self) -> Option<i32> {
        self.told.lap.map(int)
    }
    async fn lap_distance(&self) -> Option<f64> {
        finite(self.told.lap_distance)
    }
    async fn position(&self) -> Option<i32> {
        self.told.position.map(int)
    }
    async fn flag(&self) -> Flag {
        self.told.flag.into()
    }
    async fn rate_g_s(&self) -> Option<f64> {
        finite(self.told.rate_g_s)
    }
    async fn burned_lap(&self, #[graphql(default_with = "FuelUnit::Kg")] unit: FuelUnit) -> Option<f64> {
        self.fuel(self.told.burned_lap_kg, unit)
    }
    async fn burned_run(&self, #[graphql(default_with = "FuelUnit::Kg")] unit: FuelUnit) -> Option<f64> {
        self.fuel(self.told.burned_run_kg, unit)
    }
    async fn burned_stage(&self, #[graphql(default_with = "FuelUnit::Kg")] unit: FuelUnit) -> Option<f64> {
        self.fuel(self.told.burned_stage_kg, unit)
    }
    async fn burned_race(&self, #[graphql(default_with = "FuelUnit::Kg")] unit: FuelUnit) -> Option<f64> {
        self.fuel(self.told.burned_race_kg, unit)
    }
    async fn last_lap_economy(
        &self,
        #[graphql(default_with = "EconomyUnit::Mpg")] unit: EconomyUnit,
    ) -> Option<f64> {
        finite(unit.of(self.told.mpg_last_lap?))
    }
    /// Share of the last lap's burn that was imputed across gaps; above 20 the lap is but estimated, without an economy.
    async fn last_lap_imputed_pct(&self) -> Option<f64> {
        finite(self.told.mpg_last_lap_imputed_pct)
    }
    /// Economy of the last N clean green laps of the run.
    #[graphql(name = "economy5")]
    async fn economy_5(
        &self,
        #[graphql(default_with = "EconomyUnit::Mpg")] unit: EconomyUnit,
    ) -> Option<f64> {
        finite(unit.of(self.told.mpg_5?))
    }
    /// The error common to the whole field apart: see `scaleSdPct`.
    #[graphql(name = "economy5Sd")]
    async fn economy_5_sd(
        &self,
        #[graphql(default_with = "EconomyUnit::Mpg")] unit: EconomyUnit,
    ) -> Option<f64> {
        finite(unit.sd_of(self.told.mpg_5?, self.told.mpg_5_sd?))
    }
    #[graphql(name = "economy5ImputedPct")]
    async fn economy_5_imputed_pct(&self) -> Option<f64> {
        finite(self.told.mpg_5_imputed_pct)
    }
    async fn run_economy(
        &self,
        #[graphql(default_with = "EconomyUnit::Mpg")] unit: EconomyUnit,
    ) -> Option<f64> {
        finite(unit.of(self.told.mpg_run?))
    }
    async fn run_laps(&self) -> i32 {
        int(self.told.run_laps)
    }
    async fn green_laps(&self) -> i32 {
        int(self.told.green_laps)
    }
    async fn stops(&self) -> i32 {
        int(self.told.stops)
    }
    async fn remaining(&self, #[graphql(default_with = "FuelUnit::Kg")] unit: FuelUnit) -> Option<f64> {
        self.fuel(self.told.remaining_kg, unit)
    }
    async fn remaining_sd(&self, #[graphql(default_with = "FuelUnit::Kg")] unit: FuelUnit) -> Option<f64> {
        self.fuel(self.told.remaining_sd_kg, unit)
    }
    async fn laps_left(&self) -> Option<f64> {
        finite(self.told.laps_left)
    }
    async fn laps_left_sd(&self) -> Option<f64> {
        finite(self.told.laps_left_sd)
    }
    /// Burn per mile over the last N green laps against the field median, percent; negative burns less.
    async fn relative_pct(&self) -> Option<f64> {
        finite(self.told.relative_pct)
    }
    async fn relative_sd_pct(&self) -> Option<f64> {
        finite(self.told.relative_sd_pct)
    }
    async fn relative_last_lap_pct(&self) -> Option<f64> {
        finite(self.told.relative_last_lap_pct)
    }
    /// Standard deviation of all absolute burn by its scale, which the whole field shares until stops have been seen.
    async fn scale_sd_pct(&self) -> Option<f64> {
        finite(self.told.scale_sd_pct)
    }
    async fn mode(&self) -> Mode {
        self.told.mode.into()
    }
    /// Why that is said; null where the mode needs no reason.
    async fn mode_reason(&self) -> Option<&str> {
        self.told.mode_reason.as_deref()
    }
    /// What else it is seen to do.
    async fn signs(&self) -> Vec<Seen<'_>> {
        self.told.signs.iter().map(Seen).collect()
    }
    /// The model that all this follows from.
    async fn model(&self) -> &str {
        self.told.model.as_str()
    }
    /// What the model and the stops so far have taught of this car: every burn is the law's times this.
    async fn scale(&self) -> Option<f64> {
        finite(self.told.scale)
    }
    /// Burn of the last laps saved against the car's own at the start of the run, percent; negative burns more.
    async fn save_amount_pct(&self) -> Option<f64> {
        finite(self.told.save_amount_pct)
    }
    /// Whether it makes the finish; null: not enough information.
    async fn forecast(&self) -> Option<Forecast> {
        self.told.forecast.map(|told| Forecast { told, density: self.density })
    }
    async fn quality(&self) -> Quality {
        self.told.quality.into()
    }
    async fn imputed_pct(&self) -> f64 {
        self.told.imputed_pct
    }
    async fn imputed_lap_pct(&self) -> Option<f64> {
        finite(self.told.imputed_lap_pct)
    }
    async fn age_ms(&self) -> Option<i32> {
        self.told.age_ms.map(int)
    }
}
