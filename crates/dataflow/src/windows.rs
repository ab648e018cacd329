//! The keyed operator as a pure state machine: records and a frontier in, folds and checkpoint cuts out.
//!
//! Windows are half-open, `[number * width, (number + 1) * width)`, aligned to the epoch. Nothing, not even a counter,
//! changes until the frontier passes a window's end; so "the state at B" is exactly "all records with an effective time
//! before B".

use events::{LapSummary, RaceEvent, VehicleId};
use race::{
    Car, CarFold, Change, LATENESS_MAX, LateSample, RaceState, SampleCounts, Segment, Stamped, lap_summary,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, VecDeque};
use units::{EventTime, Span};

/// The number of a window: what timely calls a time.
pub type WindowNumber = u64;

/// How event time is cut into windows, and where checkpoints may be cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grid {
    width: Span,
    barrier_every: Option<u64>,
}

impl Grid {
    /// Windows of `width`, at least 1 ms; checkpoints every `barrier_every` (rounded up to whole windows), if at all.
    pub fn new(width: Span, barrier_every: Option<Span>) -> Self {
        let width = width.max(Span::from_ms(1));
        let windows = |every: Span| (every.us().max(1) as u64).div_ceil(width.us() as u64);
        Grid { width, barrier_every: barrier_every.map(windows) }
    }
    /// Whether checkpoints are taken at all.
    pub fn has_barriers(&self) -> bool {
        self.barrier_every.is_some()
    }
    /// The window that holds `at`. Times before the epoch fall into the first.
    pub fn window(&self, at: EventTime) -> WindowNumber {
        at.us().max(0) as u64 / self.width.us() as u64
    }
    /// Its start, inclusive.
    pub fn start(&self, window: WindowNumber) -> EventTime {
        EventTime::from_us((window as i64).saturating_mul(self.width.us()))
    }
    /// Its end, exclusive.
    pub fn end(&self, window: WindowNumber) -> EventTime {
        EventTime::from_us((window as i64 + 1).saturating_mul(self.width.us()))
    }
    /// No sample or event that takes effect in the window changes what lies before this.
    pub fn settled_to(&self, window: WindowNumber) -> EventTime {
        self.start(window) - LATENESS_MAX
    }
    /// Every checkpoint boundary in `(after, until]`.
    pub fn barriers(
        &self,
        after: WindowNumber,
        until: WindowNumber,
    ) -> impl Iterator<Item = WindowNumber> + use<> {
        let every = self.barrier_every.unwrap_or(WindowNumber::MAX);
        ((after / every).saturating_add(1)..=until / every).map(move |n| n * every)
    }
    /// The newest checkpoint boundary in `(after, until]`, as the number of the first window behind it.
    pub fn barrier(&self, after: WindowNumber, until: WindowNumber) -> Option<WindowNumber> {
        let every = self.barrier_every?;
        let newest = until / every * every;
        (newest > after).then_some(newest)
    }
}

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
pub enum Output {
    /// A closed window.
    Window(WindowNumber, Vec<CarOut>),
    /// All records that take effect before this window are in the state, and no others: a checkpoint may be taken.
    Barrier(WindowNumber),
}

/// The cars of one worker, and the race as its events tell it.
#[derive(Debug)]
pub struct Windows {
    grid: Grid,
    state: State,
    /// Samples by vehicle slot and window.
    waiting: Vec<Waiting>,
    /// The window of the newest sample, with its start and end: most samples fall into the same again.
    current: (WindowNumber, EventTime, EventTime),
    events: BTreeMap<WindowNumber, Vec<RaceEvent>>,
    /// Every window below is closed.
    closed_to: Option<WindowNumber>,
    /// Checkpoint boundaries up to here have been told.
    barrier_to: Option<WindowNumber>,
}

/// What a checkpoint keeps of [`Windows`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct State {
    /// The race.
    pub race: RaceState,
    /// The cars.
    pub cars: BTreeMap<Key, Car>,
}

/// A vehicle, found by its stable hash first: comparing numbers is most of the work of a map.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Key(u64, VehicleId);

impl Key {
    /// Of a vehicle.
    pub fn of(vehicle: VehicleId) -> Key {
        Key(vehicle.stable_hash(), vehicle)
    }
    /// What timely routes it by.
    pub fn route(&self) -> u64 {
        self.0
    }
    /// The worker, of `peers`, that keeps it.
    pub fn worker(&self, peers: usize) -> usize {
        (self.0 % peers as u64) as usize
    }
}

/// The samples of one vehicle that wait for their windows to close, and batches to use again.
#[derive(Debug, Default)]
struct Waiting {
    vehicle: Option<VehicleId>,
    batches: VecDeque<(WindowNumber, Vec<Stamped>)>,
    spare: Vec<Vec<Stamped>>,
}

impl Waiting {
    fn push(&mut self, window: WindowNumber, effective: Stamped) {
        if let Some((_, batch)) = self.batches.iter_mut().rev().find(|(number, _)| *number == window) {
            batch.push(effective);
            return;
        }
        self.vehicle = Some(effective.sample.vehicle);
        let mut batch = self.spare.pop().unwrap_or_default();
        batch.push(effective);
        self.batches.push_back((window, batch));
    }

    fn take(&mut self, window: WindowNumber) -> Option<Vec<Stamped>> {
        let place = self.batches.iter().position(|(number, _)| *number == window)?;
        self.batches.remove(place).map(|(_, batch)| batch)
    }

