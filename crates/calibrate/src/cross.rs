//! Cross-validation: what a calibration is worth in a race that it has not seen.
//!
//! One race is left out, the rest is calibrated, and the race is run as the stream runs it: the model predicts each fill-to-fill,
//! then the online filter learns from it. Never random fills-to-fill: those of one race share its scale and tell it to each other.

use crate::data::{Data, FillRow};
use crate::learner::{Base, Learner};
use crate::model::Addition;
use crate::predict::Predictor;
use crate::{Beliefs, HierarchicalFit, Unusable, model};
use events::{Model, ModelId, ScaleEstimate};
use fuel::Burned;
use fuel::filter::{CarPrior, Filter, Observation, ScalePrior};
use serde::Serialize;
use std::collections::BTreeMap;

/// With fewer fills-to-fill no learner is tried.
pub const FILLS_ENOUGH: usize = 20;
/// Points of percent by which a learner has to win: less is noise (`docs/calibration.md`).
const WINS_BY_PCT: f64 = 0.02;
/// A fill-to-fill of which the fit to everything believes less than this tells of its evidence, not of a model.
const WEIGHT_LEAST: f64 = 0.5;

/// How well races were predicted by calibrations without them.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CrossValidation {
    /// What was left out each time.
    pub left_out: LeftOut,
    /// The law alone first, then each learner.
    pub ways: Vec<LearnerScores>,
    /// FillsToFill that were not scored, as their evidence is far off.
    pub not_scored: usize,
}

/// What was left out each time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LeftOut {
    /// One race.
    Race,
    /// One car of the only race. Weaker: the others tell the race's scale.
    Car,
}

/// One way to calibrate.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LearnerScores {
    /// `none`, or a learner's name.
    pub learner: String,
    /// First fills-to-fill of cars, before anything is known of the race but the stops of others.
    pub first: Score,
    /// All other fills-to-fill: what most of a race is like.
    pub later: Score,
    /// Later fills-to-fill by what was left out, %; `None` where it had none.
    pub folds_rms_pct: Vec<Option<f64>>,
}

/// Errors of predictions.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Score {
    /// How many fills-to-fill.
    #[serde(rename = "bags")]
    pub fills: usize,
    /// Root mean square of ln(predicted/evidence), %. It holds the error of the evidence too.
    pub rms_pct: Option<f64>,
    /// The same of predicted − evidence, US gallons.
    pub rms_gal: Option<f64>,
}

/// Cross-validates the law alone and each learner.
///
/// # Errors
/// As [`HierarchicalFit::of`].
pub fn validate(
    data: &Data,
    beliefs: &Beliefs,
    learners: &[&dyn Learner],
) -> Result<CrossValidation, Unusable> {
    let left_out = if data.races.len() > 1 { LeftOut::Race } else { LeftOut::Car };
    let of = |row: &FillRow| if left_out == LeftOut::Race { row.race } else { row.car };
    let folds = if left_out == LeftOut::Race { data.races.len() } else { data.cars.len() };
    let all = HierarchicalFit::of(data, beliefs)?;
    let scored = |b: usize| all.rows[b].weight >= WEIGHT_LEAST;
    let mut errors: Vec<Vec<Vec<Error>>> = Vec::new();
    for fold in of_each(folds, |fold| {
        let (out, rest) = data.split(|row| of(row) == fold);
        if out.rows.is_empty() || rest.rows.is_empty() {
            return Ok(vec![Vec::new(); learners.len() + 1]);
        }
        let is_scored: Vec<bool> =
            (0..data.rows.len()).filter(|&b| of(&data.rows[b]) == fold).map(scored).collect();
        ways(&rest, beliefs, learners)?.iter().map(|model| race(model, &out, &rest, &is_scored)).collect()
    }) {
        errors.push(fold?);
    }
    let names = std::iter::once("none").chain(learners.iter().map(|learner| learner.name()));
    let ways = names.enumerate().map(|(way, name)| {
        let folds: Vec<&[Error]> = errors.iter().map(|fold| fold[way].as_slice()).collect();
        LearnerScores::of(name, &folds)
    });
    Ok(CrossValidation {
        left_out,
        ways: ways.collect(),
        not_scored: (0..data.rows.len()).filter(|&b| !scored(b)).count(),
    })
}

