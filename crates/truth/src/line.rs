//! One line of truth: an interval of one vehicle, and what is known of it.

use events::{Mode, Sign, VehicleId};
use serde::{Deserialize, Serialize};
use units::EventTime;

/// One line of a truth file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Truth {
    /// Which interval it is.
    pub kind: TruthKind,
    /// The vehicle it concerns.
    pub vehicle_id: VehicleId,
    /// Its start, event time in microseconds UTC.
    pub from_us: i64,
    /// Its end, event time in microseconds UTC.
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

impl Truth {
    /// A line of which nothing more is known.
    pub fn new(
        kind: TruthKind,
        vehicle_id: VehicleId,
        from: EventTime,
        to: EventTime,
        unit: TruthUnit,
    ) -> Truth {
        Truth {
            kind,
            vehicle_id,
            from_us: from.us(),
            to_us: to.us(),
            lap: None,
            burned: None,
            unit,
            tank_before_kg: None,
            added_kg: None,
            mode: None,
            tank_kg: None,
            saving: None,
            sign: None,
        }
    }
}

/// Which interval a line of truth is about.
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
    /// Real kilograms.
    Kg,
    /// An unknown unit: only ratios mean anything.
    Relative,
}
