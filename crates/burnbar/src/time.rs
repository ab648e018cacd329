//! The wall clock, read in one place.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use units::EventTime;

/// Now, as an event time.
#[allow(clippy::disallowed_methods, reason = "the binary is the one place that knows the wall clock")]
pub fn now() -> EventTime {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    EventTime::from_us(i64::try_from(since_epoch.as_micros()).unwrap_or(i64::MAX))
}

/// Time that has passed since it was made.
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts to count from now.
    #[allow(clippy::disallowed_methods, reason = "the binary is the one place that knows the wall clock")]
    pub fn start() -> Self {
        Stopwatch(Instant::now())
    }
    /// Since the start.
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}

impl journal::Timekeeper for Stopwatch {
    fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
    fn sleep(&self, time: Duration) {
        std::thread::sleep(time);
    }
}
