//! The rate law fitted to aggregates: the most probable parameters by Gauss–Newton.
//!
//! [`fuel::refit`] fits histograms on knots; the vectors for recordings integrate the law itself, and the two differ by
//! 0.07 to 0.09 %. So this fit learns from exposures. It takes the same steps: the prior learns from one linearised
//! aggregate after another, which is the Gauss–Newton step without a matrix to invert. Definition: `docs/recordings.md`.

use super::exposure::Exposure;
use fuel::physics::REFERENCE_HP;
use fuel::{Engine, RateError, Shape};

/// What is believed of an engine before its first aggregate: all but its level, which is such that the total fits.
#[derive(Clone, Copy, Debug)]
pub struct Prior {
    /// Means of ln kt, gamma, ln rho_p, a0, chi.
    mean_but_level: [f64; 5],
    /// Standard deviations of all six.
    sd: [f64; 6],
}

impl Prior {
    /// That of a Cup engine (`docs/fuel-model.md` §2), but for a level that nobody knows and an idle less sure.
    pub const CUP: Prior = Prior {
        mean_but_level: [0.530628251062, 1.25, 0.223143551314, 0.03, 0.6], // ln 1.7, ln 1.25
        sd: [0.5, 0.30, 0.30, 0.15, 0.015, 0.35],
    };
    /// The same for an engine without a spacer: it idles on half as much, and its throttle opens later. Chosen with
    /// recordings in sight; what speaks for it: `docs/recordings.md`.
    pub const FREE: Prior = Prior {
        mean_but_level: [0.530628251062, 1.5, 0.223143551314, 0.015, 0.6],
        sd: [0.5, 0.30, 0.30, 0.15, 0.012, 0.35],
    };

    /// The law at its means, with this level.
    pub fn shape(&self, ln_f: f64) -> Shape {
        let [ln_kt, gamma, ln_rho_p, a0, chi] = self.mean_but_level;
        Shape { ln_f, ln_kt, gamma, ln_rho_p, a0, chi }
    }
}

/// Share of an aggregate by which the law errs.
const SHAPE_SD: f64 = 0.01;
/// Steps after which the search ends.
const STEPS_MAX: u32 = 60;
/// The search ends where a step has to be this short.
const SHARE_LEAST: f64 = 1e-9;
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
    /// Error of `burned` and of the law together.
    fn sigma(&self) -> f64 {
        libm::hypot(SHAPE_SD * self.burned, self.reading_sd)
    }

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
    pub fn of(train: &[&Aggregate], prior: &Prior, reference_rpm: f64) -> Result<Fit, RateError> {
        let engine = engine(reference_rpm);
        let problem = Problem::new(train, prior, engine)?;
        let (mut at, mut sd) = (problem.mean, prior.sd);
        let mut cost = problem.cost(&at)?;
        for _ in 0..STEPS_MAX {
            let (to, spread) = problem.step(&at)?;
            sd = spread;
            let Some((next, lower)) = problem.search(&at, &to, cost)? else { break };
            let moved = next.iter().zip(at).zip(prior.sd).map(|((next, at), sd)| (next - at).abs() / sd);
            let moved = moved.fold(0.0, f64::max);
            (at, cost) = (next, lower);
            if moved < CONVERGED {
                break;
            }
        }
        Ok(Fit { shape: Shape::from_array(at), sd, engine })
    }

    /// What the law says was burned.
    ///
    /// # Errors
    /// As [`fuel::physics::rate_g_s`].
    pub fn burned(&self, exposure: &Exposure) -> Result<f64, RateError> {
        exposure.burned_g(&self.shape, &self.engine)
    }
}

/// An engine of which only the speed is known: its power factor is 1, so the level alone says how much it burns.
pub fn engine(reference_rpm: f64) -> Engine {
    Engine { package_hp: Some(REFERENCE_HP), reference_rpm }
}

/// Aggregates and what is believed before them.
struct Problem<'a> {
    train: &'a [&'a Aggregate],
    engine: Engine,
    mean: [f64; 6],
    sd: [f64; 6],
}

