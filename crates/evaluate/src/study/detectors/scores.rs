//! How often what is detected is so: pure functions of what was detected and what was true.

use super::{Detected, DetectedCar};
use events::{Mode, Sign, VehicleId};
use serde::Serialize;
use std::collections::BTreeMap;
use truth::{Truth, TruthKind};

/// A driver saves who saves at least this much, as the simulator draws it; and does something for it from that on.
const SAVES: f64 = 0.5;
const SAVES_SOME: f64 = 0.25;
/// What is detected so long after a lap's end counts for it.
const DETECTED_AFTER_US: i64 = 2_500_000;
/// A share of less than this, in car-seconds, means nothing.
const SECONDS_MIN: u64 = 60;
/// The means by which drivers save, and what is judged by the second.
const MEANS: [Sign; 3] = [Sign::LiftAndCoast, Sign::PartThrottle, Sign::ShortShift];
const BY_SECOND: [Sign; 6] =
    [Sign::Drafting, Sign::Pack, Sign::LiftAndCoast, Sign::PartThrottle, Sign::ShortShift, Sign::EngineOff];

/// One lap of one driver, judged.
#[derive(Clone, Copy, Debug)]
struct JudgedLap {
    score: f64,
    saving: f64,
    /// By which means he saves, if by any that can be seen.
    means: Option<Sign>,
}

/// Detected and true, by the car-second.
#[derive(Clone, Copy, Debug, Default)]
struct HitCounts {
    both: u64,
    detected: u64,
    real: u64,
}

impl HitCounts {
    fn count(&mut self, detected: bool, real: bool) {
        self.both += u64::from(detected && real);
        self.detected += u64::from(detected);
        self.real += u64::from(real);
    }
    fn join(&mut self, other: HitCounts) {
        self.both += other.both;
        self.detected += other.detected;
        self.real += other.real;
    }
    fn rates(&self) -> DetectorRates {
        let share = |of: u64| (of >= SECONDS_MIN).then(|| self.both as f64 / of as f64);
        DetectorRates { precision: share(self.detected), recall: share(self.real), seconds: self.real }
    }
}

/// What some races come to.
#[derive(Default)]
pub struct DetectorScores {
    laps: Vec<JudgedLap>,
    signs: BTreeMap<Sign, HitCounts>,
    saving: HitCounts,
    saving_some: HitCounts,
    hard: HitCounts,
}

/// How often it is so when it is detected, and is detected when it is so.
#[derive(Clone, Copy, Serialize)]
pub struct DetectorRates {
    precision: Option<f64>,
    recall: Option<f64>,
    /// How long it was so.
    seconds: u64,
}

/// The figures of a track.
#[derive(Serialize)]
pub struct DetectorFigures {
    /// Laps that were judged, and on how many of them the driver saved.
    laps: usize,
    saving_laps: usize,
    /// Of those who save, against all others.
    auc: Option<f64>,
    /// The same for who saves by one means.
    auc_by_means: BTreeMap<Sign, Option<f64>>,
    /// Against those who save next to nothing.
    auc_against_none: Option<f64>,
    saving: DetectorRates,
    /// The same, if who saves a little is taken to save.
    saving_some: DetectorRates,
    hard: DetectorRates,
    signs: BTreeMap<Sign, DetectorRates>,
}

impl DetectorScores {
    /// Adds a race.
    pub fn add(&mut self, detected: &Detected, truth: &[Truth]) {
        let mut of_car: BTreeMap<VehicleId, Vec<&Truth>> = BTreeMap::new();
        for line in truth {
            of_car.entry(line.vehicle_id).or_default().push(line);
        }
        for (vehicle, readings) in &detected.0 {
            self.add_car(readings, of_car.get(vehicle).map_or(&[], Vec::as_slice));
        }
    }

    fn add_car(&mut self, readings: &[DetectedCar], truth: &[&Truth]) {
        let of_sign = |sign| Intervals::of(truth, move |line| line.sign == Some(sign));
        let of_mode = |mode| Intervals::of(truth, move |line| line.mode == Some(mode));
        let [saving, neutral, hard] = [Mode::Saving, Mode::Neutral, Mode::Hard].map(of_mode);
        let some = Intervals::of(truth, |line| line.saving.is_some_and(|saving| saving >= SAVES_SOME));
        let is_driven = |at: i64| saving.hold(at) || neutral.hold(at) || hard.hold(at);
        for sign in BY_SECOND {
            let real = of_sign(sign);
            let hits = self.signs.entry(sign).or_default();
            let counted = |car: &&DetectedCar| sign.is_of_engine() || (car.racing && is_driven(car.at_us));
            for car in readings.iter().filter(counted) {
                hits.count(car.signs.contains(&sign), real.hold(car.at_us));
            }
        }
        let judged = |car: &&DetectedCar| matches!(car.mode, Mode::Saving | Mode::Neutral | Mode::Hard);
        for car in readings.iter().filter(judged).filter(|car| is_driven(car.at_us)) {
            self.saving.count(car.mode == Mode::Saving, saving.hold(car.at_us));
            self.saving_some.count(car.mode == Mode::Saving, some.hold(car.at_us));
            self.hard.count(car.mode == Mode::Hard, hard.hold(car.at_us));
        }
        let means = MEANS.map(|sign| (sign, of_sign(sign)));
        for line in truth.iter().filter(|line| line.kind == TruthKind::Lap) {
            let after =
                &readings[readings.partition_point(|car| car.at_us < line.to_us + DETECTED_AFTER_US)..];
            let middle = line.from_us + (line.to_us - line.from_us) / 2;
            if let (Some(saving), Some(score)) = (line.saving, after.first().and_then(|car| car.score))
                && [line.from_us, middle, line.to_us - 1].into_iter().all(is_driven)
            {
                let means = means.iter().find(|(_, real)| real.hold(middle)).map(|(sign, _)| *sign);
                self.laps.push(JudgedLap { score, saving, means });
            }
        }
    }

