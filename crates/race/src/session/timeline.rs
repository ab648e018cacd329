//! What is in force for the whole field from some time on: flags, conditions. Put in any order, corrected by id.

use events::EventId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use units::EventTime;

/// Values by the time from which each holds; before the first, the default.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Timeline<T> {
    /// From when each event states its value, corrections applied.
    from: BTreeMap<EventId, EventTime>,
    /// Every record, in order of time and id, as if all had been known at once.
    records: BTreeMap<(EventTime, EventId), T>,
    /// As they act, by time: before the settled edge they never change.
    acting: Vec<(EventTime, T)>,
}

impl<T> Default for Timeline<T> {
    fn default() -> Self {
        Timeline { from: BTreeMap::new(), records: BTreeMap::new(), acting: Vec::new() }
    }
}

impl<T: Copy + PartialEq + Default> Timeline<T> {
    /// `value` is in force from `at` on; what this id stated before is not. What lies before `settled_to` keeps its
    /// value. The time from which something may have changed.
    pub(super) fn put(&mut self, id: EventId, at: EventTime, value: T, settled_to: EventTime) -> EventTime {
        let before = self.from.insert(id, at);
        if let Some(before) = before {
            self.records.remove(&(before, id));
        }
        self.records.insert((at, id), value);
        let from = before.map_or(at, |before| before.min(at)).max(settled_to);
        let is_last = self.records.last_key_value().is_some_and(|(key, _)| *key == (at, id));
        let is_behind_all = is_last && self.acting.last().is_none_or(|(time, _)| *time <= at);
        if before.is_none() && from == at && is_behind_all {
            // as a rule: many at once must not cost the square of their number
            act(&mut self.acting, at, value);
        } else {
            self.act_from(from);
        }
        from
    }

    /// What acts from `from` on is what the records state, whatever acted there before.
    fn act_from(&mut self, from: EventTime) {
        self.acting.truncate(self.acting.partition_point(|(time, _)| *time < from));
        let edge = (from, EventId(0));
        let in_force = self.records.range(..edge).next_back().map_or(T::default(), |(_, value)| *value);
        if in_force != self.acting.last().map_or(T::default(), |(_, value)| *value) {
            self.acting.push((from, in_force));
        }
        self.records.range(edge..).for_each(|((time, _), value)| act(&mut self.acting, *time, *value));
    }

    /// What holds just before `at`.
    pub fn before(&self, at: EventTime) -> T {
        let after = self.acting.partition_point(|(time, _)| *time < at);
        after.checked_sub(1).map_or(T::default(), |i| self.acting[i].1)
    }

    /// What holds at `at`.
    pub fn at(&self, at: EventTime) -> T {
        let after = self.acting.partition_point(|(time, _)| *time <= at);
        after.checked_sub(1).map_or(T::default(), |i| self.acting[i].1)
    }

    /// Everything that holds at some time in `[from, to)`, what holds at `from` first.
    pub fn within(&self, from: EventTime, to: EventTime) -> impl Iterator<Item = T> + '_ {
        let first = self.acting.partition_point(|(time, _)| *time <= from);
        let in_force = first.checked_sub(1).map_or(T::default(), |i| self.acting[i].1);
        let later = self.acting[first..].iter().take_while(move |(time, _)| *time < to);
        std::iter::once(in_force).chain(later.map(|(_, value)| *value))
    }

    /// What begins to hold at or after `from`, in order.
    pub fn since(&self, from: EventTime) -> &[(EventTime, T)] {
        &self.acting[self.acting.partition_point(|(time, _)| *time < from)..]
    }

    /// The first that `of` finds among the records at or before `at`, the newest first; or else among those behind, the
    /// oldest first. As if all had been known at once.
    pub(super) fn newest_or_next<R>(&self, at: EventTime, of: impl Fn(T) -> Option<R>) -> Option<R> {
        let edge = (at, EventId(u64::MAX));
        let before = self.records.range(..=edge).rev().find_map(|(_, value)| of(*value));
        before.or_else(|| self.records.range(edge..).find_map(|(_, value)| of(*value)))
    }
}

/// A value acts from `at` on, behind all others; of several at one time the last counts.
fn act<T>(acting: &mut Vec<(EventTime, T)>, at: EventTime, value: T) {
    match acting.last_mut() {
        Some((time, newest)) if *time == at => *newest = value,
        _ => acting.push((at, value)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> EventTime {
        EventTime::from_ms(ms)
    }
    /// Puts `(ms, id, value)` in this order, nothing settled.
    fn holding(values: &[(i64, u64, u32)]) -> Timeline<u32> {
        let mut timeline = Timeline::default();
        for &(ms, id, value) in values {
            timeline.put(EventId(id), at(ms), value, EventTime::from_us(i64::MIN));
        }
        timeline
    }
    fn within(timeline: &Timeline<u32>, from_ms: i64, to_ms: i64) -> Vec<u32> {
        timeline.within(at(from_ms), at(to_ms)).collect()
    }

    #[test]
    fn the_order_in_which_values_arrive_changes_nothing() {
        for order in [[(300, 2, 20), (100, 1, 10), (500, 3, 30)], [(100, 1, 10), (300, 2, 20), (500, 3, 30)]]
        {
            let timeline = holding(&order);
            assert_eq!(within(&timeline, 0, 100), [0], "nothing yet");
            assert_eq!(within(&timeline, 100, 300), [10]);
            assert_eq!(within(&timeline, 200, 600), [10, 20, 30]);
            assert_eq!(timeline.before(at(300)), 10);
        }
    }

    #[test]
    fn the_same_id_again_is_a_correction_and_says_from_when_it_matters() {
        let mut timeline = holding(&[(100, 1, 10), (300, 2, 20)]);
        assert_eq!(timeline.put(EventId(2), at(400), 20, EventTime::from_us(i64::MIN)), at(300));
        assert_eq!(within(&timeline, 300, 350), [10]);
        assert_eq!(timeline.since(at(150)), [(at(400), 20)]);
    }

    #[test]
    fn what_is_settled_keeps_its_value() {
        let mut timeline = holding(&[(100, 1, 10)]);
        assert_eq!(timeline.put(EventId(2), at(300), 20, at(1_000)), at(1_000));
        assert_eq!(within(&timeline, 300, 1_000), [10]);
        assert_eq!(within(&timeline, 1_000, 1_001), [20]);
        // taken back to a time that has not come: the one before it holds again
        assert_eq!(timeline.put(EventId(2), at(9_000), 20, at(2_000)), at(2_000));
        assert_eq!(within(&timeline, 1_000, 9_001), [20, 10, 20]);
        // an older one that becomes known only now does not outdo the newer
        timeline.put(EventId(3), at(50), 5, at(2_500));
        assert_eq!(within(&timeline, 2_000, 2_600), [10]);
    }
}
