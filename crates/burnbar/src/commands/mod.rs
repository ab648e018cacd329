//! One module a command.

pub mod bench;
pub mod calibrate;
pub mod demo;
pub mod evaluate;
pub mod import;
pub mod model;
mod real_race;
pub mod replay;
pub mod simulate;
pub mod study;
pub mod tape;
