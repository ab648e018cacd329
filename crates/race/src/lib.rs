//! Two pure operators: `Car`, per vehicle, and `Field`, per session; and beside the windows, `NeedleTap`.
#![forbid(unsafe_code)]

mod bags;
mod car;
mod conditions;
mod counters;
mod detect;
mod field;
mod flow;
mod fold;
mod gap;
mod lap;
mod mode;
mod needle;
mod parts;
mod piece;
mod profile;
mod runs;
mod scales;
mod sequences;
mod silence;
mod state;
mod step;
mod stories;
mod stuck;
mod sums;
mod tank;
mod timeline;
mod told;
mod trace;
mod watch;

pub use bags::{CarBag, Over, bags};
pub use car::{Car, Effective, Folded, LATENESS_MAX, LateSample, SILENCE_TTL, SampleCounts};
pub use conditions::Conditions;
pub use counters::ClosedLap;
pub use field::{Field, lap_summary};
pub use fold::{Burned, CarFold};
pub use needle::NeedleTap;
pub use parts::LapInParts;
pub use piece::{Piece, PieceEnd};
pub use runs::{CarRuns, Run, Runs};
pub use scales::Scale;
pub use state::{Change, RaceState, Settings};
pub use tank::{AtStop, Level, Remaining};
pub use told::{FuelTold, FuelUsed};
