//! `burnbar evaluate`: what a tape's cars were estimated to burn, beside what they burned.

use crate::args::{EvaluateArgs, FlowArgs, Format};
use crate::failure::Failure;
use crate::model_source::ModelSource;
use crate::say::say;
use evaluate::{Evaluation, StreamSettings, Taught};
use events::SessionId;
use race::Settings;
use std::time::Duration;
use units::Span;

/// Burn between any two times is read off at window ends, so windows are short here.
const WINDOW: Span = Span::from_us(100_000);

/// Runs the command.
pub fn run(args: &EvaluateArgs) -> Result<(), Failure> {
    if !args.truth.is_empty() && args.truth.len() != args.tapes.len() {
        let (truth, tapes) = (args.truth.len(), args.tapes.len());
        return Err(Failure::input(format!("{truth} files of truth for {tapes} tapes: give one for each")));
    }
    let stream = stream(&args.flow)?.with_window(WINDOW);
    let session = SessionId::new("unnamed").map_err(Failure::run)?;
    let mut evaluation = Evaluation::default();
    for (index, tape) in args.tapes.iter().enumerate() {
        let beside = truth::beside(tape);
        evaluation.add_tape(tape, args.truth.get(index).unwrap_or(&beside), session, &stream)?;
    }
    let evaluated = evaluation.evaluated()?;
    if let Some(path) = &args.html {
        let taught = if args.flow.model.is_some() { Taught::ByHistory } else { Taught::Nothing };
        std::fs::write(path, evaluation.scorecard(taught))
            .map_err(|error| Failure::run(format!("{}: {error}", path.display())))?;
    }
    match args.format {
        Format::Json => say(serde_json::to_value(&evaluated).map_err(Failure::run)?),
        Format::Text => say(evaluated.text().trim_end()),
    }
}

/// How a command line has the stream run.
pub fn stream(flow: &FlowArgs) -> Result<StreamSettings, Failure> {
    let us = |width: Duration| width.as_micros().min(i64::MAX as u128) as i64;
    Ok(StreamSettings {
        settings: Settings { green_laps: flow.green_laps.get() },
        model: flow.model.as_ref().map(ModelSource::read).transpose()?,
        window: Span::from_us(us(flow.window)),
        workers: flow.workers.get(),
        batch: flow.batch.get(),
    })
}
