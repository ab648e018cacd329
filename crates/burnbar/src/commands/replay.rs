//! `burnbar replay`: a tape through the whole system.

use crate::args::{Format, ReplayArgs, Speed};
use crate::config::{ReplayConfig, session_of};
use crate::failure::Failure;
use crate::say::{say, say_aside};
use crate::session::SessionRun;
use crate::time::Stopwatch;
use dataflow::RunReport;
use journal::{AtBreak, follow_tape, paced};

/// Runs the command.
pub fn run(args: &ReplayArgs) -> Result<(), Failure> {
    let config = ReplayConfig::of(args)?;
    tape::Reader::open(&config.tape).map_err(Failure::input)?;
    let log = follow_tape(&config.tape, if args.follow { AtBreak::Wait } else { AtBreak::Stop });
    let log = match config.speed {
        Speed::Max => log,
        Speed::Times(times) => paced(log, times, Stopwatch::start),
    };
    let session = SessionRun::new(&config.stream, session_of(&config.tape)?, log);
    let report = session.run(&config.outputs)?;
    print(&report, config.format, if config.outputs.are_on_stdout() { say_aside } else { say })
}

fn print(report: &RunReport, format: Format, say: fn(String) -> Result<(), Failure>) -> Result<(), Failure> {
    let counts = report.counts;
    let samples = counts.samples;
    match format {
        Format::Text => say(format!(
            "{} entries: {} samples and {} race events folded, {} late, {} duplicate, {} ticks",
            counts.journaled, samples.folded, counts.events, samples.late, samples.duplicate, counts.ticks
        )),
        Format::Json => say(serde_json::json!({
            "journaled": counts.journaled,
            "folded": samples.folded + counts.events,
            "late": samples.late,
            "duplicate": samples.duplicate,
            "ticks": counts.ticks,
            "race_events": counts.events,
            "resumed_at_window": report.resumed_at,
            "restarts": report.restarts,
            "breaks_off": report.is_cut,
        })
        .to_string()),
    }
}
