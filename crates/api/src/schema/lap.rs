//! Closed laps.

use super::wire::{EconomyUnit, FuelUnit, InUnits, Micros, ShownLapLabel, finite, int};
use async_graphql::{ID, Object};
use events::LapSummary;

/// From the store, which keeps no lap whose required numbers are none.
#[Object(name = "Lap")]
impl InUnits<LapSummary> {
    async fn session_id(&self) -> ID {
        self.value.session.as_str().into()
    }
    async fn vehicle_id(&self) -> ID {
        self.value.vehicle_id.as_str().into()
    }
    async fn lap(&self) -> i32 {
        int(self.value.lap)
    }
    async fn stint(&self) -> i32 {
        int(self.value.stint)
    }
    async fn from_us(&self) -> Micros {
        self.value.from_us.into()
    }
    async fn to_us(&self) -> Micros {
        self.value.to_us.into()
    }
    async fn label(&self) -> ShownLapLabel {
        self.value.label.into()
    }
    async fn clean(&self) -> bool {
        self.value.clean
    }
    async fn burned(&self, #[graphql(default_with = "FuelUnit::Kg")] unit: FuelUnit) -> f64 {
        unit.of(self.value.burned_kg, self.density)
    }
    async fn burned_sd(&self, #[graphql(default_with = "FuelUnit::Kg")] unit: FuelUnit) -> f64 {
        unit.of(self.value.burned_sd_kg, self.density)
    }
    async fn imputed(&self, #[graphql(default_with = "FuelUnit::Kg")] unit: FuelUnit) -> f64 {
        unit.of(self.value.imputed_kg, self.density)
    }
    async fn distance_m(&self) -> Option<f64> {
        self.value.distance_m
    }
    async fn economy(&self, #[graphql(default_with = "EconomyUnit::Mpg")] unit: EconomyUnit) -> Option<f64> {
        finite(unit.of(self.value.mpg?))
    }
}
