//! A block as bytes: its vehicles, the order of arrival, each column of the samples vehicle by vehicle, race events.

use crate::block::{ENTRIES_MAX, EVENT_BYTES, TimeRange};
use crate::race_event::Layout;
use crate::series;
use crate::varint::{Input, put_signed, put_text, put_varint};
use crate::vehicles::Vehicles;
use crate::{EntryError, WriteError};
use events::{Arrival, Arrived, Entry, EntryBlock, EventId, RaceEvent, Record, RowHead, SampleBlock, Signal};
use std::num::NonZeroU64;
use units::{EventTime, IngestTime};

/// What the order of arrival has for a tick, for a race event, and for the vehicle that is the first of the block.
const TICK: i64 = 0;
const EVENT: i64 = 1;
const FIRST_VEHICLE: i64 = 2;

/// Most bytes of one race event: the roster of thousands of cars fits, and none makes a block that readers refuse.
pub(crate) const EVENT_BYTES_MAX: usize = 1 << 20;

/// Bits of the signals that this version knows.
pub(crate) const SIGNALS: u16 = (1 << Signal::ALL.len()) - 1;

const _: () =
    assert!(Signal::ALL.len() == 7, "a new signal is a new format: docs/tape-format.md, How to extend it");

/// Collects the entries of one block, and encodes them.
#[derive(Default)]
pub(crate) struct Encoder {
    block: EntryBlock,
    times: TimeRange,
    /// The race events so far, encoded, and the time of the last.
    events: Vec<u8>,
    event_us: i64,
}

impl Encoder {
    /// How many entries.
    pub(crate) fn count(&self) -> u32 {
        self.block.len() as u32
    }

    /// Which event times they have.
    pub(crate) fn times(&self) -> TimeRange {
        self.times
    }

    /// Whether the block is to be sealed.
    pub(crate) fn is_full(&self) -> bool {
        self.count() >= ENTRIES_MAX || self.events.len() >= EVENT_BYTES
    }

    /// Appends an entry, or leaves all as it was.
    pub(crate) fn put(&mut self, entry: &Entry) -> Result<(), WriteError> {
        let event_time = match &entry.record {
            Record::Sample(sample) => Some(sample.event_time),
            Record::Event(event) => {
                self.put_event(event)?;
                Some(event.event_time)
            }
            Record::Tick => None,
        };
        self.times = event_time.map_or(self.times, |time| self.times.including(time));
        self.block.push(entry.clone());
        Ok(())
    }

    fn put_event(&mut self, event: &RaceEvent) -> Result<(), WriteError> {
        let start = self.events.len();
        put_signed(&mut self.events, event.event_time.us().wrapping_sub(self.event_us));
        put_varint(&mut self.events, event.id.0);
        event.kind.put(&mut self.events);
        let bytes = self.events.len() - start;
        if bytes > EVENT_BYTES_MAX {
            self.events.truncate(start);
            return Err(WriteError::TooLarge { bytes, max: EVENT_BYTES_MAX });
        }
        self.event_us = event.event_time.us();
        Ok(())
    }

    /// The body of the block; the next begins.
    pub(crate) fn take_body(&mut self) -> Vec<u8> {
        let (mut out, mut column) = (Vec::new(), ColumnOut::default());
        let (vehicles, _) = self.block.take_records();
        let vehicles = &vehicles[..];
        put_varint(&mut out, vehicles.len() as u64);
        vehicles.iter().for_each(|rows| put_text(&mut out, rows.vehicle().as_str()));
        put_arrivals(&mut out, self.block.arrivals());

        column.put(&mut out, vehicles, |rows, row| Some(rows.times()[row].us()));
        column.put(&mut out, vehicles, |rows, row| Some(rows.heads()[row].source.into()));
        column.put(&mut out, vehicles, |rows, row| Some(rows.heads()[row].boot.into()));
        column.put(&mut out, vehicles, |rows, row| {
            Some(rows.heads()[row].sequence.map_or(0, NonZeroU64::get) as i64)
        });
        column.put(&mut out, vehicles, |rows, row| Some(rows.heads()[row].present.into()));
        for signal in 0..Signal::ALL.len() {
            column.put(&mut out, vehicles, |rows, row| {
                let present = rows.heads()[row].present & (1 << signal) != 0;
                present.then(|| rows.steps()[row][signal].into())
            });
        }
        out.append(&mut self.events);
        self.block.clear();
        (self.times, self.event_us) = (TimeRange::EMPTY, 0);
        out
    }
}

