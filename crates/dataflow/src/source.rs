//! A log, read in order and stamped with when it takes effect, with the place to which a checkpoint must return.

use crate::clock::PartitionClock;
use crate::grid::{Grid, WindowNumber};
use events::{Entry, RaceEvent, Record};
use journal::{Log, LogError, Next};
use race::{LATENESS_MAX, Stamped};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use units::EventTime;

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
}

/// An entry on its way into the graph.
#[derive(Clone, Debug, PartialEq)]
pub enum StampedEntry {
    /// To the worker that keeps the vehicle.
    Sample(Stamped),
    /// To all of them, with the time at which it takes effect.
    Event(EventTime, Box<RaceEvent>),
}

/// Reads one partition.
pub struct LogSource {
    log: Box<dyn Log>,
    grid: Grid,
    /// Records that take effect before this window, and this time, are in the checkpoint already.
    from: WindowNumber,
    from_time: EventTime,
    /// The end of the newest window that a record has reached.
    reached_to: EventTime,
    place: LogPlace,
    /// `(before, reached, place)`: the first entry to reach past window `before` stood at `place`.
    firsts: VecDeque<(WindowNumber, WindowNumber, LogPlace)>,
    entries: std::vec::IntoIter<Entry>,
    block: Vec<Entry>,
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
        let (firsts, entries, block) = (VecDeque::new(), Vec::new().into_iter(), Vec::new());
        let reached_to =
            place.newest.map_or(EventTime::from_us(i64::MIN), |newest| grid.end(grid.window(newest)));
        let from_time = if from == 0 { EventTime::from_us(i64::MIN) } else { grid.start(from) };
        Ok(LogSource { log, grid, from, from_time, reached_to, place, firsts, entries, block })
    }

    /// Hands over up to `most` entries, each with how far event time has come with it; where a window is given, only
    /// until the watermark has left that.
    ///
    /// # Errors
    /// The log cannot be read on.
    pub fn feed(
        &mut self,
        most: usize,
        within: Option<WindowNumber>,
        mut out: impl FnMut(StampedEntry, EventTime),
    ) -> Result<Next, LogError> {
        if self.entries.len() == 0 {
            let mut block = std::mem::take(&mut self.block);
            match self.log.next(&mut block)? {
                Next::Entries => self.entries = block.into_iter(),
                nothing => return Ok(nothing),
            }
        }
        let end = within.map(|window| self.grid.end(window));
        for _ in 0..most {
            let Some(entry) = self.entries.next() else { break };
            if let Some(stamped) = self.stamp(entry)
                && let Some(reached) = self.place.clock.reached()
            {
                out(stamped, reached);
            }
            if end.is_some_and(|end| self.place.clock.watermark() >= Some(end)) {
                break;
            }
        }
        Ok(Next::Entries)
    }

    fn stamp(&mut self, entry: Entry) -> Option<StampedEntry> {
        let before = self.place;
        let takes_effect = self.place.clock.take(&entry);
        self.place.offset += 1;
        self.place.counts.journaled += 1;
        match entry.record {
            Record::Tick => self.place.counts.ticks += 1,
            Record::Event(_) => self.place.counts.events += 1,
            Record::Sample(_) => {}
        }
        let at = takes_effect?;
        self.reach(at, before);
        if at < self.from_time {
            return None;
        }
        Some(match entry.record {
            Record::Sample(sample) => StampedEntry::Sample(Stamped { at, sample }),
            Record::Event(event) => StampedEntry::Event(at, event),
            Record::Tick => return None,
        })
    }

    fn reach(&mut self, at: EventTime, before: LogPlace) {
        self.place.newest = self.place.newest.max(Some(at));
        if at < self.reached_to {
            return;
        }
        let was = before.newest.map_or(0, |at| self.grid.window(at));
        let now = self.grid.window(at);
        // nobody takes them off without checkpoints
        if self.grid.has_barriers() {
            self.firsts.push_back((was, now, before));
        }
        self.reached_to = self.grid.end(now);
    }

    /// The window that the watermark has reached, which a checkpoint does not move.
    pub fn window(&self) -> WindowNumber {
        self.place.clock.watermark().map_or(0, |watermark| self.grid.window(watermark))
    }

    /// Every window below is complete.
    pub fn frontier(&self) -> WindowNumber {
        self.window().max(self.from)
    }

    /// The frontier of a log that has ended: far enough behind its last record for every lap to be settled.
    pub fn last_frontier(&self) -> WindowNumber {
        self.place.newest.map_or(0, |newest| self.grid.window(newest + LATENESS_MAX) + 1)
    }

    /// The window of the first record, while nothing has been checkpointed; the greatest number without checkpoints.
    pub fn first_window(&self) -> WindowNumber {
        self.firsts.front().map_or(WindowNumber::MAX, |(_, reached, _)| *reached)
    }

    /// The first entry that takes effect in or behind window `boundary`: where a run from there must begin to read.
    pub fn place_before(&mut self, boundary: WindowNumber) -> LogPlace {
        while self.firsts.front().is_some_and(|(_, reached, _)| *reached < boundary) {
            self.firsts.pop_front();
        }
        self.firsts.front().filter(|(was, _, _)| *was < boundary).map_or(self.place, |(_, _, place)| *place)
    }

    /// What it has read.
    pub fn counts(&self) -> SourceCounts {
        self.place.counts
    }
}
