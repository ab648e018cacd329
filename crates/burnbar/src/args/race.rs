//! Which race is simulated.

use clap::{Args, ValueEnum};
use sim::{FAULTS, Faults};
use std::path::PathBuf;

/// `burnbar simulate`.
#[derive(Debug, Args)]
pub struct SimulateArgs {
    #[command(flatten)]
    pub race: RaceArgs,
    /// The tape to write; its truth goes beside it, as NAME.truth.ndjson.
    #[arg(long)]
    pub out: PathBuf,
}

/// Which race to simulate.
#[derive(Clone, Debug, Args)]
pub struct RaceArgs {
    /// Everything that is left to chance follows from it.
    #[arg(long, default_value_t = 11)]
    pub seed: u64,
    /// The track: oval-1.5, triangle-2.5, superspeedway-2.5, short-0.5 or road-2.4.
    #[arg(long, default_value = "oval-1.5")]
    pub track: String,
    /// How many cars.
    #[arg(long, default_value_t = 40)]
    pub cars: u32,
    /// How long the race lasts.
    #[arg(long, default_value_t = 60.0)]
    pub minutes: f64,
    /// Samples a second and car.
    #[arg(long, default_value_t = 20)]
    pub hz: u32,
    /// What becomes known about the fuel of each stop.
    #[arg(long, value_enum, default_value_t = EvidenceChoice::Gallons)]
    pub evidence: EvidenceChoice,
    /// What is wrong with the telemetry: none, default, all, or NAME[=AMOUNT],… (--help tells the names).
    #[arg(long, default_value_t = Faults::default(), long_help = faults_help())]
    pub faults: Faults,
}

/// What `--help` says about `--faults`.
fn faults_help() -> String {
    let mut help = String::from(
        "What is wrong with the telemetry: none, default, all, or faults by name, joined by commas. Each item adds to those \
         before it, so `default,lag=0.2` is the default and a lag. NAME stands for its usual amount, NAME=AMOUNT for \
         another one. The race and its truth are the same, whatever its telemetry.\n\n\
         Faults and usual amounts (*: by default):",
    );
    for fault in FAULTS {
        let mark = if fault.is_default { '*' } else { ' ' };
        help += &format!("\n{mark} {:<15} {:>6}  {}", fault.name, fault.usual, fault.about);
    }
    help
}

/// What becomes known about the fuel of each stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum EvidenceChoice {
    /// Gallons, by the weight of the cans.
    Gallons,
    /// The time that the fuel flowed.
    FillTime,
    /// No evidence of fuel at all.
    None,
}
