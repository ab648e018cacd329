//! Who takes part: rosters, and cars that were declared out.

use events::{EventId, RosterEntry, VehicleId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use units::EventTime;

/// The cars of a session as rosters name them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Entrants {
    /// The cars that each roster names, behind its time.
    rosters: BTreeMap<EventId, (EventTime, Vec<VehicleId>)>,
    /// Under what every roster that names a car does, the newest last; never empty.
    entries: BTreeMap<VehicleId, BTreeMap<(EventTime, EventId), RosterEntry>>,
    retired: BTreeMap<VehicleId, EventTime>,
}

impl Entrants {
    /// Takes a roster; of two entries of a car the newer counts.
    pub(super) fn apply_roster(&mut self, id: EventId, at: EventTime, cars: &[RosterEntry]) {
        let vehicles = cars.iter().map(|car| car.vehicle).collect();
        let (before, corrected) = self.rosters.insert(id, (at, vehicles)).unwrap_or_default();
        for vehicle in corrected {
            if let Entry::Occupied(mut entries) = self.entries.entry(vehicle) {
                entries.get_mut().remove(&(before, id));
                if entries.get().is_empty() {
                    entries.remove();
                }
            }
        }
        for car in cars {
            self.entries.entry(car.vehicle).or_default().insert((at, id), car.clone());
        }
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
        self.entries.get(&vehicle)?.values().next_back()
    }
    /// When a car was declared out.
    pub fn retired(&self, vehicle: VehicleId) -> Option<EventTime> {
        self.retired.get(&vehicle).copied()
    }
}
