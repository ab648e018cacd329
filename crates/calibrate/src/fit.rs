//! The hierarchical fit: the law's parameters and every scale, the most probable together, from bags
//! (`docs/calibration.md`).
//!
//! Burn of a bag: f = H · r(shape, package) · exp(sum of its scales). Objective: Huber's loss of (y − f)/sigma plus half the
//! squared distance from the prior. Damped Gauss–Newton; the covariance is the inverse of its matrix at the end, with
//! Huber's weights.

use crate::data::{Data, Row};
use crate::rates::{self, KnotRates};
use crate::{Beliefs, Unusable};
use fuel::Shape;
use nalgebra::{Cholesky, DMatrix, DVector, Dyn};

/// Beyond this many sigma a residual counts linearly (fuel-model: robust to wrong evidence).
pub const HUBER: f64 = 2.5;
const SHAPE: usize = 6;
const STEPS_MAX: usize = 200;
/// A step this small, in posterior standard deviations, is the last.
const STEP_LEAST: f64 = 1e-9;

/// Whose scale a parameter is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// A manufacturer.
    Manufacturer,
    /// A team.
    Team,
    /// A car.
    Car,
    /// The engine of a car in one race.
    Engine,
    /// A race.
    Race,
    /// A package.
    Package,
}

/// A scale among the parameters, and its prior.
#[derive(Clone, Copy, Debug)]
struct Scale {
    level: Level,
    index: usize,
    mean: f64,
    sd: f64,
}

/// The fit and how sure it is.
#[derive(Clone, Debug)]
pub struct Fit {
    scales: Vec<Scale>,
    /// Parameters: six of the shape, then scales.
    pub x: DVector<f64>,
    /// Their covariance.
    pub covariance: DMatrix<f64>,
    /// What was minimised, at the prior mean and at the end.
    pub objective: (f64, f64),
    /// Logarithm of the evidence for the beliefs, but for a constant: Laplace's approximation.
    pub log_evidence: f64,
    /// Per row of the data.
    pub rows: Vec<Fitted>,
}

/// A bag as the fit sees it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fitted {
    /// Burn by the fit, US gallons.
    pub f_gal: f64,
    /// (y − f)/sigma.
    pub z: f64,
    /// Huber's weight: 1, or less for what is far off.
    pub weight: f64,
}

impl Fit {
    /// The most probable parameters.
    ///
    /// # Errors
    /// Equations without a solution: bags or beliefs of absurd size.
    pub fn of(data: &Data, beliefs: &Beliefs) -> Result<Fit, Unusable> {
        let problem = Problem::new(data, beliefs)?;
        let mut x = problem.mean.clone();
        let mut now = problem.at(&x)?;
        let start = now.objective;
        let mut damping = 0.0;
        for _ in 0..STEPS_MAX {
            let (normal, gradient) = problem.normal(&x, &now);
            let (step, next) = loop {
                let mut damped = normal.clone();
                for k in 0..damped.nrows() {
                    damped[(k, k)] *= 1.0 + damping;
                }
                let step = cholesky(damped)?.solve(&gradient);
                // a step so long that the law has no value there is as bad as one that leads up
                let next = problem.at(&(&x + &step)).ok().filter(|next| next.objective.is_finite());
                match next.filter(|next| next.objective <= now.objective * (1.0 + 1e-14)) {
                    Some(next) => break (step, Some(next)),
                    None if damping < 1e9 => damping = (damping * 10.0).max(1e-3),
                    None => break (step, None),
                }
            };
            let Some(next) = next else { break };
            damping = if damping < 1e-4 { 0.0 } else { damping / 10.0 };
            // in standard deviations with all other parameters held, which are the shorter ones
            let longest = step
                .iter()
                .enumerate()
                .fold(0.0, |longest: f64, (k, step)| longest.max(step.abs() * normal[(k, k)].sqrt()));
            x += step;
            now = next;
            if longest < STEP_LEAST {
                break;
            }
        }
        problem.finish(x, now, start)
    }

    /// The law's parameters.
    pub fn shape(&self) -> Shape {
        rates::shape(std::array::from_fn(|k| self.x[k]))
    }

