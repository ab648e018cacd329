//! The needle: flow and economy of every car now, beside the windows. It reads samples as they arrive and waits for
//! nobody; what it tells is provisional and enters no insight.
//!
//! Event time is cut into slots of 100 ms. A slot is emitted once, for all cars together: as soon as every car that sent
//! samples in it has sent some behind it, or event time has gone on by [`PATIENCE`]. A car that sent none behind it
//! is taken from what it sent: its values hold to the end of the slot. Where event time passes several slots with one sample, the
//! newest is emitted.

use crate::car::micrograms;
use crate::session::RaceState;
use events::{Needle, NeedleCar, RaceEvent, RaceEventKind, Sample, Signal, VehicleId};
use std::collections::BTreeMap;
use units::{EventTime, FuelDensity, FuelMicrograms, Span, miles_per_gallon};

/// Length of a slot: a needle moves ten times a second.
const SLOT: Span = Span::from_ms(100);
/// How far event time may go on behind a slot before it is emitted without those that are late. Twice the period of a feed
/// of 60 Hz. A sample that is late by more is felt one slot later; to wait for it would cost every car that time.
const PATIENCE: Span = Span::from_ms(30);
/// How long a value is held. The pages call a car stale after as long.
const HOLD_MAX: Span = Span::from_secs(2);
/// A sample further ahead of event time than this has a wrong clock and does not count. It is as much as a sample may
/// trail without being late.
const AHEAD_MAX: Span = Span::from_ms(500);
/// A car that rolls at closed throttle nears infinity, which is no place on a scale.
const MPG_MAX: f64 = 100.0;

/// Reads the samples of one partition. A function of its samples, in order.
#[derive(Debug)]
pub struct NeedleTap {
    race: RaceState,
    cars: BTreeMap<VehicleId, CarSlots>,
    /// The newest slot that was emitted.
    emitted: i64,
}

impl NeedleTap {
    /// In a race of which `race` is known so far.
    pub fn new(race: RaceState) -> Self {
        NeedleTap { race, cars: BTreeMap::new(), emitted: i64::MIN }
    }

    /// Takes a race event: conditions that it states are in force from now on, and cars that it names are shown.
    pub fn event(&mut self, event: &RaceEvent) {
        if matches!(event.kind, RaceEventKind::Session(_) | RaceEventKind::Roster { .. }) {
            self.race.apply(event, event.event_time);
        }
    }

    /// Takes a sample; `reached` is how far event time had come with it, which no single wrong clock can move ahead.
    /// The slot that is emitted with it, if one is and has a car.
    pub fn sample(&mut self, sample: &Sample, reached: EventTime) -> Option<Needle> {
        if sample.event_time - reached <= AHEAD_MAX {
            let car = self.cars.entry(sample.vehicle).or_insert_with(|| CarSlots::new(sample.event_time));
            let conditions = self.race.conditions.get(self.race.conditions.newest());
            car.observe(sample, |throttle, rpm| Some(conditions?.rate_g_s(throttle, rpm)));
        }
        let slot = self.due(reached)?;
        self.emitted = slot;
        self.emit(slot)
    }

    fn due(&self, reached: EventTime) -> Option<i64> {
        let slot = slot_of(reached) - 1;
        if slot <= self.emitted {
            return None;
        }
        if reached - end_of(slot) >= PATIENCE || self.cars.values().all(|car| !car.is_awaited(slot)) {
            return Some(slot);
        }
        (slot - 1 > self.emitted).then_some(slot - 1)
    }

    fn emit(&mut self, slot: i64) -> Option<Needle> {
        let (session, density) = (self.race.session()?.session, self.race.fuel_density());
        let end = end_of(slot);
        self.cars.retain(|_, car| end - car.newest <= HOLD_MAX);
        let emitted =
            |(&vehicle, car): (&VehicleId, &mut CarSlots)| Some(car.emit(slot)?.needle(vehicle, density));
        let cars: Vec<NeedleCar> = self
            .cars
            .iter_mut()
            .filter(|(car, _)| self.race.entrants.knows(**car))
            .filter_map(emitted)
            .collect();
        (!cars.is_empty()).then_some(Needle { session, slot_end_us: end, cars })
    }
}

