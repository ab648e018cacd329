//! Race events from a file of one JSON object a line, in the fixed form of `docs/import.md`.
//!
//! Somebody wrote or exported this file with care, and one wrong flag changes every number after it. So unlike a
//! sample, a bad line is an error that names it.

use crate::error::{ImportError, Problem};
use crate::judge::{TimeUnit, event_time, label, shortened};
use crate::lines::{Line, LineReader, Place};
use events::{
    Air, Answer, EventId, Evidence, Flag, FuelEvidence, Model, Origin, RaceEvent, RaceEventKind, RosterEntry,
    Session, SessionId, StopPhase, VehicleId,
};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::io::BufRead;
use std::ops::RangeInclusive;
use units::{EventTime, FuelDensity, Span, Volume};

#[derive(Deserialize)]
struct WireEvent {
    event_time_ms: f64,
    id: Option<u64>,
    #[serde(flatten)]
    kind: WireKind,
}

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum WireKind {
    Session(WireSession),
    Roster { cars: Vec<WireCar> },
    Flag { flag: WireFlag },
    PitIn { vehicle_id: VehicleId },
    BoxStop { vehicle_id: VehicleId },
    BoxLeave { vehicle_id: VehicleId },
    PitOut { vehicle_id: VehicleId },
    Retired { vehicle_id: VehicleId },
    FuelAdded(WireFuel),
    RunOut { vehicle_id: VehicleId, at_ms: Option<f64> },
    StillRunning { vehicle_id: VehicleId, at_ms: Option<f64> },
    RadioMpg { vehicle_id: VehicleId, mpg: f64, sigma_mpg: Option<f64> },
    FuelUsed(WireUsed),
    Model(Box<Model>),
    Answer(Answer),
}

#[derive(Deserialize)]
struct WireSession {
    session: Option<SessionId>,
    #[serde(default)]
    track: String,
    track_length_m: Option<f64>,
    laps: Option<u32>,
    #[serde(default)]
    stages: Vec<u32>,
    package_hp: Option<f64>,
    reference_rpm: Option<f64>,
    tank_gal: Option<f64>,
    fuel_density_kg_l: Option<f64>,
    air: Option<Air>,
    #[serde(default)]
    origin: Origin,
}

#[derive(Deserialize)]
struct WireCar {
    vehicle_id: VehicleId,
    number: Option<String>,
    #[serde(default)]
    driver: String,
    #[serde(default)]
    team: String,
    #[serde(default)]
    manufacturer: String,
}

/// What evidence may say. The largest tank that refuels in a race holds 32 gallons (120 l, endurance), and no crew takes ten
/// minutes to fill one; an engine of 1 000 hp burns .03 gallons a second flat out, a dragster 1.5.
const STOP_GAL: RangeInclusive<f64> = 0.0..=100.0;
const SD_GAL: RangeInclusive<f64> = 1e-3..=100.0;
const FILL_S: RangeInclusive<f64> = 0.1..=600.0;
const MPG: RangeInclusive<f64> = 0.1..=200.0;
const SD_MPG: RangeInclusive<f64> = 1e-3..=200.0;
const USED_GAL_S_MAX: f64 = 1.5;
/// How far ahead of the race's clock the time of evidence may lie, and how far back.
const AHEAD_MAX: Span = Span::from_secs(60);
const BACK_MAX: Span = Span::from_secs(24 * 3_600);

/// The flags that can be shown; `Flag` also knows that none was shown yet.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum WireFlag {
    Green,
    Yellow,
    Red,
    White,
    Checkered,
}

#[derive(Deserialize)]
struct WireFuel {
    vehicle_id: VehicleId,
    stop_time_ms: Option<f64>,
    gallons: Option<f64>,
    sigma_gal: Option<f64>,
    full: Option<bool>,
    fill_time_s: Option<f64>,
}

#[derive(Deserialize)]
struct WireUsed {
    vehicle_id: VehicleId,
    from_ms: f64,
    to_ms: f64,
    gallons: f64,
    sigma_gal: Option<f64>,
}

/// Reads a file of race events. A session without a name is called after its track, or else `session`. In order of event time; where a line bears the id
/// of an earlier one but an older time, the earlier line is left out, as it would undo its own correction.
///
/// # Errors
/// The file cannot be read, is empty, or a line is not in the fixed form; the error names it.
pub fn read(file: &str, input: impl BufRead, session: SessionId) -> Result<Vec<RaceEvent>, ImportError> {
    let mut lines = LineReader::new(input);
    let mut events = Vec::new();
    loop {
        let byte = lines.byte();
        let Some(line) = lines.next_line().map_err(|error| ImportError::read(file, byte, error))? else {
            break;
        };
        let event = event(&line, session);
        events.push(event.map_err(|what| ImportError::new(file, line.place, Problem::BadLine(what)))?);
    }
    if events.is_empty() {
        return Err(ImportError::new(file, Place::File, Problem::Empty));
    }
    Ok(in_order(events))
}

