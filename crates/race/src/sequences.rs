//! Which samples of a vehicle have been seen: for ever, in memory that grows with gaps, not with the race.

use events::Sample;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The sequence numbers seen of each publisher's start `(source, boot)`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SequenceSets {
    /// The publisher heard last.
    newest: (u16, u32),
    newest_seen: Ranges,
    others: BTreeMap<(u16, u32), Ranges>,
}

impl SequenceSets {
    /// Whether `sample` is new by its `(source, boot, sequence)`; if so it is remembered. A sample without a sequence
    /// is always new here: its content decides.
    pub fn insert(&mut self, sample: &Sample) -> bool {
        let Some(sequence) = sample.sequence else { return true };
        let publisher = (sample.source, sample.boot);
        if publisher != self.newest {
            let seen = self.others.remove(&publisher).unwrap_or_default();
            let before = std::mem::replace(&mut self.newest_seen, seen);
            self.others.insert(std::mem::replace(&mut self.newest, publisher), before);
        }
        self.newest_seen.insert(sequence.get())
    }
}

/// A set of numbers as inclusive ranges. The topmost stands apart: a feed in order only ever lengthens it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Ranges {
    top: Option<(u64, u64)>,
    /// First to last.
    below: BTreeMap<u64, u64>,
}

impl Ranges {
    /// Whether `number` was not in the set; it is now.
    fn insert(&mut self, number: u64) -> bool {
        let Some((first, last)) = &mut self.top else {
            self.top = Some((number, number));
            return true;
        };
        if number > *last {
            if number == *last + 1 {
                *last = number;
            } else {
                self.below.insert(*first, *last);
                self.top = Some((number, number));
            }
            return true;
        }
        if number >= *first {
            return false;
        }
        let is_new = insert(&mut self.below, number);
        if let Some((&start, &end)) = self.below.last_key_value()
            && end + 1 == *first
        {
            self.below.remove(&start);
            *first = start;
        }
        is_new
    }
}

fn insert(ranges: &mut BTreeMap<u64, u64>, number: u64) -> bool {
    let mut first = number;
    if let Some((&start, last)) = ranges.range_mut(..=number).next_back() {
        if *last >= number {
            return false;
        }
        if *last + 1 == number {
            *last = number;
            first = start;
        }
    }
    let last = number.checked_add(1).and_then(|next| ranges.remove(&next)).unwrap_or(number);
    ranges.insert(first, last);
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn ranges_answer_as_a_plain_set_does(numbers in prop::collection::vec(1u64..60, 0..200)) {
            let (mut ranges, mut plain) = (Ranges::default(), BTreeSet::new());
            for n in numbers {
                prop_assert_eq!(ranges.insert(n), plain.insert(n));
            }
        }
    }

    #[test]
    fn a_feed_without_gaps_costs_one_range() {
        let mut ranges = Ranges::default();
        for n in [3, 1, 2, 5, 4, u64::MAX] {
            assert!(ranges.insert(n));
        }
        assert_eq!(ranges, Ranges { top: Some((u64::MAX, u64::MAX)), below: BTreeMap::from([(1, 5)]) });
    }
}
