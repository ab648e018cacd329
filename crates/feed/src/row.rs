//! One line of a recording, made of the values of its columns by the law of the mapping.

use crate::judge::{Reason, Rejected, event_time, relative_time};
use crate::mapping::{Mapping, Target};
use events::{Sample, SessionIds, Signal, VehicleId};
use std::collections::BTreeMap;

/// What one line of a recording says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    pub sample: Sample,
    /// The reading of the fuel column, for the truth alone.
    pub fuel: Option<f64>,
    pub on_pit_road: Option<bool>,
    pub in_box: Option<bool>,
    /// Which part of the recording; another number is another stretch of driving.
    pub segment: u32,
    /// Its place in the file.
    pub line: u64,
}

/// A value as the format has it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Value<'a> {
    Number(f64),
    Text(&'a str),
    Flag(bool),
}

impl Value<'_> {
    const fn kind(&self) -> &'static str {
        match self {
            Value::Number(_) => "a number",
            Value::Text(_) => "a text",
            Value::Flag(_) => "a flag",
        }
    }
}

/// A line whose values are still arriving.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Draft {
    time: Option<f64>,
    vehicle: Option<VehicleId>,
    signals: [Option<f64>; Signal::ALL.len()],
    fuel: Option<f64>,
    on_pit_road: Option<bool>,
    in_box: Option<bool>,
    segment: u32,
}

/// Makes rows by a mapping.
#[derive(Debug)]
pub(crate) struct RowMaker {
    pub mapping: Mapping,
    ids: IdCache,
    segments: BTreeMap<String, u32>,
}

impl RowMaker {
    pub fn new(mapping: Mapping) -> Self {
        RowMaker { mapping, ids: IdCache::default(), segments: BTreeMap::new() }
    }

    /// Puts the value of one column into the draft.
    #[inline]
    pub fn set(&mut self, draft: &mut Draft, column: usize, value: Value<'_>) -> Result<(), Rejected> {
        let Some(column) = self.mapping.columns.get(column) else { return Ok(()) };
        match (column.target, value) {
            (Target::Signal { signal, factor }, Value::Number(number)) => {
                if let Some(place) = draft.signals.get_mut(signal as usize) {
                    *place = Some(number * factor);
                }
            }
            (Target::Time, Value::Number(number)) => draft.time = Some(number),
            (Target::Vehicle, Value::Text(text)) => draft.vehicle = Some(self.ids.get(text)?),
            (Target::Fuel, Value::Number(number)) if number.is_finite() => draft.fuel = Some(number),
            (Target::Fuel, Value::Number(_)) => {
                return Err(Rejected::new(Reason::NotFinite, "the fuel reading is not a finite number"));
            }
            (Target::OnPitRoad, Value::Flag(flag)) => draft.on_pit_road = Some(flag),
            (Target::InBox, Value::Flag(flag)) => draft.in_box = Some(flag),
            (Target::Segment, Value::Text(text)) => draft.segment = self.segment(text),
            (Target::Segment, Value::Number(number)) => draft.segment = self.segment(&number.to_string()),
            (target, value) => return Err(wrong_kind(&column.name, target, value)),
        }
        Ok(())
    }

    /// The number of a segment, in the order of their first lines.
    fn segment(&mut self, text: &str) -> u32 {
        let next = self.segments.len() as u32;
        match self.segments.get(text) {
            Some(known) => *known,
            None => *self.segments.entry(text.to_owned()).or_insert(next),
        }
    }

    /// The row, judged.
    pub fn finish(&self, draft: &Draft) -> Result<Row, Rejected> {
        let constant = self.mapping.vehicle.as_ref().map(|entry| entry.vehicle);
        let vehicle = draft.vehicle.or(constant).ok_or_else(|| self.missing(Target::Vehicle))?;
        let time = draft.time.ok_or_else(|| self.missing(Target::Time))?;
        let clock = self.mapping.clock;
        let event_time = match clock.start {
            None => event_time(time, clock.unit)?,
            Some(start) => relative_time(time, clock.unit, start)?,
        };
        let mut sample = Sample::new(vehicle, event_time);
        for (signal, value) in Signal::ALL.into_iter().zip(draft.signals) {
            if let Some(value) = value {
                sample = sample.with(signal, value)?;
            }
        }
        if sample.present() == 0 {
            return Err(Rejected::new(Reason::Schema, "it carries no signal of the mapping"));
        }
        let Draft { fuel, on_pit_road, in_box, segment, .. } = *draft;
        Ok(Row { sample, fuel, on_pit_road, in_box, segment, line: 0 })
    }

    fn missing(&self, target: Target) -> Rejected {
        let column = self.mapping.columns.iter().find(|column| column.target == target);
        let name = column.map(|column| column.name.as_str()).unwrap_or_default();
        Rejected::new(Reason::Schema, format!("`{name}` is missing"))
    }
}

#[cold]
fn wrong_kind(column: &str, target: Target, value: Value<'_>) -> Rejected {
    let expected = match target {
        Target::Time | Target::Signal { .. } | Target::Fuel => "a number",
        Target::Vehicle | Target::Segment => "a text",
        Target::OnPitRoad | Target::InBox => "a flag",
    };
    let detail = format!("`{column}` is {}, {expected} is expected", value.kind());
    Rejected::new(Reason::Schema, detail)
}

/// The ids met last, so that a line costs a comparison of its id instead of a walk through the table of all ids.
#[derive(Debug)]
struct IdCache {
    slots: [Option<VehicleId>; 256],
    of_session: SessionIds,
}

impl Default for IdCache {
    fn default() -> Self {
        IdCache { slots: [None; 256], of_session: SessionIds::default() }
    }
}

impl IdCache {
    fn get(&mut self, text: &str) -> Result<VehicleId, Rejected> {
        let hash = text.bytes().fold(0u8, |hash, byte| hash.wrapping_mul(31).wrapping_add(byte));
        match self.slots.get_mut(usize::from(hash)) {
            Some(Some(known)) if known.as_str() == text => Ok(*known),
            slot => {
                let id = self.of_session.vehicle(text)?;
                slot.into_iter().for_each(|slot| *slot = Some(id));
                Ok(id)
            }
        }
    }
}