impl CrossValidation {
    /// The learner that wins, if one does: clearly better than the law alone, and in at least half of the folds.
    pub fn winner(&self) -> Option<&str> {
        let (law, learners) = self.ways.split_first()?;
        let wins = |way: &&LearnerScores| {
            let gain = law.later.rms_pct.zip(way.later.rms_pct).map_or(0.0, |(law, way)| law - way);
            let pairs = || {
                law.folds_rms_pct
                    .iter()
                    .zip(&way.folds_rms_pct)
                    .filter_map(|(a, b)| Some((*a)?.total_cmp(&(*b)?)))
            };
            gain > WINS_BY_PCT && 2 * pairs().filter(|order| order.is_gt()).count() >= pairs().count()
        };
        let best = learners.iter().filter(wins).min_by(|a, b| {
            let rms = |way: &LearnerScores| way.later.rms_pct.unwrap_or(f64::INFINITY);
            rms(a).total_cmp(&rms(b))
        });
        Some(best?.learner.as_str())
    }
}

/// The models of a fold: of the law alone, and with each learner. What was known of the law's error before is in the
/// rows already.
fn ways(data: &Data, beliefs: &Beliefs, learners: &[&dyn Learner]) -> Result<Vec<Model>, Unusable> {
    let fit = HierarchicalFit::of(data, beliefs)?;
    let base = Base::of(data, beliefs, &fit)?;
    let model = |learned: Option<&Addition>| Model {
        residual: learned.map(|learned| learned.residual.clone()),
        ..model::of(ModelId::PRIORS, data, beliefs, &fit, learned)
    };
    let mut models = vec![model(None)];
    for learner in learners {
        models.push(model(Some(&Addition::of(*learner, data, &base)?)));
    }
    Ok(models)
}

/// How far off one fill-to-fill was.
#[derive(Clone, Copy, Debug)]
struct Error {
    is_first: bool,
    ln: f64,
    gal: f64,
}

/// Runs fills-to-fill as the stream does: predicts, then learns.
fn race(model: &Model, out: &Data, rest: &Data, is_scored: &[bool]) -> Result<Vec<Error>, Unusable> {
    let mut predictor = Predictor::new(model);
    let (mut errors, mut numbers) = (Vec::new(), BTreeMap::new());
    let Some(first) = out.rows.first() else { return Ok(errors) };
    let is_seen = rest.rows.iter().any(|row| row.package == first.package);
    let spread = &model.spread;
    let mut filter = Filter::new(ScalePrior {
        race_sd: if is_seen { spread.race } else { spread.new_package },
        shape_sd: if is_seen { spread.shape } else { spread.shape_new_package },
    });
    for (row, &is_scored) in out.rows.iter().zip(is_scored) {
        let is_first = !numbers.contains_key(&row.car);
        let car = *numbers.entry(row.car).or_insert_with(|| filter.join(prior_of(row, out, rest, model)));
        let predicted_gal = predictor.burned_gal(row, out)?;
        let burned = Burned::measured(row.y_gal, row.sd_gal);
        let observation = Observation { car, predicted_gal, imputed_sd_gal: 0.0, burned };
        let expected_gal = filter.observe(&observation).map_err(|_| Unusable::NoSolution)?.expected_gal;
        if is_scored {
            errors.push(Error {
                is_first,
                ln: libm::log(expected_gal / row.y_gal),
                gal: expected_gal - row.y_gal,
            });
        }
    }
    Ok(errors)
}

