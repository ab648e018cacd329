//! What the log's writer has seen of every car in the newest windows: what a question tells of them.

use crate::wire::{CarDescription, CarWindow};
use events::{RaceEventKind, Record, RosterEntry, Sample, Session, Signal, VehicleId};
use fuel::{Engine, air};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use units::{EventTime, Span};

/// Windows that are kept: one is asked about soon after its end.
const WINDOWS_MAX: usize = 16;
/// Points of one car and window. A window with more keeps every second one: 1 s at 240 Hz is kept whole.
const POINTS_MAX: usize = 240;
/// The vehicles whose means are asked for.
const SIGNALS: [Signal; 3] = [Signal::Throttle, Signal::Rpm, Signal::Speed];

/// What was observed of each car, window by window, in the order in which the log was written. Clones observe the same.
#[derive(Clone, Debug)]
pub struct Observed {
    log: Arc<Mutex<ObservedLog>>,
    width: Span,
}

#[derive(Debug, Default)]
struct ObservedLog {
    engine: Option<(Engine, Option<f64>)>,
    roster: BTreeMap<VehicleId, RosterEntry>,
    in_force: BTreeMap<VehicleId, ThrottleAndRpm>,
    /// By window end.
    windows: BTreeMap<EventTime, BTreeMap<VehicleId, ObservedCar>>,
}

/// The newest throttle (0..1) and engine speed (rpm) of a car.
type ThrottleAndRpm = (Option<f64>, Option<f64>);

/// One car in one window.
#[derive(Debug, Default)]
struct ObservedCar {
    /// Sum and count of each signal.
    sums: [(f64, u32); SIGNALS.len()],
    /// When, throttle, engine speed.
    points: Vec<(EventTime, f64, f64)>,
}

/// Means of one car's samples over a window.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct SignalMeans {
    /// Fraction, 0..1.
    pub throttle: Option<f64>,
    /// Engine speed, rpm.
    pub rpm: Option<f64>,
    /// Speed, m/s.
    pub speed_m_s: Option<f64>,
}

impl Observed {
    /// Nothing yet, over windows of this width.
    pub fn new(width: Span) -> Observed {
        Observed { log: Arc::default(), width }
    }

    /// Takes a record as it is written into the log.
    pub fn observe(&self, record: &Record) {
        let mut log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        match record {
            Record::Sample(sample) => log.sample(sample, self.end_after(sample.event_time)),
            Record::Event(event) => match &event.kind {
                RaceEventKind::Session(session) => log.session(session),
                RaceEventKind::Roster { cars } => {
                    log.roster.extend(cars.iter().map(|entry| (entry.vehicle, entry.clone())));
                }
                _ => {}
            },
            Record::Tick => {}
        }
    }

    /// What a car did in the window that ends at `end`, as a question tells it, and the means of its samples.
    pub(super) fn car(&self, vehicle: VehicleId, end: EventTime) -> (CarWindow, SignalMeans) {
        let log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        let observed = log.windows.get(&end).and_then(|cars| cars.get(&vehicle));
        let car = log.description(vehicle);
        let density_ratio = log.engine.as_ref().and_then(|(_, density_ratio)| *density_ratio);
        let samples = observed.and_then(|car| car.samples(end - self.width, end));
        let means = observed.map(ObservedCar::means).unwrap_or_default();
        (CarWindow { car, density_ratio, samples, board: None }, means)
    }

    fn end_after(&self, at: EventTime) -> EventTime {
        let width = self.width.us().max(1);
        EventTime::from_us((at.us().div_euclid(width) + 1).saturating_mul(width))
    }
}

impl ObservedLog {
    fn session(&mut self, session: &Session) {
        self.engine = Some((Engine::of(session), session.air.as_ref().and_then(air::density_ratio)));
    }

    fn sample(&mut self, sample: &Sample, window_end: EventTime) {
        let (throttle, rpm) = self.in_force.entry(sample.vehicle).or_default();
        let (new_throttle, new_rpm) = (sample.get(Signal::Throttle), sample.get(Signal::Rpm));
        *throttle = new_throttle.or(*throttle);
        *rpm = new_rpm.or(*rpm);
        let is_new = new_throttle.is_some() || new_rpm.is_some();
        let point = throttle.zip(*rpm).filter(|_| is_new);

        let car = self.windows.entry(window_end).or_default().entry(sample.vehicle).or_default();
        for ((sum, count), signal) in car.sums.iter_mut().zip(SIGNALS) {
            if let Some(value) = sample.get(signal) {
                *sum += value;
                *count += 1;
            }
        }
        if let Some((throttle, rpm)) = point {
            car.add_point((sample.event_time, throttle, rpm));
        }
        while self.windows.len() > WINDOWS_MAX {
            self.windows.pop_first();
        }
    }

    fn description(&self, vehicle: VehicleId) -> CarDescription {
        let engine = self.engine.as_ref().map(|(engine, _)| engine);
        let entry = self.roster.get(&vehicle);
        let label = |text: &String| (!text.is_empty()).then(|| text.clone());
        CarDescription {
            manufacturer: entry.and_then(|entry| label(&entry.manufacturer)),
            team: entry.and_then(|entry| label(&entry.team)),
            package_hp: engine.and_then(|engine| engine.package_hp),
            reference_rpm: engine.map(|engine| engine.reference_rpm),
            ..CarDescription::named(vehicle)
        }
    }
}

impl ObservedCar {
    fn add_point(&mut self, point: (EventTime, f64, f64)) {
        if self.points.len() == POINTS_MAX {
            let mut keep = false;
            self.points.retain(|_| {
                keep = !keep;
                keep
            });
        }
        self.points.push(point);
    }

