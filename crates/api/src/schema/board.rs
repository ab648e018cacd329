//! The board and its cars.

use super::LIST;
use super::wire::{
    AsIs, EconomyUnit, FuelUnit, InUnits, Micros, ShownFlag, ShownMode, ShownQuality, finite, int,
};
use async_graphql::{ID, Object};
use events::{ActiveSign, Board, CarInsight, Forecast, Story};
use std::sync::Arc;

#[Object(name = "Board")]
impl InUnits<Arc<Board>> {
    async fn session_id(&self) -> ID {
        self.value.session.as_str().into()
    }
    async fn window_end_us(&self) -> Micros {
        self.value.window_end_us.into()
    }
    async fn flag(&self) -> ShownFlag {
        self.value.flag.into()
    }
    async fn lap(&self) -> Option<i32> {
        self.value.lap.map(int)
    }
    async fn field_economy(
        &self,
        #[graphql(default_with = "EconomyUnit::Mpg")] unit: EconomyUnit,
    ) -> Option<f64> {
        finite(unit.of(self.value.field_mpg?))
    }
    /// The model in force.
    async fn model(&self) -> &str {
        self.value.model.as_str()
    }
    /// What forecasts take for granted, a sentence each.
    async fn assumptions(&self) -> &[String] {
        &self.value.assumptions
    }
    /// What is worth telling, what matters most first.
    #[graphql(complexity = "12 * child_complexity")]
    async fn stories(&self) -> Vec<AsIs<&Story>> {
        self.value.stories.iter().map(AsIs).collect()
    }
    #[graphql(complexity = "LIST * child_complexity")]
    async fn cars(&self) -> Vec<InUnits<&CarInsight>> {
        // As the store does: a car whose required number is none is left out, the others stay.
        let sound = self.value.cars.iter().filter(|car| car.trust.imputed_pct.is_finite());
        sound.map(|car| self.with(car)).collect()
    }
}

