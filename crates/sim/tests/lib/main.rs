//! The race as its users see it: the log, the truth beside it, and how real both look.

#![allow(clippy::unwrap_used, clippy::print_stdout)] // helpers of tests are tests

mod control;
mod faults;
mod laws;
mod realism;
mod reconstruct;

use events::SessionId;
use sim::{Emission, EvidenceMode, Faults, Race, RaceConfig, TrackKind};
use units::EventTime;

const START: EventTime = EventTime::from_ms(1_780_000_000_000);

fn config(seed: u64, cars: u32, minutes: f64, hz: u32) -> RaceConfig {
    RaceConfig {
        seed,
        track: TrackKind::Oval15,
        cars,
        minutes,
        hz,
        evidence: EvidenceMode::Gallons,
        faults: Faults::none(),
        start: START,
        session: SessionId::new("test").unwrap(),
    }
}

fn run(config: RaceConfig) -> Vec<Emission> {
    Race::new(config).unwrap().collect()
}
