//! The truth, kept apart from the log: what each lap burned, what each stop added, what the driver was doing.

use events::{Mode, Sign, VehicleId};
use std::collections::BTreeMap;
use truth::{Truth, TruthKind, TruthUnit};
use units::EventTime;

/// The books of one car. Burn is entered in steps that end at lap crossings, so laps join without gap or overlap.
#[derive(Debug)]
pub(crate) struct Books {
    vehicle: VehicleId,
    lap: u32,
    lap_from: EventTime,
    lap_burned_kg: f64,
    /// Whether the open lap began at the start line.
    lap_is_whole: bool,
    mode: Mode,
    mode_from: EventTime,
    /// Signs that hold, and since when.
    signs: BTreeMap<Sign, EventTime>,
    lines: Vec<Truth>,
}

/// What is entered as a car crosses the start line.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AtLine {
    /// In the tank.
    pub tank_kg: f64,
    /// How hard the driver saved on the lap that ends.
    pub saving: f64,
}

impl Books {
    pub fn new(vehicle: VehicleId, start: EventTime) -> Self {
        Books {
            vehicle,
            lap: 0,
            lap_from: start,
            lap_burned_kg: 0.0,
            lap_is_whole: false,
            mode: Mode::Caution,
            mode_from: start,
            signs: BTreeMap::new(),
            lines: Vec::new(),
        }
    }

    pub fn burn(&mut self, kg: f64) {
        self.lap_burned_kg += kg;
    }

    /// The burn of the open lap so far, kg.
    pub fn lap_burned_kg(&self) -> f64 {
        self.lap_burned_kg
    }

    /// Closes the open lap at the start line.
    pub fn cross_line(&mut self, at: EventTime, now: AtLine) {
        self.close_lap(at, self.lap_is_whole, Some(now));
        self.lap += 1;
        self.lap_from = at;
        self.lap_burned_kg = 0.0;
        self.lap_is_whole = true;
    }

    pub fn stop(&mut self, from: EventTime, to: EventTime, tank_before_kg: f64, added_kg: f64) {
        let line = self.line(TruthKind::Stop, from, to);
        self.lines.push(Truth { tank_before_kg: Some(tank_before_kg), added_kg: Some(added_kg), ..line });
    }

    pub fn mode(&mut self, at: EventTime, mode: Mode) {
        if mode != self.mode {
            self.close_mode(at);
            self.mode = mode;
            self.mode_from = at;
        }
    }

    /// Whether a sign holds from `at` on.
    pub fn sign(&mut self, at: EventTime, sign: Sign, holds: bool) {
        if holds {
            self.signs.entry(sign).or_insert(at);
        } else if let Some(from) = self.signs.remove(&sign) {
            let line = self.line(TruthKind::Sign, from, at);
            self.lines.push(Truth { sign: Some(sign), ..line });
        }
    }

    /// Closes everything: the end of the log, or of the car.
    pub fn close(&mut self, at: EventTime) {
        self.close_lap(at, false, None);
        self.close_mode(at);
        let signs: Vec<Sign> = self.signs.keys().copied().collect();
        signs.into_iter().for_each(|sign| self.sign(at, sign, false));
    }

    /// The lines written since the last call.
    pub fn take(&mut self) -> impl Iterator<Item = Truth> + '_ {
        self.lines.drain(..)
    }

    /// A lap from or to anywhere but the start line is a span.
    fn close_lap(&mut self, at: EventTime, whole: bool, now: Option<AtLine>) {
        let kind = if whole { TruthKind::Lap } else { TruthKind::Span };
        let line = self.line(kind, self.lap_from, at);
        self.lines.push(Truth {
            lap: Some(self.lap),
            burned: Some(self.lap_burned_kg),
            tank_kg: now.map(|now| now.tank_kg),
            saving: now.map(|now| now.saving),
            ..line
        });
    }

    fn close_mode(&mut self, at: EventTime) {
        let line = self.line(TruthKind::Mode, self.mode_from, at);
        self.lines.push(Truth { mode: Some(self.mode), ..line });
    }

    fn line(&self, kind: TruthKind, from: EventTime, to: EventTime) -> Truth {
        Truth::new(kind, self.vehicle, from, to, TruthUnit::Kg)
    }
}
