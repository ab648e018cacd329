//! What really happened in a race, as a simulator or a recording with a fuel sensor knows it.
//!
//! It is written beside a tape and never into it. A crate that estimates does not depend on this one, so it cannot read
//! the answer; only `evaluate` sees truth and estimates together.
//!
//! - `line`: [`Truth`], one line of a truth file: a lap, a stop, a span, a mode or a sign of one vehicle.
//! - `file`: [`TruthFile`] writes the lines beside a tape, [`read`] reads them, [`beside`] names the file.
//!
//! ```
//! use events::VehicleId;
//! use truth::{Truth, TruthFile, TruthKind, TruthUnit};
//! use units::EventTime;
//!
//! let (line, next) = (EventTime::from_ms(0), EventTime::from_ms(31_000));
//! let lap = Truth::new(TruthKind::Lap, VehicleId::new("24")?, line, next, TruthUnit::Kg);
//! let lap = Truth { lap: Some(12), burned: Some(0.81), ..lap };
//! let tape = std::env::temp_dir().join(format!("truth-{}.tape", std::process::id()));
//! let mut file = TruthFile::create(&tape)?;
//! file.write(&lap)?;
//! file.finish()?;
//!
//! assert_eq!(truth::read(&truth::beside(&tape))?, [lap]);
//! std::fs::remove_file(truth::beside(&tape))?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![forbid(unsafe_code)]

mod file;
mod line;

pub use file::{TruthError, TruthFile, beside, read};
pub use line::{Truth, TruthKind, TruthUnit};
