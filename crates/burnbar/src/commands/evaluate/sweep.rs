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

/// Runs the sweep.
pub fn run(flow: &FlowArgs, format: Format) -> Result<(), Failure> {
    let flow = FlowArgs { window: WINDOW, ..flow.clone() };
    let mut races = Vec::new();
    for track in TrackKind::ALL {
        races.append(&mut raced(track, Faults::default(), &flow)?);
    }
    let mut by_fault = BTreeMap::new();
    for (name, faults) in faults()? {
        let races = raced(FAULT_TRACK, faults, &flow)?;
        by_fault.insert(name, Compared::of(&races.iter().collect::<Vec<_>>()));
    }
    let tracks = Figures::of(&races);
    let sweep = Sweep { seeds: SEEDS, cars: CARS, minutes: MINUTES, hz: HZ, tracks, by_fault };
    match format {
        Format::Json => say(serde_json::to_string(&sweep).map_err(Failure::run)?),
        Format::Text => sweep.print(),
    }
}

impl Sweep {
    fn print(&self) -> Result<(), Failure> {
        say(format_args!(
            "races of {MINUTES} minutes, {CARS} cars at {HZ} Hz, seeds {SEEDS:?}; priors only, no fuel told; \
             of each the estimate, then the naive baseline"
        ))?;
        head("usual faults, by track")?;
        for (track, compared) in &self.tracks.by_track {
            both(track, &compared.stream, &compared.naive)?;
        }
        both("all tracks", &self.tracks.overall, &self.tracks.naive)?;
        say("")?;
        head(&format!("{}, by fault", FAULT_TRACK.name()))?;
        for (fault, compared) in &self.by_fault {
            both(fault, &compared.stream, &compared.naive)?;
        }
        say("")?;
        self.tracks.print()
    }
}

fn head(what: &str) -> Result<(), Failure> {
    let names = ACCURACY_BRIEF.iter().map(|(name, _)| format!("{name:>10}"));
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
    let truth: Arc<Mutex<Vec<Truth>>> = Arc::default();
    let (track, kept) = (config.track.name(), truth.clone());
    let log = move || {
        let (kept, race) = (kept.clone(), sim::Race::new(config.clone())?);
        kept.lock().unwrap_or_else(PoisonError::into_inner).clear();
        let beside = move |emission| {
            if let Emission::Truth(line) = emission {
                kept.lock().unwrap_or_else(PoisonError::into_inner).push(line);
            }
        };
        Ok(Box::new(Raced::new(race, beside)) as Box<dyn dataflow::Log>)
    };
    let estimates = Estimates::of(|sink| replay::job(flow, Path::new(track), Box::new(log), sink))?;
    let truth = truth.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(Race::of(&estimates, &truth))
}
