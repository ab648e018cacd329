//! What is believed before the races are looked at: nothing but priors, or an earlier model.

use events::{Model, ShapeEstimate, VehicleId};
use fuel::{Shape, physics, prior};

/// Standard deviation of the scale of a team against its manufacturer: the study's simulator draws .006
/// (`docs/calibration.md`).
const TEAM_SD: f64 = 0.006;
/// How far the flow of a package lies from what power and friction say: with 80 to 300 hp of friction, 510 hp move by ±3 %.
const PACKAGE_SD: f64 = 0.02;
/// The same where nobody states a power: from a motorcycle to a prototype lie two of these around the nominal engine.
const UNKNOWN_PACKAGE_SD: f64 = 1.0;

/// Means and spreads before the races of a calibration.
#[derive(Clone, Debug, PartialEq)]
pub struct Beliefs {
    /// The law's parameters.
    pub shape: ShapeEstimate,
    /// Spreads of scales.
    pub levels: Levels,
    /// Relative error of the law over a stint.
    pub tau: f64,
    /// Whose scales are known, and what was learned from which races.
    pub known: Option<Model>,
}

/// Standard deviations of the logarithm of a flow, level by level. A level of 0 is left out.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Levels {
    /// A manufacturer against the field.
    pub manufacturer: f64,
    /// A team against its manufacturer.
    pub team: f64,
    /// A car against its team or manufacturer, in all its races.
    pub car: f64,
    /// A car's engine in one race against the car.
    pub engine: f64,
    /// The field of one race against the model.
    pub race: f64,
    /// A package against the law's ratio of power.
    pub package: f64,
    /// Engines whose power nobody states.
    pub unknown_package: f64,
}

impl Beliefs {
    /// Before any race: the priors of the rate law.
    pub fn priors() -> Beliefs {
        let mut covariance = [[0.0; 6]; 6];
        for (k, sd) in Shape::prior_sd().to_array().into_iter().enumerate() {
            covariance[k][k] = sd * sd;
        }
        Beliefs {
            shape: ShapeEstimate { mean: Shape::prior().to_array(), covariance },
            levels: Levels {
                manufacturer: prior::MANUFACTURER_SD,
                team: TEAM_SD,
                car: prior::CAR_SD,
                engine: prior::RACE_TO_RACE_SD,
                race: prior::RACE_SD,
                package: PACKAGE_SD,
                unknown_package: UNKNOWN_PACKAGE_SD,
            },
            tau: prior::SHAPE_SD,
            known: None,
        }
    }

    /// After the races of a model: its posterior is the prior. What changes from race to race, the field's scale and each
    /// engine's, has a level of its own, so nothing has to be widened.
    pub fn after(model: Model) -> Beliefs {
        let priors = Beliefs::priors();
        let spread = &model.spread;
        let levels = Levels {
            manufacturer: spread.manufacturer,
            car: spread.car,
            engine: spread.engine,
            race: spread.race,
            ..priors.levels
        };
        Beliefs { shape: model.shape, levels, tau: spread.shape, known: Some(model) }
    }

    /// Mean and standard deviation of a manufacturer's scale.
    pub fn manufacturer(&self, name: &str) -> (f64, f64) {
        let known = self.known.as_ref().and_then(|model| find(&model.manufacturers, name));
        known.unwrap_or((0.0, self.levels.manufacturer))
    }
    /// Of a team's.
    pub fn team(&self, name: &str) -> (f64, f64) {
        let known = self.known.as_ref().and_then(|model| find(&model.teams, name));
        known.unwrap_or((0.0, self.levels.team))
    }
    /// Of a car's.
    pub fn car(&self, vehicle: VehicleId) -> (f64, f64) {
        let known = self.known.as_ref().and_then(|model| find(&model.cars, vehicle.as_str()));
        known.unwrap_or((0.0, self.levels.car))
    }
    /// Of a package's, if it is known.
    pub fn known_package(&self, hp: Option<f64>) -> Option<(f64, f64)> {
        let packages = &self.known.as_ref()?.packages;
        let known = packages.iter().find(|package| same(package.package_hp, hp))?;
        Some((known.ln_scale, known.sd))
    }
    /// Of a package's: what the law makes of its power is not all.
    pub fn package(&self, hp: Option<f64>) -> (f64, f64) {
        let new = match hp {
            Some(hp) if self.levels.package > 0.0 => (physics::package_ln(hp), self.levels.package),
            Some(_) => (0.0, 0.0),
            None => (0.0, self.levels.unknown_package),
        };
        self.known_package(hp).unwrap_or(new)
    }
}

fn find(scales: &[events::ScaleEstimate], name: &str) -> Option<(f64, f64)> {
    scales.iter().find(|scale| scale.name == name).map(|scale| (scale.ln_scale, scale.sd))
}

/// Whether two packages are one: a package is its rated power to the bit, or none is stated.
pub fn same(a: Option<f64>, b: Option<f64>) -> bool {
    a.map(f64::to_bits) == b.map(f64::to_bits)
}
