//! When race events spoke of which car: what was computed before need not be again.

use events::{RaceEvent, RaceEventKind, VehicleId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Counts race events, and knows which of them was the last to concern a car.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Revisions {
    newest: u64,
    of_car: BTreeMap<VehicleId, u64>,
    of_all: u64,
}

impl Revisions {
    /// Takes an event.
    pub(super) fn count(&mut self, event: &RaceEvent) {
        self.newest += 1;
        match event.kind.vehicle() {
            Some(vehicle) => self.of_car.insert(vehicle, self.newest).map_or((), drop),
            None if matches!(event.kind, RaceEventKind::Session(_)) => self.touch_all(),
            None => {}
        }
    }

    /// The newest event concerns all cars.
    pub(super) fn touch_all(&mut self) {
        self.of_all = self.newest;
    }

    /// Grows with every race event.
    pub fn newest(&self) -> u64 {
        self.newest
    }
    /// The revision at which something of a car changed last; 0 where nothing did.
    pub fn of(&self, vehicle: VehicleId) -> u64 {
        self.of_car.get(&vehicle).copied().unwrap_or(0).max(self.of_all)
    }
}
