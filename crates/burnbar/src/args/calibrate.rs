//! The command line of `burnbar calibrate`.

use super::{FlowArgs, Format};
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// `burnbar calibrate`.
#[derive(Debug, Args)]
pub struct CalibrateArgs {
    /// The tapes of past races. Their order does not matter.
    #[arg(required = true)]
    pub tapes: Vec<PathBuf>,
    /// The model file to write.
    #[arg(long)]
    pub out: PathBuf,
    /// What may be learned beside the rate law; it is used only if it predicts races better that it has not seen.
    #[arg(long, value_enum, default_value_t = LearnerChoice::Gp)]
    pub learner: LearnerChoice,
    /// The model of earlier races: what is believed before these.
    #[arg(long, value_name = "MODEL")]
    pub prior: Option<PathBuf>,
    /// The model's name, which every insight bears. Without it: the name of the file.
    #[arg(long)]
    pub name: Option<String>,
    /// A report to keep: all of it as one page (.html), or the plot of residuals (.svg).
    #[arg(long)]
    pub report: Option<PathBuf>,
    /// How the report is printed.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    #[command(flatten)]
    pub flow: FlowArgs,
}

/// What may be learned beside the rate law.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LearnerChoice {
    /// A Gaussian process on the knots of throttle and engine speed.
    Gp,
    /// An ensemble of small networks.
    #[cfg(feature = "net")]
    Net,
    /// Whichever of all is best.
    Best,
    /// Nothing: the rate law and the scales of cars alone.
    None,
}
