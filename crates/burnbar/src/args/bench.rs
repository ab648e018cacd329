//! The command line of `burnbar bench`.

use super::{BenchServeArgs, FlowArgs, Format, RaceArgs, duration};
use clap::{Args, Subcommand, ValueEnum};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

/// Where figures of commits are written down, from the root of a checkout.
const HISTORY: &str = "bench/history.ndjson";

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
    /// Measure in turn with this program, an older build: each part as ratios, pair by pair. `./x bench --against REV` builds it.
    #[arg(long, value_name = "PROGRAM")]
    pub against_program: Option<PathBuf>,
    /// Write the figures down in this file as those of the commit that is checked out.
    #[arg(long, value_name = "FILE", num_args = 0..=1, default_missing_value = HISTORY, conflicts_with = "against_program")]
    pub record: Option<PathBuf>,
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
    /// What many sessions at race speed cost in one process.
    Sessions(SessionsArgs),
    /// How fast a served model answers.
    Serve(BenchServeArgs),
    /// What past commits cost, as --record wrote it down.
    History(HistoryArgs),
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

/// `burnbar bench latency`.
#[derive(Debug, Args)]
pub struct LatencyArgs {
    /// Which race follows from it.
    #[arg(long, default_value_t = 11)]
    pub seed: u64,
    /// How many cars.
    #[arg(long, default_value_t = 40)]
    pub cars: u32,
    /// Samples a second and car.
    #[arg(long, default_value_t = 60)]
    pub hz: u32,
    /// How much of the race is run.
    #[arg(long, default_value = "90s", value_parser = duration)]
    pub race: Duration,
    /// How the figures are printed.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
}

/// `burnbar bench flat`.
#[derive(Debug, Args)]
pub struct FlatArgs {
    #[command(flatten)]
    pub flow: FlowArgs,
    /// How the figures are printed.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
}

/// `burnbar bench sessions`.
#[derive(Debug, Args)]
pub struct SessionsArgs {
    /// How many sessions.
    #[arg(long, default_value = "100")]
    pub sessions: NonZeroUsize,
    /// Threads that all of them share.
    #[arg(long, default_value = "1")]
    pub threads: NonZeroUsize,
    /// Cars in each.
    #[arg(long, default_value_t = 40)]
    pub cars: u32,
    /// Samples a second and car.
    #[arg(long, default_value_t = 20)]
    pub hz: u32,
    /// How much of the race is run.
    #[arg(long, default_value = "20s", value_parser = duration)]
    pub race: Duration,
    /// How the figures are printed.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
}

/// `burnbar bench history`.
#[derive(Debug, Args)]
pub struct HistoryArgs {
    /// The file of one line a commit.
    #[arg(default_value = HISTORY)]
    pub file: PathBuf,
}
