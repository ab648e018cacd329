//! A log, read in order and stamped with when it takes effect, with the place to which a checkpoint must return.

use crate::clock::PartitionClock;
use crate::fingerprint::{Fingerprint, OtherLog};
use crate::grid::{Grid, WindowNumber};
use events::{Arrival, Arrived, Entry, EntryBlock, RaceEvent, Record, SampleBlock};
use journal::{Log, LogError, Next, OpenLog};
use race::{LATENESS_MAX, StampedBlock};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use units::{EventTime, IngestTime};

/// What a source has read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceCounts {
    /// Entries in all.
    pub journaled: u64,
    /// Race events among them.
    pub events: u64,
    /// Ticks among them.
    pub ticks: u64,
}

/// Where a source stood just before an entry: what a checkpoint keeps of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogPlace {
    offset: u64,
    clock: PartitionClock,
    counts: SourceCounts,
    newest: Option<EventTime>,
    fingerprint: Fingerprint,
}

impl LogPlace {
    /// Whether this was a place in `log`.
    ///
    /// # Errors
    /// The log cannot be read.
    pub fn check(&self, log: &OpenLog) -> Result<Result<(), OtherLog>, LogError> {
        self.fingerprint.check(log, self.offset)
    }
}

/// What goes into the graph.
#[derive(Clone, Debug)]
pub enum Stamped {
    /// To the worker that keeps the vehicle.
    Samples(StampedBlock),
    /// To all of them, with the time at which it takes effect.
    Event(EventTime, Box<RaceEvent>),
}