    /// Variance of a logarithm of flow that has these slopes by the shape, with the package's scale.
    pub fn flow_variance(&self, slopes: &[f64; SHAPE], package: usize) -> f64 {
        let place = self.scales.iter().position(|s| s.level == Level::Package && s.index == package);
        let package = place.map(|place| (SHAPE + place, 1.0));
        let slopes: Vec<_> = slopes.iter().copied().enumerate().chain(package).collect();
        let pair = |(i, a): (usize, f64), (j, b): (usize, f64)| a * b * self.covariance[(i, j)];
        slopes.iter().map(|&a| slopes.iter().map(|&b| pair(a, b)).sum::<f64>()).sum()
    }

    /// A scale and its standard deviation; 0 and 0 where it was left out.
    pub fn scale(&self, level: Level, index: usize) -> (f64, f64) {
        let place = self.scales.iter().position(|scale| scale.level == level && scale.index == index);
        place.map_or((0.0, 0.0), |place| {
            (self.x[SHAPE + place], self.covariance[(SHAPE + place, SHAPE + place)].sqrt())
        })
    }
}

/// Rows with the places of their scales, and the prior.
struct Problem<'a> {
    data: &'a Data,
    scales: Vec<Scale>,
    of_row: Vec<Vec<usize>>,
    sigma: Vec<f64>,
    mean: DVector<f64>,
    precision: DMatrix<f64>,
}

/// The law at some parameters, and what it costs there.
struct At {
    rates: Vec<KnotRates>,
    rows: Vec<Fitted>,
    objective: f64,
}

