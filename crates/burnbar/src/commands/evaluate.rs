//! `burnbar evaluate`: what a tape's cars were estimated to burn, beside what they burned.
//!
//! The only reader of truth, and it reads it after the estimate is made.

use super::replay;
use crate::args::{EvaluateArgs, Format};
use crate::failure::Failure;
use crate::say::say;
use dataflow::{ClosedWindow, OpenSink, Sink};
use events::truth::{Truth, TruthKind, TruthUnit};
use events::{Quality, VehicleId};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Burn between any two times is read off at window ends, so windows are short here.
const WINDOW: Duration = Duration::from_millis(100);
/// A lap shorter than this in truth is a sensor's hiccup.
const SPAN_MIN_US: i64 = 5_000_000;

/// Runs the command.
pub fn run(args: &EvaluateArgs) -> Result<(), Failure> {
    let mut rows = Vec::new();
    for tape in &args.tapes {
        rows.append(&mut compare(tape, args)?);
    }
    if rows.is_empty() {
        return Err(Failure::input("no interval of the truth overlaps an estimate"));
    }
    let summary = Summary::of(&rows);
    match args.format {
        Format::Json => say(serde_json::json!({ "rows": rows, "summary": summary })),
        Format::Text => print(&rows, &summary),
    }
}

/// An interval with a true and an estimated burn.
#[derive(Debug, Serialize)]
struct Row {
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

#[derive(Debug, Serialize)]
struct Summary {
    intervals: usize,
    /// Mean of `ln(estimated / true)`, percent; `None` where either has no known scale.
    bias_pct: Option<f64>,
    /// Standard deviation of `ln(estimated / true)` about each vehicle's mean, percent.
    within_car_sd_pct: f64,
    /// The greatest of them, percent.
    within_car_max_pct: f64,
}

impl Summary {
    fn of(rows: &[Row]) -> Summary {
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
}

fn compare(tape: &Path, args: &EvaluateArgs) -> Result<Vec<Row>, Failure> {
    let burned = Burned::of(tape, args)?;
    let path = args.truth.clone().unwrap_or_else(|| tape.with_extension("truth.ndjson"));
    let truth = read_truth(&path)?;
    let laps = |truth: &Truth| truth.kind == TruthKind::Lap;
    let kind = if truth.iter().any(laps) { TruthKind::Lap } else { TruthKind::Span };
    let whole = |truth: &&Truth| truth.kind == kind && truth.to_us - truth.from_us >= SPAN_MIN_US;
    let mut rows: Vec<Row> = truth.iter().filter(whole).filter_map(|truth| burned.row(truth)).collect();
    let mut means: BTreeMap<VehicleId, (f64, f64)> = BTreeMap::new();
    for row in &rows {
        let (sum, count) = means.entry(row.vehicle_id).or_default();
        *sum += row.error_pct;
        *count += 1.0;
    }
    for row in &mut rows {
        row.error_pct -= means.get(&row.vehicle_id).map_or(0.0, |(sum, count)| sum / count);
    }
    Ok(rows)
}

fn read_truth(path: &PathBuf) -> Result<Vec<Truth>, Failure> {
    let text =
        std::fs::read_to_string(path).map_err(|e| Failure::input(format!("{}: {e}", path.display())))?;
    let parse = |(number, line): (usize, &str)| {
        serde_json::from_str(line)
            .map_err(|e| Failure::input(format!("{}, line {number}: {e}", path.display())))
    };
    (1..).zip(text.lines()).map(parse).collect()
}

/// What each car was estimated to have burned, at every window's end.
#[derive(Default)]
struct Burned {
    cars: BTreeMap<VehicleId, BTreeMap<i64, f64>>,
    uncalibrated: BTreeSet<VehicleId>,
}

impl Burned {
    fn of(tape: &Path, args: &EvaluateArgs) -> Result<Burned, Failure> {
        tape::Reader::open(tape).map_err(Failure::input)?;
        let burned = Arc::new(Mutex::new(Burned::default()));
        let mut flow = args.flow.clone();
        flow.window = WINDOW;
        let job = replay::job(&flow, tape, replay::tape_log(tape), Collect::sink(burned.clone()))?;
        dataflow::run(job).map_err(replay::failure)?;
        Ok(std::mem::take(&mut *burned.lock().unwrap_or_else(PoisonError::into_inner)))
    }

    fn row(&self, truth: &Truth) -> Option<Row> {
        let car = self.cars.get(&truth.vehicle_id)?;
        let estimated_kg = at(car, truth.to_us)? - at(car, truth.from_us)?;
        let true_burned = truth.burned.filter(|burned| *burned > 0.0)?;
        (estimated_kg > 0.0).then(|| Row {
            vehicle_id: truth.vehicle_id,
            kind: truth.kind,
            lap: truth.lap,
            seconds: (truth.to_us - truth.from_us) as f64 * 1e-6,
            estimated_kg,
            true_burned,
            unit: truth.unit,
            calibrated: !self.uncalibrated.contains(&truth.vehicle_id),
            error_pct: 100.0 * ln(estimated_kg / true_burned),
        })
    }
}

/// Between two window ends burn is taken to be even.
fn at(car: &BTreeMap<i64, f64>, us: i64) -> Option<f64> {
    let (after, after_kg) = car.range(us..).next()?;
    let Some((before, before_kg)) = car.range(..us).next_back() else {
        // the recording begins within the first window
        return (*after - us <= WINDOW.as_micros() as i64).then_some(0.0);
    };
    let part = (us - before) as f64 / (after - before) as f64;
    Some(before_kg + part * (after_kg - before_kg))
}

#[allow(clippy::disallowed_methods, reason = "a report: it enters no estimate")]
fn ln(x: f64) -> f64 {
    x.ln()
}

struct Collect(Arc<Mutex<Burned>>);

impl Collect {
    fn sink(burned: Arc<Mutex<Burned>>) -> OpenSink {
        Box::new(move |_| Ok(Box::new(Collect(burned.clone()))))
    }
}

impl Sink for Collect {
    fn window(&mut self, closed: &ClosedWindow) -> io::Result<()> {
        let mut burned = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for car in &closed.board.cars {
            if let Some(kg) = car.burned_race_kg {
                burned.cars.entry(car.vehicle_id).or_default().insert(closed.board.window_end_us.us(), kg);
            }
            if car.quality == Quality::Uncalibrated {
                burned.uncalibrated.insert(car.vehicle_id);
            }
        }
        Ok(())
    }
    fn position(&mut self) -> io::Result<Vec<u8>> {
        Ok(Vec::new())
    }
}

fn print(rows: &[Row], summary: &Summary) -> Result<(), Failure> {
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
    say(format_args!(
        "{} intervals; about each car's own mean: sd {:.2} %, greatest {:.2} %",
        summary.intervals, summary.within_car_sd_pct, summary.within_car_max_pct
    ))?;
    match summary.bias_pct {
        Some(bias) => say(format_args!("estimated over true, mean: {bias:+.1} %")),
        None => say("the scale of truth or of the engine is unknown: only ratios of burn mean anything"),
    }
}
