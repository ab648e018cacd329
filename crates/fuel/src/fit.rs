//! The most probable parameters of a law, from what was measured of it: the one search of every fit.
//!
//! An iterated extended Kalman filter: all measurements are linearised at the newest estimate, then the *prior* learns
//! from one after another by rank-one updates. At the end that is the Gauss–Newton step exactly, without a matrix to
//! invert (`ARCHITECTURE.md`, law 1). Formulas and sources: `docs/fuel-model.md` §10.
//!
//! ```
//! use fuel::Belief;
//! use fuel::fit::{Measurement, ObservedLaw, SearchRules, Tangent, most_probable};
//!
//! /// Two readings of a number that doubles.
//! struct Doubling;
//! impl ObservedLaw for Doubling {
//!     type Error = std::convert::Infallible;
//!     fn predict(&self, at: &[f64]) -> Result<Vec<f64>, Self::Error> {
//!         Ok(vec![at[0], 2.0 * at[0]])
//!     }
//!     fn linearise(&self, at: &[f64]) -> Result<Vec<Tangent>, Self::Error> {
//!         let slopes = [1.0, 2.0].into_iter();
//!         Ok(slopes.map(|slope| Tangent { predicted: slope * at[0], slopes: vec![(0, slope)] }).collect())
//!     }
//! }
//! let measured = [3.0, 6.0].map(|value| Measurement { value, sd: 0.1 });
//! let fitted = most_probable(&Belief::independent(&[(0.0, 100.0)]), &Doubling, &measured, &SearchRules::PLAIN)?;
//! assert!(fitted.converged && (fitted.belief.mean()[0] - 3.0).abs() < 1e-5);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::belief::{Belief, dot};
use crate::symmetric::Factor;

/// Beyond this many standard deviations a measurement pulls no stronger (Huber 1964).
pub const HUBER: f64 = 2.5;

/// A law whose parameters are to be found.
pub trait ObservedLaw {
    /// Why it has no value somewhere.
    type Error;

    /// What it predicts for every measurement, in order, with its parameters at `at`.
    ///
    /// # Errors
    /// It has no value there.
    fn predict(&self, at: &[f64]) -> Result<Vec<f64>, Self::Error>;

    /// The same with derivatives.
    ///
    /// # Errors
    /// It has no value there.
    fn linearise(&self, at: &[f64]) -> Result<Vec<Tangent>, Self::Error>;
}

/// A prediction, and how it moves with the parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct Tangent {
    /// In the unit of the measurement.
    pub predicted: f64,
    /// Derivatives that are not 0, each with the place of its parameter.
    pub slopes: Vec<(usize, f64)>,
}

/// What was measured, and how well.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measurement {
    /// In the unit of its prediction.
    pub value: f64,
    /// Standard deviation by measurement and law together, above 0.
    pub sd: f64,
}

/// How a search goes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SearchRules {
    /// Beyond this many standard deviations a measurement pulls no stronger; infinite: all pull as squares.
    pub huber: f64,
    /// Steps after which it ends, converged or not.
    pub steps_max: u32,
    /// A step this small, in standard deviations of the prior, is the last.
    pub negligible: f64,
    /// How often a step that makes things worse is halved.
    pub halvings_max: u32,
}

impl SearchRules {
    /// Robust against evidence that is wrong.
    pub const ROBUST: SearchRules =
        SearchRules { huber: HUBER, steps_max: 40, negligible: 1e-9, halvings_max: 30 };
    /// Every measurement counts in full.
    pub const PLAIN: SearchRules =
        SearchRules { huber: f64::INFINITY, steps_max: 60, negligible: 1e-11, halvings_max: 30 };
}

/// What a fit made of one measurement.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Residual {
    /// By the fitted law, in the unit of the measurement.
    pub predicted: f64,
    /// Measured less that, in standard deviations.
    pub residual: f64,
    /// How much it counted: 1, or less if it is an outlier.
    pub weight: f64,
}

/// Where a search ended.
#[derive(Clone, Debug, PartialEq)]
pub struct MostProbable {
    /// The parameters with their covariance.
    pub belief: Belief,
    /// Loss of the residuals plus half the squared distance from the prior.
    pub objective: f64,
    /// The measurements, in the order given.
    pub residuals: Vec<Residual>,
    /// Steps taken.
    pub steps: u32,
    /// Whether the last step was negligible.
    pub converged: bool,
}

/// Why there are no most probable parameters.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum SearchError<E> {
    /// The prior's covariance is none.
    #[error("the prior's covariance is not positive definite: every parameter needs a spread of its own")]
    NoPrior,
    /// The law has no value at the prior, or near the end.
    #[error(transparent)]
    Law(#[from] E),
}

