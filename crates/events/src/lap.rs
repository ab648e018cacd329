//! One [`LapSummary`] per closed lap.

use crate::{SessionId, VehicleId};
use serde::{Deserialize, Serialize};
use units::EventTime;

/// A closed lap, final: every sample that can still count is in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LapSummary {
    /// The session.
    pub session: SessionId,
    /// The vehicle.
    pub vehicle_id: VehicleId,
    /// The lap, as the car counts.
    pub lap: u32,
    /// Which stint of the car, from 0.
    pub stint: u32,
    /// Crossing that opened it.
    pub from_us: EventTime,
    /// Crossing that closed it.
    pub to_us: EventTime,
    /// Under which flag it was run.
    pub label: LapLabel,
    /// Whole, off the pit road, under green or in a session that shows no flags, with at most 20 % imputed: fit for mpg
    /// windows.
    pub clean: bool,
    /// Fuel burned, kg.
    pub burned_kg: f64,
    /// Part of `burned_kg` that was imputed across gaps, kg.
    pub imputed_kg: f64,
    /// Standard deviation of `burned_kg`, scale error apart.
    pub burned_sd_kg: f64,
    /// Length, metres.
    pub distance_m: Option<f64>,
    /// Miles per US gallon. `None` if more than 20 % was imputed: the lap is but estimated.
    pub mpg: Option<f64>,
    /// Part of `burned_kg` that was burned in each of 40 equal parts of the lap by distance, from line to line, grams.
    /// Empty where a feed has no lap distance, or did not measure it all the way round.
    #[serde(default)]
    pub burned_parts_g: Vec<f64>,
}

/// Under which flag a lap was run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LapLabel {
    /// Racing from line to line.
    Green,
    /// Some of it under caution or red.
    Caution,
    /// Some of it on the pit road.
    Pit,
    /// Nobody has shown a flag.
    #[default]
    Unknown,
}
