//! The simulated races of the bench, each written once.

use crate::commands::truth::TruthFile;
use crate::failure::Failure;
use events::SessionId;
use sim::{Emission, EvidenceMode, Faults, RaceConfig, TrackKind};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use units::EventTime;

/// Cars of a race, about how long it takes, and samples a second and car: several stints of each.
pub const CARS: u32 = 38;
pub const MINUTES: f64 = 150.0;
pub const HZ: u32 = 10;
const START: EventTime = EventTime::from_ms(1_780_858_800_000);

/// Which race.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Simulated {
    /// Where.
    pub track: TrackKind,
    /// Everything that is left to chance follows from it.
    pub seed: u64,
    /// What is told of fuel.
    pub evidence: EvidenceMode,
    /// Samples a second and car.
    pub hz: u32,
    /// What is wrong with the telemetry.
    pub faults: Faults,
}

impl Simulated {
    /// With the faults that a feed has, and the gallons of each stop told.
    pub fn usual(track: TrackKind, seed: u64) -> Simulated {
        Simulated { track, seed, evidence: EvidenceMode::Gallons, hz: HZ, faults: Faults::default() }
    }

    fn config(&self) -> Result<RaceConfig, Failure> {
        let session = format!("{} seed {}", self.track.name(), self.seed);
        Ok(RaceConfig {
            seed: self.seed,
            track: self.track,
            cars: CARS,
            minutes: MINUTES,
            hz: self.hz,
            evidence: self.evidence,
            faults: self.faults,
            start: START,
            session: SessionId::new(&session).map_err(Failure::run)?,
        })
    }
}

/// A folder of tapes; it goes when this does.
pub struct Tapes {
    folder: PathBuf,
    /// Each tape is named by its place here.
    asked_for: Mutex<Vec<Simulated>>,
}

impl Tapes {
    /// An empty one.
    pub fn new() -> Result<Tapes, Failure> {
        let folder = std::env::temp_dir().join(format!("burnbar-science-{}", std::process::id()));
        std::fs::create_dir_all(&folder).map_err(Failure::run)?;
        Ok(Tapes { folder, asked_for: Mutex::default() })
    }

    /// The tape of a race, its truth beside it. It is written when it is first asked for; two do not ask for the same one
    /// at once.
    pub fn tape(&self, race: &Simulated) -> Result<PathBuf, Failure> {
        let path =
            self.folder.join(format!("{}-{}.tape", race.track.name().replace('.', "_"), self.place(race)));
        if path.exists() {
            return Ok(path);
        }
        let mut tape = tape::Writer::create(&path).map_err(Failure::run)?;
        let mut truth = TruthFile::create(&path)?;
        for emission in sim::Race::new(race.config()?).map_err(Failure::run)? {
            match emission {
                Emission::Log(entry) => tape.append(&entry).map(|_| ()).map_err(Failure::run)?,
                Emission::Truth(line) => truth.write(&line)?,
            }
        }
        tape.finish().map_err(Failure::run)?;
        truth.finish()?;
        Ok(path)
    }
}

impl Tapes {
    fn place(&self, race: &Simulated) -> usize {
        let mut asked_for = self.asked_for.lock().unwrap_or_else(PoisonError::into_inner);
        asked_for.iter().position(|before| before == race).unwrap_or_else(|| {
            asked_for.push(*race);
            asked_for.len() - 1
        })
    }
}

impl Drop for Tapes {
    fn drop(&mut self) {
        // what cannot be removed is left to the system, which empties this folder too
        std::fs::remove_dir_all(&self.folder).ok();
    }
}
