//! What stops have taught of how much each car really burns: docs/fuel-model.md §9 and §10.
//!
//! Cars are folded by a frozen law; here its factor for every car is learned, from all evidence of fuel so far. The
//! first car's stop improves the whole field. On a package that the model has seen, that is the online filter. On another
//! one, or without a model, the shape of the law is fitted again too, and acts on each car by what its own engine did.
//!
//! - `stints`: what each car burned from stop to stop. `stop_facts`: what is known of each stop.
//! - `fill_to_fill`: both laid beside each other. `tank`: the level that follows from stops.
//! - `known_car`: what the model expects of a car. `scales`: what is learned, by filter or by `refit`.

mod car_scale;
mod fill_to_fill;
mod known_car;
mod refit;
mod scales;
mod stints;
mod stop_facts;
mod tank;

pub use car_scale::Scale;
pub use fill_to_fill::{CarFillToFill, Over, fills_to_fill};
pub(crate) use scales::Scales;
pub use stints::{CarStints, Stint, Stints};
pub(crate) use tank::TankSize;
pub use tank::{AnchoredLevel, AtStop, Remaining};
