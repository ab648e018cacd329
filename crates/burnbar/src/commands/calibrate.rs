//! `burnbar calibrate`: past races to a model file, and what there is to say about it.

mod progress;

use crate::args::{CalibrateArgs, FlowArgs, Format, LearnerChoice};
use crate::config::StreamConfig;
use crate::failure::Failure;
use crate::say::say;
use calibrate::{Driven, Learning, PastRace, model_file, report};
use dataflow::{ClosedWindow, collect};
use events::{Model, ModelId, SessionId};
use progress::CalibrationProgress;
use std::path::Path;
use std::sync::Mutex;

/// Runs the command.
pub fn run(args: &CalibrateArgs) -> Result<(), Failure> {
    // whatever is wrong with the command line is reported before an hour of reading
    let draw = args.report.as_deref().map(drawing).transpose()?;
    if args.flow.model.is_some() {
        return Err(Failure::input("a calibration begins with --prior, not with --model"));
    }
    let before = args.prior.as_deref().map(read_model).transpose()?;
    let name = match &args.name {
        Some(name) => name.as_str(),
        None => args.out.file_stem().and_then(|stem| stem.to_str()).unwrap_or("model"),
    };
    let name = ModelId::new(name).map_err(Failure::input)?;
    let progress = CalibrationProgress::over(args.tapes.len());
    let races = races(args, &progress)?;
    progress.say("fitting, and predicting each race without itself");
    let learning = match args.learner {
        LearnerChoice::Gp => Learning::GaussianProcess,
        #[cfg(feature = "net")]
        LearnerChoice::Net => Learning::Networks,
        LearnerChoice::Best => Learning::Any,
        LearnerChoice::None => Learning::None,
    };
    let found = calibrate::calibrate(name, &races, before, learning).map_err(Failure::input)?;
    progress.end();
    keep(&args.out, &model_file::write(&found.model).map_err(Failure::run)?)?;
    if let (Some(path), Some(draw)) = (&args.report, draw) {
        keep(path, &draw(&found.report))?;
    }
    match args.format {
        Format::Text => say(report::text(&found.report).trim_end()),
        Format::Json => say(serde_json::to_string(&found.report).map_err(Failure::run)?),
    }
}

/// The model in a file.
pub fn read_model(path: &Path) -> Result<Model, Failure> {
    let named = |error: &dyn std::fmt::Display| Failure::input(format!("{}: {error}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| named(&error))?;
    model_file::read(&text).map_err(|error| named(&error))
}

type Drawing = fn(&calibrate::report::CalibrationReport) -> String;

fn drawing(path: &Path) -> Result<Drawing, Failure> {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("html") => Ok(report::page),
        Some("svg") => Ok(report::residual_plot),
        _ => Err(Failure::input(format!("{}: a report is a .html or a .svg file", path.display()))),
    }
}

fn keep(path: &Path, text: &str) -> Result<(), Failure> {
    std::fs::write(path, text).map_err(|error| Failure::run(format!("{}: {error}", path.display())))
}

/// What every tape teaches, several tapes at a time, in the order of the tapes.
fn races(args: &CalibrateArgs, progress: &CalibrationProgress) -> Result<Vec<PastRace>, Failure> {
    let threads =
        std::thread::available_parallelism().map_or(1, |threads| threads.get()).min(args.tapes.len());
    let next = Mutex::new(args.tapes.iter().enumerate());
    let read = || {
        let mut read = Vec::new();
        while let Some((place, tape)) = next.lock().unwrap_or_else(std::sync::PoisonError::into_inner).next()
        {
            read.push((place, past_race(tape, &args.flow)));
            progress.done(tape);
        }
        read
    };
    let mut all: Vec<_> = std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(read)).collect();
        let joined = running
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        joined.flatten().collect()
    });
    all.sort_by_key(|(place, _)| *place);
    all.into_iter().map(|(_, race)| race).collect()
}

/// A tape through the stream, as calibration learns from it.
fn past_race(tape: &Path, flow: &FlowArgs) -> Result<PastRace, Failure> {
    tape::Reader::open(tape).map_err(Failure::input)?;
    let session = SessionId::new("unnamed").map_err(Failure::run)?;
    let job = StreamConfig::of(flow)?.stream.job(journal::open_tape(tape), session);
    let keep = |driven: &mut Driven, closed: &ClosedWindow| driven.keep(&closed.events, &closed.segments);
    let driven = collect(job, move || Driven::none(session), keep)?;
    driven.past_race().ok_or_else(|| Failure::input(format_args!("{} names no session", tape.display())))
}
