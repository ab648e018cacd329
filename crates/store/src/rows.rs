//! How the words of `events` lie in rows: for each table its columns, and both ways between row and value.

use crate::word::Word;
use events::{Air, CarInsight, LapSummary, RaceEvent, RaceEventKind, RosterEntry, Session, VehicleId};
use rusqlite::{Row, Statement, params};
use units::{EventTime, FuelDensity, Volume};

pub(crate) const SESSIONS: &str = "session, track, track_length_m, laps, stages, package_hp, reference_rpm, tank_l, \
     fuel_density_kg_per_l, air_pressure_pa, air_temperature_k, air_vapour_pressure_pa, origin";

pub(crate) const CARS: &str = "session, vehicle_id, number, driver, team, manufacturer";

pub(crate) const WINDOWS: &str = "session, window_end_us, flag, lap, field_mpg";

pub(crate) const INSIGHTS: &str = "session, window_end_us, vehicle_id, lap, lap_distance, position, flag, rate_g_s, \
     burned_lap_kg, burned_stint_kg, burned_stage_kg, burned_race_kg, mpg_last_lap, mpg_last_lap_imputed_pct, mpg_5, \
     mpg_5_sd, mpg_5_imputed_pct, mpg_stint, stint_laps, green_laps, stops, remaining_kg, remaining_sd_kg, laps_left, laps_left_sd, relative_pct, relative_sd_pct, \
     relative_last_lap_pct, scale_sd_pct, mode, quality, imputed_pct, imputed_lap_pct, age_ms";

pub(crate) const LAPS: &str = "session, vehicle_id, lap, from_us, to_us, stint, label, clean, burned_kg, burned_sd_kg, \
     imputed_kg, distance_m, mpg, window_end_us, burned_parts_g";

pub(crate) const RACE_EVENTS: &str = "session, kind, event_id, at_us, vehicle_id, flag, phase, stop_time_us, added_l, \
     added_sd_l, full, fill_time_s, window_end_us";

/// What SQLite would keep of NaN, and of infinity too: nothing.
pub(crate) fn finite(number: Option<f64>) -> Option<f64> {
    number.filter(|number| number.is_finite())
}

pub(crate) fn put_session(statement: &mut Statement<'_>, s: &Session) -> rusqlite::Result<usize> {
    let stages = serde_json::Value::from(s.stages.as_slice()).to_string();
    let density = s.fuel_density.map(FuelDensity::kg_per_litre).and_then(FuelDensity::from_kg_per_litre);
    statement.execute(params![
        s.session.as_str(),
        s.track,
        finite(s.track_length_m),
        s.laps,
        stages,
        finite(s.package_hp),
        finite(s.reference_rpm),
        finite(s.tank.map(Volume::litres)),
        density.map(FuelDensity::kg_per_litre),
        finite(s.air.map(|air| air.pressure_pa)),
        finite(s.air.map(|air| air.temperature_k)),
        finite(s.air.map(|air| air.vapour_pressure_pa)),
        Word(s.origin),
    ])
}

pub(crate) fn session(row: &Row<'_>) -> rusqlite::Result<Session> {
    let number = |column: &str| row.get::<_, Option<f64>>(column);
    let air = (number("air_pressure_pa")?, number("air_temperature_k")?, number("air_vapour_pressure_pa")?);
    let stages: String = row.get("stages")?;
    Ok(Session {
        session: row.get::<_, Word<_>>("session")?.0,
        track: row.get("track")?,
        track_length_m: number("track_length_m")?,
        laps: row.get("laps")?,
        stages: serde_json::from_str(&stages).unwrap_or_default(),
        package_hp: number("package_hp")?,
        reference_rpm: number("reference_rpm")?,
        tank: number("tank_l")?.map(Volume::from_litres),
        fuel_density: number("fuel_density_kg_per_l")?.and_then(FuelDensity::from_kg_per_litre),
        air: match air {
            (Some(pressure_pa), Some(temperature_k), Some(vapour_pressure_pa)) => {
                Some(Air { pressure_pa, temperature_k, vapour_pressure_pa })
            }
            _ => None,
        },
        origin: row.get::<_, Word<_>>("origin")?.0,
    })
}

