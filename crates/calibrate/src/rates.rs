//! The rate law on the knots, in gallons, with its derivatives.

use fuel::{Engine, RateError, Shape, knots, physics};
use units::{FuelDensity, Volume};

/// The law and its derivatives on the knots.
#[derive(Clone, Debug)]
pub struct KnotRates {
    /// Flow at density ratio 1 and scale 0, gal/s of the Cup's fuel, by flat index.
    pub gal_s: Vec<f64>,
    /// Derivatives of its logarithm by the six parameters.
    pub log_gradient: Vec<[f64; 6]>,
}

impl KnotRates {
    /// Of a package.
    ///
    /// # Errors
    /// A parameter that is not finite, a power that is not above 0.
    pub fn new(shape: &Shape, package_hp: Option<f64>) -> Result<KnotRates, RateError> {
        let engine = engine(package_hp);
        let mut rates = KnotRates { gal_s: gal_s(shape, package_hp)?, log_gradient: Vec::new() };
        for theta in knots::THETA {
            for rpm in knots::RPM {
                rates.log_gradient.push(physics::log_rate_gradient(shape, &engine, theta, rpm)?);
            }
        }
        Ok(rates)
    }
}

/// The law on the knots, gal/s of the Cup's fuel, by flat index.
///
/// # Errors
/// As [`KnotRates::new`].
pub fn gal_s(shape: &Shape, package_hp: Option<f64>) -> Result<Vec<f64>, RateError> {
    let gallon_g = gallon_g();
    let table = fuel::RateTable::new(shape, &engine(package_hp))?;
    Ok(table.values().iter().map(|g_s| g_s / gallon_g).collect())
}

/// A US gallon of the Cup's fuel, grams.
pub fn gallon_g() -> f64 {
    FuelDensity::CUP.mass(Volume::from_us_gallons(1.0)).kg() * 1e3
}

/// Knots lie on the law's own scale of speeds, so the reference speed does not matter.
fn engine(package_hp: Option<f64>) -> Engine {
    Engine { package_hp, reference_rpm: physics::REFERENCE_RPM }
}

/// Parameters in the order of [`Shape::to_array`].
pub fn shape(x: [f64; 6]) -> Shape {
    let [ln_f, ln_kt, gamma, ln_rho_p, a0, chi] = x;
    Shape { ln_f, ln_kt, gamma, ln_rho_p, a0, chi }
}
