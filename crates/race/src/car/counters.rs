//! What is counted of a car, and the laps that it closes.

use events::LapLabel;
use serde::{Deserialize, Serialize};
use units::{EventTime, FuelMicrograms};

/// A lap with a larger part imputed is no measure of anything. Source: docs/fuel-model.md §6.
const IMPUTED_CLEAN_MAX: f64 = 0.2;

/// Counters that only grow; a lap, a stint or a stage is a difference of two readings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Counters {
    /// Fuel burned.
    pub burned: FuelMicrograms,
    /// Part of `burned` that was imputed.
    pub imputed: FuelMicrograms,
    /// Distance by speed, nanometres: mm/s times µs, exact.
    pub driven_nm: i64,
}

/// The counters where something began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CounterReading {
    /// At which event time.
    pub at: Option<EventTime>,
    /// The counters then.
    pub counters: Counters,
    /// Distance on the track then, in [`LAP_STEPS`] a lap; `None` for a feed without lap distance.
    pub track_steps: Option<i64>,
}

/// A lap between two start lines.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClosedLap {
    /// As the feed counts; `None` before it has counted.
    pub number: Option<i32>,
    /// The number of the car's stint, from 0.
    pub stint: u32,
    /// The crossing that opened it.
    pub from: EventTime,
    /// The crossing that closed it.
    pub to: EventTime,
    /// Under which flag.
    pub label: LapLabel,
    /// Fit for economy.
    pub clean: bool,
    /// Fuel burned.
    pub burned: FuelMicrograms,
    /// Part of it that was imputed.
    pub imputed: FuelMicrograms,
    /// Variance of `burned` by imputation, g².
    pub gap_var_g2: f64,
    /// Length, metres.
    pub distance_m: Option<f64>,
}

impl ClosedLap {
    /// So much of it was imputed that it measures nothing.
    pub fn is_estimated(&self) -> bool {
        is_estimated(self.imputed, self.burned)
    }
}

/// See [`ClosedLap::is_estimated`].
pub(crate) fn is_estimated(imputed: FuelMicrograms, burned: FuelMicrograms) -> bool {
    imputed.0 as f64 > IMPUTED_CLEAN_MAX * burned.0 as f64
}
