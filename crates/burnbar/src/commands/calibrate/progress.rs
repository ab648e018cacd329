//! How far a calibration has come: a bar on a terminal, plain lines elsewhere.
#![allow(clippy::print_stderr, reason = "standard output is the report's")]

use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;
use std::path::Path;
use std::time::Duration;

/// Tapes that were read, of all.
pub struct CalibrationProgress {
    bar: Option<ProgressBar>,
}

impl CalibrationProgress {
    /// Of so many tapes.
    pub fn over(tapes: usize) -> CalibrationProgress {
        let bar = std::io::stderr().is_terminal().then(|| ProgressBar::new(tapes as u64));
        if let Some(bar) = &bar {
            let style = ProgressStyle::with_template("{bar:30} {pos} of {len} tapes, {elapsed}  {msg}");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar.enable_steady_tick(Duration::from_millis(200));
        }
        CalibrationProgress { bar }
    }

    /// A tape has been read.
    pub fn done(&self, tape: &Path) {
        match &self.bar {
            Some(bar) => bar.inc(1),
            None => eprintln!("read {}", tape.display()),
        }
    }

    /// What happens now.
    pub fn say(&self, what: &'static str) {
        match &self.bar {
            Some(bar) => bar.set_message(what),
            None => eprintln!("{what}"),
        }
    }

    /// All is done.
    pub fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
