//! The needle: flow and economy of every car now, beside the windows. It reads samples as they arrive and waits for
//! nobody; what it tells is provisional and enters no insight.
//!
//! Event time is cut into slots of 100 ms. A slot is told once, for all cars together: as soon as every car that was
//! heard in it has been heard behind it, or event time has gone on by [`PATIENCE`]. A car that was not heard behind it
//! is told from what was: its values hold to the end of the slot.

use crate::state::{Change, RaceState};
use crate::sums::micrograms;
use events::{Needle, NeedleCar, RaceEvent, RaceEventKind, Sample, Signal, VehicleId};
use std::collections::BTreeMap;
use units::{EventTime, FuelDensity, FuelMicrograms, Span, miles_per_gallon};

/// Length of a slot: a needle moves ten times a second.
const SLOT: Span = Span::from_ms(100);
/// How far event time may go on behind a slot before it is told without those that are late. Half a slot: they gain
/// little by more, and all others lose it.
const PATIENCE: Span = Span::from_ms(50);
/// How long a value is held. The pages call a car stale after as long.
const HOLD_MAX: Span = Span::from_secs(2);
/// A sample further ahead of event time than this has a wrong clock and is not heard. It is as much as a sample may
/// trail without being late.
const AHEAD_MAX: Span = Span::from_ms(500);
/// A car that rolls at closed throttle nears infinity, which is no place on a scale.
const MPG_MAX: f64 = 100.0;

/// Reads the samples of one partition. A function of what it is told, in order.
#[derive(Debug)]
pub struct NeedleTap {
    race: RaceState,
    /// Which conditions are in force.
    conditions: usize,
    cars: BTreeMap<VehicleId, Car>,
    /// The newest slot that was told.
    told: i64,
}

impl NeedleTap {
    /// In a race that has told `race` so far.
    pub fn new(race: RaceState) -> Self {
        let conditions = race.conditions_from().max().map_or(0, |(_, index)| index);
        NeedleTap { race, conditions, cars: BTreeMap::new(), told: i64::MIN }
    }

    /// Takes a race event: the conditions, if it tells any, are in force from now on.
    pub fn event(&mut self, event: &RaceEvent) {
        if matches!(event.kind, RaceEventKind::Session(_))
            && let Change::Conditions { index, .. } = self.race.apply(event, event.event_time)
        {
            self.conditions = index;
        }
    }

    /// Takes a sample; `reached` is how far event time had come with it, which no single wrong clock can move ahead.
    /// The slot that is told with it, if one is.
    pub fn sample(&mut self, sample: &Sample, reached: EventTime) -> Option<Needle> {
        if sample.event_time - reached <= AHEAD_MAX {
            let car = self.cars.entry(sample.vehicle).or_insert_with(|| Car::new(sample.event_time));
            car.hear(sample, |throttle, rpm| {
                Some(self.race.conditions(self.conditions)?.rate_g_s(throttle, rpm))
            });
        }
        let slot = self.due(reached)?;
        self.told = slot;
        self.tell(slot)
    }

    fn due(&self, reached: EventTime) -> Option<i64> {
        let slot = slot_of(reached) - 1;
        if slot <= self.told {
            return None;
        }
        if reached - end_of(slot) >= PATIENCE || self.cars.values().all(|car| !car.is_awaited(slot)) {
            return Some(slot);
        }
        (slot - 1 > self.told).then_some(slot - 1)
    }

    fn tell(&mut self, slot: i64) -> Option<Needle> {
        let (session, density) = (self.race.session()?.session, self.race.fuel_density());
        let end = end_of(slot);
        self.cars.retain(|_, car| end - car.newest <= HOLD_MAX);
        let told = |(&vehicle, car): (&VehicleId, &mut Car)| Some(car.told(slot)?.needle(vehicle, density));
        Some(Needle { session, slot_end_us: end, cars: self.cars.iter_mut().filter_map(told).collect() })
    }
}

/// One car: the values in force, and what they come to in the slot that is open.
#[derive(Debug)]
struct Car {
    throttle: Option<Held>,
    rpm: Option<Held>,
    speed_mm_s: Option<Held>,
    rate_g_s: Option<f64>,
    newest: EventTime,
    /// Up to where `open` is summed.
    at: EventTime,
    open: Slot,
    /// The slot before.
    closed: Option<Slot>,
}

