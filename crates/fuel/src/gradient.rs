//! The rate law on the knots with its derivatives: what a fit needs.

use crate::physics::Law;
use crate::{Engine, Histogram, RateError, Shape, knots};

/// Fuel flow on every knot and its derivatives by the six parameters, at density ratio 1 and scale 0.
#[derive(Clone, Debug, PartialEq)]
pub struct KnotGradients {
    rates: Box<[f64; knots::COUNT]>,
    slopes: Box<[[f64; 6]; knots::COUNT]>,
}

/// The law of this engine and its exact derivatives on the knots.
///
/// # Errors
/// As [`crate::RateTable::new`].
pub fn knot_gradients(shape: &Shape, engine: &Engine) -> Result<KnotGradients, RateError> {
    let law = Law::new(shape, engine)?;
    let mut rates = Box::new([0.0; knots::COUNT]);
    let mut slopes = Box::new([[0.0; 6]; knots::COUNT]);
    let points = knots::THETA.iter().flat_map(|&theta| knots::RPM.iter().map(move |&rpm| (theta, rpm)));
    for (((theta, rpm), rate), slopes) in points.zip(rates.iter_mut()).zip(slopes.iter_mut()) {
        *rate = law.rate_g_s(theta, rpm);
        *slopes = law.log_gradient(shape, theta, rpm).map(|slope| slope * *rate);
    }
    Ok(KnotGradients { rates, slopes })
}

impl KnotGradients {
    /// The flow on every knot, g/s, by flat index.
    pub fn rates(&self) -> &[f64; knots::COUNT] {
        &self.rates
    }

    /// For every knot the derivatives of its flow, g/s by parameter, in the order of [`Shape`]'s fields.
    pub fn slopes(&self) -> &[[f64; 6]; knots::COUNT] {
        &self.slopes
    }

    /// Fuel burned at scale 0, grams, and its derivatives by the six parameters.
    pub fn burned_g(&self, histogram: &Histogram) -> (f64, [f64; 6]) {
        let (mut burned, mut by) = (0.0, [0.0; 6]);
        let knots = histogram.values().iter().zip(self.rates.iter()).zip(self.slopes.iter());
        for ((&ns, rate), slopes) in knots.filter(|((ns, _), _)| **ns != 0) {
            let seconds = ns as f64 * 1e-9;
            burned += seconds * rate;
            by.iter_mut().zip(slopes).for_each(|(sum, slope)| *sum += seconds * slope);
        }
        (burned, by)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Cell, RateTable, physics};

    #[test]
    fn it_is_the_table_and_the_laws_own_derivatives() {
        for engine in [Engine::CUP_510, Engine::CUP_750] {
            let knots = knot_gradients(&Shape::prior(), &engine).unwrap();
            let table = RateTable::new(&Shape::prior(), &engine).unwrap();
            let same = |(rate, tabled): (&f64, &f64)| rate.to_bits() == tabled.to_bits();
            assert!(knots.rates().iter().zip(table.values()).all(same));
            for (k, slopes) in knots.slopes().iter().enumerate() {
                let (theta, rpm) = (knots::THETA[k / knots::RPM.len()], knots::RPM[k % knots::RPM.len()]);
                let log_slopes = physics::log_rate_gradient(&Shape::prior(), &engine, theta, rpm).unwrap();
                for (slope, log_slope) in slopes.iter().zip(log_slopes) {
                    assert!((slope - log_slope * knots.rates()[k]).abs() <= 1e-14 * slope.abs());
                }
            }
        }
    }

    #[test]
    fn burn_of_a_histogram_is_that_of_the_table_and_moves_as_its_slopes_say() {
        let mut stint = Histogram::default();
        for (theta, rpm, seconds) in [(1.0, 8_200.0, 400), (0.4, 6_100.0, 120), (0.0, 3_900.0, 60)] {
            stint.add(&Cell::locate(theta, rpm), seconds * 1_000_000_000);
        }
        let burned = |shape: &Shape| knot_gradients(shape, &Engine::CUP_670).unwrap().burned_g(&stint);
        let (grams, by) = burned(&Shape::prior());
        let table = RateTable::new(&Shape::prior(), &Engine::CUP_670).unwrap();
        assert!((grams - stint.burned_g(&table)).abs() < 1e-9);
        let moved = |by: f64| Shape { gamma: Shape::prior().gamma + by, ..Shape::prior() };
        let slope = (burned(&moved(1e-5)).0 - burned(&moved(-1e-5)).0) / 2e-5;
        assert!((slope - by[2]).abs() < 1e-5 * by[2].abs(), "{slope} {}", by[2]);
    }
}
