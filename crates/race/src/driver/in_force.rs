//! The values that a car's signals last had, and the flow that follows from them: looked up once a row.

use crate::session::RaceState;
use events::{Sample, Signal};
use fuel::Cell;
use serde::{Deserialize, Serialize};

/// Signals, conditions and the flow that both make: in force until one of them changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct InForce {
    /// In steps of [`Signal::Throttle`].
    pub throttle: Option<i32>,
    /// In steps of [`Signal::Brake`].
    pub brake: Option<i32>,
    /// Speed, mm/s.
    pub speed_mm_s: Option<i32>,
    /// In steps of [`Signal::Rpm`].
    pub rpm: Option<i32>,
    /// Place on the lap, in steps of [`Signal::LapDistance`].
    pub lap_steps: Option<i32>,
    /// Index into [`RaceState::conditions`].
    pub conditions: usize,
    /// Where throttle and engine speed lie between the knots, and the flow there, g/s; `None` while one is unknown.
    flow: Option<(Cell, f64)>,
}

impl InForce {
    /// Whether a sample brings another throttle or engine speed.
    pub fn is_moved_by(&self, sample: &Sample) -> bool {
        let moves = |signal, held: Option<i32>| sample.steps(signal).is_some_and(|steps| held != Some(steps));
        moves(Signal::Throttle, self.throttle) || moves(Signal::Rpm, self.rpm)
    }

    /// Takes throttle and engine speed of a sample.
    pub fn take_engine(&mut self, sample: &Sample, race: &RaceState) {
        self.throttle = sample.steps(Signal::Throttle).or(self.throttle);
        self.rpm = sample.steps(Signal::Rpm).or(self.rpm);
        self.refresh(race);
    }

    /// Takes the signals beside the engine's; the place on the lap is judged by its laps.
    pub fn take_others(&mut self, sample: &Sample) {
        self.brake = sample.steps(Signal::Brake).or(self.brake);
        self.speed_mm_s = sample.steps(Signal::Speed).or(self.speed_mm_s);
    }

    /// Computes the flow, after throttle, engine speed or conditions have changed.
    pub fn refresh(&mut self, race: &RaceState) {
        self.flow = self.flow_by(race);
    }

    fn flow_by(&self, race: &RaceState) -> Option<(Cell, f64)> {
        let conditions = race.conditions.get(self.conditions)?;
        let (throttle, rpm) = (self.throttle?, self.rpm?);
        let cell = conditions.cell(throttle, rpm);
        Some((cell, conditions.rate_g_s_at(&cell, rpm)))
    }

    /// The flow, g/s; `None` while throttle or engine speed is unknown.
    pub fn rate_g_s(&self) -> Option<f64> {
        self.flow.map(|(_, rate_g_s)| rate_g_s)
    }
    /// Where that lies between the knots, likewise.
    pub fn cell(&self) -> Option<Cell> {
        self.flow.map(|(cell, _)| cell)
    }
    /// Whether the engine stands still.
    pub fn engine_is_off(&self) -> bool {
        self.rpm == Some(0)
    }
    /// Speed, m/s.
    pub fn speed_m_s(&self) -> Option<f64> {
        self.speed_mm_s.map(|mm_s| f64::from(mm_s) * 1e-3)
    }
    /// Throttle, 0..1.
    pub fn throttle(&self) -> Option<f64> {
        self.throttle.map(|steps| f64::from(steps) / Signal::Throttle.steps_per_unit())
    }
}
