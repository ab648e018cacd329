//! What really happened, from a simulator or a recording with a fuel sensor. Written beside a tape, never into it, and
//! never read on the estimating path: only `evaluate` opens it.

use crate::{Mode, Sign, VehicleId};
use serde::{Deserialize, Serialize};

/// One line of a truth file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Truth {
    /// What the line tells.
    pub kind: TruthKind,
    /// Of which vehicle.
    pub vehicle_id: VehicleId,
    /// From this event time, microseconds UTC.
    pub from_us: i64,
    /// To this event time, microseconds UTC.
    pub to_us: i64,
    /// The lap, as the car counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lap: Option<u32>,
    /// Fuel burned in the interval, in `unit`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub burned: Option<f64>,
    /// The unit of `burned`.
    pub unit: TruthUnit,
    /// Fuel in the tank before a stop, kg.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tank_before_kg: Option<f64>,
    /// Fuel added at a stop, kg.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub added_kg: Option<f64>,
    /// What the driver did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<Mode>,
    /// Fuel in the tank at the end of a lap, kg.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tank_kg: Option<f64>,
    /// How hard the driver saved on a lap, from 0, not at all, to 1, all he can.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub saving: Option<f64>,
    /// What was to be seen of the car.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sign: Option<Sign>,
}

/// What a truth line tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TruthKind {
    /// A lap, line to line.
    Lap,
    /// A pit stop, from `box_stop` to `box_leave`.
    Stop,
    /// Any other interval with a known burn.
    Span,
    /// An interval in which the driver kept to one mode.
    Mode,
    /// An interval in which a sign held.
    Sign,
}

/// The unit of a true burn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TruthUnit {
    /// Kilograms.
    Kg,
    /// An unknown unit: only ratios mean anything.
    Relative,
}
