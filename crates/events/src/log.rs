//! What a log holds, in the order in which its one writer wrote it.

use crate::{RaceEvent, RowHead, Sample, SampleBlock, Signal, VehicleId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use units::{EventTime, IngestTime};

/// One entry of a log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// When its writer received it. `None` in an import that never knew; then the watermark follows event time alone.
    pub ingest_time: Option<IngestTime>,
    /// What it holds.
    pub record: Record,
}

/// What an entry holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Record {
    /// A vehicle's signals.
    Sample(Sample),
    /// Something that concerns the session.
    Event(Box<RaceEvent>),
    /// The writer's upstream is connected and drained: event time has reached the ingest time less the feed's delay.
    Tick,
}

/// Entries that follow one another in a log: samples by vehicle in columns, and the order in which all arrived.
#[derive(Clone, Debug, Default)]
pub struct EntryBlock {
    vehicles: Vec<SampleBlock>,
    /// Which of `vehicles` is whose, by [`VehicleId::slot`].
    numbers: BTreeMap<usize, u32>,
    events: Vec<RaceEvent>,
    arrivals: Vec<Arrival>,
    /// As many as a vehicle had in the block before: so many it may have again.
    rows: usize,
}

/// The arrival of one entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// As [`Entry::ingest_time`].
    pub ingest_time: Option<IngestTime>,
    /// What arrived.
    pub what: Arrived,
}

/// What arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrived {
    /// The next row of the vehicle with this number in the block.
    Sample(u32),
    /// The next race event of the block.
    Event,
    /// A tick.
    Tick,
}

impl EntryBlock {
    /// How many entries.
    pub fn len(&self) -> usize {
        self.arrivals.len()
    }
    /// Whether there are no entries.
    pub fn is_empty(&self) -> bool {
        self.arrivals.is_empty()
    }
    /// The order of arrival.
    pub fn arrivals(&self) -> &[Arrival] {
        &self.arrivals
    }
    /// Race events as they arrived.
    pub fn events(&self) -> &[RaceEvent] {
        &self.events
    }

    /// Forgets all entries.
    pub fn clear(&mut self) {
        self.vehicles.clear();
        self.numbers.clear();
        self.events.clear();
        self.arrivals.clear();
    }

    /// Takes samples and race events out, in the same orders; the arrivals stay.
    pub fn take_records(&mut self) -> (Vec<SampleBlock>, Vec<RaceEvent>) {
        self.numbers.clear();
        self.rows = self.vehicles.iter().map(SampleBlock::len).max().unwrap_or(0);
        (std::mem::take(&mut self.vehicles), std::mem::take(&mut self.events))
    }

    /// The number of a vehicle, which joins the block if it is new to it.
    pub fn number(&mut self, vehicle: VehicleId) -> u32 {
        let next = self.vehicles.len() as u32;
        let number = *self.numbers.entry(vehicle.slot()).or_insert(next);
        if number == next {
            self.vehicles.push(SampleBlock::with_capacity(vehicle, self.rows));
        }
        number
    }

    /// Appends a sample of the vehicle with this number.
    pub fn push_sample(&mut self, number: u32, ingest_time: Option<IngestTime>, sample: &Sample) {
        self.vehicles[number as usize].push(sample);
        self.arrivals.push(Arrival { ingest_time, what: Arrived::Sample(number) });
    }

    /// Appends rows to the vehicle with this number, as [`SampleBlock::push_rows`]; their arrivals are to follow.
    pub fn push_rows(
        &mut self,
        number: u32,
        times: &[EventTime],
        heads: &[RowHead],
        steps: &[[i32; Signal::ALL.len()]],
    ) {
        self.vehicles[number as usize].push_rows(times, heads, steps);
    }

    /// Appends race events, and the order in which they, ticks, and all of [`EntryBlock::push_rows`] arrived.
    pub fn push_arrivals(&mut self, events: Vec<RaceEvent>, arrivals: impl IntoIterator<Item = Arrival>) {
        self.events.extend(events);
        self.arrivals.extend(arrivals);
    }

