//! What happens to a car between its samples, in the one order in which it is folded.

use super::lap::Crossing;
use events::{EventId, StopPhase};
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use units::EventTime;

/// One thing that happens to a car at one event time, before the samples of that time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Mark {
    /// The session's conditions change.
    Conditions {
        /// From this event time on.
        at: EventTime,
        /// Index into [`crate::RaceState::conditions`].
        index: usize,
    },
    /// Its stop goes on.
    Stop {
        /// At which event time.
        at: EventTime,
        /// The event that states it.
        id: EventId,
        /// How far it has come.
        phase: StopPhase,
    },
    /// It crosses the start line, or is put elsewhere.
    Crossing(Crossing),
}

impl Mark {
    /// Its event time.
    pub fn at(&self) -> EventTime {
        match self {
            Mark::Conditions { at, .. } | Mark::Stop { at, .. } => *at,
            Mark::Crossing(crossing) => crossing.at(),
        }
    }

    /// Event time, then kind, then the order of the kind. Never arrival.
    pub fn fold_order(&self, other: &Mark) -> Ordering {
        let order = |mark: &Mark| match mark {
            Mark::Conditions { index, .. } => (0, *index as u64),
            Mark::Stop { id, .. } => (1, id.0),
            Mark::Crossing(_) => (2, 0),
        };
        self.at().cmp(&other.at()).then_with(|| order(self).cmp(&order(other)))
    }
}
