//! `burnbar bench accuracy`: the figures over many simulated races. Nothing is left out, flattering or not.
//!
//! Priors only: no fuel is ever told, and no model is learned. Every kind of track with the sensors that a feed has, then on
//! one track each fault of the telemetry alone.

use super::align::Race;
use super::estimates::Estimates;
use super::figures::{ACCURACY_BRIEF, Accuracy, Compared, Figures, cells};
use crate::args::{FlowArgs, Format};
use crate::commands::replay;
use crate::failure::Failure;
use crate::raced::Raced;
use crate::say::say;
use dataflow::OpenLog;
use events::SessionId;
use events::truth::Truth;
use serde::Serialize;
use sim::{Emission, EvidenceMode, FAULTS, Faults, RaceConfig, TrackKind};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use units::EventTime;

/// The races, all alike: several stints of each car.
const SEEDS: [u64; 3] = [1, 2, 3];
const CARS: u32 = 38;
const MINUTES: f64 = 150.0;
const HZ: u32 = 10;
const START: EventTime = EventTime::from_ms(1_780_858_800_000);
/// Burn is read off at window ends; a stint is ten thousand times as long.
const WINDOW: Duration = Duration::from_millis(500);
/// Where each fault is tried alone.
const FAULT_TRACK: TrackKind = TrackKind::Oval15;

/// Width of the first column.
const NAMES: usize = 26;

/// What it comes to.
#[derive(Serialize)]
struct Sweep {
    seeds: [u64; 3],
    cars: u32,
    minutes: f64,
    hz: u32,
    /// Over the kinds of track.
    #[serde(flatten)]
    tracks: Figures,
    /// On one track, by what is wrong with the telemetry.
    by_fault: BTreeMap<String, Compared<Accuracy>>,
}

/// Runs the sweep. A table's rows are told as they become known.
pub fn run(flow: &FlowArgs, format: Format) -> Result<(), Failure> {
    let flow = FlowArgs { window: WINDOW, ..flow.clone() };
    match format {
        Format::Text => print(&flow),
        Format::Json => {
            let sweep = Sweep::of(&flow, |_| Ok(()))?;
            say(serde_json::to_string(&sweep).map_err(Failure::run)?)
        }
    }
}

/// A step of the sweep.
enum Step<'a> {
    Track(&'a str, &'a Compared<Accuracy>),
    Tracks(&'a Figures),
    Fault(&'a str, &'a Compared<Accuracy>),
}

impl Sweep {
    fn of(flow: &FlowArgs, mut tell: impl FnMut(Step) -> Result<(), Failure>) -> Result<Sweep, Failure> {
        let mut races = Vec::new();
        for track in TrackKind::ALL {
            let mut there = raced(track, Faults::default(), flow)?;
            tell(Step::Track(track.name(), &compared(&there)))?;
            races.append(&mut there);
        }
        let tracks = Figures::of(&races);
        tell(Step::Tracks(&tracks))?;
        let mut by_fault = BTreeMap::new();
        for (name, faults) in faults()? {
            let compared = compared(&raced(FAULT_TRACK, faults, flow)?);
            tell(Step::Fault(&name, &compared))?;
            by_fault.insert(name, compared);
        }
        Ok(Sweep { seeds: SEEDS, cars: CARS, minutes: MINUTES, hz: HZ, tracks, by_fault })
    }
}

fn compared(races: &[Race]) -> Compared<Accuracy> {
    Compared::of(&races.iter().collect::<Vec<_>>())
}

fn print(flow: &FlowArgs) -> Result<(), Failure> {
    say(format_args!(
        "races of {MINUTES} minutes, {CARS} cars at {HZ} Hz, seeds {SEEDS:?}; priors only, no fuel told; \
         of each the estimate, then the naive baseline"
    ))?;
    head("usual faults, by track")?;
    let sweep = Sweep::of(flow, |step| match step {
        Step::Track(track, compared) => both(track, &compared.stream, &compared.naive),
        Step::Tracks(figures) => {
            both("all tracks", &figures.overall, &figures.naive)?;
            say("")?;
            head(&format!("{}, by fault", FAULT_TRACK.name()))
        }
        Step::Fault(fault, compared) => both(fault, &compared.stream, &compared.naive),
    })?;
    say("")?;
    say("usual faults, all tracks")?;
    sweep.tracks.print()
}

fn head(what: &str) -> Result<(), Failure> {
    let names = ACCURACY_BRIEF.iter().map(|(name, _)| format!("{name:>11}"));
    say(format_args!("{what:<NAMES$}{}", names.collect::<String>()))
}

fn both(what: &str, stream: &Accuracy, naive: &Accuracy) -> Result<(), Failure> {
    let row = |accuracy| cells(ACCURACY_BRIEF.iter().map(|(_, figure)| figure(accuracy)));
    say(format_args!("{what:<NAMES$}{}", row(stream)))?;
    say(format_args!("{:<NAMES$}{}", "  naive", row(naive)))
}

/// None, each alone, and all together.
fn faults() -> Result<Vec<(String, Faults)>, Failure> {
    let mut faults = vec![("none".to_owned(), Faults::none()), ("all".to_owned(), Faults::all())];
    for fault in FAULTS {
        faults.push((fault.name.to_owned(), fault.name.parse().map_err(Failure::run)?));
    }
    Ok(faults)
}

/// One race for each seed.
fn raced(track: TrackKind, faults: Faults, flow: &FlowArgs) -> Result<Vec<Race>, Failure> {
    SEEDS.into_iter().map(|seed| race(config(track, faults, seed)?, flow)).collect()
}

fn config(track: TrackKind, faults: Faults, seed: u64) -> Result<RaceConfig, Failure> {
    Ok(RaceConfig {
        seed,
        track,
        cars: CARS,
        minutes: MINUTES,
        hz: HZ,
        evidence: EvidenceMode::None,
        faults,
        start: START,
        session: SessionId::new(track.name()).map_err(Failure::run)?,
    })
}

/// Runs a race through the stream; its truth goes past it.
fn race(config: RaceConfig, flow: &FlowArgs) -> Result<Race, Failure> {
    let track = config.track.name();
    let (log, truth) = beside_truth(config);
    let estimates = Estimates::of(|sink| replay::job(flow, Path::new(track), log, sink))?;
    let truth = truth.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(Race::of(&estimates, &truth))
}

/// The log of a race as it is run, and its truth, which is whole when the log has ended.
pub(super) fn beside_truth(config: RaceConfig) -> (OpenLog, Arc<Mutex<Vec<Truth>>>) {
    let truth: Arc<Mutex<Vec<Truth>>> = Arc::default();
    let beside = truth.clone();
    let log = move || {
        let (kept, race) = (beside.clone(), sim::Race::new(config.clone())?);
        kept.lock().unwrap_or_else(PoisonError::into_inner).clear();
        let keep = move |emission| {
            if let Emission::Truth(line) = emission {
                kept.lock().unwrap_or_else(PoisonError::into_inner).push(line);
            }
        };
        Ok(Box::new(Raced::new(race, keep)) as Box<dyn dataflow::Log>)
    };
    (Box::new(log), truth)
}
