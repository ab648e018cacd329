//! Event time as a specification: each file is a chapter, each test a sentence of it.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests are tests")]

mod checkpoints;
mod clocks;
mod determinism;
mod duplicates;
mod folder;
mod found;
mod gaps;
mod laps;
mod late;
mod logs;
mod lost;
mod order;
mod panics;
mod races;
mod runs;
mod silence;
mod tank;
