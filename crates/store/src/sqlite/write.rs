//! Writing: windows in, each whole or not at all.

use super::json::Json;
use super::open::INSIGHTS;
use super::{ReadError, Store, event, session};
use crate::{Window, Written};
use events::{Board, CarInsight, LapSummary, RaceEvent, RaceEventKind, SessionId, VehicleId};
use rusqlite::{Connection, Statement, TransactionBehavior, params};
use units::EventTime;

/// Tables whose rows a window brings.
const OF_WINDOWS: [&str; 4] = ["insights", "board_records", "lap_records", "race_event_records"];

/// Why the store was not changed.
#[derive(Debug, thiserror::Error)]
#[error("cannot write session {session} at {at}: {source}; nothing was changed, it may be tried again")]
pub struct WriteError {
    /// The session.
    pub session: SessionId,
    /// The end of the window at fault, or the boundary of a cut.
    pub at: EventTime,
    /// SQLite's own words.
    pub source: rusqlite::Error,
}

impl Store {
    /// Writes windows and their sink positions in one transaction. What is already there is written over, by id:
    /// `(session, vehicle_id, window_end_us)` for insights, `(session, vehicle_id, lap, from_us)` for laps.
    ///
    /// One call a window keeps up with any race; a stream that catches up should hand over many at once.
    ///
    /// # Errors
    /// SQLite refused, for example because the disk is full.
    pub fn write(&self, windows: &[Window]) -> Result<Written, WriteError> {
        let Some(last) = windows.last() else { return Ok(Written::default()) };
        let failed = |window: &Window| {
            let (session, at) = (window.board.session, window.board.window_end_us);
            move |source| WriteError { session, at, source }
        };
        let mut connection = self.writer();
        let transaction =
            connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed(last))?;
        let mut writer = RecordWriter::new(&transaction).map_err(failed(last))?;
        for window in windows {
            writer.window(window).map_err(failed(window))?;
        }
        let written = writer.written;
        drop(writer);
        transaction.commit().map_err(failed(last))?;
        Ok(written)
    }

    /// The window end up to which everything of a session is written; `None` before its first window.
    ///
    /// # Errors
    /// SQLite refused.
    pub fn position(&self, session: SessionId) -> Result<Option<EventTime>, ReadError> {
        let sql = "SELECT max(written_to_us) FROM sessions WHERE session = ?1";
        let us: Option<i64> = self.read("a sink position", |connection| {
            connection.query_row(sql, [session.as_str()], |row| row.get(0))
        })?;
        Ok(us.map(EventTime::from_us))
    }

    /// Forgets a session, its conditions and roster too, so that another log of that name does not mix with it.
    ///
    /// # Errors
    /// SQLite refused.
    pub fn forget(&self, session: SessionId) -> Result<(), WriteError> {
        let forget = |connection: &mut Connection| -> rusqlite::Result<()> {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            for table in OF_WINDOWS.iter().chain(&["cars", "sessions"]) {
                transaction
                    .execute(&format!("DELETE FROM {table} WHERE session = ?1"), [session.as_str()])?;
            }
            transaction.commit()
        };
        let at = EventTime::from_us(i64::MIN);
        forget(&mut self.writer()).map_err(|source| WriteError { session, at, source })
    }

    /// Forgets what windows after a checkpoint's boundary brought, so that a stream restarted there writes it anew. The
    /// session's conditions and roster stay. A race event that was corrected behind the boundary is forgotten with its
    /// correction.
    ///
    /// # Errors
    /// SQLite refused.
    pub fn cut_after(&self, session: SessionId, boundary: EventTime) -> Result<(), WriteError> {
        let forget = |connection: &mut Connection| -> rusqlite::Result<()> {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            for table in OF_WINDOWS {
                let sql = format!("DELETE FROM {table} WHERE session = ?1 AND window_end_us > ?2");
                transaction.execute(&sql, params![session.as_str(), boundary.us()])?;
            }
            let sql = "UPDATE sessions SET written_to_us = min(written_to_us, ?2) WHERE session = ?1";
            transaction.execute(sql, params![session.as_str(), boundary.us()])?;
            transaction.commit()
        };
        forget(&mut self.writer()).map_err(|source| WriteError { session, at: boundary, source })
    }
}

/// The statements of one transaction, prepared once.
pub(super) struct RecordWriter<'c> {
    conditions: Statement<'c>,
    car: Statement<'c>,
    board: Statement<'c>,
    insight: Statement<'c>,
    lap: Statement<'c>,
    event: Statement<'c>,
    position: Statement<'c>,
    written: Written,
}

