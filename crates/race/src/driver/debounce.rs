//! A condition that is believed only when it has lasted.

use serde::{Deserialize, Serialize};
use units::{EventTime, Span};

/// A condition with hysteresis: it holds once it has been met for a while, and no longer once it has not been met for
/// another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Debounced {
    /// Since when it is met, or not.
    changed: Option<(EventTime, bool)>,
    since: Option<EventTime>,
}

impl Debounced {
    /// Whether the condition is met at `at`; times never go back. It holds after `on`, and ends after `off`.
    pub fn see(&mut self, at: EventTime, met: bool, on: Span, off: Span) {
        let (from, before) = *self.changed.get_or_insert((at, met));
        let from = if before == met { from } else { at };
        self.changed = Some((from, met));
        let lasts = at - from;
        match self.since {
            None if met && lasts >= on => self.since = Some(from),
            Some(_) if !met && lasts >= off => self.since = None,
            _ => {}
        }
    }

    /// Whether it neither holds nor is met.
    pub fn is_quiet(&self) -> bool {
        self.since.is_none() && self.changed.is_some_and(|(_, met)| !met)
    }

    /// Since when it holds.
    pub fn since(&self) -> Option<EventTime> {
        self.since
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_holds_once_it_has_lasted_and_ends_once_it_has_been_gone_as_long() {
        let mut hold = Debounced::default();
        let span = Span::from_ms(400);
        for (ms, met, since_ms) in [
            (0, false, None),
            (100, true, None),
            (400, true, None),
            (500, true, Some(100)),
            (600, false, Some(100)),
            (800, true, Some(100)),
            (900, false, Some(100)),
            (1_200, false, Some(100)),
            (1_300, false, None),
        ] {
            hold.see(EventTime::from_ms(ms), met, span, span);
            assert_eq!(hold.since(), since_ms.map(EventTime::from_ms), "at {ms} ms");
        }
    }
}
