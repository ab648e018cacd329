//! `burnbar bench science`: the figures with everything that is learned, from other races and within the race itself.
//! Misses are printed as misses.
//!
//! Every race is estimated as it would be live, with a model calibrated on races of other seeds only.

mod case;
mod tapes;

use super::align::Race;
use super::estimates::Estimates;
use super::figures::{ACCURACY_BRIEF, Accuracy, Compared, Figures, cells};
use super::goals::{Reached, goals};
use crate::args::{FlowArgs, Format};
use crate::commands::calibrate::fills_to_fill;
use crate::commands::replay;
use crate::failure::Failure;
use crate::say::say;
use calibrate::Learning;
use case::{CASES, Case, History};
use dataflow::Job;
use events::{Model, ModelId};
use serde::Serialize;
use sim::TrackKind;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tapes::{Simulated, Tapes};

/// Burn is read off at window ends; a stint is ten thousand times as long.
const WINDOW: Duration = Duration::from_millis(500);
/// Races at once.
const THREADS: usize = 2;
/// Width of the first column.
const NAMES: usize = 26;

/// What it comes to.
#[derive(Serialize)]
struct Science {
    seeds: &'static [u64],
    history_seeds: &'static [u64],
    cars: u32,
    minutes: f64,
    cases: Vec<Scored>,
}

/// What a case comes to.
#[derive(Serialize)]
struct Scored {
    case: &'static str,
    /// Beside what is aimed at.
    goals: Vec<Reached>,
    #[serde(flatten)]
    figures: Figures,
}

/// Runs the bench. Each case is told as it becomes known.
pub fn run(flow: &FlowArgs, format: Format) -> Result<(), Failure> {
    if flow.model.is_some() {
        return Err(Failure::input("this bench calibrates its own models: leave out --model"));
    }
    let flow = FlowArgs { window: WINDOW, ..flow.clone() };
    let tapes = Tapes::new()?;
    let mut bench = Bench { flow, tapes: &tapes, history: Vec::new() };
    let mut cases = Vec::new();
    for case in CASES {
        let races = bench.races(&case)?;
        let scored = Scored::of(&case, &races);
        if format == Format::Text {
            scored.print()?;
        }
        cases.push(scored);
    }
    if format == Format::Json {
        let (seeds, history_seeds) = (&case::SEEDS, &case::HISTORY_SEEDS);
        let science = Science { seeds, history_seeds, cars: tapes::CARS, minutes: tapes::MINUTES, cases };
        say(serde_json::to_string(&science).map_err(Failure::run)?)?;
    }
    Ok(())
}

impl Scored {
    fn of(case: &Case, races: &[Race]) -> Scored {
        let all = Compared::of(&races.iter().collect::<Vec<_>>());
        let reached = goals(case.taught()).iter().map(|goal| goal.reached(&all)).collect();
        Scored { case: case.name, goals: reached, figures: Figures::of(races) }
    }

    fn print(&self) -> Result<(), Failure> {
        let names = ACCURACY_BRIEF.iter().map(|(name, _)| format!("{name:>11}"));
        say(format_args!("{}\n{:<NAMES$}{}", self.case, "", names.collect::<String>()))?;
        for (track, compared) in &self.figures.by_track {
            both(track, &compared.stream, &compared.naive)?;
        }
        if self.figures.by_track.len() > 1 {
            both("all tracks", &self.figures.overall, &self.figures.naive)?;
        }
        for (flag, compared) in &self.figures.by_flag {
            let laps = &compared.stream;
            let figures = cells([laps.lap_bias_pct, laps.lap_rms_pct, laps.coverage80].into_iter());
            say(format_args!("{:<NAMES$}{figures}", format!("laps {flag}: mean, rms, 80 %")))?;
        }
        let told = |reached: &Reached| {
            let figure = reached.figure.map_or("–".into(), |figure| format!("{figure:.2}"));
            format!("{} {figure} ({})", reached.what.trim(), reached.goal)
        };
        for (word, is_met) in [("met", Some(true)), ("MISSED", Some(false)), ("unknown", None)] {
            let those: Vec<String> =
                self.goals.iter().filter(|goal| goal.is_met == is_met).map(told).collect();
            if !those.is_empty() {
                say(format_args!("{word}: {}", those.join("; ")))?;
            }
        }
        say("")
    }
}

