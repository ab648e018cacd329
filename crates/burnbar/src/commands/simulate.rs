//! `burnbar simulate`: a seeded race to a tape, its truth beside it.

use crate::args::{EvidenceChoice, RaceArgs, SimulateArgs};
use crate::failure::Failure;
use events::SessionId;
use sim::{Emission, EvidenceMode, Race, RaceConfig};
use truth::TruthFile;
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
    Ok(truth.finish()?)
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
            EvidenceChoice::Gallons => EvidenceMode::Gallons,
            EvidenceChoice::FillTime => EvidenceMode::FillTime,
            EvidenceChoice::None => EvidenceMode::None,
        },
        faults: args.faults,
        start,
        session: SessionId::new(&session).map_err(Failure::input)?,
    })
}
