//! A log that is held back to race speed.

use crate::log::{Log, LogError, Next, OpenLog, arrival};
use crate::timekeeper::Timekeeper;
use events::{Entry, EntryBlock};
use std::collections::VecDeque;
use std::task::Waker;
use std::time::Duration;
use units::{EventTime, Span};

/// What is due within this is handed out together.
const GATHER: Duration = Duration::from_millis(25);
/// Nobody waits longer without looking again, seconds.
const LOOK_AGAIN_MAX_S: f64 = 0.1;

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

    /// How long until an entry is due; `None` if it is.
    fn due_in(&self, entry: &Entry) -> Option<Duration> {
        let (at, first) = arrival(entry).zip(self.first)?;
        let passed = Span::from_secs_f64(self.time.elapsed().as_secs_f64() * self.times);
        let early = (at - first - passed).secs() / self.times;
        (early > 0.0).then(|| Duration::from_secs_f64(early.min(LOOK_AGAIN_MAX_S)).max(GATHER))
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
            match self.due_in(entry) {
                Some(wait) if block.is_empty() => return Ok(Next::Pending(wait)),
                Some(_) => break,
                None => block.extend(self.waiting.pop_front()),
            }
        }
        Ok(Next::Entries)
    }

    fn seek(&mut self, offset: u64) -> Result<(), LogError> {
        self.waiting.clear();
        self.log.seek(offset)
    }

    fn wake(&mut self, waker: &Waker) {
        self.log.wake(waker);
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
    fn wake(&mut self, waker: &Waker) {
        (**self).wake(waker);
    }
}
