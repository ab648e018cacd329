//! Blocks as format 1 had them, to read: entry by entry, a sample as what differs from its vehicle's one before.

use crate::EntryError;
use crate::columns::{SIGNALS, known_signals};
use crate::race_event::Layout;
use crate::varint::Input;
use crate::vehicles::Vehicles;
use events::{Entry, EntryBlock, EventId, RaceEvent, Record, Sample, Signal, VehicleId};
use std::num::NonZeroU64;
use units::{EventTime, IngestTime};

/// The tag's low bits: what the record is.
const KIND: u8 = 0b11;
const TICK: u8 = 0;
const SAMPLE: u8 = 1;
const EVENT: u8 = 2;
/// Set in the tag where there is an ingest time.
const INGEST: u8 = 1 << 2;
/// Set in the tag where source and boot differ from the vehicle's last.
const PUBLISHER: u8 = 1 << 3;
/// Set in the tag where the sequence is not the one expected.
const SEQUENCE: u8 = 1 << 4;
/// Set in the tag where other signals are present than in the vehicle's last.
const PRESENT: u8 = 1 << 5;

/// The times of the entry before, from zero at the start of each block.
#[derive(Clone, Copy, Default)]
struct Clocks {
    ingest_us: i64,
    event_us: i64,
}

/// What was read last of a vehicle, from zeros at the start of each block.
#[derive(Clone)]
struct Last {
    vehicle: VehicleId,
    /// Its number in the block that is decoded to.
    number: u32,
    source: u16,
    boot: u32,
    /// 0 stands for none.
    sequence: u64,
    present: u16,
    /// Held while a signal is absent.
    steps: [i32; Signal::ALL.len()],
}

impl Last {
    fn nothing(vehicle: VehicleId, number: u32) -> Self {
        Last { vehicle, number, source: 0, boot: 0, sequence: 0, present: 0, steps: [0; 7] }
    }

    fn sample(&self, event_time: EventTime) -> Sample {
        let mut sample = Sample::new(self.vehicle, event_time);
        (sample.source, sample.boot) = (self.source, self.boot);
        sample.sequence = NonZeroU64::new(self.sequence);
        sample.set_all(self.present, &self.steps);
        sample
    }

    /// Who counts goes on counting, who does not count does not begin.
    fn expected_sequence(&self) -> u64 {
        self.sequence.wrapping_add((self.sequence != 0).into())
    }

    fn take_steps(&mut self, input: &mut Input<'_>) -> Result<(), EntryError> {
        let changed = known_signals(input.byte()?.into(), self.present)?;
        for (bit, steps) in self.steps.iter_mut().enumerate() {
            if changed & (1 << bit) != 0 {
                let change = i32::try_from(input.signed()?).map_err(|_| EntryError::Range)?;
                *steps = steps.wrapping_add(change);
            }
        }
        Ok(())
    }
}

/// Appends to `block`, which is empty, the `count` entries which are all of `bytes`.
pub(crate) fn take(
    bytes: &[u8],
    count: u32,
    known: &mut Vehicles,
    block: &mut EntryBlock,
) -> Result<(), EntryError> {
    let mut decoder =
        Decoder { input: Input::new(bytes), clocks: Clocks::default(), lasts: Vec::new(), known };
    for _ in 0..count {
        decoder.take_entry(block)?;
    }
    if decoder.input.is_empty() { Ok(()) } else { Err(EntryError::Long) }
}

/// Decodes one block.
struct Decoder<'a> {
    input: Input<'a>,
    clocks: Clocks,
    /// By the number of their vehicle.
    lasts: Vec<Last>,
    known: &'a mut Vehicles,
}

impl Decoder<'_> {
    fn take_entry(&mut self, block: &mut EntryBlock) -> Result<(), EntryError> {
        let tag = self.input.byte()?;
        let ingest_time = if tag & INGEST == 0 { None } else { Some(self.take_ingest_time()?) };
        let flags = tag & !(KIND | INGEST);
        let record = match tag & KIND {
            TICK if flags == 0 => Record::Tick,
            SAMPLE if flags & !(PUBLISHER | SEQUENCE | PRESENT) == 0 => {
                return self.take_sample(flags, ingest_time, block);
            }
            EVENT if flags == 0 => {
                let event_time = self.take_event_time()?;
                let (id, kind) = (EventId(self.input.varint()?), Layout::take(&mut self.input)?);
                Record::Event(Box::new(RaceEvent { event_time, id, kind }))
            }
            _ => return Err(EntryError::Unknown { what: "entry tag", number: tag.into() }),
        };
        block.push(Entry { ingest_time, record });
        Ok(())
    }

    fn take_ingest_time(&mut self) -> Result<IngestTime, EntryError> {
        self.clocks.ingest_us = self.clocks.ingest_us.wrapping_add(self.input.signed()?);
        Ok(IngestTime::from_us(self.clocks.ingest_us))
    }

    fn take_event_time(&mut self) -> Result<EventTime, EntryError> {
        self.clocks.event_us = self.clocks.event_us.wrapping_add(self.input.signed()?);
        Ok(EventTime::from_us(self.clocks.event_us))
    }

    fn take_sample(
        &mut self,
        flags: u8,
        ingest_time: Option<IngestTime>,
        block: &mut EntryBlock,
    ) -> Result<(), EntryError> {
        let event_time = self.take_event_time()?;
        let number: usize = self.input.number()?;
        if number == self.lasts.len() {
            let vehicle = self.known.numbered(number, self.input.text()?)?;
            self.lasts.push(Last::nothing(vehicle, block.number(vehicle)));
        }
        let unknown = EntryError::Unknown { what: "vehicle", number: number as u64 };
        let (last, input) = (self.lasts.get_mut(number).ok_or(unknown)?, &mut self.input);
        if flags & PUBLISHER != 0 {
            last.source = input.number()?;
            last.boot = input.number()?;
        }
        last.sequence = match flags & SEQUENCE {
            0 => last.expected_sequence(),
            _ => last.sequence.wrapping_add(input.signed()? as u64),
        };
        if flags & PRESENT != 0 {
            last.present = known_signals(input.number()?, SIGNALS)?;
        }
        last.take_steps(input)?;
        block.push_sample(last.number, ingest_time, &last.sample(event_time));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
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
            let error = take(&bytes, 1, &mut Vehicles::default(), &mut EntryBlock::default()).unwrap_err();
            assert_eq!(error.to_string(), why, "{bytes:x?}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_entries_or_an_error(bytes in prop::collection::vec(0_u8..48, 0..200), count in 0_u32..30) {
            let mut entries = EntryBlock::default();
            let taken = take(&bytes, count, &mut Vehicles::default(), &mut entries);
            prop_assert!(taken.is_err() || entries.len() == count as usize);
        }
    }
}
