//! What many commands take alike: how the stream runs, how a report is printed, how a duration is written.

use crate::model_source::ModelSource;
use clap::{Args, ValueEnum};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

/// How the dataflow runs. None of it changes an insight but `--window`, `--green-laps` and
/// `--model`.
#[derive(Clone, Debug, Args)]
pub struct FlowArgs {
    /// Worker threads.
    #[arg(long, default_value = "1")]
    pub workers: NonZeroUsize,
    /// Has no effect any more: a log is read in the blocks in which it was written.
    #[arg(long, hide = true)]
    pub batch: Option<NonZeroUsize>,
    /// Width of a window.
    #[arg(long, default_value = "1s", value_parser = duration)]
    pub window: Duration,
    /// How many of the newest clean green laps make an economy.
    #[arg(long, default_value = "5")]
    pub green_laps: NonZeroUsize,
    /// Begin with this model, as `burnbar calibrate` writes it, instead of priors: a file, or http://HOST:PORT of who serves
    /// it. A live session follows a served model.
    #[arg(long, value_name = "FILE|URL")]
    pub model: Option<ModelSource>,
    /// Keep checkpoints in this folder; a run that finds one there goes on from it.
    #[arg(long)]
    pub state: Option<PathBuf>,
    /// Event time between checkpoints.
    #[arg(long, default_value = "10s", value_parser = duration)]
    pub checkpoint_every: Duration,
}

/// How a report is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// A duration such as `5s`, `500ms` or `2m`.
pub fn duration(text: &str) -> Result<Duration, String> {
    let number_ends = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(number_ends);
    let seconds = match unit {
        "ms" => 1e-3,
        "s" => 1.0,
        "m" => 60.0,
        _ => return Err("a duration has a unit: 500ms, 5s, 2m".into()),
    };
    let number: f64 = number.parse().map_err(|_| "a duration begins with a number: 5s".to_string())?;
    let duration = Duration::try_from_secs_f64(number * seconds).map_err(|error| error.to_string())?;
    if duration < Duration::from_millis(1) {
        return Err("a duration is at least 1ms".into());
    }
    Ok(duration)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_that_cannot_be_used_is_refused() {
        assert_eq!(duration("5s"), Ok(Duration::from_secs(5)));
        assert_eq!(duration("250ms"), Ok(Duration::from_millis(250)));
        for bad in ["5", "s", "0s", "-1s", "5h"] {
            assert!(duration(bad).is_err(), "{bad}");
        }
    }
}
