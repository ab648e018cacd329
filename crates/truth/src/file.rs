//! The truth file beside a tape: one JSON object a line.

use crate::Truth;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// The truth file of a tape: `race.tape` has `race.truth.ndjson`.
pub fn beside(tape: &Path) -> PathBuf {
    tape.with_extension("truth.ndjson")
}

/// All lines of a truth file, in its order.
///
/// # Errors
/// The file cannot be read, or a line of it is no truth.
pub fn read(path: &Path) -> Result<Vec<Truth>, TruthError> {
    let text = std::fs::read_to_string(path)
        .map_err(|source| TruthError::Unreadable { path: path.to_owned(), source })?;
    let parse = |(number, line): (usize, &str)| {
        serde_json::from_str(line).map_err(|source| TruthError::Line {
            path: path.to_owned(),
            number,
            source,
        })
    };
    (1..).zip(text.lines()).map(parse).collect()
}

/// A truth file that is being written.
pub struct TruthFile {
    path: PathBuf,
    out: BufWriter<File>,
}

impl TruthFile {
    /// An empty one [`beside`] a tape; it replaces an earlier one.
    ///
    /// # Errors
    /// The file cannot be made.
    pub fn create(tape: &Path) -> Result<Self, TruthError> {
        let path = beside(tape);
        match File::create(&path) {
            Ok(file) => Ok(TruthFile { path, out: BufWriter::new(file) }),
            Err(source) => Err(TruthError::Unwritable { path, source }),
        }
    }

    /// Appends a line.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write(&mut self, truth: &Truth) -> Result<(), TruthError> {
        let written = serde_json::to_string(truth).map_err(io::Error::from);
        written.and_then(|line| writeln!(self.out, "{line}")).map_err(|error| self.unwritable(error))
    }

    /// Writes out what is still in memory.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn finish(mut self) -> Result<(), TruthError> {
        self.out.flush().map_err(|error| self.unwritable(error))
    }

    fn unwritable(&self, source: io::Error) -> TruthError {
        TruthError::Unwritable { path: self.path.clone(), source }
    }
}

/// A truth file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TruthError {
    /// It is absent, or no text.
    #[error("{}: {source}", path.display())]
    Unreadable {
        /// The truth file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// One of its lines is no truth.
    #[error("{}, line {number}: {source}", path.display())]
    Line {
        /// The truth file.
        path: PathBuf,
        /// The number of the line, from 1.
        number: usize,
        /// What is wrong with the line.
        source: serde_json::Error,
    },
    /// It cannot be made or written.
    #[error("{}: {source}", path.display())]
    Unwritable {
        /// The truth file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}
