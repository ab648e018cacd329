//! Races held against their truth: what `burnbar evaluate` gives.

use crate::align::AlignedRace;
use crate::error::StudyError;
use crate::estimates::Estimates;
use crate::figures::Figures;
use crate::goals::Taught;
use crate::intervals::{self, IntervalSummary, JudgedInterval};
use crate::scorecard;
use crate::stream::StreamSettings;
use events::SessionId;
use serde::Serialize;
use std::path::Path;
use truth::Truth;

/// Some races, estimated and true.
#[derive(Default)]
pub struct Evaluation {
    races: Vec<AlignedRace>,
    intervals: Vec<JudgedInterval>,
}

/// What an evaluation comes to.
#[derive(Debug, Serialize)]
pub struct Evaluated<'a> {
    /// Over all races.
    #[serde(flatten)]
    pub figures: Figures,
    /// Lap by lap, or span by span.
    #[serde(rename = "rows")]
    pub intervals: &'a [JudgedInterval],
    /// The same in four numbers.
    pub summary: IntervalSummary,
}

impl Evaluation {
    /// Runs a tape through the stream and lays its truth beside what was estimated. `session` is its name until the tape
    /// names it.
    ///
    /// # Errors
    /// The tape or the truth cannot be read, or the stream failed.
    pub fn add_tape(
        &mut self,
        tape: &Path,
        truth: &Path,
        session: SessionId,
        stream: &StreamSettings,
    ) -> Result<(), StudyError> {
        tape::Reader::open(tape)?;
        let estimates = Estimates::of(stream.job(journal::open_tape(tape), session))?;
        self.add(&estimates, &truth::read(truth)?);
        Ok(())
    }

    /// Adds a race.
    pub fn add(&mut self, estimates: &Estimates, truth: &[Truth]) {
        self.races.push(AlignedRace::of(estimates, truth));
        self.intervals.append(&mut intervals::judged(estimates, truth));
    }

    /// The figures of all races.
    ///
    /// # Errors
    /// No interval of the truth overlaps an estimate.
    pub fn evaluated(&self) -> Result<Evaluated<'_>, StudyError> {
        if self.intervals.is_empty() {
            return Err(StudyError::NoOverlap);
        }
        Ok(Evaluated {
            figures: Figures::of(&self.races),
            intervals: &self.intervals,
            summary: IntervalSummary::of(&self.intervals),
        })
    }

    /// The figures as one page of HTML that needs nothing else.
    pub fn scorecard(&self, taught: Taught) -> String {
        scorecard::page(&Figures::of(&self.races), &self.races, taught)
    }
}

impl Evaluated<'_> {
    /// All of it for people.
    pub fn text(&self) -> String {
        let intervals = intervals::table(self.intervals);
        format!("{intervals}\n{}\n{}", self.figures.text(), self.summary.text())
    }
}
