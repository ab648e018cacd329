//! One vehicle at one event time, with any subset of its signals.

use crate::VehicleId;
use serde::{Deserialize, Serialize};
use std::fmt;
use units::EventTime;

/// A channel of a vehicle. The number is its bit and its place on the tape: stable, never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Signal {
    /// Throttle position, fraction 0..1 (sensors may read a little outside).
    Throttle = 0,
    /// Brake, fraction 0..1.
    Brake = 1,
    /// Engine speed, revolutions per minute.
    Rpm = 2,
    /// Speed, metres per second.
    Speed = 3,
    /// Gear: −1 reverse, 0 neutral, 1 and up.
    Gear = 4,
    /// The feed's own lap counter.
    Lap = 5,
    /// Distance since the start line, fraction 0..1 of the lap.
    LapDistance = 6,
}

impl Signal {
    /// All of them, in the order of their numbers.
    pub const ALL: [Signal; 7] = [
        Signal::Throttle,
        Signal::Brake,
        Signal::Rpm,
        Signal::Speed,
        Signal::Gear,
        Signal::Lap,
        Signal::LapDistance,
    ];

    /// Steps per unit. A sample holds integers of this resolution, so values are exact on the tape, equal when they
    /// are equal, and the same on every machine. It is far below what any car broadcasts.
    pub const fn steps_per_unit(self) -> f64 {
        match self {
            Signal::Throttle | Signal::Brake => 1e4,
            Signal::Rpm => 10.0,
            Signal::Speed => 1e3,
            Signal::Gear | Signal::Lap => 1.0,
            Signal::LapDistance => 1e6,
        }
    }

    /// The least and the greatest value that can be true, in the signal's unit. Outside is a broken sensor or a wrong
    /// unit.
    pub const fn range(self) -> (f64, f64) {
        match self {
            Signal::Throttle | Signal::Brake => (-0.2, 1.3),
            Signal::Rpm => (0.0, 25_000.0),
            Signal::Speed => (-30.0, 150.0),
            Signal::Gear => (-2.0, 15.0),
            Signal::Lap => (-1.0, 32_000.0),
            Signal::LapDistance => (-0.01, 1.01),
        }
    }

    /// Its name in mappings and on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Signal::Throttle => "throttle",
            Signal::Brake => "brake",
            Signal::Rpm => "rpm",
            Signal::Speed => "speed",
            Signal::Gear => "gear",
            Signal::Lap => "lap",
            Signal::LapDistance => "lap_distance",
        }
    }
}

/// Why a value is not a signal's.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SignalError {
    /// NaN or infinite.
    NotFinite {
        /// The signal.
        signal: Signal,
    },
    /// Outside [`Signal::range`].
    OutOfRange {
        /// The signal.
        signal: Signal,
        /// The value, in the signal's unit.
        value: f64,
    },
}

impl fmt::Display for SignalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SignalError::NotFinite { signal } => write!(f, "{} is not a finite number", signal.name()),
            SignalError::OutOfRange { signal, value } => {
                let (low, high) = signal.range();
                write!(f, "{} is {value}, outside {low} to {high}: check its unit", signal.name())
            }
        }
    }
}
impl std::error::Error for SignalError {}

/// A partial sample. 64 bytes, `Copy`: tens of thousands a second pass through the stream.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Sample {
    /// The car that it is of.
    pub vehicle: VehicleId,
    /// When, by the vehicle's clock.
    pub event_time: EventTime,
    /// Position in the publisher's own count; `None` where the feed has none.
    pub sequence: Option<std::num::NonZeroU64>,
    /// Which start of the publisher counts `sequence`.
    pub boot: u32,
    /// Which publisher, where a vehicle has several.
    pub source: u16,
    present: u16,
    steps: [i32; Signal::ALL.len()],
}

impl Sample {
    /// A sample with no signals yet.
    pub fn new(vehicle: VehicleId, event_time: EventTime) -> Self {
        Sample { vehicle, event_time, sequence: None, boot: 0, source: 0, present: 0, steps: [0; 7] }
    }

