//! Reads, in the words of `events`.
//!
//! Sessions and vehicles are named by text: a reader may ask for any, and a name that nobody has must not become an
//! interned id.

use super::json::Json;
use super::open::INSIGHTS;
use super::{Store, session};
use events::{Board, LapSummary, RosterEntry, Session};
use rusqlite::types::FromSql;
use rusqlite::{Connection, OptionalExtension, Row, params};
use units::EventTime;

/// Why something could not be read.
#[derive(Debug, thiserror::Error)]
#[error("cannot read {what} from the store: {source}")]
pub struct ReadError {
    /// What was asked for.
    pub what: &'static str,
    /// SQLite's own words.
    pub source: rusqlite::Error,
}

impl Store {
    /// All sessions, the one written to at the latest event time first.
    ///
    /// # Errors
    /// SQLite refused.
    pub fn sessions(&self) -> Result<Vec<Session>, ReadError> {
        let sql = "SELECT * FROM sessions ORDER BY written_to_us DESC NULLS LAST, session";
        self.read("sessions", |connection| {
            connection.prepare(sql)?.query_map([], session::conditions)?.collect()
        })
    }

    /// One session and its conditions; `None` if nothing of it was written.
    ///
    /// # Errors
    /// SQLite refused.
    pub fn session(&self, session: &str) -> Result<Option<Session>, ReadError> {
        let sql = "SELECT * FROM sessions WHERE session = ?1";
        self.read("a session", |connection| {
            connection.query_row(sql, [session], session::conditions).optional()
        })
    }

    /// The roster of a session, in order of vehicle id.
    ///
    /// # Errors
    /// SQLite refused.
    pub fn cars(&self, session: &str) -> Result<Vec<RosterEntry>, ReadError> {
        let sql = "SELECT * FROM cars WHERE session = ?1 ORDER BY vehicle_id";
        self.read("cars", |connection| connection.prepare(sql)?.query_map([session], session::car)?.collect())
    }

    /// The newest board of a session, as it was written; `None` before its first.
    ///
    /// # Errors
    /// SQLite refused, or a record cannot be understood.
    pub fn board(&self, session: &str) -> Result<Option<Board>, ReadError> {
        self.read("a board", |connection| {
            let snapshot = connection.unchecked_transaction()?; // both queries see the same window
            let newest =
                "SELECT record FROM board_records WHERE session = ?1 ORDER BY window_end_us DESC LIMIT 1";
            let board = snapshot.query_row(newest, [session], record::<Board>).optional()?;
            let Some(mut board) = board else { return Ok(None) };
            let cars = "SELECT * FROM insights WHERE session = ?1 AND window_end_us = ?2 ORDER BY vehicle_id";
            board.cars = snapshot
                .prepare(cars)?
                .query_map(params![session, board.window_end_us.us()], |row| INSIGHTS.read(row))?
                .collect::<rusqlite::Result<_>>()?;
            Ok(Some(board))
        })
    }

    /// Closed laps of one car, oldest first; of all cars, one after the other, without a vehicle. With `after` only
    /// those that became final in a window that ends later.
    ///
    /// # Errors
    /// SQLite refused, or a record cannot be understood.
    pub fn laps(
        &self,
        session: &str,
        vehicle: Option<&str>,
        after: Option<EventTime>,
    ) -> Result<Vec<LapSummary>, ReadError> {
        let sql = "SELECT record FROM lap_records WHERE session = ?1 AND (?2 IS NULL OR vehicle_id = ?2) \
             AND (?3 IS NULL OR window_end_us > ?3) ORDER BY vehicle_id, from_us, lap";
        let after = after.map(EventTime::us);
        self.read("laps", |connection| {
            connection.prepare(sql)?.query_map(params![session, vehicle, after], record)?.collect()
        })
    }

    pub(crate) fn read<T>(
        &self,
        what: &'static str,
        read: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, ReadError> {
        read(&self.reader()).map_err(|source| ReadError { what, source })
    }
}

/// The record in a row's one column.
pub(super) fn record<T>(row: &Row<'_>) -> rusqlite::Result<T>
where
    Json<T>: FromSql,
{
    Ok(row.get::<_, Json<T>>(0)?.0)
}
