//! The sink: windows in, each whole or not at all.

use crate::rows::{self, finite};
use crate::word::Word;
use crate::{ReadError, Store};
use events::{Board, LapSummary, RaceEvent, RaceEventKind, SessionId};
use rusqlite::{Connection, Statement, TransactionBehavior, params};
use std::sync::Arc;
use units::EventTime;

/// What one closed window of one session brought. All of it is of the board's session.
#[derive(Clone, Debug, PartialEq)]
pub struct Window {
    /// The field at its end, which is the sink position once it is written.
    pub board: Arc<Board>,
    /// Laps that became final in it.
    pub laps: Vec<LapSummary>,
    /// Race events that took effect in it, in the order in which they act. One with the id of an earlier one of its kind
    /// replaces it; a car that a roster does not name keeps its older entry.
    pub events: Vec<Arc<RaceEvent>>,
}

impl Window {
    /// A window that brought a board and nothing else.
    pub fn new(board: Arc<Board>) -> Self {
        Window { board, laps: Vec::new(), events: Vec::new() }
    }
}

/// What became of a write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[must_use = "a refused row is a defect upstream: count it where people look"]
pub struct Written {
    /// Insights and laps now at rest.
    pub rows: usize,
    /// Insights and laps left out, because a number that may not be missing is NaN or infinite.
    pub refused: usize,
}

/// Why the store was not changed.
#[derive(Debug, thiserror::Error)]
#[error("cannot write session {session} at {at}: {source}; nothing was changed, it may be tried again")]
pub struct WriteError {
    /// The session.
    pub session: SessionId,
    /// The end of the window at fault, or the boundary of a cut.
    pub at: EventTime,
    /// What SQLite says.
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
        let mut writer = self.writer();
        let transaction =
            writer.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed(last))?;
        let mut sink = Sink::new(&transaction).map_err(failed(last))?;
        for window in windows {
            sink.write(window).map_err(failed(window))?;
        }
        let written = sink.written;
        drop(sink);
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

    /// Forgets what windows after a checkpoint's boundary brought, so that a stream restarted there writes it anew. The
    /// session's conditions and roster stay. A race event that was corrected behind the boundary is forgotten with its
    /// correction.
    ///
    /// # Errors
    /// SQLite refused.
    pub fn cut_after(&self, session: SessionId, boundary: EventTime) -> Result<(), WriteError> {
        let cut = |connection: &mut Connection| -> rusqlite::Result<()> {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            for table in ["insights", "windows", "laps", "race_events"] {
                let sql = format!("DELETE FROM {table} WHERE session = ?1 AND window_end_us > ?2");
                transaction.execute(&sql, params![session.as_str(), boundary.us()])?;
            }
            let sql = "UPDATE sessions SET written_to_us = min(written_to_us, ?2) WHERE session = ?1";
            transaction.execute(sql, params![session.as_str(), boundary.us()])?;
            transaction.commit()
        };
        cut(&mut self.writer()).map_err(|source| WriteError { session, at: boundary, source })
    }
}

/// The statements of one transaction, prepared once.
struct Sink<'c> {
    session: Statement<'c>,
    car: Statement<'c>,
    window: Statement<'c>,
    insight: Statement<'c>,
    lap: Statement<'c>,
    event: Statement<'c>,
    position: Statement<'c>,
    written: Written,
}

impl<'c> Sink<'c> {
    fn new(connection: &'c Connection) -> rusqlite::Result<Self> {
        Ok(Sink {
            session: connection.prepare(&upsert("sessions", rows::SESSIONS))?,
            car: connection.prepare(&upsert("cars", rows::CARS))?,
            window: connection.prepare(&upsert("windows", rows::WINDOWS))?,
            insight: connection.prepare(&upsert("insights", rows::INSIGHTS))?,
            lap: connection.prepare(&upsert("laps", rows::LAPS))?,
            event: connection.prepare(&upsert("race_events", rows::RACE_EVENTS))?,
            position: connection.prepare(
                "INSERT INTO sessions (session, track, stages, written_to_us) VALUES (?1, '', '[]', ?2)
                 ON CONFLICT DO UPDATE SET written_to_us = max(coalesce(written_to_us, ?2), ?2)",
            )?,
            written: Written::default(),
        })
    }

    fn write(&mut self, window: &Window) -> rusqlite::Result<()> {
        let Board { session, window_end_us, flag, lap, field_mpg, ref cars, .. } = *window.board;
        let (session, end_us) = (session.as_str(), window_end_us.us());
        for event in &window.events {
            self.tell(session, event, window_end_us)?;
        }
        self.window.execute(params![session, end_us, Word(flag), lap, finite(field_mpg)])?;
        for insight in cars {
            if self.judge(&[insight.trust.imputed_pct]) {
                rows::put_insight(&mut self.insight, insight)?;
            }
        }
        for lap in &window.laps {
            if self.judge(&[lap.burned_kg, lap.burned_sd_kg, lap.imputed_kg]) {
                rows::put_lap(&mut self.lap, lap, window_end_us)?;
            }
        }
        self.position.execute(params![session, end_us])?;
        Ok(())
    }

    fn tell(&mut self, session: &str, event: &RaceEvent, known_at: EventTime) -> rusqlite::Result<()> {
        match &event.kind {
            RaceEventKind::Session(conditions) => {
                rows::put_session(&mut self.session, conditions)?;
            }
            RaceEventKind::Roster { cars } => {
                for car in cars {
                    rows::put_car(&mut self.car, session, car)?;
                }
            }
            _ => {
                rows::put_race_event(&mut self.event, session, event, known_at)?;
            }
        }
        Ok(())
    }

    /// Whether a row's required numbers are numbers. One that is not must not stop the others.
    fn judge(&mut self, required: &[f64]) -> bool {
        let sound = required.iter().all(|number| number.is_finite());
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