impl<'c> RecordWriter<'c> {
    pub(super) fn new(connection: &'c Connection) -> rusqlite::Result<Self> {
        let upsert = |table, columns| connection.prepare(&upsert(table, columns));
        Ok(RecordWriter {
            conditions: upsert("sessions", session::SESSIONS)?,
            car: upsert("cars", session::CARS)?,
            board: upsert("board_records", "session, window_end_us, record")?,
            insight: connection.prepare(&replace("insights", &INSIGHTS.columns()))?,
            lap: upsert("lap_records", "session, vehicle_id, lap, from_us, to_us, window_end_us, record")?,
            event: upsert(
                "race_event_records",
                "session, kind, event_id, at_us, vehicle_id, window_end_us, record",
            )?,
            position: connection.prepare(
                "INSERT INTO sessions (session, track, stages, written_to_us) VALUES (?1, '', '[]', ?2)
                 ON CONFLICT DO UPDATE SET written_to_us = max(coalesce(written_to_us, ?2), ?2)",
            )?,
            written: Written::default(),
        })
    }

    fn window(&mut self, window: &Window) -> rusqlite::Result<()> {
        let (session, end) = (window.board.session.as_str(), window.board.window_end_us);
        for event in &window.events {
            self.event(session, event, end)?;
        }
        self.board(&window.board)?;
        for insight in &window.board.cars {
            self.insight(insight)?;
        }
        for lap in &window.laps {
            self.lap(lap, end)?;
        }
        self.position.execute(params![session, end.us()])?;
        Ok(())
    }

    /// A board without its cars, which are records of their own.
    pub(super) fn board(&mut self, board: &Board) -> rusqlite::Result<()> {
        let stories = board.stories.iter().filter(|story| story.weight.is_finite()).cloned().collect();
        let (assumptions, cars) = (board.assumptions.clone(), Vec::new());
        let alone = Board { stories, assumptions, cars, ..*board };
        self.board.execute(params![alone.session.as_str(), alone.window_end_us.us(), Json(&alone)])?;
        Ok(())
    }

    pub(super) fn insight(&mut self, insight: &CarInsight) -> rusqlite::Result<()> {
        let forecast =
            insight.forecast.map(|forecast| [forecast.make_it, forecast.laps_long, forecast.laps_long_sd]);
        if self.judge(&[&[insight.trust.imputed_pct], forecast.as_ref().map_or(&[][..], |numbers| numbers)]) {
            INSIGHTS.write(insight, &mut self.insight)?;
        }
        Ok(())
    }

    pub(super) fn lap(&mut self, lap: &LapSummary, known_at: EventTime) -> rusqlite::Result<()> {
        if self.judge(&[&[lap.burned_kg, lap.burned_sd_kg, lap.imputed_kg], &lap.burned_parts_g]) {
            self.lap.execute(params![
                lap.session.as_str(),
                lap.vehicle_id.as_str(),
                lap.lap,
                lap.from_us.us(),
                lap.to_us.us(),
                known_at.us(),
                Json(lap),
            ])?;
        }
        Ok(())
    }

    /// A race event, whole; the session's conditions and the roster also as the tables that others join.
    pub(super) fn event(
        &mut self,
        session: &str,
        event: &RaceEvent,
        known_at: EventTime,
    ) -> rusqlite::Result<()> {
        match &event.kind {
            RaceEventKind::Session(conditions) => {
                session::put_conditions(&mut self.conditions, conditions)?;
            }
            RaceEventKind::Roster { cars } => {
                for car in cars {
                    session::put_car(&mut self.car, session, car)?;
                }
            }
            _ => {}
        }
        // There are few, of many kinds: whether one can be read is seen by reading it.
        let record = serde_json::to_string(event).unwrap_or_default();
        if serde_json::from_str::<RaceEvent>(&record).is_err() {
            self.written.refused += 1;
            return Ok(());
        }
        self.event.execute(params![
            session,
            event::kind(&event.kind),
            event.id.0.cast_signed(),
            event.event_time.us(),
            event.kind.vehicle().map(VehicleId::as_str),
            known_at.us(),
            record,
        ])?;
        Ok(())
    }

    /// Whether a record's required numbers are numbers. One that is not must not stop the others.
    fn judge(&mut self, required: &[&[f64]]) -> bool {
        let sound = required.iter().copied().flatten().all(|number| number.is_finite());
        let count = if sound { &mut self.written.rows } else { &mut self.written.refused };
        *count += 1;
        sound
    }
}

/// Inserts a row or, where its key is taken, replaces these columns.
fn upsert(table: &str, columns: &str) -> String {
    let names = || columns.split(", ");
    let marks = names().map(|_| "?").collect::<Vec<_>>().join(", ");
    let replaced = names().map(|name| format!("{name} = excluded.{name}")).collect::<Vec<_>>().join(", ");
    format!("INSERT INTO {table} ({columns}) VALUES ({marks}) ON CONFLICT DO UPDATE SET {replaced}")
}

/// Inserts a whole row in the place of whichever has its key. On a table that is its own and only index, SQLite need not
/// look first.
fn replace(table: &str, columns: &[String]) -> String {
    let marks = vec!["?"; columns.len()].join(", ");
    format!("INSERT OR REPLACE INTO {table} ({}) VALUES ({marks})", columns.join(", "))
}
