//! One module a command.

pub mod bench;
pub mod demo;
pub mod evaluate;
pub mod import;
pub mod replay;
pub mod simulate;
mod truth;
