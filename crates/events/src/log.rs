//! What a log holds, in the order in which its one writer wrote it.

use crate::{RaceEvent, Sample};
use serde::{Deserialize, Serialize};
use units::IngestTime;

/// One entry of a log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// When its writer received it. `None` in an import that never knew; then the watermark follows event time alone.
    pub ingest_time: Option<IngestTime>,
    /// What it holds.
    pub record: Record,
}

/// What an entry holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Record {
    /// A vehicle's signals.
    Sample(Sample),
    /// Something that concerns the session.
    Event(Box<RaceEvent>),
    /// The writer's upstream is connected and drained: event time has reached the ingest time less the feed's delay.
    Tick,
}

/// Input that was refused, and why. Bad input is data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quarantined {
    /// Which rule refused it: one short word per rule, stable.
    pub reason: String,
    /// What is wrong, where, and what to do.
    pub detail: String,
    /// The input itself, at most 64 KiB of it.
    pub raw: Vec<u8>,
}
