//! The needle.

use super::LIST;
use super::wire::{EconomyUnit, Micros, finite};
use async_graphql::{ID, Object};
use std::sync::Arc;

pub(crate) struct Needle(pub(super) Arc<events::Needle>);

/// All cars over a tenth of a second, provisional: it moves a needle, and no sum is made of it.
#[Object]
impl Needle {
    async fn session_id(&self) -> ID {
        self.0.session.as_str().into()
    }
    async fn slot_end_us(&self) -> Micros {
        self.0.slot_end_us.into()
    }
    /// Every car heard within the last 2 s.
    #[graphql(complexity = "LIST * child_complexity")]
    async fn cars(&self) -> Vec<NeedleCar<'_>> {
        self.0.cars.iter().map(NeedleCar).collect()
    }
}

pub(crate) struct NeedleCar<'a>(&'a events::NeedleCar);

#[Object]
impl NeedleCar<'_> {
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
