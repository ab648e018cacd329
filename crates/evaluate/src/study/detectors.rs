//! `burnbar study detectors`: what the stream finds that cars do, beside what the simulator knows they did.
//!
//! Every kind of track, with the sensors that a feed has. Definitions: docs/accuracy.md.

mod scores;

pub use scores::{DetectorFigures, DetectorRates, DetectorScores};

use crate::error::StudyError;
use crate::simulated::{RaceSize, log_and_truth};
use crate::stream::StreamSettings;
use dataflow::{ClosedWindow, collect};
use events::{CarInsight, Mode, SessionId, Sign, VehicleId};
use serde::Serialize;
use sim::TrackKind;
use std::collections::BTreeMap;

/// A car at the end of a window, as the stream finds it.
pub struct DetectedCar {
    at_us: i64,
    mode: Mode,
    score: Option<f64>,
    signs: Vec<Sign>,
    /// Whether the field raced.
    racing: bool,
}

/// What was found of the cars of one race, in order of time.
#[derive(Default)]
pub struct Detected(BTreeMap<VehicleId, Vec<DetectedCar>>);

impl Detected {
    fn keep(&mut self, closed: &ClosedWindow) {
        let racing = closed.board.flag.is_racing();
        for insight in &closed.board.cars {
            self.0.entry(insight.vehicle_id).or_default().push(DetectedCar::of(insight, racing));
        }
    }
}

impl DetectedCar {
    fn of(insight: &CarInsight, racing: bool) -> DetectedCar {
        DetectedCar {
            at_us: insight.window_end_us.us(),
            mode: insight.driving.mode,
            score: insight.driving.save_score,
            signs: insight.driving.signs.iter().map(|active| active.sign).collect(),
            racing,
        }
    }
}

/// What the study comes to.
#[derive(Serialize)]
pub struct DetectorStudy {
    /// The seeds of the races.
    pub seeds: Vec<u64>,
    /// Cars of a race.
    pub cars: u32,
    /// How long a race takes.
    pub minutes: f64,
    /// Samples a second and car.
    pub hz: u32,
    /// By the name of the track.
    pub by_track: BTreeMap<&'static str, DetectorFigures>,
    /// Over all of them.
    pub all: DetectorFigures,
}

impl DetectorStudy {
    /// Runs races of a size on every kind of track, and reports the figures of each track by its name.
    ///
    /// # Errors
    /// A race cannot be run, or `report` fails.
    pub fn run<E: From<StudyError>>(
        size: &RaceSize,
        stream: &StreamSettings,
        mut report: impl FnMut(&str, &DetectorFigures) -> Result<(), E>,
    ) -> Result<DetectorStudy, E> {
        let (mut all, mut by_track) = (DetectorScores::default(), BTreeMap::new());
        for track in TrackKind::ALL {
            let mut there = DetectorScores::default();
            for &seed in &size.seeds {
                add_race(&mut there, size, track, seed, stream)?;
            }
            let figures = there.figures();
            report(track.name(), &figures)?;
            by_track.insert(track.name(), figures);
            all.join(there);
        }
        let RaceSize { seeds, cars, minutes, hz } = size.clone();
        Ok(DetectorStudy { seeds, cars, minutes, hz, by_track, all: all.figures() })
    }
}

fn add_race(
    scores: &mut DetectorScores,
    size: &RaceSize,
    track: TrackKind,
    seed: u64,
    stream: &StreamSettings,
) -> Result<(), StudyError> {
    let (log, truth) = log_and_truth(size.race(track, seed, track.name())?);
    let job = stream.job(log, SessionId::new(track.name())?);
    scores.add(&collect(job, Detected::default, Detected::keep)?, &truth.take());
    Ok(())
}
