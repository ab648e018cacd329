//! What happened in a session, read from the views of the same names.

use super::word::Word;
use super::{ReadError, Store};
use crate::{FlagSpan, PitStop, Retirement, StageEnd, Timeline};
use rusqlite::{Connection, Row};
use units::{EventTime, Volume};

impl Store {
    /// What happened in a session; `None` if nothing of it was written.
    ///
    /// # Errors
    /// SQLite refused.
    pub fn timeline(&self, session: &str) -> Result<Option<Timeline>, ReadError> {
        self.read("a timeline", |connection| {
            let snapshot = connection.unchecked_transaction()?; // all of it at the same window
            if !snapshot.prepare("SELECT 1 FROM sessions WHERE session = ?1")?.exists([session])? {
                return Ok(None);
            }
            Ok(Some(Timeline {
                flags: all(&snapshot, "flag_spans", "from_us, to_us", session, flag_span)?,
                stops: all(&snapshot, "pit_stops", "box_stop_us, vehicle_id", session, pit_stop)?,
                stage_ends: all(&snapshot, "stage_ends", "lap", session, stage_end)?,
                retirements: all(&snapshot, "retirements", "at_us, vehicle_id", session, retirement)?,
            }))
        })
    }
}

fn all<T>(
    connection: &Connection,
    view: &str,
    order: &str,
    session: &str,
    read: fn(&Row<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<Vec<T>> {
    let sql = format!("SELECT * FROM {view} WHERE session = ?1 ORDER BY {order} NULLS LAST");
    connection.prepare(&sql)?.query_map([session], read)?.collect()
}

fn time(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<EventTime>> {
    Ok(row.get::<_, Option<i64>>(column)?.map(EventTime::from_us))
}

fn flag_span(row: &Row<'_>) -> rusqlite::Result<FlagSpan> {
    Ok(FlagSpan {
        flag: row.get::<_, Word<_>>("flag")?.0,
        from: EventTime::from_us(row.get("from_us")?),
        to: time(row, "to_us")?,
        lap: row.get("lap")?,
        to_lap: row.get("to_lap")?,
    })
}

fn pit_stop(row: &Row<'_>) -> rusqlite::Result<PitStop> {
    let volume =
        |column| Ok::<_, rusqlite::Error>(row.get::<_, Option<f64>>(column)?.map(Volume::from_us_gallons));
    Ok(PitStop {
        vehicle: row.get::<_, Word<_>>("vehicle_id")?.0,
        number: row.get("stop")?,
        lap: row.get("lap")?,
        pit_in: time(row, "pit_in_us")?,
        box_stop: time(row, "box_stop_us")?,
        box_leave: time(row, "box_leave_us")?,
        pit_out: time(row, "pit_out_us")?,
        added: volume("added_gal")?,
        added_sd: volume("added_sd_gal")?,
        full: row.get("full")?,
    })
}

fn stage_end(row: &Row<'_>) -> rusqlite::Result<StageEnd> {
    Ok(StageEnd { lap: row.get("lap")?, at: time(row, "at_us")? })
}

fn retirement(row: &Row<'_>) -> rusqlite::Result<Retirement> {
    Ok(Retirement {
        vehicle: row.get::<_, Word<_>>("vehicle_id")?.0,
        at: EventTime::from_us(row.get("at_us")?),
        lap: row.get("lap")?,
    })
}
