//! The way into the log of a session that runs: what is not on its tape did not happen (ARCHITECTURE.md, law 1).
//!
//! A tape has one writer. Whoever else has something to tell, an operator or somebody's model, hands it to the writer,
//! which stamps it with the time of the race, and learns when it is durable.

use events::{EventId, RaceEventKind};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

/// Ids of events that were told while a session ran begin here: above those of simulators and imports.
pub const TOLD_EVENT_IDS: u64 = 1 << 48;
/// How many may wait for the writer; the next teller waits itself.
const WAITING_MAX: usize = 64;

/// Why something is not in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JournalError {
    /// Nobody writes any more.
    Ended,
    /// The writer refused it, and says why.
    Refused(String),
}

impl fmt::Display for JournalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            JournalError::Ended => write!(f, "the session is over: its log takes nothing more"),
            JournalError::Refused(why) => write!(f, "the log refused it: {why}"),
        }
    }
}
impl std::error::Error for JournalError {}

/// Takes race events into the log of a session that runs. Clones lead to the same log, from any thread.
#[derive(Clone, Debug)]
pub struct Journal {
    writer: SyncSender<Told>,
    next: Arc<AtomicU64>,
}

/// Where the writer finds what was told.
pub struct Inbox(Receiver<Told>);

/// One event on its way, and who waits for it.
pub struct Told {
    /// Its name.
    pub id: EventId,
    /// What it says.
    pub kind: RaceEventKind,
    done: SyncSender<Result<(), JournalError>>,
}

/// Both ends.
pub fn journal() -> (Journal, Inbox) {
    let (writer, inbox) = sync_channel(WAITING_MAX);
    (Journal { writer, next: Arc::new(AtomicU64::new(TOLD_EVENT_IDS)) }, Inbox(inbox))
}

impl Journal {
    /// Appends an event, which happens now, and returns when it is durable.
    ///
    /// # Errors
    /// The log has ended, or refuses it. It is not in the log then.
    pub fn append(&self, kind: RaceEventKind) -> Result<EventId, JournalError> {
        let id = EventId(self.next.fetch_add(1, Ordering::Relaxed));
        let (done, written) = sync_channel(1);
        self.writer.send(Told { id, kind, done }).map_err(|_| JournalError::Ended)?;
        written.recv().map_err(|_| JournalError::Ended)?.map(|()| id)
    }
}

/// What operators tell, in the form of docs/import.md.
impl api::Journal for Journal {
    fn submit(&self, evidence: &api::Evidence) -> Result<EventId, String> {
        let json = serde_json::to_string(evidence).map_err(|error| error.to_string())?;
        self.append(feed::race_events::told(&json)?).map_err(|error| error.to_string())
    }
}

impl Inbox {
    /// What waits, in the order in which it was told.
    pub fn waiting(&self) -> Vec<Told> {
        self.0.try_iter().take(WAITING_MAX).collect()
    }
}

impl Told {
    /// Tells who waits what became of it.
    pub fn answer(self, outcome: Result<(), JournalError>) {
        // whoever told it may have gone meanwhile
        let _ = self.done.send(outcome);
    }
}
