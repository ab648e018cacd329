//! Evidence that operators submit, on its way into the log of the session that runs.

use events::{EventId, Evidence};
use journal::Appender;
use units::EventTime;

/// What `api` knows of the log.
#[derive(Debug)]
pub struct Operators(pub Appender);

impl api::Journal for Operators {
    fn submit(&self, evidence: Evidence, now: EventTime) -> Result<EventId, String> {
        self.0.append(feed::race_events::validate(evidence, now)?).map_err(|error| error.to_string())
    }
}
