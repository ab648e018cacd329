//! Samples of one vehicle in columns: what a log, an exchange between workers and a car hand on as one.

use crate::{Sample, Signal, VehicleId};
use serde::{Deserialize, Serialize};
use std::num::NonZeroU64;
use std::ops::Range;
use units::EventTime;

/// Rows of one vehicle, in three columns. Their order is whoever's keeps them: arrival in a log, time in a car.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SampleBlock {
    vehicle: VehicleId,
    times: Vec<EventTime>,
    heads: Vec<RowHead>,
    /// In the order of [`Signal::ALL`]; 0 where one is absent.
    steps: Vec<[i32; Signal::ALL.len()]>,
}

/// What a row is beside its time and its signals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowHead {
    /// As [`Sample::sequence`].
    pub sequence: Option<NonZeroU64>,
    /// As [`Sample::boot`].
    pub boot: u32,
    /// As [`Sample::source`].
    pub source: u16,
    /// As [`Sample::present`].
    pub present: u16,
}

impl SampleBlock {
    /// No rows yet, and room for some.
    pub fn with_capacity(vehicle: VehicleId, rows: usize) -> Self {
        let (times, heads) = (Vec::with_capacity(rows), Vec::with_capacity(rows));
        SampleBlock { vehicle, times, heads, steps: Vec::with_capacity(rows) }
    }

    /// No rows yet.
    pub fn new(vehicle: VehicleId) -> Self {
        SampleBlock::with_capacity(vehicle, 0)
    }

    /// The vehicle that all rows are of.
    pub fn vehicle(&self) -> VehicleId {
        self.vehicle
    }
    /// How many rows.
    pub fn len(&self) -> usize {
        self.times.len()
    }
    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.times.is_empty()
    }
    /// The event time of every row.
    pub fn times(&self) -> &[EventTime] {
        &self.times
    }
    /// What every row is beside.
    pub fn heads(&self) -> &[RowHead] {
        &self.heads
    }
    /// The steps of every row, in the order of [`Signal::ALL`]; 0 where a signal is absent.
    pub fn steps(&self) -> &[[i32; Signal::ALL.len()]] {
        &self.steps
    }

    /// A row as a sample; `row` is less than [`SampleBlock::len`].
    pub fn get(&self, row: usize) -> Sample {
        let RowHead { sequence, boot, source, present } = self.heads[row];
        let mut sample = Sample::with_all(self.vehicle, self.times[row], present, self.steps[row]);
        (sample.sequence, sample.boot, sample.source) = (sequence, boot, source);
        sample
    }

    /// Appends a sample of this vehicle.
    pub fn push(&mut self, sample: &Sample) {
        debug_assert_eq!(sample.vehicle, self.vehicle);
        self.times.push(sample.event_time);
        self.heads.push(RowHead::of(sample));
        self.steps.push(*sample.all_steps());
    }

    /// Appends rows, which are equally many in each column; steps are 0 where a signal is absent.
    pub fn push_rows(&mut self, times: &[EventTime], heads: &[RowHead], steps: &[[i32; Signal::ALL.len()]]) {
        debug_assert!(times.len() == heads.len() && times.len() == steps.len());
        self.times.extend_from_slice(times);
        self.heads.extend_from_slice(heads);
        self.steps.extend_from_slice(steps);
    }

    /// Puts a sample of this vehicle before the row that is there.
    pub fn insert(&mut self, row: usize, sample: &Sample) {
        self.times.insert(row, sample.event_time);
        self.heads.insert(row, RowHead::of(sample));
        self.steps.insert(row, *sample.all_steps());
    }

    /// Appends rows of another block of this vehicle.
    pub fn append(&mut self, other: &SampleBlock, rows: Range<usize>) {
        self.push_rows(&other.times[rows.clone()], &other.heads[rows.clone()], &other.steps[rows]);
    }

    /// These rows of it, in this order.
    pub fn in_order(&self, rows: &[u32]) -> SampleBlock {
        let rows = || rows.iter().map(|row| *row as usize);
        SampleBlock {
            vehicle: self.vehicle,
            times: rows().map(|row| self.times[row]).collect(),
            heads: rows().map(|row| self.heads[row]).collect(),
            steps: rows().map(|row| self.steps[row]).collect(),
        }
    }

    /// Drops the first `rows` rows.
    pub fn drop_front(&mut self, rows: usize) {
        self.times.drain(..rows);
        self.heads.drain(..rows);
        self.steps.drain(..rows);
    }
}

impl RowHead {
    fn of(sample: &Sample) -> RowHead {
        let Sample { sequence, boot, source, .. } = *sample;
        RowHead { sequence, boot, source, present: sample.present() }
    }
}
