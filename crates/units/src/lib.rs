//! Quantities with their unit in the type.
//!
//! Fuel is a [`Mass`] inside and a [`Volume`] at the edges; a [`FuelDensity`] joins them. Points in time
//! ([`EventTime`], [`IngestTime`]) and lengths of time ([`Span`]) are different types, all in integer microseconds.
//!
//! ```
//! use units::{EventTime, FuelDensity, Mass, Span, Volume};
//!
//! let can = Volume::from_us_gallons(12.0);
//! assert!((FuelDensity::CUP.mass(can).kg() - 33.203).abs() < 1e-3);
//! assert_eq!(EventTime::from_us(5_000_000) - EventTime::from_us(2_000_000), Span::from_secs(3));
//! ```
#![forbid(unsafe_code)]

mod fuel;
mod time;

pub use fuel::{FuelDensity, FuelMicrograms, Mass, Volume, litres_per_100_km, miles_per_gallon};
pub use time::{EventTime, IngestTime, Span};

/// Metres in a statute mile (exact by definition, international yard and pound agreement of 1959).
pub const METRES_PER_MILE: f64 = 1609.344;
