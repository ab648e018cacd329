//! Lap by lap, or span by span: for a recording of one car this shows more than any figure.

use crate::estimates::Estimates;
use crate::metrics::ln;
use events::VehicleId;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write;
use truth::{Truth, TruthKind, TruthUnit};

/// A lap shorter than this in truth is a sensor's hiccup.
const SPAN_MIN_US: i64 = 5_000_000;

/// An interval with a true and an estimated burn.
#[derive(Debug, Serialize)]
pub struct JudgedInterval {
    vehicle_id: VehicleId,
    kind: TruthKind,
    lap: Option<u32>,
    seconds: f64,
    estimated_kg: f64,
    true_burned: f64,
    unit: TruthUnit,
    /// Whether the engine package is known, so that the estimate is in real kilograms.
    calibrated: bool,
    /// `ln(estimated / true)` less its mean over all intervals of the vehicle, percent: the error that one factor cannot mend.
    error_pct: f64,
}

/// The laps of the truth, or its spans where it has no laps.
pub fn judged(estimates: &Estimates, truth: &[Truth]) -> Vec<JudgedInterval> {
    let has_laps = truth.iter().any(|truth| truth.kind == TruthKind::Lap);
    let kind = if has_laps { TruthKind::Lap } else { TruthKind::Span };
    let whole = |truth: &&Truth| truth.kind == kind && truth.to_us - truth.from_us >= SPAN_MIN_US;
    let mut intervals: Vec<JudgedInterval> =
        truth.iter().filter(whole).filter_map(|truth| judge(estimates, truth)).collect();
    let mut means: BTreeMap<VehicleId, (f64, f64)> = BTreeMap::new();
    for interval in &intervals {
        let (sum, count) = means.entry(interval.vehicle_id).or_default();
        *sum += interval.error_pct;
        *count += 1.0;
    }
    for interval in &mut intervals {
        interval.error_pct -= means.get(&interval.vehicle_id).map_or(0.0, |(sum, count)| sum / count);
    }
    intervals
}

fn judge(estimates: &Estimates, truth: &Truth) -> Option<JudgedInterval> {
    let car = estimates.cars.get(&truth.vehicle_id)?;
    let estimated_kg = car.burned(truth.from_us, truth.to_us)?.kg;
    let true_burned = truth.burned.filter(|burned| *burned > 0.0)?;
    (estimated_kg > 0.0).then(|| JudgedInterval {
        vehicle_id: truth.vehicle_id,
        kind: truth.kind,
        lap: truth.lap,
        seconds: (truth.to_us - truth.from_us) as f64 * 1e-6,
        estimated_kg,
        true_burned,
        unit: truth.unit,
        calibrated: !car.uncalibrated,
        error_pct: 100.0 * ln(estimated_kg / true_burned),
    })
}

/// What the intervals come to.
#[derive(Debug, Serialize)]
pub struct IntervalSummary {
    intervals: usize,
    /// Mean of `ln(estimated / true)`, percent; `None` where either has no known scale.
    bias_pct: Option<f64>,
    /// Standard deviation of `ln(estimated / true)` about each vehicle's mean, percent.
    within_car_sd_pct: f64,
    /// The greatest of them, percent.
    within_car_max_pct: f64,
}

impl IntervalSummary {
    /// Of some intervals.
    pub fn of(intervals: &[JudgedInterval]) -> IntervalSummary {
        let n = intervals.len() as f64;
        let known = intervals.iter().all(|interval| interval.unit == TruthUnit::Kg && interval.calibrated);
        let squares: f64 = intervals.iter().map(|interval| interval.error_pct * interval.error_pct).sum();
        let bias = intervals
            .iter()
            .map(|interval| 100.0 * ln(interval.estimated_kg / interval.true_burned))
            .sum::<f64>()
            / n;
        IntervalSummary {
            intervals: intervals.len(),
            bias_pct: known.then_some(bias),
            within_car_sd_pct: (squares / n).sqrt(),
            within_car_max_pct: intervals.iter().map(|interval| interval.error_pct.abs()).fold(0.0, f64::max),
        }
    }

    /// As lines for people.
    pub fn text(&self) -> String {
        let scale = match self.bias_pct {
            Some(bias) => format!("estimated over true, mean: {bias:+.1} %"),
            None => {
                "the scale of truth or of the engine is unknown: only ratios of burn mean anything".into()
            }
        };
        format!(
            "{} laps or spans of the truth; about each car's own mean: sd {:.2} %, greatest {:.2} %\n{scale}\n",
            self.intervals, self.within_car_sd_pct, self.within_car_max_pct
        )
    }
}

/// As a table for people.
pub fn table(intervals: &[JudgedInterval]) -> String {
    let mut table = format!(
        "{:<10} {:>5} {:>9} {:>14} {:>12} {:>9}\n",
        "vehicle", "lap", "seconds", "estimated kg", "true", "error %"
    );
    for interval in intervals {
        let lap = interval.lap.map_or("–".into(), |lap| lap.to_string());
        let unit = if interval.unit == TruthUnit::Kg { "kg" } else { "" };
        // a string takes all that is written to it
        let _ = writeln!(
            table,
            "{:<10} {:>5} {:>9.2} {:>14.4} {:>9.4} {:<2} {:>9.2}",
            interval.vehicle_id.as_str(),
            lap,
            interval.seconds,
            interval.estimated_kg,
            interval.true_burned,
            unit,
            interval.error_pct
        );
    }
    table
}
