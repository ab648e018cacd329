//! THE GRAPH ON ONE PAGE.
//!
//! ```text
//! samples ──exchange by vehicle──► cars ──exchange to one──► field ──► sink ──► probe
//! events ──broadcast────────────────┘                          │
//!        └─exchange to one────────────────────────────────────┘
//! ```
//!
//! Timely's time is the number of a window; event times travel as data. An operator gathers what arrives, and acts when
//! its frontier has passed a window: then, and only then, it has everything of that window.

use crate::checkpoint::Shard;
use crate::run::Worker0;
use crate::sink::ClosedWindow;
use crate::source::StampedEntry;
use crate::supervise::Attempt;
use crate::windows::{CarOut, Grid, Key, Output, State, WindowNumber, Windows};
use events::{RaceEvent, RaceEventKind, VehicleId};
use race::{Field, RaceState, Stamped};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use timely::dataflow::InputHandle;
use timely::dataflow::channels::pact::{Exchange, Pipeline};
use timely::dataflow::operators::generic::Operator;
use timely::dataflow::operators::probe::Handle as ProbeHandle;
use timely::dataflow::operators::vec::Broadcast;
use timely::dataflow::operators::{Capability, Input, Probe};
use timely::progress::frontier::MutableAntichain;
use timely::worker::Worker;
use units::EventTime;

type Told = (EventTime, Arc<RaceEvent>);
type FromCars = (WindowNumber, CarOut);

/// The two ends of the graph that a worker holds.
pub struct Ends {
    samples: InputHandle<WindowNumber, timely::container::CapacityContainerBuilder<Vec<Stamped>>>,
    events: InputHandle<WindowNumber, timely::container::CapacityContainerBuilder<Vec<Told>>>,
    /// What has left the graph.
    pub probe: ProbeHandle<WindowNumber>,
}

impl Ends {
    /// Sends an entry in.
    pub fn send(&mut self, stamped: StampedEntry) {
        match stamped {
            StampedEntry::Sample(effective) => self.samples.send(effective),
            StampedEntry::Event(at, event) => self.events.send((at, Arc::from(event))),
        }
    }
    /// Promises that nothing before `window` will be sent.
    pub fn advance_to(&mut self, window: WindowNumber) {
        self.samples.advance_to(window);
        self.events.advance_to(window);
    }
    /// Promises that nothing will be sent.
    pub fn close(self) -> ProbeHandle<WindowNumber> {
        self.samples.close();
        self.events.close();
        self.probe
    }
}

/// What the field operator keeps.
#[derive(Debug, Serialize, Deserialize)]
pub struct FieldState {
    /// The race.
    pub race: RaceState,
    /// The field.
    pub field: Field,
}

/// Hangs the operators on timely. `cars` is this worker's part of the state; `worker0` is there on the one worker that
/// keeps the field and the sink.
pub fn build(worker: &mut Worker, attempt: &Arc<Attempt>, cars: State, worker0: Option<Worker0>) -> Ends {
    let (mut samples_in, mut events_in) = (InputHandle::new(), InputHandle::new());
    let probe = ProbeHandle::new();
    let (index, peers) = (worker.index(), worker.peers());
    worker.dataflow::<WindowNumber, _, _>(|scope| {
        let samples = scope.input_from(&mut samples_in);
        let events = scope.input_from(&mut events_in);
        let by_vehicle = Exchange::new(|e: &Stamped| Key::of(e.sample.vehicle).route());
        let to_one = |_: &FromCars| 0;

        let cars = samples.binary_frontier(
            events.clone().broadcast(),
            by_vehicle,
            Pipeline,
            "cars",
            |capability, _| {
                let mut held = Held::new(capability);
                let mut windows = Windows::new(attempt.grid(), cars, attempt.resumed_at());
                let attempt = attempt.clone();
                move |(samples, samples_to), (events, events_to), output| {
                    samples.for_each(|_, batch: &mut Vec<Stamped>| {
                        batch.drain(..).for_each(|e| windows.sample(e))
                    });
                    events.for_each(|_, batch: &mut Vec<Told>| {
                        batch
                            .drain(..)
                            .for_each(|(at, event)| windows.event(at, Arc::unwrap_or_clone(event)));
                    });
                    let frontier = passed(samples_to).min(passed(events_to));
                    if !held.is_new(frontier) {
                        return;
                    }
                    if frontier == ENDED {
                        return held.advance(frontier);
                    }
                    windows.close(frontier, |state, out| match out {
                        Output::Barrier(boundary) => {
                            attempt.checkpoint(boundary, Shard::Cars(index), peers, state)
                        }
                        Output::Window(window, outs) => {
                            attempt.watch(index, window);
                            let Some(capability) = held.at(window) else { return };
                            output
                                .session(&capability)
                                .give_iterator(outs.into_iter().map(|out| (window, out)));
                        }
                    });
                    attempt.count(index, windows.counts());
                    held.advance(frontier);
                }
            },
        );

        let closed = cars.binary_frontier(
            events,
            Exchange::new(to_one),
            Exchange::new(|_: &Told| 0),
            "field",
            |capability, _| {
                let mut held = Held::new(capability);
                let mut at_work =
                    worker0.map(|worker0| FieldWindows::new(attempt.grid(), worker0, attempt.clone()));
                move |(cars, cars_to), (events, events_to), output| {
                    let Some(field) = &mut at_work else {
                        cars.for_each(|_, _| {});
                        events.for_each(|_, _| {});
                        held.drop();
                        return;
                    };
                    cars.for_each(|_, batch: &mut Vec<FromCars>| field.gather(batch.drain(..)));
                    events.for_each(|_, batch: &mut Vec<Told>| field.tell(batch.drain(..)));
                    let frontier = passed(cars_to).min(passed(events_to));
                    if !held.is_new(frontier) {
                        return;
                    }
                    if frontier == ENDED {
                        return held.advance(frontier);
                    }
                    field.close(frontier, peers);
                    if let Some(capability) = held.at(frontier) {
                        output.session(&capability).give(());
                    }
                    held.advance(frontier);
                }
            },
        );
        closed.container::<Vec<()>>().probe_with(&probe);
    });
    Ends { samples: samples_in, events: events_in, probe }
}

