//! The cars of a field in order of vehicle, and the folds of a window beside them.

use super::car::FieldCar;
use crate::car::CarFold;
use events::VehicleId;
use serde::{Deserialize, Serialize};

/// All cars that are followed, in order of vehicle.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct FieldCars {
    cars: Vec<FieldCar>,
    /// Where the cars of the newest folds stand, in order of arrival: the same again in the next window, as a rule, so that
    /// names are compared only where it is not.
    #[serde(skip)]
    arrival: Vec<usize>,
}

/// The fold of each car, in the cars' order; `None`: it has none in this window.
pub(super) type CarFolds = Vec<Option<Box<CarFold>>>;

impl FieldCars {
    /// Lets cars join that are seen for the first time, each as `new` makes it. Which these are.
    pub fn join(&mut self, folds: &[Box<CarFold>], new: impl FnMut(VehicleId) -> FieldCar) -> Vec<VehicleId> {
        let unknown = self.find(folds);
        if !unknown.is_empty() {
            self.cars.extend(unknown.iter().copied().map(new));
            self.cars.sort_unstable_by_key(FieldCar::vehicle);
            self.find(folds);
        }
        unknown
    }

    /// Finds where the cars of these folds stand. The vehicles that are not there.
    fn find(&mut self, folds: &[Box<CarFold>]) -> Vec<VehicleId> {
        let mut unknown = Vec::new();
        self.arrival.resize(folds.len(), 0);
        for (place, vehicle) in self.arrival.iter_mut().zip(folds.iter().map(|fold| fold.vehicle)) {
            if self.cars.get(*place).is_some_and(|car| car.vehicle() == vehicle) {
                continue;
            }
            match self.cars.binary_search_by_key(&vehicle, FieldCar::vehicle) {
                Ok(found) => *place = found,
                Err(_) => unknown.push(vehicle),
            }
        }
        unknown
    }

    /// Lays folds, whose cars have joined, beside the cars, each at the scale of its car.
    pub fn lay(&mut self, folds: impl IntoIterator<Item = Box<CarFold>>) -> CarFolds {
        let mut laid = CarFolds::new();
        laid.resize_with(self.cars.len(), || None);
        for (place, mut fold) in self.arrival.iter().zip(folds) {
            self.cars[*place].bring_to_scale(&mut fold);
            laid[*place] = Some(fold);
        }
        laid
    }

    /// All of them, in order.
    pub fn all(&self) -> &[FieldCar] {
        &self.cars
    }

    /// Likewise, to change.
    pub fn all_mut(&mut self) -> &mut [FieldCar] {
        &mut self.cars
    }

    /// The car of a vehicle.
    pub fn get_mut(&mut self, vehicle: VehicleId) -> Option<&mut FieldCar> {
        let found = self.cars.binary_search_by_key(&vehicle, FieldCar::vehicle).ok()?;
        self.cars.get_mut(found)
    }
}
