//! The hierarchical fit: the law's parameters and every scale, the most probable together, from fills-to-fill
//! (`docs/calibration.md`).
//!
//! Burn of a fill-to-fill: f = H · r(shape, package) · exp(sum of its scales). Objective: Huber's loss of (y − f)/sigma plus half the
//! squared distance from the prior. Damped Gauss–Newton; the covariance is the inverse of its matrix at the end, with
//! Huber's weights.

use crate::arrow::{Arm, Arrow, Solved, cholesky, log_determinant};
use crate::data::{Data, FillRow};
use crate::rates::{self, KnotRates};
use crate::{Beliefs, Unusable};
use fuel::Shape;
use fuel::fit::{HUBER, loss, weight};
use nalgebra::{DMatrix, DVector};
const SHAPE: usize = 6;
const STEPS_MAX: usize = 200;
/// A step this small, in posterior standard deviations, is the last.
const STEP_LEAST: f64 = 1e-9;
/// A step so damped leads nowhere.
const DAMPING_MAX: f64 = 1e9;

/// Whose scale a parameter is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// A manufacturer.
    Manufacturer,
    /// A team.
    Team,
    /// A car.
    Car,
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
pub struct HierarchicalFit {
    scales: Vec<Scale>,
    /// Parameters: six of the shape, then scales. Those of engines in a race are estimated too, but not kept.
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

/// A fill-to-fill as the fit sees it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fitted {
    /// Burn by the fit, US gallons.
    pub f_gal: f64,
    /// (y − f)/sigma.
    pub z: f64,
    /// Huber's weight: 1, or less for what is far off.
    pub weight: f64,
}

