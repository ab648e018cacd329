//! `burnbar study science`: the figures with everything that is learned, from other races and within the race itself.
//! Misses are printed as misses.
//!
//! Every race is estimated as it would be live, with a model calibrated on races of other seeds only.

mod case;
mod tapes;

pub use case::{CASES, HISTORY_SEEDS, KnownPast, SEEDS, ScienceCase};

use crate::align::AlignedRace;
use crate::error::StudyError;
use crate::estimates::Estimates;
use crate::figures::{Compared, Figures};
use crate::goals::{Reached, goals};
use crate::simulated::RaceSize;
use crate::stream::StreamSettings;
use crate::tables;
use calibrate::{Driven, Learning, PastRace};
use dataflow::{ClosedWindow, collect};
use events::{Model, ModelId, SessionId};
use serde::Serialize;
use sim::TrackKind;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use tapes::{SimulatedTape, TapeFolder};
use units::Span;

/// Burn is read off at window ends; a stint is ten thousand times as long.
const WINDOW: Span = Span::from_us(500_000);
/// Races at once.
const THREADS: usize = 2;

/// What the study comes to.
#[derive(Debug, Serialize)]
pub struct ScienceStudy {
    /// The seeds of the races that are estimated.
    pub seeds: Vec<u64>,
    /// The seeds of the past races.
    pub history_seeds: Vec<u64>,
    /// Cars of a race.
    pub cars: u32,
    /// How long a race takes.
    pub minutes: f64,
    /// What was tried, in order.
    pub cases: Vec<ScoredCase>,
}

/// What a case comes to.
#[derive(Debug, Serialize)]
pub struct ScoredCase {
    /// Its name.
    pub case: &'static str,
    /// Beside what is aimed at.
    pub goals: Vec<Reached>,
    /// Its figures.
    #[serde(flatten)]
    pub figures: Figures,
}

impl ScienceStudy {
    /// Runs every case with races of a size, past races of `history_seeds`, and reports each case.
    ///
    /// # Errors
    /// A model is given, a race cannot be run, the past teaches nothing, or `report` fails.
    pub fn run<E: From<StudyError>>(
        size: &RaceSize,
        history_seeds: &[u64],
        stream: &StreamSettings,
        mut report: impl FnMut(&ScoredCase) -> Result<(), E>,
    ) -> Result<ScienceStudy, E> {
        if stream.model.is_some() {
            return Err(StudyError::ModelGiven.into());
        }
        let tapes = TapeFolder::new(size)?;
        let stream = stream.with_window(WINDOW);
        let mut laboratory = Laboratory { size, history_seeds, stream, tapes: &tapes, history: Vec::new() };
        let mut cases = Vec::new();
        for case in CASES {
            let scored = ScoredCase::of(&case, &laboratory.races(&case)?);
            report(&scored)?;
            cases.push(scored);
        }
        let RaceSize { seeds, cars, minutes, .. } = size.clone();
        Ok(ScienceStudy { seeds, history_seeds: history_seeds.to_vec(), cars, minutes, cases })
    }
}

impl ScoredCase {
    fn of(case: &ScienceCase, races: &[AlignedRace]) -> ScoredCase {
        let all = Compared::of(&races.iter().collect::<Vec<_>>());
        let reached = goals(case.taught()).iter().map(|goal| goal.reached(&all)).collect();
        ScoredCase { case: case.name, goals: reached, figures: Figures::of(races) }
    }