impl Car {
    fn new(at: EventTime) -> Self {
        Car {
            throttle: None,
            rpm: None,
            speed_mm_s: None,
            rate_g_s: None,
            newest: at,
            at,
            open: Slot::new(slot_of(at)),
            closed: None,
        }
    }

    /// Takes a sample. One that is older than what has been summed changes what is in force from there on.
    fn hear(&mut self, sample: &Sample, rate_g_s: impl Fn(i32, i32) -> Option<f64>) {
        let at = sample.event_time;
        if at - self.newest > HOLD_MAX {
            *self = Car::new(at);
        }
        self.advance(at);
        self.newest = self.newest.max(at);
        for (held, signal) in [
            (&mut self.throttle, Signal::Throttle),
            (&mut self.rpm, Signal::Rpm),
            (&mut self.speed_mm_s, Signal::Speed),
        ] {
            let told = sample.steps(signal).map(|steps| Held { at, steps });
            let is_newer = |told: &Held| held.is_none_or(|held| held.at <= told.at);
            *held = told.filter(is_newer).or(held.filter(|held| self.newest - held.at <= HOLD_MAX));
        }
        self.rate_g_s =
            self.throttle.zip(self.rpm).and_then(|(throttle, rpm)| rate_g_s(throttle.steps, rpm.steps));
    }

    /// Sums up to `to`, closing the slots that end on the way. Where several do, the last counts.
    fn advance(&mut self, to: EventTime) {
        let slot = slot_of(to);
        if slot > self.open.number {
            if slot > self.open.number + 1 {
                self.open = Slot::new(slot - 1);
                self.at = end_of(slot - 2);
            }
            self.sum(end_of(slot - 1));
            let open = std::mem::replace(&mut self.open, Slot::new(slot));
            self.closed = Some(Slot { newest: self.newest, ..open });
        }
        self.sum(to);
    }

    fn sum(&mut self, to: EventTime) {
        let us = (to - self.at).us();
        if us <= 0 {
            return;
        }
        self.at = to;
        let Some(rate_g_s) = self.rate_g_s else { return };
        let burned = micrograms(rate_g_s, us);
        self.open.known_us += us;
        self.open.burned += burned;
        if let Some(speed) = self.speed_mm_s {
            self.open.burned_driving += burned;
            self.open.driven_nm += i64::from(speed.steps) * us;
        }
    }

    /// Whether it was heard in `slot` and not yet behind it: then it soon will be.
    fn is_awaited(&self, slot: i64) -> bool {
        slot_of(self.newest) == slot
    }

    /// The slot `number`, closed; a later one of a car whose clock is ahead. `None` of a car that came only now.
    fn told(&mut self, number: i64) -> Option<&Slot> {
        if self.open.number <= number {
            self.advance(end_of(number));
        }
        self.closed.as_ref()
    }
}

/// A value, and since when.
#[derive(Clone, Copy, Debug)]
struct Held {
    at: EventTime,
    steps: i32,
}

/// What a car did in one slot.
#[derive(Debug, Default)]
struct Slot {
    number: i64,
    /// The newest sample in it.
    newest: EventTime,
    /// How much of it the flow is known for.
    known_us: i64,
    burned: FuelMicrograms,
    /// Part of it burned while the speed was known.
    burned_driving: FuelMicrograms,
    driven_nm: i64,
}

impl Slot {
    fn new(number: i64) -> Self {
        Slot { number, ..Slot::default() }
    }

    fn needle(&self, vehicle_id: VehicleId, density: FuelDensity) -> NeedleCar {
        let burned_g = self.burned.mass().kg() * 1e3;
        let driving = density.volume(self.burned_driving.mass());
        NeedleCar {
            vehicle_id,
            newest_us: self.newest,
            rate_g_s: (self.known_us > 0).then(|| burned_g / (self.known_us as f64 * 1e-6)),
            mpg: miles_per_gallon(self.driven_nm as f64 * 1e-9, driving).map(|mpg| mpg.min(MPG_MAX)),
        }
    }
}

/// The slot that holds `at`; [`end_of`] is its end, exclusive.
fn slot_of(at: EventTime) -> i64 {
    at.us().div_euclid(SLOT.us())
}
fn end_of(slot: i64) -> EventTime {
    EventTime::from_us(slot.saturating_add(1).saturating_mul(SLOT.us()))
}
