//! How much one car burns against the law by which all are folded.

use fuel::LogScale;
use serde::{Deserialize, Serialize};

/// How much a car burns against the frozen law.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scale {
    /// The logarithm of the factor on all that it burns.
    pub ln: LogScale,
    /// The factor itself.
    pub factor: f64,
    /// The factor on its clean laps, where throttle and engine speed are others than under caution.
    pub clean_factor: f64,
    /// Variance of the part that other cars do not share: what holds when cars are compared.
    pub own_var: f64,
    /// Relative error of the law's shape over a stint.
    pub shape_sd: f64,
    /// Whether the model has seen engines of this package.
    pub is_calibrated: bool,
    /// Whether the newest evidence of its fuel contradicts what it burned.
    pub is_contradicted: bool,
}

impl Scale {
    /// Relative standard deviation of all that the car burned, by the scale and the law's shape.
    pub fn sd(&self) -> f64 {
        (self.ln.var + self.shape_sd * self.shape_sd).sqrt()
    }
}