    /// Takes a batch to use again. One that never held anything was not taken from here: kept, they would add up, one
    /// a window in which the car is silent.
    fn give_back(&mut self, mut batch: Vec<Stamped>) {
        if batch.capacity() > 0 {
            batch.clear();
            self.spare.push(batch);
        }
    }
}

impl Windows {
    /// From a state that holds everything before window `from`, or from nothing.
    pub fn new(grid: Grid, state: State, from: Option<WindowNumber>) -> Self {
        Windows {
            grid,
            state,
            waiting: Vec::new(),
            current: (0, EventTime::default(), EventTime::default()),
            events: BTreeMap::new(),
            closed_to: from,
            barrier_to: from,
        }
    }

    /// Keeps a sample for its window.
    pub fn sample(&mut self, effective: Stamped) {
        let slot = effective.sample.vehicle.slot();
        if slot >= self.waiting.len() {
            self.waiting.resize_with(slot + 1, Waiting::default);
        }
        let window = self.window(effective.at);
        self.waiting[slot].push(window, effective);
    }

    fn window(&mut self, at: EventTime) -> WindowNumber {
        let (window, start, end) = self.current;
        if (start..end).contains(&at) {
            return window;
        }
        let window = self.grid.window(at);
        self.current = (window, self.grid.start(window), self.grid.end(window));
        window
    }

    /// Keeps a race event for the window in which it takes effect.
    pub fn event(&mut self, at: EventTime, event: RaceEvent) {
        self.events.entry(self.grid.window(at)).or_default().push(event);
    }

    /// The first window that is not closed yet and may give something.
    fn next(&self) -> Option<WindowNumber> {
        let batches = self.waiting.iter().flat_map(|waiting| &waiting.batches).map(|(window, _)| *window);
        let waiting = batches.chain(self.events.keys().copied()).min();
        let awake = self.state.cars.values().any(|car| !car.is_asleep());
        match self.closed_to.filter(|_| awake) {
            Some(closed_to) => Some(closed_to),
            None => waiting,
        }
    }

    /// Closes every window before `frontier` that has something to tell.
    pub fn close(&mut self, frontier: WindowNumber, mut out: impl FnMut(&State, Output)) {
        while let Some(window) = self.next().filter(|&window| window < frontier) {
            self.barrier(window, &mut out);
            let outs = self.close_one(window);
            self.closed_to = Some(window + 1);
            out(&self.state, Output::Window(window, outs));
        }
        self.barrier(frontier, &mut out);
        self.closed_to = self.closed_to.map(|closed_to| closed_to.max(frontier));
    }

    /// Everything before `window` is in the state, and nothing else.
    fn barrier(&mut self, window: WindowNumber, out: &mut impl FnMut(&State, Output)) {
        let before = self.barrier_to.replace(window);
        if let Some(boundary) = before.and_then(|before| self.grid.barrier(before, window)) {
            out(&self.state, Output::Barrier(boundary));
        }
    }

    fn close_one(&mut self, window: WindowNumber) -> Vec<CarOut> {
        let mut events = self.events.remove(&window).unwrap_or_default();
        events.sort_by_key(|event| (event.event_time, event.id));
        for event in &events {
            self.apply(event, self.grid.settled_to(window));
        }
        let end = self.grid.end(window);
        let State { race, cars } = &mut self.state;
        for waiting in self.waiting.iter().filter(|waiting| waiting.batches.iter().any(|(w, _)| *w == window))
        {
            if let Some(vehicle) = waiting.vehicle {
                cars.entry(Key::of(vehicle)).or_insert_with(|| Car::new(vehicle, race));
            }
        }
        let mut outs = Vec::with_capacity(cars.len());
        for (Key(_, vehicle), car) in cars.iter_mut() {
            let mut waiting = self.waiting.get_mut(vehicle.slot());
            let batch = waiting.as_mut().and_then(|waiting| waiting.take(window));
            if batch.is_none() && car.is_asleep() {
                continue;
            }
            let batch = batch.unwrap_or_default();
            let folded = car.fold(end, &batch, race);
            if let Some(waiting) = waiting {
                waiting.give_back(batch);
            }
            let laps = folded.laps.iter().filter_map(|lap| lap_summary(*vehicle, lap, race));
            outs.extend(laps.map(|lap| CarOut::Lap(Box::new(lap))));
            outs.extend(folded.segments.into_iter().map(|segment| CarOut::Segment(*vehicle, segment)));
            outs.extend(folded.late.into_iter().map(CarOut::Late));
            outs.extend(folded.fold.map(|fold| CarOut::Fold(Box::new(fold))));
        }
        outs
    }

    fn apply(&mut self, event: &RaceEvent, settled_to: EventTime) {
        let State { race, cars } = &mut self.state;
        match race.apply(event, settled_to) {
            Change::Conditions { at } => cars.values_mut().for_each(|car| car.conditions(at, race)),
            Change::Flags { at } => cars.values_mut().for_each(|car| car.flags(at)),
            Change::Stop { vehicle, before, id, at, phase } => {
                if let Some(car) = before.and_then(|other| cars.get_mut(&Key::of(other))) {
                    car.forget_stop(id);
                }
                if let Some(car) = cars.get_mut(&Key::of(vehicle)) {
                    car.stop(id, at, phase);
                }
            }
            Change::Nothing => {}
        }
    }

    /// What became of the samples of every car.
    pub fn counts(&self) -> SampleCounts {
        let mut counts = SampleCounts::default();
        self.state.cars.values().for_each(|car| counts += car.counts());
        counts
    }
}