    /// Adds the races of another.
    pub fn join(&mut self, other: DetectorScores) {
        self.laps.extend(other.laps);
        for (sign, hits) in other.signs {
            self.signs.entry(sign).or_default().join(hits);
        }
        self.saving.join(other.saving);
        self.saving_some.join(other.saving_some);
        self.hard.join(other.hard);
    }

    /// The figures.
    pub fn figures(&self) -> DetectorFigures {
        let scores = |is: &dyn Fn(&JudgedLap) -> bool| -> Vec<f64> {
            self.laps.iter().filter(|lap| is(lap)).map(|lap| lap.score).collect()
        };
        let savers = scores(&|lap| lap.saving >= SAVES);
        let others = scores(&|lap| lap.saving < SAVES);
        let by = |means| auc(&scores(&|lap| lap.saving >= SAVES && lap.means == Some(means)), &others);
        DetectorFigures {
            laps: self.laps.len(),
            saving_laps: savers.len(),
            auc: auc(&savers, &others),
            auc_by_means: MEANS.map(|means| (means, by(means))).into(),
            auc_against_none: auc(&savers, &scores(&|lap| lap.saving < SAVES_SOME)),
            saving: self.saving.rates(),
            saving_some: self.saving_some.rates(),
            hard: self.hard.rates(),
            signs: self.signs.iter().map(|(sign, hits)| (*sign, hits.rates())).collect(),
        }
    }
}

/// Times at which something was so.
struct Intervals(Vec<(i64, i64)>);

impl Intervals {
    fn of(truth: &[&Truth], is: impl Fn(&Truth) -> bool) -> Intervals {
        let mut intervals: Vec<(i64, i64)> =
            truth.iter().filter(|line| is(line)).map(|line| (line.from_us, line.to_us)).collect();
        intervals.sort_unstable();
        Intervals(intervals)
    }

    fn hold(&self, at: i64) -> bool {
        let begun = self.0.partition_point(|(from, _)| *from <= at);
        self.0[..begun].last().is_some_and(|(_, to)| at < *to)
    }
}

/// Chance that one of those has a higher score than one of these; ties count half. `None` if either are none.
fn auc(those: &[f64], these: &[f64]) -> Option<f64> {
    let mut these = these.to_vec();
    these.sort_unstable_by(f64::total_cmp);
    let below = |score: f64| {
        let least = these.partition_point(|other| *other < score);
        let most = these.partition_point(|other| *other <= score);
        (least + most) as f64 / 2.0
    };
    let pairs = those.len() * these.len();
    (pairs > 0).then(|| those.iter().map(|score| below(*score)).sum::<f64>() / pairs as f64)
}

/// Width of the first column, and of the others.
const NAMES: usize = 18;
const CELL: usize = 11;

impl DetectorFigures {
    /// The names of the columns.
    pub fn head() -> String {
        let names = [
            "laps",
            "saving",
            "AUC",
            "lift",
            "part",
            "shift",
            "none<.25",
            "SAVING p/r",
            "p if>.25",
            "HARD p/r",
            "draft p/r",
            "pack p/r",
            "lift p/r",
            "part p/r",
            "shift p/r",
            "off p/r",
        ];
        names.iter().fold(" ".repeat(NAMES), |line, name| line + &format!("{name:>CELL$}"))
    }

    /// The figures under them.
    pub fn line(&self, name: &str) -> String {
        let number = |number: Option<f64>| number.map_or("-".to_owned(), |number| format!("{number:.3}"));
        let two = |rates: &DetectorRates| {
            let short = |rate: Option<f64>| rate.map_or("-".to_owned(), |rate| format!("{rate:.2}"));
            format!("{}/{}", short(rates.precision), short(rates.recall))
        };
        let mut cells = vec![self.laps.to_string(), self.saving_laps.to_string(), number(self.auc)];
        cells.extend(MEANS.iter().map(|means| number(self.auc_by_means.get(means).copied().flatten())));
        cells.push(number(self.auc_against_none));
        cells.push(two(&self.saving));
        cells.push(number(self.saving_some.precision));
        cells.push(two(&self.hard));
        cells.extend(BY_SECOND.iter().map(|sign| self.signs.get(sign).map_or("-".to_owned(), two)));
        cells.iter().fold(format!("{name:<NAMES$}"), |line, cell| line + &format!("{cell:>CELL$}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_area_is_the_chance_to_rank_a_pair_right() {
        for (those, these, expected) in [
            (vec![3.0, 4.0], vec![1.0, 2.0], Some(1.0)),
            (vec![1.0, 4.0], vec![2.0, 3.0], Some(0.5)),
            (vec![2.0], vec![2.0], Some(0.5)),
            (vec![], vec![1.0], None),
        ] {
            assert_eq!(auc(&those, &these), expected);
        }
    }

    #[test]
    fn precision_is_of_what_is_detected_and_recall_of_what_is_so() {
        let mut hits = HitCounts::default();
        for (detected, real) in [(true, true), (true, false), (true, false), (false, true), (false, false)] {
            (0..SECONDS_MIN).for_each(|_| hits.count(detected, real));
        }
        let rates = hits.rates();
        assert_eq!(
            (rates.precision, rates.recall, rates.seconds),
            (Some(1.0 / 3.0), Some(0.5), 2 * SECONDS_MIN)
        );
    }
}