impl<'a> Problem<'a> {
    /// The prior with its level such that the total fits.
    fn new(train: &'a [&'a Aggregate], prior: &Prior, engine: Engine) -> Result<Self, RateError> {
        let unit = prior.shape(0.0);
        let (mut burned, mut by_law) = (0.0, 0.0);
        for one in train {
            burned += one.burned;
            by_law += one.exposure.burned_g(&unit, &engine)?;
        }
        Ok(Problem { train, engine, mean: prior.shape(libm::log(burned / by_law)).to_array(), sd: prior.sd })
    }

    /// Half the squared residuals and half the squared distance from the prior.
    fn cost(&self, at: &[f64; 6]) -> Result<f64, RateError> {
        let shape = Shape::from_array(*at);
        let mut sum = 0.0;
        for one in self.train {
            let residual = (one.burned - one.exposure.burned_g(&shape, &self.engine)?) / one.sigma();
            sum += 0.5 * residual * residual;
        }
        let moved = at.iter().zip(self.mean).zip(self.sd).map(|((at, mean), sd)| (at - mean) / sd);
        Ok(sum + 0.5 * moved.map(|moved| moved * moved).sum::<f64>())
    }

    /// The prior after all aggregates, each linearised at `at`: means and standard deviations.
    fn step(&self, at: &[f64; 6]) -> Result<([f64; 6], [f64; 6]), RateError> {
        let shape = Shape::from_array(*at);
        let mut mean = self.mean;
        let mut covariance = [[0.0; 6]; 6];
        for (k, sd) in self.sd.into_iter().enumerate() {
            covariance[k][k] = sd * sd;
        }
        for one in self.train {
            let (by_law, slopes) = one.exposure.slopes_g(&shape, &self.engine)?;
            let column: [f64; 6] = covariance.map(|row| dot(&row, &slopes));
            let variance = dot(&column, &slopes) + one.sigma() * one.sigma();
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
    fn search(&self, at: &[f64; 6], to: &[f64; 6], cost: f64) -> Result<Option<([f64; 6], f64)>, RateError> {
        let bound = cost * (1.0 + 1e-13) + 1e-18; // rounding
        let mut share = 1.0;
        while share > SHARE_LEAST {
            let next = std::array::from_fn(|k| at[k] + share * (to[k] - at[k]));
            let lower = self.cost(&next)?;
            if lower <= bound {
                return Ok(Some((next, lower)));
            }
            share *= 0.5;
        }
        Ok(None)
    }
}

fn dot(a: &[f64; 6], b: &[f64; 6]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::super::exposure::Row;
    use super::*;
    use units::{EventTime, Span};

    /// A lap of a hundred seconds, so much of it flat out, a tenth of it closed, the rest at half throttle.
    fn lap(flat_out: usize) -> Exposure {
        let rows = (0..100).map(|second| {
            let (theta, rpm) = match second {
                second if second < flat_out => (1.0, 7_000.0),
                90.. => (0.0, 4_500.0),
                _ => (0.5, 5_500.0),
            };
            let at = EventTime::from_ms(0) + Span::from_secs(second as i64);
            Row { at, theta, rpm, speed: None }
        });
        Exposure::of(&rows.collect::<Vec<_>>())
    }

    fn aggregates(truth: &Shape) -> Vec<Aggregate> {
        let burned = |flat_out| Aggregate {
            burned: lap(flat_out).burned_g(truth, &engine(7_000.0)).unwrap(),
            exposure: lap(flat_out),
            reading_sd: 1e-4,
            laps: 1,
        };
        [20, 35, 50, 65, 80].map(burned).to_vec()
    }

    #[test]
    fn an_engine_of_the_prior_is_the_prior_at_its_own_level() {
        let truth = Prior::FREE.shape(-1.0);
        let all = aggregates(&truth);
        let fit = Fit::of(&all.iter().collect::<Vec<_>>(), &Prior::FREE, 7_000.0).unwrap();
        for (fitted, true_value) in fit.shape.to_array().into_iter().zip(truth.to_array()) {
            assert!((fitted - true_value).abs() < 1e-9, "{fitted} {true_value}");
        }
    }

    #[test]
    fn another_throttle_is_learned_from_totals_alone() {
        let truth = Shape { gamma: 1.9, ..Prior::FREE.shape(-1.0) };
        let all = aggregates(&truth);
        let unseen = lap(5);
        let by_truth = unseen.burned_g(&truth, &engine(7_000.0)).unwrap();
        let error = |train: &[&Aggregate]| {
            let fit = Fit::of(train, &Prior::FREE, 7_000.0).unwrap();
            (fit.burned(&unseen).unwrap() / by_truth - 1.0).abs()
        };
        let (all, total) = (all.iter().collect::<Vec<_>>(), Aggregate::sum(&all).unwrap());
        assert!(
            error(&all) < 0.03 && error(&all) < 0.3 * error(&[&total]),
            "{} {}",
            error(&all),
            error(&[&total])
        );
    }
}
