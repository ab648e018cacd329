//! What the study comes to: each recording, and recordings of one car together.

use super::exposure::RPM_UNKNOWN;
use super::fit::{Aggregate, EnginePrior, FittedLaw, engine};
use super::recording::{CarRecording, RecordedSegment};
use super::trial::{RuleErrors, Trial, from_others, leave_one_out};
use crate::error::StudyError;
use serde::Serialize;
use std::collections::BTreeMap;

/// The six parameters, as they are called.
const PARAMETERS: [&str; 6] = ["ln_f", "ln_kt", "gamma", "ln_rho_p", "a0", "chi"];

/// What the study comes to.
#[derive(Debug, Serialize)]
pub struct RecordingsStudy {
    recordings: Vec<TriedRecording>,
    /// Files that could not be used, and why.
    refused: Vec<String>,
}

/// A recording, or several of one car, and its trials.
#[derive(Debug, Serialize)]
struct TriedRecording {
    name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    car: String,
    unit: &'static str,
    reference_rpm: f64,
    #[serde(rename = "pieces")]
    segments: Vec<SegmentFacts>,
    trials: Vec<Trial>,
    /// Most probable by the prior of a Cup engine and all segments together, with standard deviation. Single parameters
    /// are not measured: they trade against each other.
    parameters: BTreeMap<&'static str, [f64; 2]>,
}

/// What a fit sees of a segment.
#[derive(Debug, Serialize)]
struct SegmentFacts {
    name: String,
    burned: f64,
    seconds: f64,
    /// Sum of (throttle + 0.03) · rpm · time.
    throttle_rpm_s: f64,
    /// Burn by the law at the means of a Cup engine's prior and flow 1 at full throttle and reference speed, so seconds.
    law_s: f64,
}

impl SegmentFacts {
    fn of(segment: &RecordedSegment, reference_rpm: f64) -> Result<SegmentFacts, StudyError> {
        let Aggregate { exposure, burned, .. } = &segment.aggregate;
        let law_s = exposure.burned_g(&EnginePrior::CUP.shape(0.0), &engine(reference_rpm))?;
        let throttle_rpm_s = exposure.throttle_rpm_s();
        Ok(SegmentFacts {
            name: segment.name.clone(),
            burned: *burned,
            seconds: exposure.seconds,
            throttle_rpm_s,
            law_s,
        })
    }
}

impl RecordingsStudy {
    /// Tries each recording, then recordings of the same car together.
    pub fn of(recordings: &[CarRecording], refused: Vec<String>) -> Result<RecordingsStudy, StudyError> {
        let mut tried: Vec<TriedRecording> =
            recordings.iter().map(TriedRecording::of).collect::<Result<_, _>>()?;
        let mut cars: BTreeMap<&str, Vec<&CarRecording>> = BTreeMap::new();
        for recording in recordings.iter().filter(|recording| !recording.car.is_empty()) {
            cars.entry(&recording.car).or_default().push(recording);
        }
        for (car, files) in cars.iter().filter(|(_, files)| files.len() > 1) {
            tried.push(TriedRecording::together(car, files)?);
        }
        Ok(RecordingsStudy { recordings: tried, refused })
    }

    /// Whether no recording could be used.
    pub fn is_empty(&self) -> bool {
        self.recordings.is_empty()
    }

    /// Files that could not be used, and why.
    pub fn refused(&self) -> &[String] {
        &self.refused
    }

    /// A table for people.
    pub fn text(&self) -> String {
        let mut text = String::new();
        if self.recordings.is_empty() {
            text += "no recording was tried\n";
        }
        text += &format!(
            "errors, %: rms and largest{:>10} {:>17} {:>17} {:>17}   best\n",
            "law", "law, Cup prior", "one factor", "constant"
        );
        self.recordings.iter().for_each(|tried| text += &tried.text());
        self.refused.iter().for_each(|why| text += &format!("not used: {why}\n"));
        text
    }
}

impl TriedRecording {
    fn of(recording: &CarRecording) -> Result<TriedRecording, StudyError> {
        let reference_rpm = reference_rpm(recording.rpm.clone());
        let laps: Vec<&RecordedSegment> =
            recording.segments.iter().filter(|segment| segment.is_lap()).collect();
        let parts: Vec<&RecordedSegment> = recording.parts.iter().collect();
        let segments: Vec<&RecordedSegment> = recording.segments.iter().collect();
        let (trials, tried) = match (laps.len(), parts.len()) {
            (3.., _) => (of_laps(&laps, reference_rpm)?, laps),
            (_, 3..) => (of_parts(&parts, reference_rpm)?, parts),
            _ => (of_parts(&segments, reference_rpm)?, segments.clone()),
        };
        let (name, car) = (recording.name.clone(), recording.car.clone());
        Ok(TriedRecording {
            name,
            car,
            unit: recording.unit,
            ..TriedRecording::new(trials, &tried, &segments, reference_rpm)?
        })
    }

