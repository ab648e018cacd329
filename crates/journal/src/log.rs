//! What a log is to whoever reads it.

use events::{Entry, EntryBlock, EventId, RaceEvent, RaceEventKind, Record};
use std::error::Error;
use std::task::Waker;
use std::time::Duration;
use units::{EventTime, IngestTime};

/// Anything that can be read as a log and read again from an offset: a tape, a file of lines, a list.
pub trait Log {
    /// Replaces what is in `block` by the next entries.
    ///
    /// # Errors
    /// The log cannot be read on.
    fn next(&mut self, block: &mut EntryBlock) -> Result<Next, LogError>;

    /// Goes to the entry with this ordinal number, from 0.
    ///
    /// # Errors
    /// The log cannot be read there.
    fn seek(&mut self, offset: u64) -> Result<(), LogError>;

    /// Wakes `waker` when there is more, where it can tell; what [`Next::Pending`] says holds anyway.
    fn wake(&mut self, _: &Waker) {}
}

/// Why a log cannot be read, in the words of its kind.
pub type LogError = Box<dyn Error + Send + Sync>;

/// Opens the log at its start.
pub type OpenLog = Box<dyn Fn() -> Result<Box<dyn Log>, LogError> + Send + Sync>;

/// What reading on came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// There are more entries.
    Entries,
    /// None yet: ask again after so long, or when woken.
    Pending(Duration),
    /// There will be none: it is whole.
    End,
    /// It breaks off: its writer never ended it, and more is not waited for. Should it go on after all, a run that begins
    /// where this one came to must find it as it would have been.
    Cut,
}

/// When something happened; a tick is nothing that happens.
pub(crate) fn event_time(entry: &Entry) -> Option<EventTime> {
    match &entry.record {
        Record::Sample(sample) => Some(sample.event_time),
        Record::Event(event) => Some(event.event_time),
        Record::Tick => None,
    }
}

/// When it reached the log; without that, when it happened.
pub(crate) fn arrival(entry: &Entry) -> Option<EventTime> {
    entry.ingest_time.map(|at| at.as_event_time()).or_else(|| event_time(entry))
}

/// A race event as an entry.
pub(crate) fn race_event(
    ingest_time: Option<IngestTime>,
    event_time: EventTime,
    id: EventId,
    kind: RaceEventKind,
) -> Entry {
    Entry { ingest_time, record: Record::Event(Box::new(RaceEvent { event_time, id, kind })) }
}