/// The race event that evidence is, if it can be: what an operator types and what a file holds pass here alike. `now` is when
/// it becomes known: what it speaks of has happened, within the race.
///
/// # Errors
/// It says nothing, or a number or a time cannot be; the text names it as `docs/import.md` does.
pub fn validate(evidence: Evidence, now: EventTime) -> Result<RaceEventKind, String> {
    let happened = |at| happened(at, now);
    let gallons_sd = |sd| within("sigma_gal", sd, SD_GAL);
    Ok(match evidence {
        Evidence::StopFuel { vehicle, stop_time, gallons, gallons_sd: sd, full, fill_time_s } => {
            if gallons.is_none() && full.is_none() && fill_time_s.is_none() {
                return Err("fuel_added tells nothing: give gallons, full or fill_time_s".into());
            }
            RaceEventKind::Fuel(FuelEvidence {
                vehicle,
                stop_time: stop_time.map(happened).transpose()?,
                added: within("gallons", gallons, STOP_GAL)?.map(Volume::from_us_gallons),
                added_sd: gallons_sd(sd)?.map(Volume::from_us_gallons),
                full,
                fill_time_s: within("fill_time_s", fill_time_s, FILL_S)?,
            })
        }
        Evidence::RunOut { vehicle, at } => {
            RaceEventKind::RunOut { vehicle, at: at.map(happened).transpose()? }
        }
        Evidence::StillRunning { vehicle, at } => {
            RaceEventKind::StillRunning { vehicle, at: at.map(happened).transpose()? }
        }
        Evidence::RadioMpg { vehicle, mpg, mpg_sd } => {
            within("mpg", Some(mpg), MPG)?;
            RaceEventKind::RadioMpg { vehicle, mpg, mpg_sd: within("sigma_mpg", mpg_sd, SD_MPG)? }
        }
        Evidence::FuelUsed { vehicle, from, to, gallons, gallons_sd: sd } => {
            positive("gallons", Some(gallons))?;
            if to <= from {
                return Err("fuel_used needs a to_ms behind its from_ms".into());
            }
            let used_most = USED_GAL_S_MAX * (to - from).secs();
            if gallons > used_most {
                return Err(format!(
                    "gallons is {gallons}, in that time no engine burns more than {used_most}"
                ));
            }
            RaceEventKind::FuelUsed {
                vehicle,
                from: happened(from)?,
                to: happened(to)?,
                burned: Volume::from_us_gallons(gallons),
                burned_sd: gallons_sd(sd)?.map(Volume::from_us_gallons),
            }
        }
    })
}

fn in_order(mut events: Vec<RaceEvent>) -> Vec<RaceEvent> {
    let mut oldest: BTreeMap<EventId, EventTime> = BTreeMap::new();
    events.reverse();
    events.retain(|event| {
        let oldest = oldest.entry(event.id).or_insert(event.event_time);
        let corrected = *oldest < event.event_time;
        *oldest = event.event_time.min(*oldest);
        !corrected
    });
    events.reverse();
    events.sort_by_key(|event| event.event_time);
    events
}

fn event(line: &Line<'_>, session: SessionId) -> Result<RaceEvent, String> {
    let text = line.text().map_err(|rejected| rejected.detail)?;
    let wire: WireEvent = parsed(text)?;
    let number = match line.place {
        Place::Line { line, .. } => line,
        Place::File | Place::Byte(_) => 0,
    };
    Ok(RaceEvent {
        event_time: time(wire.event_time_ms)?,
        id: EventId(wire.id.unwrap_or(number)),
        kind: kind(wire.kind, session, time(wire.event_time_ms)?)?,
    })
}

fn parsed<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, String> {
    serde_json::from_str(text).map_err(|error| {
        let message = error.to_string();
        let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(message, _)| message);
        format!("{}: see docs/import.md for the form of race events", shortened(message))
    })
}

fn kind(wire: WireKind, session: SessionId, now: EventTime) -> Result<RaceEventKind, String> {
    let stop = |vehicle, phase| RaceEventKind::Stop { vehicle, phase };
    Ok(match wire {
        WireKind::Session(wire) => RaceEventKind::Session(wire.session(session)?),
        WireKind::Roster { cars } => {
            RaceEventKind::Roster { cars: cars.into_iter().map(WireCar::entry).collect() }
        }
        WireKind::Flag { flag } => RaceEventKind::Flag { flag: flag.flag() },
        WireKind::PitIn { vehicle_id } => stop(vehicle_id, StopPhase::PitIn),
        WireKind::BoxStop { vehicle_id } => stop(vehicle_id, StopPhase::BoxStop),
        WireKind::BoxLeave { vehicle_id } => stop(vehicle_id, StopPhase::BoxLeave),
        WireKind::PitOut { vehicle_id } => stop(vehicle_id, StopPhase::PitOut),
        WireKind::Retired { vehicle_id } => RaceEventKind::Retired { vehicle: vehicle_id },
        WireKind::FuelAdded(wire) => validate(wire.evidence()?, now)?,
        WireKind::RunOut { vehicle_id: vehicle, at_ms } => {
            validate(Evidence::RunOut { vehicle, at: at_ms.map(time).transpose()? }, now)?
        }
        WireKind::StillRunning { vehicle_id: vehicle, at_ms } => {
            validate(Evidence::StillRunning { vehicle, at: at_ms.map(time).transpose()? }, now)?
        }
        WireKind::RadioMpg { vehicle_id: vehicle, mpg, sigma_mpg: mpg_sd } => {
            validate(Evidence::RadioMpg { vehicle, mpg, mpg_sd }, now)?
        }
        WireKind::FuelUsed(wire) => validate(wire.evidence()?, now)?,
        WireKind::Model(model) => RaceEventKind::Model(model),
        WireKind::Answer(answer) => RaceEventKind::Answer(answer),
    })
}