pub(crate) fn put_car(
    statement: &mut Statement<'_>,
    session: &str,
    car: &RosterEntry,
) -> rusqlite::Result<usize> {
    statement.execute(params![
        session,
        car.vehicle.as_str(),
        car.number,
        car.driver,
        car.team,
        car.manufacturer
    ])
}

pub(crate) fn car(row: &Row<'_>) -> rusqlite::Result<RosterEntry> {
    Ok(RosterEntry {
        vehicle: row.get::<_, Word<_>>("vehicle_id")?.0,
        number: row.get("number")?,
        driver: row.get("driver")?,
        team: row.get("team")?,
        manufacturer: row.get("manufacturer")?,
    })
}

pub(crate) fn put_insight(statement: &mut Statement<'_>, i: &CarInsight) -> rusqlite::Result<usize> {
    statement.execute(params![
        i.session.as_str(),
        i.window_end_us.us(),
        i.vehicle_id.as_str(),
        i.track.lap,
        finite(i.track.lap_distance),
        i.track.position,
        Word(i.track.flag),
        finite(i.burn.rate_g_s),
        finite(i.burn.lap_kg),
        finite(i.burn.stint_kg),
        finite(i.burn.stage_kg),
        finite(i.burn.race_kg),
        finite(i.economy.mpg_last_lap),
        finite(i.economy.last_lap_imputed_pct),
        finite(i.economy.mpg_5),
        finite(i.economy.mpg_5_sd),
        finite(i.economy.mpg_5_imputed_pct),
        finite(i.economy.mpg_stint),
        i.stint.laps,
        i.stint.green_laps,
        i.stint.stops,
        finite(i.tank.remaining_kg),
        finite(i.tank.remaining_sd_kg),
        finite(i.tank.laps_left),
        finite(i.tank.laps_left_sd),
        finite(i.relative.pct),
        finite(i.relative.sd_pct),
        finite(i.relative.last_lap_pct),
        finite(i.scale.sd_pct),
        Word(i.driving.mode),
        Word(i.trust.quality),
        i.trust.imputed_pct,
        finite(i.trust.imputed_lap_pct),
        i.trust.age_ms,
    ])
}

pub(crate) fn insight(row: &Row<'_>) -> rusqlite::Result<CarInsight> {
    let mut insight = CarInsight::of_nothing(
        row.get::<_, Word<_>>("session")?.0,
        row.get::<_, Word<_>>("vehicle_id")?.0,
        EventTime::from_us(row.get("window_end_us")?),
    );
    insight.track.lap = row.get("lap")?;
    insight.track.lap_distance = row.get("lap_distance")?;
    insight.track.position = row.get("position")?;
    insight.track.flag = row.get::<_, Word<_>>("flag")?.0;
    insight.burn.rate_g_s = row.get("rate_g_s")?;
    insight.burn.lap_kg = row.get("burned_lap_kg")?;
    insight.burn.stint_kg = row.get("burned_stint_kg")?;
    insight.burn.stage_kg = row.get("burned_stage_kg")?;
    insight.burn.race_kg = row.get("burned_race_kg")?;
    insight.economy.mpg_last_lap = row.get("mpg_last_lap")?;
    insight.economy.last_lap_imputed_pct = row.get("mpg_last_lap_imputed_pct")?;
    insight.economy.mpg_5 = row.get("mpg_5")?;
    insight.economy.mpg_5_sd = row.get("mpg_5_sd")?;
    insight.economy.mpg_5_imputed_pct = row.get("mpg_5_imputed_pct")?;
    insight.economy.mpg_stint = row.get("mpg_stint")?;
    insight.stint.laps = row.get("stint_laps")?;
    insight.stint.green_laps = row.get("green_laps")?;
    insight.stint.stops = row.get("stops")?;
    insight.tank.remaining_kg = row.get("remaining_kg")?;
    insight.tank.remaining_sd_kg = row.get("remaining_sd_kg")?;
    insight.tank.laps_left = row.get("laps_left")?;
    insight.tank.laps_left_sd = row.get("laps_left_sd")?;
    insight.relative.pct = row.get("relative_pct")?;
    insight.relative.sd_pct = row.get("relative_sd_pct")?;
    insight.relative.last_lap_pct = row.get("relative_last_lap_pct")?;
    insight.scale.sd_pct = row.get("scale_sd_pct")?;
    insight.driving.mode = row.get::<_, Word<_>>("mode")?.0;
    insight.trust.quality = row.get::<_, Word<_>>("quality")?.0;
    insight.trust.imputed_pct = row.get("imputed_pct")?;
    insight.trust.imputed_lap_pct = row.get("imputed_lap_pct")?;
    insight.trust.age_ms = row.get("age_ms")?;
    Ok(insight)
}

