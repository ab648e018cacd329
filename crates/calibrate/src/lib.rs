//! Offline calibration: what past races teach about engines. Bags of fuel in, a [`Model`](events::Model) out.
//!
//! The stream never waits for any of this. `docs/calibration.md` has the mathematics, `docs/model-file.md` the file.
#![forbid(unsafe_code)]

mod bag;
mod beliefs;
pub mod data;
pub mod fit;
pub mod gp;
pub mod learner;
pub mod monotone;
pub mod predict;
pub mod rates;

pub use bag::{Bag, Race, Unusable};
pub use beliefs::{Beliefs, Levels};
pub use data::Data;
pub use fit::Fit;
