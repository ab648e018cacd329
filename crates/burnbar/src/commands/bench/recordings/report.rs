//! What came out, as a table or as JSON.

use super::fit::{Aggregate, Fit, Prior, engine};
use super::recording::{Piece, Recording};
use super::trial::{Errors, Trial, from_others, leave_one_out};
use crate::failure::Failure;
use crate::say::say;
use serde::Serialize;
use std::collections::BTreeMap;

/// The six parameters, as they are called.
const PARAMETERS: [&str; 6] = ["ln_f", "ln_kt", "gamma", "ln_rho_p", "a0", "chi"];

/// Everything.
#[derive(Debug, Serialize)]
pub struct Report {
    recordings: Vec<Tried>,
    /// Files that could not be used, and why.
    refused: Vec<String>,
}

/// A recording, or several of one car, and its trials.
#[derive(Debug, Serialize)]
struct Tried {
    name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    car: String,
    unit: &'static str,
    reference_rpm: f64,
    pieces: Vec<Told>,
    trials: Vec<Trial>,
    /// Most probable by the prior of a Cup engine and all pieces together, with standard deviation. Single parameters are not measured: they trade
    /// against each other.
    parameters: BTreeMap<&'static str, [f64; 2]>,
}

/// What a fit sees of a piece.
#[derive(Debug, Serialize)]
struct Told {
    name: String,
    burned: f64,
    seconds: f64,
    /// Sum of (throttle + 0.03) · rpm · time.
    throttle_rpm_s: f64,
    /// Burn by the law at the means of a Cup engine's prior and flow 1 at full throttle and reference speed, so seconds.
    law_s: f64,
}

impl Told {
    fn of(piece: &Piece, reference_rpm: f64) -> Result<Told, Failure> {
        let Aggregate { exposure, burned, .. } = &piece.aggregate;
        let law_s =
            exposure.burned_g(&Prior::CUP.shape(0.0), &engine(reference_rpm)).map_err(Failure::run)?;
        let throttle_rpm_s = exposure.throttle_rpm_s();
        Ok(Told {
            name: piece.name.clone(),
            burned: *burned,
            seconds: exposure.seconds,
            throttle_rpm_s,
            law_s,
        })
    }
}

impl Report {
    /// Tries each recording, then recordings of the same car together.
    pub fn of(recordings: &[Recording], refused: Vec<String>) -> Result<Report, Failure> {
        let mut tried: Vec<Tried> = recordings.iter().map(Tried::of).collect::<Result<_, _>>()?;
        let mut cars: BTreeMap<&str, Vec<&Recording>> = BTreeMap::new();
        for recording in recordings.iter().filter(|recording| !recording.car.is_empty()) {
            cars.entry(&recording.car).or_default().push(recording);
        }
        for (car, files) in cars.iter().filter(|(_, files)| files.len() > 1) {
            tried.push(Tried::together(car, files)?);
        }
        Ok(Report { recordings: tried, refused })
    }

    /// The table.
    pub fn print(&self) -> Result<(), Failure> {
        if self.recordings.is_empty() {
            say("no recording was tried")?;
        }
        say(format_args!(
            "errors, %: rms and largest{:>10} {:>17} {:>17} {:>17}   best",
            "law", "law, Cup prior", "one factor", "constant"
        ))?;
        for tried in &self.recordings {
            tried.print()?;
        }
        self.refused.iter().try_for_each(|why| say(format_args!("not used: {why}")))
    }
}

impl Tried {
    fn of(recording: &Recording) -> Result<Tried, Failure> {
        let reference_rpm = reference_rpm(recording.rpm.clone());
        let laps: Vec<&Piece> = recording.pieces.iter().filter(|piece| piece.is_lap()).collect();
        let parts: Vec<&Piece> = recording.parts.iter().collect();
        let pieces: Vec<&Piece> = recording.pieces.iter().collect();
        let (trials, tried) = match (laps.len(), parts.len()) {
            (3.., _) => (of_laps(&laps, reference_rpm)?, laps),
            (_, 3..) => (of_parts(&parts, reference_rpm)?, parts),
            _ => (of_parts(&pieces, reference_rpm)?, pieces.clone()),
        };
        let (name, car) = (recording.name.clone(), recording.car.clone());
        Ok(Tried { name, car, unit: recording.unit, ..Tried::new(trials, &tried, &pieces, reference_rpm)? })
    }

    fn together(car: &str, files: &[&Recording]) -> Result<Tried, Failure> {
        let reference_rpm = reference_rpm(files.iter().flat_map(|file| file.rpm.iter().copied()).collect());
        let whole = |file: &&Recording| {
            let aggregate = Aggregate::sum(file.parts.iter().map(|part| &part.aggregate))?;
            Some(Piece { name: file.name.clone(), aggregate })
        };
        let wholes: Vec<Piece> = files.iter().filter_map(whole).collect();
        let wholes: Vec<&Piece> = wholes.iter().collect();
        let pieces: Vec<&Piece> = files.iter().flat_map(|file| &file.pieces).collect();
        let trials = vec![
            leave_one_out("leave one file out", &wholes, reference_rpm)?,
            leave_one_out("leave one piece out", &pieces, reference_rpm)?,
        ];
        let (name, unit) = (format!("{} files of one car", wholes.len()), files[0].unit);
        Ok(Tried { name, car: car.into(), unit, ..Tried::new(trials, &pieces, &pieces, reference_rpm)? })
    }

