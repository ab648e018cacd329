//! What the engine of a car is seen to do while it rolls: stand still, idle, hold it back.

use super::Debounced;
use events::{Sample, Signal};
use serde::{Deserialize, Serialize};
use units::{EventTime, Span};

/// Source of all bounds: docs/fuel-model.md §7.
const DWELL: Span = Span::from_ms(400);
const STANDS_BELOW_RPM: i32 = steps(Signal::Rpm, 300.0);
const IDLES_BELOW_RPM: i32 = steps(Signal::Rpm, 2_000.0);
const BRAKES_ABOVE_RPM: i32 = steps(Signal::Rpm, 4_000.0);
const ROLLS_M_S: i32 = steps(Signal::Speed, 5.0);
const ROLLS_FAST_M_S: i32 = steps(Signal::Speed, 25.0);
const CLOSED: i32 = steps(Signal::Throttle, 0.03);
const OFF_CLOSED: i32 = steps(Signal::Throttle, 0.05);
const NO_BRAKE: i32 = steps(Signal::Brake, 0.03);
const SLOWS_M_S2: f64 = -0.5;
/// Deceleration is read over at least this long.
const SLOPE_OVER: Span = Span::from_ms(200);

/// A bound in the steps of its signal.
const fn steps(signal: Signal, bound: f64) -> i32 {
    (bound * signal.steps_per_unit() + 0.5) as i32
}

/// Signs of the engine, each with hysteresis.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct EngineSigns {
    /// These in steps of their signals.
    throttle: Option<i32>,
    rpm: Option<i32>,
    brake: Option<i32>,
    speed: Option<(EventTime, i32)>,
    slope_m_s2: Option<f64>,
    off: Debounced,
    clutch: Debounced,
    braking: Debounced,
    brakes_now: bool,
    /// No sign holds, and none is in the making: while the engine pulls there is nothing to see.
    is_quiet: bool,
}

impl EngineSigns {
    /// Takes a sample.
    pub(super) fn observe(&mut self, sample: &Sample) {
        let at = sample.event_time;
        self.throttle = sample.steps(Signal::Throttle).or(self.throttle);
        self.rpm = sample.steps(Signal::Rpm).or(self.rpm);
        let pulls = self.throttle.is_some_and(|throttle| throttle >= OFF_CLOSED)
            && self.rpm.is_some_and(|rpm| rpm >= IDLES_BELOW_RPM);
        if pulls && self.is_quiet {
            return;
        }
        self.brake = sample.steps(Signal::Brake).or(self.brake);
        if let Some(speed) = sample.steps(Signal::Speed) {
            match self.speed {
                Some((then, before)) if at - then >= SLOPE_OVER => {
                    self.slope_m_s2 = Some((m_s(speed) - m_s(before)) / (at - then).secs());
                    self.speed = Some((at, speed));
                }
                None => self.speed = Some((at, speed)),
                _ => {}
            }
        }
        let (Some(rpm), Some((_, speed))) = (self.rpm, self.speed) else { return };
        let closed = |below: i32| self.throttle.is_some_and(|throttle| throttle < below);
        let rolls = self.brake.unwrap_or(0) < NO_BRAKE;
        let stands = rpm < STANDS_BELOW_RPM;
        let idles = (STANDS_BELOW_RPM..IDLES_BELOW_RPM).contains(&rpm);
        let slows = self.slope_m_s2.is_some_and(|slope| slope < SLOWS_M_S2);
        let brakes = rpm > BRAKES_ABOVE_RPM && closed(CLOSED) && rolls && slows;
        self.off.see(at, stands && speed > ROLLS_M_S && closed(OFF_CLOSED), DWELL, DWELL);
        self.clutch.see(at, idles && speed > ROLLS_FAST_M_S, DWELL, DWELL);
        self.braking.see(at, brakes, DWELL, DWELL);
        self.brakes_now = brakes;
        self.is_quiet = [self.off, self.clutch, self.braking].iter().all(Debounced::is_quiet);
        if self.is_quiet && pulls {
            // a slope is not read over what is passed over
            (self.speed, self.slope_m_s2) = (None, None);
        }
    }

    /// A gap: what was seen before it says nothing of what follows.
    pub(super) fn forget(&mut self) {
        *self = EngineSigns::default();
    }

    /// Whether the car drives the engine just now.
    pub(super) fn is_braking(&self) -> bool {
        self.brakes_now
    }
    /// Since when the car rolls with its engine standing still.
    pub fn off_since(&self) -> Option<EventTime> {
        self.off.since()
    }
    /// Since when it rolls fast with its engine idling.
    pub fn clutch_since(&self) -> Option<EventTime> {
        self.clutch.since()
    }
    /// Since when the car drives the engine.
    pub fn braking_since(&self) -> Option<EventTime> {
        self.braking.since()
    }
}

fn m_s(speed_steps: i32) -> f64 {
    f64::from(speed_steps) / Signal::Speed.steps_per_unit()
}