    /// With `signal` set to `value`, in the signal's unit, rounded to its resolution.
    ///
    /// # Errors
    /// Not finite, or outside [`Signal::range`].
    pub fn with(mut self, signal: Signal, value: f64) -> Result<Self, SignalError> {
        if !value.is_finite() {
            return Err(SignalError::NotFinite { signal });
        }
        let (low, high) = signal.range();
        if value < low || value > high {
            return Err(SignalError::OutOfRange { signal, value });
        }
        self.set_steps(signal, (value * signal.steps_per_unit()).round() as i32);
        Ok(self)
    }

    /// The signal in its unit; `None` if this sample does not carry it.
    pub fn get(&self, signal: Signal) -> Option<f64> {
        self.steps(signal).map(|steps| f64::from(steps) / signal.steps_per_unit())
    }

    /// The signal in integer steps of its resolution; `None` if this sample does not carry it.
    pub fn steps(&self, signal: Signal) -> Option<i32> {
        (self.present & (1 << signal as u16) != 0).then(|| self.steps[signal as usize])
    }

    /// Sets the signal in integer steps. For the tape, which has already judged it.
    pub fn set_steps(&mut self, signal: Signal, steps: i32) {
        self.present |= 1 << signal as u16;
        self.steps[signal as usize] = steps;
    }

    /// With the signals whose bits are in `present` at their steps, and no others. For the tape.
    pub fn set_all(&mut self, present: u16, steps: &[i32; Signal::ALL.len()]) {
        self.present = present;
        for (bit, (own, steps)) in self.steps.iter_mut().zip(steps).enumerate() {
            *own = if present & (1 << bit) != 0 { *steps } else { 0 };
        }
    }

    /// A sample with these signals, whose steps are 0 where one is not present.
    pub(crate) fn with_all(
        vehicle: VehicleId,
        event_time: EventTime,
        present: u16,
        steps: [i32; Signal::ALL.len()],
    ) -> Sample {
        Sample { present, steps, ..Sample::new(vehicle, event_time) }
    }

    /// The steps of every signal, in the order of [`Signal::ALL`]; 0 of one that it does not carry.
    pub fn all_steps(&self) -> &[i32; Signal::ALL.len()] {
        &self.steps
    }

    /// One bit per signal that this sample carries, [`Signal::Throttle`] lowest.
    pub fn present(&self) -> u16 {
        self.present
    }

    /// The signals it carries with their steps, in the order of [`Signal::ALL`].
    pub fn signals(&self) -> impl Iterator<Item = (Signal, i32)> + '_ {
        Signal::ALL.into_iter().filter_map(|signal| Some((signal, self.steps(signal)?)))
    }

    /// The order in which samples of one vehicle are folded: event time, source, boot, sequence, content. It never
    /// depends on arrival.
    pub fn fold_order(&self, other: &Self) -> std::cmp::Ordering {
        let rest = |s: &Self| (s.source, s.boot, s.sequence, s.present, s.steps);
        self.event_time.cmp(&other.event_time).then_with(|| rest(self).cmp(&rest(other)))
    }
}

impl fmt::Debug for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sample({} at {}", self.vehicle, self.event_time)?;
        if let Some(sequence) = self.sequence {
            write!(f, " #{}.{}.{sequence}", self.source, self.boot)?;
        }
        for (signal, _) in self.signals() {
            write!(f, " {}={}", signal.name(), self.get(signal).unwrap_or_default())?;
        }
        write!(f, ")")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sample() -> Sample {
        Sample::new(VehicleId::new("24").unwrap(), EventTime::from_ms(1))
    }

    #[test]
    fn it_is_one_cache_line() {
        assert_eq!(size_of::<Sample>(), 64);
    }

    #[test]
    fn numbers_that_cannot_be_true_are_refused() {
        for value in [f64::NAN, f64::INFINITY, -1.0, 25_001.0] {
            assert!(sample().with(Signal::Rpm, value).is_err(), "{value}");
        }
        let error = sample().with(Signal::Throttle, 87.0).unwrap_err();
        assert_eq!(error.to_string(), "throttle is 87, outside -0.2 to 1.3: check its unit");
    }

    proptest! {
        #[test]
        fn a_signal_reads_back_within_half_a_step(index in 0usize..7, share in 0.0f64..=1.0) {
            let signal = Signal::ALL[index];
            let (low, high) = signal.range();
            let value = low + share * (high - low);
            let back = sample().with(signal, value).unwrap().get(signal).unwrap();
            prop_assert!((back - value).abs() <= 0.5 / signal.steps_per_unit() + 1e-12);
        }
    }
}
