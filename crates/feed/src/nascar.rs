//! The public feeds of a NASCAR race: lap times, and what is beside them of stops, flags, track and calendar.
//!
//! They hold no telemetry. What comes out is a [`RealRace`], from which a drive that fits can be reconstructed. Files are
//! recognised by their shape; what is read, and what is real in it, is in `docs/import.md`.

mod clock;
mod facts;
mod files;
mod flags;
mod laps;
mod stops;
mod summary;

pub use files::File;
pub use stops::Tally;

use crate::error::{ImportError, Problem};
use crate::lines::Place;
use events::{Flag, RosterEntry, Session, SessionId};
use facts::Facts;
use files::{Files, LapFlag, PitRecord};
use laps::Timed;
use stops::Usual;
use units::{EventTime, Span};

/// Who crosses the line up to this long before the chequered flag has seen it: clocks differ.
const FINISH: Span = Span::from_us(500_000);

/// No race is longer, s.
const RACE_MAX_S: f64 = 1e6;

/// A race as it was timed. Times count from its green flag.
#[derive(Clone, Debug, PartialEq)]
pub struct RealRace {
    /// The session, reconstructed.
    pub session: Session,
    /// When it went green.
    pub start: EventTime,
    /// Length of a lap, metres.
    pub lap_m: f64,
    /// Speed of the pace car, m/s.
    pub pace_mps: f64,
    /// Changes of flag, rising.
    pub flags: Vec<(Span, Flag)>,
    /// Every car, in the order of the file of laps.
    pub cars: Vec<RealCar>,
    /// What became of the pit records.
    pub tally: Tally,
    /// What is missing or was not used, in words.
    pub notes: Vec<String>,
}

impl RealRace {
    /// From the green flag to the last timed line, minutes.
    pub fn minutes(&self) -> f64 {
        let ends = self
            .cars
            .iter()
            .map(|car| car.first_line.us() + car.laps.iter().map(|lap| lap.us()).sum::<i64>());
        ends.max().unwrap_or(0) as f64 / 60e6
    }
}

/// One car of it.
#[derive(Clone, Debug, PartialEq)]
pub struct RealCar {
    /// Who it is.
    pub entry: RosterEntry,
    /// When it crossed the line at the start: an estimate.
    pub first_line: Span,
    /// Times of its laps, from lap 1.
    pub laps: Vec<Span>,
    /// In order; none reaches into the next or contradicts the laps.
    pub stops: Vec<RealStop>,
    /// Whether it took the chequered flag.
    pub finished: bool,
}

/// One visit to the pit road.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RealStop {
    /// Crossed the entry line.
    pub pit_in: Span,
    /// Stood in the box, from and to; `None` for a drive-through.
    pub stood: Option<(Span, Span)>,
    /// Crossed the exit line; `None`: it never came out.
    pub pit_out: Option<Span>,
}

/// Reads the files of one race, in any order. `name` is the session's where no file names the race.
///
/// # Errors
/// A file is damaged, of no known kind, of another race, or of a kind that another is of already; or there are no lap
/// times.
pub fn read(files: &[File<'_>], name: SessionId) -> Result<RealRace, ImportError> {
    let mut all = Files::default();
    files.iter().try_for_each(|file| all.take(*file))?;
    let Some(lap_file) = &all.lap_times else {
        let names: Vec<&str> = files.iter().map(|file| file.name).collect();
        let why = "no file holds lap times: give the lap-times of the race as well".to_string();
        return Err(ImportError::new(&names.join(", "), Place::File, Problem::BadLine(why)));
    };
    let mut notes = Vec::new();
    let cars = laps::cars(lap_file, &mut notes)?;
    let facts = Facts::find(&all, &cars, &mut notes)?;
    let leader = laps::leader(&cars);
    let of_laps = &lap_file.content.flags;
    let flags = match &all.flags {
        Some(file) => flags::timed(file, of_laps, &leader)?,
        None => {
            notes.push("no file of flags: a caution begins half-way through the leader's lap".into());
            flags::of_laps(of_laps, &leader)
        }
    };
    let lap_m = facts.lap_m(&lap_file.file, &mut notes)?;
    let (cars, tally) = with_stops(cars, &all, &facts, finish(&flags, &leader), &mut notes)?;
    Ok(RealRace {
        session: facts.session(lap_m, name),
        start: facts.start(&mut notes),
        lap_m,
        pace_mps: facts.pace_mps(lap_m, caution_laps(of_laps, &leader)),
        flags,
        cars,
        tally,
        notes,
    })
}

/// A race time in seconds, if it can be one: 0 is what the feeds write for never.
fn race_time(s: f64) -> Option<Span> {
    (s > 0.0 && s < RACE_MAX_S).then(|| Span::from_secs_f64(s))
}

fn with_stops(
    cars: Vec<Timed>,
    files: &Files,
    facts: &Facts<'_>,
    finish: Span,
    notes: &mut Vec<String>,
) -> Result<(Vec<RealCar>, Tally), ImportError> {
    let mut tally = Tally::default();
    let records: &[PitRecord] = files.pit_stops.as_ref().map_or(&[], |file| &file.content);
    let of = |record: &PitRecord, car: &Timed| record.vehicle_number.trim() == car.entry.vehicle.as_str();
    tally.of_strangers = records.iter().filter(|record| !cars.iter().any(|car| of(record, car))).count();
    let usual = Usual::of(records);
    let real = |car: Timed| {
        let lines = car.lines();
        let finished = lines.last().is_some_and(|last| last.us() + FINISH.us() >= finish.us());
        let own = records.iter().filter(|record| of(record, &car)).collect();
        let stops = stops::of_car(own, &lines, finished, usual, &mut tally);
        let team = facts.team(&car.entry.number).unwrap_or_default();
        let entry = RosterEntry { team, ..car.entry };
        RealCar { entry, first_line: car.first_line, laps: car.laps, stops, finished }
    };
    let cars: Vec<RealCar> = cars.into_iter().map(real).collect();
    tally.records = records.len();
    match &files.pit_stops {
        None => notes.push("no pit data: the cars never stop".into()),
        Some(file) if 2 * (tally.of_strangers + tally.contradictory) > tally.records => {
            let why = format!(
                "of its {} records {} are of cars that nobody timed and {} contradict the laps: give the pit data of \
                 the same race",
                tally.records, tally.of_strangers, tally.contradictory
            );
            return Err(ImportError::new(&file.file, Place::File, Problem::BadLine(why)));
        }
        Some(_) => {}
    }
    Ok((cars, tally))
}

/// When the race was over: at the chequered flag, or else at the leader's last line.
fn finish(flags: &[(Span, Flag)], leader: &[Span]) -> Span {
    let shown = flags.iter().find(|(_, flag)| *flag == Flag::Checkered).map(|&(at, _)| at);
    let last = leader.last().copied().unwrap_or(Span::ZERO);
    shown.map_or(last, |at| at.min(last))
}

/// The leader's laps between two that ended under yellow.
fn caution_laps(of_laps: &[LapFlag], leader: &[Span]) -> Vec<Span> {
    let yellow = |lap: u32| of_laps.iter().any(|flag| flag.laps_completed == lap && flag.flag_state == 2);
    let whole = (1..leader.len()).filter(|&lap| yellow(lap as u32) && yellow(lap as u32 - 1));
    whole.map(|lap| Span::from_us(leader[lap].us() - leader[lap - 1].us())).collect()
}
