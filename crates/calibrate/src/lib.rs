//! Offline calibration: what past races teach about engines. FillsToFill of fuel in, a [`Model`](events::Model) out.
//!
//! The stream never waits for any of this. `docs/calibration.md` has the mathematics, `docs/model-file.md` the file.
//!
//! - [`PastRace`], [`FillToFill`]: what is learned from. [`Beliefs`]: what is believed before, nothing but priors or an earlier model.
//! - [`calibrate()`]: all of it. [`HierarchicalFit`]: the law and the scales. [`gp`], `net`: what the law errs by, each a
//!   [`learner::Learner`]. [`cross`]: whether that is worth anything in a race that was not seen.
//! - [`model_file`]: reads and writes. [`report`]: says what was learned.
//!
//! ```
//! use calibrate::{FillToFill, Learning, PastRace, calibrate, model_file};
//! use events::{ModelId, VehicleId};
//! use fuel::{Cell, Engine, Histogram};
//!
//! let mut stint = Histogram::default();
//! stint.add(&Cell::locate(1.0, 8_000.0), 1_000_000_000_000); // a thousand seconds flat out: 13.7 gal by the priors
//! let fill = |vehicle: &str, y_gal| {
//!     let vehicle = VehicleId::new(vehicle)?;
//!     Ok::<_, events::IdError>(FillToFill { vehicle, manufacturer: None, team: None, histogram: stint.clone(), y_gal, sd_gal: 0.2 })
//! };
//! let fills = vec![fill("24", 14.0)?, fill("5", 14.1)?, fill("24", 14.0)?, fill("5", 14.2)?];
//! let race = PastRace { name: "a race".into(), engine: Engine::CUP_670, fills };
//! let found = calibrate(ModelId::new("first")?, &[race], None, Learning::None)?;
//! assert!((found.model.shape.mean[0] - 3.637).abs() > 0.01); // more than was believed before
//! assert_eq!(model_file::read(&model_file::write(&found.model)?)?, found.model);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![forbid(unsafe_code)]

mod arrow;
mod beliefs;
mod calibration;
pub mod cross;
pub mod data;
mod driven;
mod fill_to_fill;
pub mod fit;
pub mod gp;
pub mod hyper;
pub mod learner;
pub mod model;
pub mod model_file;
pub mod monotone;
#[cfg(feature = "net")]
pub mod net;
pub mod predict;
pub mod rates;
pub mod report;

pub use beliefs::{Beliefs, Levels};
pub use calibration::{Calibration, Learning, calibrate};
pub use data::Data;
pub use driven::Driven;
pub use fill_to_fill::{FillToFill, PastRace, Unusable};
pub use fit::HierarchicalFit;
