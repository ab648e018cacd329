//! The clock of one partition: how far event time has come, from the log alone.

use serde::{Deserialize, Serialize};
use units::{EventTime, IngestTime, Span};

/// How far a record may trail the newest one of its partition and still fall into its own window.
pub const DEFAULT_BOUND: Span = Span::from_ms(500);
/// A tick at ingest time T says that event time has reached T less this.
pub const DEFAULT_FEED_DELAY: Span = Span::from_secs(2);

/// Follows one partition's log. A function of the entries, in order; never of the wall.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartitionClock {
    bound: Span,
    feed_delay: Span,
    high: Option<EventTime>,
}

impl Default for PartitionClock {
    fn default() -> Self {
        PartitionClock { bound: DEFAULT_BOUND, feed_delay: DEFAULT_FEED_DELAY, high: None }
    }
}

impl PartitionClock {
    /// Takes the next entry: when it happened, `None` for a tick, and when it was received. The time at which it takes
    /// effect: its event time, or the watermark where that has passed it; `None` for a tick, which only moves the clock.
    ///
    /// An entry moves the clock by the *earlier* of its event time and its ingest time: a vehicle whose clock runs fast
    /// must not make the others late.
    pub fn take(
        &mut self,
        event_time: Option<EventTime>,
        ingest_time: Option<IngestTime>,
    ) -> Option<EventTime> {
        let ingested = ingest_time.map(|at| at.as_event_time());
        let reached = match (event_time, ingested) {
            (Some(event_time), Some(ingested)) => Some(event_time.min(ingested)),
            (Some(event_time), None) => Some(event_time),
            (None, ingested) => ingested.map(|at| at - self.feed_delay),
        };
        self.high = self.high.max(reached);
        event_time.map(|at| self.watermark().map_or(at, |watermark| at.max(watermark)))
    }

    /// How far event time has come; `None` before the first entry.
    pub fn reached(&self) -> Option<EventTime> {
        self.high
    }

    /// No entry to come takes effect before this; `None` before the first.
    pub fn watermark(&self) -> Option<EventTime> {
        self.high.map(|high| high - self.bound)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// When something happened and was received, ms; a tick does not happen.
    type Times = (Option<i64>, Option<i64>);

    /// Watermark and effective time in ms after the last of `entries`.
    fn after(entries: &[Times]) -> (Option<i64>, Option<i64>) {
        let mut clock = PartitionClock::default();
        let mut take = |&(event_ms, ingest_ms): &Times| {
            clock.take(event_ms.map(EventTime::from_ms), ingest_ms.map(IngestTime::from_ms))
        };
        let effective = entries.iter().map(&mut take).last().flatten();
        (clock.watermark().map(|at| at.us() / 1000), effective.map(|at| at.us() / 1000))
    }
    fn sample(event_ms: i64, ingest_ms: Option<i64>) -> Times {
        (Some(event_ms), ingest_ms)
    }
    fn tick(ingest_ms: i64) -> Times {
        (None, Some(ingest_ms))
    }

    #[test]
    fn the_watermark_trails_the_earlier_of_event_and_ingest_time() {
        for (what, entries, watermark, effective) in [
            ("in order", vec![sample(1000, Some(1100))], 500, Some(1000)),
            ("no ingest time", vec![sample(1000, None)], 500, Some(1000)),
            ("a clock two hours fast", vec![sample(7_201_000, Some(1100))], 600, Some(7_201_000)),
            ("out of order within the bound", vec![sample(1000, None), sample(501, None)], 500, Some(501)),
            ("late", vec![sample(1000, None), sample(499, None)], 500, Some(500)),
            ("a tick trails by the feed's delay", vec![tick(3000)], 500, None),
            ("never back", vec![sample(2000, None), tick(3000)], 1500, None),
        ] {
            assert_eq!(after(&entries), (Some(watermark), effective), "{what}");
        }
    }
}
