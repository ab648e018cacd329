//! What some benches are told: `burnbar bench latency`, `burnbar bench recordings`.

use super::{Format, duration};
use clap::Args;
use std::path::PathBuf;
use std::time::Duration;

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

/// `burnbar bench recordings`.
#[derive(Debug, Args)]
pub struct RecordingsArgs {
    /// Recordings: iRacing telemetry (.ibt), or tables. Without any, those of the folder BURNBAR_SHARED/data.
    pub files: Vec<PathBuf>,
    /// Which column of the tables means what. Without it, the file beside each as NAME.toml, or the one of docs/mappings
    /// whose columns it has.
    #[arg(long)]
    pub mapping: Option<PathBuf>,
    /// How the figures are printed.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
}
