//! What is tried: on which tracks, with which telemetry, with which evidence of fuel, and after which past.

use super::tapes::SimulatedTape;
use crate::goals::Taught;
use sim::{EvidenceMode, Faults, TrackKind};

/// The races that are estimated: none of them is past.
pub const SEEDS: [u64; 3] = [1, 2, 3];
/// The races from which models are calibrated.
pub const HISTORY_SEEDS: [u64; 3] = [21, 22, 23];

/// Where single troubles are tried.
const TWO_TRACKS: &[TrackKind] = &[TrackKind::Oval15, TrackKind::Triangle25];

/// What is known of engines before the race.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KnownPast {
    /// Races on every track, this one too.
    AllTracks,
    /// Races on every track but this one.
    OtherTracks,
    /// Nothing but priors.
    None,
}

/// One thing that is tried.
#[derive(Clone, Copy, Debug)]
pub struct ScienceCase {
    /// What is tried, as figures are labelled.
    pub name: &'static str,
    /// The tracks on which it is tried.
    pub tracks: &'static [TrackKind],
    /// What is known of engines before.
    pub history: KnownPast,
    evidence: EvidenceMode,
    /// Where it is not the study's.
    hz: Option<u32>,
    /// Beside the usual ones.
    faults: fn(Faults) -> Faults,
}

const USUAL: ScienceCase = ScienceCase {
    name: "history of other races, gallons told (sd .15)",
    tracks: &TrackKind::ALL,
    history: KnownPast::AllTracks,
    evidence: EvidenceMode::Gallons,
    hz: None,
    faults: |usual| usual,
};

const ON_TWO: ScienceCase = ScienceCase { tracks: TWO_TRACKS, ..USUAL };

/// All that is tried.
pub const CASES: [ScienceCase; 10] = [
    USUAL,
    ScienceCase { name: "history of races on other tracks only", history: KnownPast::OtherTracks, ..USUAL },
    ScienceCase { name: "no history", history: KnownPast::None, ..USUAL },
    ScienceCase {
        name: "a package never seen: 510 hp after races with 670 and 750 hp",
        tracks: &[TrackKind::Superspeedway25],
        history: KnownPast::OtherTracks,
        ..USUAL
    },
    ScienceCase { name: "fill times told only", evidence: EvidenceMode::FillTime, ..ON_TWO },
    ScienceCase { name: "no fuel told", evidence: EvidenceMode::None, ..ON_TWO },
    ScienceCase {
        name: "no history, no fuel told",
        history: KnownPast::None,
        evidence: EvidenceMode::None,
        ..ON_TWO
    },
    ScienceCase { name: "10 % of samples lost", faults: |usual| Faults { drop: 0.10, ..usual }, ..ON_TWO },
    ScienceCase {
        name: "throttle gains 3 % apart",
        faults: |usual| Faults { throttle_gain: 0.03, ..usual },
        ..ON_TWO
    },
    ScienceCase { name: "one sample a second", hz: Some(1), ..ON_TWO },
];

impl ScienceCase {
    /// One of its races; `hz` samples a second and car, where the case does not say.
    pub fn race(&self, track: TrackKind, seed: u64, hz: u32) -> SimulatedTape {
        let usual = SimulatedTape::usual(track, seed, self.hz.unwrap_or(hz));
        SimulatedTape { evidence: self.evidence, faults: (self.faults)(usual.faults), ..usual }
    }

    /// Which goals hold.
    pub fn taught(&self) -> Taught {
        match self.history {
            KnownPast::None => Taught::Nothing,
            _ => Taught::ByHistory,
        }
    }
}
