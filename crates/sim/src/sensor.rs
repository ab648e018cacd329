//! What a car broadcasts of itself: its motion, through its sensors.

use crate::motion::Motion;
use crate::random::{Concern, Random};
use events::{Sample, Signal, SignalError, VehicleId};
use std::num::NonZeroU64;
use units::{EventTime, Span};

/// Errors of the throttle sensor: gain, offset, noise of one reading (all sd, fraction of full throttle). Source:
/// docs/simulator.md §6.
const GAIN_SD: f64 = 0.005;
const OFFSET_SD: f64 = 0.002;
const NOISE_SD: f64 = 0.004;
const RPM_STEP: f64 = 10.0;

/// The telemetry box of one car. It samples at its own phase and counts from 1.
#[derive(Debug)]
pub(crate) struct Sensor {
    vehicle: VehicleId,
    random: Random,
    hz: i64,
    first: EventTime,
    sent: u64,
    gain: f64,
    offset: f64,
}

impl Sensor {
    pub fn new(vehicle: VehicleId, seed: u64, car: usize, hz: u32, start: EventTime) -> Self {
        let mut random = Random::new(seed, Concern::Sensor, car);
        let phase_us = random.uniform() * 1e6 / f64::from(hz);
        Sensor {
            vehicle,
            hz: i64::from(hz),
            first: start + Span::from_us(phase_us as i64),
            sent: 0,
            gain: 1.0 + random.normal(GAIN_SD),
            offset: random.normal(OFFSET_SD),
            random,
        }
    }

    /// When the next sample is due.
    pub fn due(&self) -> EventTime {
        self.first + Span::from_us(self.sent as i64 * 1_000_000 / self.hz)
    }

    /// The sample that is due.
    ///
    /// # Errors
    /// A signal out of its range: the motion is broken.
    pub fn read(&mut self, motion: &Motion, lap_m: f64) -> Result<Sample, SignalError> {
        let at = self.due();
        self.sent += 1;
        let throttle = motion.throttle * self.gain + self.offset + self.random.normal(NOISE_SD);
        let lap = (motion.distance_m / lap_m).floor();
        let mut sample = Sample::new(self.vehicle, at)
            .with(Signal::Throttle, throttle)?
            .with(Signal::Brake, motion.brake)?
            .with(Signal::Rpm, (motion.rpm / RPM_STEP).round() * RPM_STEP)?
            .with(Signal::Speed, motion.speed_mps)?
            .with(Signal::Gear, motion.gear as f64)?
            .with(Signal::Lap, lap)?
            .with(Signal::LapDistance, motion.distance_m / lap_m - lap)?;
        sample.sequence = NonZeroU64::new(self.sent);
        sample.boot = 1;
        Ok(sample)
    }
}