/// Searches from the mean of the prior. Costs about as many multiplications as measurements times squared parameters, a
/// dozen times over.
///
/// # Errors
/// A prior that is none, or a law without a value.
pub fn most_probable<L: ObservedLaw>(
    prior: &Belief,
    law: &L,
    measured: &[Measurement],
    rules: &SearchRules,
) -> Result<MostProbable, SearchError<L::Error>> {
    let prior_factor = prior.covariance().factor().ok_or(SearchError::NoPrior)?;
    let search = Search { prior, prior_factor, law, measured, rules };
    let mut at = prior.mean().to_vec();
    let mut objective = search.objective(&at)?;
    let (mut steps, mut converged) = (0, false);
    let mut belief = search.step_from(&at)?;
    while steps < rules.steps_max && !converged {
        steps += 1;
        let step: Vec<f64> = belief.mean().iter().zip(&at).map(|(to, from)| to - from).collect();
        let Some((next, lower)) = search.downhill(&at, &step, objective) else { break };
        converged = search.is_negligible(&at, &next);
        (at, objective) = (next, lower);
        belief = search.step_from(&at)?;
    }
    let covariance = belief.covariance().clone();
    let belief = Belief::new(at, covariance).map_err(|_| SearchError::NoPrior)?;
    let residuals = search.residuals(belief.mean())?;
    Ok(MostProbable { belief, objective, residuals, steps, converged })
}

/// The problem, prepared.
struct Search<'a, L> {
    prior: &'a Belief,
    prior_factor: Factor,
    law: &'a L,
    measured: &'a [Measurement],
    rules: &'a SearchRules,
}

impl<L: ObservedLaw> Search<'_, L> {
    /// The prior after all measurements, each linearised at `at` and weighted by its residual there.
    fn step_from(&self, at: &[f64]) -> Result<Belief, L::Error> {
        let mut belief = self.prior.clone();
        for (Measurement { value, sd }, Tangent { predicted, slopes }) in
            self.measured.iter().zip(self.law.linearise(at)?)
        {
            let residual = value - predicted;
            let noise = sd * sd / weight(residual / sd, self.rules.huber);
            let column = belief.column(&slopes);
            let moved = dot(&slopes, at) - dot(&slopes, belief.mean());
            belief.learn(&column, dot(&slopes, &column) + noise, residual + moved, 1.0);
        }
        Ok(belief)
    }

    /// The first point along a step, halved until it does, at which the objective is no higher.
    fn downhill(&self, at: &[f64], step: &[f64], objective: f64) -> Option<(Vec<f64>, f64)> {
        let bound = objective + 1e-12 * (1.0 + objective); // rounding
        let mut share = 1.0;
        for _ in 0..=self.rules.halvings_max {
            let next: Vec<f64> = at.iter().zip(step).map(|(from, step)| from + share * step).collect();
            match self.objective(&next) {
                Ok(lower) if lower <= bound => return Some((next, lower)),
                _ => share *= 0.5,
            }
        }
        None
    }

    fn objective(&self, at: &[f64]) -> Result<f64, L::Error> {
        let loss: f64 =
            self.residuals(at)?.iter().map(|fitted| loss(fitted.residual, self.rules.huber)).sum();
        let moved: Vec<f64> = at.iter().zip(self.prior.mean()).map(|(to, from)| to - from).collect();
        Ok(loss + 0.5 * self.prior_factor.squared_distance(&moved))
    }

    fn residuals(&self, at: &[f64]) -> Result<Vec<Residual>, L::Error> {
        let fitted = self.measured.iter().zip(self.law.predict(at)?);
        let fitted = fitted.map(|(Measurement { value, sd }, predicted)| {
            let residual = (value - predicted) / sd;
            Residual { predicted, residual, weight: weight(residual, self.rules.huber) }
        });
        Ok(fitted.collect())
    }

    fn is_negligible(&self, from: &[f64], to: &[f64]) -> bool {
        from.iter().zip(to).enumerate().all(|(index, (from, to))| {
            let var = self.prior.covariance().get(index, index).unwrap_or(0.0);
            (to - from).abs() <= self.rules.negligible * var.sqrt()
        })
    }
}

/// Huber's loss of a residual, both in standard deviations: half its square up to `huber`, linear beyond.
pub fn loss(residual: f64, huber: f64) -> f64 {
    let size = residual.abs();
    if size <= huber { 0.5 * size * size } else { huber * (size - 0.5 * huber) }
}

/// The weight with which a squared loss pulls as hard as Huber's, above 0 and at most 1.
pub fn weight(residual: f64, huber: f64) -> f64 {
    (huber / residual.abs()).min(1.0)
}
