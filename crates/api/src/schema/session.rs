//! A session and its roster.

use super::wire::{AsIs, FuelUnit, ShownOrigin, int};
use super::{LIST, Source};
use async_graphql::{Context, ID, Object, Result};
use events::{RosterEntry, Session, bounds};
use units::FuelDensity;

#[Object(name = "Session")]
impl AsIs<Session> {
    async fn id(&self) -> ID {
        self.0.session.as_str().into()
    }
    async fn track(&self) -> &str {
        &self.0.track
    }
    async fn track_length_m(&self) -> Option<f64> {
        self.0.track_length_m
    }
    async fn laps(&self) -> Option<i32> {
        self.0.laps.map(int)
    }
    async fn stages(&self) -> Vec<i32> {
        self.0.stages.iter().copied().map(int).collect()
    }
    async fn package_hp(&self) -> Option<f64> {
        self.0.package_hp
    }
    async fn tank(&self, #[graphql(default_with = "FuelUnit::Kg")] unit: FuelUnit) -> Option<f64> {
        let density = self.0.fuel_density.unwrap_or(FuelDensity::CUP);
        Some(unit.of(density.mass(self.0.tank?).kg(), density))
    }
    /// Where its samples come from.
    async fn origin(&self) -> ShownOrigin {
        self.0.origin.into()
    }
    /// No sample of a car for this long: its numbers are stale.
    async fn stale_after_ms(&self) -> i32 {
        int(bounds::STALE_AFTER.us() / 1_000)
    }
    /// No sample of a car for this long: it is lost.
    async fn lost_after_ms(&self) -> i32 {
        int(bounds::LOST_AFTER.us() / 1_000)
    }
    /// Clean green laps of a stint before its economy is trusted.
    async fn green_laps_min(&self) -> i32 {
        int(bounds::GREEN_LAPS_MIN)
    }
    /// Clean green laps, at most, that an economy is the mean of: N of `economy5`.
    async fn green_laps_window(&self) -> i32 {
        int(bounds::GREEN_LAPS_WINDOW)
    }
    #[graphql(complexity = "LIST * child_complexity")]
    async fn cars(&self, ctx: &Context<'_>) -> Result<Vec<AsIs<RosterEntry>>> {
        let session = self.0.session;
        let cars = ctx.data::<Source>()?.read(move |store| store.cars(session.as_str())).await?;
        Ok(cars.into_iter().map(AsIs).collect())
    }
}

#[Object(name = "Car")]
impl AsIs<RosterEntry> {
    async fn vehicle_id(&self) -> ID {
        self.0.vehicle.as_str().into()
    }
    async fn number(&self) -> &str {
        &self.0.number
    }
    async fn driver(&self) -> &str {
        &self.0.driver
    }
    async fn team(&self) -> &str {
        &self.0.team
    }
    async fn manufacturer(&self) -> &str {
        &self.0.manufacturer
    }
}
