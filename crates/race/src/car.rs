//! One vehicle: samples and stops in, one fold a window out, and closed laps when they are settled.

mod arrivals;
mod counters;
mod flow;
mod fold;
mod gap;
mod lap;
mod lap_book;
mod mark;
mod parts;
mod profile;
mod rows;
mod segment;
mod sequences;
mod silence;
mod stuck;
mod sums;
mod trace;

pub use arrivals::{Arrivals, StampedBlock};
pub use counters::ClosedLap;
pub(crate) use flow::{micrograms, scaled};
pub use fold::{Burned, CarFold};
pub(crate) use lap::LAP_STEPS;
pub use parts::LapInParts;
pub use segment::{Segment, SegmentEnd};

use crate::session::RaceState;
use arrivals::Slice;
use events::{EventId, Sample, StopPhase, VehicleId};
use mark::Mark;
use rows::Rows;
use segment::Closed;
use sequences::{SequenceSets, SequenceVerdict};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, VecDeque};
use trace::Trace;
use units::{EventTime, Span};

/// How late a sample may be and still count in the totals. Source: ARCHITECTURE.md, "Event time".
pub const LATENESS_MAX: Span = Span::from_secs(5);
/// A car that is silent this long keeps its sums and nothing else.
pub const SILENCE_TTL: Span = Span::from_secs(300);

/// How far apart traces are kept: a late sample costs at most this much more work, and each trace costs a copy.
const SNAPSHOT_EVERY: Span = Span::from_ms(2_500);

/// What became of the samples of a car. Their sum is what arrived.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SampleCounts {
    /// Counted in the sums.
    pub folded: u64,
    /// Later than [`LATENESS_MAX`]: quarantined.
    pub late: u64,
    /// Here before.
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
    pub fold: Option<Box<CarFold>>,
    /// Laps that can no longer change.
    pub laps: Vec<LapInParts>,
    /// Segments that can no longer change.
    pub segments: Vec<Box<Segment>>,
    /// Samples that came too late.
    pub late: Vec<LateSample>,
}

/// The state of one vehicle. It changes only when a window closes.
///
/// What a car did is a [`Trace`]: a function of its rows and marks in order. They may still be joined by late ones for
/// [`LATENESS_MAX`], so the newest traces at window ends are kept; one that arrives among the old ones takes the car
/// back to the trace before it and applies all that follow anew. Hence totals never depend on arrival, and a lap is
/// final only once the time at which it was closed is *settled*: older than anything to come.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Car {
    vehicle: VehicleId,
    /// Everything before its time, and nothing that may still be joined.
    settled: Snapshot,
    /// Behind `settled`, at later window ends. A checkpoint leaves them out: they follow from rows and marks.
    #[serde(skip)]
    newer: VecDeque<Snapshot>,
    /// The rows that `settled` does not hold, or not in its sums.
    rows: Rows,
    /// The marks behind `settled`.
    marks: VecDeque<Mark>,
    /// `settled` with the rows that it has observed, and with the first `marked` marks.
    #[serde(skip)]
    live: Option<Trace>,
    #[serde(skip)]
    marked: usize,
    /// Laps and segments that may still change, with the time of the row or mark that closed them.
    #[serde(skip)]
    closed: VecDeque<(EventTime, Closed)>,
    /// Nothing to come is older.
    settled_to: EventTime,
    /// Silent for so long that it has nothing to say before its next sample.
    asleep: bool,
    seen: SequenceSets,
    /// Stop events that have become marks.
    stops: BTreeSet<EventId>,
    counts: SampleCounts,
}

