//! Cars that no roster names, though there has been one: followed, but no part of the field.

use crate::session::RaceState;
use events::{LapSummary, VehicleId};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Who they are, and what waits until a roster names them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Unlisted {
    cars: BTreeSet<VehicleId>,
    /// By the race as it was at this revision.
    revision: u64,
    laps: BTreeMap<VehicleId, Vec<LapSummary>>,
}

impl Unlisted {
    /// Finds who is unlisted among all cars, if an event has come since. Whether one has.
    pub fn follow(&mut self, cars: impl Iterator<Item = VehicleId>, race: &RaceState) -> bool {
        let has_come = self.revision != race.revisions.newest();
        if has_come {
            self.revision = race.revisions.newest();
            self.cars = cars.filter(|vehicle| !race.entrants.knows(*vehicle)).collect();
        }
        has_come
    }

    /// A car is seen for the first time.
    pub fn join(&mut self, vehicle: VehicleId, race: &RaceState) {
        if !race.entrants.knows(vehicle) {
            self.cars.insert(vehicle);
        }
    }

    /// Whether a car is unlisted.
    pub fn contains(&self, vehicle: VehicleId) -> bool {
        self.cars.contains(&vehicle)
    }

    /// All of them.
    pub fn cars(&self) -> &BTreeSet<VehicleId> {
        &self.cars
    }

    /// Of laps that have become final, and of those kept before, the ones whose car takes part, in order of vehicle and
    /// time. The others are kept.
    pub fn release(&mut self, laps: Vec<LapSummary>, race: &RaceState) -> Vec<LapSummary> {
        let (mut released, kept): (Vec<_>, Vec<_>) =
            laps.into_iter().partition(|lap| race.entrants.knows(lap.vehicle_id));
        for lap in kept {
            self.laps.entry(lap.vehicle_id).or_default().push(lap);
        }
        self.laps.retain(|vehicle, laps| {
            let is_known = race.entrants.knows(*vehicle);
            if is_known {
                released.append(laps);
            }
            !is_known
        });
        released.sort_by_key(|lap| (lap.vehicle_id, lap.from_us));
        released
    }
}
