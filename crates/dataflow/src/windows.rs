//! The keyed operator as a pure state machine: records and a frontier in, folds and barriers out.
//!
//! Nothing, not even a counter, changes until the frontier passes a window's end; so "the state at B" is exactly "all
//! records that take effect before B".

use crate::buffer::WindowBuffer;
use crate::grid::{Grid, WindowNumber};
use events::{LapSummary, RaceEvent, VehicleId};
use race::{
    Arrivals, Car, CarFold, Change, LateSample, RaceState, SampleCounts, Segment, StampedBlock, lap_summary,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use units::EventTime;

/// What a window of the keyed operator gives.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum CarOut {
    /// A car at the window's end.
    Fold(Box<CarFold>),
    /// A lap that can no longer change.
    Lap(Box<LapSummary>),
    /// A segment of a car's way that can no longer change.
    Segment(VehicleId, Box<Segment>),
    /// A sample that came too late to count.
    Late(LateSample),
}

/// What closing windows gives, in order.
#[derive(Debug)]
pub enum CarOutput {
    /// A closed window.
    Window(WindowNumber, Vec<CarOut>),
    /// All records that take effect before this window are in the state, and no others: a checkpoint may be taken.
    Barrier(WindowNumber),
}

/// The cars of one worker, and the race as its events tell it.
#[derive(Debug)]
pub struct CarWindows {
    grid: Grid,
    state: CarsState,
    /// Everything before this time is in the state that it began from.
    from_time: EventTime,
    arrivals: BTreeMap<VehicleKey, Arrivals>,
    events: WindowBuffer<RaceEvent>,
    /// Every window below is closed.
    closed_to: Option<WindowNumber>,
    /// Barriers up to here have been passed.
    barrier_to: Option<WindowNumber>,
}

/// What a checkpoint keeps of [`CarWindows`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CarsState {
    /// The race.
    pub race: RaceState,
    /// The cars.
    pub cars: BTreeMap<VehicleKey, Car>,
}

/// A vehicle, found by its stable hash first: comparing numbers is most of the work of a map.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct VehicleKey(u64, VehicleId);

impl VehicleKey {
    /// Of a vehicle.
    pub fn of(vehicle: VehicleId) -> VehicleKey {
        VehicleKey(vehicle.stable_hash(), vehicle)
    }
    /// The worker, of `peers`, that keeps it. The first reads the log, keeps the field and writes, which is as much work
    /// again: it keeps cars only where it is alone.
    pub fn worker(&self, peers: usize) -> usize {
        match peers as u64 {
            0 | 1 => 0,
            peers => 1 + (self.0 % (peers - 1)) as usize,
        }
    }
}

impl CarWindows {
    /// From a state that holds everything before window `from`, or from nothing.
    pub fn new(grid: Grid, state: CarsState, from: Option<WindowNumber>) -> Self {
        CarWindows {
            grid,
            state,
            from_time: from.map_or(EventTime::from_us(i64::MIN), |from| grid.start(from)),
            arrivals: BTreeMap::new(),
            events: WindowBuffer::default(),
            closed_to: from,
            barrier_to: from,
        }
    }

    /// Keeps samples for their windows.
    pub fn samples(&mut self, block: StampedBlock) {
        let arrivals = self.arrivals.entry(VehicleKey::of(block.vehicle())).or_default();
        arrivals.push(block, self.from_time);
    }

    /// Keeps a race event for the window in which it takes effect.
    pub fn event(&mut self, at: EventTime, event: RaceEvent) {
        self.events.push(self.grid.window(at), event);
    }

    /// The first window that is not closed yet and may give something.
    fn next(&self) -> Option<WindowNumber> {
        let samples = self.arrivals.values().filter_map(Arrivals::first).min();
        let waiting = samples.map(|at| self.grid.window(at)).into_iter().chain(self.events.first()).min();
        let awake = self.state.cars.values().any(|car| !car.is_asleep());
        match self.closed_to.filter(|_| awake) {
            Some(closed_to) => Some(closed_to),
            None => waiting,
        }
    }

