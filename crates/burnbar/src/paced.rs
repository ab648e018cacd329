//! A log that is held back to race speed.

use crate::time::Stopwatch;
use dataflow::{Log, LogError, Next};
use events::{Entry, Record};
use units::{EventTime, Span};

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