/// What passes the source, in order of arrival.
#[derive(Clone, Copy, Debug)]
pub enum Passing<'a> {
    /// A row of a block.
    Sample(&'a SampleBlock, usize),
    /// A race event.
    Event(&'a RaceEvent),
}

/// Reads one partition.
pub struct LogSource {
    log: Box<dyn Log>,
    /// Race events that take effect before this time are in the checkpoint already.
    from: WindowNumber,
    from_time: EventTime,
    way: Way,
    block: EntryBlock,
    /// How many entries of the block have passed.
    passed: usize,
    vehicles: Vec<Passed>,
    events: std::vec::IntoIter<RaceEvent>,
}

/// How far the log has been read, and the places on the way to which checkpoints return.
struct Way {
    grid: Grid,
    /// The end of the newest window that a record has reached.
    reached_to: EventTime,
    place: LogPlace,
    /// `(before, reached, place)`: the first entry to reach past window `before` stood at `place`.
    firsts: VecDeque<(WindowNumber, WindowNumber, LogPlace)>,
}

/// How far the rows of one vehicle of the block have come.
struct Passed {
    block: SampleBlock,
    /// Rows before it are in the graph.
    sent: usize,
    /// Rows before it have passed.
    rows: usize,
    /// Those between that take effect later than they happened, counted from `sent`.
    late: Vec<(usize, EventTime)>,
}

impl Passed {
    fn new(block: SampleBlock) -> Self {
        Passed { block, sent: 0, rows: 0, late: Vec::new() }
    }

    fn pass(&mut self, at: EventTime) {
        if at > self.block.times()[self.rows] {
            self.late.push((self.rows - self.sent, at));
        }
        self.rows += 1;
    }

    /// Takes out what has passed and is not in the graph: the block itself where that is all of it.
    fn take(&mut self) -> Option<StampedBlock> {
        if self.sent == self.rows {
            return None;
        }
        let mut block = SampleBlock::new(self.block.vehicle());
        if self.sent == 0 && self.rows == self.block.len() {
            std::mem::swap(&mut block, &mut self.block);
            (self.sent, self.rows) = (0, 0);
        } else {
            block.append(&self.block, self.sent..self.rows);
            self.sent = self.rows;
        }
        Some(StampedBlock::new(block, std::mem::take(&mut self.late)))
    }
}

impl LogSource {
    /// At the start of a log, or where a checkpoint left it.
    ///
    /// # Errors
    /// The log cannot be read there.
    pub fn open(
        mut log: Box<dyn Log>,
        grid: Grid,
        resume: Option<(WindowNumber, LogPlace)>,
    ) -> Result<LogSource, LogError> {
        let (from, place) = resume.unwrap_or_default();
        if place.offset > 0 {
            log.seek(place.offset)?;
        }
        let reached_to =
            place.newest.map_or(EventTime::from_us(i64::MIN), |newest| grid.end(grid.window(newest)));
        Ok(LogSource {
            log,
            from,
            from_time: if from == 0 { EventTime::from_us(i64::MIN) } else { grid.start(from) },
            way: Way { grid, reached_to, place, firsts: VecDeque::new() },
            block: EntryBlock::default(),
            passed: 0,
            vehicles: Vec::new(),
            events: Vec::new().into_iter(),
        })
    }

    /// Lets the next entries pass and hands them over; where a window is given, only until the watermark has left that.
    /// `passing` sees each in order of arrival, with how far event time has come with it.
    ///
    /// # Errors
    /// The log cannot be read on.
    pub fn feed(
        &mut self,
        within: Option<WindowNumber>,
        mut passing: impl FnMut(Passing<'_>, EventTime),
        mut out: impl FnMut(Stamped),
    ) -> Result<Next, LogError> {
        if self.passed == self.block.len() {
            let next = self.log.next(&mut self.block)?;
            if next != Next::Entries {
                self.block.clear();
                self.passed = 0;
                return Ok(next);
            }
            let (vehicles, events) = self.block.take_records();
            self.vehicles = vehicles.into_iter().map(Passed::new).collect();
            (self.passed, self.events) = (0, events.into_iter());
        }
        let end = within.map(|window| self.way.grid.end(window));
        while let Some(arrival) = self.block.arrivals().get(self.passed).copied() {
            self.passed += 1;
            self.pass(arrival, &mut passing, &mut out);
            if end.is_some() && self.way.place.clock.watermark() >= end {
                break;
            }
        }
        self.vehicles.iter_mut().filter_map(Passed::take).map(Stamped::Samples).for_each(out);
        Ok(Next::Entries)
    }

    fn pass(
        &mut self,
        Arrival { ingest_time, what }: Arrival,
        passing: &mut impl FnMut(Passing<'_>, EventTime),
        out: &mut impl FnMut(Stamped),
    ) {
        match what {
            Arrived::Sample(number) => {
                let Some(vehicle) = self.vehicles.get_mut(number as usize) else { return };
                let (block, row) = (&vehicle.block, vehicle.rows);
                let entry = || Entry { ingest_time, record: Record::Sample(block.get(row)) };
                let Some(at) = self.way.stamp(Some(block.times()[row]), ingest_time, entry) else { return };
                if let Some(reached) = self.way.place.clock.reached().filter(|_| at >= self.from_time) {
                    passing(Passing::Sample(block, row), reached);
                }
                vehicle.pass(at);
            }
            Arrived::Event => {
                let Some(event) = self.events.next() else { return };
                let entry = || Entry { ingest_time, record: Record::Event(Box::new(event.clone())) };
                let at = self.way.stamp(Some(event.event_time), ingest_time, entry);
                let at = at.filter(|at| *at >= self.from_time);
                self.way.place.counts.events += 1;
                if let Some((at, reached)) = at.zip(self.way.place.clock.reached()) {
                    passing(Passing::Event(&event), reached);
                    out(Stamped::Event(at, Box::new(event)));
                }
            }
            Arrived::Tick => {
                self.way.stamp(None, ingest_time, || Entry { ingest_time, record: Record::Tick });
                self.way.place.counts.ticks += 1;
            }
        }
    }

    /// The window that the watermark has reached, which a checkpoint does not move.
    pub fn window(&self) -> WindowNumber {
        self.way.place.clock.watermark().map_or(0, |watermark| self.way.grid.window(watermark))
    }

    /// Every window below is complete.
    pub fn frontier(&self) -> WindowNumber {
        self.window().max(self.from)
    }

    /// The frontier of a log that has ended: far enough behind its last record for every lap to be settled.
    pub fn last_frontier(&self) -> WindowNumber {
        self.way.place.newest.map_or(0, |newest| self.way.grid.window(newest + LATENESS_MAX) + 1)
    }

    /// The first entry that takes effect in or behind window `boundary`: where a run from there must begin to read.
    pub fn place_before(&mut self, boundary: WindowNumber) -> LogPlace {
        self.way.place_before(boundary)
    }

    /// What it has read.
    pub fn counts(&self) -> SourceCounts {
        self.way.place.counts
    }
}

impl Way {
    /// When an entry takes effect; `None` for a tick.
    fn stamp(
        &mut self,
        event_time: Option<EventTime>,
        ingest_time: Option<IngestTime>,
        entry: impl Fn() -> Entry,
    ) -> Option<EventTime> {
        let clock = self.place.clock;
        let takes_effect = self.place.clock.take(event_time, ingest_time);
        if let Some(at) = takes_effect {
            if at >= self.reached_to {
                self.reach(at, LogPlace { clock, ..self.place }, &entry);
            }
            self.place.newest = self.place.newest.max(Some(at));
        }
        self.place.fingerprint.pass(self.place.offset, entry);
        self.place.offset += 1;
        self.place.counts.journaled += 1;
        takes_effect
    }

    fn reach(&mut self, at: EventTime, before: LogPlace, entry: impl Fn() -> Entry) {
        let was = before.newest.map_or(0, |at| self.grid.window(at));
        let now = self.grid.window(at);
        // nobody takes them off without checkpoints
        if self.grid.has_barriers() {
            let fingerprint = before.fingerprint.before(&entry());
            self.firsts.push_back((was, now, LogPlace { fingerprint, ..before }));
        }
        self.reached_to = self.grid.end(now);
    }

    fn place_before(&mut self, boundary: WindowNumber) -> LogPlace {
        while self.firsts.front().is_some_and(|(_, reached, _)| *reached < boundary) {
            self.firsts.pop_front();
        }
        self.firsts.front().filter(|(was, _, _)| *was < boundary).map_or(self.place, |(_, _, place)| *place)
    }
}
