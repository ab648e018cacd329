//! The model file: a [`Model`] as JSON that people can read, `docs/model-file.md`. What is not understood is refused, for
//! it might change what the rest means.

use events::{Model, ScaleEstimate};
use fuel::knots;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The version that is written, and the only one that is read.
pub const VERSION: u64 = 1;

/// What a log scale may be at most, either way: beyond, burn is off by a factor of more than 20.
const LN_SCALE_MAX: f64 = 3.0;
/// What a residual may be at most, either way: the law is the model, the residual only corrects it.
const RESIDUAL_MAX: f64 = 1.0;
/// Spreads of the next race are below this.
const SPREAD_MAX: f64 = 1.0;

/// Why a file is no model.
#[derive(Debug, PartialEq, thiserror::Error)]
pub enum NotAModel {
    /// Not JSON.
    #[error("not a model file: {0}; `burnbar calibrate` writes one")]
    NotJson(String),
    /// Some other JSON.
    #[error("not a model file: it has no \"burnbar_model\"; `burnbar calibrate` writes one")]
    NoVersion,
    /// From another time.
    #[error(
        "a model file of version {found}, this program reads version {VERSION}: calibrate anew, or take the program that wrote it"
    )]
    Version {
        /// What it says.
        found: String,
    },
    /// A field that this program does not know.
    #[error(
        "the model file has a field {path}, which is not understood: remove it, or take the program that wrote it"
    )]
    Unknown {
        /// The path of what is wrong.
        path: String,
    },
    /// A field is missing, or of another kind.
    #[error("the model file is not complete: {0}; calibrate anew")]
    Incomplete(String),
    /// A number that cannot be.
    #[error("the model file has {what}: {why}; calibrate anew")]
    Wrong {
        /// Which number.
        what: String,
        /// What is wrong with it.
        why: String,
    },
}

#[derive(Serialize)]
struct Envelope<'a> {
    burnbar_model: u64,
    model: &'a Model,
}

/// The text of a model's file.
///
/// # Errors
/// What [`read`] would refuse, so that nobody finds out later.
pub fn write(model: &Model) -> Result<String, NotAModel> {
    check(model)?;
    let mut text = serde_json::to_string_pretty(&Envelope { burnbar_model: VERSION, model })
        .map_err(|error| NotAModel::NotJson(error.to_string()))?;
    text.push('\n');
    Ok(text)
}

/// The model in a file's text.
///
/// # Errors
/// Another version, anything not understood or missing, any number that cannot be.
pub fn read(text: &str) -> Result<Model, NotAModel> {
    let envelope: Value =
        serde_json::from_str(text).map_err(|error| NotAModel::NotJson(error.to_string()))?;
    match envelope.get("burnbar_model") {
        None => return Err(NotAModel::NoVersion),
        Some(found) if found.as_u64() != Some(VERSION) => {
            return Err(NotAModel::Version { found: found.to_string() });
        }
        Some(_) => {}
    }
    let model = envelope.get("model").cloned().unwrap_or_default();
    let model = Model::deserialize(model).map_err(|error| NotAModel::Incomplete(error.to_string()))?;
    let understood = serde_json::to_value(Envelope { burnbar_model: VERSION, model: &model })
        .map_err(|error| NotAModel::NotJson(error.to_string()))?;
    if let Some(path) = beyond(&envelope, &understood) {
        return Err(NotAModel::Unknown { path });
    }
    check(&model)?;
    Ok(model)
}

/// The path of the first key that is in `found` but not in `understood`.
fn beyond(found: &Value, understood: &Value) -> Option<String> {
    let inside = |key: String, found: &Value, understood: Option<&Value>| match understood {
        None => Some(key),
        Some(understood) => Some(format!("{key}.{}", beyond(found, understood)?)),
    };
    match found {
        Value::Object(fields) => {
            fields.iter().find_map(|(key, value)| inside(key.clone(), value, understood.get(key)))
        }
        Value::Array(items) => {
            items.iter().enumerate().find_map(|(at, value)| inside(at.to_string(), value, understood.get(at)))
        }
        _ => None,
    }
}

