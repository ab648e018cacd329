//! What stops have taught of how much each car really burns: docs/fuel-model.md §9 and §10.
//!
//! Cars are folded by a frozen law; here its factor for every car is learned, from all that was told of fuel so far. The
//! first car's stop improves the whole field. On a package that the model has seen, that is the online filter. On another
//! one, or without a model, the shape of the law is fitted again too, and acts on each car by what its own engine did.

use crate::bags::{CarBag, Over, bags};
use crate::piece::Piece;
use crate::runs::{CarRuns, Runs};
use crate::state::{Conditions, RaceState};
use events::VehicleId;
use fuel::filter::{CarPrior, Filter, Observation, ScalePrior};
use fuel::{Burned, LogScale};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use units::{EventTime, Mass};

mod refitted;
use refitted::Refitted;

/// How much a car burns against the frozen law at scale 0.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scale {
    /// The logarithm of the factor.
    pub ln: LogScale,
    /// Variance of the part that other cars do not share: what holds when cars are compared.
    pub own_var: f64,
    /// Relative error of the law's shape over a stint.
    pub shape_sd: f64,
    /// What was told of its fuel contradicts what it burned.
    pub is_contradicted: bool,
}

impl Scale {
    /// The factor.
    pub fn factor(&self) -> f64 {
        libm::exp(self.ln.mean)
    }
    /// Relative standard deviation of all that it burned by the scale and the law's shape.
    pub fn sd(&self) -> f64 {
        (self.ln.var + self.shape_sd * self.shape_sd).sqrt()
    }
}

/// The scales of a session's cars.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Scales {
    runs: Runs,
    cars: BTreeMap<VehicleId, Car>,
    learned: Option<Learned>,
    /// What `learned` has learned from, in order.
    from: Vec<CarBag>,
    /// Whether anything has changed since.
    is_stale: bool,
    seen_revision: u64,
}

/// How the scales are learned, and for which conditions.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Learned {
    conditions: usize,
    way: Way,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
enum Way {
    Filtered(Filter),
    Refitted(Box<Refitted>),
}

/// A car as the roster and the model know it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Car {
    /// In the filter.
    number: usize,
    manufacturer: String,
    team: String,
    is_contradicted: bool,
}

/// A bag with what the law says of it.
pub(crate) struct Predicted {
    /// At scale 0, US gallons.
    pub gal: f64,
    /// Standard deviation of its imputed part, US gallons.
    pub imputed_sd_gal: f64,
    /// The time on the knots behind it.
    pub histogram: fuel::Histogram,
}

impl Scales {
    /// Files what a car did.
    pub fn file(&mut self, vehicle: VehicleId, piece: &Piece) {
        self.is_stale |= self.runs.file(vehicle, piece);
    }

    /// Learns from all that is known at the end of a window, of these cars.
    pub fn learn(&mut self, end: EventTime, vehicles: impl Iterator<Item = VehicleId>, race: &RaceState) {
        let index = race.newest_conditions();
        let Some(conditions) = race.conditions(index) else { return };
        let is_new = self.learned.as_ref().is_none_or(|learned| learned.conditions != index);
        let is_told = self.seen_revision != race.revision();
        self.seen_revision = race.revision();
        let joined = self.join(vehicles, race, is_new || is_told);
        if is_new || joined == Joined::Changed {
            self.begin(index, conditions);
        } else if joined == Joined::More {
            self.follow(conditions);
        }
        if is_new || is_told || self.is_stale || joined != Joined::None {
            self.is_stale = false;
            self.take_bags(conditions, race);
        }
        if let Some(Learned { way: Way::Refitted(refitted), .. }) = &mut self.learned {
            refitted.refit(end, &self.from, &self.runs, &self.cars, conditions, race);
        }
    }

    /// What is known of a car.
    pub fn of(&self, vehicle: VehicleId) -> Option<Scale> {
        let car = self.cars.get(&vehicle)?;
        let scale = match &self.learned.as_ref()?.way {
            Way::Filtered(filter) => Scale {
                ln: filter.scale(car.number)?,
                own_var: filter.own_scale(car.number)?.var,
                shape_sd: filter.shape_sd(),
                is_contradicted: false,
            },
            Way::Refitted(refitted) => refitted.of(vehicle)?,
        };
        let known = car.known_ln;
        let ln = LogScale { mean: scale.ln.mean + known, ..scale.ln };
        Some(Scale { ln, is_contradicted: car.is_contradicted, ..scale })
    }
}
