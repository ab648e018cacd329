//! `burnbar evaluate`: what a tape's cars were estimated to burn, beside what they burned.
//!
//! The only reader of truth, and it reads it after the estimate is made.

mod align;
pub mod detectors;
mod estimates;
mod figures;
mod goals;
mod metrics;
mod naive;
mod probability_scores;
mod rows;
pub mod science;
mod scorecard;
pub mod sweep;

use super::replay;
use crate::args::{EvaluateArgs, Format};
use crate::failure::Failure;
use crate::say::say;
use align::Race;
use estimates::Estimates;
use events::truth::Truth;
use figures::Figures;
use goals::Taught;
use rows::{Row, Summary};
use std::path::Path;
use std::time::Duration;

/// Burn between any two times is read off at window ends, so windows are short here.
const WINDOW: Duration = Duration::from_millis(100);

/// Runs the command.
pub fn run(args: &EvaluateArgs) -> Result<(), Failure> {
    if !args.truth.is_empty() && args.truth.len() != args.tapes.len() {
        let (truth, tapes) = (args.truth.len(), args.tapes.len());
        return Err(Failure::input(format!("{truth} files of truth for {tapes} tapes: give one for each")));
    }
    let (mut races, mut rows) = (Vec::new(), Vec::new());
    for (index, tape) in args.tapes.iter().enumerate() {
        let estimates = estimated(tape, args)?;
        let beside = tape.with_extension("truth.ndjson");
        let truth = read_truth(args.truth.get(index).unwrap_or(&beside))?;
        races.push(Race::of(&estimates, &truth));
        rows.append(&mut rows::rows(&estimates, &truth));
    }
    if rows.is_empty() {
        return Err(Failure::input("no interval of the truth overlaps an estimate"));
    }
    let figures = Figures::of(&races);
    if let Some(path) = &args.html {
        let taught = if args.flow.model.is_some() { Taught::ByHistory } else { Taught::Nothing };
        std::fs::write(path, scorecard::page(&figures, &races, taught))
            .map_err(|error| Failure::run(format!("{}: {error}", path.display())))?;
    }
    tell(&figures, &rows, args.format)
}

fn tell(figures: &Figures, rows: &[Row], format: Format) -> Result<(), Failure> {
    let summary = Summary::of(rows);
    if format == Format::Json {
        let mut all = serde_json::to_value(figures).map_err(Failure::run)?;
        all["rows"] = serde_json::to_value(rows).map_err(Failure::run)?;
        all["summary"] = serde_json::to_value(summary).map_err(Failure::run)?;
        return say(all);
    }
    rows::print(rows)?;
    say("")?;
    figures.print()?;
    say("")?;
    summary.print()
}

fn estimated(tape: &Path, args: &EvaluateArgs) -> Result<Estimates, Failure> {
    tape::Reader::open(tape).map_err(Failure::input)?;
    let mut flow = args.flow.clone();
    flow.window = WINDOW;
    Estimates::of(|sink| replay::job(&flow, tape, journal::open_tape(tape), sink))
}

fn read_truth(path: &Path) -> Result<Vec<Truth>, Failure> {
    let text =
        std::fs::read_to_string(path).map_err(|e| Failure::input(format!("{}: {e}", path.display())))?;
    let parse = |(number, line): (usize, &str)| {
        serde_json::from_str(line)
            .map_err(|e| Failure::input(format!("{}, line {number}: {e}", path.display())))
    };
    (1..).zip(text.lines()).map(parse).collect()
}
