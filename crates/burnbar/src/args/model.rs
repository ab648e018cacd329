//! `burnbar model`, and the bench of it.

use super::{Format, duration};
use clap::{Args, Subcommand};
use std::net::{IpAddr, Ipv4Addr};
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

/// `burnbar model`.
#[derive(Debug, Args)]
pub struct ModelArgs {
    #[command(subcommand)]
    pub to: ModelTo,
}

/// What to do with a model.
#[derive(Debug, Subcommand)]
pub enum ModelTo {
    /// Rates for windows of telemetry: SageMaker's container contract and the Open Inference Protocol v2.
    Serve(ModelServeArgs),
}

/// `burnbar model serve`.
#[derive(Debug, Args)]
pub struct ModelServeArgs {
    /// The model file; when it changes, the new one is served.
    #[arg(long)]
    pub model: PathBuf,
    /// 0 is any free port.
    #[arg(long, default_value_t = 8080)]
    pub port: u16,
    /// 0.0.0.0 serves other machines: there are no passwords.
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    pub host: IpAddr,
}

/// `burnbar bench serve`.
#[derive(Debug, Args)]
pub struct BenchServeArgs {
    /// The model file; what is believed before any race, if none is named.
    #[arg(long)]
    pub model: Option<PathBuf>,
    /// Requests a second.
    #[arg(long, default_value = "200")]
    pub rate: NonZeroU32,
    /// How long they are sent.
    #[arg(long, default_value = "5s", value_parser = duration)]
    pub time: Duration,
    /// How the figures are printed.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
}