impl HierarchicalFit {
    /// The most probable parameters.
    ///
    /// # Errors
    /// Equations without a solution: fills-to-fill or beliefs of absurd size.
    pub fn of(data: &Data, beliefs: &Beliefs) -> Result<HierarchicalFit, Unusable> {
        let problem = FitProblem::new(data, beliefs)?;
        let mut place = problem.start();
        let mut now = problem.at(&place)?;
        let start = now.objective;
        let mut damping = 0.0;
        for _ in 0..STEPS_MAX {
            let normal = problem.normal(&place, &now);
            let (to, next, longest) = loop {
                let step = normal.solve(damping)?;
                let to = place.moved(&step);
                // a step so long that the law has no value there is as bad as one that leads up
                let next = problem.at(&to).ok().filter(|next| next.objective.is_finite());
                match next.filter(|next| next.objective <= now.objective * (1.0 + 1e-14)) {
                    Some(next) => break (to, Some(next), longest(&normal, &step)),
                    None if damping < DAMPING_MAX => damping = (damping * 10.0).max(1e-3),
                    None => break (to, None, 0.0),
                }
            };
            let Some(next) = next else { break };
            damping = if damping < 1e-4 { 0.0 } else { damping / 10.0 };
            (place, now) = (to, next);
            if longest < STEP_LEAST {
                break;
            }
        }
        problem.finish(place, now, start)
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
struct FitProblem<'a> {
    data: &'a Data,
    scales: Vec<Scale>,
    of_row: Vec<Vec<usize>>,
    sigma: Vec<f64>,
    mean: DVector<f64>,
    precision: DMatrix<f64>,
    /// Of an engine's scale in a race, where there are any.
    engine_precision: f64,
    engines: usize,
}

/// A place to be at: parameters, and scales of engines.
struct FitPoint {
    x: DVector<f64>,
    engines: Vec<f64>,
}

/// The law at some parameters, and what it costs there.
struct At {
    rates: Vec<KnotRates>,
    rows: Vec<Fitted>,
    objective: f64,
}

impl<'a> FitProblem<'a> {
    fn new(data: &'a Data, beliefs: &Beliefs) -> Result<FitProblem<'a>, Unusable> {
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
        let engine_sd = beliefs.levels.engine;
        Ok(FitProblem {
            mean: DVector::from_iterator(SHAPE + scales.len(), means),
            sigma: data.rows.iter().map(|row| row.variance(beliefs.tau).sqrt()).collect(),
            data,
            scales,
            of_row,
            precision,
            engine_precision: if engine_sd > 0.0 { 1.0 / (engine_sd * engine_sd) } else { 1.0 },
            engines: if engine_sd > 0.0 { data.engines.len() } else { 0 },
        })
    }

    fn start(&self) -> FitPoint {
        FitPoint { x: self.mean.clone(), engines: vec![0.0; self.engines] }
    }

    fn at(&self, place: &FitPoint) -> Result<At, Unusable> {
        let x = &place.x;
        let shape = rates::shape(std::array::from_fn(|k| x[k]));
        let rates = self.data.packages.iter().map(|&hp| KnotRates::new(&shape, hp));
        let rates = rates.collect::<Result<Vec<_>, _>>()?;
        let fitted = |(b, row): (usize, &FillRow)| {
            let engine = place.engines.get(row.engine).copied().unwrap_or_default();
            let scale = libm::exp(self.of_row[b].iter().map(|&k| x[k]).sum::<f64>() + engine);
            let f_gal = row.dot(&rates[row.package].gal_s) * scale;
            let z = (row.y_gal - f_gal) / self.sigma[b];
            Fitted { f_gal, z, weight: weight(z, HUBER) }
        };
        let rows: Vec<_> = self.data.rows.iter().enumerate().map(fitted).collect();
        let from_mean = x - &self.mean;
        let data: f64 = rows.iter().map(|row| loss(row.z, HUBER)).sum();
        let engines: f64 = place.engines.iter().map(|engine| engine * engine).sum();
        let prior = from_mean.dot(&(&self.precision * &from_mean)) + self.engine_precision * engines;
        let objective = data + 0.5 * prior;
        Ok(At { rates, rows, objective })
    }

    /// The equations of Gauss and Newton.
    fn normal(&self, place: &FitPoint, at: &At) -> Arrow {
        let x = &place.x;
        let mut normal = self.precision.clone();
        let mut down = &self.precision * (&self.mean - x);
        let engine = |engine: &f64| Arm {
            across: DVector::zeros(x.len()),
            own: self.engine_precision,
            down: -self.engine_precision * engine,
        };
        let mut arms: Vec<_> = place.engines.iter().map(engine).collect();
        for (b, (row, fitted)) in self.data.rows.iter().zip(&at.rows).enumerate() {
            let slopes = self.slopes(b, row, fitted.f_gal, &at.rates[row.package]);
            let (sigma, weight) = (self.sigma[b], fitted.weight);
            let weigh = |slope: f64| slope * weight / sigma;
            for &(i, slope) in &slopes {
                down[i] += weigh(slope) * fitted.z;
                for &(j, other) in &slopes {
                    normal[(i, j)] += weigh(slope) * other / sigma;
                }
            }
            if let Some(arm) = arms.get_mut(row.engine) {
                let own = weigh(fitted.f_gal);
                arm.down += own * fitted.z;
                arm.own += own * fitted.f_gal / sigma;
                slopes.iter().for_each(|&(i, slope)| arm.across[i] += own * slope / sigma);
            }
        }
        Arrow { core: normal, down, arms }
    }

    /// d f by those parameters on which a row depends.
    fn slopes(&self, b: usize, row: &FillRow, f_gal: f64, rates: &KnotRates) -> Vec<(usize, f64)> {
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

    fn finish(self, place: FitPoint, at: At, start: f64) -> Result<HierarchicalFit, Unusable> {
        let solved = self.normal(&place, &at).solve(0.0)?;
        let log_sigma: f64 = self.sigma.iter().map(|&sigma| libm::log(sigma)).sum();
        let engines = place.engines.len() as f64;
        let log_prior =
            log_determinant(&cholesky(self.precision)?) + engines * libm::log(self.engine_precision);
        Ok(HierarchicalFit {
            scales: self.scales,
            x: place.x,
            covariance: solved.factor.inverse(),
            objective: (start, at.objective),
            log_evidence: 0.5 * (log_prior - solved.log_determinant) - at.objective - log_sigma,
            rows: at.rows,
        })
    }
}

impl FitPoint {
    fn moved(&self, step: &Solved) -> FitPoint {
        let engines = self.engines.iter().zip(&step.arms).map(|(engine, step)| engine + step);
        FitPoint { x: &self.x + &step.core, engines: engines.collect() }
    }
}

/// The largest part of a step, in standard deviations with all other parameters held: those are the shorter ones.
fn longest(normal: &Arrow, step: &Solved) -> f64 {
    let core = step.core.iter().enumerate().map(|(k, step)| step.abs() * normal.core[(k, k)].sqrt());
    let arms = step.arms.iter().zip(&normal.arms).map(|(step, arm)| step.abs() * arm.own.sqrt());
    core.chain(arms).fold(0.0, f64::max)
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
    for index in 0..data.races.len() {
        add(Level::Race, index, (0.0, beliefs.levels.race));
    }
    for (index, &hp) in data.packages.iter().enumerate() {
        add(Level::Package, index, beliefs.package(hp));
    }
    scales
}
