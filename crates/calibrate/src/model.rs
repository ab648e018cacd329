//! A fit as a model: what the next race starts from.

use crate::Unusable;
use crate::beliefs::{self, Beliefs};
use crate::data::Data;
use crate::fit::{HierarchicalFit, Level};
use crate::learner::{Base, Learner};
use events::{Model, ModelId, PackageEstimate, Residual, ScaleEstimate, ShapeEstimate, Spread};
use fuel::prior;

/// Significant digits of a model's numbers: more than anyone can use, and few enough that the decimal text of one is read
/// back as the same number by every reader of JSON.
const DIGITS: usize = 12;
/// Smaller numbers are 0, for the same reason.
const LEAST: f64 = 1e-11;

/// What a learner adds to a fit.
#[derive(Clone, Debug, PartialEq)]
pub struct Addition {
    /// The residual.
    pub residual: Residual,
    /// Scales of cars as estimated beside it, in the order of [`Data::cars`], beyond what was believed before.
    pub cars: Vec<f64>,
}

impl Addition {
    /// What a learner finds.
    ///
    /// # Errors
    /// Equations without a solution.
    pub fn of(learner: &dyn Learner, data: &Data, base: &Base) -> Result<Addition, Unusable> {
        let learned = learner.learn(base)?;
        Ok(Addition {
            residual: learned.residual(learner.name(), data, base),
            cars: learned.cars(base).to_vec(),
        })
    }
}

/// The model of a fit. Whoever was known before and did not race is kept as he was.
pub fn of(
    name: ModelId,
    data: &Data,
    beliefs: &Beliefs,
    fit: &HierarchicalFit,
    learned: Option<&Addition>,
) -> Model {
    let before = beliefs.known.as_ref();
    let named = |level, names: &[String]| {
        let estimate = |(index, name): (usize, &String)| {
            let (ln_scale, sd) = fit.scale(level, index);
            // beside a residual the manufacturer's scale is part of its deviation
            let kept = learned.is_some() && level == Level::Manufacturer;
            ScaleEstimate {
                name: name.clone(),
                ln_scale: if kept { beliefs.manufacturer(name).0 } else { ln_scale },
                sd,
            }
        };
        names.iter().enumerate().map(estimate).collect::<Vec<_>>()
    };
    let cars = data.cars.iter().enumerate().map(|(index, &car)| {
        let (ln_scale, sd) = fit.scale(Level::Car, index);
        let beside = learned.map(|learned| beliefs.car(car).0 + learned.cars[index]);
        ScaleEstimate { name: car.as_str().to_owned(), ln_scale: beside.unwrap_or(ln_scale), sd }
    });
    let model = Model {
        name,
        shape: ShapeEstimate {
            mean: std::array::from_fn(|i| fit.x[i]),
            covariance: std::array::from_fn(|i| {
                std::array::from_fn(|j| fit.covariance[(i.max(j), i.min(j))])
            }),
        },
        packages: packages(data, beliefs, fit),
        manufacturers: merged(
            named(Level::Manufacturer, &data.manufacturers),
            before.map(|m| &m.manufacturers),
        ),
        teams: merged(named(Level::Team, &data.teams), before.map(|m| &m.teams)),
        cars: merged(cars.collect(), before.map(|m| &m.cars)),
        residual: joined(before.and_then(|m| m.residual.as_ref()), learned.map(|learned| &learned.residual)),
        spread: Spread {
            race: beliefs.levels.race,
            new_package: prior::RACE_NEW_PACKAGE_SD,
            manufacturer: beliefs.levels.manufacturer,
            car: beliefs.levels.car,
            engine: beliefs.levels.engine,
            shape: beliefs.tau,
            shape_new_package: prior::SHAPE_UNCALIBRATED_SD,
        },
        races: before.map_or(&[][..], |m| &m.races).iter().chain(&data.races).cloned().collect(),
        bags: before.map_or(0, |m| m.bags).saturating_add(u32::try_from(data.rows.len()).unwrap_or(u32::MAX)),
    };
    in_decimals(model)
}

fn packages(data: &Data, beliefs: &Beliefs, fit: &HierarchicalFit) -> Vec<PackageEstimate> {
    let raced = data.packages.iter().enumerate().map(|(index, &package_hp)| {
        let (ln_scale, sd) = fit.scale(Level::Package, index);
        PackageEstimate { package_hp, ln_scale, sd }
    });
    let mut all: Vec<_> = raced.collect();
    let before = beliefs.known.iter().flat_map(|model| &model.packages);
    let is_new = |old: &&PackageEstimate| !data.packages.iter().any(|&hp| beliefs::same(hp, old.package_hp));
    all.extend(before.filter(is_new));
    all.sort_by(|a, b| a.package_hp.partial_cmp(&b.package_hp).unwrap_or(std::cmp::Ordering::Equal));
    all
}

fn merged(mut raced: Vec<ScaleEstimate>, before: Option<&Vec<ScaleEstimate>>) -> Vec<ScaleEstimate> {
    let old = before.into_iter().flatten();
    let is_new = |old: &&ScaleEstimate| !raced.iter().any(|scale| scale.name == old.name);
    let kept: Vec<_> = old.filter(is_new).cloned().collect();
    raced.extend(kept);
    raced.sort_by(|a, b| a.name.cmp(&b.name));
    raced
}

/// What was known of the law's error and what was learned beside it.
fn joined(before: Option<&Residual>, learned: Option<&Residual>) -> Option<Residual> {
    let (Some(before), Some(learned)) = (before, learned) else { return learned.or(before).cloned() };
    let sum = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a + b).collect::<Vec<_>>();
    let mut joined = learned.clone();
    joined.field = sum(&before.field, &learned.field);
    for (name, old) in &before.manufacturers {
        match joined.manufacturers.iter_mut().find(|(own, _)| own == name) {
            Some((_, own)) => *own = sum(old, own),
            None => joined.manufacturers.push((name.clone(), old.clone())),
        }
    }
    joined.manufacturers.sort_by(|a, b| a.0.cmp(&b.0));
    Some(joined)
}

/// The same with every number of [`DIGITS`] digits: what is written is what is used.
fn in_decimals(mut model: Model) -> Model {
    let numbers = model.shape.mean.iter_mut().chain(model.shape.covariance.iter_mut().flatten());
    let scales = model.manufacturers.iter_mut().chain(&mut model.teams).chain(&mut model.cars);
    let scales = scales.flat_map(|scale| [&mut scale.ln_scale, &mut scale.sd]);
    let packages = model.packages.iter_mut().flat_map(|package| [&mut package.ln_scale, &mut package.sd]);
    let residual = model.residual.iter_mut().flat_map(|residual| {
        residual.field.iter_mut().chain(residual.manufacturers.iter_mut().flat_map(|(_, own)| own))
    });
    let spread = &mut model.spread;
    let spread =
        [&mut spread.race, &mut spread.manufacturer, &mut spread.car, &mut spread.engine, &mut spread.shape];
    numbers.chain(scales).chain(packages).chain(residual).chain(spread).for_each(|x| *x = decimal(*x));
    model
}

fn decimal(x: f64) -> f64 {
    if x.abs() < LEAST { 0.0 } else { format!("{x:.*e}", DIGITS - 1).parse().unwrap_or(x) }
}
