//! The rate law fitted to aggregates: the most probable parameters, by the one search of [`fuel::fit`].
//!
//! [`fuel::refit`] fits histograms on knots; the vectors for recordings integrate the law itself, and the two differ by
//! 0.07 to 0.09 %. So this law predicts from exposures. Definition: `docs/recordings.md`.

use super::exposure::Exposure;
use fuel::fit::{self, Measurement, ObservedLaw, SearchError, SearchRules, Tangent};
use fuel::physics::REFERENCE_HP;
use fuel::{Belief, Engine, RateError, Shape};

/// What is believed of an engine before its first aggregate: all but its level, which is such that the total fits.
#[derive(Clone, Copy, Debug)]
pub struct EnginePrior {
    /// Means of ln kt, gamma, ln rho_p, a0, chi.
    mean_but_level: [f64; 5],
    /// Standard deviations of all six.
    sd: [f64; 6],
}

impl EnginePrior {
    /// That of a Cup engine (`docs/fuel-model.md` §2), but for a level that nobody knows and an idle less sure.
    pub const CUP: EnginePrior = EnginePrior {
        mean_but_level: [0.530628251062, 1.25, 0.223143551314, 0.03, 0.6], // ln 1.7, ln 1.25
        sd: [0.5, 0.30, 0.30, 0.15, 0.015, 0.35],
    };
    /// The same for an engine without a spacer: it idles on half as much, and its throttle opens later. Chosen with
    /// recordings in sight; what speaks for it: `docs/recordings.md`.
    pub const FREE: EnginePrior = EnginePrior {
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
pub struct FittedLaw {
    /// The most probable parameters.
    pub shape: Shape,
    /// Their standard deviations.
    pub sd: [f64; 6],
    /// Its engine: the power factor is 1.
    engine: Engine,
}

impl FittedLaw {
    /// From aggregates of an engine whose speed `reference_rpm` stands for 8 000 rpm.
    ///
    /// # Errors
    /// As [`fuel::fit::most_probable`].
    pub fn of(
        train: &[&Aggregate],
        prior: &EnginePrior,
        reference_rpm: f64,
    ) -> Result<FittedLaw, SearchError<RateError>> {
        let law = LawOfAggregates { train, engine: engine(reference_rpm) };
        let mean = prior.shape(law.ln_level(prior)?).to_array();
        let before: Vec<(f64, f64)> = mean.into_iter().zip(prior.sd).collect();
        let measured: Vec<Measurement> =
            train.iter().map(|one| Measurement { value: one.burned, sd: one.sigma() }).collect();
        let found = fit::most_probable(&Belief::independent(&before), &law, &measured, &SearchRules::PLAIN)?;
        let var = |k| found.belief.covariance().get(k, k).unwrap_or_default();
        Ok(FittedLaw {
            shape: shape(found.belief.mean()),
            sd: std::array::from_fn(|k| var(k).max(0.0).sqrt()),
            engine: law.engine,
        })
    }

    /// What the law predicts, in the unit of the aggregates.
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

/// What each aggregate burned, as the law has it.
struct LawOfAggregates<'a> {
    train: &'a [&'a Aggregate],
    engine: Engine,
}

impl LawOfAggregates<'_> {
    /// The logarithm of the level at which the law of the prior burns as much as was burned in all.
    fn ln_level(&self, prior: &EnginePrior) -> Result<f64, RateError> {
        let unit = prior.shape(0.0);
        let (mut burned, mut by_law) = (0.0, 0.0);
        for one in self.train {
            burned += one.burned;
            by_law += one.exposure.burned_g(&unit, &self.engine)?;
        }
        Ok(libm::log(burned / by_law))
    }
}

impl ObservedLaw for LawOfAggregates<'_> {
    type Error = RateError;

    fn predict(&self, at: &[f64]) -> Result<Vec<f64>, RateError> {
        let shape = shape(at);
        self.train.iter().map(|one| one.exposure.burned_g(&shape, &self.engine)).collect()
    }

    fn linearise(&self, at: &[f64]) -> Result<Vec<Tangent>, RateError> {
        let shape = shape(at);
        let tangent = |one: &&Aggregate| {
            let (predicted, slopes) = one.exposure.slopes_g(&shape, &self.engine)?;
            Ok(Tangent { predicted, slopes: slopes.into_iter().enumerate().collect() })
        };
        self.train.iter().map(tangent).collect()
    }
}

fn shape(at: &[f64]) -> Shape {
    Shape::from_array(std::array::from_fn(|k| at.get(k).copied().unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::super::exposure::LawRow;
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
            LawRow { at, theta, rpm, speed: None }
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
        let truth = EnginePrior::FREE.shape(-1.0);
        let all = aggregates(&truth);
        let fit = FittedLaw::of(&all.iter().collect::<Vec<_>>(), &EnginePrior::FREE, 7_000.0).unwrap();
        for (fitted, true_value) in fit.shape.to_array().into_iter().zip(truth.to_array()) {
            assert!((fitted - true_value).abs() < 1e-9, "{fitted} {true_value}");
        }
    }

    #[test]
    fn another_throttle_is_learned_from_totals_alone() {
        let truth = Shape { gamma: 1.9, ..EnginePrior::FREE.shape(-1.0) };
        let all = aggregates(&truth);
        let unseen = lap(5);
        let by_truth = unseen.burned_g(&truth, &engine(7_000.0)).unwrap();
        let error = |train: &[&Aggregate]| {
            let fit = FittedLaw::of(train, &EnginePrior::FREE, 7_000.0).unwrap();
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
