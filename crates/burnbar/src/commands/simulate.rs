//! `burnbar simulate`: a seeded race to a tape, its truth beside it.

use crate::args::{Evidence, RaceArgs, SimulateArgs};
use crate::failure::Failure;
use events::SessionId;
use events::truth::Truth;
use sim::{Emission, EvidenceMode, Race, RaceConfig};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use units::EventTime;

/// A simulated race starts here unless it runs live: 2026-06-07 19:00:00 UTC. Fixed, so that a seed names a race.
const START: EventTime = EventTime::from_ms(1_780_858_800_000);

/// Runs the command.
pub fn run(args: &SimulateArgs) -> Result<(), Failure> {
    let race = Race::new(config(&args.race, START)?).map_err(Failure::input)?;
    let mut tape = tape::Writer::create(&args.out).map_err(Failure::input)?;
    let mut truth = TruthFile::create(&args.out)?;
    for emission in race {
        match emission {
            Emission::Log(entry) => tape.append(&entry).map(|_| ()).map_err(Failure::run)?,
            Emission::Truth(line) => truth.write(&line)?,
        }
    }
    tape.finish().map_err(Failure::run)?;
    truth.finish()
}

/// The simulator's configuration.
pub fn config(args: &RaceArgs, start: EventTime) -> Result<RaceConfig, Failure> {
    let session = format!("{} seed {}", args.track, args.seed);
    Ok(RaceConfig {
        seed: args.seed,
        track: args.track.parse().map_err(Failure::input)?,
        cars: args.cars,
        minutes: args.minutes,
        hz: args.hz,
        evidence: match args.evidence {
            Evidence::Gallons => EvidenceMode::Gallons,
            Evidence::FillTime => EvidenceMode::FillTime,
            Evidence::None => EvidenceMode::None,
        },
        start,
        session: SessionId::new(&session).map_err(Failure::input)?,
    })
}

/// The truth beside a tape. Written here, read by `evaluate` alone.
pub struct TruthFile {
    path: PathBuf,
    out: BufWriter<File>,
}

impl TruthFile {
    /// For the tape at `tape`: `race.tape` has `race.truth.ndjson`.
    pub fn create(tape: &Path) -> Result<Self, Failure> {
        let path = tape.with_extension("truth.ndjson");
        let file = File::create(&path).map_err(|e| Failure::run(format!("{}: {e}", path.display())))?;
        Ok(TruthFile { path, out: BufWriter::new(file) })
    }
    /// Appends a line.
    pub fn write(&mut self, truth: &Truth) -> Result<(), Failure> {
        let line = serde_json::to_string(truth).map_err(Failure::run)?;
        writeln!(self.out, "{line}").map_err(|e| self.failure(e))
    }
    /// Makes it whole.
    pub fn finish(mut self) -> Result<(), Failure> {
        self.out.flush().map_err(|e| self.failure(e))
    }
    fn failure(&self, error: std::io::Error) -> Failure {
        Failure::run(format!("{}: {error}", self.path.display()))
    }
}
