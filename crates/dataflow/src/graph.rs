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
use crate::emit::Emitter;
use crate::field_windows::FieldWindows;
use crate::grid::WindowNumber;
use crate::holder::CapabilityHolder;
use crate::source::Stamped;
use crate::supervise::Attempt;
use crate::windows::{CarOut, CarOutput, CarWindows, VehicleKey};
use events::RaceEvent;
use race::StampedBlock;
use std::sync::Arc;
use timely::container::CapacityContainerBuilder;
use timely::dataflow::InputHandle;
use timely::dataflow::channels::pact::{Exchange, Pipeline};
use timely::dataflow::operators::generic::Operator;
use timely::dataflow::operators::probe::Handle as ProbeHandle;
use timely::dataflow::operators::vec::Broadcast;
use timely::dataflow::operators::{Input, Probe};
use timely::worker::Worker;
use units::EventTime;

/// A race event, and when it takes effect.
type StampedEvent = (EventTime, Arc<RaceEvent>);
type FromCars = (WindowNumber, CarOut);
type GraphInput<T> = InputHandle<WindowNumber, CapacityContainerBuilder<Vec<T>>>;

/// The two ends of the graph that a worker holds.
pub struct Ends {
    samples: GraphInput<StampedBlock>,
    events: GraphInput<StampedEvent>,
    /// What has left the graph.
    pub probe: ProbeHandle<WindowNumber>,
}

impl Ends {
    /// Sends something in.
    pub fn send(&mut self, stamped: Stamped) {
        match stamped {
            Stamped::Samples(block) => self.samples.send(block),
            Stamped::Event(at, event) => self.events.send((at, Arc::from(event))),
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

/// Hangs the operators on timely. `windows` are this worker's cars; `field` is there on the one worker that keeps it.
pub fn build(
    worker: &mut Worker,
    attempt: &Arc<Attempt>,
    mut windows: CarWindows,
    mut field: Option<(FieldWindows, Emitter)>,
) -> Ends {
    let (mut samples_in, mut events_in) = (InputHandle::new(), InputHandle::new());
    let (index, peers, attempt) = (worker.index(), worker.peers(), attempt.clone());
    let probe = worker.dataflow::<WindowNumber, _, _>(|scope| {
        let (samples, events) = (scope.input_from(&mut samples_in), scope.input_from(&mut events_in));
        let by_vehicle =
            Exchange::new(move |block: &StampedBlock| VehicleKey::of(block.vehicle()).worker(peers) as u64);
        let to_all = events.clone().broadcast();
        let cars = samples.binary_frontier(to_all, by_vehicle, Pipeline, "cars", |capability, _| {
            let mut holder = CapabilityHolder::new(capability);
            move |(samples, samples_to), (events, events_to), output| {
                samples.for_each(|_, batch| batch.drain(..).for_each(|block| windows.samples(block)));
                let mut event = |(at, event)| windows.event(at, Arc::unwrap_or_clone(event));
                events.for_each(|_, batch: &mut Vec<StampedEvent>| batch.drain(..).for_each(&mut event));
                let Some(frontier) = holder.moved([samples_to, events_to]) else { return };
                windows.close(frontier, |state, out| match out {
                    CarOutput::Barrier(at) => attempt.checkpoint(at, Shard::Cars(index), peers, state),
                    CarOutput::Window(window, outs) => {
                        attempt.hook(index, window);
                        let Some(capability) = holder.at(window) else { return };
                        let outs = outs.into_iter().map(|out| (window, out));
                        output.session(&capability).give_iterator(outs);
                    }
                });
                attempt.count(index, windows.counts());
                holder.release_to(frontier);
            }
        });
        let (to_one, events_to_one) = (Exchange::new(|_: &FromCars| 0), Exchange::new(|_: &StampedEvent| 0));
        let closed = cars.binary_frontier(events, to_one, events_to_one, "field", |capability, _| {
            let mut holder = CapabilityHolder::new(capability);
            move |(cars, cars_to), (events, events_to), output| {
                let Some((field, emitter)) = &mut field else { return holder.release() };
                cars.for_each(|_, batch| batch.drain(..).for_each(|(window, out)| field.car(window, out)));
                events.for_each(|_, batch| batch.drain(..).for_each(|(at, event)| field.event(at, event)));
                let Some(frontier) = holder.moved([cars_to, events_to]) else {
                    if holder.is_released() {
                        emitter.finish();
                    }
                    return;
                };
                field.close(frontier, |state, out| emitter.emit(state, out));
                if let Some(capability) = holder.at(frontier) {
                    output.session(&capability).give(());
                }
                holder.release_to(frontier);
            }
        });
        closed.container::<Vec<()>>().probe().0
    });
    Ends { samples: samples_in, events: events_in, probe }
}
