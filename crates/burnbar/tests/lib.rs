//! What the whole program promises: the laws of its layout, and every command that the README shows.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stderr,
    reason = "helpers of tests are tests"
)]

mod calibrate;
mod evaluate;
mod help;
mod kill;
mod latency;
mod laws;
mod live;
mod model_serve;
mod program;
mod ratchets;
mod readme;
mod real_race;
mod recordings;
mod replay;
mod repository;
mod server;
mod serving;
