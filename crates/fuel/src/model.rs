//! A model of past races, put to use: the rates of an engine, and what is known of each car's scale.

use crate::knots;
use crate::physics::{self, REFERENCE_HP};
use crate::{Engine, RateError, RateTable, Shape, prior};
use events::{
    Model, ModelId, PackageEstimate, Residual, SHAPE_PARAMETERS, ScaleEstimate, ShapeEstimate, Spread,
};
use std::collections::BTreeMap;

/// Rated powers this close are the same package, hp.
const SAME_PACKAGE_HP: f64 = 1.0;
/// A covariance may be this far from symmetric, relative to its largest number: it was printed and read.
const ASYMMETRY_MAX: f64 = 1e-9;

/// What is believed before any race was seen: `docs/fuel-model.md` §2 and §5.
pub fn priors() -> Model {
    let mut covariance = [[0.0; SHAPE_PARAMETERS]; SHAPE_PARAMETERS];
    for (index, sd) in Shape::prior_sd().to_array().into_iter().enumerate() {
        covariance[index][index] = sd * sd;
    }
    Model {
        name: ModelId::PRIORS,
        shape: ShapeEstimate { mean: Shape::prior().to_array(), covariance },
        packages: Vec::new(),
        manufacturers: Vec::new(),
        teams: Vec::new(),
        cars: Vec::new(),
        residual: None,
        spread: Spread {
            race: prior::RACE_SD,
            new_package: prior::RACE_NEW_PACKAGE_SD,
            manufacturer: prior::MANUFACTURER_SD,
            car: prior::CAR_SD,
            engine: prior::RACE_TO_RACE_SD,
            shape: prior::SHAPE_SD,
            shape_new_package: prior::SHAPE_UNCALIBRATED_SD,
        },
        races: Vec::new(),
        bags: 0,
    }
}

/// Why a model cannot be used.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ModelError {
    /// A number that cannot be.
    #[error("{what} cannot be {value}: make the model again with `burnbar calibrate`")]
    Impossible {
        /// Which one.
        what: String,
        /// Its value.
        value: f64,
    },
    /// A residual for another grid.
    #[error(
        "the residual of {whose} has {knots} knots, the grid has {}: it is another version's",
        knots::COUNT
    )]
    Knots {
        /// The part of the model that it corrects.
        whose: String,
        /// How many it has.
        knots: usize,
    },
    /// The law has no rate at this shape.
    #[error(transparent)]
    Rate(#[from] RateError),
}

/// Whether a model can be used.
///
/// # Errors
/// What is wrong with it.
pub fn check(model: &Model) -> Result<(), ModelError> {
    let finite = |what: &str, value: f64| judge(what, value, value.is_finite());
    let spread = |what: &str, value: f64| judge(what, value, value.is_finite() && value >= 0.0);
    for value in model.shape.mean {
        finite("a parameter of the law", value)?;
    }
    let covariance = &model.shape.covariance;
    let largest = covariance.iter().flatten().fold(0.0_f64, |largest, value| largest.max(value.abs()));
    for (row, values) in covariance.iter().enumerate() {
        spread("a variance of the law", values[row])?;
        for (column, &value) in values.iter().enumerate() {
            let mirrored = covariance[column][row];
            let is_symmetric = (value - mirrored).abs() <= ASYMMETRY_MAX * largest;
            judge("a covariance of the law", value, value.is_finite() && is_symmetric)?;
        }
    }
    for package in &model.packages {
        let hp = package.package_hp.unwrap_or(REFERENCE_HP);
        judge("the power of a package", hp, hp > 0.0 && hp.is_finite())?;
        finite("the scale of a package", package.ln_scale)?;
        spread("the spread of a package", package.sd)?;
    }
    for scale in [&model.manufacturers, &model.teams, &model.cars].into_iter().flatten() {
        finite(&format!("the scale of {}", scale.name), scale.ln_scale)?;
        spread(&format!("the spread of {}", scale.name), scale.sd)?;
    }
    let Spread { race, new_package, manufacturer, car, engine, shape, shape_new_package } = model.spread;
    for sd in [race, new_package, manufacturer, car, engine, shape, shape_new_package] {
        spread("a spread", sd)?;
    }
    if let Some(Residual { field, manufacturers, .. }) = &model.residual {
        let all = manufacturers.iter().map(|(whose, knots)| (whose.as_str(), knots));
        for (whose, values) in all.chain([("the field", field)]) {
            if values.len() != knots::COUNT {
                return Err(ModelError::Knots { whose: whose.into(), knots: values.len() });
            }
            values.iter().try_for_each(|&value| finite(&format!("the residual of {whose}"), value))?;
        }
    }
    RateTable::new(&Shape::from_array(model.shape.mean), &Engine::CUP_670)?;
    Ok(())
}

