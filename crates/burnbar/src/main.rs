//! `burnbar`: arguments in, one command run, an exit code out.
//!
//! Exit codes: 0 done; 1 something failed on the way; 2 the input or the command line cannot be used.
#![forbid(unsafe_code)]
#![allow(clippy::print_stderr, reason = "a failed command says why")]

mod args;
mod commands;
mod config;
mod failure;
mod model_source;
mod operators;
mod say;
mod session;
mod sinks;
mod time;

use args::{Arguments, Command};
use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    let filter = tracing_subscriber::EnvFilter::try_from_env("BURNBAR_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let outcome = match Arguments::parse().command {
        Command::Simulate(args) => commands::simulate::run(&args),
        Command::Replay(args) => commands::replay::run(&args),
        Command::Import(args) => commands::import::run(&args),
        Command::Demo(args) => commands::demo::run(&args),
        Command::Evaluate(args) => commands::evaluate::run(&args),
        Command::Calibrate(args) => commands::calibrate::run(&args),
        Command::Model(args) => commands::model::run(&args),
        Command::Serve => commands::model::serve_container(),
        Command::Tape(args) => commands::tape::run(&args),
        Command::Study(args) => commands::study::run(&args),
        Command::Bench(args) => commands::bench::run(&args),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("burnbar: {failure}");
            failure.exit_code()
        }
    }
}
