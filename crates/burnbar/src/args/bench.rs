//! The command line of `burnbar bench`.

use super::{BenchServeArgs, FlowArgs, Format, RaceArgs, duration};
use clap::{Args, Subcommand, ValueEnum};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

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
