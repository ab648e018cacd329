//! Entries as bytes: a tag, the times as differences from the entry before, then the record.

use crate::block::TimeRange;
use crate::race_event::Layout;
use crate::sample::{PRESENT, PUBLISHER, SEQUENCE, VehiclesIn, VehiclesOut};
use crate::varint::{Input, put_signed, put_varint};
use crate::{EntryError, WriteError};
use events::{Entry, EntryBlock, EventId, RaceEvent, Record};
use units::{EventTime, IngestTime};

/// The tag's low bits: what the record is.
const KIND: u8 = 0b11;
const TICK: u8 = 0;
const SAMPLE: u8 = 1;
const EVENT: u8 = 2;
/// Set in the tag where there is an ingest time.
const INGEST: u8 = 1 << 2;

/// Most bytes of one entry: the roster of thousands of cars fits, and no entry makes a block that readers refuse.
pub(crate) const ENTRY_BYTES_MAX: usize = 1 << 20;

/// The times of the entry before, from zero at the start of each block.
#[derive(Clone, Copy, Default)]
struct Clocks {
    ingest_us: i64,
    event_us: i64,
}

/// Encodes the entries of one block.
#[derive(Default)]
pub(crate) struct Encoder {
    bytes: Vec<u8>,
    count: u32,
    times: TimeRange,
    clocks: Clocks,
    vehicles: VehiclesOut,
}

impl Encoder {
    /// Forgets all entries.
    pub(crate) fn clear(&mut self) {
        self.bytes.clear();
        self.vehicles.clear();
        (self.count, self.times, self.clocks) = (0, TimeRange::EMPTY, Clocks::default());
    }

    /// The entries so far.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// How many they are.
    pub(crate) fn count(&self) -> u32 {
        self.count
    }

    /// Which event times they have.
    pub(crate) fn times(&self) -> TimeRange {
        self.times
    }

    /// Appends an entry, or leaves all as it was.
    pub(crate) fn put(&mut self, entry: &Entry) -> Result<(), WriteError> {
        let (start, clocks) = (self.bytes.len(), self.clocks);
        self.bytes.push(0);
        self.put_ingest_time(entry.ingest_time);
        let (tag, event_time) = self.put_record(&entry.record);
        let bytes = self.bytes.len() - start;
        if bytes > ENTRY_BYTES_MAX {
            self.bytes.truncate(start);
            self.clocks = clocks; // only a race event can be so large, so no vehicle has changed
            return Err(WriteError::TooLarge { bytes, max: ENTRY_BYTES_MAX });
        }
        self.bytes[start] = tag | if entry.ingest_time.is_some() { INGEST } else { 0 };
        self.count += 1;
        if let Some(event_time) = event_time {
            self.times = self.times.including(event_time);
        }
        Ok(())
    }

    fn put_record(&mut self, record: &Record) -> (u8, Option<EventTime>) {
        match record {
            Record::Tick => (TICK, None),
            Record::Sample(sample) => {
                self.put_event_time(sample.event_time);
                (SAMPLE | self.vehicles.put(&mut self.bytes, sample), Some(sample.event_time))
            }
            Record::Event(event) => {
                self.put_event_time(event.event_time);
                put_varint(&mut self.bytes, event.id.0);
                event.kind.put(&mut self.bytes);
                (EVENT, Some(event.event_time))
            }
        }
    }

    fn put_ingest_time(&mut self, time: Option<IngestTime>) {
        if let Some(time) = time {
            put_signed(&mut self.bytes, time.us().wrapping_sub(self.clocks.ingest_us));
            self.clocks.ingest_us = time.us();
        }
    }

    fn put_event_time(&mut self, time: EventTime) {
        put_signed(&mut self.bytes, time.us().wrapping_sub(self.clocks.event_us));
        self.clocks.event_us = time.us();
    }
}

/// Decodes blocks. It keeps only its allocations from one to the next.
#[derive(Default)]
pub(crate) struct Decoder {
    clocks: Clocks,
    vehicles: VehiclesIn,
}

impl Decoder {
    /// Appends to `block`, which is empty, the `count` entries which are all of `bytes`.
    pub(crate) fn take(
        &mut self,
        bytes: &[u8],
        count: u32,
        block: &mut EntryBlock,
    ) -> Result<(), EntryError> {
        self.clocks = Clocks::default();
        self.vehicles.clear();
        let mut input = Input::new(bytes);
        for _ in 0..count {
            self.take_entry(&mut input, block)?;
        }
        if input.is_empty() { Ok(()) } else { Err(EntryError::Long) }
    }