fn put_arrivals(out: &mut Vec<u8>, arrivals: &[Arrival]) {
    let whats = arrivals.iter().map(|arrival| match arrival.what {
        Arrived::Tick => TICK,
        Arrived::Event => EVENT,
        Arrived::Sample(number) => FIRST_VEHICLE + i64::from(number),
    });
    series::put(out, &whats.collect::<Vec<_>>());
    let has = arrivals.iter().map(|arrival| arrival.ingest_time.is_some().into());
    series::put(out, &has.collect::<Vec<_>>());
    let ingest_times = arrivals.iter().filter_map(|arrival| Some(arrival.ingest_time?.us()));
    series::put(out, &ingest_times.collect::<Vec<_>>());
}

/// One column of all vehicles: what each begins with, then how each goes on.
#[derive(Default)]
struct ColumnOut {
    firsts: Vec<i64>,
    differences: Vec<i64>,
}

impl ColumnOut {
    /// Appends what `value` has for each row, where it has something.
    fn put(
        &mut self,
        out: &mut Vec<u8>,
        vehicles: &[SampleBlock],
        value: impl Fn(&SampleBlock, usize) -> Option<i64>,
    ) {
        self.firsts.clear();
        self.differences.clear();
        for rows in vehicles {
            let mut values = (0..rows.len()).filter_map(|row| value(rows, row));
            let Some(mut before) = values.next() else { continue };
            self.firsts.push(before);
            for value in values {
                self.differences.push(value.wrapping_sub(before));
                before = value;
            }
        }
        series::put(out, &self.firsts);
        series::put(out, &self.differences);
    }
}

/// Decodes blocks. It keeps only its allocations from one to the next.
#[derive(Default)]
pub(crate) struct Decoder {
    order: Order,
    column: ColumnIn,
    /// The samples of one vehicle behind those of another.
    times: Vec<EventTime>,
    heads: Vec<RowHead>,
    steps: Vec<[i32; Signal::ALL.len()]>,
    /// Of a signal that some samples are without: how many of each vehicle have it, and its steps in these.
    with_it: Vec<usize>,
    values: Vec<i64>,
}

impl Decoder {
    /// Appends to `block`, which is empty, the `count` entries which are all of `bytes`.
    pub(crate) fn take(
        &mut self,
        bytes: &[u8],
        count: u32,
        known: &mut Vehicles,
        block: &mut EntryBlock,
    ) -> Result<(), EntryError> {
        let input = &mut Input::new(bytes);
        let vehicles: u32 = input.number()?;
        for number in 0..vehicles {
            let vehicle = known.numbered(number as usize, input.text()?)?;
            if block.number(vehicle) != number {
                return Err(EntryError::Vehicles);
            }
        }
        self.order.take(input, count as usize, vehicles as usize)?;
        self.take_heads(input)?;
        for signal in 0..Signal::ALL.len() {
            self.take_signal(input, signal)?;
        }
        let mut start = 0;
        for (number, rows) in (0..).zip(&self.order.rows) {
            let rows = start..start + rows;
            start = rows.end;
            let (times, heads) = (&self.times[rows.clone()], &self.heads[rows.clone()]);
            block.push_rows(number, times, heads, &self.steps[rows]);
        }
        block.push_arrivals(take_events(input, &self.order.whats)?, self.order.arrivals());
        if input.is_empty() { Ok(()) } else { Err(EntryError::Long) }
    }

