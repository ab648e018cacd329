//! The vocabulary of Burn Bar: these words are the words of the code, the wire, the API, the screens and the docs.
//!
//! A log holds [`Entry`]s: a [`Sample`] of one vehicle, a [`RaceEvent`] of the session, or a tick of the clock. Out of
//! the stream come a [`CarInsight`] per vehicle and window and a [`LapSummary`] per closed lap.
//!
//! ```
//! use events::{Sample, Signal, VehicleId};
//! use units::EventTime;
//!
//! let seven = VehicleId::new("07")?;
//! let sample = Sample::new(seven, EventTime::from_ms(1_000)).with(Signal::Rpm, 8_512.34)?;
//! assert_eq!(sample.get(Signal::Rpm), Some(8_512.3)); // held at the signal's resolution
//! assert_eq!(sample.get(Signal::Throttle), None); // missing is not zero
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![forbid(unsafe_code)]

mod board;
pub mod bounds;
mod evidence;
mod flat_record;
mod forecast;
mod id;
mod insight;
mod lap;
mod log;
mod model;
mod needle;
mod quality;
mod race_event;
mod sample;
mod sample_block;

pub use board::Board;
pub use evidence::Evidence;
pub use forecast::{ActiveSign, Forecast, Sign, Story, StoryKind};
pub use id::{IdError, ModelId, SessionId, SessionIds, VEHICLES_A_SESSION_MAX, VehicleId};
pub use insight::{
    AgainstField, BurnScale, CarInsight, DrivingStyle, FuelBurn, FuelEconomy, FuelLeft, StintProgress,
    TrackPosition, Trust,
};
pub use lap::{LapLabel, LapSummary};
pub use log::{Arrival, Arrived, Entry, EntryBlock, Quarantined, Record};
pub use model::{
    Answer, AnsweredRate, Model, PackageEstimate, Residual, SHAPE_PARAMETERS, ScaleEstimate, ShapeEstimate,
    Spread,
};
pub use needle::{Needle, NeedleCar};
pub use quality::{Mode, Quality};
pub use race_event::{
    Air, EventId, Flag, FuelEvidence, Origin, RaceEvent, RaceEventKind, RosterEntry, Session, StopPhase,
};
pub use sample::{Sample, Signal, SignalError};
pub use sample_block::{RowHead, SampleBlock};
