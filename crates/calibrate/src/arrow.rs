//! Normal equations shaped like an arrow: many parameters of which each meets those of the core, but none of its own kind.
//! Engines are such: a fill-to-fill has one. They are eliminated first (Schur's complement), so that their number costs little.

use crate::Unusable;
use nalgebra::{Cholesky, DMatrix, DVector, Dyn};

/// The equations.
pub(crate) struct Arrow {
    /// Of the core.
    pub core: DMatrix<f64>,
    /// Their right side.
    pub down: DVector<f64>,
    /// The others.
    pub arms: Vec<Arm>,
}

/// One parameter beside the core.
pub(crate) struct Arm {
    /// With the core.
    pub across: DVector<f64>,
    /// With itself.
    pub own: f64,
    /// Its right side.
    pub down: f64,
}

/// What solves them.
pub(crate) struct Solved {
    pub core: DVector<f64>,
    pub arms: Vec<f64>,
    /// What is left of the core's matrix without the arms, factored: its inverse is the core's covariance.
    pub factor: Cholesky<f64, Dyn>,
    /// Logarithm of the determinant of all.
    pub log_determinant: f64,
}

impl Arrow {
    /// Solves them, with the diagonal multiplied by 1 + `damping`.
    ///
    /// # Errors
    /// The matrix is not positive definite.
    pub fn solve(&self, damping: f64) -> Result<Solved, Unusable> {
        let (mut left, mut right) = (self.core.clone(), self.down.clone());
        for k in 0..left.nrows() {
            left[(k, k)] *= 1.0 + damping;
        }
        let mut log_determinant = 0.0;
        for arm in &self.arms {
            let own = arm.own * (1.0 + damping);
            left.ger(-1.0 / own, &arm.across, &arm.across, 1.0);
            right.axpy(-arm.down / own, &arm.across, 1.0);
            log_determinant += libm::log(own);
        }
        let factor = cholesky(left)?;
        let core = factor.solve(&right);
        let arms =
            self.arms.iter().map(|arm| (arm.down - arm.across.dot(&core)) / (arm.own * (1.0 + damping)));
        log_determinant += self::log_determinant(&factor);
        Ok(Solved { arms: arms.collect(), core, factor, log_determinant })
    }
}

/// Of a matrix that has to be positive definite.
pub(crate) fn cholesky(matrix: DMatrix<f64>) -> Result<Cholesky<f64, Dyn>, Unusable> {
    Cholesky::new(matrix).ok_or(Unusable::NoSolution)
}

pub(crate) fn log_determinant(cholesky: &Cholesky<f64, Dyn>) -> f64 {
    2.0 * cholesky.l_dirty().diagonal().iter().map(|&d| libm::log(d)).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_solved_as_the_whole_matrix_would_be() {
        let across = |a: f64, b: f64| DVector::from_vec(vec![a, b]);
        let arms = vec![
            Arm { across: across(0.5, -0.2), own: 2.0, down: 1.0 },
            Arm { across: across(0.1, 0.7), own: 3.0, down: -2.0 },
        ];
        let arrow = Arrow {
            core: DMatrix::from_row_slice(2, 2, &[4.0, 1.0, 1.0, 5.0]),
            down: DVector::from_vec(vec![0.3, 0.9]),
            arms,
        };
        #[rustfmt::skip]
        let whole = DMatrix::from_row_slice(4, 4, &[
            4.0, 1.0, 0.5, 0.1,
            1.0, 5.0, -0.2, 0.7,
            0.5, -0.2, 2.0, 0.0,
            0.1, 0.7, 0.0, 3.0,
        ]);
        let factor = cholesky(whole).unwrap();
        let expected = factor.solve(&DVector::from_vec(vec![0.3, 0.9, 1.0, -2.0]));
        let solved = arrow.solve(0.0).unwrap();
        let got = solved.core.iter().chain(&solved.arms);
        assert!(got.zip(expected.iter()).all(|(got, expected)| (got - expected).abs() < 1e-14));
        assert!((solved.log_determinant - log_determinant(&factor)).abs() < 1e-14);
        let covariance = solved.factor.inverse();
        assert!((covariance[(0, 1)] - factor.inverse()[(0, 1)]).abs() < 1e-15);
    }
}
