//! What a car broadcasts of itself: its motion, through its sensors, its clock and its radio, and their faults.

mod clock;
mod counter;

use crate::car::Entrant;
use crate::faults::Faults;
use crate::motion::{Motion, STEP_S};
use crate::random::{Concern, Random};
use crate::spells::Spells;
use clock::SensorClock;
use counter::Counter;
use events::{Sample, Signal, SignalError, VehicleId};
use std::collections::VecDeque;
use units::{EventTime, Span};

/// Lengths of what the radio loses, s. Source: docs/simulator.md §6.
const BURST_S: (f64, f64) = (0.3, 3.0);
const OUTAGE_S: (f64, f64) = (20.0, 60.0);

/// The telemetry box of one car. It samples at its own phase and counts from 1.
#[derive(Debug)]
pub(crate) struct Sensor {
    vehicle: VehicleId,
    random: Random,
    faults: Faults,
    hz: i64,
    first: EventTime,
    read: u64,
    gain: f64,
    offset: f64,
    /// The newest steps, the newest last, back to the one that a lagging signal shows.
    steps: VecDeque<Motion>,
    clock: SensorClock,
    counter: Counter,
    bursts: Spells,
    outages: Spells,
}

impl Sensor {
    pub fn new(entrant: &Entrant, motion: Motion) -> Self {
        let Entrant { car, seed, vehicle, hz, start, faults, .. } = *entrant;
        let mut random = Random::new(seed, Concern::Sensor, car);
        let phase_us = random.uniform() * 1e6 / f64::from(hz);
        let of = |concern| Random::new(seed, concern, car);
        Sensor {
            vehicle,
            hz: i64::from(hz),
            first: start + Span::from_us(phase_us as i64),
            read: 0,
            gain: 1.0 + random.normal(faults.throttle_gain),
            offset: random.normal(faults.throttle_offset),
            random,
            steps: VecDeque::from([motion]),
            clock: SensorClock::new(of(Concern::CarClock), start, faults.clock_step),
            counter: Counter::new(of(Concern::LapRollback), of(Concern::LapJump), start, faults),
            bursts: Spells::of_share(of(Concern::Drop), start, faults.drop, BURST_S),
            outages: Spells::of_share(of(Concern::Outage), start, faults.outage, OUTAGE_S),
            faults,
        }
    }

    /// The car has moved by one step.
    pub fn follow(&mut self, motion: &Motion) {
        self.steps.push_back(*motion);
        let lag = (self.faults.lag / STEP_S).round() as usize;
        while self.steps.len() > lag + 2 {
            self.steps.pop_front();
        }
    }

    /// When the next sample is due.
    pub fn due(&self) -> EventTime {
        self.first + Span::from_us(self.read as i64 * 1_000_000 / self.hz)
    }

    /// The sample that is due, at this share of the newest step; `None` if it is lost on its way.
    ///
    /// # Errors
    /// A signal out of its range: the motion is broken.
    pub fn read(&mut self, share: f64, lap_m: f64) -> Result<Option<Sample>, SignalError> {
        let at = self.due();
        self.read += 1;
        let newest = self.steps.len().saturating_sub(2);
        let (seen, lagging) = (self.motion(newest, share), self.motion(0, share));
        let lap = (seen.distance_m / lap_m).floor();
        let stamp = self.clock.stamp(at);
        let mut sample = Sample::new(self.vehicle, stamp.event_time)
            .with(Signal::Throttle, self.throttle(lagging.throttle))?
            .with(Signal::Brake, lagging.brake)?
            .with(Signal::Rpm, in_steps(lagging.rpm, self.faults.rpm_step))?
            .with(Signal::Speed, seen.speed_mps)?
            .with(Signal::Gear, lagging.gear as f64)?
            .with(Signal::Lap, self.counter.tell(lap, at))?
            .with(Signal::LapDistance, seen.distance_m / lap_m - lap)?;
        sample.sequence = stamp.sequence;
        sample.boot = stamp.boot;
        // both radios run on, whatever the other does
        let lost = [self.bursts.at(at), self.outages.at(at)];
        Ok(lost.iter().all(Option::is_none).then_some(sample))
    }

    fn motion(&self, index: usize, share: f64) -> Motion {
        let step = |index: usize| self.steps.get(index).copied().unwrap_or_default();
        Motion::between(&step(index), &step(index + 1), share)
    }

    /// Within what a sample can hold: a wild sensor must not end the race.
    fn throttle(&mut self, throttle: f64) -> f64 {
        let read = throttle * self.gain + self.offset + self.random.normal(self.faults.throttle_noise);
        let (least, most) = Signal::Throttle.range();
        in_steps(read, self.faults.throttle_step).clamp(least, most)
    }
}

/// Rounded to steps of this size; as it is where that is 0.
fn in_steps(value: f64, step: f64) -> f64 {
    if step > 0.0 { (value / step).round() * step } else { value }
}
