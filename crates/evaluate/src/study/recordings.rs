//! `burnbar study recordings`: how well the rate law learns from aggregates of real recordings, beside simpler rules.
//!
//! A fit sees how much was burned over a lap, a part or a file, never a rate. What is fitted and how it is tried:
//! `docs/recordings.md`.

mod exposure;
mod fit;
mod recording;
mod report;
mod trial;

pub use report::RecordingsStudy;

use crate::error::StudyError;
use recording::CarRecording;
use std::path::{Path, PathBuf};

impl RecordingsStudy {
    /// Tries recordings: iRacing telemetry, or tables with a mapping: the one given, else the one beside each, else one
    /// that is known. A file that cannot be used is named in the study, after `refused`, and costs the others nothing.
    ///
    /// # Errors
    /// The law has no value for a recording.
    pub fn run(
        files: &[PathBuf],
        mapping: Option<&Path>,
        mut refused: Vec<String>,
    ) -> Result<RecordingsStudy, StudyError> {
        let mut recordings = Vec::new();
        for file in files {
            match CarRecording::read(file, mapping) {
                Ok(of_file) => recordings.extend(of_file),
                Err(why) => refused.push(why.to_string()),
            }
        }
        RecordingsStudy::of(&recordings, refused)
    }
}
