//! `burnbar bench`: what the system costs on one race, measured in processes of their own.
//!
//! CPU seconds are those of a whole process (user and system, all threads), so they hold on a busy machine where wall
//! time does not. Each figure is the median of `--runs`. Instructions are counted once, where the machine can: they hold
//! from machine to machine of one kind.

mod against;
mod bench_race;
mod by_part;
mod child;
mod cost;
mod counter;
mod figures;
mod flat;
mod history;
mod instructions;
mod latency;
mod live;
mod part;
mod rooms;
mod screen;
mod serve;
mod sessions;

use crate::args::{BenchArgs, BenchOf, BenchPart, Format};
use crate::failure::Failure;
use crate::say::say;
use against::Pairs;
use bench_race::BenchRace;
use child::{ProcessRun, first_insight_s, run_child, this_program};
use cost::{Cost, CostFigures, median, peak_mib};
use history::Commit;
use std::path::Path;
use units::EventTime;

/// A simulated race starts here.
const START: EventTime = EventTime::from_ms(1_780_858_800_000);

/// Runs the command, or the part of it that a process of its own was started for.
pub fn run(args: &BenchArgs) -> Result<(), Failure> {
    match (&args.of, &args.part) {
        (Some(BenchOf::Latency(args)), _) => latency::run(args),
        (Some(BenchOf::Flat(args)), _) => flat::run(&args.flow, args.format),
        (Some(BenchOf::Sessions(args)), _) => sessions::run(args),
        (Some(BenchOf::Serve(args)), _) => serve::run(args),
        (Some(BenchOf::History(args)), _) => history::print(&args.file),
        (None, Some(part)) => part::run(*part, args),
        (None, None) => measure(args),
    }
}

fn measure(args: &BenchArgs) -> Result<(), Failure> {
    if let Some(other) = &args.against_program {
        let pairs = in_folder(|dir| Pairs::measure(dir, other, args))?;
        return match args.format {
            Format::Json => say(pairs.json()),
            Format::Text => pairs.print(),
        };
    }
    let commit = args.record.as_ref().map(|_| Commit::checked_out()).transpose()?;
    let figures = in_folder(|dir| measure_in(dir, args))?;
    if let (Some(file), Some(commit)) = (&args.record, commit) {
        history::record(file, &commit, figures.json())?;
    }
    match args.format {
        Format::Json => say(figures.json()),
        Format::Text => figures.print(),
    }
}

/// Does what needs a folder for a while, in one that is gone afterwards.
fn in_folder<T>(measure: impl FnOnce(&Path) -> Result<T, Failure>) -> Result<T, Failure> {
    let dir = std::env::temp_dir().join(format!("burnbar-bench-{}", std::process::id()));
    std::fs::create_dir_all(&dir).map_err(Failure::run)?;
    let measured = measure(&dir);
    std::fs::remove_dir_all(&dir).map_err(Failure::run)?;
    measured
}

fn measure_in(dir: &Path, args: &BenchArgs) -> Result<CostFigures, Failure> {
    let program = this_program()?;
    let race = BenchRace::write(dir, &args.race)?;
    let million = race.car_samples as f64 * 1e-6;
    let out = dir.join("insights.ndjson");
    let run = |part| run_child(&program, &race.words(part, &out));
    let mut runs = Runs::default();
    for _ in 0..args.runs.get() {
        runs.first_insight_s.push(first_insight_s(&program, &race.words(BenchPart::Whole, &out), &out)?);
        runs.whole_path.push(run(BenchPart::Whole)?);
        runs.tape.push(run(BenchPart::Tape)?);
        runs.dataflow.push(run(BenchPart::Dataflow)?);
        runs.ndjson.push(run(BenchPart::Ndjson)?);
    }
    let counted = instructions::count([&program], dir, &args.race, BenchRace::write)?;
    Ok(CostFigures {
        samples: race.car_samples,
        whole_path: Cost::of(&runs.whole_path, million),
        // a process that reads the tape into the dataflow, less one that only reads the tape
        dataflow: Cost::of(&runs.dataflow, million).less(Cost::of(&runs.tape, million)),
        ndjson: Cost::of(&runs.ndjson, million),
        peak_rss_mib: peak_mib(&runs.whole_path).max(peak_mib(&runs.ndjson)),
        start_to_first_insight_s: median(runs.first_insight_s),
        tape_bytes_per_sample: folder_bytes(&race.tape)? as f64 / race.car_samples as f64,
        instructions: counted.map(|[of_this_program]| of_this_program),
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
