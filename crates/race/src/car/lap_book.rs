//! The lap that a car is on, and the laps behind it.

use super::counters::{ClosedLap, CounterReading};
use super::lap::LAP_STEPS;
use crate::session::Timeline;
use events::{Flag, LapLabel};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use units::{EventTime, Span};

/// A lap that opens this soon after a green flag is spent gaining speed. Source: docs/fuel-model.md §6.
const RESTART: Span = Span::from_secs(15);

/// Laps, from start line to start line.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LapBook {
    /// Start lines crossed.
    pub lines: i64,
    /// Start of the open lap.
    pub open: CounterReading,
    /// The open lap began at a start line, and the car has not been put elsewhere since.
    pub is_whole: bool,
    /// It was on the pit road in the open lap.
    pub saw_pit: bool,
    /// The newest whole lap.
    pub last: Option<ClosedLap>,
    /// The newest clean green laps of the stint, oldest first.
    pub clean: Arc<[ClosedLap]>,
}

impl LapBook {
    /// Distance on the track at a place on the lap, in [`LAP_STEPS`] a lap.
    pub fn track_steps(&self, lap_steps: Option<i32>) -> Option<i64> {
        lap_steps.map(|steps| self.lines * LAP_STEPS + i64::from(steps))
    }

    /// Opens a lap at a start line. `in_pit`: between the lines of the pit road.
    pub fn begin(&mut self, start: CounterReading, in_pit: bool) {
        (self.open, self.is_whole, self.saw_pit) = (start, true, in_pit);
    }

    /// Keeps a closed lap, and it among the newest `green_laps` if it is clean.
    pub fn keep(&mut self, lap: ClosedLap, green_laps: usize) {
        self.last = Some(lap);
        if lap.clean {
            let older = self.clean.len().saturating_sub(green_laps - 1);
            self.clean = self.clean[older..].iter().copied().chain([lap]).collect();
        }
    }

    /// Under which flag the open lap was driven.
    pub fn label(&self, from: EventTime, to: EventTime, flags: &Timeline<Flag>) -> LapLabel {
        if self.saw_pit {
            return LapLabel::Pit;
        }
        let mut label = LapLabel::Green;
        for flag in flags.within(from, to) {
            match flag {
                Flag::Unknown => return LapLabel::Unknown,
                flag if flag.is_racing() => {}
                _ => label = LapLabel::Caution,
            }
        }
        label
    }
}

/// Whether a lap that opens at `from` follows a restart.
pub fn is_restart(from: EventTime, flags: &Timeline<Flag>) -> bool {
    flags.within(from - RESTART, from).any(|flag| flag != Flag::Unknown && !flag.is_racing())
}
