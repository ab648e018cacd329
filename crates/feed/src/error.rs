//! Why a file cannot be brought in at all. A bad line is no error: it is quarantined.

use crate::lines::Place;
use std::io;

/// Why a file cannot be brought in.
#[derive(Debug, thiserror::Error)]
#[error("{file}{}: {problem}", .place.within_file())]
pub struct ImportError {
    /// The file as it was named.
    pub file: String,
    /// Where in it.
    pub place: Place,
    /// What is wrong.
    pub problem: Problem,
}

impl ImportError {
    pub(crate) fn new(file: &str, place: Place, problem: Problem) -> Self {
        ImportError { file: file.into(), place, problem }
    }
    pub(crate) fn read(file: &str, byte: u64, error: io::Error) -> Self {
        Self::new(file, Place::Byte(byte), Problem::Read(error))
    }
}

/// What is wrong with a file.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// The operating system says so.
    #[error("cannot be read: {0}")]
    Read(#[source] io::Error),
    /// Nothing is in it.
    #[error("the file is empty: choose one with data")]
    Empty,
    /// It is another kind of file.
    #[error("this is no {expected}: {why}")]
    WrongType {
        /// What it should be.
        expected: &'static str,
        /// What tells.
        why: String,
    },
    /// A later program wrote it.
    #[error("version {found} is newer than {known}, the newest that is read: update the program")]
    NewerVersion {
        /// Its version.
        found: i32,
        /// The newest version that is read.
        known: i32,
    },
    /// It ends too early.
    #[error("the file ends here, but {what} should reach to byte {until}: copy the file again")]
    Truncated {
        /// What is cut.
        what: &'static str,
        /// Where it should end.
        until: u64,
    },
    /// A number of the header cannot be true.
    #[error("{what} is {value}, {expected}: the header is damaged, copy the file again")]
    Header {
        /// Which number.
        what: &'static str,
        /// Its value.
        value: i64,
        /// What it should be.
        expected: &'static str,
    },
    /// A column that the mapping, or the format, needs.
    #[error("column `{column}` is missing, the file has {has}: correct the column's name or leave it out")]
    MissingColumn {
        /// Its name.
        column: String,
        /// The first columns that are there.
        has: String,
    },
    /// A variable that telemetry always has.
    #[error("variable `{variable}` is missing: choose telemetry of a car with an engine")]
    MissingVariable {
        /// Its name.
        variable: String,
    },
    /// A variable of another kind, or outside its row.
    #[error("variable `{variable}` is no number inside its row: the header is damaged, copy the file again")]
    NoNumber {
        /// Its name.
        variable: String,
    },
    /// A column that stands twice.
    #[error("column `{column}` stands twice: rename one of them")]
    ColumnTwice {
        /// Its name.
        column: String,
    },
    /// A column of the mapping that no line has.
    #[error("no line has `{column}`: correct the name in the mapping, or call it optional there")]
    ColumnNeverSeen {
        /// Its name.
        column: String,
    },
    /// No line is good.
    #[error("all {lines} lines were refused, the first because of {reason}: {detail}")]
    NothingGood {
        /// How many lines there are.
        lines: u64,
        /// Why the first was refused.
        reason: String,
        /// The same in full.
        detail: String,
    },
    /// The car never drove.
    #[error("in none of its {rows} rows is the car on the track: choose a recording of driving")]
    NeverOnTrack {
        /// How many rows there are.
        rows: u64,
    },
    /// A line that has to be good is not.
    #[error("{0}")]
    BadLine(String),
}
