//! The residual as a Gaussian process on the knots.
//!
//! A fill-to-fill is a sum over knots, so it is linear in the residual, and the posterior from sums is exact (Law et al. 2018; the
//! definition is vector 07). It is solved among the few directions in which so smooth a residual can vary at all.

use crate::Unusable;
use crate::arrow::{Arm, Arrow, Solved};
use crate::learner::{Base, BaseRow, Learned, Learner, places};
use fuel::knots;
use nalgebra::{DMatrix, DVector, RowDVector};
use std::ops::Range;

/// A smooth residual: how large, how smooth, and how much of it may differ between manufacturers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GaussianProcess {
    /// Standard deviation of the residual on a knot.
    pub sd: f64,
    /// Over which throttle it is one value.
    pub length_theta: f64,
    /// Over which engine speed it is one value, rpm.
    pub length_rpm: f64,
    /// Standard deviation of a manufacturer's deviation, as a part of `sd`.
    pub manufacturer: f64,
}

impl Default for GaussianProcess {
    /// `docs/calibration.md`, "The learned residual".
    fn default() -> Self {
        GaussianProcess { sd: 0.05, length_theta: 0.30, length_rpm: 1_800.0, manufacturer: 0.5 }
    }
}

/// Means and standard deviations after the fills-to-fill.
#[derive(Clone, Debug, PartialEq)]
pub struct Posterior {
    /// The field's residual, by flat index.
    pub field: Vec<(f64, f64)>,
    /// Deviations of manufacturers.
    pub manufacturers: Vec<Vec<(f64, f64)>>,
    /// Scales beside them, as [`Base::scale_sd`] lists them.
    pub scales: Vec<(f64, f64)>,
    /// Burn of each fill-to-fill, US gallons.
    pub predicted_gal: Vec<f64>,
    /// Of y − f0, with its constant.
    pub log_marginal_likelihood: f64,
}

impl GaussianProcess {
    /// The exact posterior.
    ///
    /// # Errors
    /// Equations without a solution.
    pub fn posterior(&self, base: &Base) -> Result<Posterior, Unusable> {
        let solved = self.solved(base)?;
        let SolvedResidual { blocks, directions, of_rows, equations, solution } = &solved;
        let (mean, arms) = (&solution.core, &solution.arms);
        let covariance = solution.factor.inverse();
        let of_knots = |columns: Range<usize>, scale: f64| {
            let (from, n) = (columns.start, columns.len());
            let spread = directions * covariance.view((from, from), (n, n));
            let sd = |k: usize| spread.row(k).dot(&directions.row(k)).max(0.0).sqrt();
            let means = solved.on_knots(columns, scale).into_iter().enumerate();
            means.map(|(k, mean)| (mean, scale * sd(k))).collect::<Vec<_>>()
        };
        let of_scale = |(k, mean): (usize, f64)| {
            let column = blocks.scale(k);
            (mean, base.scale_sd[k] * covariance[(column, column)].sqrt())
        };
        let off = base.rows.iter().map(|row| (row.y_gal - row.f0_gal, row.noise));
        let misfit: f64 = off.clone().map(|(off, noise)| off * off / noise).sum();
        let log_noise: f64 = off.map(|(_, noise)| libm::log(std::f64::consts::TAU * noise)).sum();
        let explained = mean.dot(&equations.down)
            + arms.iter().zip(&equations.arms).map(|(mean, arm)| mean * arm.down).sum::<f64>();
        let engine =
            |row: &BaseRow| arms.get(row.engine).map_or(0.0, |arm| arm * base.engine_sd * row.f0_gal);
        let more = of_rows * mean;
        let predicted =
            more.iter().zip(&base.rows).map(|(more, row)| row.f0_gal + more + engine(row)).collect();
        Ok(Posterior {
            field: of_knots(blocks.field(), 1.0),
            manufacturers: (0..base.manufacturers)
                .map(|m| of_knots(blocks.manufacturer(m), self.manufacturer))
                .collect(),
            scales: solved.scales(base).into_iter().enumerate().map(of_scale).collect(),
            predicted_gal: predicted,
            log_marginal_likelihood: -0.5 * (misfit - explained + log_noise + solution.log_determinant),
        })
    }

    /// The posterior among independent directions: its mean, and its precision, factored.
    fn solved(&self, base: &Base) -> Result<SolvedResidual, Unusable> {
        let directions = self.directions();
        let blocks = Blocks { smooth: directions.ncols(), manufacturers: base.manufacturers };
        let of_rows = self.rows(base, &directions, &blocks);
        let mut whitened = of_rows.clone();
        for (b, row) in base.rows.iter().enumerate() {
            whitened.row_mut(b).unscale_mut(row.noise);
        }
        let mut precision = of_rows.tr_mul(&whitened);
        for k in 0..precision.nrows() {
            precision[(k, k)] += 1.0;
        }
        let off = DVector::from_iterator(base.rows.len(), base.rows.iter().map(|row| row.y_gal - row.f0_gal));
        let down = whitened.tr_mul(&off);
        let arms = engines(base, &whitened, &off);
        let equations = Arrow { core: precision, down, arms };
        Ok(SolvedResidual { solution: equations.solve(0.0)?, blocks, directions, of_rows, equations })
    }

