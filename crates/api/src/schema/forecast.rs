//! What is to come for a car, what it is seen to do, and what is worth telling.

use super::wire::{AsIs, EconomyUnit, FuelUnit, InUnits, Micros, finite, int};
use async_graphql::{Enum, ID, Object};
use events::{ActiveSign, Forecast, Story};

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(name = "Sign", remote = "events::Sign")]
pub(crate) enum ShownSign {
    LiftAndCoast,
    Drafting,
    Pack,
    TandemPush,
    LeadOfLine,
    EngineBraking,
    EngineOff,
    ClutchIn,
    ShortShift,
    PartThrottle,
}

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(name = "StoryKind", remote = "events::StoryKind")]
pub(crate) enum ShownStoryKind {
    Saving,
    Hard,
    Short,
    MakesIt,
    Window,
    Conflict,
}

/// Whether a car makes the finish on what it carries, and what it must do. Missing is null: not enough is known, or it is out
/// of reach.
#[Object(name = "Forecast")]
impl InUnits<Forecast> {
    /// Own laps to the finish, overtime apart.
    async fn laps_to_go(&self) -> i32 {
        int(self.value.laps_to_go)
    }
    /// Chance to reach the finish without more fuel, 0 to 1.
    async fn make_it(&self) -> Option<f64> {
        finite(Some(self.value.make_it))
    }
    /// Green laps of fuel beyond the laps to go; negative is short.
    async fn laps_long(&self) -> Option<f64> {
        finite(Some(self.value.laps_long))
    }
    async fn laps_long_sd(&self) -> Option<f64> {
        finite(Some(self.value.laps_long_sd))
    }
    /// Economy from here on that makes the finish with 90 %.
    async fn save_target(
        &self,
        #[graphql(default_with = "EconomyUnit::Mpg")] unit: EconomyUnit,
    ) -> Option<f64> {
        finite(unit.of(self.value.save_target_mpg?))
    }
    /// Burn to save each lap for that; negative may be spent.
    async fn save_per_lap(&self, #[graphql(default_with = "FuelUnit::Kg")] unit: FuelUnit) -> Option<f64> {
        self.fuel(self.value.save_per_lap_kg, unit)
    }
    async fn save_pct(&self) -> Option<f64> {
        finite(self.value.save_pct)
    }
    /// First lap, completed, after which one full tank makes the finish with 90 %.
    async fn window_opens_lap(&self) -> Option<i32> {
        self.value.window_opens_lap.map(int)
    }
    /// Last lap, completed, that is reached with 90 %.
    async fn window_closes_lap(&self) -> Option<i32> {
        self.value.window_closes_lap.map(int)
    }
    async fn one_stop_is_enough(&self) -> Option<bool> {
        self.value.one_stop_is_enough
    }
    /// Fuel to add at a stop now to make the finish with 90 %; null: a full tank does not.
    async fn fuel_to_add(&self, #[graphql(default_with = "FuelUnit::Kg")] unit: FuelUnit) -> Option<f64> {
        self.fuel(self.value.fuel_to_add_kg, unit)
    }
}

/// A sign that holds.
#[Object(name = "ActiveSign")]
impl AsIs<&ActiveSign> {
    async fn sign(&self) -> ShownSign {
        self.0.sign.into()
    }
    async fn since_us(&self) -> Micros {
        self.0.since_us.into()
    }
    /// How much, in the unit of the sign: docs/api.md.
    async fn amount(&self) -> Option<f64> {
        finite(self.0.amount)
    }
}

/// Something worth telling, in one sentence with its evidence.
#[Object(name = "Story")]
impl AsIs<&Story> {
    async fn kind(&self) -> ShownStoryKind {
        self.0.kind.into()
    }
    async fn vehicle_id(&self) -> ID {
        self.0.vehicle_id.as_str().into()
    }
    async fn since_us(&self) -> Micros {
        self.0.since_us.into()
    }
    /// How much it matters, 0 to 1.
    async fn weight(&self) -> Option<f64> {
        finite(Some(self.0.weight))
    }
    async fn text(&self) -> &str {
        &self.0.text
    }
}
