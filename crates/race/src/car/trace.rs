//! One car's signals, in order, turned into sums as soon as each stretch of time is decided.
//!
//! A stretch is decided when throttle, engine speed and lap distance have all come at or after its end: only then
//! is it known whether a signal was in force or silent, and where the start line lay. Until then rows and marks wait.

mod steady;

use super::flow::burned_over;
use super::gap::Gap;
use super::lap::{LAP_STEPS, LapTracker};
use super::mark::Mark;
use super::rows::{RowNumber, Rows};
use super::segment::Closed;
use super::silence::{GAP_MAX, SignalTimes, Silence};
use super::stuck::Stuck;
use super::sums::Sums;
use crate::session::RaceState;
use events::{Sample, Signal};
use fuel::prior::IMPUTED_SD;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::VecDeque;
use std::ops::Range;
use steady::SteadyRow;
use units::{EventTime, FuelMicrograms, Span};

/// Relative error of burn that is imputed from mean consumption alone. Source: docs/fuel-model.md §6.
const IMPUTED_BLIND_SD: f64 = 0.20;
/// Relative error of burn over a dropout, from distance alone. Source: docs/fuel-model.md §6.
const DROPOUT_SD: f64 = 0.06;

/// Longest wait for a lap distance: the burn does not depend on it, only which side of the line it falls.
const LINE_WAIT: Span = Span::from_secs(5);

/// Sums, and the marks and rows that wait for a decision. A function of what happened alone, not of when it was known.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Trace {
    sums: Sums,
    /// The marks that wait.
    marks: VecDeque<Mark>,
    /// The rows from `taken` up to `observed` wait.
    taken: RowNumber,
    observed: RowNumber,
    gaps: VecDeque<Gap>,
    throttle: SignalTimes,
    rpm: SignalTimes,
    stuck: Stuck,
    /// Where the car was when throttle and engine speed came last.
    throttle_at_steps: Option<i64>,
    rpm_at_steps: Option<i64>,
    tracker: LapTracker,
    newest: Option<EventTime>,
}

/// What waits first.
enum Waiting {
    Mark,
    Row,
}

impl Trace {
    /// Takes the next mark in [`Mark::fold_order`], before the rows of its time; calls `closed` for each lap and segment
    /// that this closes, with the time of the mark.
    pub fn mark(
        &mut self,
        mark: Mark,
        rows: &Rows,
        race: &RaceState,
        mut closed: impl FnMut(EventTime, Closed),
    ) {
        let at = mark.at();
        self.marks.push_back(mark);
        self.decide(rows, race, &mut |what| closed(at, what));
    }

    /// Takes the rows before `to` that it has not taken yet; calls `closed` likewise, with the time of the row.
    pub fn advance(
        &mut self,
        rows: &Rows,
        to: RowNumber,
        race: &RaceState,
        mut closed: impl FnMut(EventTime, Closed),
    ) {
        let mut steady = None;
        while self.observed < to {
            let sample = rows.get(self.observed);
            let sound = self.stuck.observe(&sample);
            let before = steady.take();
            let follows = |last: SteadyRow| last.followed_by(&sample).filter(|_| sound == [true, true]);
            steady = before.or_else(|| self.steady_row()).and_then(follows);
            match &steady {
                Some(row) => self.take_steady(row, &sample, race),
                None => {
                    before.iter().for_each(|last| self.pass(last));
                    self.take_any(&sample, sound, rows, race, &mut closed);
                }
            }
        }
        if let Some(last) = steady {
            self.pass(&last);
        }
    }

    /// Takes the next row, whatever it is; `sound`: see [`Stuck::observe`].
    fn take_any(
        &mut self,
        sample: &Sample,
        sound: [bool; 2],
        rows: &Rows,
        race: &RaceState,
        closed: &mut impl FnMut(EventTime, Closed),
    ) {
        self.observe(sample, sound, race);
        self.observed += 1;
        self.decide(rows, race, &mut |what| closed(sample.event_time, what));
    }

    /// The rows that it holds, waiting or not, end before this one.
    pub fn observed(&self) -> RowNumber {
        self.observed
    }
    /// The rows before this one are in the sums.
    pub fn taken(&self) -> RowNumber {
        self.taken
    }

    fn observe(&mut self, sample: &Sample, [throttle_is_sound, rpm_is_sound]: [bool; 2], race: &RaceState) {
        let at = sample.event_time;
        self.newest = Some(at);
        let marks = &mut self.marks;
        self.tracker.observe(at, sample.steps(Signal::LapDistance), sample.steps(Signal::Lap), |crossing| {
            let place = marks.partition_point(|mark| mark.at() < crossing.at());
            marks.insert(place, Mark::Crossing(crossing));
        });
        let now_steps = self.tracker.travelled_steps();
        // a stuck signal is a silent one
        if throttle_is_sound && sample.steps(Signal::Throttle).is_some() {
            let then_steps = std::mem::replace(&mut self.throttle_at_steps, now_steps);
            if let Some(silence) = self.throttle.observe(at) {
                self.open_gap(silence, then_steps.zip(now_steps), race);
            }
        }
        if rpm_is_sound && sample.steps(Signal::Rpm).is_some() {
            let then_steps = std::mem::replace(&mut self.rpm_at_steps, now_steps);
            if let Some(silence) = self.rpm.observe(at) {
                self.open_gap(silence, then_steps.zip(now_steps), race);
            }
        }
    }

