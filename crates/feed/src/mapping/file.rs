//! The TOML of a mapping file, and what it must hold to be one.

use super::{
    Clock, Column, DEFAULT_START, FuelKind, FuelTruth, MAPPING_FORMAT, Mapping, MappingProblem, Target,
};
use crate::judge::{TIME_END, TIME_MIN, TimeUnit, label};
use events::{RosterEntry, Session, SessionId, Signal, VehicleId};
use serde::Deserialize;
use std::collections::BTreeSet;
use units::{EventTime, FuelDensity, METRES_PER_MILE, Volume};

type Result<T> = std::result::Result<T, MappingProblem>;

#[derive(Deserialize)]
struct Version {
    format: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "format")]
    _format: u32,
    delimiter: Option<char>,
    #[serde(default)]
    session: SessionTable,
    vehicle: VehicleTable,
    time: TimeTable,
    segment: Option<SegmentTable>,
    signals: SignalsTable,
    #[serde(default)]
    pit: PitTable,
    fuel: Option<FuelTable>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct SessionTable {
    name: Option<String>,
    #[serde(default)]
    track: String,
    track_length_m: Option<f64>,
    laps: Option<u32>,
    package_hp: Option<f64>,
    reference_rpm: Option<f64>,
    tank_l: Option<f64>,
    fuel_density_kg_l: Option<f64>,
    start_ms: Option<i64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct VehicleTable {
    column: Option<String>,
    id: Option<String>,
    number: Option<String>,
    #[serde(default)]
    driver: String,
    #[serde(default)]
    team: String,
    #[serde(default)]
    manufacturer: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TimeTable {
    column: String,
    unit: TimeUnit,
    #[serde(default)]
    clock: ClockKind,
    #[serde(default)]
    restarts: bool,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum ClockKind {
    #[default]
    Utc,
    Relative,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SegmentTable {
    column: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SignalsTable {
    throttle: Option<SignalTable>,
    brake: Option<SignalTable>,
    rpm: Option<SignalTable>,
    speed: Option<SignalTable>,
    gear: Option<SignalTable>,
    lap: Option<SignalTable>,
    lap_distance: Option<SignalTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SignalTable {
    column: String,
    unit: String,
    scale: Option<f64>,
    #[serde(default)]
    optional: bool,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct PitTable {
    on_pit_road: Option<String>,
    in_box: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FuelTable {
    kind: String,
    column: String,
    unit: String,
    dead_time_ms: Option<f64>,
    #[serde(default)]
    noise: f64,
}

/// Reads a mapping; an error comes with its line where the TOML reader knows it.
pub(super) fn parse(text: &str) -> std::result::Result<Mapping, (Option<usize>, MappingProblem)> {
    let toml_problem = |error: toml::de::Error| {
        let line = error.span().map(|span| 1 + text.bytes().take(span.start).filter(|b| *b == b'\n').count());
        (line, MappingProblem::Toml(error.message().replace('\n', " ")))
    };
    let Version { format } = toml::from_str(text).map_err(toml_problem)?;
    if format != MAPPING_FORMAT {
        return Err((None, MappingProblem::Version { found: format }));
    }
    let file: File = toml::from_str(text).map_err(toml_problem)?;
    file.mapping().map_err(|problem| (None, problem))
}

impl File {
    fn mapping(self) -> Result<Mapping> {
        let name = self.session.name.as_deref().map(SessionId::new).transpose();
        let session_name = name.map_err(|error| value("session.name", error, "an id"))?;
        let start = self.session.start()?;
        let facts = self.session.facts()?;
        let mut columns = self.signals.columns(facts.track_length_m)?;
        let named = [
            (Some(self.time.column), Target::Time),
            (self.vehicle.column.clone(), Target::Vehicle),
            (self.segment.map(|s| s.column), Target::Segment),
            (self.pit.on_pit_road.clone(), Target::OnPitRoad),
            (self.pit.in_box.clone(), Target::InBox),
            (self.fuel.as_ref().map(|f| f.column.clone()), Target::Fuel),
        ];
        let required = named.into_iter().filter_map(|(name, target)| Some((name?, target)));
        columns.extend(required.map(|(name, target)| Column { name, target, optional: false }));
        each_once(&columns)?;
        if self.pit.in_box.is_some() && self.pit.on_pit_road.is_none() {
            return Err(MappingProblem::Needs { key: "pit.in_box", needs: "pit.on_pit_road" });
        }
        Ok(Mapping {
            session_name,
            vehicle: self.vehicle.constant()?,
            clock: Clock {
                unit: self.time.unit,
                start: matches!(self.time.clock, ClockKind::Relative).then_some(start),
                restarts: self.time.restarts,
            },
            fuel: self.fuel.map(|fuel| fuel.truth(facts.fuel_density, &columns)).transpose()?,
            facts,
            columns,
            delimiter: delimiter(self.delimiter)?,
        })
    }
}

impl SessionTable {
    fn start(&self) -> Result<EventTime> {
        match self.start_ms.map(EventTime::from_ms) {
            None => Ok(DEFAULT_START),
            Some(start) if (TIME_MIN..TIME_END).contains(&start) => Ok(start),
            Some(start) => {
                Err(value("session.start_ms", start, "use milliseconds since 1970, in 2000 to 2099"))
            }
        }
    }

    fn facts(self) -> Result<Session> {
        let density = positive("session.fuel_density_kg_l", self.fuel_density_kg_l)?;
        let unnamed = SessionId::new("unnamed").map_err(|error| value("session.name", error, "an id"))?;
        Ok(Session {
            track: label(&self.track),
            track_length_m: positive("session.track_length_m", self.track_length_m)?,
            laps: self.laps,
            package_hp: positive("session.package_hp", self.package_hp)?,
            reference_rpm: positive("session.reference_rpm", self.reference_rpm)?,
            tank: positive("session.tank_l", self.tank_l)?.map(Volume::from_litres),
            fuel_density: density.and_then(FuelDensity::from_kg_per_litre),
            ..Session::named(unnamed)
        })
    }
}

impl VehicleTable {
    /// The one vehicle of the file, or `None` where a column names them.
    fn constant(self) -> Result<Option<RosterEntry>> {
        let id = match (self.id, self.column) {
            (Some(id), None) => id,
            (None, Some(_)) => return Ok(None),
            _ => return Err(MappingProblem::Needs { key: "vehicle", needs: "either id or column" }),
        };
        let vehicle = VehicleId::new(&id).map_err(|error| value("vehicle.id", error, "an id"))?;
        Ok(Some(RosterEntry {
            vehicle,
            number: label(&self.number.unwrap_or(id)),
            driver: label(&self.driver),
            team: label(&self.team),
            manufacturer: label(&self.manufacturer),
        }))
    }
}

impl SignalsTable {
    fn columns(self, track_length_m: Option<f64>) -> Result<Vec<Column>> {
        let tables = [
            (Signal::Throttle, self.throttle),
            (Signal::Brake, self.brake),
            (Signal::Rpm, self.rpm),
            (Signal::Speed, self.speed),
            (Signal::Gear, self.gear),
            (Signal::Lap, self.lap),
            (Signal::LapDistance, self.lap_distance),
        ];
        tables.into_iter().filter_map(|(signal, table)| Some(table?.column(signal, track_length_m))).collect()
    }
}

impl SignalTable {
    fn column(self, signal: Signal, track_length_m: Option<f64>) -> Result<Column> {
        let (known, factor) = match (signal, self.unit.as_str()) {
            (Signal::LapDistance, "m") => {
                let needs =
                    MappingProblem::Needs { key: "lap_distance in m", needs: "session.track_length_m" };
                ("m", Some(1.0 / track_length_m.ok_or(needs)?))
            }
            (Signal::LapDistance, unit) => ("fraction, percent, m", share(unit)),
            (Signal::Throttle | Signal::Brake, unit) => ("fraction, percent", share(unit)),
            (Signal::Speed, unit) => ("m/s, km/h, mph", speed(unit)),
            (Signal::Rpm, unit) => ("rpm", (unit == "rpm").then_some(1.0)),
            (Signal::Gear | Signal::Lap, unit) => ("count", (unit == "count").then_some(1.0)),
        };
        let factor = factor.ok_or_else(|| bad_unit(signal.name(), &self.unit, known))?;
        let scale = self.scale.unwrap_or(1.0);
        if !scale.is_normal() {
            return Err(value("scale", scale, "use a number other than zero"));
        }
        let target = Target::Signal { signal, factor: factor * scale };
        Ok(Column { name: self.column, target, optional: self.optional })
    }
}

impl FuelTable {
    fn truth(&self, density: Option<FuelDensity>, columns: &[Column]) -> Result<FuelTruth> {
        let has_rpm = columns.iter().any(|c| matches!(c.target, Target::Signal { signal: Signal::Rpm, .. }));
        let kind = match (self.kind.as_str(), self.dead_time_ms) {
            ("level", None) => FuelKind::Level,
            ("counter", None) => FuelKind::Counter,
            ("rate", None) => FuelKind::Rate,
            ("injector", Some(dead_time_ms)) if has_rpm => FuelKind::Injector { dead_time_ms },
            ("injector", _) => {
                let needs = "fuel.dead_time_ms and signals.rpm";
                return Err(MappingProblem::Needs { key: "fuel.kind injector", needs });
            }
            (kind, None) => return Err(value("fuel.kind", kind, "use level, counter, rate or injector")),
            (_, Some(dead)) => return Err(value("fuel.dead_time_ms", dead, "only an injector has one")),
        };
        if !(self.noise >= 0.0 && self.noise.is_finite()) {
            return Err(value("fuel.noise", self.noise, "use zero or more"));
        }
        Ok(FuelTruth { kind, kg: self.kg(kind, density)?, noise: self.noise })
    }

    /// Kilograms per unit of the reading; `None` where it is unknown.
    fn kg(&self, kind: FuelKind, density: Option<FuelDensity>) -> Result<Option<f64>> {
        let (known, unit) = match kind {
            FuelKind::Injector { .. } => ("ms", &*self.unit),
            FuelKind::Rate => ("kg/h, l/h, gal/h", self.unit.strip_suffix("/h").unwrap_or_default()),
            FuelKind::Level | FuelKind::Counter => ("kg, l, gal, unknown", &*self.unit),
        };
        let volume = match (kind, unit) {
            (FuelKind::Injector { .. }, "ms") | (FuelKind::Level | FuelKind::Counter, "unknown") => {
                return Ok(None);
            }
            (FuelKind::Level | FuelKind::Counter | FuelKind::Rate, "kg") => return Ok(Some(1.0)),
            (FuelKind::Level | FuelKind::Counter | FuelKind::Rate, "l") => Volume::from_litres(1.0),
            (FuelKind::Level | FuelKind::Counter | FuelKind::Rate, "gal") => Volume::from_us_gallons(1.0),
            _ => return Err(bad_unit("fuel", &self.unit, known)),
        };
        let needs = MappingProblem::Needs { key: "a volume of fuel", needs: "session.fuel_density_kg_l" };
        Ok(Some(density.ok_or(needs)?.mass(volume).kg()))
    }
}

fn share(unit: &str) -> Option<f64> {
    match unit {
        "fraction" => Some(1.0),
        "percent" => Some(0.01),
        _ => None,
    }
}

fn speed(unit: &str) -> Option<f64> {
    match unit {
        "m/s" => Some(1.0),
        "km/h" => Some(1.0 / 3.6),
        "mph" => Some(METRES_PER_MILE / 3600.0),
        _ => None,
    }
}

fn delimiter(delimiter: Option<char>) -> Result<u8> {
    let delimiter = delimiter.unwrap_or(',');
    match u8::try_from(delimiter) {
        Ok(byte) if byte.is_ascii() && !matches!(byte, b'"' | b'\r' | b'\n') => Ok(byte),
        _ => Err(value("delimiter", delimiter.escape_debug(), "use one ASCII character that is no quote")),
    }
}

fn each_once(columns: &[Column]) -> Result<()> {
    let mut seen = BTreeSet::new();
    match columns.iter().find(|column| !seen.insert(&column.name)) {
        None => Ok(()),
        Some(twice) => Err(MappingProblem::ColumnTwice(twice.name.clone())),
    }
}

fn positive(key: &'static str, number: Option<f64>) -> Result<Option<f64>> {
    match number {
        Some(number) if !(number > 0.0 && number.is_finite()) => {
            Err(value(key, number, "use a number above zero"))
        }
        number => Ok(number),
    }
}

fn value(key: &'static str, value: impl ToString, expected: &'static str) -> MappingProblem {
    MappingProblem::Value { key, value: value.to_string(), expected }
}

fn bad_unit(key: &'static str, unit: &str, known: &'static str) -> MappingProblem {
    MappingProblem::Unit { key, unit: unit.into(), known }
}
