//! One vehicle: samples and stops in, one fold a window out, and closed laps when they are settled.

use crate::fold::CarFold;
use crate::sequences::SequenceSets;
use crate::state::RaceState;
use crate::step::Step;
use crate::sums::ClosedLap;
use crate::trace::Trace;
use events::{EventId, Sample, StopPhase, VehicleId};
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::collections::VecDeque;
use units::{EventTime, Span};

/// How late a sample may be and still count in the totals. Source: ARCHITECTURE.md, "Event time".
pub const LATENESS_MAX: Span = Span::from_secs(5);
/// A car that is silent this long keeps its sums and nothing else.
pub const SILENCE_TTL: Span = Span::from_secs(300);

/// A sample with the time at which it takes effect: its event time, or the watermark if that has passed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effective {
    /// When it takes effect.
    pub at: EventTime,
    /// The sample.
    pub sample: Sample,
}

/// What became of the samples of a car. Their sum is what arrived.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SampleCounts {
    /// Counted in the sums.
    pub folded: u64,
    /// Later than [`LATENESS_MAX`]: quarantined.
    pub late: u64,
    /// Seen before.
    pub duplicate: u64,
}

impl std::ops::AddAssign for SampleCounts {
    fn add_assign(&mut self, other: Self) {
        self.folded += other.folded;
        self.late += other.late;
        self.duplicate += other.duplicate;
    }
}

/// A sample that came too late to count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LateSample {
    /// The sample.
    pub sample: Sample,
    /// By how much, behind the watermark.
    pub late_by: Span,
}

/// What one window of one car gives.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Folded {
    /// The car at the window's end; `None` while it is silent for good.
    pub fold: Option<CarFold>,
    /// Laps that can no longer change.
    pub laps: Vec<ClosedLap>,
    /// Samples that came too late.
    pub late: Vec<LateSample>,
}

/// The state of one vehicle. It changes only when a window closes.
///
/// Sums are *settled* up to the window's end less [`LATENESS_MAX`]; what follows is *recent* and may still be joined by
/// late samples. `live` is `settled` with the recent steps applied: brought forward when steps arrive in order, and
/// made anew from `settled` when one arrives among the recent.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Car {
    vehicle: VehicleId,
    settled: Trace,
    settled_to: EventTime,
    recent: VecDeque<Step>,
    #[serde(skip)]
    live: Option<Trace>,
    /// Silent for so long that it has nothing to say before its next sample.
    asleep: bool,
    seen: SequenceSets,
    counts: SampleCounts,
}

impl Car {
    /// A car of which nothing has been heard, in a race that has told `race` so far.
    pub fn new(vehicle: VehicleId, race: &RaceState) -> Self {
        let mut car = Car {
            vehicle,
            settled: Trace::default(),
            settled_to: EventTime::from_us(i64::MIN),
            recent: VecDeque::new(),
            live: None,
            asleep: true,
            seen: SequenceSets::default(),
            counts: SampleCounts::default(),
        };
        for (at, index) in race.conditions_from() {
            car.change(Step::Conditions { at, index });
        }
        for (id, at, phase) in race.stops(vehicle) {
            car.stop(id, at, phase);
        }
        car
    }

    /// What became of its samples.
    pub fn counts(&self) -> SampleCounts {
        self.counts
    }

    /// The session's conditions change.
    pub fn conditions(&mut self, at: EventTime, index: usize) {
        self.change(Step::Conditions { at, index });
    }

    /// A stop goes on. An event with an id already among the recent replaces it.
    pub fn stop(&mut self, id: EventId, at: EventTime, phase: StopPhase) {
        self.recent.retain(|step| !matches!(step, Step::Stop { id: other, .. } if *other == id));
        self.change(Step::Stop { at, id, phase });
    }

    /// Flags have changed from `at` on.
    pub fn flags(&mut self, at: EventTime) {
        if self.live.as_ref().is_some_and(|live| live.sums().at().is_some_and(|live_at| live_at >= at)) {
            self.live = None;
        }
    }

