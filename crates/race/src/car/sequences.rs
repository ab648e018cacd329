//! Which samples of a vehicle have been seen, in memory that neither the race nor what is lost of it can fill.

use events::{Sample, SampleBlock};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::num::NonZeroU64;
use std::ops::Range;

/// Unbroken ranges kept of one publisher's sequence below the newest. Behind the oldest of them all is forgotten: at 10 Hz and
/// 5 % lost that is after 8 minutes, at any rate long after [`crate::LATENESS_MAX`].
const RANGES_MAX: usize = 256;
/// Publishers kept besides the newest: a car has one or two, a receiver that restarts is a new one each time.
const OTHERS_MAX: usize = 15;

/// The sequence numbers seen of each publisher's start `(source, boot)`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SequenceSets {
    /// The publisher of the newest sample.
    newest: (u16, u32),
    newest_seen: Ranges,
    /// Those before it, the newest at the end.
    others: Vec<((u16, u32), Ranges)>,
}

/// What the sequence says of a sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SequenceVerdict {
    /// It has not been here.
    New,
    /// It has.
    Before,
    /// Nothing: it has none, or its part of the sequence is forgotten. Its content decides.
    Unknown,
}

impl SequenceSets {
    /// Whether `sample` has been here by its `(source, boot, sequence)`; it now has.
    pub fn insert(&mut self, sample: &Sample) -> SequenceVerdict {
        let Some(sequence) = sample.sequence else { return SequenceVerdict::Unknown };
        let publisher = (sample.source, sample.boot);
        if publisher != self.newest {
            let place = self.others.iter().position(|(other, _)| *other == publisher);
            let seen = place.map(|place| self.others.remove(place).1).unwrap_or_default();
            let before = std::mem::replace(&mut self.newest_seen, seen);
            self.others.push((std::mem::replace(&mut self.newest, publisher), before));
        }
        self.newest_seen.insert(sequence.get())
    }

    /// Takes rows of the newest publisher whose sequences rise, all behind what was seen: none has been here. `false`: they
    /// are no such rows, and nothing was taken.
    pub fn insert_run(&mut self, block: &SampleBlock, rows: Range<usize>) -> bool {
        let heads = &block.heads()[rows];
        if heads.iter().all(|head| head.sequence.is_none()) {
            return true;
        }
        let mut top = self.newest_seen.top.map_or(self.newest_seen.forgotten_to, |(_, last)| last);
        let is_run = heads.iter().all(|head| {
            let sequence = head.sequence.map_or(0, NonZeroU64::get);
            let rises = sequence > top;
            top = sequence;
            rises && (head.source, head.boot) == self.newest
        });
        if is_run {
            let sequences = heads.iter().filter_map(|head| head.sequence);
            sequences.for_each(|sequence| _ = self.newest_seen.insert(sequence.get()));
        }
        is_run
    }

    /// Forgets what is oldest beyond the bounds. Only between windows, so that the order within one changes nothing.
    pub fn trim(&mut self) {
        self.newest_seen.trim();
        self.others.iter_mut().for_each(|(_, ranges)| ranges.trim());
        self.others.drain(..self.others.len().saturating_sub(OTHERS_MAX));
    }
}

/// A set of numbers as inclusive ranges. The topmost stands apart: a feed in order only ever lengthens it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Ranges {
    top: Option<(u64, u64)>,
    /// First to last.
    below: BTreeMap<u64, u64>,
    /// Nothing is known of numbers up to this.
    forgotten_to: u64,
}

impl Ranges {
    /// Whether `number` was in the set; it is now.
    fn insert(&mut self, number: u64) -> SequenceVerdict {
        if number <= self.forgotten_to {
            return SequenceVerdict::Unknown;
        }
        let Some((first, last)) = &mut self.top else {
            self.top = Some((number, number));
            return SequenceVerdict::New;
        };
        if number > *last {
            if number == *last + 1 {
                *last = number;
            } else {
                self.below.insert(*first, *last);
                self.top = Some((number, number));
            }
            return SequenceVerdict::New;
        }
        if number >= *first {
            return SequenceVerdict::Before;
        }
        let is_new = insert(&mut self.below, number);
        if let Some((&start, &end)) = self.below.last_key_value()
            && end + 1 == *first
        {
            self.below.remove(&start);
            *first = start;
        }
        if is_new { SequenceVerdict::New } else { SequenceVerdict::Before }
    }

    fn trim(&mut self) {
        while self.below.len() > RANGES_MAX
            && let Some((_, last)) = self.below.pop_first()
        {
            self.forgotten_to = last;
        }
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
    use events::VehicleId;
    use proptest::prelude::*;
    use std::collections::BTreeSet;
    use units::EventTime;

    proptest! {
        #[test]
        fn ranges_answer_as_a_plain_set_does(numbers in prop::collection::vec(1u64..60, 0..200)) {
            let (mut ranges, mut plain) = (Ranges::default(), BTreeSet::new());
            for n in numbers {
                let expected = if plain.insert(n) { SequenceVerdict::New } else { SequenceVerdict::Before };
                prop_assert_eq!(ranges.insert(n), expected);
                ranges.trim();
            }
        }
    }

    #[test]
    fn a_feed_without_gaps_costs_one_range() {
        let mut ranges = Ranges::default();
        for n in [3, 1, 2, 5, 4, u64::MAX] {
            assert_eq!(ranges.insert(n), SequenceVerdict::New);
        }
        let below = BTreeMap::from([(1, 5)]);
        assert_eq!(ranges, Ranges { top: Some((u64::MAX, u64::MAX)), below, forgotten_to: 0 });
    }

    #[test]
    fn behind_the_oldest_gap_that_is_kept_nothing_is_known() {
        let mut ranges = Ranges::default();
        // every second number is lost: 1, 3, 5 … 2 001
        let kept_from = 2_001 - 2 * RANGES_MAX as u64;
        (1..=2_001).step_by(2).for_each(|n| {
            ranges.insert(n);
            ranges.trim();
        });
        assert_eq!(ranges.below.len(), RANGES_MAX);
        for (what, number, expected) in [
            ("long ago", 1, SequenceVerdict::Unknown),
            ("lost long ago", 2, SequenceVerdict::Unknown),
            ("the last that is forgotten", kept_from - 2, SequenceVerdict::Unknown),
            ("lost since", kept_from - 1, SequenceVerdict::New),
            ("the oldest that is kept", kept_from, SequenceVerdict::Before),
            ("the newest", 2_001, SequenceVerdict::Before),
        ] {
            assert_eq!(ranges.clone().insert(number), expected, "{what}: {number}");
        }
    }

    #[test]
    fn of_many_publishers_those_silent_longest_are_forgotten() {
        let mut sets = SequenceSets::default();
        let vehicle = VehicleId::new("24").unwrap();
        let mut take = |boot: u32| {
            let mut sample = Sample::new(vehicle, EventTime::from_us(0));
            (sample.boot, sample.sequence) = (boot, NonZeroU64::new(7));
            let seen = sets.insert(&sample);
            sets.trim();
            seen
        };
        let many = OTHERS_MAX as u32 + 10;
        (1..=many).for_each(|boot| assert_eq!(take(boot), SequenceVerdict::New));
        assert_eq!(take(many - 3), SequenceVerdict::Before);
        assert_eq!(take(1), SequenceVerdict::New, "as if it were another");
    }
}
