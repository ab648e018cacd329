//! A car whose samples arrive as they happen.

use events::{
    EventId, Flag, RaceEvent, RaceEventKind, Sample, SampleBlock, Session, SessionId, Signal, VehicleId,
};
use race::{Arrivals, Car, CarFold, LapInParts, RaceState, Settings, StampedBlock};
use std::num::NonZeroU64;
use units::{EventTime, Span};

pub fn vehicle() -> VehicleId {
    VehicleId::new("24").unwrap()
}

/// A complete sample with a place in its publisher's count, from 1.
pub fn sample(at: EventTime, sequence: u64, signals: &[(Signal, f64)]) -> Sample {
    let mut sample = Sample::new(vehicle(), at);
    sample.sequence = NonZeroU64::new(sequence);
    signals.iter().fold(sample, |sample, &(signal, value)| sample.with(signal, value).unwrap())
}

/// A Cup session of 670 hp.
pub fn cup() -> Session {
    Session { package_hp: Some(670.0), ..Session::named(SessionId::new("vectors").unwrap()) }
}

/// A race of which all this is known.
pub fn race(stated: impl IntoIterator<Item = (EventTime, RaceEventKind)>) -> RaceState {
    let nothing_settled = EventTime::from_us(i64::MIN);
    // the vectors are stated in the prior that was believed first
    let mut model = fuel::model::priors();
    model.shape.mean = fuel::Shape::first_prior().to_array();
    let session = SessionId::new("vectors").unwrap();
    let mut race = RaceState::with_model(session, Settings::default(), std::sync::Arc::new(model));
    for (id, (event_time, kind)) in (1..).zip(stated) {
        race.apply(&RaceEvent { event_time, id: EventId(id), kind }, nothing_settled);
    }
    race
}

/// A race of [`cup`] that is green from `at` on.
pub fn green_from(at: EventTime) -> RaceState {
    race([(at, RaceEventKind::Session(cup())), (at, RaceEventKind::Flag { flag: Flag::Green })])
}

/// One car and what came out of it.
pub struct Follow {
    pub race: RaceState,
    pub car: Car,
    pub laps: Vec<LapInParts>,
}

impl Follow {
    pub fn new(race: RaceState) -> Self {
        Follow { car: Car::new(vehicle(), &race), race, laps: Vec::new() }
    }
    /// Closes the window that ends at `end`, with all of `samples`.
    pub fn close(&mut self, end: EventTime, samples: &[Sample]) -> Option<CarFold> {
        let mut block = SampleBlock::new(vehicle());
        samples.iter().for_each(|sample| block.push(sample));
        let mut arrivals = Arrivals::default();
        arrivals.push(StampedBlock::new(block, Vec::new()), EventTime::from_us(i64::MIN));
        let folded = self.car.fold(end, &mut arrivals, &self.race);
        assert_eq!(arrivals.first(), None, "a window holds what lies before its end");
        self.laps.extend(folded.laps);
        folded.fold.map(|fold| *fold)
    }
    /// Closes windows of `width` from the first of `samples` to behind the last.
    pub fn windows(&mut self, width: Span, samples: &[Sample]) -> Option<CarFold> {
        let (first, last) = (samples.first()?.event_time, samples.last()?.event_time);
        let mut end = first + width;
        let mut newest = None;
        let mut rest = samples;
        while end - width <= last {
            let (batch, behind) = rest.split_at(rest.partition_point(|sample| sample.event_time < end));
            newest = self.close(end, batch).or(newest);
            rest = behind;
            end = end + width;
        }
        newest
    }
}
