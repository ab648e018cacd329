//! The way into the log of a session that runs: what is not in its log did not happen (ARCHITECTURE.md, law 1).
//!
//! A log has one writer. Whoever else knows something, an operator or somebody's model, hands it to the writer, which
//! stamps it with the time of the race, and learns when it is durable.

use events::{EventId, RaceEventKind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use thiserror::Error;

/// Ids of events that are submitted while a session runs begin here: above those of simulators and imports.
pub const SUBMITTED_EVENT_IDS: u64 = 1 << 48;
/// How many may wait for the writer; who submits another waits too.
const WAITING_MAX: usize = 64;

/// Why something is not in the log.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum AppendError {
    /// Nobody writes any more.
    #[error("the session is over: its log takes nothing more")]
    Ended,
    /// The writer refused it, with the reason.
    #[error("the log refused it: {0}")]
    Refused(String),
}

/// Takes race events into the log of a session that runs. Clones lead to the same log, from any thread.
#[derive(Clone, Debug)]
pub struct Appender {
    writer: SyncSender<Submission>,
    next: Arc<AtomicU64>,
}

/// Where the writer finds what was submitted.
pub struct Inbox(Receiver<Submission>);

/// One event on its way, and who waits for it.
pub struct Submission {
    /// The event's id, which no other has.
    pub id: EventId,
    /// What happened.
    pub kind: RaceEventKind,
    done: SyncSender<Result<(), AppendError>>,
}

/// Both ends of a way into a log.
pub fn inbox() -> (Appender, Inbox) {
    let (writer, inbox) = sync_channel(WAITING_MAX);
    (Appender { writer, next: Arc::new(AtomicU64::new(SUBMITTED_EVENT_IDS)) }, Inbox(inbox))
}

impl Appender {
    /// Appends an event, which happens now, and returns when it is durable.
    ///
    /// # Errors
    /// The log has ended, or refuses it. It is not in the log then.
    pub fn append(&self, kind: RaceEventKind) -> Result<EventId, AppendError> {
        let id = EventId(self.next.fetch_add(1, Ordering::Relaxed));
        let (done, written) = sync_channel(1);
        self.writer.send(Submission { id, kind, done }).map_err(|_| AppendError::Ended)?;
        written.recv().map_err(|_| AppendError::Ended)?.map(|()| id)
    }
}

impl Inbox {
    /// What waits, in the order in which it was submitted.
    pub fn waiting(&self) -> Vec<Submission> {
        self.0.try_iter().take(WAITING_MAX).collect()
    }
}

impl Submission {
    /// Answers whoever waits with what became of it.
    pub fn answer(self, outcome: Result<(), AppendError>) {
        // whoever submitted it may have gone meanwhile
        let _ = self.done.send(outcome);
    }
}
