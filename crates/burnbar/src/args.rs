//! The command line.

mod bench;
mod calibrate;
mod demo;
mod model;
mod race;
mod study;

pub use bench::{FlatArgs, LatencyArgs};
pub use calibrate::{CalibrateArgs, LearnerChoice};
pub use demo::DemoArgs;
pub use model::{BenchServeArgs, ModelArgs, ModelServeArgs, ModelTo};
pub use race::{Evidence, RaceArgs, SimulateArgs};
pub use study::{DetectorArgs, RaceStudyArgs, RecordingsArgs, StudyArgs, StudyOf};

use crate::model_source::ModelSource;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

/// How much fuel every car in a race has burned, live, without a fuel sensor.
#[derive(Debug, Parser)]
#[command(name = "burnbar", version, arg_required_else_help = true)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// A seeded race to a tape, its truth beside it.
    Simulate(SimulateArgs),
    /// A tape through the whole system.
    Replay(ReplayArgs),
    /// Other people's recordings to a tape.
    Import(ImportArgs),
    /// A simulated or reconstructed race, live: dashboard and graphic on one port of this machine.
    Demo(DemoArgs),
    /// Estimates beside the truth.
    Evaluate(EvaluateArgs),
    /// Past races to a model file, for races to come.
    Calibrate(CalibrateArgs),
    /// A model, behind HTTP.
    Model(ModelArgs),
    /// The model of a container, behind HTTP, as SageMaker starts it.
    #[command(hide = true)]
    Serve,
    /// Estimates of many races, or the rate law on recordings, held against what is known to be true.
    Study(StudyArgs),
    /// What it costs: CPU, memory, start-up, bytes.
    Bench(BenchArgs),
}

/// `burnbar evaluate`.
#[derive(Debug, Args)]
pub struct EvaluateArgs {
    /// The tapes.
    #[arg(required = true)]
    pub tapes: Vec<PathBuf>,
    /// The truth of each tape, in their order, if it is not beside it as NAME.truth.ndjson.
    #[arg(long, num_args = 1..)]
    pub truth: Vec<PathBuf>,
    /// Keep the figures as one page too.
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
    /// How the figures are printed.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    #[command(flatten)]
    pub flow: FlowArgs,
}

/// `burnbar bench`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct BenchArgs {
    #[command(subcommand)]
    pub of: Option<BenchOf>,
    #[command(flatten)]
    pub race: RaceArgs,
    #[command(flatten)]
    pub flow: FlowArgs,
    /// How often each figure is measured; the median counts.
    #[arg(long, default_value = "3")]
    pub runs: NonZeroUsize,
    /// How the figures are printed.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// One part alone, in a process of its own.
    #[arg(long, value_enum, hide = true)]
    pub part: Option<BenchPart>,
    #[arg(long, hide = true)]
    pub input: Option<PathBuf>,
    #[arg(long, hide = true)]
    pub lines: Option<PathBuf>,
    #[arg(long, hide = true)]
    pub out: Option<PathBuf>,
}

/// What a bench measures instead.
#[derive(Debug, Subcommand)]
pub enum BenchOf {
    /// How long it takes from a car to a screen: a race at race speed, over real sockets.
    Latency(LatencyArgs),
    /// Memory and state over a race of 500 laps.
    Flat(FlatArgs),
    /// How fast a served model answers.
    Serve(BenchServeArgs),
}

/// What a bench measures in a process of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum BenchPart {
    /// The tape, to nowhere.
    Tape,
    /// The tape through the dataflow, to nowhere.
    Dataflow,
    /// The tape to insights.
    Whole,
    /// Lines to insights.
    Ndjson,
    /// The tape, as it is written, to screens.
    Live,
}

/// `burnbar import`.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// What the recordings are.
    #[arg(value_enum)]
    pub kind: Kind,
    /// The recordings.
    #[arg(required = true)]
    pub input: Vec<PathBuf>,
    /// Which column or key means what (csv: required).
    #[arg(long)]
    pub mapping: Option<PathBuf>,
    /// Race events, one a line.
    #[arg(long)]
    pub events: Option<PathBuf>,
    /// The tape to write; truth, where there is one, goes beside it.
    #[arg(long)]
    pub out: PathBuf,
    /// Samples a second and car of a race that is reconstructed (nascar).
    #[arg(long, default_value_t = 20)]
    pub hz: u32,
    /// Rated power of the engines in hp, if it was a Cup package (nascar). Without it only ratios mean anything.
    #[arg(long, value_name = "HP")]
    pub package: Option<f64>,
}

/// Kinds of recordings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// iRacing telemetry.
    Ibt,
    /// A table with a header line.
    Csv,
    /// One JSON object a line.
    Ndjson,
    /// The public feeds of one NASCAR race: lap times, pit data, flags, tracks, calendar.
    Nascar,
}

