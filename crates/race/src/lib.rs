//! Two pure operators: `Car`, per vehicle, and `Field`, per session; and beside the windows, `NeedleTap`.
#![forbid(unsafe_code)]

mod car;
mod conditions;
mod counters;
mod detect;
mod evidence;
mod field;
mod fill_to_fill;
mod flow;
mod fold;
mod gap;
mod lap;
mod mode;
mod needle;
mod parts;
mod profile;
mod scales;
mod segment;
mod sequences;
mod silence;
mod state;
mod step;
mod stints;
mod stories;
mod stuck;
mod sums;
mod tank;
mod timeline;
mod trace;
mod watch;

pub use car::{Car, Folded, LATENESS_MAX, LateSample, SILENCE_TTL, SampleCounts, Stamped};
pub use conditions::Conditions;
pub use counters::ClosedLap;
pub use evidence::{FuelUsed, StopFuel};
pub use field::{Field, lap_summary};
pub use fill_to_fill::{CarFillToFill, Over, fills_to_fill};
pub use fold::{Burned, CarFold};
pub use needle::NeedleTap;
pub use parts::LapInParts;
pub use scales::Scale;
pub use segment::{Segment, SegmentEnd};
pub use state::{Change, RaceState, Settings};
pub use stints::{CarStints, Stint, Stints};
pub use tank::{AtStop, Level, Remaining};
