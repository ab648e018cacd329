//! What happens to a car, in the one order in which it is folded.

use super::lap::Crossing;
use events::{EventId, Sample, StopPhase};
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use units::EventTime;

/// One thing that happens to a car at one event time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum CarStep {
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
    /// Its signals change.
    Sample(Sample),
}

impl CarStep {
    /// Its event time.
    pub fn at(&self) -> EventTime {
        match self {
            CarStep::Conditions { at, .. } | CarStep::Stop { at, .. } => *at,
            CarStep::Crossing(crossing) => crossing.at(),
            CarStep::Sample(sample) => sample.event_time,
        }
    }

    fn rank(&self) -> u64 {
        match self {
            CarStep::Conditions { .. } => 0,
            CarStep::Stop { .. } => 1,
            CarStep::Crossing(_) => 2,
            CarStep::Sample(_) => 3,
        }
    }

    /// Event time, then kind, then the order of the kind. Never arrival.
    pub fn fold_order(&self, other: &CarStep) -> Ordering {
        let by_content = || match (self, other) {
            (CarStep::Sample(a), CarStep::Sample(b)) => a.fold_order(b),
            (CarStep::Conditions { index: a, .. }, CarStep::Conditions { index: b, .. }) => a.cmp(b),
            (CarStep::Stop { id: a, .. }, CarStep::Stop { id: b, .. }) => a.cmp(b),
            _ => Ordering::Equal,
        };
        self.at().cmp(&other.at()).then(self.rank().cmp(&other.rank())).then_with(by_content)
    }
}