fn judge(what: &str, value: f64, is_possible: bool) -> Result<(), ModelError> {
    if is_possible { Ok(()) } else { Err(ModelError::Impossible { what: what.into(), value }) }
}

/// The rates of one engine by a model, and the scales of those who drive it.
#[derive(Clone, Debug)]
pub struct Rates {
    engine: Engine,
    field: RateTable,
    manufacturers: BTreeMap<String, RateTable>,
    package: Option<PackageEstimate>,
    /// By manufacturer, team and car.
    scales: [BTreeMap<String, ScaleEstimate>; 3],
    spread: Spread,
    shape: ShapeEstimate,
    is_calibrated: bool,
}

/// What a model knows of the scale of one car.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KnownScale {
    /// The logarithm of its flow against the table, mean.
    pub ln: f64,
    /// Standard deviation of that which other cars do not share. `None`: neither the car nor its manufacturer was seen.
    pub own_sd: Option<f64>,
}

impl Rates {
    /// The rates of an engine.
    ///
    /// # Errors
    /// The model's shape or the engine has no rate law. [`check`] the model first.
    pub fn new(model: &Model, engine: &Engine) -> Result<Rates, RateError> {
        let law = RateTable::new(&Shape::from_array(model.shape.mean), engine)?;
        let package =
            model.packages.iter().find(|seen| is_same_package(seen.package_hp, engine.package_hp)).copied();
        // of a package that was not seen only its power is known
        let by_power = engine.package_hp.map_or(0.0, physics::package_ln);
        let law = law.scaled(libm::exp(package.map_or(by_power, |seen| seen.ln_scale)));
        let (field, manufacturers) = match &model.residual {
            Some(residual) => {
                let field = law.corrected(&residual.field);
                let own = |(name, values): &(String, Vec<f64>)| (name.clone(), field.corrected(values));
                let manufacturers = residual.manufacturers.iter().map(own).collect();
                (field, manufacturers)
            }
            None => (law, BTreeMap::new()),
        };
        let by_name = |scales: &[ScaleEstimate]| {
            scales.iter().map(|scale| (scale.name.clone(), scale.clone())).collect::<BTreeMap<_, _>>()
        };
        Ok(Rates {
            engine: *engine,
            field,
            manufacturers,
            package,
            scales: [&model.manufacturers, &model.teams, &model.cars].map(|scales| by_name(scales)),
            spread: model.spread,
            shape: model.shape,
            is_calibrated: model.bags > 0,
        })
    }

    /// The engine.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The table by which cars are folded: what all of them share.
    pub fn table(&self) -> &RateTable {
        &self.field
    }

    /// The table of a manufacturer's cars; the field's where it has none of its own.
    pub fn table_of(&self, manufacturer: &str) -> &RateTable {
        self.manufacturers.get(manufacturer).unwrap_or(&self.field)
    }

    /// Whether the model has seen this package.
    pub fn is_known_package(&self) -> bool {
        self.package.is_some()
    }

    /// Whether the model has learned from any race.
    pub fn is_calibrated(&self) -> bool {
        self.is_calibrated
    }

    /// What the model knows of the law's parameters.
    pub fn shape(&self) -> &ShapeEstimate {
        &self.shape
    }

    /// Whether the model has seen this car.
    pub fn knows(&self, vehicle: &str) -> bool {
        self.scales[2].contains_key(vehicle)
    }

    /// How far the race may lie from the model.
    pub fn spread(&self) -> &Spread {
        &self.spread
    }

    /// How far the scale that the field shares may lie from the model in this race.
    pub fn race_sd(&self) -> f64 {
        if self.is_known_package() { self.spread.race } else { self.spread.new_package }
    }

    /// What is known of a car's scale: the sum of its manufacturer's, its team's and its own, each where it was seen.
    pub fn scale_of(&self, vehicle: &str, team: &str, manufacturer: &str) -> KnownScale {
        let seen = [manufacturer, team, vehicle];
        let known: Vec<&ScaleEstimate> =
            self.scales.iter().zip(seen).filter_map(|(scales, name)| scales.get(name)).collect();
        let ln = known.iter().map(|scale| scale.ln_scale).sum();
        let var: f64 = known.iter().map(|scale| scale.sd * scale.sd).sum();
        // a car that was seen has another engine in every race; one that was not may lie anywhere about its manufacturer
        let is_seen = self.scales[2].contains_key(vehicle);
        let own = if is_seen { self.spread.engine } else { self.spread.car };
        let own_sd = (!known.is_empty()).then(|| (var + own * own).sqrt());
        KnownScale { ln, own_sd }
    }
}

fn is_same_package(seen: Option<f64>, other: Option<f64>) -> bool {
    match (seen, other) {
        (Some(seen), Some(other)) => (seen - other).abs() < SAME_PACKAGE_HP,
        (seen, other) => seen.is_none() && other.is_none(),
    }
}
