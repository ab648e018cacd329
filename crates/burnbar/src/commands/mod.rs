//! One module a command.

pub mod replay;
pub mod simulate;