    fn means(&self) -> SignalMeans {
        let [throttle, rpm, speed_m_s] =
            self.sums.map(|(sum, count)| (count > 0).then(|| sum / f64::from(count)));
        SignalMeans { throttle, rpm, speed_m_s }
    }

    /// Throttle, engine speed and how long each held, s: a point holds until the next, the last to the window's end, and
    /// the first also for what lies before it.
    fn samples(&self, from: EventTime, to: EventTime) -> Option<Vec<[f64; 3]>> {
        let mut points = self.points.clone();
        points.sort_by_key(|(at, ..)| *at);
        let starts = std::iter::once(from).chain(points.iter().skip(1).map(|(at, ..)| *at));
        let ends = points.iter().skip(1).map(|(at, ..)| *at).chain([to]);
        let held = points.iter().zip(starts.zip(ends));
        // a throttle sensor may read a little outside
        let samples: Vec<_> = held
            .map(|(&(_, throttle, rpm), (start, end))| [throttle.clamp(0.0, 1.0), rpm, (end - start).secs()])
            .collect();
        (!samples.is_empty()).then_some(samples)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use events::{Air, EventId, RaceEvent, SessionId};

    fn at(ms: i64) -> EventTime {
        EventTime::from_ms(ms)
    }
    fn car() -> VehicleId {
        VehicleId::new("24").unwrap()
    }
    fn observe(observed: &Observed, ms: i64, signals: &[(Signal, f64)]) {
        let sample = Sample::new(car(), at(ms));
        let with = |sample: Sample, &(signal, value): &(Signal, f64)| sample.with(signal, value).unwrap();
        observed.observe(&Record::Sample(signals.iter().fold(sample, with)));
    }

    #[test]
    fn a_window_holds_the_means_of_its_samples_and_nothing_else() {
        let observed = Observed::new(Span::from_secs(1));
        for (ms, throttle) in [(999, 0.1), (1_000, 0.5), (1_999, 1.0), (2_000, 0.2)] {
            observe(&observed, ms, &[(Signal::Throttle, throttle)]);
        }
        let (window, means) = observed.car(car(), at(2_000));
        assert_eq!(means, SignalMeans { throttle: Some(0.75), ..SignalMeans::default() });
        assert_eq!(window.samples, None, "without an engine speed nothing follows");
        let nothing = CarWindow { car: CarDescription::named(car()), ..CarWindow::default() };
        assert_eq!(observed.car(car(), at(4_000)), (nothing, SignalMeans::default()));
    }

    #[test]
    fn what_was_in_force_when_fills_the_window_whatever_the_order_of_arrival() {
        let observed = Observed::new(Span::from_secs(1));
        observe(&observed, 900, &[(Signal::Rpm, 8_000.0)]); // of the window before: still in force
        observe(&observed, 1_250, &[(Signal::Throttle, 1.1)]);
        observe(&observed, 1_750, &[(Signal::Rpm, 7_000.0), (Signal::Throttle, 0.5)]);
        observe(&observed, 1_500, &[(Signal::Rpm, 7_500.0)]); // late
        observe(&observed, 1_900, &[(Signal::Speed, 80.0)]); // nothing about the engine
        let samples = observed.car(car(), at(2_000)).0.samples;
        let expected = [[1.0, 8_000.0, 0.5], [0.5, 7_500.0, 0.25], [0.5, 7_000.0, 0.25]];
        assert_eq!(samples.as_deref(), Some(&expected[..]));
    }

    #[test]
    fn a_window_with_many_samples_is_asked_with_fewer_of_the_same_length() {
        let observed = Observed::new(Span::from_secs(10));
        for ms in 0..10_000 {
            observe(&observed, ms, &[(Signal::Throttle, 1.0), (Signal::Rpm, 8_000.0)]);
        }
        let samples = observed.car(car(), at(10_000)).0.samples.unwrap();
        let seconds: f64 = samples.iter().map(|[.., s]| s).sum();
        assert!(samples.len() <= POINTS_MAX && (seconds - 10.0).abs() < 1e-9, "{} {seconds}", samples.len());
    }

    #[test]
    fn the_car_and_its_air_are_those_of_the_newest_roster_and_session() {
        let observed = Observed::new(Span::from_secs(1));
        let event = |kind| {
            let event = RaceEvent { event_time: at(0), id: EventId(1), kind };
            observed.observe(&Record::Event(Box::new(event)));
        };
        let air = Air { pressure_pa: 99_000.0, temperature_k: 298.15, vapour_pressure_pa: 0.0 };
        let named = Session::named(SessionId::new("race").unwrap());
        event(RaceEventKind::Session(Session { package_hp: Some(670.0), air: Some(air), ..named }));
        let entry = |team: &str| RosterEntry {
            vehicle: car(),
            number: "24".into(),
            driver: String::new(),
            team: team.into(),
            manufacturer: "Chevrolet".into(),
        };
        event(RaceEventKind::Roster { cars: vec![entry("first")] });
        event(RaceEventKind::Roster { cars: vec![entry("HMS")] });
        let (window, _) = observed.car(car(), at(1_000));
        let expected = CarDescription {
            vehicle_id: Some("24".into()),
            manufacturer: Some("Chevrolet".into()),
            team: Some("HMS".into()),
            package_hp: Some(670.0),
            reference_rpm: Some(8_000.0),
        };
        assert_eq!(window.car, expected);
        assert_eq!(window.density_ratio, air::density_ratio(&air));
    }
}
