//! The rate law fitted to aggregates: the most probable parameters by Gauss–Newton.
//!
//! [`fuel::refit`] fits histograms on knots; the vectors for recordings integrate the law itself, and the two differ by
//! 0.07 to 0.09 %. So this fit learns from exposures. It takes the same steps: the prior learns from one linearised
//! aggregate after another, which is the Gauss–Newton step without a matrix to invert. Definition: `docs/recordings.md`.

use super::exposure::Exposure;
use fuel::physics::REFERENCE_HP;
use fuel::{Engine, RateError, Shape};

/// How wide the prior is, parameter by parameter. Wider than a Cup engine's in its level, which is not known, and idle.
const PRIOR_SD: [f64; 6] = [0.5, 0.30, 0.30, 0.15, 0.015, 0.35];
/// Share of an aggregate by which the law errs.
const SHAPE_SD: f64 = 0.01;
/// Steps after which the search ends.
const STEPS_MAX: u32 = 60;
/// A step this small, in standard deviations of the prior, is the end.
const CONVERGED: f64 = 1e-11;

/// An aggregate: what an engine went through, and what it burned.
#[derive(Clone, Debug)]
pub struct Aggregate {
    /// Between two readings.
    pub exposure: Exposure,
    /// In litres, or in the unknown unit of its recording.
    pub burned: f64,
    /// Error of `burned` by the reading, in its unit.
    pub reading_sd: f64,
    /// How many whole laps it is; 0 if it is none.
    pub laps: u32,
}

impl Aggregate {
    /// Several as one.
    pub fn sum<'a>(all: impl IntoIterator<Item = &'a Aggregate>) -> Option<Aggregate> {
        all.into_iter().fold(None, |sum, one| match sum {
            None => Some(one.clone()),
            Some(sum) => Some(Aggregate {
                exposure: sum.exposure.and(&one.exposure),
                burned: sum.burned + one.burned,
                reading_sd: one.reading_sd,
                laps: if sum.laps.min(one.laps) > 0 { sum.laps + one.laps } else { 0 },
            }),
        })
    }
}

/// The fitted law; its flow is in the unit of the aggregates a second.
#[derive(Clone, Copy, Debug)]
pub struct Fit {
    /// Most probable.
    pub shape: Shape,
    /// Their standard deviations.
    pub sd: [f64; 6],
    /// Its engine: the power factor is 1.
    engine: Engine,
}

impl Fit {
    /// From aggregates of an engine whose speed `reference_rpm` stands for 8 000 rpm.
    ///
    /// # Errors
    /// As [`fuel::physics::rate_g_s`].
    pub fn of(train: &[&Aggregate], reference_rpm: f64) -> Result<Fit, RateError> {
        let engine = Engine { package_hp: Some(REFERENCE_HP), reference_rpm };
        let prior = centred(train, &engine)?;
        let (mut at, mut objective) = (prior, cost(train, &engine, &prior, &prior)?);
        let mut sd = PRIOR_SD;
        for _ in 0..STEPS_MAX {
            let (to, spread) = step(train, &engine, &prior, &at)?;
            sd = spread;
            let Some((next, lower)) = search(train, &engine, &prior, &at, &to, objective)? else { break };
            let moved = next.iter().zip(at).zip(PRIOR_SD).map(|((next, at), sd)| (next - at).abs() / sd);
            let moved = moved.fold(0.0, f64::max);
            (at, objective) = (next, lower);
            if moved < CONVERGED {
                break;
            }
        }
        Ok(Fit { shape: Shape::from_array(at), sd, engine })
    }

    /// What the law says was burned.
    pub fn burned(&self, exposure: &Exposure) -> Result<f64, RateError> {
        exposure.burned_g(&self.shape, &self.engine)
    }
}

/// The prior of the law with its level such that the total fits.
fn centred(train: &[&Aggregate], engine: &Engine) -> Result<[f64; 6], RateError> {
    let unit = Shape { ln_f: 0.0, ..Shape::prior() };
    let (mut burned, mut by_law) = (0.0, 0.0);
    for one in train {
        burned += one.burned;
        by_law += one.exposure.burned_g(&unit, engine)?;
    }
    Ok(Shape { ln_f: (burned / by_law).ln(), ..unit }.to_array())
}

fn sigma(one: &Aggregate) -> f64 {
    (SHAPE_SD * one.burned).hypot(one.reading_sd)
}

/// Half the squared residuals and half the squared distance from the prior.
fn cost(train: &[&Aggregate], engine: &Engine, prior: &[f64; 6], at: &[f64; 6]) -> Result<f64, RateError> {
    let shape = Shape::from_array(*at);
    let mut sum = 0.0;
    for one in train {
        let residual = (one.burned - one.exposure.burned_g(&shape, engine)?) / sigma(one);
        sum += 0.5 * residual * residual;
    }
    let moved = at.iter().zip(prior).zip(PRIOR_SD).map(|((at, prior), sd)| (at - prior) / sd);
    Ok(sum + 0.5 * moved.map(|moved| moved * moved).sum::<f64>())
}

/// The prior after all aggregates, each linearised at `at`: means and standard deviations.
fn step(
    train: &[&Aggregate],
    engine: &Engine,
    prior: &[f64; 6],
    at: &[f64; 6],
) -> Result<([f64; 6], [f64; 6]), RateError> {
    let shape = Shape::from_array(*at);
    let mut mean = *prior;
    let mut covariance: [[f64; 6]; 6] =
        std::array::from_fn(|i| std::array::from_fn(|j| if i == j { PRIOR_SD[i] * PRIOR_SD[i] } else { 0.0 }));
    for one in train {
        let (by_law, slopes) = one.exposure.slopes_g(&shape, engine)?;
        let column: [f64; 6] = covariance.map(|row| dot(&row, &slopes));
        let variance = dot(&column, &slopes) + sigma(one) * sigma(one);
        let residual = one.burned - by_law + dot(&slopes, at) - dot(&slopes, &mean);
        for i in 0..6 {
            mean[i] += column[i] / variance * residual;
            for j in 0..6 {
                covariance[i][j] -= column[i] * column[j] / variance;
            }
        }
    }
    Ok((mean, std::array::from_fn(|k| covariance[k][k].max(0.0).sqrt())))
}

/// The first point from `at` towards `to`, halving the way, at which the cost is no higher.
fn search(
    train: &[&Aggregate],
    engine: &Engine,
    prior: &[f64; 6],
    at: &[f64; 6],
    to: &[f64; 6],
    objective: f64,
) -> Result<Option<([f64; 6], f64)>, RateError> {
    let bound = objective * (1.0 + 1e-13) + 1e-18; // rounding
    let mut share = 1.0;
    while share > 1e-9 {
        let next = std::array::from_fn(|k| at[k] + share * (to[k] - at[k]));
        let lower = cost(train, engine, prior, &next)?;
        if lower <= bound {
            return Ok(Some((next, lower)));
        }
        share *= 0.5;
    }
    Ok(None)
}

fn dot(a: &[f64; 6], b: &[f64; 6]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
