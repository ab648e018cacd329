//! `burnbar study accuracy`: the figures over many simulated races. Nothing is left out, flattering or not.
//!
//! Priors only: no fuel of any stop becomes known, and no model is learned. Every kind of track with the sensors that a
//! feed has, then on one track each fault of the telemetry alone.

use crate::align::AlignedRace;
use crate::error::StudyError;
use crate::figures::{Accuracy, Compared, Figures};
use crate::simulated::{self, RaceSize};
use crate::stream::StreamSettings;
use serde::Serialize;
use sim::{EvidenceMode, FAULTS, Faults, RaceConfig, TrackKind};
use std::collections::BTreeMap;
use units::Span;

/// The races of the published figures.
pub const SEEDS: [u64; 3] = [1, 2, 3];
/// Burn is read off at window ends; a stint is ten thousand times as long.
const WINDOW: Span = Span::from_us(500_000);
/// Where each fault is tried alone.
pub const FAULT_TRACK: TrackKind = TrackKind::Oval15;

/// What the study comes to.
#[derive(Debug, Serialize)]
pub struct AccuracyStudy {
    /// The seeds of the races.
    pub seeds: Vec<u64>,
    /// Cars of a race.
    pub cars: u32,
    /// How long a race takes.
    pub minutes: f64,
    /// Samples a second and car.
    pub hz: u32,
    /// Over the kinds of track.
    #[serde(flatten)]
    pub tracks: Figures,
    /// On one track, by what is wrong with the telemetry.
    pub by_fault: BTreeMap<String, Compared<Accuracy>>,
}

/// What has become known of the study.
pub enum AccuracyStep<'a> {
    /// The figures of a kind of track, by its name.
    Track(&'a str, &'a Compared<Accuracy>),
    /// The figures over all kinds of track.
    Tracks(&'a Figures),
    /// The figures with a fault, by its name.
    Fault(&'a str, &'a Compared<Accuracy>),
}

impl AccuracyStudy {
    /// Runs races of a size, five kinds of track and then each fault, and reports each step.
    ///
    /// # Errors
    /// A race cannot be run, or `report` fails.
    pub fn run<E: From<StudyError>>(
        size: &RaceSize,
        stream: &StreamSettings,
        mut report: impl FnMut(AccuracyStep) -> Result<(), E>,
    ) -> Result<AccuracyStudy, E> {
        let stream = stream.with_window(WINDOW);
        let mut races = Vec::new();
        for track in TrackKind::ALL {
            let mut there = raced(size, track, Faults::default(), &stream)?;
            report(AccuracyStep::Track(track.name(), &compared(&there)))?;
            races.append(&mut there);
        }
        let tracks = Figures::of(&races);
        report(AccuracyStep::Tracks(&tracks))?;
        let mut by_fault = BTreeMap::new();
        for (name, faults) in faults()? {
            let compared = compared(&raced(size, FAULT_TRACK, faults, &stream)?);
            report(AccuracyStep::Fault(&name, &compared))?;
            by_fault.insert(name, compared);
        }
        let RaceSize { seeds, cars, minutes, hz } = size.clone();
        Ok(AccuracyStudy { seeds, cars, minutes, hz, tracks, by_fault })
    }
}

fn compared(races: &[AlignedRace]) -> Compared<Accuracy> {
    Compared::of(&races.iter().collect::<Vec<_>>())
}

/// None, all together, and each alone.
fn faults() -> Result<Vec<(String, Faults)>, StudyError> {
    let mut faults = vec![("none".to_owned(), Faults::none()), ("all".to_owned(), Faults::all())];
    for fault in FAULTS {
        faults.push((fault.name.to_owned(), fault.name.parse()?));
    }
    Ok(faults)
}

/// One race for each seed.
fn raced(
    size: &RaceSize,
    track: TrackKind,
    faults: Faults,
    stream: &StreamSettings,
) -> Result<Vec<AlignedRace>, StudyError> {
    let race = |&seed: &u64| {
        let config = size.race(track, seed, track.name())?;
        simulated::estimated(RaceConfig { evidence: EvidenceMode::None, faults, ..config }, stream)
    };
    size.seeds.iter().map(race).collect()
}
