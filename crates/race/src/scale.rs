//! What stops have taught of how much each car really burns: docs/fuel-model.md §9 and §10.
//!
//! Cars are folded by a frozen law; here its factor for every car is learned, from all that was told of fuel so far. The
//! first car's stop improves the whole field. On a package that the model has seen, that is the online filter. On another
//! one, or without a model, the shape of the law is fitted again too, and acts on each car by what its own engine did.

mod fill_to_fill;
mod refit;
mod stints;
mod tank;

pub use fill_to_fill::{CarFillToFill, Over, fills_to_fill};
pub use stints::{CarStints, Stint, Stints};
pub(crate) use tank::TankSize;
pub use tank::{AtStop, Level, Remaining};

use crate::car::Segment;
use crate::session::Conditions;
use crate::session::RaceState;
use events::VehicleId;
use fuel::LogScale;
use fuel::filter::{CarPrior, Filter, Observation, ScalePrior};
use refit::Refitted;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use stints::Ran;
use units::{EventTime, Mass};

/// How much a car burns against the frozen law.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scale {
    /// The logarithm of the factor on all that it burns.
    pub ln: LogScale,
    /// The factor itself.
    pub factor: f64,
    /// The factor on its clean laps, where throttle and engine speed are others than under caution.
    pub clean_factor: f64,
    /// Variance of the part that other cars do not share: what holds when cars are compared.
    pub own_var: f64,
    /// Relative error of the law's shape over a stint.
    pub shape_sd: f64,
    /// Whether the model has seen engines of this package.
    pub is_calibrated: bool,
    /// Whether what was told last of its fuel contradicts what it burned.
    pub is_contradicted: bool,
}

impl Scale {
    /// Relative standard deviation of all that the car burned, by the scale and the law's shape.
    pub fn sd(&self) -> f64 {
        (self.ln.var + self.shape_sd * self.shape_sd).sqrt()
    }
}

/// The scales of a session's cars.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Scales {
    stints: Stints,
    cars: BTreeMap<VehicleId, Car>,
    /// In the order in which they joined.
    order: Vec<VehicleId>,
    /// In the order in which they were first named.
    manufacturers: Vec<String>,
    /// For these conditions, by index.
    learned: Option<(usize, Learned)>,
    /// From these fills, in this order.
    from: Vec<Learnable>,
    /// What it says of every car.
    read: BTreeMap<VehicleId, Scale>,
    /// Cars whose fills may have changed since.
    stale: BTreeSet<VehicleId>,
    seen_revision: u64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
enum Learned {
    Filtered(Filter),
    Refitted(Box<Refitted>),
}

/// A car as roster and model know it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Car {
    /// Its place in the order of joining.
    number: usize,
    manufacturer: String,
    team: String,
    /// What the model knows of it: the logarithm of its scale, and how well.
    known_ln: f64,
    known_sd: Option<f64>,
    /// What its manufacturer's own table, if there is one, burns against the field's, by which all cars are folded: the
    /// logarithms for its newest running and for its newest clean laps.
    by_own_table: [f64; 2],
    fills: Vec<Learnable>,
    is_contradicted: bool,
}

/// A fill-to-fill beside what the model expects of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Learnable {
    fill: CarFillToFill,
    /// By the frozen law and the car's known scale, US gallons.
    predicted_gal: f64,
    /// Standard deviation of its imputed part, US gallons.
    imputed_sd_gal: f64,
}

impl Scales {
    /// Files what a car did.
    pub fn file(&mut self, vehicle: VehicleId, segment: &Segment) {
        if self.stints.file(vehicle, segment) {
            self.stale.insert(vehicle);
        }
    }

    /// Learns from all that is known at the end of a window, of all cars that have run.
    pub fn learn(&mut self, end: EventTime, vehicles: impl Iterator<Item = VehicleId>, race: &RaceState) {
        let index = race.newest_conditions();
        let Some(conditions) = race.conditions(index) else { return };
        let mut is_new = self.learned.as_ref().is_none_or(|(of, _)| *of != index);
        if self.seen_revision != race.revision() {
            let (seen, cars) = (self.seen_revision, &self.cars);
            self.stale.extend(cars.keys().copied().filter(|vehicle| race.touched(*vehicle) > seen));
            is_new |= cars.iter().any(|(vehicle, car)| !car.is_as_told(*vehicle, race));
            self.seen_revision = race.revision();
        }
        let mut joining: Vec<VehicleId> =
            vehicles.filter(|vehicle| !self.cars.contains_key(vehicle)).collect();
        if is_new {
            joining.append(&mut self.order);
            joining.sort_unstable();
            (self.cars, self.from) = (BTreeMap::new(), Vec::new());
            self.learned = Some((index, Learned::new(conditions)));
        }
        let mut has_moved = !joining.is_empty();
        for vehicle in joining {
            self.join(vehicle, conditions, race);
        }
        if !self.stale.is_empty() {
            has_moved = true;
            self.learn_fills(conditions, race);
        }
        if let Some((_, Learned::Refitted(refitted))) = &mut self.learned {
            let known = refit::Known {
                fills: &self.from,
                stints: &self.stints,
                order: &self.order,
                cars: &self.cars,
            };
            has_moved |= refitted.refit(end, &known, conditions, race);
        }
        if has_moved {
            self.read();
        }
    }