/// `burnbar replay`.
#[derive(Debug, Args)]
pub struct ReplayArgs {
    /// The tape.
    pub tape: PathBuf,
    /// How fast: a factor of race speed, or `max`.
    #[arg(long, default_value = "max")]
    pub speed: Speed,
    #[command(flatten)]
    pub flow: FlowArgs,
    /// Insights, one a line and car and window.
    #[arg(long)]
    pub out: Option<PathBuf>,
    /// Final laps, one a line.
    #[arg(long)]
    pub laps: Option<PathBuf>,
    /// Samples that came too late to count, one a line.
    #[arg(long)]
    pub quarantine: Option<PathBuf>,
    /// A store to keep sessions, laps and insights in.
    #[arg(long)]
    pub store: Option<PathBuf>,
    /// How the summary is printed.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
}

/// How the dataflow runs. None of it changes an insight but `--window`, `--green-laps` and
/// `--model`.
#[derive(Clone, Debug, Args)]
pub struct FlowArgs {
    /// Worker threads.
    #[arg(long, default_value = "1")]
    pub workers: NonZeroUsize,
    /// Log entries handed to the workers at once.
    #[arg(long, default_value = "1024")]
    pub batch: NonZeroUsize,
    /// Width of a window.
    #[arg(long, default_value = "1s", value_parser = duration)]
    pub window: Duration,
    /// How many of the newest clean green laps make an economy.
    #[arg(long, default_value = "5")]
    pub green_laps: NonZeroUsize,
    /// Begin with this model, as `burnbar calibrate` writes it, instead of priors: a file, or http://HOST:PORT of who serves
    /// it. A live session follows a served model.
    #[arg(long, value_name = "FILE|URL")]
    pub model: Option<ModelSource>,
    /// Keep checkpoints in this folder; a run that finds one there goes on from it.
    #[arg(long)]
    pub state: Option<PathBuf>,
    /// Event time between checkpoints.
    #[arg(long, default_value = "10s", value_parser = duration)]
    pub checkpoint_every: Duration,
}

/// How fast a tape is played.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Speed {
    /// As fast as it goes.
    Max,
    /// This many times race speed.
    Times(f64),
}

impl std::str::FromStr for Speed {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        if text == "max" {
            return Ok(Speed::Max);
        }
        match text.trim_end_matches('x').parse::<f64>() {
            Ok(times) if times.is_finite() && times > 0.0 => Ok(Speed::Times(times)),
            _ => Err("a speed is a positive number, or max".into()),
        }
    }
}

/// How a report is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// A duration such as `5s`, `500ms` or `2m`.
fn duration(text: &str) -> Result<Duration, String> {
    let number_ends = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(number_ends);
    let seconds = match unit {
        "ms" => 1e-3,
        "s" => 1.0,
        "m" => 60.0,
        _ => return Err("a duration has a unit: 500ms, 5s, 2m".into()),
    };
    let number: f64 = number.parse().map_err(|_| "a duration begins with a number: 5s".to_string())?;
    let duration = Duration::try_from_secs_f64(number * seconds).map_err(|error| error.to_string())?;
    if duration < Duration::from_millis(1) {
        return Err("a duration is at least 1ms".into());
    }
    Ok(duration)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;
    use sim::{FAULTS, Faults};

    #[test]
    fn the_command_line_is_well_formed() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn faults_are_named_in_the_help_and_in_errors() {
        let parse = |faults: &str| {
            Arguments::try_parse_from(["burnbar", "simulate", "--out", "race.tape", "--faults", faults])
        };
        let wrong = parse("rain").unwrap_err().to_string();
        let mut command = Arguments::command();
        let help = command.find_subcommand_mut("simulate").unwrap().render_long_help().to_string();
        for fault in FAULTS {
            assert!(help.contains(fault.name) && wrong.contains(fault.name), "{}: {wrong}", fault.name);
        }
        let Command::Simulate(args) = parse("throttle-gain=0.03,drop=0.10").unwrap().command else {
            panic!()
        };
        assert_eq!(args.race.faults, Faults { throttle_gain: 0.03, drop: 0.1, ..Faults::none() });
    }

    #[test]
    fn durations_and_speeds_say_what_is_wrong_with_them() {
        assert_eq!(duration("5s"), Ok(Duration::from_secs(5)));
        assert_eq!(duration("250ms"), Ok(Duration::from_millis(250)));
        for bad in ["5", "s", "0s", "-1s", "5h"] {
            assert!(duration(bad).is_err(), "{bad}");
        }
        assert_eq!("max".parse(), Ok(Speed::Max));
        assert_eq!("2.5x".parse(), Ok(Speed::Times(2.5)));
        for bad in ["0", "-1", "inf", "fast"] {
            assert!(bad.parse::<Speed>().is_err(), "{bad}");
        }
    }
}
