//! Simulated races as logs that are written nowhere, their truth beside them.

use crate::align::AlignedRace;
use crate::error::StudyError;
use crate::estimates::Estimates;
use crate::stream::StreamSettings;
use events::SessionId;
use journal::{Log, OnePassLog, OpenLog};
use sim::{Emission, EvidenceMode, Faults, RaceConfig, TrackKind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use truth::Truth;
use units::EventTime;

/// Every race of a study starts here: 2026-06-07 19:00:00 UTC, so that a seed names a race.
const START: EventTime = EventTime::from_ms(1_780_858_800_000);

/// The size of a study's races, all alike.
#[derive(Clone, Debug, PartialEq)]
pub struct RaceSize {
    /// Each gives one race.
    pub seeds: Vec<u64>,
    /// Cars of a race.
    pub cars: u32,
    /// About how long it takes.
    pub minutes: f64,
    /// Samples a second and car.
    pub hz: u32,
}

impl RaceSize {
    /// 38 cars at 10 Hz for 150 minutes: several stints of each.
    pub fn usual(seeds: &[u64]) -> RaceSize {
        RaceSize { seeds: seeds.to_vec(), cars: 38, minutes: 150.0, hz: 10 }
    }

    /// A race of this size: the faults that a feed has, and the gallons of each stop known.
    ///
    /// # Errors
    /// The session's name is no id.
    pub fn race(&self, track: TrackKind, seed: u64, session: &str) -> Result<RaceConfig, StudyError> {
        Ok(RaceConfig {
            seed,
            track,
            cars: self.cars,
            minutes: self.minutes,
            hz: self.hz,
            evidence: EvidenceMode::Gallons,
            faults: Faults::default(),
            start: START,
            session: SessionId::new(session)?,
        })
    }
}

/// The truth of a race, whole when its log has ended.
#[derive(Clone, Default)]
pub struct TruthBeside(Arc<Mutex<Vec<Truth>>>);

/// The log of a race, and its truth beside it.
pub fn log_and_truth(config: RaceConfig) -> (OpenLog, TruthBeside) {
    let truth = TruthBeside::default();
    let beside = truth.clone();
    let log = move || {
        let (kept, race) = (beside.clone(), sim::Race::new(config.clone())?);
        kept.take();
        let entries = race.filter_map(move |emission| match emission {
            Emission::Log(entry) => Some(entry),
            Emission::Truth(line) => {
                kept.lines().push(line);
                None
            }
        });
        Ok(Box::new(OnePassLog::new(entries)) as Box<dyn Log>)
    };
    (Box::new(log), truth)
}

impl TruthBeside {
    /// Takes the lines of it so far.
    pub fn take(&self) -> Vec<Truth> {
        std::mem::take(&mut self.lines())
    }

    fn lines(&self) -> MutexGuard<'_, Vec<Truth>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Runs a race through the stream, its truth past it, and lays one beside the other.
pub(crate) fn estimated(config: RaceConfig, stream: &StreamSettings) -> Result<AlignedRace, StudyError> {
    let session = SessionId::new(config.track.name())?;
    let (log, truth) = log_and_truth(config);
    let estimates = Estimates::of(stream.job(log, session))?;
    Ok(AlignedRace::of(&estimates, &truth.take()))
}
