//! The residual as a Gaussian process on the knots.
//!
//! A bag is a sum over knots, so it is linear in the residual, and the posterior from sums is exact (Law et al. 2018; the
//! definition is vector 07). It is solved among the few directions in which so smooth a residual can vary at all.

use crate::Unusable;
use crate::fit::{cholesky, log_determinant};
use crate::learner::{Base, BaseRow, Learned, Learner, places};
use fuel::knots;
use nalgebra::{DMatrix, DVector};

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

/// Means and standard deviations after the bags.
#[derive(Clone, Debug, PartialEq)]
pub struct Posterior {
    /// The field's residual, by flat index.
    pub field: Vec<(f64, f64)>,
    /// Deviations of manufacturers.
    pub manufacturers: Vec<Vec<(f64, f64)>>,
    /// Scales of races.
    pub races: Vec<(f64, f64)>,
    /// Scales of cars.
    pub cars: Vec<(f64, f64)>,
    /// Burn of each bag, US gallons.
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
        let directions = self.directions();
        let blocks =
            Blocks { smooth: directions.ncols(), manufacturers: base.manufacturers, races: base.races };
        let of_rows = self.rows(base, &directions, &blocks);
        let off = DVector::from_iterator(base.rows.len(), base.rows.iter().map(|row| row.y_gal - row.f0_gal));
        let mut whitened = of_rows.clone();
        for (b, row) in base.rows.iter().enumerate() {
            whitened.row_mut(b).unscale_mut(row.noise);
        }
        let mut precision = of_rows.tr_mul(&whitened);
        for k in 0..precision.nrows() {
            precision[(k, k)] += 1.0;
        }
        let pull = whitened.tr_mul(&off);
        let precision = cholesky(precision)?;
        let mean = precision.solve(&pull);
        let covariance = precision.inverse();
        let noise = || base.rows.iter().map(|row| row.noise);
        let misfit: f64 = off.iter().zip(noise()).map(|(off, noise)| off * off / noise).sum();
        let log_noise: f64 = noise().map(|noise| libm::log(std::f64::consts::TAU * noise)).sum();
        let at = |columns: std::ops::Range<usize>, onto: &DMatrix<f64>, scale: f64| {
            let part = mean.rows(columns.start, columns.len());
            let spread = covariance.view((columns.start, columns.start), (columns.len(), columns.len()));
            let (means, spread) = (onto * part, onto * spread);
            let sd = |k: usize| spread.row(k).dot(&onto.row(k)).max(0.0).sqrt();
            (0..onto.nrows()).map(|k| (scale * means[k], scale * sd(k))).collect::<Vec<_>>()
        };
        let single = |column: usize, sd: f64| (sd * mean[column], sd * covariance[(column, column)].sqrt());
        Ok(Posterior {
            field: at(blocks.field(), &directions, 1.0),
            manufacturers: (0..base.manufacturers)
                .map(|m| at(blocks.manufacturer(m), &directions, self.manufacturer))
                .collect(),
            races: (0..base.races).map(|race| single(blocks.race(race), base.race_sd)).collect(),
            cars: base.car_sd.iter().enumerate().map(|(car, &sd)| single(blocks.car(car), sd)).collect(),
            predicted_gal: (&of_rows * &mean)
                .iter()
                .zip(&base.rows)
                .map(|(more, row)| row.f0_gal + more)
                .collect(),
            log_marginal_likelihood: -0.5
                * (misfit - mean.dot(&pull) + log_noise + log_determinant(&precision)),
        })
    }

    /// What a bag gains for a unit of each independent direction.
    fn rows(&self, base: &Base, directions: &DMatrix<f64>, blocks: &Blocks) -> DMatrix<f64> {
        let mut rows = DMatrix::zeros(base.rows.len(), blocks.len(base.car_sd.len()));
        for (b, row) in base.rows.iter().enumerate() {
            let smooth = onto(row, directions);
            rows.view_mut((b, 0), (1, blocks.smooth)).copy_from(&smooth);
            if let Some(m) = row.manufacturer {
                let place = (b, blocks.manufacturer(m).start);
                rows.view_mut(place, (1, blocks.smooth)).copy_from(&(smooth * self.manufacturer));
            }
            rows[(b, blocks.race(row.race))] = row.f0_gal * base.race_sd;
            rows[(b, blocks.car(row.car))] = row.f0_gal * base.car_sd[row.car];
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
        let posterior = self.posterior(base)?;
        let means = |of: &[(f64, f64)]| of.iter().map(|(mean, _)| *mean).collect();
        Ok(Learned {
            field: means(&posterior.field),
            manufacturers: posterior.manufacturers.iter().map(|own| means(own)).collect(),
            races: means(&posterior.races),
            cars: means(&posterior.cars),
        })
    }
}

/// A bag's burn on the knots, along each direction.
fn onto(row: &BaseRow, directions: &DMatrix<f64>) -> nalgebra::RowDVector<f64> {
    let along = |q: usize| row.burned.iter().map(|&(k, gal)| gal * directions[(k, q)]).sum();
    nalgebra::RowDVector::from_fn(directions.ncols(), |_, q| along(q))
}

/// Which columns are whose.
struct Blocks {
    smooth: usize,
    manufacturers: usize,
    races: usize,
}

impl Blocks {
    fn field(&self) -> std::ops::Range<usize> {
        0..self.smooth
    }
    fn manufacturer(&self, m: usize) -> std::ops::Range<usize> {
        (m + 1) * self.smooth..(m + 2) * self.smooth
    }
    fn race(&self, race: usize) -> usize {
        (self.manufacturers + 1) * self.smooth + race
    }
    fn car(&self, car: usize) -> usize {
        self.race(self.races) + car
    }
    fn len(&self, cars: usize) -> usize {
        self.car(cars)
    }
}
