//! What a calibration has learned, and how sure it is, for people.
//!
//! Single parameters are never called measured: stints are mixtures, so only some combinations of them are. What is
//! reported is those, and the flow at places that people know.

mod page;
mod plot;
mod text;

pub use page::page;
pub use plot::residual_plot;
pub use text::text;

use crate::arrow;
use crate::cross::CrossValidation;
use crate::data::Data;
use crate::fit::{HierarchicalFit, Level};
use crate::{Beliefs, Levels, Unusable, rates};
use events::Model;
use fuel::{Engine, RateError, Shape, physics};
use nalgebra::DMatrix;
use serde::Serialize;

/// What a calibration has learned.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CalibrationReport {
    /// The model's name.
    pub model: String,
    /// How much was learned from.
    pub from: LearnedFrom,
    /// What learned the residual, if one is used.
    pub learner: Option<String>,
    /// How well races were predicted without themselves.
    pub cross_validation: CrossValidation,
    /// Combinations of the law's parameters, the best known first.
    pub directions: Vec<Direction>,
    /// The flow of the law at some places, by package.
    pub flows: Vec<Flow>,
    /// By how much packages lie off the ratio of their power.
    pub packages: Vec<PackageRatio>,
    /// Spreads that were used: from history where there is enough, else priors.
    pub spreads: Levels,
    /// The relative error of the law over a stint that was used.
    pub tau: f64,
    /// Every fill-to-fill beside the fit.
    pub residuals: Vec<FillResidual>,
}

/// How much was learned from.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LearnedFrom {
    /// Names of the races.
    pub races: Vec<String>,
    /// How many cars.
    pub cars: usize,
    /// The fills-to-fill that were fitted.
    #[serde(rename = "bags")]
    pub fills: usize,
    /// The objective at the priors and at the fit.
    pub objective: (f64, f64),
}

/// An independent direction among the law's six parameters.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Direction {
    /// Variance after the fills-to-fill over variance before.
    pub variance_left: f64,
    /// What it is made of.
    pub what: String,
}

/// The flow at one place.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Flow {
    /// Rated power, hp.
    pub package_hp: Option<f64>,
    /// Throttle and engine speed, in words.
    pub place: &'static str,
    /// By the law with the package's scale, US gallons an hour; without a residual.
    pub gal_h: f64,
    /// Relative standard deviation, %.
    pub sd_pct: f64,
    /// The same before.
    pub before_gal_h: f64,
    /// Its relative standard deviation, %.
    pub before_sd_pct: f64,
}

/// A package against the law's ratio.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PackageRatio {
    /// Rated power, hp.
    pub package_hp: Option<f64>,
    /// By how much its flow differs from the ratio's, %.
    pub differs_pct: f64,
    /// Standard deviation, points of percent.
    pub sd_pct: f64,
}

/// A fill-to-fill after the fit.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FillResidual {
    /// The name of its race.
    pub race: String,
    /// The number of its car.
    pub car: String,
    /// By the evidence, US gallons.
    #[serde(rename = "told_gal")]
    pub known_gal: f64,
    /// By the fit of the law, US gallons.
    pub fitted_gal: f64,
    /// (known − fitted)/sigma.
    pub z: f64,
    /// Huber's weight: 1, or less for what is far off.
    pub weight: f64,
}

/// Places that people know: throttle, engine speed.
const PLACES: [(&str, f64, f64); 5] = [
    ("full throttle, 8000 rpm", 1.0, 8_000.0),
    ("60 % throttle, 7500 rpm", 0.6, 7_500.0),
    ("20 % throttle, 5000 rpm", 0.2, 5_000.0),
    ("closed, 6000 rpm", 0.0, 6_000.0),
    ("closed, 1200 rpm", 0.0, 1_200.0),
];

const PARAMETERS: [&str; 6] = [
    "flow at full throttle",
    "capacity of the throttle",
    "bend of the throttle",
    "capacity of the pump",
    "leak of the closed throttle",
    "flow on the overrun",
];

impl CalibrationReport {
    /// Of a fit and the model that was made of it.
    ///
    /// # Errors
    /// Parameters that the law does not take.
    pub fn of(
        model: &Model,
        data: &Data,
        beliefs: &Beliefs,
        fit: &HierarchicalFit,
        table: CrossValidation,
    ) -> Result<CalibrationReport, Unusable> {
        let residuals = data.rows.iter().zip(&fit.rows).map(|(row, fitted)| FillResidual {
            race: data.races[row.race].clone(),
            car: data.cars[row.car].as_str().to_owned(),
            known_gal: row.y_gal,
            fitted_gal: fitted.f_gal,
            z: fitted.z,
            weight: fitted.weight,
        });
        let packages = data.packages.iter().enumerate().map(|(index, &package_hp)| {
            let (ln_scale, sd) = fit.scale(Level::Package, index);
            PackageRatio { package_hp, differs_pct: 100.0 * libm::expm1(ln_scale), sd_pct: 100.0 * sd }
        });
        Ok(CalibrationReport {
            model: model.name.as_str().to_owned(),
            from: LearnedFrom {
                races: data.races.clone(),
                cars: data.cars.len(),
                fills: data.rows.len(),
                objective: fit.objective,
            },
            learner: model.residual.as_ref().map(|residual| residual.learner.clone()),
            cross_validation: table,
            directions: directions(beliefs, fit)?,
            flows: flows(data, beliefs, fit)?,
            packages: packages.collect(),
            spreads: beliefs.levels,
            tau: beliefs.tau,
            residuals: residuals.collect(),
        })
    }
}