    fn take_heads(&mut self, input: &mut Input<'_>) -> Result<(), EntryError> {
        let (rows, column, heads) = (&self.order.rows, &mut self.column, &mut self.heads);
        let all = rows.iter().sum();
        self.times.resize(all, EventTime::from_us(0));
        heads.resize(all, RowHead { sequence: None, boot: 0, source: 0, present: 0 });
        // What does not fit its type leaves a bit in one of these.
        let (mut source_over, mut boot_over, mut unknown) = (0, 0, 0);

        column.take(input, rows, &mut self.times, |time, us| *time = EventTime::from_us(us))?;
        column.take(input, rows, heads, |head, source| {
            head.source = source as u16;
            source_over |= source ^ i64::from(head.source);
        })?;
        column.take(input, rows, heads, |head, boot| {
            head.boot = boot as u32;
            boot_over |= boot ^ i64::from(head.boot);
        })?;
        column.take(input, rows, heads, |head, sequence| {
            head.sequence = NonZeroU64::new(sequence as u64);
        })?;
        column.take(input, rows, heads, |head, present| {
            head.present = present as u16;
            unknown |= present;
        })?;
        if source_over | boot_over != 0 {
            return Err(EntryError::Range);
        }
        known_signals(u16::try_from(unknown).map_err(|_| EntryError::Range)?, SIGNALS).map(drop)
    }

    fn take_signal(&mut self, input: &mut Input<'_>, signal: usize) -> Result<(), EntryError> {
        let has = |head: &RowHead| head.present & (1 << signal) != 0;
        let (rows, heads, mut over) = (&self.order.rows, &self.heads, 0);
        let mut narrow = |value: i64| {
            over |= value ^ i64::from(value as i32);
            value as i32
        };
        self.steps.resize(heads.len(), [0; Signal::ALL.len()]);
        if heads.iter().all(has) {
            self.column.take(input, rows, &mut self.steps, |steps, value| steps[signal] = narrow(value))?;
        } else {
            let mut others = &heads[..];
            self.with_it.clear();
            self.with_it.extend(rows.iter().map(|rows| {
                let (own, behind) = others.split_at(*rows);
                others = behind;
                own.iter().filter(|head| has(head)).count()
            }));
            self.values.resize(self.with_it.iter().sum(), 0);
            self.column.take(input, &self.with_it, &mut self.values, |to, value| *to = value)?;
            let mut values = self.values.iter();
            for (steps, head) in self.steps.iter_mut().zip(heads) {
                let value = if has(head) { values.next() } else { None };
                steps[signal] = value.map_or(0, |value| narrow(*value));
            }
        }
        if over == 0 { Ok(()) } else { Err(EntryError::Range) }
    }
}

/// As many race events as arrived.
fn take_events(input: &mut Input<'_>, whats: &[i64]) -> Result<Vec<RaceEvent>, EntryError> {
    let mut event_us = 0_i64;
    let events = whats.iter().filter(|what| **what == EVENT).map(|_| {
        event_us = event_us.wrapping_add(input.signed()?);
        let event_time = EventTime::from_us(event_us);
        Ok(RaceEvent { event_time, id: EventId(input.varint()?), kind: Layout::take(input)? })
    });
    events.collect()
}

/// The order of arrival.
#[derive(Default)]
struct Order {
    whats: Vec<i64>,
    has_ingest: Vec<i64>,
    ingest_us: Vec<i64>,
    /// How many samples each vehicle has.
    rows: Vec<usize>,
}