    /// What a fill-to-fill gains for a unit of each independent direction.
    fn rows(&self, base: &Base, directions: &DMatrix<f64>, blocks: &Blocks) -> DMatrix<f64> {
        let mut rows = DMatrix::zeros(base.rows.len(), blocks.scale(base.scale_sd.len()));
        for (b, row) in base.rows.iter().enumerate() {
            let smooth = onto(row, directions);
            rows.view_mut((b, 0), (1, blocks.smooth)).copy_from(&smooth);
            if let Some(m) = row.manufacturer {
                let place = (b, blocks.manufacturer(m).start);
                rows.view_mut(place, (1, blocks.smooth)).copy_from(&(smooth * self.manufacturer));
            }
            for scale in row.scales {
                rows[(b, blocks.scale(scale))] = row.f0_gal * base.scale_sd[scale];
            }
        }
        rows
    }

    /// Columns whose outer products sum to the covariance between knots, to rounding: Cholesky's factor, the largest
    /// remaining variance first, ended where nothing remains.
    fn directions(&self) -> DMatrix<f64> {
        let places: Vec<_> = places().collect();
        let covariance = |(theta, rpm): (f64, f64), (other_theta, other_rpm): (f64, f64)| {
            let (a, b) = ((theta - other_theta) / self.length_theta, (rpm - other_rpm) / self.length_rpm);
            self.sd * self.sd * libm::exp(-0.5 * (a * a + b * b))
        };
        let mut remaining = vec![self.sd * self.sd; knots::COUNT];
        let mut columns: Vec<DVector<f64>> = Vec::new();
        loop {
            let largest =
                remaining.iter().enumerate().fold((0, 0.0), |a, (k, &v)| if v > a.1 { (k, v) } else { a });
            if largest.1 <= 1e-13 * self.sd * self.sd || columns.len() == knots::COUNT {
                return DMatrix::from_columns(&columns);
            }
            let (pivot, root) = (largest.0, largest.1.sqrt());
            let column = DVector::from_fn(knots::COUNT, |k, _| {
                let known: f64 = columns.iter().map(|column| column[k] * column[pivot]).sum();
                (covariance(places[k], places[pivot]) - known) / root
            });
            remaining.iter_mut().zip(column.iter()).for_each(|(left, c)| *left -= c * c);
            remaining[pivot] = 0.0;
            columns.push(column);
        }
    }
}

impl Learner for GaussianProcess {
    fn name(&self) -> &'static str {
        "gp"
    }
    fn learn(&self, base: &Base) -> Result<Learned, Unusable> {
        let solved = self.solved(base)?;
        let blocks = &solved.blocks;
        let own = |m| solved.on_knots(blocks.manufacturer(m), self.manufacturer);
        Ok(Learned {
            field: solved.on_knots(blocks.field(), 1.0),
            manufacturers: (0..base.manufacturers).map(own).collect(),
            scales: solved.scales(base),
        })
    }
}

/// Engines as equations, each of unit variance.
fn engines(base: &Base, whitened: &DMatrix<f64>, off: &DVector<f64>) -> Vec<Arm> {
    if base.engine_sd <= 0.0 {
        return Vec::new();
    }
    let none = || Arm { across: DVector::zeros(whitened.ncols()), own: 1.0, down: 0.0 };
    let mut arms: Vec<Arm> = std::iter::repeat_with(none).take(base.engines).collect();
    for (b, row) in base.rows.iter().enumerate() {
        let (arm, gain) = (&mut arms[row.engine], row.f0_gal * base.engine_sd);
        arm.across += whitened.row(b).transpose() * gain;
        arm.own += gain * gain / row.noise;
        arm.down += gain * off[b] / row.noise;
    }
    arms
}

/// The posterior among independent directions of unit variance.
struct SolvedResidual {
    blocks: Blocks,
    /// Smooth directions on the knots.
    directions: DMatrix<f64>,
    /// What each fill-to-fill gains along each direction, US gallons.
    of_rows: DMatrix<f64>,
    equations: Arrow,
    solution: Solved,
}

impl SolvedResidual {
    fn on_knots(&self, columns: Range<usize>, scale: f64) -> Vec<f64> {
        let means = &self.directions * self.solution.core.rows(columns.start, columns.len());
        means.iter().map(|mean| scale * mean).collect()
    }
    fn scales(&self, base: &Base) -> Vec<f64> {
        base.scale_sd
            .iter()
            .enumerate()
            .map(|(k, sd)| sd * self.solution.core[self.blocks.scale(k)])
            .collect()
    }
}

/// A fill-to-fill's burn on the knots, along each direction.
fn onto(row: &BaseRow, directions: &DMatrix<f64>) -> RowDVector<f64> {
    let along = |q: usize| row.burned.iter().map(|&(k, gal)| gal * directions[(k, q)]).sum();
    RowDVector::from_fn(directions.ncols(), |_, q| along(q))
}

/// Which columns are whose.
struct Blocks {
    smooth: usize,
    manufacturers: usize,
}

impl Blocks {
    fn field(&self) -> Range<usize> {
        0..self.smooth
    }
    fn manufacturer(&self, m: usize) -> Range<usize> {
        (m + 1) * self.smooth..(m + 2) * self.smooth
    }
    fn scale(&self, scale: usize) -> usize {
        (self.manufacturers + 1) * self.smooth + scale
    }
}
