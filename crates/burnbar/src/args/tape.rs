//! The command line of `burnbar tape`.

use clap::{Args, Subcommand};
use std::path::PathBuf;

/// `burnbar tape`.
#[derive(Debug, Args)]
pub struct TapeArgs {
    /// What to do with it.
    #[command(subcommand)]
    pub to: TapeTo,
}

/// What to do with a tape.
#[derive(Debug, Subcommand)]
pub enum TapeTo {
    /// Whether a tape is whole: what of it cannot be read, and whether it ends.
    Check {
        /// The tape.
        tape: PathBuf,
    },
    /// What is whole of a tape to another one, which ends.
    Repair {
        /// The tape; it stays as it is.
        tape: PathBuf,
        /// The new one.
        #[arg(long)]
        out: PathBuf,
    },
}
