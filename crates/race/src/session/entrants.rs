//! Who takes part: rosters, and cars that were declared out.

use events::{EventId, RosterEntry, VehicleId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use units::EventTime;

/// The cars of a session as rosters name them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Entrants {
    rosters: BTreeMap<EventId, (EventTime, Vec<RosterEntry>)>,
    /// All rosters together.
    entries: BTreeMap<VehicleId, RosterEntry>,
    retired: BTreeMap<VehicleId, EventTime>,
}

impl Entrants {
    /// Takes a roster; of two entries of a car the newer counts.
    pub(super) fn apply_roster(&mut self, id: EventId, at: EventTime, cars: &[RosterEntry]) {
        self.rosters.insert(id, (at, cars.to_vec()));
        let mut rosters: Vec<_> = self.rosters.iter().map(|(id, (at, cars))| (*at, *id, cars)).collect();
        rosters.sort_unstable_by_key(|(at, id, _)| (*at, *id));
        let entries = rosters.into_iter().flat_map(|(_, _, cars)| cars);
        self.entries = entries.map(|car| (car.vehicle, car.clone())).collect();
    }

    /// A car is declared out.
    pub(super) fn retire(&mut self, vehicle: VehicleId, at: EventTime) {
        self.retired.insert(vehicle, at);
    }

    /// Whether a car takes part: a roster names it, or there has been none.
    pub fn knows(&self, vehicle: VehicleId) -> bool {
        self.rosters.is_empty() || self.entries.contains_key(&vehicle)
    }
    /// The newest roster entry of a car.
    pub fn entry(&self, vehicle: VehicleId) -> Option<&RosterEntry> {
        self.entries.get(&vehicle)
    }
    /// When a car was declared out.
    pub fn retired(&self, vehicle: VehicleId) -> Option<EventTime> {
        self.retired.get(&vehicle).copied()
    }
}
