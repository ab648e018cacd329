//! What a command says on standard output.

use crate::failure::Failure;
use std::fmt::Display;
use std::io::{ErrorKind, Write};

/// Prints a line. Nobody listening any more, as behind `| head`, is no failure.
pub fn say(line: impl Display) -> Result<(), Failure> {
    match writeln!(std::io::stdout(), "{line}") {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Failure::run(error)),
        _ => Ok(()),
    }
}

/// Prints a line on standard error, where standard output is an output.
#[allow(clippy::print_stderr, reason = "standard output holds lines")]
pub fn say_aside(line: impl Display) -> Result<(), Failure> {
    eprintln!("{line}");
    Ok(())
}
