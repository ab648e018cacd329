//! The command line of `burnbar evaluate`.

use super::{FlowArgs, Format};
use clap::Args;
use std::path::PathBuf;

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