pub(crate) fn put_lap(
    statement: &mut Statement<'_>,
    l: &LapSummary,
    known_at: EventTime,
) -> rusqlite::Result<usize> {
    statement.execute(params![
        l.session.as_str(),
        l.vehicle_id.as_str(),
        l.lap,
        l.from_us.us(),
        l.to_us.us(),
        l.stint,
        Word(l.label),
        l.clean,
        l.burned_kg,
        l.burned_sd_kg,
        l.imputed_kg,
        finite(l.distance_m),
        finite(l.mpg),
        known_at.us(),
        parts(&l.burned_parts_g),
    ])
}

pub(crate) fn lap(row: &Row<'_>) -> rusqlite::Result<LapSummary> {
    Ok(LapSummary {
        session: row.get::<_, Word<_>>("session")?.0,
        vehicle_id: row.get::<_, Word<_>>("vehicle_id")?.0,
        lap: row.get("lap")?,
        stint: row.get("stint")?,
        from_us: EventTime::from_us(row.get("from_us")?),
        to_us: EventTime::from_us(row.get("to_us")?),
        label: row.get::<_, Word<_>>("label")?.0,
        clean: row.get("clean")?,
        burned_kg: row.get("burned_kg")?,
        imputed_kg: row.get("imputed_kg")?,
        burned_sd_kg: row.get("burned_sd_kg")?,
        distance_m: row.get("distance_m")?,
        mpg: row.get("mpg")?,
        burned_parts_g: burned_parts_g(row)?,
    })
}

/// A JSON array, or nothing where there are no parts or one of them is no number.
fn parts(parts_g: &[f64]) -> Option<String> {
    let known = !parts_g.is_empty() && parts_g.iter().all(|part| part.is_finite());
    known.then(|| serde_json::Value::from(parts_g).to_string())
}

pub(crate) fn burned_parts_g(row: &Row<'_>) -> rusqlite::Result<Vec<f64>> {
    let json: Option<String> = row.get("burned_parts_g")?;
    Ok(json.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default())
}

/// A race event; the session's conditions and the roster, which have tables of their own, are none here.
pub(crate) fn put_race_event(
    statement: &mut Statement<'_>,
    session: &str,
    event: &RaceEvent,
    known_at: EventTime,
) -> rusqlite::Result<usize> {
    let (mut vehicle, mut flag, mut phase, mut fuel) = (None, None, None, None);
    let kind = match &event.kind {
        RaceEventKind::Session(_) | RaceEventKind::Roster { .. } => return Ok(0),
        RaceEventKind::Flag { flag: told } => {
            flag = Some(Word(*told));
            "flag"
        }
        RaceEventKind::Stop { vehicle: whose, phase: told } => {
            (vehicle, phase) = (Some(*whose), Some(Word(*told)));
            "stop"
        }
        RaceEventKind::Retired { vehicle: whose } => {
            vehicle = Some(*whose);
            "retired"
        }
        RaceEventKind::Fuel(evidence) => {
            (vehicle, fuel) = (Some(evidence.vehicle), Some(evidence));
            "fuel"
        }
        RaceEventKind::RunOut { .. }
        | RaceEventKind::StillRunning { .. }
        | RaceEventKind::RadioMpg { .. }
        | RaceEventKind::FuelUsed { .. }
        | RaceEventKind::Model(_)
        | RaceEventKind::Answer(_) => return Ok(0),
    };
    statement.execute(params![
        session,
        kind,
        event.id.0.cast_signed(),
        event.event_time.us(),
        vehicle.map(VehicleId::as_str),
        flag,
        phase,
        fuel.and_then(|fuel| fuel.stop_time).map(EventTime::us),
        finite(fuel.and_then(|fuel| fuel.added).map(Volume::litres)),
        finite(fuel.and_then(|fuel| fuel.added_sd).map(Volume::litres)),
        fuel.and_then(|fuel| fuel.full),
        finite(fuel.and_then(|fuel| fuel.fill_time_s)),
        known_at.us(),
    ])
}
