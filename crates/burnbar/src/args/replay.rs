//! The command line of `burnbar replay`.

use super::{FlowArgs, Format};
use clap::Args;
use std::path::PathBuf;
use std::str::FromStr;

/// `burnbar replay`.
#[derive(Debug, Args)]
pub struct ReplayArgs {
    /// The tape.
    pub tape: PathBuf,
    /// How fast: a factor of race speed, or `max`.
    #[arg(long, default_value = "max")]
    pub speed: Speed,
    /// Where the tape has no end yet, wait for more; without, what is whole is read, and a note says that it breaks off.
    #[arg(long)]
    pub follow: bool,
    #[command(flatten)]
    pub flow: FlowArgs,
    /// Insights, one a line and car and window.
    #[arg(long)]
    pub out: Option<PathBuf>,
    /// Final laps, one a line.
    #[arg(long)]
    pub laps: Option<PathBuf>,
    /// Samples that came too late to count, one a line.
    #[arg(long)]
    pub quarantine: Option<PathBuf>,
    /// A store to keep sessions, laps and insights in.
    #[arg(long)]
    pub store: Option<PathBuf>,
    /// How the summary is printed.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
}

/// How fast a tape is played.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Speed {
    /// As fast as it goes.
    Max,
    /// This many times race speed.
    Times(f64),
}

impl FromStr for Speed {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        if text == "max" {
            return Ok(Speed::Max);
        }
        match text.trim_end_matches('x').parse::<f64>() {
            Ok(times) if times.is_finite() && times > 0.0 => Ok(Speed::Times(times)),
            _ => Err("a speed is a positive number, or max".into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_speed_is_a_positive_number_or_max() {
        assert_eq!("max".parse(), Ok(Speed::Max));
        assert_eq!("2.5x".parse(), Ok(Speed::Times(2.5)));
        for bad in ["0", "-1", "inf", "fast"] {
            assert!(bad.parse::<Speed>().is_err(), "{bad}");
        }
    }
}
