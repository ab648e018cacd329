//! The command line of `burnbar import`.

use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// `burnbar import`.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// What the recordings are.
    #[arg(value_enum)]
    pub kind: RecordingKind,
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
pub enum RecordingKind {
    /// iRacing telemetry.
    Ibt,
    /// A table with a header line.
    Csv,
    /// One JSON object a line.
    Ndjson,
    /// The public feeds of one NASCAR race: lap times, pit data, flags, tracks, calendar.
    Nascar,
}
