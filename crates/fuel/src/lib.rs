//! The fuel model: what an engine burns at a throttle position, an engine speed and an air density, and how that is
//! summed; what stops teach of it, and how far the fuel goes. A car is a number here, and nothing knows a clock. The
//! model in words: `docs/fuel-model.md`.
//!
//! - [`physics`]: the rate law, its parameters and its derivatives. Exact, slow.
//! - [`air`]: the density of the air that the engine breathes.
//! - [`knots`]: the grid of throttle and engine speed, and where a point lies in it ([`Cell`]).
//! - [`RateTable`]: the law on the knots, interpolated. What runs per sample.
//! - [`Histogram`]: density-weighted time on the knots, in integers. Burn is histogram times table, so another model
//!   never needs the telemetry again.
//! - [`prior`]: how sure one may be before any calibration.
//! - [`model`]: what past races have taught, put to use: an engine's rates, a car's scale.
//! - [`fill_to_fill`]: what was burned from one full tank to the next, by the evidence of stops.
//! - [`filter`]: the scales of a field, learned from that while a race runs. [`refit`]: shape and scales together, by the
//!   one search of [`fit`].
//! - [`forecast`]: how far the fuel goes, and what to do about it.
//!
//! ```
//! use fuel::{Cell, Engine, Histogram, RateTable, Shape, weighted_ns};
//! use units::Span;
//!
//! let engine = Engine::CUP_670;
//! let table = RateTable::new(&Shape::prior(), &engine)?;
//! let flat_out = Cell::locate(1.0, engine.normalised_rpm(8_000.0));
//! let mut stint = Histogram::default();
//! stint.add(&flat_out, weighted_ns(Span::from_secs(10), 1.0));
//! assert!((stint.burned_g(&table) - 379.9).abs() < 0.1); // ten seconds at 38 g/s
//! # Ok::<(), fuel::RateError>(())
//! ```
//!
//! A car filled at a stop teaches about itself, and about every other car:
//!
//! ```
//! use fuel::fill_to_fill::{Added, Anchor, FillsToFill, StopFuel, Tank};
//! use fuel::filter::{CarPrior, Filter, Observation, ScalePrior};
//!
//! let mut field = Filter::new(ScalePrior::UNCALIBRATED);
//! let (seen, other) = (field.join(CarPrior::unseen(Some(1))), field.join(CarPrior::unseen(Some(2))));
//! let mut fills = FillsToFill::starting(1, Some(Anchor::START));
//! let stop = StopFuel { added: Some(Added::weighed(17.9)), full: Some(true), ran_out: false };
//! if let Some(fill) = fills.stop(&stop, &Tank::CUP) {
//!     let predicted_gal = 17.2; // by the histograms of the fill-to-fill's stints
//!     let stint = Observation { car: seen, predicted_gal, imputed_sd_gal: 0.0, burned: fill.burned };
//!     assert!(!field.observe(&stint)?.gated);
//! }
//! assert!(field.scale(seen).is_some_and(|scale| scale.mean > 0.033));
//! assert!(field.scale(other).is_some_and(|scale| scale.mean > 0.028));
//! # Ok::<(), fuel::filter::Unusable>(())
//! ```
#![forbid(unsafe_code)]

pub mod air;
mod belief;
pub mod fill_to_fill;
pub mod filter;
pub mod fit;
pub mod forecast;
mod gradient;
mod histogram;
pub mod knots;
pub mod model;
pub mod normal;
pub mod physics;
pub mod prior;
pub mod refit;
mod symmetric;
mod table;

pub use belief::{Belief, LogScale, NoBelief};
pub use fill_to_fill::Burned;
pub use gradient::{KnotGradients, knot_gradients};
pub use histogram::{Histogram, burned_ug, weighted_ns};
pub use knots::Cell;
pub use model::Rates;
pub use normal::Spread;
pub use physics::{Engine, RateError, Shape};
pub use symmetric::{NotSymmetric, Symmetric};
pub use table::RateTable;
