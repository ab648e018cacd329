//! What is to come: the forecast of a car, what it is seen to do, and what is worth telling.

use crate::VehicleId;
use crate::flat_record::flat_record;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use units::EventTime;

flat_record! {
    /// Whether a car makes the finish on what it carries, and what it must do. docs/fuel-model.md §8.
    #[derive(Copy, Default)]
    pub struct Forecast {
        /// Own laps to the finish, overtime apart: the leader's less the laps it is down.
        laps_to_go: u32,
        /// Chance to reach the finish without more fuel, over overtime, 0..1.
        make_it: f64,
        /// Green laps of fuel beyond the laps to go; negative is short.
        laps_long: f64,
        /// Standard deviation of `laps_long`.
        laps_long_sd: f64,
        /// Economy from here on that makes the finish with 90 %, miles per US gallon. `None`: out of reach.
        save_target_mpg: Option<f64>,
        /// Burn to save each lap for that, kg; negative may be spent.
        save_per_lap_kg: Option<f64>,
        /// The same in percent of the burn of a lap.
        save_pct: Option<f64>,
        /// First lap, completed, after which one full tank makes the finish with 90 %.
        window_opens_lap: Option<u32>,
        /// Last lap, completed, that is reached with 90 %.
        window_closes_lap: Option<u32>,
        /// Whether one stop is enough.
        one_stop_is_enough: Option<bool>,
        /// Fuel to add at a stop now to make the finish with 90 %, kg. `None`: a full tank does not.
        fuel_to_add_kg: Option<f64>,
    }
}

/// Something that a car is seen to do, beside its [`crate::Mode`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sign {
    /// Lifts before the corner and coasts further than the field.
    LiftAndCoast,
    /// Runs in the hole that another car makes in the air.
    Drafting,
    /// Part of a group of five or more.
    Pack,
    /// Pushes the car ahead, or is pushed.
    TandemPush,
    /// First of a line of cars.
    LeadOfLine,
    /// Throttle closed in gear: the car drives the engine.
    EngineBraking,
    /// Rolls with the engine off.
    EngineOff,
    /// Rolls with the clutch in.
    ClutchIn,
    /// Changes up early.
    ShortShift,
    /// Holds less throttle on the straights than the field.
    PartThrottle,
}

impl Sign {
    /// Whether the engine alone shows it, whatever the car is doing and where.
    pub const fn is_of_engine(self) -> bool {
        matches!(self, Sign::EngineBraking | Sign::EngineOff | Sign::ClutchIn)
    }
}

/// A sign that holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ActiveSign {
    /// What it is seen to do.
    pub sign: Sign,
    /// Since when it holds.
    pub since_us: EventTime,
    /// How much, in the unit of the sign: metres a lap coasted beyond the field, seconds to the car ahead, rpm below the
    /// field, cars in the pack, percent of throttle held. Signs of the engine have none.
    pub amount: Option<f64>,
}

/// Something worth telling, in one sentence with its evidence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Story {
    /// What it is about.
    pub kind: StoryKind,
    /// The car that it is about.
    pub vehicle_id: VehicleId,
    /// Since when it has been so.
    pub since_us: EventTime,
    /// How much it matters, 0..1; stories come in falling order.
    pub weight: f64,
    /// The sentence.
    pub text: String,
}

/// What a story is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StoryKind {
    /// Saves fuel.
    Saving,
    /// Burns more than the field.
    Hard,
    /// May not make the finish.
    Short,
    /// Makes the finish where most do not.
    MakesIt,
    /// Its pit window has opened.
    Window,
    /// What is known of its fuel contradicts the numbers.
    Conflict,
}
