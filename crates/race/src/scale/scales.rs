//! The scales of all cars, learned from all evidence so far.

use super::car_scale::Scale;
use super::fill_to_fill::fills_to_fill;
use super::known_car::{ExpectedFill, KnownCar};
use super::refit::{RefitInputs, Refitted};
use super::stints::Stints;
use crate::car::Segment;
use crate::session::{Conditions, RaceState};
use events::VehicleId;
use fuel::LogScale;
use fuel::filter::{Filter, Observation, ScalePrior};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use units::EventTime;

/// The scales of a session's cars.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Scales {
    stints: Stints,
    cars: BTreeMap<VehicleId, KnownCar>,
    /// In the order in which they joined.
    order: Vec<VehicleId>,
    /// In the order in which they were first named.
    manufacturers: Vec<String>,
    /// For these conditions, by index.
    learned: Option<(usize, ScaleLearner)>,
    /// From what was burned from fill to fill, in this order.
    from: Vec<ExpectedFill>,
    /// What it says of every car.
    read: BTreeMap<VehicleId, Scale>,
    /// Cars whose fills may have changed since.
    stale: BTreeSet<VehicleId>,
    seen_revision: u64,
}

/// What learns.
#[derive(Clone, Debug, Serialize, Deserialize)]
enum ScaleLearner {
    Filtered(Filter),
    Refitted(Box<Refitted>),
}

impl Scales {
    /// Files what a car did.
    pub fn file(&mut self, vehicle: VehicleId, segment: &Segment) {
        if self.stints.file(vehicle, segment) {
            self.stale.insert(vehicle);
        }
    }

    /// Learns from all that is known at the end of a window; of `vehicles`, those that are not known yet join. Whether
    /// scales have moved.
    pub fn learn(
        &mut self,
        end: EventTime,
        vehicles: impl Iterator<Item = VehicleId>,
        race: &RaceState,
    ) -> bool {
        let index = race.conditions.newest();
        let Some(conditions) = race.conditions.get(index) else { return false };
        let mut is_new = self.learned.as_ref().is_none_or(|(of, _)| *of != index);
        if self.seen_revision != race.revisions.newest() {
            let (seen, cars) = (self.seen_revision, &self.cars);
            self.stale.extend(cars.keys().copied().filter(|vehicle| race.revisions.of(*vehicle) > seen));
            is_new |= cars.iter().any(|(vehicle, car)| !car.is_as_named(*vehicle, race));
            self.seen_revision = race.revisions.newest();
        }
        let mut joining: Vec<VehicleId> =
            vehicles.filter(|vehicle| !self.cars.contains_key(vehicle)).collect();
        if is_new {
            joining.append(&mut self.order);
            joining.sort_unstable();
            (self.cars, self.from) = (BTreeMap::new(), Vec::new());
            self.learned = Some((index, ScaleLearner::new(conditions)));
        }
        let mut has_moved = !joining.is_empty();
        for vehicle in joining {
            self.join(vehicle, conditions, race);
        }
        if !self.stale.is_empty() {
            has_moved = true;
            self.learn_fills(conditions, race);
        }
        if let Some((_, ScaleLearner::Refitted(refitted))) = &mut self.learned {
            let known =
                RefitInputs { fills: &self.from, stints: &self.stints, order: &self.order, cars: &self.cars };
            has_moved |= refitted.refit(end, &known, conditions, race);
        }
        if has_moved {
            self.read();
        }
        has_moved
    }

    fn join(&mut self, vehicle: VehicleId, conditions: &Conditions, race: &RaceState) {
        let car = KnownCar::of(vehicle, self.order.len(), conditions, race);
        let maker = (!car.manufacturer.is_empty()).then(|| self.maker(&car.manufacturer));
        if let Some((_, ScaleLearner::Filtered(filter))) = &mut self.learned {
            filter.join(car.prior(maker));
        }
        self.order.push(vehicle);
        self.cars.insert(vehicle, car);
        self.stale.insert(vehicle);
    }

    /// The number that stands for a manufacturer.
    fn maker(&mut self, name: &str) -> u32 {
        let known = self.manufacturers.iter().position(|other| other == name);
        known.unwrap_or_else(|| {
            self.manufacturers.push(name.into());
            self.manufacturers.len() - 1
        }) as u32
    }

