//! The rate table of a version, for whoever folds telemetry himself.

use crate::window::Car;
use crate::{Refusal, Served};
use fuel::knots;
use serde::{Deserialize, Serialize};

/// Whose table is asked for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    package_hp: Option<f64>,
    manufacturer: Option<String>,
}

/// Flows on the knots.
#[derive(Debug, Serialize)]
pub(crate) struct Table {
    model: String,
    version: String,
    package_hp: Option<f64>,
    manufacturer: Option<String>,
    /// Knots of throttle, 0..=1.
    throttle: &'static [f64],
    /// Knots of normalised engine speed, rpm.
    rpm: &'static [f64],
    /// One row a throttle knot, g/s.
    rates_g_s: Vec<Vec<f64>>,
}

pub(crate) fn table(served: &Served, asked: Asked) -> Result<Table, Refusal> {
    let Asked { package_hp, manufacturer } = asked;
    Car { package_hp, ..Car::default() }.engine()?;
    let rates = served.table(package_hp, manufacturer.as_deref().unwrap_or_default())?;
    Ok(Table {
        model: served.name().into(),
        version: served.version().into(),
        package_hp,
        manufacturer,
        throttle: &knots::THETA,
        rpm: &knots::RPM,
        rates_g_s: rates.chunks(knots::RPM.len()).map(<[f64]>::to_vec).collect(),
    })
}
