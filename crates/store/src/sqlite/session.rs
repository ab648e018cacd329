//! A session's conditions and its roster, which other tools join to everything: columns, and both ways between row and value.

use super::json::Json;
use super::word::Word;
use events::{Air, RosterEntry, Session};
use rusqlite::{Row, Statement, params};
use units::{FuelDensity, Volume};

pub(super) const SESSIONS: &str = "session, track, track_length_m, laps, stages, package_hp, reference_rpm, tank_l, \
     fuel_density_kg_per_l, air_pressure_pa, air_temperature_k, air_vapour_pressure_pa, origin";

pub(super) const CARS: &str = "session, vehicle_id, number, driver, team, manufacturer";

/// What SQLite would keep of NaN, and of infinity too: nothing.
pub(super) fn finite(number: Option<f64>) -> Option<f64> {
    number.filter(|number| number.is_finite())
}

pub(super) fn put_conditions(statement: &mut Statement<'_>, conditions: &Session) -> rusqlite::Result<usize> {
    let density =
        conditions.fuel_density.map(FuelDensity::kg_per_litre).and_then(FuelDensity::from_kg_per_litre);
    statement.execute(params![
        conditions.session.as_str(),
        conditions.track,
        finite(conditions.track_length_m),
        conditions.laps,
        Json(&conditions.stages),
        finite(conditions.package_hp),
        finite(conditions.reference_rpm),
        finite(conditions.tank.map(Volume::litres)),
        density.map(FuelDensity::kg_per_litre),
        finite(conditions.air.map(|air| air.pressure_pa)),
        finite(conditions.air.map(|air| air.temperature_k)),
        finite(conditions.air.map(|air| air.vapour_pressure_pa)),
        Word(conditions.origin),
    ])
}

pub(super) fn conditions(row: &Row<'_>) -> rusqlite::Result<Session> {
    let number = |column: &str| row.get::<_, Option<f64>>(column);
    let air = (number("air_pressure_pa")?, number("air_temperature_k")?, number("air_vapour_pressure_pa")?);
    Ok(Session {
        session: row.get::<_, Word<_>>("session")?.0,
        track: row.get("track")?,
        track_length_m: number("track_length_m")?,
        laps: row.get("laps")?,
        stages: row.get::<_, Json<_>>("stages")?.0,
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

pub(super) fn put_car(
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

pub(super) fn car(row: &Row<'_>) -> rusqlite::Result<RosterEntry> {
    Ok(RosterEntry {
        vehicle: row.get::<_, Word<_>>("vehicle_id")?.0,
        number: row.get("number")?,
        driver: row.get("driver")?,
        team: row.get("team")?,
        manufacturer: row.get("manufacturer")?,
    })
}