fn prior_of(row: &FillRow, out: &Data, rest: &Data, model: &Model) -> CarPrior {
    let maker = row.manufacturer.and_then(|at| u32::try_from(at).ok());
    let is_seen = rest.rows.iter().any(|seen| seen.car == row.car);
    let name = out.cars[row.car].as_str();
    let known = model.cars.iter().find(|car| is_seen && car.name == name);
    let own_sd = |car: &ScaleEstimate| car.sd.hypot(model.spread.engine);
    known.and_then(|car| CarPrior::calibrated(own_sd(car))).unwrap_or(CarPrior::unseen(maker))
}

impl LearnerScores {
    fn of(learner: &str, folds: &[&[Error]]) -> LearnerScores {
        let all = || folds.iter().copied().flatten();
        let later = |fold: &&[Error]| Score::of(fold.iter().filter(|error| !error.is_first)).rms_pct;
        LearnerScores {
            learner: learner.to_owned(),
            first: Score::of(all().filter(|error| error.is_first)),
            later: Score::of(all().filter(|error| !error.is_first)),
            folds_rms_pct: folds.iter().map(later).collect(),
        }
    }
}

impl Score {
    fn of<'a>(errors: impl Iterator<Item = &'a Error> + Clone) -> Score {
        let fills = errors.clone().count();
        let mean = |of: fn(&Error) -> f64| {
            let squares: f64 = errors.clone().map(|error| of(error) * of(error)).sum();
            (fills > 0).then(|| squares / fills as f64)
        };
        Score {
            fills,
            rms_pct: mean(|error| error.ln).map(|ln| 100.0 * ln.sqrt()),
            rms_gal: mean(|error| error.gal).map(f64::sqrt),
        }
    }
}

/// The same of each number below `n`, on all processors, in order.
fn of_each<T: Send>(n: usize, of: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let threads = std::thread::available_parallelism().map_or(1, |threads| threads.get()).min(n.max(1));
    let mut all: Vec<(usize, T)> = std::thread::scope(|scope| {
        let of = &of;
        let share = |thread| move || (thread..n).step_by(threads).map(|k| (k, of(k))).collect::<Vec<_>>();
        let running: Vec<_> = (0..threads).map(|thread| scope.spawn(share(thread))).collect();
        running
            .into_iter()
            .flat_map(|thread| match thread.join() {
                Ok(part) => part,
                Err(panic) => std::panic::resume_unwind(panic),
            })
            .collect()
    });
    all.sort_by_key(|(k, _)| *k);
    all.into_iter().map(|(_, of)| of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn way(learner: &str, rms_pct: f64, folds: &[f64]) -> LearnerScores {
        let score = Score { fills: 100, rms_pct: Some(rms_pct), rms_gal: Some(0.2) };
        let folds_rms_pct = folds.iter().map(|&pct| Some(pct)).collect();
        LearnerScores { learner: learner.into(), first: score, later: score, folds_rms_pct }
    }

    #[test]
    fn a_learner_wins_if_it_is_clearly_better_and_mostly() {
        let law = || way("none", 1.00, &[0.9, 1.0, 1.1]);
        for (what, learners, winner) in [
            ("nobody tried", vec![], None),
            ("better, but not by more than noise", vec![way("gp", 0.985, &[0.8, 0.9, 1.0])], None),
            ("better by one race alone", vec![way("gp", 0.90, &[0.95, 1.05, 0.5])], None),
            ("clearly better", vec![way("gp", 0.90, &[0.85, 0.9, 1.2])], Some("gp")),
            (
                "the better of two",
                vec![way("gp", 0.95, &[0.85, 0.9, 1.0]), way("net", 0.90, &[0.8, 0.9, 1.0])],
                Some("net"),
            ),
        ] {
            let ways = std::iter::once(law()).chain(learners).collect();
            let table = CrossValidation { left_out: LeftOut::Race, ways, not_scored: 0 };
            assert_eq!(table.winner(), winner, "{what}");
        }
    }
}