    /// Appends an entry.
    pub fn push(&mut self, entry: Entry) {
        let Entry { ingest_time, record } = entry;
        let what = match record {
            Record::Sample(sample) => {
                let number = self.number(sample.vehicle);
                return self.push_sample(number, ingest_time, &sample);
            }
            Record::Event(event) => {
                self.events.push(*event);
                Arrived::Event
            }
            Record::Tick => Arrived::Tick,
        };
        self.arrivals.push(Arrival { ingest_time, what });
    }

    /// All entries, in order of arrival.
    pub fn entries(&self) -> impl Iterator<Item = Entry> + '_ {
        let (mut rows, mut events) = (vec![0; self.vehicles.len()], self.events.iter());
        self.arrivals.iter().filter_map(move |Arrival { ingest_time, what }| {
            let record = match *what {
                Arrived::Sample(number) => {
                    let row = rows.get_mut(number as usize)?;
                    *row += 1;
                    Record::Sample(self.vehicles.get(number as usize)?.get(*row - 1))
                }
                Arrived::Event => Record::Event(Box::new(events.next()?.clone())),
                Arrived::Tick => Record::Tick,
            };
            Some(Entry { ingest_time: *ingest_time, record })
        })
    }

    /// Drops the first `entries` entries.
    pub fn drop_front(&mut self, entries: usize) {
        let (mut rows, mut events) = (vec![0; self.vehicles.len()], 0);
        for arrival in self.arrivals.drain(..entries.min(self.arrivals.len())) {
            match arrival.what {
                Arrived::Sample(number) => rows[number as usize] += 1,
                Arrived::Event => events += 1,
                Arrived::Tick => {}
            }
        }
        self.vehicles.iter_mut().zip(rows).for_each(|(block, rows)| block.drop_front(rows));
        self.events.drain(..events);
    }
}

impl Extend<Entry> for EntryBlock {
    fn extend<I: IntoIterator<Item = Entry>>(&mut self, entries: I) {
        entries.into_iter().for_each(|entry| self.push(entry));
    }
}

/// Input that was refused, and why. Bad input is data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quarantined {
    /// Which rule refused it: one short word per rule, stable.
    pub reason: String,
    /// What is wrong, where, and what to do.
    pub detail: String,
    /// The input itself, at most 64 KiB of it.
    pub raw: Vec<u8>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{EventId, Flag, RaceEventKind};
    use units::EventTime;

    /// Two cars, a flag and a tick, as they arrive: `a` and `b` are samples of cars, `f` a flag, `t` a tick.
    fn entries(arrivals: &str) -> Vec<Entry> {
        let record = |ms: i64, what| match what {
            'f' => Record::Event(Box::new(RaceEvent {
                event_time: EventTime::from_ms(ms),
                id: EventId(ms as u64),
                kind: RaceEventKind::Flag { flag: Flag::Green },
            })),
            't' => Record::Tick,
            car => {
                Record::Sample(Sample::new(VehicleId::new(&car.to_string()).unwrap(), EventTime::from_ms(ms)))
            }
        };
        let entry =
            |(ms, what)| Entry { ingest_time: Some(IngestTime::from_ms(ms)), record: record(ms, what) };
        (1..).zip(arrivals.chars()).map(entry).collect()
    }

    #[test]
    fn what_is_kept_by_vehicle_comes_back_in_order_of_arrival() {
        let all = entries("abafbtba");
        for dropped in 0..=all.len() {
            let mut block = EntryBlock::default();
            block.extend(all.iter().cloned());
            block.drop_front(dropped);
            assert_eq!(block.entries().collect::<Vec<_>>(), all[dropped..], "without the first {dropped}");
        }
    }

    #[test]
    fn a_vehicle_has_one_block_of_rows_however_its_samples_come() {
        let mut block = EntryBlock::default();
        block.extend(entries("abba"));
        let (vehicles, _) = block.take_records();
        assert_eq!(vehicles.iter().map(SampleBlock::len).collect::<Vec<_>>(), [2, 2]);
    }
}
