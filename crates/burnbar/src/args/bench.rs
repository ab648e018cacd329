//! The command lines of `burnbar bench latency` and `burnbar bench flat`.

use super::{FlowArgs, Format, duration};
use clap::Args;
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

/// `burnbar bench flat`.
#[derive(Debug, Args)]
pub struct FlatArgs {
    #[command(flatten)]
    pub flow: FlowArgs,
    /// How the figures are printed.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
}
