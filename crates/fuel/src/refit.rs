//! The full refit: shape and scales together, from everything burned so far. For an engine package never seen, whose
//! law the frozen prediction does not know. The search is that of [`crate::fit`]; formulas and sources:
//! `docs/fuel-model.md` §10.

use crate::belief::Belief;
use crate::fit::{self, Measurement, ObservedLaw, Residual, SearchError, SearchRules, Tangent};
use crate::gradient::{KnotGradients, knot_gradients};
use crate::{Burned, Engine, Histogram, RateError, RateTable, Shape, Spread, prior};
use units::{FuelDensity, Volume};

/// How many parameters of the state are the law's shape: they come first.
pub const SHAPE: usize = 6;
/// Stints of one car with what they burned.
#[derive(Clone, Debug)]
pub struct FitFillToFill<'a> {
    /// Time on the knots, over all stints.
    pub histogram: &'a Histogram,
    /// The engine.
    pub engine: Engine,
    /// Which parameters of the state are scales of this car: manufacturer, itself, race. Each at least [`SHAPE`].
    pub scales: &'a [usize],
    /// The evidence.
    pub burned: Burned,
}

/// A fitted law.
#[derive(Clone, Debug, PartialEq)]
pub struct Refit {
    /// Parameters with their covariance: six of the shape, then scales.
    pub belief: Belief,
    /// Huber's loss of the residuals plus half the squared distance from the prior.
    pub objective: f64,
    /// What was burned from fill to fill, in the order given; US gallons.
    pub fills: Vec<Residual>,
    /// Steps taken.
    pub steps: u32,
    /// Whether the last step was negligible.
    pub converged: bool,
}

impl Refit {
    /// The fitted law.
    pub fn shape(&self) -> Shape {
        shape_of(self.belief.mean())
    }

    /// What a car with these scales burns by the fitted law over a histogram, US gallons, with the error of all
    /// parameters together. `knots` are those of [`Refit::shape`] for its engine. Indices that are no parameters count as 0.
    pub fn burned_gal(
        &self,
        knots: &KnotGradients,
        histogram: &Histogram,
        scales: &[usize],
        density: FuelDensity,
    ) -> Spread {
        burned_gal(&self.belief, knots, histogram, scales, density)
    }
}

/// What is believed to be burned over a histogram: see [`Refit::burned_gal`].
pub fn burned_gal(
    belief: &Belief,
    knots: &KnotGradients,
    histogram: &Histogram,
    scales: &[usize],
    density: FuelDensity,
) -> Spread {
    let (mean, slopes) = linearised(knots, histogram, scales, belief.mean(), grams_per_gal(density));
    Spread { mean, sd: belief.variance(&slopes).max(0.0).sqrt() }
}

/// The law's shape in a state whose first six numbers it is.
pub fn shape(belief: &Belief) -> Option<Shape> {
    let shape: [f64; SHAPE] = belief.mean().get(..SHAPE)?.try_into().ok()?;
    Some(Shape::from_array(shape))
}

/// Why there is no fit.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum RefitError {
    /// The prior has fewer parameters than the shape.
    #[error("a fit needs the six parameters of the law first, not {size} in all")]
    NoShape {
        /// How many parameters the prior has.
        size: usize,
    },
    /// The prior's covariance is none.
    #[error("the prior's covariance is not positive definite: every parameter needs a spread of its own")]
    NoPrior,
    /// A fill-to-fill names a parameter that is none of the scales.
    #[error("fill-to-fill {fill} has parameter {index} as a scale: scales are {SHAPE} to {last}")]
    NoSuchScale {
        /// Its place among those given.
        fill: usize,
        /// The parameter that it names.
        index: usize,
        /// The last scale.
        last: usize,
    },
    /// The evidence of a fill-to-fill cannot be used.
    #[error("fill-to-fill {fill} has no finite burn with a variance above zero: leave it out")]
    NoEvidence {
        /// Its place among those given.
        fill: usize,
    },
    /// The law has no rate at the prior.
    #[error(transparent)]
    Rate(#[from] RateError),
}

