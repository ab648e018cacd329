//! A simulated stock-car race with its own truth.
//!
//! Engine, drivers, pit walls and race control produce the log that a real race would, and beside it what each lap
//! really burned. It may not see the estimator (no dependency on `fuel` or `race`) and its engine is a richer law than
//! the estimator's: a simulator that shares the model's equations proves nothing. What it models, and how like the real
//! thing it comes out: `docs/simulator.md`.
//!
//! ```
//! use sim::{Emission, EvidenceMode, Faults, Race, RaceConfig, TrackKind};
//! use units::EventTime;
//!
//! let config = RaceConfig {
//!     seed: 42,
//!     track: TrackKind::Oval15,
//!     cars: 2,
//!     minutes: 1.0,
//!     hz: 10,
//!     evidence: EvidenceMode::Gallons,
//!     faults: Faults::default(),
//!     start: EventTime::from_ms(1_780_000_000_000),
//!     session: events::SessionId::new("example")?,
//! };
//! let truths = Race::new(config)?.filter(|emission| matches!(emission, Emission::Truth(_)));
//! assert!(truths.count() > 4);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Map: [`Race`] moves every `car` (`engine`, `motion`, `driver`, `pit`) on its `track` and in `traffic`, under the
//! flags of `control`, which follows its `plan`. `sensor` and `feed` turn motion into the log, `books` into truth. All
//! chance comes from `random`, one stream per concern. [`Reconstruction`] drives what is known of a real race, a
//! [`Timetable`], with the same motion.
#![forbid(unsafe_code)]

mod books;
mod car;
mod config;
mod control;
mod driver;
mod engine;
mod faults;
mod feed;
mod motion;
mod passes;
mod pit;
mod plan;
mod race;
mod random;
mod reconstruct;
mod roster;
mod sensor;
mod spells;
mod timetable;
mod track;
mod traffic;

pub use config::{ConfigError, EvidenceMode, RaceConfig, TrackKind};
pub use faults::{FAULTS, Fault, FaultError, Faults};
pub use race::{Emission, Race};
pub use reconstruct::Reconstruction;
pub use timetable::{TimedCar, TimedStop, Timetable, TimetableError};
