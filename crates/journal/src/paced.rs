//! A log that is held back to race speed.

use crate::log::{Log, LogError, Next, OpenLog, arrival};
use crate::timekeeper::Timekeeper;
use events::Entry;
use std::collections::VecDeque;
use units::{EventTime, Span};

/// Hands out entries when their time has come, at a multiple of race speed from the first one on.
pub struct PacedLog<L, T> {
    log: L,
    times: f64,
    time: T,
    first: Option<EventTime>,
    /// What was read and is not due yet.
    block: VecDeque<Entry>,
}

impl<L: Log, T: Timekeeper> PacedLog<L, T> {
    /// `log` at `times` race speed, a number above zero; its first entry is due at once.
    pub fn new(log: L, times: f64, time: T) -> Self {
        PacedLog { log, times, time, first: None, block: VecDeque::new() }
    }

    fn is_due(&self, at: EventTime) -> bool {
        let passed = Span::from_secs_f64(self.time.elapsed().as_secs_f64() * self.times);
        self.first.is_none_or(|first| at - first <= passed)
    }
}

impl<L: Log, T: Timekeeper> Log for PacedLog<L, T> {
    fn next(&mut self, entries: &mut Vec<Entry>) -> Result<Next, LogError> {
        entries.clear();
        if self.block.is_empty() {
            let mut block = Vec::new();
            match self.log.next(&mut block)? {
                Next::Entries => self.block = block.into(),
                nothing => return Ok(nothing),
            }
        }
        self.first = self.first.or_else(|| self.block.front().and_then(arrival));
        while let Some(entry) = self.block.front() {
            if !arrival(entry).is_none_or(|at| self.is_due(at)) {
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

/// What `open` opens, at `times` race speed; `start` makes a clock that starts now.
pub fn paced<T: Timekeeper + 'static>(
    open: OpenLog,
    times: f64,
    start: impl Fn() -> T + Send + Sync + 'static,
) -> OpenLog {
    Box::new(move || Ok(Box::new(PacedLog::new(open()?, times, start()))))
}

impl Log for Box<dyn Log> {
    fn next(&mut self, entries: &mut Vec<Entry>) -> Result<Next, LogError> {
        (**self).next(entries)
    }
    fn seek(&mut self, offset: u64) -> Result<(), LogError> {
        (**self).seek(offset)
    }
}
