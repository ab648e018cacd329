//! Evidence that operators submit, on its way into the log of the session that runs.

use events::{EventId, Evidence};
use journal::Appender;

/// What `api` knows of the log.
#[derive(Debug)]
pub struct Operators(pub Appender);

impl api::Journal for Operators {
    fn submit(&self, evidence: Evidence) -> Result<EventId, String> {
        self.0.append(feed::race_events::validate(evidence)?).map_err(|error| error.to_string())
    }
}
