//! The way of what operators submit into the log of a session that runs: docs/evidence.md.

use events::{EventId, Evidence};
use std::fmt::Debug;
use units::EventTime;

/// The log of the session that runs, as far as this room knows of it.
pub trait Journal: Debug + Send + Sync {
    /// Appends evidence, which happens now, and returns when it is durable. May wait. `now` is the time that the newest board
    /// shows.
    ///
    /// # Errors
    /// It cannot be so, or the log takes nothing more: then it is not in the log, and the text says why.
    fn submit(&self, evidence: Evidence, now: EventTime) -> Result<EventId, String>;
}