    fn learn_fills(&mut self, conditions: &Conditions, race: &RaceState) {
        for vehicle in std::mem::take(&mut self.stale) {
            let (Some(car), Some(stints)) = (self.cars.get_mut(&vehicle), self.stints.of(vehicle)) else {
                continue;
            };
            car.compare_tables(stints, conditions);
            let fills = fills_to_fill(vehicle, stints, race).into_iter();
            car.fills = fills.filter_map(|fill| car.expect(fill, stints, conditions, race)).collect();
        }
        let mut all: Vec<ExpectedFill> = self.cars.values().flat_map(|car| &car.fills).cloned().collect();
        all.sort_by_key(|expected| (expected.fill.known, expected.fill.vehicle));
        if all == self.from {
            return;
        }
        // what was known before still is, as a rule, and what is new comes behind it
        let goes_on = all.starts_with(&self.from);
        let behind = if goes_on { self.from.len() } else { 0 };
        self.from = all;
        match &mut self.learned {
            Some((_, ScaleLearner::Refitted(refitted))) => refitted.is_stale = true,
            Some((_, ScaleLearner::Filtered(_))) => {
                if !goes_on {
                    self.begin_filter(conditions);
                }
                self.filter_fills(behind);
            }
            None => {}
        }
    }

    /// A filter that has learned nothing yet, of all cars.
    fn begin_filter(&mut self, conditions: &Conditions) {
        let mut filter = filter_of(conditions);
        for vehicle in self.order.clone() {
            let Some(car) = self.cars.get_mut(&vehicle) else { continue };
            car.is_contradicted = false;
            let (prior, maker) = (car.clone(), car.manufacturer.clone());
            let maker = (!maker.is_empty()).then(|| self.maker(&maker));
            filter.join(prior.prior(maker));
        }
        if let Some((_, learned)) = &mut self.learned {
            *learned = ScaleLearner::Filtered(filter);
        }
    }

    fn filter_fills(&mut self, behind: usize) {
        let Some((_, ScaleLearner::Filtered(filter))) = &mut self.learned else { return };
        for ExpectedFill { fill, predicted_gal, imputed_sd_gal } in &self.from[behind..] {
            let Some(car) = self.cars.get_mut(&fill.vehicle) else { continue };
            let observation = Observation {
                car: car.number,
                predicted_gal: *predicted_gal,
                imputed_sd_gal: *imputed_sd_gal,
                burned: fill.burned,
            };
            let update = match fill.is_bound {
                true => filter.observe_at_most(&observation),
                false => filter.observe(&observation),
            };
            // evidence that cannot be is no evidence; what contradicts the rest marks the car until the next agrees
            car.is_contradicted = update.map_or(true, |update| update.gated);
        }
    }

    /// What is known of a car; `None` before its first sample.
    pub fn of(&self, vehicle: VehicleId) -> Option<Scale> {
        self.read.get(&vehicle).copied()
    }

    /// Reads every car's scale off what was learned.
    fn read(&mut self) {
        let read = |vehicle: &VehicleId| Some((*vehicle, self.read_one(*vehicle)?));
        self.read = self.cars.keys().filter_map(read).collect();
    }

    fn read_one(&self, vehicle: VehicleId) -> Option<Scale> {
        let car = self.cars.get(&vehicle)?;
        match &self.learned.as_ref()?.1 {
            ScaleLearner::Filtered(filter) => {
                let LogScale { mean, var } = filter.scale(car.number)?;
                let [ln, clean_ln] = car.by_own_table.map(|own| mean + car.known_ln + own);
                let own_var = filter.own_scale(car.number)?.var;
                let (shape_sd, is_contradicted) = (filter.shape_sd(), car.is_contradicted);
                Some(Scale {
                    ln: LogScale { mean: ln, var },
                    factor: libm::exp(ln),
                    clean_factor: libm::exp(clean_ln),
                    own_var,
                    shape_sd,
                    is_calibrated: true,
                    is_contradicted,
                })
            }
            ScaleLearner::Refitted(refitted) => refitted.of(vehicle),
        }
    }
}

impl ScaleLearner {
    fn new(conditions: &Conditions) -> ScaleLearner {
        if conditions.rates.is_known_package() {
            ScaleLearner::Filtered(filter_of(conditions))
        } else {
            ScaleLearner::Refitted(Box::new(Refitted::new(conditions)))
        }
    }
}

fn filter_of(conditions: &Conditions) -> Filter {
    let spread = conditions.rates.spread();
    Filter::new(ScalePrior { race_sd: conditions.rates.race_sd(), shape_sd: spread.shape })
}
