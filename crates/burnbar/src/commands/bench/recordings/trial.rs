//! Trials: what is learned from some aggregates, judged on others.

use super::fit::{Aggregate, Fit};
use super::recording::Piece;
use crate::failure::Failure;
use serde::Serialize;

/// Errors of one rule, 100 · ln(predicted/true).
#[derive(Clone, Debug, Serialize)]
pub struct Errors {
    pub rms_pct: f64,
    pub mean_abs_pct: f64,
    pub max_abs_pct: f64,
    pub errors_pct: Vec<f64>,
}

impl Errors {
    fn of(errors_pct: Vec<f64>) -> Errors {
        let count = errors_pct.len() as f64;
        Errors {
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
    pub law: Errors,
    pub one_factor: Errors,
    pub constant: Errors,
    /// Which rule erred least, by root mean square.
    pub best: &'static str,
}

/// One prediction: from which pieces, of which.
struct Fold<'a> {
    train: Vec<&'a Aggregate>,
    test: &'a Aggregate,
    name: &'a str,
}

/// Each piece from all others.
pub fn leave_one_out(
    trial: &'static str,
    pieces: &[&Piece],
    reference_rpm: f64,
) -> Result<Trial, Failure> {
    let others = |out: usize| pieces.iter().enumerate().filter(move |(index, _)| *index != out);
    let folds = pieces.iter().enumerate().map(|(out, piece)| Fold {
        train: others(out).map(|(_, other)| &other.aggregate).collect(),
        test: &piece.aggregate,
        name: &piece.name,
    });
    judged(trial, folds.collect(), reference_rpm)
}

/// Each piece of the second half, and its total, from the total of the first.
pub fn half_and_rest(
    trial: &'static str,
    train: &[&Piece],
    test: &[&Piece],
    reference_rpm: f64,
) -> Result<Option<Trial>, Failure> {
    let Some(total) = Aggregate::sum(train.iter().map(|piece| &piece.aggregate)) else { return Ok(None) };
    let folds = test.iter().map(|piece| Fold {
        train: vec![&total],
        test: &piece.aggregate,
        name: &piece.name,
    });
    judged(trial, folds.collect(), reference_rpm).map(Some)
}

fn judged(trial: &'static str, folds: Vec<Fold>, reference_rpm: f64) -> Result<Trial, Failure> {
    let [mut law, mut one_factor, mut constant] = [const { Vec::new() }; 3];
    for fold in &folds {
        let fit = Fit::of(&fold.train, reference_rpm).map_err(Failure::run)?;
        let by_law = fit.burned(&fold.test.exposure).map_err(Failure::run)?;
        let error = |predicted: f64| 100.0 * (predicted / fold.test.burned).ln();
        let scaled = |measure: &dyn Fn(&Aggregate) -> f64| {
            let burned: f64 = fold.train.iter().map(|one| one.burned).sum();
            let measured: f64 = fold.train.iter().map(|one| measure(one)).sum();
            error(measure(fold.test) * burned / measured)
        };
        law.push(error(by_law));
        one_factor.push(scaled(&|one| one.exposure.throttle_rpm_s()));
        let all = || fold.train.iter().chain([&fold.test]);
        let are_laps = all().all(|one| one.laps > 0);
        let by_way = all().all(|one| one.exposure.metres.is_some());
        constant.push(scaled(&|one| match one.exposure.metres {
            _ if are_laps => f64::from(one.laps),
            Some(metres) if by_way => metres,
            _ => one.exposure.seconds,
        }));
    }
    let [law, one_factor, constant] = [law, one_factor, constant].map(Errors::of);
    let ranked = [("law", &law), ("one_factor", &one_factor), ("constant", &constant)];
    let best = ranked.into_iter().min_by(|a, b| a.1.rms_pct.total_cmp(&b.1.rms_pct)).map_or("", |(name, _)| name);
    let tests = folds.iter().map(|fold| fold.name.to_owned()).collect();
    Ok(Trial { trial, tests, law, one_factor, constant, best })
}
