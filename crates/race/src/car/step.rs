//! What happens to a car, in the one order in which it is folded.

use super::lap::Crossing;
use events::{EventId, Sample, StopPhase};
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use units::EventTime;

/// One thing that happens to a car at one event time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Step {
    /// The session's conditions change.
    Conditions {
        /// From when.
        at: EventTime,
        /// For [`crate::RaceState::conditions`].
        index: usize,
    },
    /// Its stop goes on.
    Stop {
        /// When.
        at: EventTime,
        /// Named by which event.
        id: EventId,
        /// What.
        phase: StopPhase,
    },
    /// It crosses the start line, or is put elsewhere.
    Crossing(Crossing),
    /// Its signals change.
    Sample(Sample),
}

impl Step {
    /// When.
    pub fn at(&self) -> EventTime {
        match self {
            Step::Conditions { at, .. } | Step::Stop { at, .. } => *at,
            Step::Crossing(crossing) => crossing.at(),
            Step::Sample(sample) => sample.event_time,
        }
    }

    fn rank(&self) -> u64 {
        match self {
            Step::Conditions { .. } => 0,
            Step::Stop { .. } => 1,
            Step::Crossing(_) => 2,
            Step::Sample(_) => 3,
        }
    }

    /// Event time, then kind, then the order of the kind. Never arrival.
    pub fn fold_order(&self, other: &Step) -> Ordering {
        let by_content = || match (self, other) {
            (Step::Sample(a), Step::Sample(b)) => a.fold_order(b),
            (Step::Conditions { index: a, .. }, Step::Conditions { index: b, .. }) => a.cmp(b),
            (Step::Stop { id: a, .. }, Step::Stop { id: b, .. }) => a.cmp(b),
            _ => Ordering::Equal,
        };
        self.at().cmp(&other.at()).then(self.rank().cmp(&other.rank())).then_with(by_content)
    }
}
