//! Which samples of a vehicle have been seen: for ever, in memory that grows with gaps, not with the race.

use events::Sample;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The sequence numbers seen of each publisher's start `(source, boot)`, as inclusive ranges `first -> last`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SequenceSets(BTreeMap<(u16, u32), BTreeMap<u64, u64>>);

impl SequenceSets {
    /// Whether `sample` is new by its `(source, boot, sequence)`; if so it is remembered. A sample without a sequence
    /// is always new here: its content decides.
    pub fn insert(&mut self, sample: &Sample) -> bool {
        let Some(sequence) = sample.sequence else { return true };
        let ranges = self.0.entry((sample.source, sample.boot)).or_default();
        insert(ranges, sequence.get())
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
            let (mut ranges, mut plain) = (BTreeMap::new(), BTreeSet::new());
            for n in numbers {
                prop_assert_eq!(insert(&mut ranges, n), plain.insert(n));
            }
        }
    }

    #[test]
    fn a_feed_without_gaps_costs_one_range() {
        let mut ranges = BTreeMap::new();
        for n in [3, 1, 2, u64::MAX, 5, 4] {
            assert!(insert(&mut ranges, n));
        }
        assert_eq!(ranges, BTreeMap::from([(1, 5), (u64::MAX, u64::MAX)]));
    }
}
