//! How good probabilities are: pure functions of plain numbers. Defined in docs/accuracy.md; checked against the same
//! vectors as `metrics`.

use crate::metrics::{Measured, mean};
use fuel::normal;
use serde::Serialize;
use std::f64::consts::PI;

/// Classes of a histogram of probabilities, each a tenth wide.
pub const BINS: usize = 10;

/// A probability that was named, and what came of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Called {
    /// The probability, from 0 to 1.
    pub p: f64,
    /// Whether it happened.
    pub happened: bool,
}

impl Called {
    fn outcome(&self) -> f64 {
        f64::from(self.happened)
    }
}

/// Mean squared error of probabilities.
pub fn brier(all: &[Called]) -> Option<f64> {
    mean(all.iter().map(|one| (one.p - one.outcome()) * (one.p - one.outcome())))
}

/// 1 less the Brier score over that of somebody who always names the share that happened. `None` where all or nothing
/// happened.
pub fn brier_skill(all: &[Called]) -> Option<f64> {
    let share = mean(all.iter().map(Called::outcome))?;
    let unskilled = share * (1.0 - share);
    (unskilled > 0.0).then_some(1.0 - brier(all)? / unskilled)
}

/// The probabilities of one class, and what came of them.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Reliability {
    /// How many readings fall into it.
    pub readings: usize,
    /// Mean of the probabilities that were named.
    #[serde(rename = "said")]
    pub named: f64,
    /// Share that happened.
    pub happened: f64,
}

/// By tenths of the probability that was named; a class without any is left out.
pub fn reliability(all: &[Called]) -> Vec<Reliability> {
    let of_bin = |number: usize| {
        let those: Vec<&Called> = all.iter().filter(|one| bin(one.p) == number).collect();
        let named = mean(those.iter().map(|one| one.p))?;
        let happened = mean(those.iter().map(|one| one.outcome()))?;
        Some(Reliability { readings: those.len(), named, happened })
    };
    (0..BINS).filter_map(of_bin).collect()
}

/// Which share of the estimate's own distribution lies below the truth, by tenths: of a calibrated estimate, the same
/// number in each.
pub fn pit_histogram(all: &[Measured]) -> [usize; BINS] {
    let mut bins = [0; BINS];
    for one in all.iter().filter(|one| one.sd > 0.0) {
        bins[bin(normal::below((one.truth - one.estimated) / one.sd))] += 1;
    }
    bins
}

/// Mean continuous ranked probability score of normal distributions, in their unit: Gneiting and Raftery, *Strictly Proper
/// Scoring Rules* (2007), equation 21. Of an estimate without spread it is the absolute error.
pub fn crps(all: &[Measured]) -> Option<f64> {
    mean(all.iter().map(crps_of))
}

#[allow(clippy::disallowed_methods, reason = "a report: it enters no estimate")]
fn crps_of(one: &Measured) -> f64 {
    if one.sd <= 0.0 {
        return (one.estimated - one.truth).abs();
    }
    let z = (one.truth - one.estimated) / one.sd;
    let density = (-0.5 * z * z).exp() / (2.0 * PI).sqrt();
    one.sd * (z * (2.0 * normal::below(z) - 1.0) + 2.0 * density - 1.0 / PI.sqrt())
}

fn bin(share: f64) -> usize {
    ((share * BINS as f64) as usize).min(BINS - 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    /// The published vectors; they agree within 1e-9.
    fn vector() -> Value {
        serde_json::from_str(include_str!("../tests/vectors/08_metrics.json")).unwrap()
    }

    fn numbers(rows: &str) -> Vec<Vec<f64>> {
        let number = |field: &Value| field.as_f64().unwrap_or(0.0);
        let row = |row: &Value| row.as_array().unwrap().iter().map(number).collect();
        vector()[rows].as_array().unwrap().iter().map(row).collect()
    }

    fn close(what: &str, got: Option<f64>) {
        let expected = vector()["expected"][what].as_f64().unwrap();
        assert!((got.unwrap() - expected).abs() < 1e-9, "{what}: {got:?} for {expected}");
    }

    fn called() -> Vec<Called> {
        numbers("make").iter().map(|row| Called { p: row[0], happened: row[1] > 0.5 }).collect()
    }

    #[test]
    fn probabilities_to_make_it() {
        close("brier", brier(&called()));
        close("make_it_brier_skill", brier_skill(&called()));
        let classes = reliability(&called());
        assert_eq!(classes.iter().map(|class| class.readings).sum::<usize>(), called().len());
    }

    #[test]
    fn shares_below_the_truth() {
        let stints = numbers("stints").into_iter().filter(|row| row[2] >= 15.0);
        let stints: Vec<Measured> =
            stints.map(|row| Measured { truth: row[3], estimated: row[4], sd: row[5] }).collect();
        let expected: Vec<usize> =
            serde_json::from_value(vector()["expected"]["pit_histogram_10"].clone()).unwrap();
        assert_eq!(pit_histogram(&stints).to_vec(), expected);
    }

    #[test]
    fn laps_remaining() {
        let laps: Vec<Measured> = numbers("laps_remaining")
            .iter()
            .map(|row| Measured { estimated: row[0], sd: row[1], truth: row[2] })
            .collect();
        close("crps_mean_laps", crps(&laps));
    }

    #[test]
    fn without_two_outcomes_there_is_no_skill() {
        let sure = [Called { p: 0.9, happened: true }; 3];
        assert_eq!(brier_skill(&sure).or(brier_skill(&[])), None);
    }
}
