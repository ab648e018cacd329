//! The rate law on the knots.

use crate::physics::Law;
use crate::{Cell, Engine, RateError, Shape, knots};

/// Fuel flow on every knot, g/s, at density ratio 1 and scale 0. Between knots it is bilinear: no power is taken per
/// sample, and burned fuel is exactly histogram times table (`docs/fuel-model.md` §3).
#[derive(Clone, Debug, PartialEq)]
pub struct RateTable(Box<[f64; knots::COUNT]>);

impl RateTable {
    /// The law of this engine on the knots.
    ///
    /// # Errors
    /// A parameter not finite, or power or reference speed not above 0.
    pub fn new(shape: &Shape, engine: &Engine) -> Result<RateTable, RateError> {
        let law = Law::new(shape, engine)?;
        let mut rates = Box::new([0.0; knots::COUNT]);
        for (row, theta) in rates.chunks_exact_mut(knots::RPM.len()).zip(knots::THETA) {
            for (rate, rpm) in row.iter_mut().zip(knots::RPM) {
                *rate = law.rate_g_s(theta, rpm);
            }
        }
        Ok(RateTable(rates))
    }

    /// The flow at a point, g/s. The knots at 0 rpm are 0, so a point between 0 and 700 rpm gets a share of the flow
    /// at 700; that an engine is off (rpm 0) gives exactly 0.
    pub fn rate_g_s(&self, cell: &Cell) -> f64 {
        let [low, low_fast, high, high_fast] = cell.corners().map(|k| self.0[k]);
        let (a, b) = (cell.a(), cell.b());
        let low = low + b * (low_fast - low);
        let high = high + b * (high_fast - high);
        low + a * (high - low)
    }

    /// The flow on every knot, g/s, by flat index.
    pub fn values(&self) -> &[f64; knots::COUNT] {
        &self.0
    }
}
