//! The needle's bus: latest wins, and the last three minutes are kept.

use events::Needle;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::watch;
use units::{EventTime, Span};

/// How much is kept for screens that show the race with a delay.
const KEPT: Span = Span::from_secs(180);

/// Carries the needle from the stream to every subscriber. Clones are ends of the same bus.
///
/// A subscriber gets what is published after it came, and however slow it is, never an older one after a newer.
#[derive(Clone, Debug, Default)]
pub struct Needles(Arc<Bus>);

#[derive(Debug, Default)]
struct Bus {
    newest: watch::Sender<Option<Arc<Needle>>>,
    /// By end of slot; of one session.
    kept: Mutex<VecDeque<Arc<Needle>>>,
}

impl Needles {
    /// Whether anybody listens: while nobody does, none need be made.
    pub fn is_wanted(&self) -> bool {
        self.0.newest.receiver_count() > 0
    }

    /// Passes one on, unless it is no newer than the newest of its session. Never waits for a subscriber, and needs no
    /// runtime: any thread may call it.
    pub fn publish(&self, needle: Arc<Needle>) {
        let mut kept = self.0.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.back().is_some_and(|newest| newest.session != needle.session) {
            kept.clear();
        }
        let end = needle.slot_end_us;
        if kept.back().is_some_and(|newest| newest.slot_end_us >= end) {
            return;
        }
        while kept.front().is_some_and(|oldest| end - oldest.slot_end_us > KEPT) {
            kept.pop_front();
        }
        kept.push_back(Arc::clone(&needle));
        self.0.newest.send_replace(Some(needle));
    }

    /// The one that a screen shows which shows the race as it was at `at`: the newest whose slot had ended by then. `None`
    /// where none is kept, or nobody listened within the second before.
    pub fn at(&self, at: EventTime) -> Option<Arc<Needle>> {
        let kept = self.0.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let behind = kept.partition_point(|needle| needle.slot_end_us <= at);
        let needle = kept.get(behind.checked_sub(1)?)?;
        (at - needle.slot_end_us < Span::from_secs(1)).then(|| Arc::clone(needle))
    }

    pub(crate) fn listen(&self) -> NeedleEnd {
        NeedleEnd(self.0.newest.subscribe())
    }
}

/// One subscriber's end of the bus.
pub(crate) struct NeedleEnd(watch::Receiver<Option<Arc<Needle>>>);

impl NeedleEnd {
    /// The newest, as soon as it is one that this subscriber has not had.
    pub(crate) async fn next(&mut self) -> Option<Arc<Needle>> {
        loop {
            self.0.changed().await.ok()?;
            if let Some(needle) = self.0.borrow_and_update().clone() {
                return Some(needle);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use events::SessionId;

    fn needle(session: &str, ms: i64) -> Arc<Needle> {
        let session = SessionId::new(session).unwrap();
        Arc::new(Needle { session, slot_end_us: EventTime::from_ms(ms), cars: Vec::new() })
    }
    fn kept_at(needles: &Needles, ms: i64) -> Option<i64> {
        needles.at(EventTime::from_ms(ms)).map(|needle| needle.slot_end_us.us() / 1_000)
    }

    #[test]
    fn it_is_wanted_while_somebody_listens() {
        let needles = Needles::default();
        assert!(!needles.is_wanted());
        let (one, two) = (needles.listen(), needles.listen());
        drop(one);
        assert!(needles.is_wanted());
        drop(two);
        assert!(!needles.is_wanted());
    }

    #[tokio::test]
    async fn a_listener_gets_what_comes_after_it_and_only_the_newest() {
        let needles = Needles::default();
        needles.publish(needle("race", 100));
        let mut end = needles.listen();
        for ms in [200, 300, 200] {
            needles.publish(needle("race", ms));
        }
        assert_eq!(end.next().await, Some(needle("race", 300)));
        needles.publish(needle("race", 300));
        needles.publish(needle("another race", 100));
        assert_eq!(end.next().await, Some(needle("another race", 100)), "300 did not come twice");
        drop(needles);
        assert_eq!(end.next().await, None);
    }

    #[test]
    fn three_minutes_are_kept_for_a_delayed_screen() {
        let needles = Needles::default();
        for slot in 0..=2_000 {
            needles.publish(needle("race", slot * 100));
        }
        for (ms, expected) in [
            (200_000, Some(200_000)),
            (150_050, Some(150_000)),
            (20_000, Some(20_000)),
            (19_999, None),
            (201_000, None),
        ] {
            assert_eq!(kept_at(&needles, ms), expected, "{ms}");
        }
        needles.publish(needle("another race", 200_000));
        assert_eq!(kept_at(&needles, 150_000), None, "of one session");
    }
}
