//! The truth beside a tape. Written by what makes tapes, read by nothing on the estimating path.

use crate::failure::Failure;
use events::truth::Truth;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// A truth file that is being written.
pub struct TruthFile {
    path: PathBuf,
    out: BufWriter<File>,
}

impl TruthFile {
    /// For the tape at `tape`: `race.tape` has `race.truth.ndjson`.
    pub fn create(tape: &Path) -> Result<Self, Failure> {
        let path = tape.with_extension("truth.ndjson");
        let file = File::create(&path).map_err(|e| Failure::run(format!("{}: {e}", path.display())))?;
        Ok(TruthFile { path, out: BufWriter::new(file) })
    }
    /// Appends a line.
    pub fn write(&mut self, truth: &Truth) -> Result<(), Failure> {
        let line = serde_json::to_string(truth).map_err(Failure::run)?;
        writeln!(self.out, "{line}").map_err(|e| self.failure(e))
    }
    /// Makes it whole.
    pub fn finish(mut self) -> Result<(), Failure> {
        self.out.flush().map_err(|e| self.failure(e))
    }
    fn failure(&self, error: std::io::Error) -> Failure {
        Failure::run(format!("{}: {error}", self.path.display()))
    }
}