/// The field operator's windows: folds of all cars, and the race events of the same window, in; closed windows to the
/// sink.
struct FieldWindows {
    grid: Grid,
    attempt: Arc<Attempt>,
    state: FieldState,
    sink: Box<dyn crate::sink::Sink>,
    cars: BTreeMap<WindowNumber, Vec<CarOut>>,
    events: BTreeMap<WindowNumber, Vec<Arc<RaceEvent>>>,
    barrier_to: Option<WindowNumber>,
    /// Cars of which a user has been told that they are held.
    warned: BTreeSet<VehicleId>,
}

impl FieldWindows {
    fn new(grid: Grid, worker0: Worker0, attempt: Arc<Attempt>) -> Self {
        let barrier_to = attempt.resumed_at();
        let Worker0 { field: state, sink } = worker0;
        FieldWindows {
            grid,
            attempt,
            state,
            sink,
            cars: BTreeMap::new(),
            events: BTreeMap::new(),
            barrier_to,
            warned: BTreeSet::new(),
        }
    }

    fn gather(&mut self, outs: impl Iterator<Item = FromCars>) {
        outs.for_each(|(window, out)| self.cars.entry(window).or_default().push(out));
    }

    fn tell(&mut self, told: impl Iterator<Item = Told>) {
        told.for_each(|(at, event)| self.events.entry(self.grid.window(at)).or_default().push(event));
    }

    fn close(&mut self, frontier: WindowNumber, workers: usize) {
        loop {
            let next =
                [self.cars.keys().next(), self.events.keys().next()].into_iter().flatten().min().copied();
            let Some(window) = next.filter(|window| *window < frontier) else { break };
            self.barrier(window, workers);
            self.close_one(window);
        }
        self.barrier(frontier, workers);
    }

    fn barrier(&mut self, window: WindowNumber, workers: usize) {
        let before = self.barrier_to.replace(window);
        let Some(boundary) = before.and_then(|before| self.grid.barrier(before, window)) else { return };
        self.attempt.checkpoint(boundary, Shard::Field, workers, &self.state);
        match self.sink.position() {
            Ok(position) => self.attempt.checkpoint(boundary, Shard::Sink, workers, &position),
            Err(error) => self.attempt.fail(error.into()),
        }
    }

    fn close_one(&mut self, window: WindowNumber) {
        let mut events = self.events.remove(&window).unwrap_or_default();
        events.sort_by_key(|event| (event.event_time, event.id));
        events.iter().for_each(|event| {
            self.state.race.apply(event, self.grid.settled_to(window));
            if let RaceEventKind::Answer(answer) = &event.kind {
                self.state.field.answer(answer);
            }
        });
        let (mut folds, mut laps, mut segments, mut late) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for out in self.cars.remove(&window).unwrap_or_default() {
            match out {
                CarOut::Fold(fold) => folds.push(*fold),
                CarOut::Lap(lap) => laps.push(*lap),
                CarOut::Segment(vehicle, segment) => segments.push((vehicle, segment)),
                CarOut::Late(sample) => late.push(sample),
            }
        }
        segments.sort_by_key(|(vehicle, segment)| (*vehicle, segment.to));
        self.state.field.file(&segments);
        late.sort_by(|a, b| a.sample.vehicle.cmp(&b.sample.vehicle).then(a.sample.fold_order(&b.sample)));
        let Some(board) = self.state.field.fold(self.grid.end(window), folds, &self.state.race) else {
            return;
        };
        let laps = self.state.field.tell(laps, &self.state.race);
        for &vehicle in self.state.field.held() {
            if self.warned.insert(vehicle) {
                tracing::warn!(%vehicle, "no roster names this car: it is followed, and shown once one does");
            }
        }
        let board = Arc::new(board);
        if let Err(error) = self.sink.window(&ClosedWindow { board, laps, segments, late, events }) {
            self.attempt.fail(error.into());
        }
    }
}

/// The frontier of an input that has ended. Every window is closed by then: see `run.rs`.
const ENDED: WindowNumber = WindowNumber::MAX;

/// A frontier as a window number.
fn passed(frontier: &MutableAntichain<WindowNumber>) -> WindowNumber {
    frontier.frontier().first().copied().unwrap_or(ENDED)
}

/// The right to send at a window, held no longer than it is needed: whoever holds it holds the windows behind.
struct Held {
    capability: Option<Capability<WindowNumber>>,
    done: WindowNumber,
}

impl Held {
    fn new(capability: Capability<WindowNumber>) -> Self {
        Held { capability: Some(capability), done: 0 }
    }
    fn is_new(&self, frontier: WindowNumber) -> bool {
        frontier > self.done
    }
    fn at(&self, window: WindowNumber) -> Option<Capability<WindowNumber>> {
        self.capability.as_ref().map(|capability| capability.delayed(&window))
    }
    fn advance(&mut self, frontier: WindowNumber) {
        self.done = frontier;
        match &mut self.capability {
            Some(capability) if frontier < ENDED => capability.downgrade(&frontier),
            _ => self.capability = None,
        }
    }
    fn drop(&mut self) {
        self.capability = None;
    }
}
