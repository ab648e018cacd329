//! `burnbar bench`: what the system costs on one race, measured in processes of their own.
//!
//! CPU seconds are those of a whole process (user and system, all threads), so they hold on a busy machine where wall
//! time does not. Each figure is the median of `--runs`.

mod bench_race;
mod child;
mod cost;
mod figures;
mod flat;
mod latency;
mod live;
mod part;
mod screen;
mod serve;

use crate::args::{BenchArgs, BenchOf, Format};
use crate::failure::Failure;
use crate::say::say;
use bench_race::BenchRace;
use child::{ProcessRun, first_insight_s, run_child};
use cost::{Cost, CostFigures, median, peak_mib};
use std::path::Path;
use units::EventTime;

/// A simulated race starts here.
const START: EventTime = EventTime::from_ms(1_780_858_800_000);

/// Runs the command, or the part of it that a process of its own was started for.
pub fn run(args: &BenchArgs) -> Result<(), Failure> {
    match (&args.of, &args.part) {
        (Some(BenchOf::Latency(args)), _) => latency::run(args),
        (Some(BenchOf::Flat(args)), _) => flat::run(&args.flow, args.format),
        (Some(BenchOf::Serve(args)), _) => serve::run(args),
        (None, Some(part)) => part::run(*part, args),
        (None, None) => measure(args),
    }
}

fn measure(args: &BenchArgs) -> Result<(), Failure> {
    let dir = std::env::temp_dir().join(format!("burnbar-bench-{}", std::process::id()));
    std::fs::create_dir_all(&dir).map_err(Failure::run)?;
    let figures = measure_in(&dir, args);
    std::fs::remove_dir_all(&dir).map_err(Failure::run)?;
    let figures = figures?;
    match args.format {
        Format::Json => say(figures.json()),
        Format::Text => figures.print(),
    }
}

fn measure_in(dir: &Path, args: &BenchArgs) -> Result<CostFigures, Failure> {
    let race = BenchRace::write(dir, args)?;
    let million = race.car_samples as f64 * 1e-6;
    let tape = race.tape.display().to_string();
    let out = dir.join("insights.ndjson").display().to_string();
    let lines = race.lines.display().to_string();
    let of =
        |part: &'static str| ["bench", "--part", part, "--input", &tape, "--lines", &lines, "--out", &out];
    let events = race.events.display().to_string();
    let ndjson = ["bench", "--part", "ndjson", "--input", &events, "--lines", &lines, "--out", &out];
    let mut runs = Runs::default();
    for _ in 0..args.runs.get() {
        runs.first_insight_s.push(first_insight_s(&of("whole"), Path::new(&out))?);
        runs.whole_path.push(run_child(&of("whole"))?);
        runs.tape.push(run_child(&of("tape"))?);
        runs.dataflow.push(run_child(&of("dataflow"))?);
        runs.ndjson.push(run_child(&ndjson)?);
    }
    Ok(CostFigures {
        samples: race.car_samples,
        whole_path: Cost::of(&runs.whole_path, million),
        // a process that reads the tape into the dataflow, less one that only reads the tape
        dataflow: Cost::of(&runs.dataflow, million).less(Cost::of(&runs.tape, million)),
        ndjson: Cost::of(&runs.ndjson, million),
        peak_rss_mib: peak_mib(&runs.whole_path).max(peak_mib(&runs.ndjson)),
        start_to_first_insight_s: median(runs.first_insight_s),
        tape_bytes_per_sample: folder_bytes(&race.tape)? as f64 / race.car_samples as f64,
    })
}

/// The runs of each kind.
#[derive(Default)]
struct Runs {
    first_insight_s: Vec<f64>,
    whole_path: Vec<ProcessRun>,
    tape: Vec<ProcessRun>,
    dataflow: Vec<ProcessRun>,
    ndjson: Vec<ProcessRun>,
}

fn folder_bytes(dir: &Path) -> Result<u64, Failure> {
    let entries = std::fs::read_dir(dir).map_err(Failure::run)?;
    entries.map(|entry| Ok(entry.and_then(|e| e.metadata()).map_err(Failure::run)?.len())).sum()
}
