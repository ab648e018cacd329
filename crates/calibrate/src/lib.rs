//! Offline calibration: what past races teach about engines. Bags of fuel in, a [`Model`](events::Model) out.
//!
//! The stream never waits for any of this. `docs/calibration.md` has the mathematics, `docs/model-file.md` the file.
#![forbid(unsafe_code)]

mod arrow;
mod bag;
mod beliefs;
mod calibration;
pub mod cross;
pub mod data;
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

pub use bag::{Bag, Race, Unusable};
pub use beliefs::{Beliefs, Levels};
pub use calibration::{Calibration, Learning, calibrate};
pub use data::Data;
pub use fit::Fit;
