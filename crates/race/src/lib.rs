//! Two pure operators: `Car`, per vehicle, and `Field`, per session; and beside the windows, `NeedleTap`.
#![forbid(unsafe_code)]

mod car;
mod detect;
mod field;
mod flow;
mod fold;
mod gap;
mod lap;
mod mode;
mod needle;
mod parts;
mod profile;
mod sequences;
mod silence;
mod state;
mod step;
mod stuck;
mod sums;
mod tank;
mod timeline;
mod trace;
mod watch;

pub use car::{Car, Effective, Folded, LATENESS_MAX, LateSample, SILENCE_TTL, SampleCounts};
pub use field::{Field, lap_summary};
pub use fold::{Burned, CarFold};
pub use needle::NeedleTap;
pub use parts::LapInParts;
pub use state::{Change, Conditions, RaceState, Settings};
pub use sums::ClosedLap;
pub use tank::{AtStop, Level, Remaining};
