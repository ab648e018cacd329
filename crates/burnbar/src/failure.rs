//! Why a command did not do what it was asked, and the exit code that says so.

use std::fmt;
use std::process::ExitCode;

/// A failed command.
#[derive(Debug)]
pub enum Failure {
    /// The input or the command line cannot be used: exit code 2.
    Input(String),
    /// Something failed on the way: exit code 1.
    Run(String),
}

impl Failure {
    /// Unusable input.
    pub fn input(error: impl fmt::Display) -> Self {
        Failure::Input(error.to_string())
    }
    /// A failure on the way.
    pub fn run(error: impl fmt::Display) -> Self {
        Failure::Run(error.to_string())
    }
    /// For the shell.
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Failure::Input(_) => ExitCode::from(2),
            Failure::Run(_) => ExitCode::from(1),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Failure::Input(text) | Failure::Run(text)) = self;
        f.write_str(text)
    }
}

impl From<truth::TruthError> for Failure {
    fn from(error: truth::TruthError) -> Self {
        evaluate::StudyError::from(error).into()
    }
}

impl From<evaluate::StudyError> for Failure {
    fn from(error: evaluate::StudyError) -> Self {
        match error {
            evaluate::StudyError::Stream(error) => error.into(),
            error if error.is_of_input() => Failure::input(error),
            error => Failure::run(error),
        }
    }
}

impl From<dataflow::RunError> for Failure {
    /// A log or a state that cannot be used is the input's fault; the rest is ours.
    fn from(error: dataflow::RunError) -> Self {
        use dataflow::{AttemptError, RunError};
        match error {
            RunError::OpenLog(_) | RunError::State(_) | RunError::Failed(AttemptError::Log(_)) => {
                Failure::input(error)
            }
            _ => Failure::run(error),
        }
    }
}