    fn new(
        trials: Vec<Trial>,
        tried: &[&Piece],
        all: &[&Piece],
        reference_rpm: f64,
    ) -> Result<Tried, Failure> {
        let aggregates: Vec<&Aggregate> = all.iter().map(|piece| &piece.aggregate).collect();
        let fit = Fit::of(&aggregates, &Prior::CUP, reference_rpm).map_err(Failure::run)?;
        let parameters = fit.shape.to_array().into_iter().zip(fit.sd).map(|(mean, sd)| [mean, sd]);
        Ok(Tried {
            name: String::new(),
            car: String::new(),
            unit: "",
            reference_rpm,
            pieces: tried.iter().map(|piece| Told::of(piece, reference_rpm)).collect::<Result<_, _>>()?,
            trials,
            parameters: PARAMETERS.into_iter().zip(parameters).collect(),
        })
    }

    fn print(&self) -> Result<(), Failure> {
        let car = if self.car.is_empty() { String::new() } else { format!(", {}", self.car) };
        say(format_args!(
            "{}{car}: {} pieces, 8000 rpm is {:.0}",
            self.name,
            self.pieces.len(),
            self.reference_rpm
        ))?;
        for trial in &self.trials {
            let cell = |errors: &Errors| format!("{:7.2} {:7.2}", errors.rms_pct, errors.max_abs_pct);
            let rules = [&trial.law, &trial.law_cup_prior, &trial.one_factor, &trial.constant].map(cell);
            let (name, count) = (trial.trial, trial.tests.len());
            say(format_args!("  {name:<32} {count:>3} {}   {}", rules.join("   "), trial.best))?;
        }
        let parameters = PARAMETERS.iter().filter_map(|name| {
            let [mean, sd] = self.parameters.get(name)?;
            Some(format!("{name} {mean:.3} ± {sd:.3}"))
        });
        say(format_args!("  {}", parameters.collect::<Vec<_>>().join(", ")))
    }
}

fn of_laps(laps: &[&Piece], reference_rpm: f64) -> Result<Vec<Trial>, Failure> {
    let flying: Vec<&Piece> = laps.iter().copied().filter(|lap| lap.is_flying_lap()).collect();
    let mut trials = vec![leave_one_out("leave one lap out", laps, reference_rpm)?];
    if (3..laps.len()).contains(&flying.len()) {
        trials.push(leave_one_out("leave one flying lap out", &flying, reference_rpm)?);
    }
    let (first, rest) = flying.split_at(flying.len() / 2);
    if let Some(total) = total(first) {
        let trial = "first half's total to each lap";
        trials.push(from_others(trial, &[&total.aggregate], rest, reference_rpm)?);
    }
    Ok(trials)
}

fn of_parts(parts: &[&Piece], reference_rpm: f64) -> Result<Vec<Trial>, Failure> {
    let mut trials = Vec::new();
    if parts.len() >= 3 {
        trials.push(leave_one_out("leave one part out", parts, reference_rpm)?);
    }
    let (first, second) = parts.split_at(middle(parts));
    let (Some(first_total), Some(second_total)) = (total(first), total(second)) else { return Ok(trials) };
    let trial = "one half's total to the other's";
    trials.push(from_others(trial, &[&first_total.aggregate], &[&second_total], reference_rpm)?);
    if parts.len() >= 4 {
        for (trial, from, to) in [
            ("first half's parts to the second", first, &second_total),
            ("second half's parts to the first", second, &first_total),
        ] {
            let train: Vec<&Aggregate> = from.iter().map(|part| &part.aggregate).collect();
            trials.push(from_others(trial, &train, &[to], reference_rpm)?);
        }
    }
    Ok(trials)
}

/// How many parts come before half of the time.
fn middle(parts: &[&Piece]) -> usize {
    let seconds = |parts: &[&Piece]| parts.iter().map(|part| part.aggregate.exposure.seconds).sum::<f64>();
    let half = 0.5 * seconds(parts);
    let nearest = (1..parts.len()).min_by(|&a, &b| {
        let off = |count: usize| (seconds(&parts[..count]) - half).abs();
        off(a).total_cmp(&off(b))
    });
    nearest.unwrap_or(parts.len())
}

fn total(parts: &[&Piece]) -> Option<Piece> {
    let aggregate = Aggregate::sum(parts.iter().map(|part| &part.aggregate))?;
    Some(Piece { name: format!("{} parts", parts.len()), aggregate })
}

/// 0.92 of the 99.8th percentile, by linear interpolation: `docs/fuel-model.md` §2.
fn reference_rpm(mut rpm: Vec<f64>) -> f64 {
    rpm.sort_by(f64::total_cmp);
    let rank = 0.998 * rpm.len().saturating_sub(1) as f64;
    let at = |rank: f64| rpm.get(rank as usize).copied().unwrap_or_default();
    let (low, high) = (at(rank.floor()), at(rank.ceil()));
    0.92 * (low + (high - low) * (rank - rank.floor()))
}