/// Whether every number is one that a calibration can give.
fn check(model: &Model) -> Result<(), NotAModel> {
    check_shape(model)?;
    for package in &model.packages {
        let what = format!("a package of {:?} hp", package.package_hp);
        require(package.package_hp.is_none_or(|hp| hp.is_finite() && hp > 0.0), &what, "not above 0")?;
        check_scale("package", &what, package.ln_scale, package.sd)?;
    }
    let packages: Vec<_> =
        model.packages.iter().map(|package| package.package_hp.map(f64::to_bits)).collect();
    once("package", packages)?;
    for (level, scales) in
        [("manufacturer", &model.manufacturers), ("team", &model.teams), ("car", &model.cars)]
    {
        scales.iter().try_for_each(|scale| check_scale(level, &scale.name, scale.ln_scale, scale.sd))?;
        once(level, scales.iter().map(|scale: &ScaleEstimate| scale.name.as_str()).collect())?;
    }
    if let Some(residual) = &model.residual {
        check_residual("for the field", &residual.field)?;
        let own = &residual.manufacturers;
        own.iter().try_for_each(|(name, own)| check_residual(name, own))?;
        once("residual", own.iter().map(|(name, _)| name.as_str()).collect())?;
    }
    let spread = &model.spread;
    for (what, sd) in [
        ("race", spread.race),
        ("new_package", spread.new_package),
        ("manufacturer", spread.manufacturer),
        ("car", spread.car),
        ("engine", spread.engine),
        ("shape", spread.shape),
        ("shape_new_package", spread.shape_new_package),
    ] {
        let is_spread = (0.0..SPREAD_MAX).contains(&sd);
        require(is_spread, &format!("a spread \"{what}\" of {sd}"), "not within 0 and 1")?;
    }
    Ok(())
}

fn check_shape(model: &Model) -> Result<(), NotAModel> {
    let (mean, covariance) = (&model.shape.mean, &model.shape.covariance);
    for value in mean.iter().chain(covariance.iter().flatten()) {
        require(value.is_finite(), "the law's parameters", "a number is not finite")?;
    }
    let law = fuel::RateTable::new(&crate::rates::shape(*mean), &fuel::Engine::CUP_670);
    law.map_err(|error| wrong("the law's parameters", &error.to_string()))?;
    for (i, row) in covariance.iter().enumerate() {
        for (j, value) in row.iter().enumerate() {
            let same = value.to_bits() == covariance[j][i].to_bits();
            require(same, "a covariance of the law's parameters", "not symmetric")?;
        }
    }
    require(is_positive_definite(covariance), "a covariance of the law's parameters", "not positive definite")
}

/// Whether Cholesky's factor exists.
fn is_positive_definite(matrix: &[[f64; 6]; 6]) -> bool {
    let mut factor = [[0.0; 6]; 6];
    for i in 0..6 {
        for j in 0..=i {
            let known: f64 = (0..j).map(|k| factor[i][k] * factor[j][k]).sum();
            let left = matrix[i][j] - known;
            if i == j && left <= 0.0 {
                return false;
            }
            factor[i][j] = if i == j { left.sqrt() } else { left / factor[j][j] };
        }
    }
    true
}

fn check_scale(level: &str, name: &str, ln_scale: f64, sd: f64) -> Result<(), NotAModel> {
    let what = || format!("a scale of {level} {name:?}, {ln_scale} ± {sd}");
    require(ln_scale.abs() <= LN_SCALE_MAX, &what(), "not within ±3")?;
    require((0.0..=LN_SCALE_MAX).contains(&sd), &what(), "its standard deviation is not within 0 and 3")
}

fn check_residual(whose: &str, residual: &[f64]) -> Result<(), NotAModel> {
    let what = format!("a residual {whose}");
    let (has, needs) = (residual.len(), knots::COUNT);
    require(has == needs, &what, &format!("of {has} knots, not {needs}"))?;
    require(residual.iter().all(|value| value.abs() <= RESIDUAL_MAX), &what, "not within ±1")
}

fn once<T: Ord>(what: &str, mut names: Vec<T>) -> Result<(), NotAModel> {
    names.sort();
    let once = names.windows(2).all(|pair| pair[0] != pair[1]);
    require(once, &format!("one {what} twice"), "nobody can tell which counts")
}

fn require(holds: bool, what: &str, why: &str) -> Result<(), NotAModel> {
    if holds { Ok(()) } else { Err(wrong(what, why)) }
}

fn wrong(what: &str, why: &str) -> NotAModel {
    NotAModel::Wrong { what: what.to_owned(), why: why.to_owned() }
}
