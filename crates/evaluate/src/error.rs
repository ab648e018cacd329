//! Why a study could not be made.

use std::path::PathBuf;

/// A study or an evaluation without a result. [`StudyError::is_of_input`] tells whose fault it is.
#[derive(Debug, thiserror::Error)]
pub enum StudyError {
    /// The truth of a race cannot be read or written.
    #[error(transparent)]
    Truth(#[from] truth::TruthError),
    /// What is given as a tape is none.
    #[error(transparent)]
    Tape(#[from] tape::ReadError),
    /// A tape cannot be written.
    #[error(transparent)]
    Unwritable(#[from] tape::WriteError),
    /// The stream ended before its log.
    #[error(transparent)]
    Stream(#[from] dataflow::RunError),
    /// A study asks for a race that cannot be simulated.
    #[error(transparent)]
    Race(#[from] sim::ConfigError),
    /// A study asks for a fault of the telemetry that there is not.
    #[error(transparent)]
    Fault(#[from] sim::FaultError),
    /// A text that should be an id is none.
    #[error(transparent)]
    Id(#[from] events::IdError),
    /// Past races teach nothing.
    #[error(transparent)]
    Calibration(#[from] calibrate::Unusable),
    /// The rate law has no value for a recording.
    #[error(transparent)]
    Rate(#[from] fuel::RateError),
    /// No most probable law was found for a recording.
    #[error(transparent)]
    Fit(#[from] fuel::fit::SearchError<fuel::RateError>),
    /// A recording cannot be read.
    #[error(transparent)]
    Import(#[from] feed::ImportError),
    /// A mapping cannot be read.
    #[error(transparent)]
    Mapping(#[from] feed::MappingError),
    /// A file or folder cannot be used.
    #[error("{}: {source}", path.display())]
    File {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// Truth and estimates have no time in common.
    #[error("no interval of the truth overlaps an estimate")]
    NoOverlap,
    /// A recording holds nothing to learn from.
    #[error("{}: nothing tells at once what was burned and where the throttle was; map both (docs/import.md)", path.display())]
    NothingRecorded {
        /// The recording.
        path: PathBuf,
    },
    /// Nobody says what the columns of a table mean.
    #[error(
        "{}: none of the mappings of docs/mappings has its columns; give one with --mapping, or beside it as {}",
        path.display(), beside.display()
    )]
    NoMapping {
        /// The table.
        path: PathBuf,
        /// Where a mapping of its own would be found.
        beside: PathBuf,
    },
    /// A tape of which nobody knows what was raced.
    #[error("{} names no session", path.display())]
    NoSession {
        /// The tape.
        path: PathBuf,
    },
    /// A study that calibrates its own models was given one.
    #[error("this study calibrates its own models: leave out --model")]
    ModelGiven,
}

impl StudyError {
    /// Whether what was given is at fault; else something failed on the way. Of [`StudyError::Stream`] the stream's own
    /// error tells.
    pub fn is_of_input(&self) -> bool {
        use StudyError::{
            File, Import, Mapping, ModelGiven, NoMapping, NoOverlap, NoSession, NothingRecorded, Tape, Truth,
        };
        match self {
            Truth(error) => !matches!(error, truth::TruthError::Unwritable { .. }),
            Tape(_) | Import(_) | Mapping(_) | File { .. } => true,
            NoOverlap | NothingRecorded { .. } | NoMapping { .. } | NoSession { .. } | ModelGiven => true,
            _ => false,
        }
    }
}
