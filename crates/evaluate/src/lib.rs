//! Estimates held against the truth. The one crate that may see both: whatever estimates does not depend on it, nor on
//! `truth`. It returns values; commands print them.
//!
//! - `stream`: [`StreamSettings`], how the stream is run that is judged. `simulated`: races as logs, truth beside them.
//! - `estimates`: [`Estimates`], what the stream gave while a log ran through it.
//! - `align`: [`AlignedRace`], laps, stints, tanks and forecasts beside what was true. `naive`: the baseline.
//! - [`metrics`], [`probability_scores`]: how far off, as pure functions of numbers.
//! - `figures`: [`Figures`] of some races. [`goals`]: what they should reach. `tables`: the same for people.
//! - `intervals`: one lap after another. `evaluation`: [`Evaluation`], all of it for some tapes. `scorecard`: as a page.
//! - [`study`]: many races or recordings: accuracy, science, detectors, recordings.
//!
//! ```
//! use evaluate::{Evaluation, Estimates, StreamSettings};
//! use sim::{Emission, RaceConfig};
//! # use events::SessionId;
//!
//! let session = SessionId::new("a race")?;
//! # let evidence = sim::EvidenceMode::None;
//! # let start = units::EventTime::from_ms(1_780_858_800_000);
//! let config = RaceConfig {
//!     seed: 1, track: sim::TrackKind::Short05, cars: 2, minutes: 3.0, hz: 5, faults: sim::Faults::none(),
//!     // …
//! #   evidence, start, session,
//! };
//! let (log, truth) = evaluate::log_and_truth(config);
//! let estimates = Estimates::of(StreamSettings::default().job(log, session))?;
//!
//! let mut evaluation = Evaluation::default();
//! evaluation.add(&estimates, &truth.take());
//! let clean = evaluation.evaluated()?.figures.overall.clean_laps;
//! assert!(clean > 0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![forbid(unsafe_code)]

mod align;
mod error;
mod estimates;
mod evaluation;
mod figures;
pub mod goals;
mod intervals;
pub mod metrics;
mod naive;
pub mod probability_scores;
mod scorecard;
mod simulated;
mod stream;
pub mod study;
pub mod tables;

pub use align::AlignedRace;
pub use error::StudyError;
pub use estimates::Estimates;
pub use evaluation::{Evaluated, Evaluation};
pub use figures::{Accuracy, Compared, Figures};
pub use goals::Taught;
pub use simulated::{RaceSize, TruthBeside, log_and_truth};
pub use stream::StreamSettings;
