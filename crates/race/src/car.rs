//! One vehicle: samples and stops in, one fold a window out, and closed laps when they are settled.

mod counters;
mod flow;
mod fold;
mod gap;
mod in_force;
mod lap;
mod lap_book;
mod parts;
mod profile;
mod segment;
mod sequences;
mod silence;
mod step;
mod stuck;
mod sums;
mod trace;

pub use counters::ClosedLap;
pub(crate) use flow::{micrograms, scaled};
pub use fold::{Burned, CarFold};
pub(crate) use lap::LAP_STEPS;
pub use parts::LapInParts;
pub use segment::{Segment, SegmentEnd};

use crate::session::RaceState;
use events::{EventId, Sample, StopPhase, VehicleId};
use segment::Closed;
use sequences::{SequenceSets, SequenceVerdict};
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::collections::{BTreeSet, VecDeque};
use step::CarStep;
use trace::Trace;
use units::{EventTime, Span};

/// How late a sample may be and still count in the totals. Source: ARCHITECTURE.md, "Event time".
pub const LATENESS_MAX: Span = Span::from_secs(5);
/// A car that is silent this long keeps its sums and nothing else.
pub const SILENCE_TTL: Span = Span::from_secs(300);

/// How far apart traces are kept: a late sample costs at most this much more work, and each trace costs a copy.
const SNAPSHOT_EVERY: Span = Span::from_ms(2_500);

/// A sample with the time at which it takes effect: its event time, or the watermark if that has passed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamped {
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
    /// SequenceVerdict before.
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
    pub laps: Vec<LapInParts>,
    /// Segments that can no longer change.
    pub segments: Vec<Box<Segment>>,
    /// Samples that came too late.
    pub late: Vec<LateSample>,
}

/// The state of one vehicle. It changes only when a window closes.
///
/// What a car did is a [`Trace`]: a function of its steps in order. Steps may still be joined by late ones for
/// [`LATENESS_MAX`], so the newest traces at window ends are kept; a step that arrives among the old ones takes the car
/// back to the trace before it and applies all that follow anew. Hence totals never depend on arrival, and a lap is
/// final only once the time at which it was closed is *settled*: older than any step to come.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Car {
    vehicle: VehicleId,
    /// All steps before its time, and none that may still be joined.
    settled: Snapshot,
    /// Behind `settled`, at later window ends. A checkpoint leaves them out: they follow from the steps.
    #[serde(skip)]
    newer: VecDeque<Snapshot>,
    /// The steps behind `settled`.
    recent: VecDeque<CarStep>,
    /// `settled` with the first `applied` of the recent steps.
    #[serde(skip)]
    live: Option<Trace>,
    #[serde(skip)]
    applied: usize,
    /// Laps and segments that may still change, with the time of the step that closed them.
    #[serde(skip)]
    closed: VecDeque<(EventTime, Closed)>,
    /// No step to come is older.
    settled_to: EventTime,
    /// Silent for so long that it has nothing to say before its next sample.
    asleep: bool,
    seen: SequenceSets,
    /// Stop events that have become steps.
    stops: BTreeSet<EventId>,
    counts: SampleCounts,
}

/// A trace that holds all steps before a time.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Snapshot {
    before: EventTime,
    trace: Trace,
}

impl Car {
    /// A car that has not sent anything yet, in a race as `race` knows it so far.
    pub fn new(vehicle: VehicleId, race: &RaceState) -> Self {
        let long_ago = EventTime::from_us(i64::MIN);
        let mut car = Car {
            vehicle,
            settled: Snapshot { before: long_ago, trace: Trace::default() },
            newer: VecDeque::new(),
            recent: VecDeque::new(),
            live: None,
            applied: 0,
            closed: VecDeque::new(),
            settled_to: long_ago,
            asleep: true,
            seen: SequenceSets::default(),
            stops: BTreeSet::new(),
            counts: SampleCounts::default(),
        };
        car.conditions(long_ago, race);
        for (id, at, phase) in race.stops.events(vehicle) {
            car.stop(id, at, phase);
        }
        car
    }

    /// What became of its samples.
    pub fn counts(&self) -> SampleCounts {
        self.counts
    }

    /// Whether it has nothing to say before its next sample.
    pub fn is_asleep(&self) -> bool {
        self.asleep
    }

    /// The session's conditions have changed from `from` on, or from the settled edge if that has passed it.
    pub fn conditions(&mut self, from: EventTime, race: &RaceState) {
        let is_replaced = |step: &CarStep| matches!(step, CarStep::Conditions { at, .. } if *at >= from);
        if let Some(first) = self.recent.iter().find(|step| is_replaced(step)).map(CarStep::at) {
            self.recent.retain(|step| !is_replaced(step));
            self.go_back(first);
        }
        for &(at, index) in race.conditions.since(from) {
            self.insert(CarStep::Conditions { at: at.max(self.settled_to), index });
        }
    }

    /// A stop goes on, likewise. An event with the id of one among the recent replaces it; one that is settled stays.
    pub fn stop(&mut self, id: EventId, at: EventTime, phase: StopPhase) {
        let is_settled = !self.forget_stop(id) && !self.stops.insert(id);
        if !is_settled {
            self.stops.insert(id);
            self.insert(CarStep::Stop { at: at.max(self.settled_to), id, phase });
        }
    }

    /// A stop turned out to be another car's. Whether it was among the recent, and is gone.
    pub fn forget_stop(&mut self, id: EventId) -> bool {
        let same = |step: &CarStep| matches!(step, CarStep::Stop { id: other, .. } if *other == id);
        if let Some(place) = self.recent.iter().position(same)
            && let Some(replaced) = self.recent.remove(place)
        {
            self.go_back(replaced.at());
            return self.stops.remove(&id);
        }
        false
    }

