//! What is tried: on which tracks, with which telemetry, with which fuel told, and after which past.

use super::tapes::{HZ, Simulated};
use crate::commands::evaluate::goals::Taught;
use sim::{EvidenceMode, Faults, TrackKind};

/// The races that are estimated, and those that are past: none is both.
pub const SEEDS: [u64; 3] = [1, 2, 3];
pub const HISTORY_SEEDS: [u64; 3] = [21, 22, 23];

/// Where single troubles are tried.
const TWO_TRACKS: &[TrackKind] = &[TrackKind::Oval15, TrackKind::Triangle25];

/// What is known of engines before the race.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum History {
    /// Races on every track, this one too.
    AllTracks,
    /// Races on every track but this one.
    OtherTracks,
    /// Nothing but priors.
    None,
}

/// One thing that is tried.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// What it is.
    pub name: &'static str,
    /// Where.
    pub tracks: &'static [TrackKind],
    /// What is known of engines before.
    pub history: History,
    evidence: EvidenceMode,
    hz: u32,
    /// Beside the usual ones.
    faults: fn(Faults) -> Faults,
}

const USUAL: Case = Case {
    name: "history of other races, gallons told (sd .15)",
    tracks: &TrackKind::ALL,
    history: History::AllTracks,
    evidence: EvidenceMode::Gallons,
    hz: HZ,
    faults: |usual| usual,
};

const ON_TWO: Case = Case { tracks: TWO_TRACKS, ..USUAL };

/// All that is tried.
pub const CASES: [Case; 10] = [
    USUAL,
    Case { name: "history of races on other tracks only", history: History::OtherTracks, ..USUAL },
    Case { name: "no history", history: History::None, ..USUAL },
    Case {
        name: "a package never seen: 510 hp after races with 670 and 750 hp",
        tracks: &[TrackKind::Superspeedway25],
        history: History::OtherTracks,
        ..USUAL
    },
    Case { name: "fill times told only", evidence: EvidenceMode::FillTime, ..ON_TWO },
    Case { name: "no fuel told", evidence: EvidenceMode::None, ..ON_TWO },
    Case { name: "no history, no fuel told", history: History::None, evidence: EvidenceMode::None, ..ON_TWO },
    Case { name: "10 % of samples lost", faults: |usual| Faults { drop: 0.10, ..usual }, ..ON_TWO },
    Case {
        name: "throttle gains 3 % apart",
        faults: |usual| Faults { throttle_gain: 0.03, ..usual },
        ..ON_TWO
    },
    Case { name: "one sample a second", hz: 1, ..ON_TWO },
];

impl Case {
    /// One of its races.
    pub fn race(&self, track: TrackKind, seed: u64) -> Simulated {
        let usual = Simulated::usual(track, seed);
        Simulated { evidence: self.evidence, hz: self.hz, faults: (self.faults)(usual.faults), ..usual }
    }

    /// Which goals hold.
    pub fn taught(&self) -> Taught {
        match self.history {
            History::None => Taught::Nothing,
            _ => Taught::ByHistory,
        }
    }
}