impl WireSession {
    fn session(self, name: SessionId) -> Result<Session, String> {
        if !self.stages.is_sorted_by(|a, b| a < b) {
            return Err("stages must rise: write the laps at which they end".into());
        }
        let air = self.air.map(|air| {
            positive("air.pressure_pa", Some(air.pressure_pa))?;
            positive("air.temperature_k", Some(air.temperature_k))?;
            let dry = (0.0..air.pressure_pa).contains(&air.vapour_pressure_pa);
            if dry {
                Ok(air)
            } else {
                Err("air.vapour_pressure_pa must lie between 0 and the pressure".to_string())
            }
        });
        let track = label(&self.track);
        let density = positive("fuel_density_kg_l", self.fuel_density_kg_l)?;
        Ok(Session {
            session: self.session.or_else(|| SessionId::new(&track).ok()).unwrap_or(name),
            track,
            track_length_m: positive("track_length_m", self.track_length_m)?,
            laps: self.laps,
            stages: self.stages,
            package_hp: positive("package_hp", self.package_hp)?,
            reference_rpm: positive("reference_rpm", self.reference_rpm)?,
            tank: positive("tank_gal", self.tank_gal)?.map(Volume::from_us_gallons),
            fuel_density: density.and_then(FuelDensity::from_kg_per_litre),
            air: air.transpose()?,
            origin: self.origin,
        })
    }
}

impl WireCar {
    fn entry(self) -> RosterEntry {
        RosterEntry {
            vehicle: self.vehicle_id,
            number: label(self.number.as_deref().unwrap_or(self.vehicle_id.as_str())),
            driver: label(&self.driver),
            team: label(&self.team),
            manufacturer: label(&self.manufacturer),
        }
    }
}

impl WireFlag {
    const fn flag(self) -> Flag {
        match self {
            WireFlag::Green => Flag::Green,
            WireFlag::Yellow => Flag::Yellow,
            WireFlag::Red => Flag::Red,
            WireFlag::White => Flag::White,
            WireFlag::Checkered => Flag::Checkered,
        }
    }
}

impl WireFuel {
    fn evidence(self) -> Result<Evidence, String> {
        Ok(Evidence::StopFuel {
            vehicle: self.vehicle_id,
            stop_time: self.stop_time_ms.map(time).transpose()?,
            gallons: self.gallons,
            gallons_sd: self.sigma_gal,
            full: self.full,
            fill_time_s: self.fill_time_s,
        })
    }
}

impl WireUsed {
    fn evidence(self) -> Result<Evidence, String> {
        Ok(Evidence::FuelUsed {
            vehicle: self.vehicle_id,
            from: time(self.from_ms)?,
            to: time(self.to_ms)?,
            gallons: self.gallons,
            gallons_sd: self.sigma_gal,
        })
    }
}

fn time(ms: f64) -> Result<EventTime, String> {
    event_time(ms, TimeUnit::Ms).map_err(|rejected| rejected.detail)
}

/// A time that no file's unit has been held against: an operator's is in microseconds already.
fn believable_time(at: EventTime) -> Result<EventTime, String> {
    event_time(at.us() as f64, TimeUnit::Us).map(|_| at).map_err(|rejected| rejected.detail)
}

/// A time of the race that is on: not ahead of its clock, but for what clocks differ, and not of another day.
fn happened(at: EventTime, now: EventTime) -> Result<EventTime, String> {
    let at = believable_time(at)?;
    if at > now + AHEAD_MAX {
        return Err(format!("{at} has not come yet: it is {now}"));
    }
    if now - at > BACK_MAX {
        return Err(format!("{at} is of another day: it is {now}"));
    }
    Ok(at)
}

fn within(key: &str, number: Option<f64>, range: RangeInclusive<f64>) -> Result<Option<f64>, String> {
    match number {
        Some(number) if !range.contains(&number) => {
            let (number, least, most) = (readable(number), range.start(), range.end());
            Err(format!("{key} is {number}, it must lie between {least} and {most}"))
        }
        number => Ok(number),
    }
}

/// A number without its three hundred zeros.
fn readable(number: f64) -> String {
    let has_zeros = number.is_normal() && !(1e-6..1e9).contains(&number.abs());
    if has_zeros { format!("{number:e}") } else { number.to_string() }
}

fn positive(key: &str, number: Option<f64>) -> Result<Option<f64>, String> {
    match number {
        Some(number) if !(number > 0.0 && number.is_finite()) => {
            Err(format!("{key} is {number}, it must be above zero"))
        }
        number => Ok(number),
    }
}