    /// Flags have changed from `at` on.
    pub fn flags(&mut self, at: EventTime) {
        self.go_back(at);
    }

    /// Puts a step among the recent ones.
    fn insert(&mut self, step: CarStep) {
        // a trace that was kept before this step was known does not hold it, even where it is the newest
        while self.newer.back().is_some_and(|snapshot| snapshot.before > step.at()) {
            self.newer.pop_back();
        }
        let is_newest = self.recent.back().is_none_or(|back| back.fold_order(&step) == Ordering::Less);
        if is_newest {
            self.recent.push_back(step);
            return;
        }
        // from the end: what arrives out of order is seldom far from its place
        let after =
            self.recent.iter().rev().take_while(|other| other.fold_order(&step) == Ordering::Greater).count();
        let place = self.recent.len() - after;
        let at = step.at();
        self.recent.insert(place, step);
        if place < self.applied {
            self.go_back(at);
        }
    }

    /// Undoes every step at or after `at`.
    fn go_back(&mut self, at: EventTime) {
        while self.newer.back().is_some_and(|snapshot| snapshot.before > at) {
            self.newer.pop_back();
        }
        let newest = self.newer.back().unwrap_or(&self.settled);
        let before = newest.before;
        self.live = Some(newest.trace.clone());
        self.applied = self.recent.partition_point(|step| step.at() < before);
        while self.closed.back().is_some_and(|(at, _)| *at >= before) {
            self.closed.pop_back();
        }
    }

    /// Closes the window that ends at `end` with the samples that took effect in it, in any order.
    pub fn fold(&mut self, end: EventTime, batch: &[Stamped], race: &RaceState) -> Folded {
        let mut folded = Folded::default();
        for &Stamped { at, sample } in batch {
            match self.admit(at, sample) {
                Admitted::Folded => self.counts.folded += 1,
                Admitted::Duplicate => self.counts.duplicate += 1,
                Admitted::Late(late_by) => {
                    self.counts.late += 1;
                    folded.late.push(LateSample { sample, late_by });
                }
            }
        }
        self.seen.trim();
        self.apply(race);
        self.settle(end, &mut folded);
        folded.fold = self.read(end, race);
        folded
    }

    fn admit(&mut self, at: EventTime, sample: Sample) -> Admitted {
        let seen = self.seen.insert(&sample);
        if seen == SequenceVerdict::Before {
            return Admitted::Duplicate;
        }
        let late_by = at - sample.event_time;
        if late_by > LATENESS_MAX {
            return Admitted::Late(late_by);
        }
        if seen == SequenceVerdict::Unknown && self.is_repeated(&sample) {
            return Admitted::Duplicate;
        }
        self.insert(CarStep::Sample(sample));
        Admitted::Folded
    }

    /// Whether each signal of a sample is already among the recent ones with the same time and value.
    fn is_repeated(&self, sample: &Sample) -> bool {
        let at = sample.event_time;
        if self.recent.back().is_none_or(|back| back.at() < at) {
            return false;
        }
        let first = self.recent.partition_point(|step| step.at() < at);
        let same_time = || {
            self.recent.range(first..).take_while(|step| step.at() == at).filter_map(|step| match step {
                CarStep::Sample(other) => Some(other),
                _ => None,
            })
        };
        sample.signals().all(|(signal, steps)| same_time().any(|other| other.steps(signal) == Some(steps)))
    }

    /// Applies the recent steps that are not in `live` yet.
    fn apply(&mut self, race: &RaceState) {
        if self.live.is_none() {
            self.go_back(self.settled.before);
        }
        let Some(live) = &mut self.live else { return };
        for step in self.recent.range(self.applied..) {
            let (at, settled_to, closed) = (step.at(), self.settled_to, &mut self.closed);
            live.push(step, race, |what| {
                // what was given out before the car was taken back behind it is not given out again
                if at >= settled_to {
                    closed.push_back((at, what));
                }
            });
        }
        self.applied = self.recent.len();
    }

    /// Moves the settled edge up to `end` less [`LATENESS_MAX`] and gives out what this makes final.
    fn settle(&mut self, end: EventTime, folded: &mut Folded) {
        let newest = self.newer.back().unwrap_or(&self.settled).before;
        if let Some(live) = self.live.as_ref().filter(|_| end - newest >= SNAPSHOT_EVERY) {
            self.newer.push_back(Snapshot { before: end, trace: live.clone() });
        }
        self.settled_to = self.settled_to.max(end - LATENESS_MAX);
        while self.closed.front().is_some_and(|(at, _)| *at < self.settled_to) {
            match self.closed.pop_front() {
                Some((_, Closed::Lap(lap))) => folded.laps.push(*lap),
                Some((_, Closed::Segment(segment))) => folded.segments.push(segment),
                None => {}
            }
        }
        while self.newer.front().is_some_and(|snapshot| snapshot.before <= self.settled_to) {
            if let Some(snapshot) = self.newer.pop_front() {
                self.settled = snapshot;
            }
        }
        while self.recent.front().is_some_and(|step| step.at() < self.settled.before) {
            self.recent.pop_front();
            self.applied -= 1;
        }
    }

    fn read(&mut self, end: EventTime, race: &RaceState) -> Option<CarFold> {
        let live = self.live.as_ref()?;
        let age = end - live.newest()?;
        self.asleep = age > SILENCE_TTL;
        if self.asleep {
            self.settled.trace.hibernate();
            self.newer.clear();
            self.live = None;
            return None;
        }
        Some(CarFold::of(self.vehicle, end, live, race))
    }
}

enum Admitted {
    Folded,
    Duplicate,
    Late(Span),
}
