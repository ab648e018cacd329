//! `burnbar replay`: a tape through the whole system.

use crate::args::{FlowArgs, Format, ReplayArgs, Speed};
use crate::failure::Failure;
use crate::model_source::ModelSource;
use crate::say::say;
use crate::sinks;
use crate::time::Stopwatch;
use dataflow::{Job, RunError, RunReport};
use events::SessionId;
use journal::{OpenLog, open_tape, paced};
use race::Settings;
use std::path::Path;
use units::Span;

/// Runs the command.
pub fn run(args: &ReplayArgs) -> Result<(), Failure> {
    tape::Reader::open(&args.tape).map_err(Failure::input)?;
    let log = match args.speed {
        Speed::Max => open_tape(&args.tape),
        Speed::Times(times) => paced(open_tape(&args.tape), times, Stopwatch::start),
    };
    let sink = sinks::of_replay(args)?;
    let report = dataflow::run(job(&args.flow, &args.tape, log, sink)?).map_err(failure)?;
    print(&report, args.format)
}

/// The job for a log that is named after `path`.
pub fn job(flow: &FlowArgs, path: &Path, log: OpenLog, sink: dataflow::OpenSink) -> Result<Job, Failure> {
    let name = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or("session");
    let span =
        |duration: std::time::Duration| Span::from_us(duration.as_micros().min(i64::MAX as u128) as i64);
    Ok(Job {
        sink,
        settings: Settings { green_laps: flow.green_laps.get() },
        model: flow.model.as_ref().map(ModelSource::read).transpose()?,
        window: span(flow.window),
        workers: flow.workers.get(),
        batch: flow.batch.get(),
        state: flow.state.clone().map(|dir| (dir, span(flow.checkpoint_every))),
        ..Job::new(log, SessionId::new(name).map_err(Failure::input)?)
    })
}

/// A log or a state that cannot be used is the input's fault; the rest is ours.
pub fn failure(error: RunError) -> Failure {
    match error {
        RunError::OpenLog(_) | RunError::State(_) | RunError::Failed(dataflow::AttemptError::Log(_)) => {
            Failure::input(error)
        }
        _ => Failure::run(error),
    }
}

fn print(report: &RunReport, format: Format) -> Result<(), Failure> {
    let counts = report.counts;
    let samples = counts.samples;
    match format {
        Format::Text => say(format_args!(
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
        })),
    }
}
