//! The needle.

use super::LIST;
use super::wire::{AsIs, EconomyUnit, Micros, finite};
use async_graphql::{ID, Object};
use events::{Needle, NeedleCar};
use std::sync::Arc;

/// All cars over a tenth of a second, provisional: it moves a needle, and no sum is made of it.
#[Object(name = "Needle")]
impl AsIs<Arc<Needle>> {
    async fn session_id(&self) -> ID {
        self.0.session.as_str().into()
    }
    async fn slot_end_us(&self) -> Micros {
        self.0.slot_end_us.into()
    }
    /// Every car of which a sample came within the last 2 s.
    #[graphql(complexity = "LIST * child_complexity")]
    async fn cars(&self) -> Vec<AsIs<&NeedleCar>> {
        self.0.cars.iter().map(AsIs).collect()
    }
}

#[Object(name = "NeedleCar")]
impl AsIs<&NeedleCar> {
    async fn vehicle_id(&self) -> ID {
        self.0.vehicle_id.as_str().into()
    }
    /// Event time of the newest sample that it holds.
    async fn newest_us(&self) -> Micros {
        self.0.newest_us.into()
    }
    async fn rate_g_s(&self) -> Option<f64> {
        finite(self.0.rate_g_s)
    }
    /// At most 100 mpg; null while the car stands or its engine is off.
    async fn economy(&self, #[graphql(default_with = "EconomyUnit::Mpg")] unit: EconomyUnit) -> Option<f64> {
        finite(unit.of(self.0.mpg?))
    }
}
