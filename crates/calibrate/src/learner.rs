//! Learning what the law errs by on the knots, from fills-to-fill alone.

use crate::data::Data;
use crate::fit::{HierarchicalFit, Level};
use crate::rates;
use crate::{Beliefs, Unusable, monotone};
use events::Residual;
use fuel::knots;

/// Something that learns a residual from fills-to-fill and the law that was fitted to them.
pub trait Learner: Sync {
    /// Its name in a model file and in tables.
    fn name(&self) -> &'static str;
    /// The logarithm of the factor by which the law errs.
    ///
    /// # Errors
    /// Equations without a solution.
    fn learn(&self, base: &Base) -> Result<Learned, Unusable>;
}

/// What a learner found, knot by knot and scale by scale.
#[derive(Clone, Debug, PartialEq)]
pub struct Learned {
    /// Logarithm of the factor for every car, by flat index.
    pub field: Vec<f64>,
    /// Beside that, by manufacturer.
    pub manufacturers: Vec<Vec<f64>>,
    /// Scales that were estimated beside it, as [`Base::scale_sd`] lists them.
    pub scales: Vec<f64>,
}

/// The law at the fit, as what a residual is added to. Scales of races, cars and manufacturers are estimated anew
/// beside the residual, so the base has none but those believed before.
#[derive(Clone, Debug)]
pub struct Base {
    /// Every fill-to-fill with what the law makes of it.
    pub rows: Vec<BaseRow>,
    /// How many manufacturers there are.
    pub manufacturers: usize,
    /// Standard deviations of the scales that are estimated beside a residual: of races, then cars.
    pub scale_sd: Vec<f64>,
    /// How many of them are of races.
    pub races: usize,
    /// Standard deviation of the scale of a car's engine in one race; 0: it has none.
    pub engine_sd: f64,
    /// How many engines there are.
    pub engines: usize,
    /// The law by package, gal/s on the knots.
    pub gal_s: Vec<Vec<f64>>,
}

/// A fill-to-fill to a learner.
#[derive(Clone, Debug)]
pub struct BaseRow {
    /// Gallons burned by the law, knot by knot.
    pub burned: Vec<(usize, f64)>,
    /// Their sum.
    pub f0_gal: f64,
    /// Burned, US gallons.
    pub y_gal: f64,
    /// Variance of `y_gal` over Huber's weight at the fit.
    pub noise: f64,
    /// Manufacturer, where it is known.
    pub manufacturer: Option<usize>,
    /// Which scales are its own: of its race and its car.
    pub scales: [usize; 2],
    /// Which engine.
    pub engine: usize,
}

impl Base {
    /// The base of a fit.
    ///
    /// # Errors
    /// Parameters that the law does not take.
    pub fn of(data: &Data, beliefs: &Beliefs, fit: &HierarchicalFit) -> Result<Base, Unusable> {
        let tables = data.packages.iter().map(|&hp| rates::gal_s(&fit.shape(), hp));
        let gal_s = tables.collect::<Result<Vec<_>, _>>()?;
        let races = data.races.len();
        let rows = data.rows.iter().zip(&fit.rows).map(|(row, fitted)| {
            let team = row.team.map_or(0.0, |team| fit.scale(Level::Team, team).0);
            let manufacturer = row.manufacturer.map(|at| beliefs.manufacturer(&data.manufacturers[at]).0);
            let log_scale = fit.scale(Level::Package, row.package).0
                + team
                + manufacturer.unwrap_or(0.0)
                + beliefs.car(data.cars[row.car]).0;
            let scale = libm::exp(log_scale);
            let burned: Vec<_> =
                row.seconds.iter().map(|&(k, s)| (k, s * gal_s[row.package][k] * scale)).collect();
            BaseRow {
                f0_gal: burned.iter().map(|(_, gal)| gal).sum(),
                burned,
                y_gal: row.y_gal,
                noise: row.variance(beliefs.tau) / fitted.weight,
                manufacturer: row.manufacturer,
                scales: [row.race, races + row.car],
                engine: row.engine,
            }
        });
        Ok(Base {
            rows: rows.collect(),
            manufacturers: data.manufacturers.len(),
            scale_sd: std::iter::repeat_n(beliefs.levels.race, races)
                .chain(data.cars.iter().map(|&car| beliefs.car(car).1))
                .collect(),
            races,
            engine_sd: beliefs.levels.engine,
            engines: data.engines.len(),
            gal_s,
        })
    }
}

impl Learned {
    /// Scales of cars, beyond what was believed before.
    pub fn cars(&self, base: &Base) -> &[f64] {
        &self.scales[base.races..]
    }

    /// The residual as a model keeps it: bent so that more throttle never burns less, for each manufacturer and each
    /// package that was run. A factor is above 0, so no flow is negative.
    pub fn residual(&self, learner: &str, data: &Data, base: &Base) -> Residual {
        let field = monotone::bent(&self.field, &base.gal_s);
        let of = |own: &Vec<f64>| {
            let both: Vec<_> = self.field.iter().zip(own).map(|(field, own)| field + own).collect();
            let bent = monotone::bent(&both, &base.gal_s);
            bent.iter().zip(&field).map(|(both, field)| both - field).collect()
        };
        let names = data.manufacturers.iter().cloned();
        Residual {
            learner: learner.to_owned(),
            manufacturers: names.zip(self.manufacturers.iter().map(of)).collect(),
            field,
        }
    }
}

/// Throttle (0..1) and normalised engine speed (rpm) of each knot, by flat index.
pub(crate) fn places() -> impl Iterator<Item = (f64, f64)> {
    knots::THETA.into_iter().flat_map(|theta| knots::RPM.into_iter().map(move |rpm| (theta, rpm)))
}
