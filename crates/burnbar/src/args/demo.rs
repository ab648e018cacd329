//! `burnbar demo`.

use super::{FlowArgs, RaceArgs, duration};
use clap::Args;
use infer::client::Address;
use std::path::PathBuf;
use std::time::Duration;

/// `burnbar demo`.
#[derive(Debug, Args)]
pub struct DemoArgs {
    #[command(flatten)]
    pub simulated: RaceArgs,
    /// Show a real race instead, reconstructed from these public feeds (see `import nascar`).
    #[arg(long, num_args = 1.., value_name = "FILES")]
    pub race: Vec<PathBuf>,
    /// Rated power of its engines in hp, if it was a Cup package. Without it only ratios mean anything.
    #[arg(long, value_name = "HP", requires = "race")]
    pub package: Option<f64>,
    /// How many times race speed.
    #[arg(long, default_value_t = 1.0)]
    pub speed: f64,
    /// Join the race when it is this old, so that there is something to see.
    #[arg(long, default_value_t = 44.0)]
    pub join_minute: f64,
    /// The port; 0 takes any that is free.
    #[arg(long, default_value_t = 8417)]
    pub port: u16,
    /// Keep tape, truth and store in this folder instead of a temporary one.
    #[arg(long)]
    pub dir: Option<PathBuf>,
    /// Insights, one a line and car and window.
    #[arg(long)]
    pub out: Option<PathBuf>,
    /// Ask this model of your own once a window what every car burns (docs/external-models.md).
    #[arg(long, value_name = "URL")]
    pub ask: Option<Address>,
    /// How often to look whether a served model has changed.
    #[arg(long, default_value = "5s", value_parser = duration)]
    pub model_every: Duration,
    #[command(flatten)]
    pub flow: FlowArgs,
}
