//! Lap by lap, or span by span: for a recording of one car this tells more than any figure.

use super::estimates::Estimates;
use super::metrics::ln;
use crate::failure::Failure;
use crate::say::say;
use events::VehicleId;
use events::truth::{Truth, TruthKind, TruthUnit};
use serde::Serialize;
use std::collections::BTreeMap;

/// A lap shorter than this in truth is a sensor's hiccup.
const SPAN_MIN_US: i64 = 5_000_000;

/// An interval with a true and an estimated burn.
#[derive(Debug, Serialize)]
pub struct Row {
    vehicle_id: VehicleId,
    kind: TruthKind,
    lap: Option<u32>,
    seconds: f64,
    estimated_kg: f64,
    true_burned: f64,
    unit: TruthUnit,
    /// Whether the engine package is known, so that the estimate is in real kilograms.
    calibrated: bool,
    /// `ln(estimated / true)` less its mean over all rows of the vehicle, percent: the error that one factor cannot mend.
    error_pct: f64,
}

/// The laps of the truth, or its spans where it has no laps.
pub fn rows(estimates: &Estimates, truth: &[Truth]) -> Vec<Row> {
    let has_laps = truth.iter().any(|truth| truth.kind == TruthKind::Lap);
    let kind = if has_laps { TruthKind::Lap } else { TruthKind::Span };
    let whole = |truth: &&Truth| truth.kind == kind && truth.to_us - truth.from_us >= SPAN_MIN_US;
    let mut rows: Vec<Row> = truth.iter().filter(whole).filter_map(|truth| row(estimates, truth)).collect();
    let mut means: BTreeMap<VehicleId, (f64, f64)> = BTreeMap::new();
    for row in &rows {
        let (sum, count) = means.entry(row.vehicle_id).or_default();
        *sum += row.error_pct;
        *count += 1.0;
    }
    for row in &mut rows {
        row.error_pct -= means.get(&row.vehicle_id).map_or(0.0, |(sum, count)| sum / count);
    }
    rows
}

fn row(estimates: &Estimates, truth: &Truth) -> Option<Row> {
    let car = estimates.cars.get(&truth.vehicle_id)?;
    let estimated_kg = car.burned(truth.from_us, truth.to_us)?.kg;
    let true_burned = truth.burned.filter(|burned| *burned > 0.0)?;
    (estimated_kg > 0.0).then(|| Row {
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

/// What the rows come to.
#[derive(Debug, Serialize)]
pub struct Summary {
    intervals: usize,
    /// Mean of `ln(estimated / true)`, percent; `None` where either has no known scale.
    bias_pct: Option<f64>,
    /// Standard deviation of `ln(estimated / true)` about each vehicle's mean, percent.
    within_car_sd_pct: f64,
    /// The greatest of them, percent.
    within_car_max_pct: f64,
}

impl Summary {
    /// Of some rows.
    pub fn of(rows: &[Row]) -> Summary {
        let n = rows.len() as f64;
        let known = rows.iter().all(|row| row.unit == TruthUnit::Kg && row.calibrated);
        let squares: f64 = rows.iter().map(|row| row.error_pct * row.error_pct).sum();
        let bias = rows.iter().map(|row| 100.0 * ln(row.estimated_kg / row.true_burned)).sum::<f64>() / n;
        Summary {
            intervals: rows.len(),
            bias_pct: known.then_some(bias),
            within_car_sd_pct: (squares / n).sqrt(),
            within_car_max_pct: rows.iter().map(|row| row.error_pct.abs()).fold(0.0, f64::max),
        }
    }

    /// For people.
    pub fn print(&self) -> Result<(), Failure> {
        say(format_args!(
            "{} laps or spans of the truth; about each car's own mean: sd {:.2} %, greatest {:.2} %",
            self.intervals, self.within_car_sd_pct, self.within_car_max_pct
        ))?;
        match self.bias_pct {
            Some(bias) => say(format_args!("estimated over true, mean: {bias:+.1} %")),
            None => say("the scale of truth or of the engine is unknown: only ratios of burn mean anything"),
        }
    }
}

/// For people.
pub fn print(rows: &[Row]) -> Result<(), Failure> {
    say(format_args!(
        "{:<10} {:>5} {:>9} {:>14} {:>12} {:>9}",
        "vehicle", "lap", "seconds", "estimated kg", "true", "error %"
    ))?;
    for row in rows {
        let lap = row.lap.map_or("–".into(), |lap| lap.to_string());
        let unit = if row.unit == TruthUnit::Kg { "kg" } else { "" };
        say(format_args!(
            "{:<10} {:>5} {:>9.2} {:>14.4} {:>9.4} {:<2} {:>9.2}",
            row.vehicle_id.as_str(),
            lap,
            row.seconds,
            row.estimated_kg,
            row.true_burned,
            unit,
            row.error_pct
        ))?;
    }
    Ok(())
}