    /// Closes every window before `frontier` that may give something.
    pub fn close(&mut self, frontier: WindowNumber, mut out: impl FnMut(&CarsState, CarOutput)) {
        while let Some(window) = self.next().filter(|&window| window < frontier) {
            self.barrier(window, &mut out);
            let outs = self.close_one(window);
            self.closed_to = Some(window + 1);
            out(&self.state, CarOutput::Window(window, outs));
        }
        self.barrier(frontier, &mut out);
        self.closed_to = self.closed_to.map(|closed_to| closed_to.max(frontier));
    }

    /// Everything before `window` is in the state, and nothing else.
    fn barrier(&mut self, window: WindowNumber, out: &mut impl FnMut(&CarsState, CarOutput)) {
        let before = self.barrier_to.replace(window);
        if let Some(boundary) = before.and_then(|before| self.grid.barrier(before, window)) {
            out(&self.state, CarOutput::Barrier(boundary));
        }
    }

    fn close_one(&mut self, window: WindowNumber) -> Vec<CarOut> {
        self.apply_events(window);
        let end = self.grid.end(window);
        self.welcome(end);
        let CarsState { race, cars } = &mut self.state;
        let mut outs = Vec::with_capacity(cars.len());
        for (key @ VehicleKey(_, vehicle), car) in cars.iter_mut() {
            let arrivals = self.arrivals.entry(*key).or_default();
            if car.is_asleep() && arrivals.first().is_none_or(|at| at >= end) {
                continue;
            }
            let folded = car.fold(end, arrivals, race);
            let laps = folded.laps.iter().filter_map(|lap| lap_summary(*vehicle, lap, race));
            outs.extend(laps.map(|lap| CarOut::Lap(Box::new(lap))));
            outs.extend(folded.segments.into_iter().map(|segment| CarOut::Segment(*vehicle, segment)));
            outs.extend(folded.late.into_iter().map(CarOut::Late));
            outs.extend(folded.fold.map(CarOut::Fold));
        }
        outs
    }

    /// Makes a car of each vehicle whose first sample takes effect before `end`.
    fn welcome(&mut self, end: EventTime) {
        let CarsState { race, cars } = &mut self.state;
        for (key, arrivals) in &self.arrivals {
            if !cars.contains_key(key) && arrivals.first().is_some_and(|at| at < end) {
                cars.insert(*key, Car::new(key.1, race));
            }
        }
    }

    /// Applies the race events of a window. What concerns all cars takes them back once, however many events state it.
    fn apply_events(&mut self, window: WindowNumber) {
        let mut events = self.events.take(window);
        events.sort_by_key(|event| (event.event_time, event.id));
        let CarsState { race, cars } = &mut self.state;
        let (mut conditions_from, mut flags_from): (Option<EventTime>, Option<EventTime>) = (None, None);
        let earlier = |from: Option<EventTime>, at| Some(from.map_or(at, |from| from.min(at)));
        for event in &events {
            match race.apply(event, self.grid.settled_to(window)) {
                Change::Conditions { at } => conditions_from = earlier(conditions_from, at),
                Change::Flags { at } => flags_from = earlier(flags_from, at),
                Change::Stop { vehicle, before, id, at, phase } => {
                    if let Some(car) = before.and_then(|other| cars.get_mut(&VehicleKey::of(other))) {
                        car.forget_stop(id);
                    }
                    if let Some(car) = cars.get_mut(&VehicleKey::of(vehicle)) {
                        car.stop(id, at, phase);
                    }
                }
                Change::Nothing => {}
            }
        }
        for car in cars.values_mut() {
            conditions_from.into_iter().for_each(|at| car.conditions(at, race));
            flags_from.into_iter().for_each(|at| car.flags(at));
        }
        self.events.give_back(events);
    }

    /// What became of the samples of every car.
    pub fn counts(&self) -> SampleCounts {
        let mut counts = SampleCounts::default();
        self.state.cars.values().for_each(|car| counts += car.counts());
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worker_that_reads_and_writes_keeps_cars_only_where_it_is_alone() {
        let keys: Vec<_> =
            (0..200).map(|car| VehicleKey::of(VehicleId::new(&car.to_string()).unwrap())).collect();
        for (peers, expected) in [(1, 0..1), (2, 1..2), (3, 1..3), (8, 1..8)] {
            let mut workers: Vec<_> = keys.iter().map(|key| key.worker(peers)).collect();
            workers.sort_unstable();
            workers.dedup();
            assert_eq!(workers, expected.collect::<Vec<_>>(), "of {peers}");
        }
    }
}