/// One car: the values in force, and what they come to in the slot that is open.
#[derive(Debug)]
struct CarSlots {
    throttle: Option<TimedValue>,
    rpm: Option<TimedValue>,
    speed_mm_s: Option<TimedValue>,
    rate_g_s: Option<f64>,
    newest: EventTime,
    /// Up to where `open` is summed.
    at: EventTime,
    open: NeedleSlot,
    /// The slot before.
    closed: Option<NeedleSlot>,
}

impl CarSlots {
    fn new(at: EventTime) -> Self {
        CarSlots {
            throttle: None,
            rpm: None,
            speed_mm_s: None,
            rate_g_s: None,
            newest: at,
            at,
            open: NeedleSlot::new(slot_of(at)),
            closed: None,
        }
    }

    /// Takes a sample. One that is older than what has been summed changes what is in force from there on.
    fn observe(&mut self, sample: &Sample, rate_g_s: impl Fn(i32, i32) -> Option<f64>) {
        let at = sample.event_time;
        if at - self.newest > HOLD_MAX {
            *self = CarSlots::new(at);
        }
        self.advance(at);
        self.newest = self.newest.max(at);
        for (held, signal) in [
            (&mut self.throttle, Signal::Throttle),
            (&mut self.rpm, Signal::Rpm),
            (&mut self.speed_mm_s, Signal::Speed),
        ] {
            let newest = sample.steps(signal).map(|steps| TimedValue { at, steps });
            let is_newer = |newest: &TimedValue| held.is_none_or(|held| held.at <= newest.at);
            *held = newest.filter(is_newer).or(*held).filter(|held| self.newest - held.at <= HOLD_MAX);
        }
        self.rate_g_s =
            self.throttle.zip(self.rpm).and_then(|(throttle, rpm)| rate_g_s(throttle.steps, rpm.steps));
    }

