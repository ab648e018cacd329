//! The newest samples of a car, in the one order in which they are folded.

use events::{Sample, SampleBlock, VehicleId};
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::ops::Range;
use units::EventTime;

/// The number of a row: how many rows the car had before it. One that comes late moves those behind it up.
pub type RowNumber = u64;

/// Rows that may still be joined by others, or wait for a decision, in [`Sample::fold_order`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Rows {
    block: SampleBlock,
    /// The number of the first.
    first: RowNumber,
}

impl Rows {
    /// No rows.
    pub fn of(vehicle: VehicleId) -> Self {
        Rows { block: SampleBlock::new(vehicle), first: 0 }
    }

    /// The number that the next row to be appended will have.
    pub fn end(&self) -> RowNumber {
        self.first + self.block.len() as u64
    }
    /// The row with a number that it holds.
    pub fn get(&self, row: RowNumber) -> Sample {
        self.block.get(self.place(row))
    }
    /// Its event time.
    pub fn time(&self, row: RowNumber) -> EventTime {
        self.block.times()[self.place(row)]
    }
    /// The event time of the newest.
    pub fn newest(&self) -> Option<EventTime> {
        self.block.times().last().copied()
    }
    /// The first row at `at` or later.
    pub fn since(&self, at: EventTime) -> RowNumber {
        self.first + self.block.times().partition_point(|time| *time < at) as u64
    }

    fn place(&self, row: RowNumber) -> usize {
        (row - self.first) as usize
    }

    /// Appends rows that lie behind all that are there.
    pub fn append(&mut self, block: &SampleBlock, rows: Range<usize>) {
        self.block.append(block, rows);
    }

    /// Puts a row in its place: its number.
    pub fn insert(&mut self, sample: &Sample) -> RowNumber {
        // from the end: what arrives out of order is seldom far from its place
        let is_behind = |place: &usize| self.block.get(*place).fold_order(sample) == Ordering::Greater;
        let behind = (0..self.block.len()).rev().take_while(is_behind).count();
        let place = self.block.len() - behind;
        self.block.insert(place, sample);
        self.first + place as u64
    }

    /// Whether each signal of a sample is already there with the same time and value.
    pub fn repeat(&self, sample: &Sample) -> bool {
        let first = self.since(sample.event_time);
        let same_time = || {
            let rows = (self.place(first)..self.block.len()).map(|place| self.block.get(place));
            rows.take_while(|other| other.event_time == sample.event_time)
        };
        sample.signals().all(|(signal, steps)| same_time().any(|other| other.steps(signal) == Some(steps)))
    }

    /// Forgets the rows before one.
    pub fn forget_before(&mut self, row: RowNumber) {
        self.block.drop_front(self.place(row.max(self.first)));
        self.first = row.max(self.first);
    }
}
