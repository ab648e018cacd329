//! `burnbar evaluate`: what a tape's cars were estimated to burn, beside what they burned.

use crate::args::{EvaluateArgs, Format};
use crate::config::StreamConfig;
use crate::failure::Failure;
use crate::say::say;
use evaluate::{Evaluation, Taught};
use events::SessionId;
use units::Span;

/// Burn between any two times is read off at window ends, so windows are short here.
const WINDOW: Span = Span::from_us(100_000);

/// Runs the command.
pub fn run(args: &EvaluateArgs) -> Result<(), Failure> {
    if !args.truth.is_empty() && args.truth.len() != args.tapes.len() {
        let (truth, tapes) = (args.truth.len(), args.tapes.len());
        return Err(Failure::input(format!("{truth} files of truth for {tapes} tapes: give one for each")));
    }
    let stream = StreamConfig::of(&args.flow)?.stream.with_window(WINDOW);
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
