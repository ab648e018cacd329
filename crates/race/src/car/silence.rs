//! When the silence of a signal has become a gap.

use serde::{Deserialize, Serialize};
use units::{EventTime, Span};

/// A silence up to this long is never a gap. Source: docs/fuel-model.md §6.
pub const SILENCE_MIN: Span = Span::from_ms(400);
/// Longest silence that a car's own laps may fill, and for which its sums wait.
pub const GAP_MAX: Span = Span::from_secs(60);
/// Until this many periods are known, one period as long as this many times the minimum stays in force: a slow feed
/// must not open with gaps.
const PERIODS_MIN: usize = 3;
const FIRST_SILENCE_MAX: Span = Span::from_us(6 * SILENCE_MIN.us());
/// A power of two: the ring is indexed for every sample.
const PERIODS: usize = 16;

/// When a signal came last, and how often it comes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SignalTimes {
    last: Option<EventTime>,
    /// The newest periods, a ring.
    periods_us: [u32; PERIODS],
    count: u32,
}

impl SignalTimes {
    /// The newest time at which the signal came.
    pub fn last(&self) -> Option<EventTime> {
        self.last
    }

    /// The signal comes at `at`. The silence that this ends, if it was a gap.
    pub fn observe(&mut self, at: EventTime) -> Option<Silence> {
        if self.last == Some(at) {
            return None; // two publishers at once: no period
        }
        let from = self.last.replace(at)?;
        let silence = at - from;
        if silence > SILENCE_MIN && silence > self.limit() {
            return Some(Silence { from, to: at });
        }
        self.periods_us[self.count as usize % PERIODS] = u32::try_from(silence.us()).unwrap_or(u32::MAX);
        self.count = self.count.wrapping_add(1).max(self.count);
        None
    }

    /// Longer than this is a gap: max(0.4 s, 2.5 times the median of the newest periods).
    /// Source: docs/fuel-model.md §6.
    pub fn limit(&self) -> Span {
        let known = (self.count as usize).min(PERIODS);
        if known < PERIODS_MIN {
            return FIRST_SILENCE_MAX;
        }
        let mut periods = self.periods_us;
        let periods = &mut periods[..known];
        periods.sort_unstable();
        let median_us = i64::from(periods[known / 2]);
        SILENCE_MIN.max(Span::from_us(median_us * 5 / 2))
    }
}

/// A silence that is a gap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Silence {
    /// The last time the signal came before.
    pub from: EventTime,
    /// The first time after.
    pub to: EventTime,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(period_ms: i64, then_ms: i64) -> Option<Silence> {
        let mut times = SignalTimes::default();
        let mut at = EventTime::from_ms(0);
        for _ in 0..20 {
            assert_eq!(times.observe(at), None, "a steady feed has no gaps");
            at = at + Span::from_ms(period_ms);
        }
        times.observe(at + Span::from_ms(then_ms - period_ms))
    }

    #[test]
    fn the_limit_follows_the_signals_own_period() {
        for (period_ms, silence_ms, gap) in [
            (50, 400, false),
            (50, 401, true),
            (200, 500, false),
            (200, 501, true),
            (1000, 2500, false),
            (1000, 2501, true),
        ] {
            assert_eq!(
                after(period_ms, silence_ms).is_some(),
                gap,
                "{period_ms} ms feed, {silence_ms} ms silent"
            );
        }
    }
}
