//! The stops of every car, as race events state them.

use events::{EventId, StopPhase, VehicleId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use units::{EventTime, Span};

/// The stop events of a session, corrections applied.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PitStops {
    of: BTreeMap<VehicleId, BTreeMap<EventId, (EventTime, StopPhase)>>,
    /// Whose each event is.
    whose: BTreeMap<EventId, VehicleId>,
}

/// One stop in the box.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PitStop {
    /// The car stands.
    pub box_stop: EventTime,
    /// It leaves; `None`: nobody stated when.
    pub box_leave: Option<EventTime>,
}

impl PitStop {
    /// How long the car stood; `None`: nobody knows.
    pub fn in_box(&self) -> Option<Span> {
        self.box_leave.map(|box_leave| box_leave - self.box_stop)
    }

    /// How far a moment lies from the time in the box, µs; 0 within it.
    pub(crate) fn distance_us(&self, at: EventTime) -> i64 {
        let end = self.box_leave.unwrap_or(self.box_stop);
        (self.box_stop - at).us().max((at - end).us()).max(0)
    }
}

impl PitStops {
    /// Takes a stop event. The car whose event it was before, if a correction takes it from another.
    pub(super) fn apply(
        &mut self,
        vehicle: VehicleId,
        id: EventId,
        at: EventTime,
        phase: StopPhase,
    ) -> Option<VehicleId> {
        let before = self.whose.insert(id, vehicle).filter(|other| *other != vehicle);
        if let Some(stops) = before.and_then(|other| self.of.get_mut(&other)) {
            stops.remove(&id);
        }
        self.of.entry(vehicle).or_default().insert(id, (at, phase));
        before
    }

    /// A car's stop events, by id.
    pub fn events(&self, vehicle: VehicleId) -> impl Iterator<Item = (EventId, EventTime, StopPhase)> + '_ {
        self.of.get(&vehicle).into_iter().flatten().map(|(&id, &(at, phase))| (id, at, phase))
    }

    /// A car's stops, in order.
    pub fn of(&self, vehicle: VehicleId) -> Vec<PitStop> {
        let mut phases: Vec<_> = self.events(vehicle).map(|(id, at, phase)| (at, id, phase)).collect();
        phases.sort_unstable();
        let mut stops: Vec<PitStop> = Vec::new();
        for (at, _, phase) in phases {
            match (phase, stops.last_mut()) {
                (StopPhase::BoxStop, _) => stops.push(PitStop { box_stop: at, box_leave: None }),
                (StopPhase::BoxLeave, Some(stop)) => stop.box_leave = stop.box_leave.or(Some(at)),
                _ => {}
            }
        }
        stops
    }
}