/// Missing is null, never zero. Every `Sd` is one standard deviation.
#[Object(name = "CarInsight")]
impl InUnits<&CarInsight> {
    async fn session_id(&self) -> ID {
        self.value.session.as_str().into()
    }
    async fn vehicle_id(&self) -> ID {
        self.value.vehicle_id.as_str().into()
    }
    async fn window_end_us(&self) -> Micros {
        self.value.window_end_us.into()
    }
    async fn lap(&self) -> Option<i32> {
        self.value.track.lap.map(int)
    }
    async fn lap_distance(&self) -> Option<f64> {
        finite(self.value.track.lap_distance)
    }
    async fn position(&self) -> Option<i32> {
        self.value.track.position.map(int)
    }
    async fn flag(&self) -> ShownFlag {
        self.value.track.flag.into()
    }
    async fn rate_g_s(&self) -> Option<f64> {
        finite(self.value.burn.rate_g_s)
    }
    async fn burned_lap(&self, #[graphql(default_with = "FuelUnit::Kg")] unit: FuelUnit) -> Option<f64> {
        self.fuel(self.value.burn.lap_kg, unit)
    }
    async fn burned_stint(&self, #[graphql(default_with = "FuelUnit::Kg")] unit: FuelUnit) -> Option<f64> {
        self.fuel(self.value.burn.stint_kg, unit)
    }
    async fn burned_stage(&self, #[graphql(default_with = "FuelUnit::Kg")] unit: FuelUnit) -> Option<f64> {
        self.fuel(self.value.burn.stage_kg, unit)
    }
    async fn burned_race(&self, #[graphql(default_with = "FuelUnit::Kg")] unit: FuelUnit) -> Option<f64> {
        self.fuel(self.value.burn.race_kg, unit)
    }
    async fn last_lap_economy(
        &self,
        #[graphql(default_with = "EconomyUnit::Mpg")] unit: EconomyUnit,
    ) -> Option<f64> {
        finite(unit.of(self.value.economy.mpg_last_lap?))
    }
    /// Share of the last lap's burn that was imputed across gaps; above 20 the lap is but estimated, without an economy.
    async fn last_lap_imputed_pct(&self) -> Option<f64> {
        finite(self.value.economy.last_lap_imputed_pct)
    }
    /// Economy of the last N clean green laps of the stint.
    #[graphql(name = "economy5")]
    async fn economy_5(
        &self,
        #[graphql(default_with = "EconomyUnit::Mpg")] unit: EconomyUnit,
    ) -> Option<f64> {
        finite(unit.of(self.value.economy.mpg_5?))
    }
    /// The error common to the whole field apart: see `scaleSdPct`.
    #[graphql(name = "economy5Sd")]
    async fn economy_5_sd(
        &self,
        #[graphql(default_with = "EconomyUnit::Mpg")] unit: EconomyUnit,
    ) -> Option<f64> {
        finite(unit.sd_of(self.value.economy.mpg_5?, self.value.economy.mpg_5_sd?))
    }
    #[graphql(name = "economy5ImputedPct")]
    async fn economy_5_imputed_pct(&self) -> Option<f64> {
        finite(self.value.economy.mpg_5_imputed_pct)
    }
    async fn stint_economy(
        &self,
        #[graphql(default_with = "EconomyUnit::Mpg")] unit: EconomyUnit,
    ) -> Option<f64> {
        finite(unit.of(self.value.economy.mpg_stint?))
    }
    async fn stint_laps(&self) -> i32 {
        int(self.value.stint.laps)
    }
    async fn green_laps(&self) -> i32 {
        int(self.value.stint.green_laps)
    }
    async fn stops(&self) -> i32 {
        int(self.value.stint.stops)
    }
    async fn remaining(&self, #[graphql(default_with = "FuelUnit::Kg")] unit: FuelUnit) -> Option<f64> {
        self.fuel(self.value.tank.remaining_kg, unit)
    }
    async fn remaining_sd(&self, #[graphql(default_with = "FuelUnit::Kg")] unit: FuelUnit) -> Option<f64> {
        self.fuel(self.value.tank.remaining_sd_kg, unit)
    }
    async fn laps_left(&self) -> Option<f64> {
        finite(self.value.tank.laps_left)
    }
    async fn laps_left_sd(&self) -> Option<f64> {
        finite(self.value.tank.laps_left_sd)
    }
    /// Burn per mile over the last N green laps against the field median, percent; negative burns less.
    async fn relative_pct(&self) -> Option<f64> {
        finite(self.value.relative.pct)
    }
    async fn relative_sd_pct(&self) -> Option<f64> {
        finite(self.value.relative.sd_pct)
    }
    async fn relative_last_lap_pct(&self) -> Option<f64> {
        finite(self.value.relative.last_lap_pct)
    }
    /// Standard deviation of all absolute burn by its scale, which the whole field shares until stops have been seen.
    async fn scale_sd_pct(&self) -> Option<f64> {
        finite(self.value.scale.sd_pct)
    }
    async fn mode(&self) -> ShownMode {
        self.value.driving.mode.into()
    }
    /// Why that is stated; null where the mode needs no reason.
    async fn mode_reason(&self) -> Option<&str> {
        self.value.driving.reason.as_deref()
    }
    /// What else it is seen to do.
    async fn signs(&self) -> Vec<AsIs<&ActiveSign>> {
        self.value.driving.signs.iter().map(AsIs).collect()
    }
    /// The model that all this follows from.
    async fn model(&self) -> &str {
        self.value.scale.model.as_str()
    }
    /// What the model and the stops so far have taught of this car: every burn is the law's times this.
    async fn scale(&self) -> Option<f64> {
        finite(self.value.scale.factor)
    }
    /// Burn of the last laps saved against the car's own at the start of the stint, percent; negative burns more.
    async fn save_amount_pct(&self) -> Option<f64> {
        finite(self.value.driving.save_amount_pct)
    }
    /// Whether it makes the finish; null: not enough information.
    async fn forecast(&self) -> Option<InUnits<Forecast>> {
        self.value.forecast.map(|forecast| self.with(forecast))
    }
    async fn quality(&self) -> ShownQuality {
        self.value.trust.quality.into()
    }
    async fn imputed_pct(&self) -> f64 {
        self.value.trust.imputed_pct
    }
    async fn imputed_lap_pct(&self) -> Option<f64> {
        finite(self.value.trust.imputed_lap_pct)
    }
    async fn age_ms(&self) -> Option<i32> {
        self.value.trust.age_ms.map(int)
    }
}
