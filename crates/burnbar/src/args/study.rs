//! The command line of `burnbar study`.

use super::{FlowArgs, Format};
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// `burnbar study`.
#[derive(Debug, Args)]
pub struct StudyArgs {
    /// What is studied.
    #[command(subcommand)]
    pub of: StudyOf,
}

/// What is held against the truth.
#[derive(Debug, Subcommand)]
pub enum StudyOf {
    /// Estimates against the truth of many simulated races: all tracks, each fault of the telemetry alone.
    Accuracy(RaceStudyArgs),
    /// The same with what is learned: from other races, and from the fuel that becomes known in the race itself.
    Science(RaceStudyArgs),
    /// What cars are seen to do against what they did: savers, drafts and packs of simulated races on all tracks.
    Detectors(DetectorArgs),
    /// How well the rate law learns from aggregates of real recordings.
    Recordings(RecordingsArgs),
}

/// A study that chooses its races itself.
#[derive(Debug, Args)]
pub struct RaceStudyArgs {
    #[command(flatten)]
    pub flow: FlowArgs,
    /// How the figures are printed.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
}

/// `burnbar study detectors`.
#[derive(Debug, Args)]
pub struct DetectorArgs {
    /// Which races follow from them.
    #[arg(long, value_delimiter = ',', default_values_t = [11, 12, 13])]
    pub seeds: Vec<u64>,
    /// How long each race lasts.
    #[arg(long, default_value_t = 75.0)]
    pub minutes: f64,
    #[command(flatten)]
    pub flow: FlowArgs,
    /// How the figures are printed.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
}

/// `burnbar study recordings`.
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
