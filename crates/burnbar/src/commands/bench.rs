//! `burnbar bench`: what the system costs on one race, measured in processes of their own.
//!
//! CPU seconds are those of a whole process (user and system, all threads), so they hold on a busy machine where wall
//! time does not. Each figure is the median of `--runs`.

mod figures;
mod flat;
mod latency;
mod live;
mod screen;
mod serve;

use super::simulate;
use crate::args::{BenchArgs, BenchOf, BenchPart, Format};
use crate::config::{StreamConfig, session_of};
use crate::failure::Failure;
use crate::say::say;
use crate::session::Session;
use crate::sinks::Outputs;
use crate::time::Stopwatch;
use events::{Entry, RaceEvent, Record, Signal};
use feed::{Mapping, ndjson};
use journal::{Log, LogError, Next, open_tape};
use nix::sys::resource::{UsageWho, getrusage};
use sim::{Emission, Race};
use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;
use units::EventTime;

/// Entries handed over at once by the logs of this module.
const BLOCK: usize = 4096;
/// How a part of the bench reports its peak memory.
const PEAK: &str = "peak_rss_mib ";
/// A simulated race starts here.
const START: EventTime = EventTime::from_ms(1_780_858_800_000);

/// Runs the command, or the part of it that a process of its own was started for.
pub fn run(args: &BenchArgs) -> Result<(), Failure> {
    match (&args.of, &args.part) {
        (Some(BenchOf::Latency(args)), _) => latency::run(args),
        (Some(BenchOf::Flat(args)), _) => flat::run(&args.flow, args.format),
        (Some(BenchOf::Serve(args)), _) => serve::run(args),
        (None, Some(part)) => run_part(part, args),
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
        runs.whole_path.push(child(&of("whole"))?);
        runs.tape.push(child(&of("tape"))?);
        runs.dataflow.push(child(&of("dataflow"))?);
        runs.ndjson.push(child(&ndjson)?);
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
    whole_path: Vec<Run>,
    tape: Vec<Run>,
    dataflow: Vec<Run>,
    ndjson: Vec<Run>,
}

/// One process.
#[derive(Clone, Copy)]
struct Run {
    cpu_s: f64,
    wall_s: f64,
    peak_rss_mib: f64,
}

/// Medians of some runs.
#[derive(Clone, Copy)]
struct Cost {
    cpu_s_per_million: f64,
    wall_s_per_million: f64,
}

impl Cost {
    fn of(runs: &[Run], million: f64) -> Cost {
        Cost {
            cpu_s_per_million: median(runs.iter().map(|run| run.cpu_s / million).collect()),
            wall_s_per_million: median(runs.iter().map(|run| run.wall_s / million).collect()),
        }
    }
    fn less(self, other: Cost) -> Cost {
        Cost {
            cpu_s_per_million: self.cpu_s_per_million - other.cpu_s_per_million,
            wall_s_per_million: self.wall_s_per_million - other.wall_s_per_million,
        }
    }
    fn samples_per_s(&self) -> f64 {
        1e6 / self.wall_s_per_million
    }
    fn json(&self) -> serde_json::Value {
        serde_json::json!({"cpu_s_per_million": self.cpu_s_per_million, "samples_per_s": self.samples_per_s()})
    }
}

struct CostFigures {
    samples: u64,
    whole_path: Cost,
    dataflow: Cost,
    ndjson: Cost,
    peak_rss_mib: f64,
    start_to_first_insight_s: f64,
    tape_bytes_per_sample: f64,
}

impl CostFigures {
    fn json(&self) -> serde_json::Value {
        serde_json::json!({
            "samples": self.samples,
            "whole_path": self.whole_path.json(),
            "dataflow": self.dataflow.json(),
            "ndjson": self.ndjson.json(),
            "peak_rss_mib": self.peak_rss_mib,
            "start_to_first_insight_s": self.start_to_first_insight_s,
            "tape_bytes_per_sample": self.tape_bytes_per_sample,
        })
    }
    fn print(&self) -> Result<(), Failure> {
        say(format_args!("{} car-samples, one worker        CPU s per million   samples/s", self.samples))?;
        let row = |name: &str, cost: &Cost| {
            say(format_args!("{name:<40} {:>10.3} {:>11.0}", cost.cpu_s_per_million, cost.samples_per_s()))
        };
        row("tape to insights file", &self.whole_path)?;
        row("dataflow alone", &self.dataflow)?;
        row("NDJSON to insights file", &self.ndjson)?;
        say(format_args!("peak memory             {:.1} MiB", self.peak_rss_mib))?;
        say(format_args!("start to first insight  {:.3} s", self.start_to_first_insight_s))?;
        say(format_args!("tape                    {:.1} bytes a car-sample", self.tape_bytes_per_sample))
    }
}

/// Runs this program as a child and takes what it used.
fn child(args: &[&str]) -> Result<Run, Failure> {
    let (before, watch) = (cpu_s(UsageWho::RUSAGE_CHILDREN)?, Stopwatch::start());
    let output = this_program()?.args(args).stderr(Stdio::inherit()).output().map_err(Failure::run)?;
    if !output.status.success() {
        return Err(Failure::run(format!("burnbar {} failed", args.join(" "))));
    }
    let (wall_s, after) = (watch.elapsed().as_secs_f64(), cpu_s(UsageWho::RUSAGE_CHILDREN)?);
    let printed = String::from_utf8_lossy(&output.stdout);
    let peak = printed.lines().find_map(|line| line.strip_prefix(PEAK)?.trim().parse().ok());
    let peak_rss_mib =
        peak.ok_or_else(|| Failure::run("a part of the bench did not print its peak memory"))?;
    Ok(Run { cpu_s: after - before, wall_s, peak_rss_mib })
}

/// CPU seconds, user and system, of all threads.
fn cpu_s(who: UsageWho) -> Result<f64, Failure> {
    let usage = getrusage(who).map_err(Failure::run)?;
    let (user, system) = (usage.user_time(), usage.system_time());
    Ok((user.tv_sec() + system.tv_sec()) as f64 + (user.tv_usec() + system.tv_usec()) as f64 * 1e-6)
}

fn peak_mib(runs: &[Run]) -> f64 {
    median(runs.iter().map(|run| run.peak_rss_mib).collect())
}

fn this_program() -> Result<Command, Failure> {
    std::env::current_exe().map(Command::new).map_err(Failure::run)
}

/// From the start of a process to the first line of its output.
fn first_insight_s(args: &[&str], out: &Path) -> Result<f64, Failure> {
    if out.exists() {
        std::fs::remove_file(out).map_err(Failure::run)?;
    }
    let watch = Stopwatch::start();
    let mut child = this_program()?.args(args).stdout(Stdio::null()).spawn().map_err(Failure::run)?;
    let seconds = loop {
        if out.metadata().is_ok_and(|file| file.len() > 0) {
            break watch.elapsed().as_secs_f64();
        }
        if child.try_wait().map_err(Failure::run)?.is_some() {
            return Err(Failure::run("the replay ended without an insight"));
        }
        std::thread::sleep(Duration::from_millis(1));
    };
    child.wait().map_err(Failure::run)?;
    Ok(seconds)
}

fn folder_bytes(dir: &Path) -> Result<u64, Failure> {
    let entries = std::fs::read_dir(dir).map_err(Failure::run)?;
    entries.map(|entry| Ok(entry.and_then(|e| e.metadata()).map_err(Failure::run)?.len())).sum()
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_unstable_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The race on which all is measured: a tape; and its samples as lines, its race events as a tape of their own.
struct BenchRace {
    tape: PathBuf,
    events: PathBuf,
    lines: PathBuf,
    car_samples: u64,
}

impl BenchRace {
    fn write(dir: &Path, args: &BenchArgs) -> Result<BenchRace, Failure> {
        let (tape, events, lines) = (dir.join("race.tape"), dir.join("events.tape"), dir.join("race.ndjson"));
        let mut writer = tape::Writer::create(&tape).map_err(Failure::run)?;
        let mut events_writer = tape::Writer::create(&events).map_err(Failure::run)?;
        let mut file = BufWriter::new(File::create(&lines).map_err(Failure::run)?);
        let mut car_samples = 0;
        for emission in Race::new(simulate::config(&args.race, START)?).map_err(Failure::input)? {
            let Emission::Log(entry) = emission else { continue };
            writer.append(&entry).map_err(Failure::run)?;
            match &entry.record {
                Record::Sample(sample) => {
                    car_samples += 1;
                    writeln!(file, "{}", line(sample)).map_err(Failure::run)?;
                }
                Record::Event(_) => events_writer.append(&entry).map(|_| ()).map_err(Failure::run)?,
                Record::Tick => {}
            }
        }
        writer.finish().map_err(Failure::run)?;
        events_writer.finish().map_err(Failure::run)?;
        file.flush().map_err(Failure::run)?;
        Ok(BenchRace { tape, events, lines, car_samples })
    }
}

/// The one-object-a-line form.
fn line(sample: &events::Sample) -> serde_json::Value {
    let signal = |signal| sample.get(signal);
    serde_json::json!({
        "event_time_ms": sample.event_time.us() / 1000,
        "vehicle_id": sample.vehicle,
        "throttle": signal(Signal::Throttle),
        "rpm": signal(Signal::Rpm),
        "brake": signal(Signal::Brake),
        "speed": signal(Signal::Speed),
        "lap": signal(Signal::Lap).map(|lap| lap as i64),
        "lap_dist_pct": signal(Signal::LapDistance),
    })
}

/// What a process of its own does.
fn run_part(part: &BenchPart, args: &BenchArgs) -> Result<(), Failure> {
    let tape = args.input.as_deref().ok_or_else(|| Failure::input("--input names the tape"))?;
    let run = |log, out| {
        let session = Session::new(&StreamConfig::of(&args.flow)?, session_of(tape)?, log);
        session.run(&Outputs::insights(out)).map(drop)
    };
    match part {
        BenchPart::Tape => race_events(tape).map(drop)?,
        BenchPart::Dataflow => run(open_tape(tape), None)?,
        BenchPart::Whole => run(open_tape(tape), args.out.clone())?,
        BenchPart::Live => {
            let store = args.out.as_deref().ok_or_else(|| Failure::input("--out names the store"))?;
            live::run(&args.flow, tape, store)?;
            say(format_args!("{}{}", latency::CPU, cpu_s(UsageWho::RUSAGE_SELF)?))?;
        }
        BenchPart::Ndjson => {
            let lines =
                args.lines.clone().ok_or_else(|| Failure::input("--lines names the file of lines"))?;
            let events = race_events(tape)?;
            let log = Box::new(move || Ok(Box::new(LineLog::open(&lines, events.clone())?) as Box<dyn Log>));
            run(log, args.out.clone())?;
        }
    }
    let usage = getrusage(UsageWho::RUSAGE_SELF).map_err(Failure::run)?;
    say(format_args!("{PEAK}{}", usage.max_rss() as f64 / 1024.0))
}

fn race_events(tape: &Path) -> Result<Vec<RaceEvent>, Failure> {
    let mut reader = tape::Reader::open(tape).map_err(Failure::input)?;
    let (mut events, mut block) = (Vec::new(), Vec::new());
    while let tape::Progress::Block { .. } = reader.next_block(&mut block).map_err(Failure::input)? {
        events.extend(block.iter().filter_map(|entry| match &entry.record {
            Record::Event(event) => Some((**event).clone()),
            _ => None,
        }));
    }
    Ok(events)
}

/// A log of lines, with race events between them.
struct LineLog(Box<dyn Iterator<Item = Entry>>);

impl LineLog {
    fn open(lines: &Path, events: Vec<RaceEvent>) -> Result<Self, LogError> {
        let file = BufReader::with_capacity(1 << 16, File::open(lines)?);
        let samples = ndjson::Lines::new(file, Mapping::standard()?).filter_map(|line| line.ok()?.ok());
        Ok(LineLog(Box::new(feed::merge(samples, events))))
    }
}

impl Log for LineLog {
    fn next(&mut self, entries: &mut Vec<Entry>) -> Result<Next, LogError> {
        entries.clear();
        entries.extend(self.0.by_ref().take(BLOCK));
        Ok(if entries.is_empty() { Next::End } else { Next::Entries })
    }
    fn seek(&mut self, _: u64) -> Result<(), LogError> {
        Err("the bench does not resume".into())
    }
}