impl Order {
    fn take(&mut self, input: &mut Input<'_>, count: usize, vehicles: usize) -> Result<(), EntryError> {
        series::take(input, count, &mut self.whats)?;
        self.rows.clear();
        self.rows.resize(vehicles, 0);
        for what in self.whats.iter().filter(|what| !matches!(**what, TICK | EVENT)) {
            let number = usize::try_from(what.wrapping_sub(FIRST_VEHICLE)).ok();
            let rows = number.and_then(|number| self.rows.get_mut(number));
            *rows.ok_or(EntryError::Range)? += 1;
        }
        if self.rows.contains(&0) {
            return Err(EntryError::Vehicles);
        }
        series::take(input, count, &mut self.has_ingest)?;
        if self.has_ingest.iter().any(|has| has & !1 != 0) {
            return Err(EntryError::Range);
        }
        series::take(input, self.has_ingest.iter().sum::<i64>() as usize, &mut self.ingest_us)
    }

    fn arrivals(&self) -> impl Iterator<Item = Arrival> {
        let mut ingest_us = self.ingest_us.iter();
        self.whats.iter().zip(&self.has_ingest).map(move |(what, has)| {
            let ingest_us = if *has == 0 { None } else { ingest_us.next() };
            let what = match *what {
                TICK => Arrived::Tick,
                EVENT => Arrived::Event,
                vehicle => Arrived::Sample((vehicle - FIRST_VEHICLE) as u32),
            };
            Arrival { ingest_time: ingest_us.map(|us| IngestTime::from_us(*us)), what }
        })
    }
}

/// Reads columns of all vehicles.
#[derive(Default)]
struct ColumnIn {
    firsts: Vec<i64>,
    differences: Vec<i64>,
}

impl ColumnIn {
    /// Reads the next column, which has a value for each of `rows`: so many of each vehicle.
    fn take<T>(
        &mut self,
        input: &mut Input<'_>,
        counts: &[usize],
        mut rows: &mut [T],
        mut set: impl FnMut(&mut T, i64),
    ) -> Result<(), EntryError> {
        let begun = || counts.iter().filter(|count| **count > 0);
        let firsts = begun().count();
        series::take(input, firsts, &mut self.firsts)?;
        series::take(input, rows.len() - firsts, &mut self.differences)?;
        let mut differences = &self.differences[..];
        for (count, first) in begun().zip(&self.firsts) {
            let (own, others) = rows.split_at_mut(*count);
            let (own_differences, other_differences) = differences.split_at(count - 1);
            (rows, differences) = (others, other_differences);
            let mut value = *first;
            set(&mut own[0], value);
            for (row, difference) in own[1..].iter_mut().zip(own_differences) {
                value = value.wrapping_add(*difference);
                set(row, value);
            }
        }
        Ok(())
    }
}

