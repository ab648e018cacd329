//! Two pure operators: `Car`, per vehicle, and `Field`, per session.
#![forbid(unsafe_code)]

mod car;
mod field;
mod fold;
mod lap;
mod mode;
mod profile;
mod sequences;
mod silence;
mod state;
mod step;
mod sums;
mod tank;
mod trace;

pub use car::{Car, Effective, Folded, LATENESS_MAX, LateSample, SILENCE_TTL, SampleCounts};
pub use field::{Field, lap_summary};
pub use fold::{Burned, CarFold};
pub use state::{Change, Conditions, RaceState, Settings};
pub use sums::ClosedLap;
pub use tank::{Level, Remaining};
