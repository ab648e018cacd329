//! Trials: what is learned from some aggregates, judged on others.

use super::fit::{Aggregate, EnginePrior, FittedLaw};
use super::recording::RecordedSegment;
use crate::error::StudyError;
use serde::Serialize;

/// A car that is slower on average stood for a part of the time, m/s: fuel by distance means nothing.
const DRIVING_M_S: f64 = 3.0;

/// RuleErrors of one rule, 100 · ln(predicted/true).
#[derive(Clone, Debug, Serialize)]
pub struct RuleErrors {
    pub rms_pct: f64,
    pub mean_abs_pct: f64,
    pub max_abs_pct: f64,
    pub errors_pct: Vec<f64>,
}

impl RuleErrors {
    fn of(errors_pct: Vec<f64>) -> RuleErrors {
        let count = errors_pct.len() as f64;
        RuleErrors {
            rms_pct: (errors_pct.iter().map(|error| error * error).sum::<f64>() / count).sqrt(),
            mean_abs_pct: errors_pct.iter().map(|error| error.abs()).sum::<f64>() / count,
            max_abs_pct: errors_pct.iter().map(|error| error.abs()).fold(0.0, f64::max),
            errors_pct,
        }
    }
}

/// A trial and how each rule did.
#[derive(Clone, Debug, Serialize)]
pub struct Trial {
    /// How it was done.
    pub trial: &'static str,
    /// What was predicted.
    pub tests: Vec<String>,
    /// The rate law, fitted from the prior of an engine without a spacer.
    pub law: RuleErrors,
    /// The same from that of a Cup engine.
    pub law_cup_prior: RuleErrors,
    /// One factor on the sum of (throttle + 0.03) · rpm · time.
    pub one_factor: RuleErrors,
    /// The same for each lap; else for each kilometre, or each second where a car stood.
    pub constant: RuleErrors,
    /// Which rule erred least, by root mean square.
    pub best: &'static str,
}

/// One prediction: from which segments, of which.
struct Prediction<'a> {
    train: Vec<&'a Aggregate>,
    test: &'a Aggregate,
    name: &'a str,
}

/// Each segment from all others.
pub fn leave_one_out(
    trial: &'static str,
    segments: &[&RecordedSegment],
    reference_rpm: f64,
) -> Result<Trial, StudyError> {
    let others = |out: usize| segments.iter().enumerate().filter(move |(index, _)| *index != out);
    let folds = segments.iter().enumerate().map(|(out, segment)| Prediction {
        train: others(out).map(|(_, other)| &other.aggregate).collect(),
        test: &segment.aggregate,
        name: &segment.name,
    });
    judged(trial, folds.collect(), reference_rpm)
}

/// Each of some segments, from others.
pub fn from_others(
    trial: &'static str,
    train: &[&Aggregate],
    test: &[&RecordedSegment],
    reference_rpm: f64,
) -> Result<Trial, StudyError> {
    let folds = test.iter().map(|segment| Prediction {
        train: train.to_vec(),
        test: &segment.aggregate,
        name: &segment.name,
    });
    judged(trial, folds.collect(), reference_rpm)
}

fn judged(trial: &'static str, folds: Vec<Prediction>, reference_rpm: f64) -> Result<Trial, StudyError> {
    let by = |predict: &dyn Fn(&Prediction) -> Result<f64, StudyError>| {
        let error = |fold: &Prediction| Ok(100.0 * libm::log(predict(fold)? / fold.test.burned));
        folds.iter().map(error).collect::<Result<Vec<f64>, StudyError>>().map(RuleErrors::of)
    };
    let law = by(&|fold| fold.by_law(&EnginePrior::FREE, reference_rpm))?;
    let law_cup_prior = by(&|fold| fold.by_law(&EnginePrior::CUP, reference_rpm))?;
    let one_factor = by(&|fold| Ok(fold.in_proportion(&|one| one.exposure.throttle_rpm_s())))?;
    let constant = by(&|fold| Ok(fold.constant()))?;
    let ranked = [("law", &law), ("one_factor", &one_factor), ("constant", &constant)];
    let best = ranked.into_iter().min_by(|a, b| a.1.rms_pct.total_cmp(&b.1.rms_pct));
    let best = best.map_or("", |(name, _)| name);
    let tests = folds.iter().map(|fold| fold.name.to_owned()).collect();
    Ok(Trial { trial, tests, law, law_cup_prior, one_factor, constant, best })
}

impl Prediction<'_> {
    fn by_law(&self, prior: &EnginePrior, reference_rpm: f64) -> Result<f64, StudyError> {
        Ok(FittedLaw::of(&self.train, prior, reference_rpm)?.burned(&self.test.exposure)?)
    }

    /// What was burned for each unit of a measure, times that of the test.
    fn in_proportion(&self, measure: &dyn Fn(&Aggregate) -> f64) -> f64 {
        let burned: f64 = self.train.iter().map(|one| one.burned).sum();
        let measured: f64 = self.train.iter().map(|one| measure(one)).sum();
        measure(self.test) * burned / measured
    }

    fn constant(&self) -> f64 {
        let all = || self.train.iter().chain([&self.test]);
        let are_laps = all().all(|one| one.laps > 0);
        let drive = all().all(|one| one.exposure.mean_speed().is_some_and(|speed| speed > DRIVING_M_S));
        self.in_proportion(&|one| match one.exposure.metres {
            _ if are_laps => f64::from(one.laps),
            Some(metres) if drive => metres,
            _ => one.exposure.seconds,
        })
    }
}
