//! What is believed of several numbers at once: their means and their covariance.

use crate::Symmetric;
use serde::{Deserialize, Serialize};

/// The logarithm of the factor by which something burns more than the frozen prediction says.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct LogScale {
    /// Its mean.
    pub mean: f64,
    /// Its variance.
    pub var: f64,
}

/// A normal distribution over several numbers. It learns by rank-one updates, so no matrix is ever inverted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(into = "(Vec<f64>, Symmetric)", try_from = "(Vec<f64>, Symmetric)")]
pub struct Belief {
    mean: Vec<f64>,
    covariance: Symmetric,
}

/// Means and a covariance that make no belief.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoBelief {
    /// They do not belong together.
    #[error("{means} means need a covariance of as many rows, not {rows}")]
    SizesDiffer {
        /// How many means.
        means: usize,
        /// How many rows.
        rows: usize,
    },
    /// A mean is NaN or infinite.
    #[error("mean {index} is not finite")]
    NotFinite {
        /// The place of that mean.
        index: usize,
    },
}

impl Belief {
    /// Means with their covariance.
    ///
    /// # Errors
    /// Their sizes differ, or a mean is not finite.
    pub fn new(mean: Vec<f64>, covariance: Symmetric) -> Result<Belief, NoBelief> {
        let (means, rows) = (mean.len(), covariance.size());
        if means != rows {
            return Err(NoBelief::SizesDiffer { means, rows });
        }
        match mean.iter().position(|mean| !mean.is_finite()) {
            Some(index) => Err(NoBelief::NotFinite { index }),
            None => Ok(Belief { mean, covariance }),
        }
    }

    /// Independent numbers, each a mean and a standard deviation.
    pub fn independent(numbers: &[(f64, f64)]) -> Belief {
        let variances: Vec<f64> = numbers.iter().map(|(_, sd)| sd * sd).collect();
        Belief {
            mean: numbers.iter().map(|&(mean, _)| mean).collect(),
            covariance: Symmetric::diagonal(&variances),
        }
    }

    /// The means.
    pub fn mean(&self) -> &[f64] {
        &self.mean
    }

    /// The covariance.
    pub fn covariance(&self) -> &Symmetric {
        &self.covariance
    }

    /// Makes one number less sure: adds `sd`² to its variance. Does nothing outside.
    pub fn widen(&mut self, index: usize, sd: f64) {
        self.covariance.add_to_diagonal(index, sd * sd);
    }

    /// The sum of some of the numbers, as logarithms of factors that act together. Indices outside count as a number
    /// known to be 0.
    pub fn sum(&self, indices: &[usize]) -> LogScale {
        let ones: Vec<(usize, f64)> = indices.iter().map(|&index| (index, 1.0)).collect();
        let mean = indices.iter().filter_map(|&index| self.mean.get(index)).sum();
        LogScale { mean, var: self.variance(&ones) }
    }

    /// Adds a number: its mean, its covariances with those before, its variance.
    pub(crate) fn grow(&mut self, mean: f64, beside: &[f64], variance: f64) {
        self.mean.push(mean);
        self.covariance.grow(beside, variance);
    }

    /// Covariance of every number with a linear function of them, given by its slopes that are not 0.
    pub(crate) fn column(&self, slopes: &[(usize, f64)]) -> Vec<f64> {
        self.covariance.times(slopes)
    }

    /// Variance of such a function: only the covariances among its own numbers count.
    pub(crate) fn variance(&self, slopes: &[(usize, f64)]) -> f64 {
        let along = |row: usize| {
            let parts =
                slopes.iter().filter_map(|&(column, slope)| Some(self.covariance.get(row, column)? * slope));
            parts.fold(0.0, |sum, part| sum + part)
        };
        let known = slopes.iter().filter(|(row, _)| *row < self.covariance.size());
        known.map(|&(row, slope)| slope * along(row)).sum()
    }

    /// Learns about a linear function of the numbers plus noise: its [`column`](Self::column), its variance with the
    /// noise, how far its mean moves, and the share (0..=1) of its variance that goes. A plain observation moves it by
    /// the whole residual and leaves nothing; a bound leaves some.
    pub(crate) fn learn(&mut self, column: &[f64], variance: f64, shift: f64, share: f64) {
        for (mean, along) in self.mean.iter_mut().zip(column) {
            *mean += along / variance * shift;
        }
        self.covariance.take_square(column, share / variance);
    }
}

/// The product of a sparse vector and a dense one.
pub(crate) fn dot(entries: &[(usize, f64)], dense: &[f64]) -> f64 {
    entries.iter().filter_map(|&(index, entry)| Some(entry * dense.get(index)?)).sum()
}

impl From<Belief> for (Vec<f64>, Symmetric) {
    fn from(belief: Belief) -> Self {
        (belief.mean, belief.covariance)
    }
}

impl TryFrom<(Vec<f64>, Symmetric)> for Belief {
    type Error = NoBelief;
    fn try_from((mean, covariance): (Vec<f64>, Symmetric)) -> Result<Self, NoBelief> {
        Belief::new(mean, covariance)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_observation_is_the_weighted_mean_of_belief_and_evidence() {
        // a number of 0 ± 2 that is seen as 3 ± 1: variance 1/(1/4 + 1/1), mean 3 times its share
        let mut belief = Belief::independent(&[(0.0, 2.0), (5.0, 1.0)]);
        let column = belief.column(&[(0, 1.0)]);
        belief.learn(&column, 4.0 + 1.0, 3.0, 1.0);
        let LogScale { mean, var } = belief.sum(&[0]);
        assert!((mean - 2.4).abs() < 1e-15 && (var - 0.8).abs() < 1e-15, "{mean} {var}");
        assert_eq!(belief.sum(&[1]), LogScale { mean: 5.0, var: 1.0 });
        assert_eq!(belief.sum(&[7]), LogScale { mean: 0.0, var: 0.0 });
    }

    #[test]
    fn what_is_no_belief_is_refused() {
        let error = Belief::new(vec![0.0; 3], Symmetric::diagonal(&[1.0])).unwrap_err();
        assert_eq!(error.to_string(), "3 means need a covariance of as many rows, not 1");
        let error = Belief::new(vec![f64::NAN], Symmetric::diagonal(&[1.0])).unwrap_err();
        assert_eq!(error.to_string(), "mean 0 is not finite");
        assert!(serde_json::from_str::<Belief>("[[0.0],[]]").is_err());
    }
}