    fn take_entry(&mut self, input: &mut Input<'_>, block: &mut EntryBlock) -> Result<(), EntryError> {
        let tag = input.byte()?;
        let ingest_time = if tag & INGEST == 0 { None } else { Some(self.take_ingest_time(input)?) };
        let flags = tag & !(KIND | INGEST);
        let record = match tag & KIND {
            TICK if flags == 0 => Record::Tick,
            SAMPLE if flags & !(PUBLISHER | SEQUENCE | PRESENT) == 0 => {
                let event_time = self.take_event_time(input)?;
                return self.vehicles.take(input, flags, (ingest_time, event_time), block);
            }
            EVENT if flags == 0 => {
                let event_time = self.take_event_time(input)?;
                let (id, kind) = (EventId(input.varint()?), Layout::take(input)?);
                Record::Event(Box::new(RaceEvent { event_time, id, kind }))
            }
            _ => return Err(EntryError::Unknown { what: "entry tag", number: tag.into() }),
        };
        block.push(Entry { ingest_time, record });
        Ok(())
    }

    fn take_ingest_time(&mut self, input: &mut Input<'_>) -> Result<IngestTime, EntryError> {
        self.clocks.ingest_us = self.clocks.ingest_us.wrapping_add(input.signed()?);
        Ok(IngestTime::from_us(self.clocks.ingest_us))
    }

    fn take_event_time(&mut self, input: &mut Input<'_>) -> Result<EventTime, EntryError> {
        self.clocks.event_us = self.clocks.event_us.wrapping_add(input.signed()?);
        Ok(EventTime::from_us(self.clocks.event_us))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use events::{Sample, Signal, VehicleId};
    use proptest::prelude::*;

    #[test]
    fn what_no_version_wrote_is_refused() {
        let sample = |flags, rest: &[u8]| [&[SAMPLE | flags, 0, 0, 1, b'7'][..], rest].concat();
        for (bytes, why) in [
            (vec![3], "there is no entry tag 3"),
            (vec![TICK | PRESENT], "there is no entry tag 32"),
            (vec![SAMPLE | 1 << 6], "there is no entry tag 65"),
            (vec![SAMPLE, 0, 1], "there is no vehicle 1"),
            (sample(0, &[0x01]), "there is no signal 0"),
            (sample(PRESENT, &[0x80, 0x01]), "there is no signal 7"),
            (sample(PRESENT, &[0x7f, 0x80]), "there is no signal 7"),
            (sample(PRESENT, &[1, 1, 0xff, 0xff, 0xff, 0xff, 0x7f]), "a number is out of range"),
            (sample(0, &[0, 0]), "bytes are left over"),
            (sample(PUBLISHER, &[0xff, 0xff, 0x04]), "a number is out of range"),
        ] {
            let error = Decoder::default().take(&bytes, 1, &mut EntryBlock::default()).unwrap_err();
            assert_eq!(error.to_string(), why, "{bytes:x?}");
        }
    }

    #[test]
    fn blocks_know_nothing_of_each_other() {
        let sample = |vehicle, rpm| {
            let sample =
                Sample::new(VehicleId::new(vehicle).unwrap(), EventTime::from_ms(7)).with(Signal::Rpm, rpm);
            Entry { ingest_time: Some(IngestTime::from_ms(8)), record: Record::Sample(sample.unwrap()) }
        };
        let (one, other) = ([sample("7", 5.0), sample("8", 6.0)], [sample("9", 1.0), sample("8", 2.0)]);
        let (mut encoder, mut decoder) = (Encoder::default(), Decoder::default());
        for block in [&one, &other, &one] {
            encoder.clear();
            block.iter().for_each(|entry| encoder.put(entry).unwrap());
            let mut entries = EntryBlock::default();
            decoder.take(encoder.bytes(), 2, &mut entries).unwrap();
            assert_eq!(entries.entries().collect::<Vec<_>>(), block);
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_entries_or_an_error(bytes in proptest::collection::vec(0_u8..48, 0..200), count in 0_u32..30) {
            let mut entries = EntryBlock::default();
            let taken = Decoder::default().take(&bytes, count, &mut entries);
            prop_assert!(taken.is_err() || entries.len() == count as usize);
        }
    }
}
