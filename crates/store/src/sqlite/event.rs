//! Race events: by which kind they are found, and all of a session.

use super::read::record;
use super::{ReadError, Store};
use events::{RaceEvent, RaceEventKind};

/// The kind of a race event as the column `kind` names it.
pub(super) fn kind(kind: &RaceEventKind) -> &'static str {
    match kind {
        RaceEventKind::Session(_) => "session",
        RaceEventKind::Roster { .. } => "roster",
        RaceEventKind::Flag { .. } => "flag",
        RaceEventKind::Stop { .. } => "stop",
        RaceEventKind::Retired { .. } => "retired",
        RaceEventKind::Fuel(_) => "fuel",
        RaceEventKind::RunOut { .. } => "run_out",
        RaceEventKind::StillRunning { .. } => "still_running",
        RaceEventKind::RadioMpg { .. } => "radio_mpg",
        RaceEventKind::FuelUsed { .. } => "fuel_used",
        RaceEventKind::Model(_) => "model",
        RaceEventKind::Answer(_) => "answer",
    }
}

impl Store {
    /// The race events of a session as they were last corrected, in order of time and id.
    ///
    /// # Errors
    /// SQLite refused, or a record cannot be understood.
    pub fn race_events(&self, session: &str) -> Result<Vec<RaceEvent>, ReadError> {
        let sql = "SELECT record FROM race_event_records WHERE session = ?1 ORDER BY at_us, event_id, kind";
        self.read("race events", |connection| {
            connection.prepare(sql)?.query_map([session], record)?.collect()
        })
    }
}