/// Parameters without history: six of the shape, then scales with the given standard deviations.
pub fn uncalibrated(scale_sds: &[f64]) -> Belief {
    let shape = Shape::prior().to_array().into_iter().zip(Shape::prior_sd().to_array());
    let numbers: Vec<(f64, f64)> = shape.chain(scale_sds.iter().map(|&sd| (0.0, sd))).collect();
    Belief::independent(&numbers)
}

/// What a calibration on other packages says about one never seen: its spread widens.
pub fn widen_for_new_package(belief: &mut Belief) {
    for (index, sd) in prior::NEW_PACKAGE_SHAPE_SD.into_iter().enumerate() {
        belief.widen(index, sd);
    }
}

/// Fits shape and scales. The model errs by a share `shape_sd` of every stint.
///
/// # Errors
/// A prior that is none, a fill-to-fill that names no scale or has no evidence, or a shape of which there is no rate.
pub fn refit(
    prior: &Belief,
    fills: &[FitFillToFill],
    shape_sd: f64,
    density: FuelDensity,
) -> Result<Refit, RefitError> {
    let measured = measured(prior.mean().len(), fills, shape_sd)?;
    let law = BurnedByLaw::new(fills, density);
    let found =
        fit::most_probable(prior, &law, &measured, &SearchRules::ROBUST).map_err(|error| match error {
            SearchError::NoPrior => RefitError::NoPrior,
            SearchError::Law(error) => RefitError::Rate(error),
        })?;
    let fit::MostProbable { belief, objective, residuals, steps, converged } = found;
    Ok(Refit { belief, objective, fills: residuals, steps, converged })
}

/// What was burned from fill to fill as a fit of `size` parameters takes it, US gallons.
fn measured(size: usize, fills: &[FitFillToFill], shape_sd: f64) -> Result<Vec<Measurement>, RefitError> {
    if size < SHAPE {
        return Err(RefitError::NoShape { size });
    }
    let of_one = |(fill, FitFillToFill { scales, burned, .. }): (usize, &FitFillToFill)| {
        if let Some(&index) = scales.iter().find(|&&index| index < SHAPE || index >= size) {
            return Err(RefitError::NoSuchScale { fill, index, last: size - 1 });
        }
        let sd = burned.sigma_gal(shape_sd);
        if !(burned.gal.is_finite() && sd.is_finite() && sd > 0.0) {
            return Err(RefitError::NoEvidence { fill });
        }
        Ok(Measurement { value: burned.gal, sd })
    };
    fills.iter().enumerate().map(of_one).collect()
}

/// Burn by the law, in gallons, of every fill-to-fill.
struct BurnedByLaw<'a> {
    fills: &'a [FitFillToFill<'a>],
    engines: Vec<Engine>,
    /// For every fill-to-fill, which of `engines` it has.
    engine_of: Vec<usize>,
    grams_per_gal: f64,
}

impl<'a> BurnedByLaw<'a> {
    fn new(fills: &'a [FitFillToFill<'a>], density: FuelDensity) -> Self {
        let mut engines: Vec<Engine> = Vec::new();
        let mut place = |engine: &Engine| {
            engines.iter().position(|other| other == engine).unwrap_or_else(|| {
                engines.push(*engine);
                engines.len() - 1
            })
        };
        let engine_of = fills.iter().map(|fill| place(&fill.engine)).collect();
        BurnedByLaw { fills, engines, engine_of, grams_per_gal: grams_per_gal(density) }
    }
}

impl ObservedLaw for BurnedByLaw<'_> {
    type Error = RateError;

    fn predict(&self, at: &[f64]) -> Result<Vec<f64>, RateError> {
        let tables = self.engines.iter().map(|engine| RateTable::new(&shape_of(at), engine));
        let tables: Vec<RateTable> = tables.collect::<Result<_, _>>()?;
        let burned = self.fills.iter().zip(&self.engine_of).map(|(fill, &engine)| {
            fill.histogram.burned_g(&tables[engine]) * factor(fill.scales, at) / self.grams_per_gal
        });
        Ok(burned.collect())
    }

    fn linearise(&self, at: &[f64]) -> Result<Vec<Tangent>, RateError> {
        let gradients = self.engines.iter().map(|engine| knot_gradients(&shape_of(at), engine));
        let gradients: Vec<KnotGradients> = gradients.collect::<Result<_, _>>()?;
        let burned = self.fills.iter().zip(&self.engine_of).map(|(fill, &engine)| {
            let (predicted, slopes) =
                linearised(&gradients[engine], fill.histogram, fill.scales, at, self.grams_per_gal);
            Tangent { predicted, slopes }
        });
        Ok(burned.collect())
    }
}

