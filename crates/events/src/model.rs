//! What past races have taught about engines. A model file holds one; a stream that takes up another one does so by a
//! race event, so that its log alone shows which numbers followed from what.

use crate::{ModelId, VehicleId};
use serde::{Deserialize, Serialize};
use units::EventTime;

/// How many parameters the rate law has: ln F, ln kt, gamma, ln rho_p, a0, chi (docs/fuel-model.md §2).
pub const SHAPE_PARAMETERS: usize = 6;

/// A calibrated model: the rate law, what it errs by on the knots, and the scales of those who have raced.
///
/// The flow of a car is `law(shape, package) · exp(residual) · exp(package + manufacturer + team + car)`; every scale is a
/// logarithm. Who is not named has scale 0 and the spread of a newcomer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Model {
    /// Every insight bears it.
    pub name: ModelId,
    /// The law's parameters, stated at 670 hp.
    pub shape: ShapeEstimate,
    /// Packages that were seen.
    pub packages: Vec<PackageEstimate>,
    /// By manufacturer, as the roster names it.
    pub manufacturers: Vec<ScaleEstimate>,
    /// By team, as the roster names it.
    pub teams: Vec<ScaleEstimate>,
    /// By vehicle id.
    pub cars: Vec<ScaleEstimate>,
    /// What the law errs by, where that was learned.
    pub residual: Option<Residual>,
    /// How far the next race may lie from all this.
    pub spread: Spread,
    /// What it was learned from, for whoever asks.
    pub races: Vec<String>,
    /// From how many fill-to-fills. (The name in model files is older than the word.)
    pub bags: u32,
}

/// Mean and covariance of the law's parameters.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ShapeEstimate {
    /// ln F (g/s), ln kt, gamma, ln rho_p, a0, chi.
    pub mean: [f64; SHAPE_PARAMETERS],
    /// Their covariance, symmetric.
    pub covariance: [[f64; SHAPE_PARAMETERS]; SHAPE_PARAMETERS],
}

/// The logarithm of a flow against what the rest of the model expects.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScaleEstimate {
    /// The one it concerns: a manufacturer, a team or a vehicle id.
    pub name: String,
    /// Its mean.
    pub ln_scale: f64,
    /// Its standard deviation.
    pub sd: f64,
}

/// An engine package that was seen, and by how much the law's ratio errs for it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PackageEstimate {
    /// Rated power, hp. `None`: engines of another series, whose power nobody states.
    pub package_hp: Option<f64>,
    /// The logarithm of its flow against the law's.
    pub ln_scale: f64,
    /// Its standard deviation.
    pub sd: f64,
}

/// What the law errs by on the knots of throttle and engine speed, as the logarithm of a factor, by flat index.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Residual {
    /// What learned it: `gp` or `net`.
    pub learner: String,
    /// For every car.
    pub field: Vec<f64>,
    /// Beside that, by manufacturer.
    pub manufacturers: Vec<(String, Vec<f64>)>,
}

/// Standard deviations of logarithms of flow in a race to come.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// The whole field, on a package that was seen.
    pub race: f64,
    /// The whole field, on another package.
    pub new_package: f64,
    /// A manufacturer that was not seen.
    pub manufacturer: f64,
    /// A car that was not seen, against its manufacturer.
    pub car: f64,
    /// A car's engine from race to race.
    pub engine: f64,
    /// The law's shape over a stint (tau), on a package that was seen.
    pub shape: f64,
    /// The same on another package.
    pub shape_new_package: f64,
}

/// What cars burned in an interval by somebody's own model. It counts instead of the law's burn there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// The model that answered.
    pub model: ModelId,
    /// Start of the interval, inclusive.
    pub from: EventTime,
    /// Its end, exclusive.
    pub to: EventTime,
    /// One entry a car that was answered for.
    pub rates: Vec<AnsweredRate>,
}

/// The mean flow of a car in an interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct AnsweredRate {
    /// The car that it concerns.
    pub vehicle: VehicleId,
    /// Mean flow, g/s.
    pub rate_g_s: f64,
    /// Its standard deviation, g/s; 0 where the model states none.
    pub sd_g_s: f64,
}