    fn together(car: &str, files: &[&CarRecording]) -> Result<TriedRecording, StudyError> {
        let reference_rpm = reference_rpm(files.iter().flat_map(|file| file.rpm.iter().copied()).collect());
        let whole = |file: &&CarRecording| {
            let aggregate = Aggregate::sum(file.parts.iter().map(|part| &part.aggregate))?;
            Some(RecordedSegment { name: file.name.clone(), aggregate })
        };
        let wholes: Vec<RecordedSegment> = files.iter().filter_map(whole).collect();
        let wholes: Vec<&RecordedSegment> = wholes.iter().collect();
        let segments: Vec<&RecordedSegment> = files.iter().flat_map(|file| &file.segments).collect();
        let trials = vec![
            leave_one_out("leave one file out", &wholes, reference_rpm)?,
            leave_one_out("leave one piece out", &segments, reference_rpm)?,
        ];
        let (name, unit) = (format!("{} files of one car", wholes.len()), files[0].unit);
        Ok(TriedRecording {
            name,
            car: car.into(),
            unit,
            ..TriedRecording::new(trials, &segments, &segments, reference_rpm)?
        })
    }

    fn new(
        trials: Vec<Trial>,
        tried: &[&RecordedSegment],
        all: &[&RecordedSegment],
        reference_rpm: f64,
    ) -> Result<TriedRecording, StudyError> {
        let aggregates: Vec<&Aggregate> = all.iter().map(|segment| &segment.aggregate).collect();
        let fit = FittedLaw::of(&aggregates, &EnginePrior::CUP, reference_rpm)?;
        let parameters = fit.shape.to_array().into_iter().zip(fit.sd).map(|(mean, sd)| [mean, sd]);
        Ok(TriedRecording {
            name: String::new(),
            car: String::new(),
            unit: "",
            reference_rpm,
            segments: tried
                .iter()
                .map(|segment| SegmentFacts::of(segment, reference_rpm))
                .collect::<Result<_, _>>()?,
            trials,
            parameters: PARAMETERS.into_iter().zip(parameters).collect(),
        })
    }

    fn text(&self) -> String {
        let car = if self.car.is_empty() { String::new() } else { format!(", {}", self.car) };
        let (name, count) = (&self.name, self.segments.len());
        let mut text = format!("{name}{car}: {count} segments, 8000 rpm is {:.0}\n", self.reference_rpm);
        if self.trials.is_empty() {
            return text + "  one segment alone: there is nothing to predict\n";
        }
        for trial in &self.trials {
            let cell = |errors: &RuleErrors| format!("{:7.2} {:7.2}", errors.rms_pct, errors.max_abs_pct);
            let rules = [&trial.law, &trial.law_cup_prior, &trial.one_factor, &trial.constant].map(cell);
            let (name, count) = (trial.trial, trial.tests.len());
            text += &format!("  {name:<32} {count:>3} {}   {}\n", rules.join("   "), trial.best);
        }
        let parameters = PARAMETERS.iter().filter_map(|name| {
            let [mean, sd] = self.parameters.get(name)?;
            Some(format!("{name} {mean:.3} ± {sd:.3}"))
        });
        text + &format!("  by the Cup prior: {}\n", parameters.collect::<Vec<_>>().join(", "))
    }
}

fn of_laps(laps: &[&RecordedSegment], reference_rpm: f64) -> Result<Vec<Trial>, StudyError> {
    let flying: Vec<&RecordedSegment> = laps.iter().copied().filter(|lap| lap.is_flying_lap()).collect();
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

fn of_parts(parts: &[&RecordedSegment], reference_rpm: f64) -> Result<Vec<Trial>, StudyError> {
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
fn middle(parts: &[&RecordedSegment]) -> usize {
    let seconds =
        |parts: &[&RecordedSegment]| parts.iter().map(|part| part.aggregate.exposure.seconds).sum::<f64>();
    let half = 0.5 * seconds(parts);
    let nearest = (1..parts.len()).min_by(|&a, &b| {
        let off = |count: usize| (seconds(&parts[..count]) - half).abs();
        off(a).total_cmp(&off(b))
    });
    nearest.unwrap_or(parts.len())
}

fn total(parts: &[&RecordedSegment]) -> Option<RecordedSegment> {
    let aggregate = Aggregate::sum(parts.iter().map(|part| &part.aggregate))?;
    Some(RecordedSegment { name: format!("{} parts", parts.len()), aggregate })
}

/// 0.92 of the 99.8th percentile, by linear interpolation: `docs/fuel-model.md` §2.
fn reference_rpm(mut rpm: Vec<f64>) -> f64 {
    if rpm.is_empty() {
        return RPM_UNKNOWN;
    }
    rpm.sort_by(f64::total_cmp);
    let rank = 0.998 * rpm.len().saturating_sub(1) as f64;
    let at = |rank: f64| rpm.get(rank as usize).copied().unwrap_or_default();
    let (low, high) = (at(rank.floor()), at(rank.ceil()));
    0.92 * (low + (high - low) * (rank - rank.floor()))
}
