//! Event time as a specification: each file is a chapter, each test a sentence of it.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests are tests")]

mod bookkeeping;
mod checkpoints;
mod clocks;
mod determinism;
mod duplicates;
mod enrichment;
mod everything;
mod folder;
mod gaps;
mod laps;
mod late;
mod late_newest;
mod logs;
mod needle;
mod order;
mod panics;
mod pool;
mod races;
mod ran;
mod regressions;
mod silence;
mod stuck;
mod tank;
mod unknown;
