//! Bytes to events: recordings of other people become a log.
//!
//! Each importer reads one file and yields an [`Import`]: samples, race events and, beside them, the true burn. A bad
//! line is quarantined with its reason, a bad file is an [`ImportError`] that says where and what to do. Which column
//! means is for a [`Mapping`] to say, not for code. How to bring a recording in: `docs/import.md`.
//!
//! ```
//! use feed::{Mapping, ndjson};
//!
//! let lines = br#"{"event_time_ms": 1795392000000, "vehicle_id": "24", "throttle": 0.93, "rpm": 8512}
//! {"event_time_ms": 1795392000050, "vehicle_id": "24", "throttle": 87, "rpm": 8520}"#;
//! let import = ndjson::import("race.ndjson", lines.as_slice(), &Mapping::standard()?)?;
//!
//! assert_eq!(import.samples.len(), 1);
//! assert_eq!(import.quarantine.kept[0].detail, "line 2 (byte 84): throttle is 87, outside -0.2 to 1.3: check its unit");
//! assert_eq!(import.log(&[]).count(), 3); // a session, a roster, a sample
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![forbid(unsafe_code)]

mod arrival;
pub mod csv;
mod error;
pub mod ibt;
mod import;
pub mod judge;
mod lines;
mod mapping;
pub mod nascar;
pub mod ndjson;
pub mod race_events;
mod recording;
mod row;
mod several;
mod stops;
mod truth;

pub use error::{ImportError, Problem};
pub use import::{IMPORTED_EVENT_IDS, Import, Quarantine, merge};
pub use lines::Place;
pub use mapping::{DEFAULT_START, MAPPING_FORMAT, Mapping, MappingError, MappingProblem};
pub use recording::STRETCH_GAP;
