//! A log that is held back to race speed.

use crate::log::{Log, LogError, Next, OpenLog, arrival};
use crate::timekeeper::Timekeeper;
use events::{Entry, EntryBlock};
use std::collections::VecDeque;
use units::{EventTime, Span};

/// Hands out entries when their time has come, at a multiple of race speed from the first one on.
pub struct PacedLog<L, T> {
    log: L,
    times: f64,
    time: T,
    first: Option<EventTime>,
    /// What was read and is not due yet.
    waiting: VecDeque<Entry>,
}

impl<L: Log, T: Timekeeper> PacedLog<L, T> {
    /// `log` at `times` race speed, a number above zero; its first entry is due at once.
    pub fn new(log: L, times: f64, time: T) -> Self {
        PacedLog { log, times, time, first: None, waiting: VecDeque::new() }
    }

    fn is_due(&self, at: EventTime) -> bool {
        let passed = Span::from_secs_f64(self.time.elapsed().as_secs_f64() * self.times);
        self.first.is_none_or(|first| at - first <= passed)
    }
}

impl<L: Log, T: Timekeeper> Log for PacedLog<L, T> {
    fn next(&mut self, block: &mut EntryBlock) -> Result<Next, LogError> {
        if self.waiting.is_empty() {
            match self.log.next(block)? {
                Next::Entries => self.waiting.extend(block.entries()),
                nothing => return Ok(nothing),
            }
        }
        block.clear();
        self.first = self.first.or_else(|| self.waiting.front().and_then(arrival));
        while let Some(entry) = self.waiting.front() {
            if !arrival(entry).is_none_or(|at| self.is_due(at)) {
                break;
            }
            block.extend(self.waiting.pop_front());
        }
        Ok(if block.is_empty() { Next::Pending } else { Next::Entries })
    }

    fn seek(&mut self, offset: u64) -> Result<(), LogError> {
        self.waiting.clear();
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
    fn next(&mut self, block: &mut EntryBlock) -> Result<Next, LogError> {
        (**self).next(block)
    }
    fn seek(&mut self, offset: u64) -> Result<(), LogError> {
        (**self).seek(offset)
    }
}
