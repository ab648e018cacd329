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

    /// The same table, all flows times `factor`.
    pub fn scaled(mut self, factor: f64) -> RateTable {
        self.0.iter_mut().for_each(|rate| *rate *= factor);
        self
    }

    /// The table times the exponential of a residual, knot by knot. Knots that it does not have stay.
    pub fn corrected(&self, residual: &[f64]) -> RateTable {
        let mut table = self.clone();
        table.0.iter_mut().zip(residual).for_each(|(rate, ln)| *rate *= libm::exp(*ln));
        table
    }

    /// The flow on every knot, g/s, by flat index.
    pub fn values(&self) -> &[f64; knots::COUNT] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn prior() -> RateTable {
        RateTable::new(&Shape::prior(), &Engine::CUP_670).unwrap()
    }

    proptest! {
        #[test]
        fn between_knots_it_is_within_its_bounds_and_rises_with_throttle(
            theta in 0.0f64..1.0, more in 0.0f64..1.0, rpm in 0.0f64..9_700.0,
        ) {
            let table = prior();
            let rate = |theta| table.rate_g_s(&Cell::locate(theta, rpm));
            prop_assert!((0.0..=40.0).contains(&rate(theta)));
            prop_assert!(rate(theta) <= rate((theta + more).min(1.0)) + 1e-12);
        }

        #[test]
        fn it_is_close_to_the_law_it_was_made_from(theta in 0.2f64..1.0, rpm in 700.0f64..9_700.0) {
            // bounds of docs/fuel-model.md §3: worst on a fine grid -0.94 % at racing speeds, -4.7 % below
            for engine in [Engine::CUP_510, Engine::CUP_670, Engine::CUP_750] {
                let shape = Shape::first_prior();
                let law = crate::physics::rate_g_s(&shape, &engine, theta, rpm, 1.0, 0.0).unwrap();
                let table = RateTable::new(&shape, &engine).unwrap();
                let error = table.rate_g_s(&Cell::locate(theta, rpm)) / law - 1.0;
                let bounds = if rpm >= 6_000.0 { -0.0095..=0.0045 } else { -0.048..=0.0045 };
                prop_assert!(bounds.contains(&error), "{error}");
            }
        }
    }

    #[test]
    fn an_engine_that_is_off_burns_exactly_nothing() {
        for theta in [0.0, 0.013, 0.5, 1.0] {
            assert!(prior().rate_g_s(&Cell::locate(theta, 0.0)).abs() <= 0.0);
        }
    }

    #[test]
    fn another_series_has_the_same_table_on_its_own_speeds() {
        let engine = |reference_rpm| Engine { package_hp: None, reference_rpm };
        assert_eq!(
            RateTable::new(&Shape::prior(), &engine(8_000.0)),
            RateTable::new(&Shape::prior(), &engine(6_624.0))
        );
        assert!((engine(6_624.0).normalised_rpm(6_624.0) - 8_000.0).abs() < 1e-9);
    }
}
