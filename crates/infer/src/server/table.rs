//! The rate table of a version, for whoever folds telemetry himself.

use super::{Refusal, Served, window};
use crate::wire::CarDescription;
use fuel::knots;
use serde::{Deserialize, Serialize};

/// The cars whose table is asked for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TableQuery {
    package_hp: Option<f64>,
    manufacturer: Option<String>,
}

/// Flows on the knots.
#[derive(Debug, Serialize)]
pub(super) struct TableAnswer {
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

pub(super) fn table(served: &Served, query: TableQuery) -> Result<TableAnswer, Refusal> {
    let TableQuery { package_hp, manufacturer } = query;
    window::engine(&CarDescription { package_hp, ..CarDescription::default() })?;
    let rates = served.table(package_hp, manufacturer.as_deref().unwrap_or_default())?;
    Ok(TableAnswer {
        model: served.name().into(),
        version: served.version().into(),
        package_hp,
        manufacturer,
        throttle: &knots::THETA,
        rpm: &knots::RPM,
        rates_g_s: rates.chunks(knots::RPM.len()).map(<[f64]>::to_vec).collect(),
    })
}
