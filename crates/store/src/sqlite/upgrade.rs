//! Older stores. Until version 3 all was kept in columns, most of them named as the fields are; what they did not hold is
//! unknown.

use super::columns;
use super::word::Word;
use super::write::RecordWriter;
use events::{Board, CarInsight, EventId, FuelEvidence, LapSummary, RaceEvent, RaceEventKind};
use rusqlite::{Connection, Row};
use serde_json::Value;
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
    let mut writer = RecordWriter::new(connection)?;
    each(connection, "windows", |row| {
        let mut fields = columns::fields(row, field_of, &[])?;
        fields.insert("cars".into(), Value::Array(Vec::new()));
        writer.board(&columns::record::<Board>(fields)?)
    })?;
    each(connection, "insights", |row| {
        writer.insight(&columns::record::<CarInsight>(columns::fields(row, field_of, &[])?)?)
    })?;
    each(connection, "laps", |row| {
        let mut fields = columns::fields(row, field_of, &["burned_parts_g"])?;
        fields.insert("clean".into(), row.get::<_, bool>("clean")?.into());
        let lap: LapSummary = columns::record(fields)?;
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

fn field_of(column: &str) -> &str {
    RENAMED.iter().find(|(old, _)| *old == column).map_or(column, |(_, field)| field)
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