fn grams_per_gal(density: FuelDensity) -> f64 {
    density.mass(Volume::from_us_gallons(1.0)).kg() * 1e3
}

/// True burn over that of the law.
fn factor(scales: &[usize], at: &[f64]) -> f64 {
    libm::exp(scales.iter().filter_map(|&index| at.get(index)).sum())
}

/// Burn in gallons, and its derivatives by the parameters that it depends on.
fn linearised(
    knots: &KnotGradients,
    histogram: &Histogram,
    scales: &[usize],
    at: &[f64],
    grams_per_gal: f64,
) -> (f64, Vec<(usize, f64)>) {
    let (burned_g, by_shape) = knots.burned_g(histogram);
    let gal_per_g = factor(scales, at) / grams_per_gal;
    let burned_gal = burned_g * gal_per_g;
    let by_shape = by_shape.into_iter().map(|slope| slope * gal_per_g).enumerate();
    (burned_gal, by_shape.chain(scales.iter().map(|&index| (index, burned_gal))).collect())
}

fn shape_of(at: &[f64]) -> Shape {
    Shape { ln_f: at[0], ln_kt: at[1], gamma: at[2], ln_rho_p: at[3], a0: at[4], chi: at[5] }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Cell;
    use crate::filter::{CarPrior, Filter, Observation, ScalePrior};

    const SHAPE_SD: f64 = 0.02;

    /// A stint of so many seconds flat out, with half as many at part throttle and a few closed.
    fn stint(seconds: i64) -> Histogram {
        let mut histogram = Histogram::default();
        for (theta, rpm, share) in [(1.0, 8_300.0, 4), (0.45, 7_100.0, 2), (0.0, 4_200.0, 1)] {
            histogram.add(&Cell::locate(theta, rpm), seconds * share * 250_000_000);
        }
        histogram
    }

    /// Two cars, three stints; the field burns 4 % more than predicted, the second car a little more yet.
    fn stints() -> Vec<(usize, Histogram, f64)> {
        [(0, 1_500, 1.04), (1, 1_300, 1.05), (0, 700, 1.035)]
            .map(|(car, seconds, true_over_predicted)| {
                let table = RateTable::new(&Shape::prior(), &Engine::CUP_670).unwrap();
                let histogram = stint(seconds);
                let predicted_gal = histogram.burned_g(&table) / grams_per_gal(FuelDensity::CUP);
                (car, histogram, predicted_gal * true_over_predicted)
            })
            .into()
    }

    fn fit(prior: &Belief, stints: &[(usize, Histogram, f64)]) -> Refit {
        let scales = [[6, 7], [6, 8]];
        let fills: Vec<FitFillToFill> = stints
            .iter()
            .map(|(car, histogram, gal)| FitFillToFill {
                histogram,
                engine: Engine::CUP_670,
                scales: &scales[*car],
                burned: Burned { gal: *gal, var_gal2: 0.0425 },
            })
            .collect();
        refit(prior, &fills, SHAPE_SD, FuelDensity::CUP).unwrap()
    }

    #[test]
    fn without_evidence_it_is_the_prior() {
        let prior = uncalibrated(&[0.06, 0.02]);
        let fit = fit(&prior, &[]);
        assert!(fit.converged && fit.objective.abs() < 1e-20);
        assert_eq!(fit.belief, prior);
        assert_eq!(fit.shape(), Shape::prior());
    }

    #[test]
    fn the_order_of_the_evidence_does_not_matter() {
        let prior = uncalibrated(&[0.06, 0.02, 0.02]);
        let (mut stints, forth) = (stints(), fit(&prior, &stints()));
        stints.reverse();
        let back = fit(&prior, &stints);
        assert!((forth.objective - back.objective).abs() < 1e-12);
        for (a, b) in forth.belief.mean().iter().zip(back.belief.mean()) {
            assert!((a - b).abs() < 1e-10, "{a} {b}");
        }
    }

    #[test]
    fn with_a_law_that_is_known_it_says_what_the_filter_says() {
        let sure = Shape::prior().to_array().map(|mean| (mean, 1e-9));
        let car = CarPrior::calibrated(0.02).unwrap();
        let mut filter = Filter::new(ScalePrior { race_sd: 0.06, shape_sd: SHAPE_SD });
        filter.join(car);
        filter.join(car);
        let car_sd = filter.own_scale(0).unwrap().var.sqrt();
        let prior = Belief::independent(&[&sure[..], &[(0.0, 0.06), (0.0, car_sd), (0.0, car_sd)]].concat());
        let table = RateTable::new(&Shape::prior(), &Engine::CUP_670).unwrap();
        for (car, histogram, gal) in stints() {
            let predicted_gal = histogram.burned_g(&table) / grams_per_gal(FuelDensity::CUP);
            let burned = Burned { gal, var_gal2: 0.0425 };
            filter.observe(&Observation { car, predicted_gal, imputed_sd_gal: 0.0, burned }).unwrap();
        }
        let fit = fit(&prior, &stints());
        for car in 0..2 {
            let (online, full) = (filter.scale(car).unwrap(), fit.belief.sum(&[6, 7 + car]));
            // the filter linearises once, and where it stood: second order in a scale of 4 %
            assert!((online.mean - full.mean).abs() < 0.05 * full.var.sqrt(), "{online:?} {full:?}");
            assert!((online.var / full.var - 1.0).abs() < 0.05, "{online:?} {full:?}");
        }
    }

    #[test]
    fn the_error_of_what_it_says_is_the_error_of_all_its_parameters() {
        let fit = fit(&uncalibrated(&[0.06, 0.02, 0.02]), &stints());
        let knots = knot_gradients(&fit.shape(), &Engine::CUP_670).unwrap();
        let burned = |scales: &[usize]| fit.burned_gal(&knots, &stint(1_000), scales, FuelDensity::CUP);
        let (known, unseen) = (burned(&[6, 7]), burned(&[6]));
        assert!(known.sd / known.mean < 0.02 && known.sd > 0.0, "{known:?}");
        assert!((libm::log(unseen.mean / known.mean) + fit.belief.mean()[7]).abs() < 1e-12);
        // one scale alone would be much less sure than the burn: level and scale trade against each other
        assert!(fit.belief.sum(&[6]).var.sqrt() > 2.0 * known.sd / known.mean);
    }

    #[test]
    fn a_package_never_seen_makes_the_law_less_sure_but_not_the_cars() {
        let mut belief = uncalibrated(&[0.02]);
        let before = belief.clone();
        widen_for_new_package(&mut belief);
        let var = |belief: &Belief, k| belief.covariance().get(k, k).unwrap();
        for (k, more) in [0.03, 0.10, 0.10, 0.0, 0.0, 0.0, 0.0].into_iter().enumerate() {
            assert!((var(&belief, k) - var(&before, k) - more * more).abs() < 1e-15, "parameter {k}");
        }
    }

    #[test]
    fn what_cannot_be_fitted_is_named() {
        let histogram = stint(100);
        let fill = FitFillToFill {
            histogram: &histogram,
            engine: Engine::CUP_670,
            scales: &[6],
            burned: Burned { gal: 1.0, var_gal2: 0.01 },
        };
        let error = |prior: &Belief, fill: FitFillToFill| {
            refit(prior, &[fill], SHAPE_SD, FuelDensity::CUP).unwrap_err().to_string()
        };
        let prior = uncalibrated(&[0.06]);
        let foreign = FitFillToFill { scales: &[7], ..fill.clone() };
        assert_eq!(error(&prior, foreign), "fill-to-fill 0 has parameter 7 as a scale: scales are 6 to 6");
        let empty = FitFillToFill { burned: Burned { gal: f64::NAN, var_gal2: 0.01 }, ..fill.clone() };
        assert_eq!(
            error(&prior, empty),
            "fill-to-fill 0 has no finite burn with a variance above zero: leave it out"
        );
        let sure = Belief::independent(&[(0.0, 0.0); 7]);
        assert!(error(&sure, fill.clone()).starts_with("the prior's covariance is not positive definite"));
        assert!(error(&Belief::default(), fill).starts_with("a fit needs the six parameters"));
    }
}
