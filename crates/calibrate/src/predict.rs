//! What a model says of a bag: the same sums as the stream's.

use crate::beliefs::same;
use crate::rates;
use events::{Model, Residual, ScaleEstimate};
use fuel::RateError;

/// The law of a package times what it errs by for a manufacturer, gal/s on the knots, without any scale.
///
/// # Errors
/// Parameters that the law does not take.
pub fn gal_s(
    model: &Model,
    package_hp: Option<f64>,
    manufacturer: Option<&str>,
) -> Result<Vec<f64>, RateError> {
    let mut gal_s = rates::gal_s(&rates::shape(model.shape.mean), package_hp)?;
    if let Some(residual) = &model.residual {
        gal_s.iter_mut().zip(factors(residual, manufacturer)).for_each(|(rate, factor)| *rate *= factor);
    }
    Ok(gal_s)
}

/// By how much the law errs on the knots, as factors. A manufacturer that is not named has the field's.
pub fn factors(residual: &Residual, manufacturer: Option<&str>) -> Vec<f64> {
    let own = residual.manufacturers.iter().find(|(name, _)| Some(name.as_str()) == manufacturer);
    let own = own.map(|(_, own)| own.as_slice()).unwrap_or_default();
    let beside = own.iter().copied().chain(std::iter::repeat(0.0));
    residual.field.iter().zip(beside).map(|(field, own)| libm::exp(field + own)).collect()
}

/// The sum of a car's scales. Who is not named has 0.
pub fn log_scale(
    model: &Model,
    package_hp: Option<f64>,
    manufacturer: Option<&str>,
    team: Option<&str>,
    car: &str,
) -> f64 {
    let of = |scales: &[ScaleEstimate], name: Option<&str>| {
        scales.iter().find(|scale| Some(scale.name.as_str()) == name).map_or(0.0, |scale| scale.ln_scale)
    };
    let package = model.packages.iter().find(|package| same(package.package_hp, package_hp));
    package.map_or(0.0, |package| package.ln_scale)
        + of(&model.manufacturers, manufacturer)
        + of(&model.teams, team)
        + of(&model.cars, Some(car))
}