/// Eigen-directions of the covariance after, in units of the one before.
fn directions(beliefs: &Beliefs, fit: &HierarchicalFit) -> Result<Vec<Direction>, Unusable> {
    let before = DMatrix::from_fn(6, 6, |i, j| beliefs.shape.covariance[i][j]);
    let root = arrow::cholesky(before)?.unpack();
    let after = fit.covariance.view((0, 0), (6, 6)).into_owned();
    // L⁻¹ C L⁻ᵀ
    let half = root.solve_lower_triangular(&after).ok_or(Unusable::NoSolution)?;
    let whole = root.solve_lower_triangular(&half.transpose()).ok_or(Unusable::NoSolution)?;
    let eigen = (&whole + whole.transpose()).scale(0.5).symmetric_eigen();
    let mut all: Vec<_> = (0..6)
        .map(|k| Direction {
            variance_left: eigen.eigenvalues[k],
            what: in_words(&std::array::from_fn(|i| eigen.eigenvectors[(i, k)])),
        })
        .collect();
    all.sort_by(|a, b| a.variance_left.total_cmp(&b.variance_left));
    Ok(all)
}

/// The largest parts of a direction in words, each with its share.
fn in_words(direction: &[f64; 6]) -> String {
    let mut parts: Vec<_> = direction.iter().zip(PARAMETERS).collect();
    parts.sort_by(|a, b| b.0.abs().total_cmp(&a.0.abs()));
    let lead = parts[0].0.signum();
    let large = parts.iter().filter(|(part, _)| part.abs() >= 0.3);
    let words = large.enumerate().map(|(at, (part, name))| {
        let sign = match (at, **part * lead < 0.0) {
            (0, _) => "",
            (_, true) => " less ",
            (_, false) => " with ",
        };
        format!("{sign}{name}")
    });
    words.collect()
}

fn flows(data: &Data, beliefs: &Beliefs, fit: &HierarchicalFit) -> Result<Vec<Flow>, RateError> {
    let mut all = Vec::new();
    for (index, &package_hp) in data.packages.iter().enumerate() {
        let engine = Engine { package_hp, reference_rpm: physics::REFERENCE_RPM };
        let (before_scale, before_sd) = beliefs.package(package_hp);
        let before = rates::shape(beliefs.shape.mean);
        for (place, theta, rpm) in PLACES {
            let gal_h = |shape: &Shape, ln_scale: f64| {
                let g_s = physics::rate_g_s(shape, &engine, theta, rpm, 1.0, ln_scale)?;
                Ok::<f64, RateError>(g_s * 3_600.0 / rates::gallon_g())
            };
            let slopes = |shape: &Shape| physics::log_rate_gradient(&inside(shape), &engine, theta, rpm);
            let before_var = quadratic(&slopes(&before)?, &beliefs.shape.covariance) + before_sd * before_sd;
            all.push(Flow {
                package_hp,
                place,
                gal_h: gal_h(&fit.shape(), fit.scale(Level::Package, index).0)?,
                sd_pct: 100.0 * fit.flow_variance(&slopes(&fit.shape())?, index).sqrt(),
                before_gal_h: gal_h(&before, before_scale)?,
                before_sd_pct: 100.0 * before_var.sqrt(),
            });
        }
    }
    Ok(all)
}

/// The shape with every parameter where it acts. At an end of its range its slope is 0, which would look like certainty.
fn inside(shape: &Shape) -> Shape {
    Shape {
        gamma: shape.gamma.clamp(0.31, 2.99),
        a0: shape.a0.clamp(0.0025, 0.199),
        chi: shape.chi.clamp(0.02, 1.19),
        ..*shape
    }
}

fn quadratic(slopes: &[f64; 6], covariance: &[[f64; 6]; 6]) -> f64 {
    let of_row = |(row, a): (&[f64; 6], &f64)| a * row.iter().zip(slopes).map(|(c, b)| c * b).sum::<f64>();
    covariance.iter().zip(slopes).map(of_row).sum()
}
