//! The values that a car's signals last had, and the flow that follows from them.

use crate::driver::InForce;
use crate::session::RaceState;
use events::{Sample, Signal};
use serde::{Deserialize, Serialize};

/// Signals, conditions and the flow that both make: in force until one of them changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FlowInForce {
    /// The newest value of every signal.
    pub signals: InForce,
    /// Index into [`RaceState::conditions`].
    pub conditions: usize,
    /// g/s; `None` while throttle or engine speed is unknown.
    pub rate_g_s: Option<f64>,
}

impl FlowInForce {
    /// Throttle and engine speed with a sample's in their place, both in steps of their signals.
    pub fn engine_after(&self, sample: &Sample) -> (Option<i32>, Option<i32>) {
        let (throttle, rpm) = (sample.steps(Signal::Throttle), sample.steps(Signal::Rpm));
        (throttle.or(self.signals.throttle), rpm.or(self.signals.rpm))
    }

    /// Throttle and engine speed.
    pub fn engine(&self) -> (Option<i32>, Option<i32>) {
        (self.signals.throttle, self.signals.rpm)
    }

    /// Computes the flow, after throttle, engine speed or conditions have changed.
    pub fn refresh(&mut self, race: &RaceState) {
        self.rate_g_s = self.rate(race);
    }

    fn rate(&self, race: &RaceState) -> Option<f64> {
        let conditions = race.conditions.get(self.conditions)?;
        Some(conditions.rate_g_s(self.signals.throttle?, self.signals.rpm?))
    }

    /// Whether the engine stands still.
    pub fn engine_is_off(&self) -> bool {
        self.signals.rpm == Some(0)
    }
    /// Speed, m/s.
    pub fn speed_m_s(&self) -> Option<f64> {
        self.signals.speed_mm_s.map(|mm_s| f64::from(mm_s) * 1e-3)
    }
    /// Throttle, 0..1.
    pub fn throttle(&self) -> Option<f64> {
        self.signals.throttle.map(|steps| f64::from(steps) / Signal::Throttle.steps_per_unit())
    }
}