/// `signals`, if all of them are in `known`.
pub(crate) fn known_signals(signals: u16, known: u16) -> Result<u16, EntryError> {
    match signals & !known {
        0 => Ok(signals),
        other => Err(EntryError::Unknown { what: "signal", number: other.trailing_zeros().into() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::block::SAMPLE_BYTES_MAX;
    use events::{Sample, VehicleId};
    use proptest::prelude::*;

    fn taken(bytes: &[u8], count: u32) -> Result<EntryBlock, EntryError> {
        let mut block = EntryBlock::default();
        Decoder::default().take(bytes, count, &mut Vehicles::default(), &mut block).map(|()| block)
    }

    /// Of one sample of vehicle 7 with no ingest time; then what its columns are.
    fn one(columns: &[u8]) -> Vec<u8> {
        [&[1, 1, b'7', 2, 4, 0][..], columns].concat()
    }

    #[test]
    fn what_no_version_wrote_is_refused() {
        for (what, bytes, count, why) in [
            ("nothing", vec![], 1, "it ends too early"),
            (
                "a vehicle without a sample",
                vec![1, 1, b'7', 0, 0],
                1,
                "a vehicle comes twice in its block, or has no sample there",
            ),
            (
                "a vehicle twice",
                vec![2, 1, b'7', 1, b'7'],
                2,
                "a vehicle comes twice in its block, or has no sample there",
            ),
            ("a sample of no vehicle", vec![0, 2, 4], 1, "a number is out of range"),
            ("a sample before all vehicles", vec![0, 2, 1], 1, "a number is out of range"),
            ("an ingest time and a half", vec![0, 0, 2, 4], 1, "a number is out of range"),
            ("a source of 17 bits", one(&[0, 2, 0x80, 0x80, 0x08, 0, 0, 0]), 1, "a number is out of range"),
            ("a boot below 0", one(&[0, 0, 2, 1, 0, 0]), 1, "a number is out of range"),
            ("an eighth signal", one(&[0, 0, 0, 0, 2, 0x80, 0x02]), 1, "there is no signal 7"),
            (
                "a signal of 33 bits",
                one(&[0, 0, 0, 0, 2, 2, 2, 0x80, 0x80, 0x80, 0x80, 0x10]),
                1,
                "a number is out of range",
            ),
            ("more than its entries", one(&[0; 6]), 1, "bytes are left over"),
        ] {
            assert_eq!(taken(&bytes, count).unwrap_err().to_string(), why, "{what}");
        }
        assert_eq!(taken(&one(&[0; 5]), 1).unwrap().len(), 1, "so these would do");
    }

    #[test]
    fn blocks_know_nothing_of_each_other() {
        let sample = |vehicle, rpm| {
            let vehicle = VehicleId::new(vehicle).unwrap();
            let sample = Sample::new(vehicle, EventTime::from_ms(7)).with(Signal::Rpm, rpm).unwrap();
            Entry { ingest_time: Some(IngestTime::from_ms(8)), record: Record::Sample(sample) }
        };
        let (one, other) = ([sample("7", 5.0), sample("8", 6.0)], [sample("9", 1.0), sample("8", 2.0)]);
        let (mut encoder, mut decoder) = (Encoder::default(), Decoder::default());
        let (mut known, mut entries) = (Vehicles::default(), EntryBlock::default());
        for block in [&one, &other, &one] {
            block.iter().for_each(|entry| encoder.put(entry).unwrap());
            entries.clear();
            decoder.take(&encoder.take_body(), 2, &mut known, &mut entries).unwrap();
            assert_eq!(entries.entries().collect::<Vec<_>>(), block);
        }
    }

    #[test]
    fn no_sample_takes_more_than_readers_are_ready_for() {
        let mut encoder = Encoder::default();
        for turn in 0..i64::from(ENTRIES_MAX) {
            let far = turn.wrapping_mul(0x5851_f42d_4c95_7f2d);
            let vehicle = VehicleId::new(&format!("{turn:-^64}")).unwrap();
            let mut sample = Sample::new(vehicle, EventTime::from_us(far));
            sample.sequence = NonZeroU64::new((far ^ 0x5555) as u64);
            (sample.boot, sample.source) = ((far >> 7) as u32, (far >> 9) as u16);
            Signal::ALL.into_iter().for_each(|signal| sample.set_steps(signal, (far >> signal as u8) as i32));
            let ingest_time = Some(IngestTime::from_us(far.wrapping_mul(3)));
            encoder.put(&Entry { ingest_time, record: Record::Sample(sample) }).unwrap();
        }
        let bytes = encoder.take_body().len();
        assert!(bytes <= SAMPLE_BYTES_MAX * ENTRIES_MAX as usize, "{bytes}");
    }

    proptest! {
        #[test]
        fn any_bytes_are_entries_or_an_error(bytes in prop::collection::vec(0_u8..80, 0..200), count in 1_u32..30) {
            let taken = taken(&bytes, count);
            prop_assert!(taken.is_err() || taken.is_ok_and(|entries| entries.len() == count as usize));
        }

        #[test]
        fn any_columns_are_samples_or_an_error(columns in prop::collection::vec(0_u8..10, 0..40)) {
            prop_assert!(taken(&one(&columns), 1).map_or(true, |entries| entries.len() == 1));
        }
    }
}