    /// Sums up to `to`, closing the slots that end on the way. Where several do, the last counts.
    fn advance(&mut self, to: EventTime) {
        let slot = slot_of(to);
        if slot > self.open.number {
            if slot > self.open.number + 1 {
                self.open = NeedleSlot::new(slot - 1);
                self.at = end_of(slot - 2);
            }
            self.sum(end_of(slot - 1));
            let open = std::mem::replace(&mut self.open, NeedleSlot::new(slot));
            self.closed = Some(NeedleSlot { newest: self.newest, ..open });
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

    /// Whether it sent samples in `slot` and not yet behind it: then it soon will be.
    fn is_awaited(&self, slot: i64) -> bool {
        slot_of(self.newest) == slot
    }

    /// The slot `number`, closed; a later one of a car whose clock is ahead. `None` of a car that came only now.
    fn emit(&mut self, number: i64) -> Option<&NeedleSlot> {
        if self.open.number <= number {
            self.advance(end_of(number));
        }
        self.closed.as_ref()
    }
}

/// A value, and since when.
#[derive(Clone, Copy, Debug)]
struct TimedValue {
    at: EventTime,
    steps: i32,
}

/// What a car did in one slot.
#[derive(Debug, Default)]
struct NeedleSlot {
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

impl NeedleSlot {
    fn new(number: i64) -> Self {
        NeedleSlot { number, ..NeedleSlot::default() }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::Settings;
    use events::{EventId, Session, SessionId};

    const START: EventTime = EventTime::from_ms(1_780_000_000_000);
    /// Flow of the 670 hp package flat out at 8 000 rpm, g/s. Source: docs/fuel-model.md §3.
    const FLAT_OUT_G_S: f64 = 37.99;

    fn at(ms: i64) -> EventTime {
        START + Span::from_ms(ms)
    }
    fn vehicle(name: &str) -> VehicleId {
        VehicleId::new(name).unwrap()
    }
    fn tap() -> NeedleTap {
        let session = SessionId::new("needle").unwrap();
        let mut tap = NeedleTap::new(RaceState::new(session, Settings::default()));
        let cup = Session { package_hp: Some(670.0), ..Session::named(session) };
        tap.event(&RaceEvent { event_time: at(0), id: EventId(1), kind: RaceEventKind::Session(cup) });
        tap
    }
    /// A sample with throttle, rpm and speed, those that are there.
    fn partial(name: &str, ms: i64, values: [Option<f64>; 3]) -> Sample {
        let signals = [Signal::Throttle, Signal::Rpm, Signal::Speed].into_iter().zip(values);
        let bare = Sample::new(vehicle(name), at(ms));
        signals.fold(bare, |sample, (signal, value)| {
            value.map_or(sample, |value| sample.with(signal, value).unwrap())
        })
    }
    fn sample(name: &str, ms: i64, throttle: f64) -> Sample {
        partial(name, ms, [Some(throttle), Some(8_000.0), Some(80.0)])
    }
    /// Takes samples in this order; event time is the newest so far.
    fn feed(tap: &mut NeedleTap, samples: &[Sample]) -> Vec<Needle> {
        let mut reached = at(0);
        let mut emitted = Vec::new();
        for sample in samples {
            reached = reached.max(sample.event_time);
            emitted.extend(tap.sample(sample, reached));
        }
        emitted
    }
    /// End of slot, and each car with its newest sample, ms.
    fn when(needles: &[Needle]) -> Vec<(i64, Vec<(&str, i64)>)> {
        let ms = |at: EventTime| (at - START).us() / 1_000;
        let cars = |needle: &Needle| {
            needle.cars.iter().map(|car| (car.vehicle_id.as_str(), ms(car.newest_us))).collect()
        };
        needles.iter().map(|needle| (ms(needle.slot_end_us), cars(needle))).collect()
    }
    /// The only car of the only needle after `samples`.
    fn only(samples: &[Sample]) -> (Option<f64>, Option<f64>) {
        let needles = feed(&mut tap(), samples);
        assert_eq!(needles.len(), 1, "{needles:?}");
        (needles[0].cars[0].rate_g_s, needles[0].cars[0].mpg)
    }
    #[track_caller]
    fn assert_about(found: Option<f64>, expected: f64) {
        assert!(
            found.is_some_and(|found| (found / expected - 1.0).abs() < 1e-3),
            "{found:?}, not {expected}"
        );
    }

    #[test]
    fn it_is_the_mean_of_the_slot_with_values_held() {
        // off for 25 ms, flat out for 75 ms; 80 m/s
        let off = partial("24", 0, [Some(0.0), Some(0.0), Some(80.0)]);
        let (rate, mpg) = only(&[off, sample("24", 25, 1.0), sample("24", 101, 0.0)]);
        assert_about(rate, 0.75 * FLAT_OUT_G_S);
        // 8 m on 2.849 g; a gallon weighs 2766.913 g: docs/fuel-model.md §1
        assert_about(mpg, 8.0 / 1_609.344 / (0.075 * FLAT_OUT_G_S / 2_766.913));
    }

    #[test]
    fn what_is_not_known_is_missing_and_what_is_endless_is_capped() {
        for (what, values, rate_is_known, mpg) in [
            ("no throttle", [None, Some(8_000.0), Some(80.0)], false, None),
            ("no engine speed", [Some(1.0), None, Some(80.0)], false, None),
            ("no speed", [Some(1.0), Some(8_000.0), None], true, None),
            ("engine off, rolling", [Some(0.0), Some(0.0), Some(30.0)], true, None),
            ("standing", [Some(0.0), Some(900.0), Some(0.0)], true, None),
            ("rolling fast on idle", [Some(0.0), Some(300.0), Some(90.0)], true, Some(MPG_MAX)),
        ] {
            let (rate, economy) = only(&[partial("24", 0, values), partial("24", 101, values)]);
            assert_eq!((rate.is_some(), economy), (rate_is_known, mpg), "{what}: {rate:?}");
        }
    }

    #[test]
    fn a_slot_is_emitted_when_all_have_passed_or_after_30_ms() {
        let both = [sample("7", 10, 1.0), sample("24", 20, 1.0)];
        for (what, then, emitted) in [
            ("nobody has passed", vec![sample("7", 90, 1.0)], vec![]),
            ("one has", vec![sample("7", 110, 1.0)], vec![]),
            (
                "both have",
                vec![sample("7", 110, 1.0), sample("24", 104, 1.0)],
                vec![(100, vec![("24", 20), ("7", 10)])],
            ),
            (
                "one waits no longer",
                vec![sample("7", 129, 1.0), sample("7", 130, 1.0)],
                vec![(100, vec![("24", 20), ("7", 10)])],
            ),
            (
                "a slot is emitted once",
                vec![sample("7", 150, 1.0), sample("24", 151, 1.0), sample("7", 199, 1.0)],
                vec![(100, vec![("24", 20), ("7", 10)])],
            ),
            ("a slow feed is held", vec![sample("7", 350, 1.0)], vec![(300, vec![("24", 20), ("7", 10)])]),
        ] {
            let samples = [&both[..], &then].concat();
            assert_eq!(when(&feed(&mut tap(), &samples)), emitted, "{what}");
        }
    }

    #[test]
    fn a_sample_that_overtook_another_is_not_undone_by_it() {
        // the older of two throttles arrives last, and an engine speed that is older than both
        let samples = [
            partial("24", 40, [Some(1.0), None, None]),
            partial("24", 20, [Some(0.2), None, None]),
            partial("24", 10, [None, Some(8_000.0), None]),
            sample("24", 101, 0.0),
        ];
        assert_about(only(&samples).0, FLAT_OUT_G_S);
        // one that is older than its slot, which has been emitted, counts from there on
        let mut tap = tap();
        let first = [sample("7", 0, 1.0), sample("24", 0, 0.0), sample("7", 150, 1.0)];
        assert_eq!(feed(&mut tap, &first).len(), 1);
        let needles = feed(&mut tap, &[sample("24", 90, 1.0), sample("7", 250, 1.0)]);
        assert_eq!(when(&needles), [(200, vec![("24", 90), ("7", 150)])]);
        assert_about(needles[0].cars[0].rate_g_s, FLAT_OUT_G_S);
    }

    #[test]
    fn a_car_that_falls_silent_leaves_after_2_s_and_begins_anew() {
        let mut tap = tap();
        let mut samples = vec![sample("24", 50, 1.0)];
        samples.extend((0..=30).map(|n| sample("7", n * 100 + 99, 1.0)));
        let needles = feed(&mut tap, &samples);
        let ends = |needle: &&Needle| needle.cars.iter().any(|car| car.vehicle_id == vehicle("24"));
        let newest = needles.iter().rfind(ends).unwrap();
        assert_eq!((newest.slot_end_us, needles.len()), (at(2_000), 30));
        let back = feed(&mut tap, &[partial("24", 3_099, [Some(1.0), None, None]), sample("7", 3_170, 1.0)]);
        assert_eq!(back[0].cars[0].vehicle_id, vehicle("24"));
        assert_eq!(back[0].cars[0].rate_g_s, None, "its old engine speed is forgotten");
    }

    #[test]
    fn a_wrong_clock_does_not_count_and_stops_nobody() {
        let mut tap = tap();
        for (ms, emitted) in [(0, 0), (60, 0), (130, 1), (230, 1), (330, 1)] {
            let fast = sample("fast", ms + 7_200_000, 1.0);
            assert_eq!(tap.sample(&fast, at(ms - 1)), None, "{ms}: it moves nothing");
            let needles = Vec::from_iter(tap.sample(&sample("24", ms, 1.0), at(ms)));
            assert_eq!(needles.len(), emitted, "{ms}");
            assert!(needles.iter().all(|needle| needle.cars.len() == 1), "{needles:?}");
        }
        let hostile = [i64::MIN, i64::MAX].map(|us| Sample::new(vehicle("24"), EventTime::from_us(us)));
        assert!(hostile.iter().all(|sample| tap.sample(sample, at(360)).is_none()));
    }

    #[test]
    fn conditions_hold_from_when_they_are_known() {
        let mut tap = tap();
        let first = feed(&mut tap, &[sample("24", 0, 1.0), sample("24", 150, 1.0)]);
        let weaker = Session { package_hp: Some(510.0), ..Session::named(SessionId::new("needle").unwrap()) };
        tap.event(&RaceEvent { event_time: at(160), id: EventId(2), kind: RaceEventKind::Session(weaker) });
        let then = feed(&mut tap, &[sample("24", 200, 1.0), sample("24", 310, 1.0)]);
        assert_about(first[0].cars[0].rate_g_s, FLAT_OUT_G_S);
        assert!(then.last().unwrap().cars[0].rate_g_s.unwrap() < 0.9 * FLAT_OUT_G_S);
    }
}
