//! When to leave a server alone. Time is an argument.

use std::time::Duration;

/// Failures in a row after which nobody asks any more.
const FAILURES_MAX: u32 = 5;
/// For how long.
const OPEN_FOR: Duration = Duration::from_secs(10);
/// How long to wait before the first retry; the next waits twice as long.
const BACK_OFF: Duration = Duration::from_millis(50);
/// How often one question is asked again.
const RETRIES_MAX: u32 = 2;

/// A circuit breaker (Nygard, "Release It!", 2nd ed., 2018, ch. 5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Breaker {
    /// Questions pass.
    Closed {
        /// Failures in a row so far.
        failures: u32,
    },
    /// Nobody asks.
    Open {
        /// Since this time.
        since: Duration,
    },
    /// One question is under way that decides.
    HalfOpen,
}

impl Default for Breaker {
    fn default() -> Self {
        Breaker::Closed { failures: 0 }
    }
}

impl Breaker {
    /// Whether to ask at `now`. If so, [`Breaker::succeeded`] or [`Breaker::failed`] takes what became of it.
    pub fn may_ask(&mut self, now: Duration) -> bool {
        match *self {
            Breaker::Closed { .. } => true,
            Breaker::Open { since } if now.saturating_sub(since) >= OPEN_FOR => {
                *self = Breaker::HalfOpen;
                true
            }
            Breaker::Open { .. } | Breaker::HalfOpen => false,
        }
    }

    /// The question was answered.
    pub fn succeeded(&mut self) {
        *self = Breaker::default();
    }

    /// It was not, as became clear at `now`. Whether that opened the breaker.
    pub fn failed(&mut self, now: Duration) -> bool {
        *self = match *self {
            Breaker::Closed { failures } if failures + 1 < FAILURES_MAX => {
                Breaker::Closed { failures: failures + 1 }
            }
            Breaker::Closed { .. } | Breaker::HalfOpen => Breaker::Open { since: now },
            open @ Breaker::Open { .. } => open,
        };
        matches!(self, Breaker::Open { .. })
    }
}

/// How long to wait before the retry after `retries` of them, when `left` is left until the deadline. `None`: give up.
pub(super) fn back_off(retries: u32, left: Duration) -> Option<Duration> {
    let wait = BACK_OFF * 2_u32.pow(retries.min(RETRIES_MAX));
    (retries < RETRIES_MAX && wait < left).then_some(wait)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_opens_after_five_failures_in_a_row_and_tries_again_after_ten_seconds() {
        enum Do {
            Ask(bool),
            Fail,
            Succeed,
        }
        use Do::{Ask, Fail, Succeed};
        let closed = |failures| Breaker::Closed { failures };
        let open = |ms| Breaker::Open { since: Duration::from_millis(ms) };
        let mut breaker = Breaker::default();
        for (ms, what, expected) in [
            (0, Ask(true), closed(0)),
            (1, Fail, closed(1)),
            (2, Fail, closed(2)),
            (3, Succeed, closed(0)), // in a row
            (10, Fail, closed(1)),
            (11, Fail, closed(2)),
            (12, Fail, closed(3)),
            (13, Fail, closed(4)),
            (14, Ask(true), closed(4)),
            (15, Fail, open(15)),
            (16, Ask(false), open(15)),
            (10_014, Ask(false), open(15)),
            (10_015, Ask(true), Breaker::HalfOpen),
            (10_016, Ask(false), Breaker::HalfOpen), // one question decides
            (10_020, Fail, open(10_020)),
            (20_019, Ask(false), open(10_020)),
            (20_020, Ask(true), Breaker::HalfOpen),
            (20_100, Succeed, closed(0)),
            (20_101, Ask(true), closed(0)),
        ] {
            let now = Duration::from_millis(ms);
            match what {
                Ask(may) => assert_eq!(breaker.may_ask(now), may, "at {ms}"),
                Fail => assert_eq!(breaker.failed(now), matches!(expected, Breaker::Open { .. }), "at {ms}"),
                Succeed => breaker.succeeded(),
            }
            assert_eq!(breaker, expected, "at {ms}");
        }
    }

    #[test]
    fn a_question_is_asked_three_times_if_the_deadline_allows() {
        let ms = Duration::from_millis;
        for (retries, left, expected) in [
            (0, 700, Some(50)),
            (0, 51, Some(50)),
            (0, 50, None),
            (1, 700, Some(100)),
            (1, 100, None),
            (2, 700, None),
            (99, 700, None),
        ] {
            assert_eq!(back_off(retries, ms(left)), expected.map(ms), "{retries} {left}");
        }
    }
}
