//! Samples as bytes: each as what differs from its vehicle's one before in the block.

use crate::EntryError;
use crate::varint::{Input, put_signed, put_text, put_varint};
use events::{EntryBlock, Sample, SessionIds, Signal, VehicleId};
use std::collections::BTreeMap;
use std::num::NonZeroU64;
use units::{EventTime, IngestTime};

/// Set in the tag where source and boot differ from the vehicle's last.
pub(crate) const PUBLISHER: u8 = 1 << 3;
/// Set in the tag where the sequence is not the one expected.
pub(crate) const SEQUENCE: u8 = 1 << 4;
/// Set in the tag where other signals are present than in the vehicle's last.
pub(crate) const PRESENT: u8 = 1 << 5;

/// Bits of the signals that this version knows.
const SIGNALS: u16 = (1 << Signal::ALL.len()) - 1;

const _: () =
    assert!(Signal::ALL.len() == 7, "a new signal is a new format: docs/tape-format.md, How to extend it");

/// What was written last of a vehicle. Both sides of the tape keep it, from zeros at the start of each block.
#[derive(Clone)]
struct Last {
    vehicle: VehicleId,
    /// Its number in the block that is read.
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
    fn nothing(vehicle: VehicleId) -> Self {
        Last { vehicle, number: 0, source: 0, boot: 0, sequence: 0, present: 0, steps: [0; 7] }
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
}

/// The vehicles of a block while it is written, numbered as they come.
#[derive(Default)]
pub(crate) struct VehiclesOut {
    numbers: BTreeMap<VehicleId, usize>,
    lasts: Vec<Last>,
}

impl VehiclesOut {
    pub(crate) fn clear(&mut self) {
        self.numbers.clear();
        self.lasts.clear();
    }

    /// Appends a sample; returns the flags of its tag.
    pub(crate) fn put(&mut self, out: &mut Vec<u8>, sample: &Sample) -> u8 {
        let last = self.put_vehicle(out, sample.vehicle);
        let mut flags = 0;
        if (sample.source, sample.boot) != (last.source, last.boot) {
            flags |= PUBLISHER;
            put_varint(out, sample.source.into());
            put_varint(out, sample.boot.into());
        }
        let sequence = sample.sequence.map_or(0, NonZeroU64::get);
        if sequence != last.expected_sequence() {
            flags |= SEQUENCE;
            put_signed(out, sequence.wrapping_sub(last.sequence) as i64);
        }
        if sample.present() != last.present {
            flags |= PRESENT;
            put_varint(out, sample.present().into());
        }
        put_steps(out, sample, &mut last.steps);
        (last.source, last.boot, last.sequence) = (sample.source, sample.boot, sequence);
        last.present = sample.present();
        flags
    }

    fn put_vehicle(&mut self, out: &mut Vec<u8>, vehicle: VehicleId) -> &mut Last {
        let known = self.lasts.len();
        let number = *self.numbers.entry(vehicle).or_insert(known);
        put_varint(out, number as u64);
        if number == known {
            put_text(out, vehicle.as_str());
            self.lasts.push(Last::nothing(vehicle));
        }
        &mut self.lasts[number]
    }
}

/// One bit per signal that changed, then the changes.
fn put_steps(out: &mut Vec<u8>, sample: &Sample, last: &mut [i32; Signal::ALL.len()]) {
    let at = out.len();
    out.push(0);
    for (signal, steps) in sample.signals() {
        let change = steps.wrapping_sub(last[signal as usize]);
        if change != 0 {
            out[at] |= 1 << signal as u8;
            put_signed(out, change.into());
            last[signal as usize] = steps;
        }
    }
}

/// The vehicles of a block while it is read.
#[derive(Default)]
pub(crate) struct VehiclesIn {
    /// The first `known` are of this block; those behind are of earlier ones, kept because the same vehicle is likely
    /// to have the same number again, and comparing its text is cheaper than interning it.
    lasts: Vec<Last>,
    known: usize,
    /// Every vehicle of the tape so far: a session, and so a tape, brings only so many.
    ids: SessionIds,
}

impl VehiclesIn {
    pub(crate) fn clear(&mut self) {
        self.known = 0;
    }

    /// Reads a sample whose tag has these flags into `block`.
    pub(crate) fn take(
        &mut self,
        input: &mut Input<'_>,
        flags: u8,
        (ingest_time, event_time): (Option<IngestTime>, EventTime),
        block: &mut EntryBlock,
    ) -> Result<(), EntryError> {
        let last = self.take_vehicle(input, block)?;
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
        take_steps(input, last.present, &mut last.steps)?;
        block.push_sample(last.number, ingest_time, &last.sample(event_time));
        Ok(())
    }

    fn take_vehicle(
        &mut self,
        input: &mut Input<'_>,
        block: &mut EntryBlock,
    ) -> Result<&mut Last, EntryError> {
        let number: usize = input.number()?;
        if number == self.known {
            let text = input.text()?;
            let vehicle = match self.lasts.get(number) {
                Some(last) if last.vehicle.as_str() == text => last.vehicle,
                _ => self.ids.vehicle(text)?,
            };
            let last = Last { number: block.number(vehicle), ..Last::nothing(vehicle) };
            match self.lasts.get_mut(number) {
                Some(before) => *before = last,
                None => self.lasts.push(last),
            }
            self.known += 1;
        }
        let known = self.lasts.get_mut(..self.known).unwrap_or_default();
        known.get_mut(number).ok_or(EntryError::Unknown { what: "vehicle", number: number as u64 })
    }
}

fn take_steps(
    input: &mut Input<'_>,
    present: u16,
    steps: &mut [i32; Signal::ALL.len()],
) -> Result<(), EntryError> {
    let changed = known_signals(input.byte()?.into(), present)?;
    for (bit, steps) in steps.iter_mut().enumerate() {
        if changed & (1 << bit) != 0 {
            let change = i32::try_from(input.signed()?).map_err(|_| EntryError::Range)?;
            *steps = steps.wrapping_add(change);
        }
    }
    Ok(())
}

fn known_signals(signals: u16, known: u16) -> Result<u16, EntryError> {
    match signals & !known {
        0 => Ok(signals),
        other => Err(EntryError::Unknown { what: "signal", number: other.trailing_zeros().into() }),
    }
}
