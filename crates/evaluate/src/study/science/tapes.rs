//! The simulated races of the study, each written once.

use crate::error::StudyError;
use crate::simulated::RaceSize;
use sim::{Emission, EvidenceMode, Faults, RaceConfig, TrackKind};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use truth::TruthFile;

/// Which race is on a tape.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SimulatedTape {
    /// The track it is run on.
    pub track: TrackKind,
    /// Everything that is left to chance follows from it.
    pub seed: u64,
    /// What becomes known of the fuel of stops.
    pub evidence: EvidenceMode,
    /// Samples a second and car.
    pub hz: u32,
    /// What is wrong with the telemetry.
    pub faults: Faults,
}

impl SimulatedTape {
    /// With the faults that a feed has, and the gallons of each stop known.
    pub fn usual(track: TrackKind, seed: u64, hz: u32) -> SimulatedTape {
        SimulatedTape { track, seed, evidence: EvidenceMode::Gallons, hz, faults: Faults::default() }
    }

    fn config(&self, size: &RaceSize) -> Result<RaceConfig, StudyError> {
        let config =
            size.race(self.track, self.seed, &format!("{} seed {}", self.track.name(), self.seed))?;
        Ok(RaceConfig { hz: self.hz, evidence: self.evidence, faults: self.faults, ..config })
    }
}

/// A folder of tapes; it goes when this does.
pub struct TapeFolder {
    folder: PathBuf,
    size: RaceSize,
    /// Each tape is named by its place here.
    asked_for: Mutex<Vec<SimulatedTape>>,
}

impl TapeFolder {
    /// An empty one, for races of a size.
    ///
    /// # Errors
    /// The folder cannot be made.
    pub fn new(size: &RaceSize) -> Result<TapeFolder, StudyError> {
        let folder = std::env::temp_dir().join(format!("burnbar-science-{}", std::process::id()));
        match std::fs::create_dir_all(&folder) {
            Ok(()) => Ok(TapeFolder { folder, size: size.clone(), asked_for: Mutex::default() }),
            Err(source) => Err(StudyError::File { path: folder, source }),
        }
    }

    /// The tape of a race, its truth beside it. It is written when it is first asked for; two do not ask for the same one
    /// at once.
    ///
    /// # Errors
    /// It cannot be simulated or written.
    pub fn tape(&self, race: &SimulatedTape) -> Result<PathBuf, StudyError> {
        let path =
            self.folder.join(format!("{}-{}.tape", race.track.name().replace('.', "_"), self.place(race)));
        if path.exists() {
            return Ok(path);
        }
        let mut tape = tape::Writer::create(&path)?;
        let mut truth = TruthFile::create(&path)?;
        for emission in sim::Race::new(race.config(&self.size)?)? {
            match emission {
                Emission::Log(entry) => tape.append(&entry).map(|_| ())?,
                Emission::Truth(line) => truth.write(&line)?,
            }
        }
        tape.finish()?;
        truth.finish()?;
        Ok(path)
    }

    fn place(&self, race: &SimulatedTape) -> usize {
        let mut asked_for = self.asked_for.lock().unwrap_or_else(PoisonError::into_inner);
        asked_for.iter().position(|before| before == race).unwrap_or_else(|| {
            asked_for.push(*race);
            asked_for.len() - 1
        })
    }
}

impl Drop for TapeFolder {
    fn drop(&mut self) {
        // what cannot be removed is left to the system, which empties this folder too
        std::fs::remove_dir_all(&self.folder).ok();
    }
}
