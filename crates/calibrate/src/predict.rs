//! What a model says of a fill-to-fill: the same sums as the stream's.

use crate::data::{Data, FillRow};
use crate::{Unusable, beliefs, rates};
use events::{Model, Residual, ScaleEstimate};
use std::collections::BTreeMap;

/// FillsToFill by a model. Tables are made once for each package and manufacturer.
pub struct Predictor<'a> {
    model: &'a Model,
    tables: BTreeMap<(usize, Option<usize>), Vec<f64>>,
}

impl<'a> Predictor<'a> {
    /// By this model.
    pub fn new(model: &'a Model) -> Predictor<'a> {
        Predictor { model, tables: BTreeMap::new() }
    }

    /// What it says that was burned, US gallons; who is not named has scale 0.
    ///
    /// # Errors
    /// Parameters that the law does not take.
    pub fn burned_gal(&mut self, row: &FillRow, data: &Data) -> Result<f64, Unusable> {
        let package_hp = data.packages[row.package];
        let name = |names: &'a [ScaleEstimate], name: &str| {
            names.iter().find(|scale| scale.name == name).map_or(0.0, |scale| scale.ln_scale)
        };
        let manufacturer = row.manufacturer.map(|at| data.manufacturers[at].as_str());
        let packages = &self.model.packages;
        let package = packages.iter().find(|package| beliefs::same(package.package_hp, package_hp));
        let log_scale = package.map_or(0.0, |package| package.ln_scale)
            + manufacturer.map_or(0.0, |manufacturer| name(&self.model.manufacturers, manufacturer))
            + row.team.map_or(0.0, |team| name(&self.model.teams, &data.teams[team]))
            + name(&self.model.cars, data.cars[row.car].as_str());
        let table = match self.tables.entry((row.package, row.manufacturer)) {
            std::collections::btree_map::Entry::Occupied(table) => table.into_mut(),
            std::collections::btree_map::Entry::Vacant(place) => {
                let mut table = rates::gal_s(&rates::shape(self.model.shape.mean), package_hp)?;
                if let Some(residual) = &self.model.residual {
                    let factors = factors(residual, manufacturer);
                    table.iter_mut().zip(factors).for_each(|(rate, factor)| *rate *= factor);
                }
                place.insert(table)
            }
        };
        Ok(row.dot(table) * libm::exp(log_scale))
    }
}

/// By how much the law errs on the knots, as factors. A manufacturer that is not named has the field's.
pub(crate) fn factors(residual: &Residual, manufacturer: Option<&str>) -> Vec<f64> {
    let own = residual.manufacturers.iter().find(|(name, _)| Some(name.as_str()) == manufacturer);
    let own = own.map(|(_, own)| own.as_slice()).unwrap_or_default();
    let beside = own.iter().copied().chain(std::iter::repeat(0.0));
    residual.field.iter().zip(beside).map(|(field, own)| libm::exp(field + own)).collect()
}
