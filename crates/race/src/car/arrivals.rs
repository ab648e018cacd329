//! What arrives of a car: blocks of samples, each with the time at which it takes effect.

use events::{Sample, SampleBlock, VehicleId};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::ops::Range;
use units::EventTime;

/// Samples of one vehicle in order of the time at which they take effect: their event time, or the watermark where that
/// had passed it when they arrived.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StampedBlock {
    block: SampleBlock,
    /// The rows that take effect later than they happened, in order.
    late: Vec<(usize, EventTime)>,
}

impl StampedBlock {
    /// Of rows as they arrived; `late`: those that take effect later than they happened, and when, in order of row.
    pub fn new(block: SampleBlock, late: Vec<(usize, EventTime)>) -> Self {
        if late.is_empty() && block.times().is_sorted() {
            return StampedBlock { block, late };
        }
        let mut order: Vec<(EventTime, u32)> = block.times().iter().copied().zip(0..).collect();
        late.iter().for_each(|(row, at)| order[*row].0 = *at);
        sort_nearly_sorted(&mut order);
        let rows: Vec<u32> = order.iter().map(|(_, row)| *row).collect();
        let block = block.in_order(&rows);
        let is_late =
            |(row, (at, _)): (usize, &(EventTime, u32))| (*at > block.times()[row]).then_some((row, *at));
        let late = order.iter().enumerate().filter_map(is_late).collect();
        StampedBlock { block, late }
    }

    /// Whose samples they are.
    pub fn vehicle(&self) -> VehicleId {
        self.block.vehicle()
    }

    /// When a row takes effect.
    fn at(&self, row: usize) -> EventTime {
        let late = self.late.binary_search_by_key(&row, |(row, _)| *row);
        late.map_or_else(|_| self.block.times()[row], |place| self.late[place].1)
    }

    /// Whether the rows of a block lie behind its own, and none of either takes effect later than it happened.
    fn is_followed_by(&self, next: &StampedBlock) -> bool {
        let all_on_time = self.late.is_empty() && next.late.is_empty();
        all_on_time && self.block.times().last() <= next.block.times().first()
    }

    /// The rows from `from` on that take effect before `end`.
    fn before(&self, from: usize, end: EventTime) -> Range<usize> {
        let (mut low, mut high) = (from, self.block.len());
        while low < high {
            let middle = low + (high - low) / 2;
            if self.at(middle) < end { low = middle + 1 } else { high = middle }
        }
        from..low
    }
}

/// Sorts by insertion: a block is out of order by a row or two, here and there. A hostile one of 4 096 rows takes some
/// milliseconds.
fn sort_nearly_sorted(order: &mut [(EventTime, u32)]) {
    for place in 1..order.len() {
        let behind = order[..place].iter().rev().take_while(|other| **other > order[place]).count();
        order[place - behind..=place].rotate_right(1);
    }
}

/// So few rows are copied behind the block before them: a live log, and one of thousands of cars, come in blocks of one.
const FEW_ROWS: usize = 8;

/// What has arrived of one vehicle and waits for its window to close.
#[derive(Debug, Default)]
pub struct Arrivals(VecDeque<Arriving>);

#[derive(Debug)]
struct Arriving {
    stamped: StampedBlock,
    /// The rows before this one are taken.
    taken: usize,
}

/// Some rows of a block.
pub(super) struct Slice<'a> {
    stamped: &'a StampedBlock,
    rows: Range<usize>,
}

impl Arrivals {
    /// Keeps a block, but for the rows that take effect before `from`.
    pub fn push(&mut self, stamped: StampedBlock, from: EventTime) {
        let taken = stamped.before(0, from).end;
        let rows = taken..stamped.block.len();
        if rows.len() <= FEW_ROWS
            && let Some(last) = self.0.back_mut().filter(|last| last.stamped.is_followed_by(&stamped))
        {
            last.stamped.block.append(&stamped.block, rows);
        } else if !rows.is_empty() {
            self.0.push_back(Arriving { stamped, taken });
        }
    }

    /// When the first row takes effect.
    pub fn first(&self) -> Option<EventTime> {
        self.0.iter().map(|arriving| arriving.stamped.at(arriving.taken)).min()
    }

    /// The rows that take effect before `end`, block by block as they arrived.
    pub(super) fn before(&self, end: EventTime) -> impl Iterator<Item = Slice<'_>> {
        self.0
            .iter()
            .map(move |Arriving { stamped, taken }| Slice { stamped, rows: stamped.before(*taken, end) })
    }

    /// Lets go of the rows that take effect before `end`.
    pub(super) fn drop_before(&mut self, end: EventTime) {
        self.0.retain_mut(|Arriving { stamped, taken }| {
            *taken = stamped.before(*taken, end).end;
            *taken < stamped.block.len()
        });
    }
}

impl<'a> Slice<'a> {
    /// The block, and which rows of it.
    pub fn rows(&self) -> (&'a SampleBlock, Range<usize>) {
        (&self.stamped.block, self.rows.clone())
    }

    /// Their event times.
    pub fn times(&self) -> &'a [EventTime] {
        &self.stamped.block.times()[self.rows.clone()]
    }

    /// Whether they take effect when they happen, each later than the one before.
    pub fn is_steady(&self) -> bool {
        let behind = self.stamped.late.partition_point(|(row, _)| *row < self.rows.start);
        self.stamped.late.get(behind).is_none_or(|(row, _)| *row >= self.rows.end)
            && self.times().windows(2).all(|pair| pair[0] < pair[1])
    }

    /// Each with the time at which it takes effect.
    pub fn samples(self) -> impl Iterator<Item = (EventTime, Sample)> + use<'a> {
        let Slice { stamped, rows } = self;
        rows.map(|row| (stamped.at(row), stamped.block.get(row)))
    }
}