    /// Brings what waits and is decided into the sums.
    fn decide(&mut self, rows: &Rows, race: &RaceState, closed: &mut impl FnMut(Closed)) {
        let until = self.decided_until();
        while let Some((at, waiting)) = waiting(self.marks.front(), self.taken..self.observed, rows)
            && at <= until
        {
            self.bring_to(at);
            match waiting {
                Waiting::Row => {
                    self.sums.apply_sample(&rows.get(self.taken), race);
                    self.taken += 1;
                }
                Waiting::Mark => {
                    let Some(mark) = self.marks.pop_front() else { return };
                    self.sums.apply(&mark, race, &mut *closed);
                }
            }
        }
    }

    /// Brings the sums to a decided time.
    fn bring_to(&mut self, to: EventTime) {
        let from = self.sums.at;
        while self.gaps.front().is_some_and(|gap| from.is_some_and(|from| gap.to <= from)) {
            self.gaps.pop_front();
        }
        let gap = self.gaps.front().filter(|gap| from.is_some_and(|from| gap.from <= from));
        let dropout = if gap.is_none() { self.dropout() } else { None };
        self.sums.advance(to, gap.or(dropout.as_ref()));
    }

    /// Whether every signal that decides came just then, as when samples are whole.
    fn is_observed_at(&self, at: EventTime) -> bool {
        let at = Some(at);
        self.throttle.last() == at && self.rpm.last() == at && self.tracker.newest_at() == at
    }

    /// The older of the newest throttle and the newest engine speed.
    fn slowest(&self) -> Option<EventTime> {
        match (self.throttle.last(), self.rpm.last()) {
            (Some(throttle), Some(rpm)) => Some(throttle.min(rpm)),
            (throttle, rpm) => throttle.or(rpm),
        }
    }

    /// The slowest of the signals that have come at all; throttle and engine speed wait for each other for
    /// [`GAP_MAX`] at most, both wait for lap distance for [`LINE_WAIT`].
    fn decided_until(&self) -> EventTime {
        let Some(newest) = self.newest else { return EventTime::from_us(i64::MAX) };
        let slowest = self.slowest();
        let line = self
            .tracker
            .newest_at()
            .map_or(newest, |newest_distance| newest_distance.max(newest - LINE_WAIT));
        slowest.unwrap_or(newest).max(newest - GAP_MAX).min(line)
    }

    /// A signal was silent: what the car burned meanwhile is imputed, by the first of these that is known: its own
    /// lap at the same place, its own mean flow, the flow at which the silence began. After a dropout longer than
    /// [`GAP_MAX`] only the distance covered counts.
    fn open_gap(&mut self, silence: Silence, steps: Option<(i64, i64)>, race: &RaceState) {
        let from = self.gaps.back().map_or(silence.from, |gap| gap.to.max(silence.from));
        let to = silence.to;
        if from >= to {
            return; // the other signal was silent over the same stretch
        }
        let (rate_g_s, relative_sd) = if to - from > GAP_MAX {
            let burned_g =
                steps.zip(self.sums.burn_g_per_step()).map(|((a, b), g)| (b - a).max(0) as f64 * g);
            (burned_g.map(|g| g / (to - from).secs()), DROPOUT_SD)
        } else {
            self.impute(from, to, steps, race)
        };
        self.gaps.push_back(Gap { from, to, rate_g_s, relative_sd });
    }

    /// Throttle or engine speed has been silent for longer than the sums may wait, while the car still sends: it goes on
    /// at its mean burn per distance until they come back.
    fn dropout(&self) -> Option<Gap> {
        let slowest = self.slowest()?;
        if self.newest? - slowest <= GAP_MAX || self.sums.at? < self.in_force_until() {
            return None;
        }
        let by_distance = self.sums.rate_by_distance_g_s().filter(|_| !self.sums.in_force.engine_is_off());
        let (rate_g_s, relative_sd) = match by_distance {
            Some(rate_g_s) => (Some(rate_g_s), DROPOUT_SD),
            None => (self.mean_rate_g_s(), IMPUTED_BLIND_SD),
        };
        Some(Gap { from: slowest, to: EventTime::from_us(i64::MAX), rate_g_s, relative_sd })
    }

    fn impute(
        &self,
        from: EventTime,
        to: EventTime,
        steps: Option<(i64, i64)>,
        race: &RaceState,
    ) -> (Option<f64>, f64) {
        let length_m = race.conditions.get(self.sums.in_force.conditions).and_then(|c| c.track_length_m);
        let by_lap = steps.filter(|(a, b)| b > a).and_then(|(a, b)| {
            // without a track length any length serves: speeds are only compared with each other
            self.sums.profiles.impute((from, a), (to, b), length_m.unwrap_or(1_000.0), race)
        });
        match by_lap {
            Some(imputed) => (Some(imputed.rate_g_s), IMPUTED_SD),
            None => (self.mean_rate_g_s(), IMPUTED_BLIND_SD),
        }
    }