    /// Its figures and goals as a table.
    pub fn text(&self) -> String {
        let mut lines = vec![self.case.to_owned(), tables::brief_head("")];
        let by_track = &self.figures.by_track;
        lines.extend(by_track.iter().map(|(track, compared)| tables::brief(track, compared)));
        if by_track.len() > 1 {
            lines.push(tables::brief_of("all tracks", &self.figures.overall, &self.figures.naive));
        }
        let by_flag = &self.figures.by_flag;
        lines.extend(by_flag.iter().map(|(flag, compared)| tables::brief_laps(flag, &compared.stream)));
        let goal = |reached: &Reached| {
            let figure = reached.figure.map_or("–".into(), |figure| format!("{figure:.2}"));
            format!("{} {figure} ({})", reached.what.trim(), reached.goal)
        };
        for (word, is_met) in [("met", Some(true)), ("MISSED", Some(false)), ("unknown", None)] {
            let those: Vec<String> =
                self.goals.iter().filter(|goal| goal.is_met == is_met).map(goal).collect();
            if !those.is_empty() {
                lines.push(format!("{word}: {}", those.join("; ")));
            }
        }
        lines.join("\n") + "\n"
    }
}

/// What is made once and used by many cases.
struct Laboratory<'a> {
    size: &'a RaceSize,
    history_seeds: &'a [u64],
    stream: StreamSettings,
    tapes: &'a TapeFolder,
    /// Past races, by track.
    history: Vec<(TrackKind, PastRace)>,
}

impl Laboratory<'_> {
    /// The races of a case, estimated.
    fn races(&mut self, case: &ScienceCase) -> Result<Vec<AlignedRace>, StudyError> {
        let mut all = Vec::new();
        for &track in case.tracks {
            let model = self.model(case.history, track)?;
            all.extend(
                self.size.seeds.iter().map(|&seed| (case.race(track, seed, self.size.hz), model.clone())),
            );
        }
        in_parallel(&all, |(race, model)| self.race(race, model.clone()))
    }

    fn race(&self, race: &SimulatedTape, model: Option<Arc<Model>>) -> Result<AlignedRace, StudyError> {
        let tape = self.tapes.tape(race)?;
        let stream = StreamSettings { model, ..self.stream.clone() };
        let estimates = Estimates::of(stream.job(journal::open_tape(&tape), unnamed()?))?;
        Ok(AlignedRace::of(&estimates, &truth::read(&truth::beside(&tape))?))
    }

    /// What is known of engines before a race on a track.
    fn model(&mut self, history: KnownPast, track: TrackKind) -> Result<Option<Arc<Model>>, StudyError> {
        if history == KnownPast::None {
            return Ok(None);
        }
        if self.history.is_empty() {
            let (seeds, hz) = (self.history_seeds, self.size.hz);
            let past = TrackKind::ALL
                .iter()
                .flat_map(|&track| seeds.iter().map(move |&seed| SimulatedTape::usual(track, seed, hz)));
            let past: Vec<_> = past.collect();
            self.history = in_parallel(&past, |race| {
                Ok((race.track, past_race(&self.tapes.tape(race)?, &self.stream)?))
            })?;
        }
        let counts = |there: TrackKind| history == KnownPast::AllTracks || there != track;
        let races: Vec<PastRace> =
            self.history.iter().filter(|(there, _)| counts(*there)).map(|(_, race)| race.clone()).collect();
        let found = calibrate::calibrate(ModelId::new("history")?, &races, None, Learning::GaussianProcess)?;
        Ok(Some(Arc::new(found.model)))
    }
}

/// A tape as calibration learns from it.
fn past_race(tape: &Path, stream: &StreamSettings) -> Result<PastRace, StudyError> {
    let session = unnamed()?;
    let keep = |driven: &mut Driven, closed: &ClosedWindow| driven.keep(&closed.events, &closed.segments);
    let driven = collect(stream.job(journal::open_tape(tape), session), move || Driven::none(session), keep)?;
    driven.past_race().ok_or_else(|| StudyError::NoSession { path: tape.to_owned() })
}

/// Until its log names it.
fn unnamed() -> Result<SessionId, StudyError> {
    Ok(SessionId::new("unnamed")?)
}

/// Does some work on each of many, and keeps their order.
fn in_parallel<T: Sync, R: Send>(
    all: &[T],
    work: impl Fn(&T) -> Result<R, StudyError> + Sync,
) -> Result<Vec<R>, StudyError> {
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
