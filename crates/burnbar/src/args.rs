//! The command line.

mod bench;
mod calibrate;
mod demo;
mod evaluate;
mod flow;
mod import;
mod model;
mod race;
mod replay;
mod study;
mod tape;

pub use bench::{BenchArgs, BenchOf, BenchPart, LatencyArgs, SessionsArgs};
pub use calibrate::{CalibrateArgs, LearnerChoice};
pub use demo::DemoArgs;
pub use evaluate::EvaluateArgs;
pub use flow::{FlowArgs, Format, duration};
pub use import::{ImportArgs, RecordingKind};
pub use model::{BenchServeArgs, ModelArgs, ModelServeArgs, ModelTo};
pub use race::{EvidenceChoice, RaceArgs, SimulateArgs};
pub use replay::{ReplayArgs, Speed};
pub use study::{DetectorArgs, RaceStudyArgs, RecordingsArgs, StudyArgs, StudyOf};
pub use tape::{TapeArgs, TapeTo};

use clap::{Parser, Subcommand};

/// How much fuel every car in a race has burned, live, without a fuel sensor.
#[derive(Debug, Parser)]
#[command(name = "burnbar", version, arg_required_else_help = true)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// A seeded race to a tape, its truth beside it.
    Simulate(SimulateArgs),
    /// A tape through the whole system.
    Replay(ReplayArgs),
    /// Other people's recordings to a tape.
    Import(ImportArgs),
    /// A simulated or reconstructed race, live: dashboard and graphic on one port of this machine.
    Demo(DemoArgs),
    /// Estimates beside the truth.
    Evaluate(EvaluateArgs),
    /// Past races to a model file, for races to come.
    Calibrate(CalibrateArgs),
    /// A model, behind HTTP.
    Model(ModelArgs),
    /// The model of a container, behind HTTP, as SageMaker starts it.
    #[command(hide = true)]
    Serve,
    /// Whether a tape is whole, and what is whole of it.
    Tape(TapeArgs),
    /// Estimates of many races, or the rate law on recordings, held against what is known to be true.
    Study(StudyArgs),
    /// What it costs: CPU, memory, start-up, bytes.
    Bench(BenchArgs),
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;
    use sim::{FAULTS, Faults};

    #[test]
    fn the_command_line_is_well_formed() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn faults_are_named_in_the_help_and_in_errors() {
        let parse = |faults: &str| {
            Arguments::try_parse_from(["burnbar", "simulate", "--out", "race.tape", "--faults", faults])
        };
        let wrong = parse("rain").unwrap_err().to_string();
        let mut command = Arguments::command();
        let help = command.find_subcommand_mut("simulate").unwrap().render_long_help().to_string();
        for fault in FAULTS {
            assert!(help.contains(fault.name) && wrong.contains(fault.name), "{}: {wrong}", fault.name);
        }
        let Command::Simulate(args) = parse("throttle-gain=0.03,drop=0.10").unwrap().command else {
            panic!()
        };
        assert_eq!(args.race.faults, Faults { throttle_gain: 0.03, drop: 0.1, ..Faults::none() });
    }
}
