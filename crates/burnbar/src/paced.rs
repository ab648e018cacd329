//! Logs that are held back to race speed: one that is read, one that is written.

use crate::failure::Failure;
use crate::time::Stopwatch;
use dataflow::{Log, LogError, Next};
use events::{Entry, Record};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;
use units::{EventTime, Span};

/// How long an entry may lie before who follows the tape sees it. The needle feels this; at 10 ms a block still holds some
/// twenty samples of a full field.
const FLUSH_EVERY: Duration = Duration::from_millis(10);

/// Hands out entries when their time has come, at a multiple of race speed from the first one on.
pub struct Paced<L> {
    log: L,
    times: f64,
    watch: Stopwatch,
    first: Option<EventTime>,
    /// A block that was read, from `next` on.
    block: std::collections::VecDeque<Entry>,
}

impl<L: Log> Paced<L> {
    /// `log` at `times` race speed.
    pub fn new(log: L, times: f64) -> Self {
        Paced { log, times, watch: Stopwatch::start(), first: None, block: Default::default() }
    }

    fn is_due(&self, at: EventTime) -> bool {
        let passed = Span::from_secs_f64(self.watch.elapsed().as_secs_f64() * self.times);
        self.first.is_none_or(|first| at - first <= passed)
    }
}

/// When an entry reached the log; without that, when it happened.
fn reached(entry: &Entry) -> Option<EventTime> {
    let happened = match &entry.record {
        Record::Sample(sample) => Some(sample.event_time),
        Record::Event(event) => Some(event.event_time),
        Record::Tick => None,
    };
    entry.ingest_time.map(|at| at.as_event_time()).or(happened)
}

impl<L: Log> Log for Paced<L> {
    fn next(&mut self, entries: &mut Vec<Entry>) -> Result<Next, LogError> {
        entries.clear();
        if self.block.is_empty() {
            let mut block = Vec::new();
            match self.log.next(&mut block)? {
                Next::Entries => self.block = block.into(),
                nothing => return Ok(nothing),
            }
        }
        self.first = self.first.or_else(|| self.block.front().and_then(reached));
        while let Some(entry) = self.block.front() {
            if !reached(entry).is_none_or(|at| self.is_due(at)) {
                break;
            }
            entries.extend(self.block.pop_front());
        }
        Ok(if entries.is_empty() { Next::Pending } else { Next::Entries })
    }

    fn seek(&mut self, offset: u64) -> Result<(), LogError> {
        self.block.clear();
        self.log.seek(offset)
    }
}

/// Writes a tape for somebody who follows it, each entry when it has arrived.
pub struct PacedWriter {
    tape: tape::Writer,
    start: EventTime,
    speed: f64,
    watch: Stopwatch,
    stop: Arc<AtomicBool>,
}

impl PacedWriter {
    /// Everything up to `start` at once, then `speed` times race speed from now on, until `stop`.
    pub fn new(tape: tape::Writer, start: EventTime, speed: f64, stop: Arc<AtomicBool>) -> Self {
        PacedWriter { tape, start, speed, watch: Stopwatch::start(), stop }
    }

    /// Waits until an entry has arrived, and appends it. `false`: told to stop instead.
    pub fn append(&mut self, entry: &Entry) -> Result<bool, Failure> {
        while !self.has_arrived(entry) {
            self.tape.flush().map_err(Failure::run)?;
            if self.stop.load(Ordering::Relaxed) {
                return Ok(false);
            }
            thread::sleep(FLUSH_EVERY);
        }
        self.tape.append(entry).map_err(Failure::run)?;
        Ok(true)
    }

    fn has_arrived(&self, entry: &Entry) -> bool {
        let raced = Span::from_secs_f64(self.watch.elapsed().as_secs_f64() * self.speed);
        entry.ingest_time.is_none_or(|at| at.as_event_time() <= self.start + raced)
    }

    /// Tells the follower that nothing comes any more.
    pub fn finish(self) -> Result<(), Failure> {
        self.tape.finish().map_err(Failure::run)
    }
}