    /// A race event acts at its own time, or from the settled edge if that has passed it.
    fn change(&mut self, mut step: Step) {
        let settled_to = self.settled_to;
        match &mut step {
            Step::Conditions { at, .. } | Step::Stop { at, .. } => *at = (*at).max(settled_to),
            Step::Crossing(_) | Step::Sample(_) => {}
        }
        let place = self.recent.partition_point(|other| other.fold_order(&step) != Ordering::Greater);
        self.recent.insert(place, step);
        self.live = None;
    }

    /// Closes the window that ends at `end` with the samples that took effect in it, in any order.
    pub fn fold(&mut self, end: EventTime, mut batch: Vec<Effective>, race: &RaceState) -> Folded {
        let mut folded = Folded::default();
        batch.sort_unstable_by(|a, b| a.sample.fold_order(&b.sample));
        let known = self.recent.len();
        let mut in_order = true;
        for Effective { at, sample } in batch {
            match self.admit(at, sample) {
                Admitted::At(place) => in_order &= place >= known,
                Admitted::Duplicate => self.counts.duplicate += 1,
                Admitted::Late(late_by) => {
                    self.counts.late += 1;
                    folded.late.push(LateSample { sample, late_by });
                }
            }
        }
        self.bring_live(if in_order { known } else { 0 }, in_order, race);
        self.settle(end, race, &mut folded.laps);
        folded.fold = self.read(end, race);
        folded
    }

    fn admit(&mut self, at: EventTime, sample: Sample) -> Admitted {
        if !self.seen.insert(&sample) {
            return Admitted::Duplicate;
        }
        let late_by = at - sample.event_time;
        if late_by > LATENESS_MAX {
            return Admitted::Late(late_by);
        }
        let step = Step::Sample(sample);
        let newest = self.recent.back().is_none_or(|back| back.fold_order(&step) == Ordering::Less);
        let place = if newest {
            self.recent.len()
        } else {
            self.recent.partition_point(|other| other.fold_order(&step) == Ordering::Less)
        };
        if !newest && sample.sequence.is_none() && self.is_told(&sample) {
            return Admitted::Duplicate;
        }
        self.recent.insert(place, step);
        self.counts.folded += 1;
        Admitted::At(place)
    }

    /// Whether each signal of a sample without a sequence is already among the recent with the same time and value.
    fn is_told(&self, sample: &Sample) -> bool {
        let at = sample.event_time;
        let first = self.recent.partition_point(|step| step.at() < at);
        let same_time = || {
            self.recent.range(first..).take_while(|step| step.at() == at).filter_map(|step| match step {
                Step::Sample(other) => Some(other),
                _ => None,
            })
        };
        sample
            .signals()
            .all(|(signal, steps)| same_time().any(|other| other.steps(signal) == Some(steps)))
    }

    /// Applies the recent steps from `first` on to `live`, or all of them to a copy of `settled`.
    fn bring_live(&mut self, first: usize, in_order: bool, race: &RaceState) {
        let (mut live, first) = match self.live.take() {
            Some(live) if in_order => (live, first),
            _ => (self.settled.clone(), 0),
        };
        for step in self.recent.range(first..) {
            live.push(step, race, |_| {});
        }
        self.live = Some(live);
    }

    fn settle(&mut self, end: EventTime, race: &RaceState, laps: &mut Vec<ClosedLap>) {
        self.settled_to = self.settled_to.max(end - LATENESS_MAX);
        while self.recent.front().is_some_and(|step| step.at() < self.settled_to) {
            if let Some(step) = self.recent.pop_front() {
                self.settled.push(&step, race, |lap| laps.push(lap));
            }
        }
    }

    fn read(&mut self, end: EventTime, race: &RaceState) -> Option<CarFold> {
        let live = self.live.as_ref()?;
        let age = end - live.newest()?;
        if age > SILENCE_TTL {
            self.settled.hibernate();
            self.live = None;
            self.asleep = true;
            return None;
        }
        self.asleep = false;
        Some(CarFold::of(self.vehicle, end, live, race))
    }

    /// Whether it has nothing to say before its next sample.
    pub fn is_asleep(&self) -> bool {
        self.asleep
    }
}

enum Admitted {
    At(usize),
    Duplicate,
    Late(Span),
}
