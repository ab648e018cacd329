//! What a driver does, and how far the numbers of his car can be trusted.

use serde::{Deserialize, Serialize};

/// What the driver does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Saves fuel by how he drives: coasts, holds back, shifts early.
    Saving,
    /// As the field.
    Neutral,
    /// Burns more than the field, and holds nothing back.
    Hard,
    /// Under caution or a red flag.
    Caution,
    /// On the pit road.
    Pit,
    /// Engine off, or out of the race.
    Off,
    /// Not enough information.
    #[default]
    Unknown,
}

/// Whether numbers can be trusted, and if not, why. The worst that applies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quality {
    /// They can.
    Sound,
    /// Fewer than three clean green laps in the stint.
    NotYet,
    /// More than 2 % of the stint was imputed across gaps.
    Imputed,
    /// The tank would be empty and more by these numbers, yet the car runs: a stop added more than is known, or the scale
    /// is off. What is left in the tank is not to be trusted.
    LevelConflict,
    /// What is known of its fuel contradicts what it burned by far more than both can err: it was not applied in full.
    EvidenceConflict,
    /// The absolute scale is unknown: only ratios mean anything.
    Uncalibrated,
    /// No throttle, or it is stuck.
    NoThrottle,
    /// No engine speed, or it is stuck.
    NoRpm,
    /// No sample for two seconds.
    Stale,
    /// No sample for ten seconds.
    Lost,
    /// Nothing known.
    #[default]
    Unknown,
}