    fn join(&mut self, vehicle: VehicleId, conditions: &Conditions, race: &RaceState) {
        let car = Car::of(vehicle, self.order.len(), conditions, race);
        let maker = (!car.manufacturer.is_empty()).then(|| self.maker(&car.manufacturer));
        if let Some((_, Learned::Filtered(filter))) = &mut self.learned {
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
        let mut all: Vec<Learnable> = self.cars.values().flat_map(|car| &car.fills).cloned().collect();
        all.sort_by_key(|learnable| (learnable.fill.known, learnable.fill.vehicle));
        if all == self.from {
            return;
        }
        // what was known before still is, as a rule, and what is new comes behind it
        let goes_on = all.starts_with(&self.from);
        let behind = if goes_on { self.from.len() } else { 0 };
        self.from = all;
        match &mut self.learned {
            Some((_, Learned::Refitted(refitted))) => refitted.is_stale = true,
            Some((_, Learned::Filtered(_))) => {
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
            *learned = Learned::Filtered(filter);
        }
    }

    fn filter_fills(&mut self, behind: usize) {
        let Some((_, Learned::Filtered(filter))) = &mut self.learned else { return };
        for Learnable { fill, predicted_gal, imputed_sd_gal } in &self.from[behind..] {
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
            // evidence that cannot be is no evidence; what contradicts the rest is said of the car until the next agrees
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
            Learned::Filtered(filter) => {
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
            Learned::Refitted(refitted) => refitted.of(vehicle),
        }
    }
}

impl Learned {
    fn new(conditions: &Conditions) -> Learned {
        if conditions.rates.is_known_package() {
            Learned::Filtered(filter_of(conditions))
        } else {
            Learned::Refitted(Box::new(Refitted::new(conditions)))
        }
    }
}

fn filter_of(conditions: &Conditions) -> Filter {
    let spread = conditions.rates.spread();
    Filter::new(ScalePrior { race_sd: conditions.rates.race_sd(), shape_sd: spread.shape })
}

impl Car {
    fn of(vehicle: VehicleId, number: usize, conditions: &Conditions, race: &RaceState) -> Car {
        let (manufacturer, team) = names(vehicle, race);
        let known = conditions.rates.scale_of(vehicle.as_str(), team, manufacturer);
        Car {
            number,
            manufacturer: manufacturer.into(),
            team: team.into(),
            known_ln: known.ln,
            known_sd: known.own_sd,
            by_own_table: [0.0; 2],
            fills: Vec::new(),
            is_contradicted: false,
        }
    }

    /// Holds its newest running against the tables again.
    fn compare_tables(&mut self, stints: &CarStints, conditions: &Conditions) {
        let own = conditions.rates.table_of(&self.manufacturer);
        if std::ptr::eq(own, conditions.rates.table()) {
            return;
        }
        let ln = |ran: Option<Ran>| {
            let ran = ran.filter(|ran| ran.heard_g() > 0.0)?;
            Some(libm::log(ran.histogram.burned_g(own) / ran.histogram.burned_g(conditions.rates.table())))
        };
        let all = ln(stints.newest()).unwrap_or(0.0);
        self.by_own_table = [all, ln(stints.newest_clean()).unwrap_or(all)];
    }

    fn prior(&self, maker: Option<u32>) -> CarPrior {
        self.known_sd.and_then(CarPrior::calibrated).unwrap_or(CarPrior::unseen(maker))
    }

    fn is_as_told(&self, vehicle: VehicleId, race: &RaceState) -> bool {
        (self.manufacturer.as_str(), self.team.as_str()) == names(vehicle, race)
    }

    /// What the model expects of a fill-to-fill; `None` where its running is not known any more.
    fn expect(
        &self,
        fill: CarFillToFill,
        stints: &CarStints,
        conditions: &Conditions,
        race: &RaceState,
    ) -> Option<Learnable> {
        let table = conditions.rates.table_of(&self.manufacturer);
        let ratio = |stint: &Stint| match stint.ran.burned_g() {
            burned_g if burned_g > 0.0 => stint.ran.by_table_g(table) / burned_g,
            _ => 1.0,
        };
        let (predicted_g, gap_var_g2) = match fill.over {
            Over::Stints { first, last } => {
                let of = stints.all().get(first..=last)?;
                (
                    of.iter().map(|stint| stint.ran.by_table_g(table)).sum(),
                    of.iter().map(|stint| stint.gap_var_g2).sum(),
                )
            }
            Over::StintsAndPart { first, part, until } => {
                let of = stints.all().get(first..part)?;
                let stint = stints.all().get(part)?;
                let (part_g, _) = stints.burned_in_stint_g(part, until)?;
                let whole_g: f64 = of.iter().map(|stint| stint.ran.by_table_g(table)).sum();
                let gap_var_g2: f64 = of.iter().map(|stint| stint.gap_var_g2).sum();
                (whole_g + part_g * ratio(stint), gap_var_g2 + stint.gap_var_g2)
            }
            Over::Between { from, to } => {
                let stint = stints.all().get(stints.run_at(to)?)?;
                (stints.burned_between_g(from, to)? * ratio(stint), 0.0)
            }
        };
        let gal = |grams: f64| race.fuel_density().volume(Mass::from_kg(grams * 1e-3)).us_gallons();
        let factor = libm::exp(self.known_ln);
        Some(Learnable {
            fill,
            predicted_gal: gal(predicted_g) * factor,
            imputed_sd_gal: gal(gap_var_g2.sqrt()) * factor,
        })
    }
}

/// The manufacturer and the team of a car, empty where no roster names them.
fn names(vehicle: VehicleId, race: &RaceState) -> (&str, &str) {
    race.roster(vehicle).map_or(("", ""), |entry| (entry.manufacturer.as_str(), entry.team.as_str()))
}