fn both(what: &str, stream: &Accuracy, naive: &Accuracy) -> Result<(), Failure> {
    let row = |accuracy| cells(ACCURACY_BRIEF.iter().map(|(_, figure)| figure(accuracy)));
    say(format_args!("{what:<NAMES$}{}", row(stream)))?;
    say(format_args!("{:<NAMES$}{}", "  naive", row(naive)))
}

/// What is made once and used by many cases.
struct Bench<'a> {
    flow: FlowArgs,
    tapes: &'a Tapes,
    /// The bags of past races, by track.
    history: Vec<(TrackKind, calibrate::Race)>,
}

impl Bench<'_> {
    /// The races of a case, estimated.
    fn races(&mut self, case: &Case) -> Result<Vec<Race>, Failure> {
        let mut races = Vec::new();
        for &track in case.tracks {
            let model = self.model(case.history, track)?;
            races.push((track, model));
        }
        let all: Vec<_> = races
            .iter()
            .flat_map(|(track, model)| case::SEEDS.map(|seed| (case.race(*track, seed), model.clone())))
            .collect();
        in_parallel(&all, |(race, model)| self.race(race, model.clone()))
    }

    fn race(&self, race: &Simulated, model: Option<Arc<Model>>) -> Result<Race, Failure> {
        let tape = self.tapes.tape(race)?;
        let estimates = Estimates::of(|sink| {
            Ok(Job { model, ..replay::job(&self.flow, &tape, journal::open_tape(&tape), sink)? })
        })?;
        Ok(Race::of(&estimates, &super::read_truth(&tape.with_extension("truth.ndjson"))?))
    }

    /// What is known of engines before a race on a track.
    fn model(&mut self, history: History, track: TrackKind) -> Result<Option<Arc<Model>>, Failure> {
        if history == History::None {
            return Ok(None);
        }
        if self.history.is_empty() {
            let past: Vec<_> = TrackKind::ALL
                .iter()
                .flat_map(|track| case::HISTORY_SEEDS.map(|seed| Simulated::usual(*track, seed)))
                .collect();
            self.history = in_parallel(&past, |race| {
                Ok((race.track, fills_to_fill::of_tape(&self.tapes.tape(race)?, &self.flow)?))
            })?;
        }
        let counts = |there: TrackKind| history == History::AllTracks || there != track;
        let races: Vec<calibrate::Race> =
            self.history.iter().filter(|(there, _)| counts(*there)).map(|(_, race)| race.clone()).collect();
        let name = ModelId::new("history").map_err(Failure::run)?;
        let found = calibrate::calibrate(name, &races, None, Learning::GaussianProcess);
        Ok(Some(Arc::new(found.map_err(Failure::run)?.model)))
    }
}

/// Does some work on each of many, and keeps their order.
fn in_parallel<T: Sync, R: Send>(
    all: &[T],
    work: impl Fn(&T) -> Result<R, Failure> + Sync,
) -> Result<Vec<R>, Failure> {
    let next = Mutex::new(all.iter().enumerate());
    let one_by_one = || {
        let mut done = Vec::new();
        loop {
            // the lock is let go before the work begins
            let taken = next.lock().unwrap_or_else(PoisonError::into_inner).next();
            let Some((place, one)) = taken else { return done };
            done.push((place, work(one)));
        }
    };
    let mut done: Vec<_> = std::thread::scope(|scope| {
        let running: Vec<_> = (0..THREADS).map(|_| scope.spawn(one_by_one)).collect();
        let joined = running
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        joined.flatten().collect()
    });
    done.sort_by_key(|(place, _)| *place);
    done.into_iter().map(|(_, result)| result).collect()
}