impl<'a> Problem<'a> {
    fn new(data: &'a Data, beliefs: &Beliefs) -> Result<Problem<'a>, Unusable> {
        let scales = scales(data, beliefs);
        let place = |level, index: Option<usize>| {
            let is_it = |scale: &Scale| scale.level == level && Some(scale.index) == index;
            Some(SHAPE + scales.iter().position(is_it)?)
        };
        let of_row = data.rows.iter().map(|row| {
            let levels = [
                place(Level::Manufacturer, row.manufacturer),
                place(Level::Team, row.team),
                place(Level::Car, Some(row.car)),
                place(Level::Engine, Some(row.engine)),
                place(Level::Race, Some(row.race)),
                place(Level::Package, Some(row.package)),
            ];
            levels.into_iter().flatten().collect()
        });
        let of_row = of_row.collect();
        let shape = DMatrix::from_fn(SHAPE, SHAPE, |i, j| beliefs.shape.covariance[i][j]);
        let mut precision = DMatrix::zeros(SHAPE + scales.len(), SHAPE + scales.len());
        precision.view_mut((0, 0), (SHAPE, SHAPE)).copy_from(&cholesky(shape)?.inverse());
        for (k, scale) in scales.iter().enumerate() {
            precision[(SHAPE + k, SHAPE + k)] = 1.0 / (scale.sd * scale.sd);
        }
        let means = beliefs.shape.mean.into_iter().chain(scales.iter().map(|scale| scale.mean));
        Ok(Problem {
            mean: DVector::from_iterator(SHAPE + scales.len(), means),
            sigma: data.rows.iter().map(|row| row.variance(beliefs.tau).sqrt()).collect(),
            data,
            scales,
            of_row,
            precision,
        })
    }

    fn at(&self, x: &DVector<f64>) -> Result<At, Unusable> {
        let shape = rates::shape(std::array::from_fn(|k| x[k]));
        let rates = self.data.packages.iter().map(|&hp| KnotRates::new(&shape, hp));
        let rates = rates.collect::<Result<Vec<_>, _>>()?;
        let fitted = |(b, row): (usize, &Row)| {
            let scale = libm::exp(self.of_row[b].iter().map(|&k| x[k]).sum());
            let f_gal = row.dot(&rates[row.package].gal_s) * scale;
            let z = (row.y_gal - f_gal) / self.sigma[b];
            Fitted { f_gal, z, weight: (HUBER / z.abs()).min(1.0) }
        };
        let rows: Vec<_> = self.data.rows.iter().enumerate().map(fitted).collect();
        let from_mean = x - &self.mean;
        let data: f64 = rows.iter().map(|row| huber(row.z)).sum();
        let objective = data + 0.5 * from_mean.dot(&(&self.precision * &from_mean));
        Ok(At { rates, rows, objective })
    }

    /// The matrix of Gauss and Newton, and the way down.
    fn normal(&self, x: &DVector<f64>, at: &At) -> (DMatrix<f64>, DVector<f64>) {
        let mut normal = self.precision.clone();
        let mut down = &self.precision * (&self.mean - x);
        for (b, (row, fitted)) in self.data.rows.iter().zip(&at.rows).enumerate() {
            let slopes = self.slopes(b, row, fitted.f_gal, &at.rates[row.package]);
            let (sigma, weight) = (self.sigma[b], fitted.weight);
            for &(i, slope) in &slopes {
                let scaled = slope * weight / sigma;
                down[i] += scaled * fitted.z;
                for &(j, other) in &slopes {
                    normal[(i, j)] += scaled * other / sigma;
                }
            }
        }
        (normal, down)
    }

    /// d f by those parameters on which a row depends.
    fn slopes(&self, b: usize, row: &Row, f_gal: f64, rates: &KnotRates) -> Vec<(usize, f64)> {
        let (mut all, mut by_shape) = (0.0, [0.0; SHAPE]);
        for &(k, seconds) in &row.seconds {
            let burned = seconds * rates.gal_s[k];
            all += burned;
            for (sum, slope) in by_shape.iter_mut().zip(rates.log_gradient[k]) {
                *sum += burned * slope;
            }
        }
        let scale = f_gal / all;
        let shape = by_shape.into_iter().enumerate().map(|(k, sum)| (k, sum * scale));
        shape.chain(self.of_row[b].iter().map(|&k| (k, f_gal))).collect()
    }

    fn finish(self, x: DVector<f64>, at: At, start: f64) -> Result<Fit, Unusable> {
        let (normal, _) = self.normal(&x, &at);
        let normal = cholesky(normal)?;
        let log_sigma: f64 = self.sigma.iter().map(|&sigma| libm::log(sigma)).sum();
        let log_evidence = 0.5 * (log_determinant(&cholesky(self.precision)?) - log_determinant(&normal))
            - at.objective
            - log_sigma;
        Ok(Fit {
            scales: self.scales,
            x,
            covariance: normal.inverse(),
            objective: (start, at.objective),
            log_evidence,
            rows: at.rows,
        })
    }
}

/// Every scale that the data can tell of, and its prior.
fn scales(data: &Data, beliefs: &Beliefs) -> Vec<Scale> {
    let mut scales = Vec::new();
    let mut add = |level, index, (mean, sd): (f64, f64)| {
        if sd > 0.0 {
            scales.push(Scale { level, index, mean, sd });
        }
    };
    for (index, name) in data.manufacturers.iter().enumerate() {
        add(Level::Manufacturer, index, beliefs.manufacturer(name));
    }
    for (index, name) in data.teams.iter().enumerate() {
        add(Level::Team, index, beliefs.team(name));
    }
    for (index, &vehicle) in data.cars.iter().enumerate() {
        add(Level::Car, index, beliefs.car(vehicle));
    }
    for index in 0..data.engines.len() {
        add(Level::Engine, index, (0.0, beliefs.levels.engine));
    }
    for index in 0..data.races.len() {
        add(Level::Race, index, (0.0, beliefs.levels.race));
    }
    let stated = data.packages.iter().filter(|hp| hp.is_some()).count();
    for (index, &hp) in data.packages.iter().enumerate() {
        // the only package is what ln F is about, unless its power is not stated
        if hp.is_none() || stated > 1 || beliefs.known.is_some() {
            add(Level::Package, index, beliefs.package(hp));
        }
    }
    scales
}

/// Half the square up to [`HUBER`], linear beyond.
pub(crate) fn huber(z: f64) -> f64 {
    if z.abs() <= HUBER { 0.5 * z * z } else { HUBER * z.abs() - 0.5 * HUBER * HUBER }
}

/// Of a matrix that has to be positive definite.
pub(crate) fn cholesky(matrix: DMatrix<f64>) -> Result<Cholesky<f64, Dyn>, Unusable> {
    Cholesky::new(matrix).ok_or(Unusable::NoSolution)
}

pub(crate) fn log_determinant(cholesky: &Cholesky<f64, Dyn>) -> f64 {
    2.0 * cholesky.l_dirty().diagonal().iter().map(|&d| libm::log(d)).sum::<f64>()
}