/// A trace that holds everything before a time.
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
            rows: Rows::of(vehicle),
            marks: VecDeque::new(),
            live: None,
            marked: 0,
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
        let is_replaced = |mark: &Mark| matches!(mark, Mark::Conditions { at, .. } if *at >= from);
        if let Some(first) = self.marks.iter().find(|mark| is_replaced(mark)).map(Mark::at) {
            self.marks.retain(|mark| !is_replaced(mark));
            self.go_back(first);
        }
        for &(at, index) in race.conditions.since(from) {
            self.mark(Mark::Conditions { at: at.max(self.settled_to), index });
        }
    }

    /// A stop goes on, likewise. An event with the id of one among the recent replaces it; one that is settled stays.
    pub fn stop(&mut self, id: EventId, at: EventTime, phase: StopPhase) {
        let is_settled = !self.forget_stop(id) && !self.stops.insert(id);
        if !is_settled {
            self.stops.insert(id);
            self.mark(Mark::Stop { at: at.max(self.settled_to), id, phase });
        }
    }

    /// A stop turned out to be another car's. Whether it was among the recent, and is gone.
    pub fn forget_stop(&mut self, id: EventId) -> bool {
        let same = |mark: &Mark| matches!(mark, Mark::Stop { id: other, .. } if *other == id);
        if let Some(place) = self.marks.iter().position(same)
            && let Some(replaced) = self.marks.remove(place)
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

    /// Puts a mark among the recent ones.
    fn mark(&mut self, mark: Mark) {
        let at = mark.at();
        self.forget_snapshots(at);
        let place = self.marks.partition_point(|other| other.fold_order(&mark).is_lt());
        self.marks.insert(place, mark);
        let observed = self.live.as_ref().map_or(0, Trace::observed);
        if place < self.marked || self.rows.since(at) < observed {
            self.go_back(at);
        }
    }

    /// Puts a row among the recent ones.
    fn insert(&mut self, sample: &Sample) {
        let at = sample.event_time;
        self.forget_snapshots(at);
        let row = self.rows.insert(sample);
        let observed = self.live.as_ref().map_or(0, Trace::observed);
        if row < observed || self.is_marked_behind(at) {
            self.go_back(at);
        }
    }

    /// Whether a mark that is applied lies behind `at`.
    fn is_marked_behind(&self, at: EventTime) -> bool {
        self.marked > 0 && self.marks.get(self.marked - 1).is_some_and(|mark| mark.at() > at)
    }

    /// Forgets the traces that should hold something at `at`, which was not known when they were kept.
    fn forget_snapshots(&mut self, at: EventTime) {
        while self.newer.back().is_some_and(|snapshot| snapshot.before > at) {
            self.newer.pop_back();
        }
    }

    /// Undoes everything at or after `at`.
    fn go_back(&mut self, at: EventTime) {
        self.forget_snapshots(at);
        let newest = self.newer.back().unwrap_or(&self.settled);
        let before = newest.before;
        self.live = Some(newest.trace.clone());
        self.marked = self.marks.partition_point(|mark| mark.at() < before);
        while self.closed.back().is_some_and(|(at, _)| *at >= before) {
            self.closed.pop_back();
        }
    }

    /// Closes the window that ends at `end` with what takes effect before that, in any order, which it takes out of `arrivals`.
    pub fn fold(&mut self, end: EventTime, arrivals: &mut Arrivals, race: &RaceState) -> Folded {
        let mut folded = Folded::default();
        self.admit(end, arrivals, &mut folded);
        arrivals.drop_before(end);
        self.seen.trim();
        self.apply(race);
        self.settle(end, &mut folded);
        folded.fold = self.read(end, race);
        folded
    }

    /// Takes blocks whole where everything in them follows what is there; else row by row, in fold order: so neither arrival
    /// nor the blocks in which they came decide which of two rows counts that exclude each other.
    fn admit(&mut self, end: EventTime, arrivals: &Arrivals, folded: &mut Folded) {
        if !self.is_followed_by(arrivals.before(end)) {
            let mut samples: Vec<_> = arrivals.before(end).flat_map(|slice| slice.samples()).collect();
            // a part of a sample repeats the whole, not the whole its part
            let signals = |sample: &Sample| std::cmp::Reverse(sample.present().count_ones());
            let order = |sample: &Sample| (sample.event_time, signals(sample));
            samples.sort_by(|(a_at, a), (b_at, b)| {
                order(a).cmp(&order(b)).then_with(|| a.fold_order(b)).then(a_at.cmp(b_at))
            });
            return samples.iter().for_each(|(at, sample)| self.admit_one(*at, sample, folded));
        }
        for slice in arrivals.before(end) {
            let (block, rows) = slice.rows();
            if self.seen.insert_run(block, rows.clone()) {
                self.counts.folded += rows.len() as u64;
                self.rows.append(block, rows);
            } else {
                slice.samples().for_each(|(at, sample)| self.admit_one(at, &sample, folded));
            }
        }
    }

    /// Whether these rows lie behind everything that is known of the car, each behind the one before.
    fn is_followed_by<'a>(&self, mut arrived: impl Iterator<Item = Slice<'a>>) -> bool {
        let known = self.newer.back().map(|snapshot| snapshot.before - Span::from_us(1));
        let mut newest = self.rows.newest().max(known);
        arrived.all(|slice| {
            let Some((first, last)) = slice.times().first().zip(slice.times().last()) else { return true };
            let follows = newest < Some(*first) && !self.is_marked_behind(*first);
            newest = Some(*last);
            follows && slice.is_steady()
        })
    }

    fn admit_one(&mut self, at: EventTime, sample: &Sample, folded: &mut Folded) {
        let (seen, late_by) = (self.seen.insert(sample), at - sample.event_time);
        if seen == SequenceVerdict::Before {
            self.counts.duplicate += 1;
        } else if late_by > LATENESS_MAX {
            self.counts.late += 1;
            folded.late.push(LateSample { sample: *sample, late_by });
        } else if seen == SequenceVerdict::Unknown && self.rows.repeat(sample) {
            self.counts.duplicate += 1;
        } else {
            self.counts.folded += 1;
            self.insert(sample);
        }
    }

    /// Applies the rows and marks that are not in `live` yet.
    fn apply(&mut self, race: &RaceState) {
        if self.live.is_none() {
            self.go_back(self.settled.before);
        }
        let Car { live: Some(live), rows, marks, closed, settled_to, .. } = self else { return };
        let mut close = |at: EventTime, what| {
            // what was given out before the car was taken back behind it is not given out again
            if at >= *settled_to {
                closed.push_back((at, what));
            }
        };
        for mark in marks.range(self.marked..) {
            live.advance(rows, rows.since(mark.at()), race, &mut close);
            live.mark(mark.clone(), rows, race, &mut close);
        }
        live.advance(rows, rows.end(), race, &mut close);
        self.marked = self.marks.len();
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
        self.rows.forget_before(self.settled.trace.taken());
        while self.marks.front().is_some_and(|mark| mark.at() < self.settled.before) {
            self.marks.pop_front();
            self.marked -= 1;
        }
    }

    fn read(&mut self, end: EventTime, race: &RaceState) -> Option<Box<CarFold>> {
        let live = self.live.as_ref()?;
        let age = end - live.newest()?;
        self.asleep = age > SILENCE_TTL;
        if self.asleep {
            self.settled.trace.hibernate();
            self.newer.clear();
            self.live = None;
            return None;
        }
        Some(Box::new(CarFold::of(self.vehicle, end, live, &self.rows, race)))
    }
}
