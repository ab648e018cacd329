//! Older stores. Until version 3 a record was a row of columns, named as its fields are named now; what it did not keep is
//! unknown.

use super::json::Json;
use super::word::Word;
use super::write::Writer;
use events::{Board, EventId, FuelEvidence, LapSummary, RaceEvent, RaceEventKind};
use rusqlite::types::{Type, ValueRef};
use rusqlite::{Connection, Row};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use units::{EventTime, Volume};

/// Tables of columns, which are records now.
const TABLES: [&str; 4] = ["windows", "insights", "laps", "race_events"];
/// What version 2 added to version 1 and is no record.
const SINCE_VERSION_1: &str = "ALTER TABLE sessions ADD COLUMN origin TEXT NOT NULL DEFAULT 'recorded';";
/// Columns that had another name, and the field that they are now.
const RENAMED: [(&str, &str); 4] = [
    ("burned_run_kg", "burned_stint_kg"),
    ("mpg_run", "mpg_stint"),
    ("run_laps", "stint_laps"),
    ("run", "stint"),
];

/// Moves a store's tables out of the way of the present ones, and drops its views, which hold nothing.
pub(super) fn set_aside(connection: &Connection, version: i64) -> rusqlite::Result<()> {
    if version == 1 {
        connection.execute_batch(SINCE_VERSION_1)?;
    }
    let views = "SELECT name FROM sqlite_schema WHERE type = 'view'";
    let views: Vec<String> =
        connection.prepare(views)?.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    for view in views {
        connection.execute_batch(&format!("DROP VIEW {view};"))?;
    }
    connection.execute_batch("DROP INDEX IF EXISTS laps_by_number;")?;
    for table in TABLES {
        // version 1 had all but the events
        connection.execute_batch(&format!("CREATE TABLE IF NOT EXISTS {table} (session TEXT);"))?;
        connection.execute_batch(&format!("ALTER TABLE {table} RENAME TO old_{table};"))?;
    }
    Ok(())
}

/// Writes the rows that were set aside as records, and drops them.
pub(super) fn bring_over(connection: &Connection) -> rusqlite::Result<()> {
    let mut writer = Writer::new(connection)?;
    each(connection, "windows", |row| {
        writer.board(&record::<Board>(row, &[("cars", Value::Array(vec![]))])?)
    })?;
    each(connection, "insights", |row| writer.insight(&record(row, &[])?))?;
    each(connection, "laps", |row| {
        let parts = row.get::<_, Option<Json<Value>>>("burned_parts_g").ok().flatten();
        let parts = parts.map_or_else(|| Value::Array(vec![]), |Json(parts)| parts);
        let clean = Value::Bool(row.get("clean")?);
        let lap: LapSummary = record(row, &[("burned_parts_g", parts), ("clean", clean)])?;
        writer.lap(&lap, EventTime::from_us(row.get("window_end_us")?))
    })?;
    each(connection, "race_events", |row| {
        let session: String = row.get("session")?;
        writer.event(&session, &race_event(row)?, EventTime::from_us(row.get("window_end_us")?))
    })?;
    drop(writer);
    let drop_old = TABLES.map(|table| format!("DROP TABLE old_{table};")).concat();
    connection.execute_batch(&drop_old)
}

fn each(
    connection: &Connection,
    table: &str,
    mut take: impl FnMut(&Row<'_>) -> rusqlite::Result<()>,
) -> rusqlite::Result<()> {
    let mut statement = connection.prepare(&format!("SELECT * FROM old_{table}"))?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        take(row)?;
    }
    Ok(())
}

/// The record that a row was made of: each column is a field of that name, unless `given` says otherwise.
fn record<T: DeserializeOwned>(row: &Row<'_>, given: &[(&str, Value)]) -> rusqlite::Result<T> {
    let mut fields = Map::new();
    for (at, column) in row.as_ref().column_names().into_iter().enumerate() {
        let field = RENAMED.iter().find(|(old, _)| *old == column).map_or(column, |(_, new)| new);
        let value = match row.get_ref(at)? {
            ValueRef::Integer(integer) => integer.into(),
            ValueRef::Real(real) => real.into(),
            ValueRef::Text(text) => String::from_utf8_lossy(text).into(),
            ValueRef::Null | ValueRef::Blob(_) => continue, // a field that is not there is unknown
        };
        fields.insert(field.into(), value);
    }
    fields.extend(given.iter().map(|(field, value)| ((*field).into(), value.clone())));
    serde_json::from_value(Value::Object(fields)).map_err(not_understood)
}

fn race_event(row: &Row<'_>) -> rusqlite::Result<RaceEvent> {
    let vehicle = || row.get::<_, Word<_>>("vehicle_id").map(|Word(vehicle)| vehicle);
    let kind: String = row.get("kind")?;
    let kind = match kind.as_str() {
        "flag" => RaceEventKind::Flag { flag: row.get::<_, Word<_>>("flag")?.0 },
        "stop" => RaceEventKind::Stop { vehicle: vehicle()?, phase: row.get::<_, Word<_>>("phase")?.0 },
        "retired" => RaceEventKind::Retired { vehicle: vehicle()? },
        _ => RaceEventKind::Fuel(fuel(row)?),
    };
    let id = EventId(row.get::<_, i64>("event_id")?.cast_unsigned());
    Ok(RaceEvent { event_time: EventTime::from_us(row.get("at_us")?), id, kind })
}

fn fuel(row: &Row<'_>) -> rusqlite::Result<FuelEvidence> {
    let litres =
        |column| Ok::<_, rusqlite::Error>(row.get::<_, Option<f64>>(column)?.map(Volume::from_litres));
    Ok(FuelEvidence {
        vehicle: row.get::<_, Word<_>>("vehicle_id")?.0,
        stop_time: row.get::<_, Option<i64>>("stop_time_us")?.map(EventTime::from_us),
        added: litres("added_l")?,
        added_sd: litres("added_sd_l")?,
        full: row.get("full")?,
        fill_time_s: row.get("fill_time_s")?,
    })
}

fn not_understood(error: serde_json::Error) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(0, Type::Text, error.into())
}
