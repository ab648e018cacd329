//! `burnbar bench recordings`.

use super::Format;
use clap::Args;
use std::path::PathBuf;

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