    fn mean_rate_g_s(&self) -> Option<f64> {
        if self.sums.in_force.engine_is_off() {
            return Some(0.0);
        }
        let by_lap = self.sums.track_steps().and_then(|steps| self.sums.profiles.last_lap_rate_g_s(steps));
        by_lap.filter(|_| !self.sums.stint.in_pit).or(self.sums.in_force.rate_g_s())
    }

    /// The sums with what still waits for a decision, taken as it stands: what a screen may show now.
    pub fn provisional(&self, rows: &Rows, race: &RaceState) -> Cow<'_, Sums> {
        if self.marks.is_empty() && self.taken == self.observed {
            return Cow::Borrowed(&self.sums);
        }
        let (mut sums, in_force_until) = (self.sums.to_show(), self.in_force_until());
        let (forever, rate_g_s) = (EventTime::from_us(i64::MAX), self.mean_rate_g_s());
        let silence = Gap { from: in_force_until, to: forever, rate_g_s, relative_sd: IMPUTED_BLIND_SD };
        let (mut marks, mut row) = (self.marks.iter().peekable(), self.taken);
        while let Some((at, waiting)) = waiting(marks.peek().copied(), row..self.observed, rows) {
            let from = sums.at.unwrap_or(at);
            let known = self.gaps.iter().find(|gap| gap.from <= from && from < gap.to);
            sums.advance(at, known.or((from >= in_force_until).then_some(&silence)));
            match waiting {
                Waiting::Row => {
                    sums.apply_sample(&rows.get(row), race);
                    row += 1;
                }
                Waiting::Mark => marks.next().into_iter().for_each(|mark| sums.apply(mark, race, |_| {})),
            }
        }
        Cow::Owned(sums)
    }

    /// What was burned up to `end`, provisionally: the sums, then the flow in force while it may be in force, then the mean
    /// flow for as long as a gap may last.
    pub fn burned_at(&self, sums: &Sums, end: EventTime) -> FuelMicrograms {
        let decided = sums.counters.burned;
        let (Some(at), Some(rate_g_s)) = (sums.at, sums.in_force.rate_g_s()) else { return decided };
        let in_force_until = self.in_force_until().max(at).min(end);
        let gap_until = end.min(at + GAP_MAX).max(in_force_until);
        let mean_g_s = self.mean_rate_g_s().unwrap_or(rate_g_s);
        decided
            + burned_over(rate_g_s, in_force_until - at)
            + burned_over(mean_g_s, gap_until - in_force_until)
    }

    /// Until when the newest throttle and engine speed may stay in force.
    fn in_force_until(&self) -> EventTime {
        let until = |signal: &SignalTimes| signal.last().map(|at| at + signal.limit());
        until(&self.throttle)
            .into_iter()
            .chain(until(&self.rpm))
            .min()
            .unwrap_or(EventTime::from_us(i64::MIN))
    }

    /// The decided sums.
    pub fn sums(&self) -> &Sums {
        &self.sums
    }
    /// The lap that is open, by the newest sample.
    pub fn lap_number(&self) -> Option<i32> {
        self.tracker.number()
    }
    /// Distance on the track by the newest sample, in steps; a lap has 1 000 000.
    pub fn track_steps(&self) -> Option<i64> {
        self.tracker.travelled_steps()
    }
    /// Part of the open lap behind the car, by the newest sample.
    pub fn lap_distance(&self) -> Option<f64> {
        self.track_steps().map(|steps| steps.rem_euclid(LAP_STEPS) as f64 / LAP_STEPS as f64)
    }
    /// The time of the newest sample.
    pub fn newest(&self) -> Option<EventTime> {
        self.newest
    }
    /// How long throttle and engine speed have been silent at `end`; `None` if it never came.
    pub fn silences(&self, end: EventTime) -> [Option<Span>; 2] {
        [&self.throttle, &self.rpm].map(|signal| signal.last().map(|at| end - at))
    }
    /// Lets go of what only a running car needs.
    pub fn hibernate(&mut self) {
        self.marks.clear();
        self.taken = self.observed;
        self.gaps.clear();
        self.sums.forget_laps();
    }
}

/// What waits first, and its time: a mark before the rows of its time.
fn waiting(mark: Option<&Mark>, waiting: Range<RowNumber>, rows: &Rows) -> Option<(EventTime, Waiting)> {
    let row = waiting.into_iter().next().map(|row| rows.time(row));
    match (mark.map(Mark::at), row) {
        (Some(mark), row) if row.is_none_or(|row| mark <= row) => Some((mark, Waiting::Mark)),
        (_, Some(row)) => Some((row, Waiting::Row)),
        _ => None,
    }
}
