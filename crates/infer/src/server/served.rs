//! One version of a model, and the one that answers now.

use super::Refusal;
use super::window::Estimate;
use crate::wire::CarDescription;
use events::Model;
use fuel::{Engine, Histogram, KnotGradients, RateError, Rates, Shape, knot_gradients};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

/// Packages whose tables are kept. A season has three.
const KEPT_MAX: usize = 32;

/// A model that answers.
#[derive(Debug)]
pub struct Served {
    model: Model,
    text: String,
    version: String,
    /// By the bits of the rated power: the table does not depend on the reference speed.
    engines: Mutex<BTreeMap<Option<u64>, Arc<Prepared>>>,
}

/// What one package needs.
#[derive(Debug)]
pub(super) struct Prepared {
    rates: Rates,
    gradients: KnotGradients,
    /// Variance of the logarithm of flow that all its cars share.
    shared_var: f64,
}

impl Served {
    /// A checked model and the text of its file, whose hash is its version.
    pub fn new(model: Model, text: String) -> Served {
        let version = format!("{:016x}", fnv1a(text.as_bytes()));
        Served { model, text, version, engines: Mutex::default() }
    }

    /// What the model calls itself.
    pub fn name(&self) -> &str {
        self.model.name.as_str()
    }

    /// A hash of the file: equal text, equal version.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The text of its file.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Flows on the knots, g/s, of a manufacturer's cars with this package, at density ratio 1 and a car's scale 0.
    pub(super) fn table(&self, package_hp: Option<f64>, manufacturer: &str) -> Result<Vec<f64>, Refusal> {
        let prepared = self.prepared(package_hp)?;
        Ok(prepared.rates.table_of(manufacturer).values().to_vec())
    }

    /// What a car burns over a histogram, g.
    ///
    /// The variance of its logarithm is `gᵀCg` of the law's parameters, relative to the law's burn, and those of the
    /// shape over a stint, of the race, of the package, of the engine and of the car (`docs/serving.md`).
    pub(super) fn burned(
        &self,
        car: &CarDescription,
        engine: &Engine,
        histogram: &Histogram,
    ) -> Result<Estimate, Refusal> {
        let prepared = self.prepared(engine.package_hp)?;
        let manufacturer = car.manufacturer.as_deref().unwrap_or_default();
        let vehicle = car.vehicle_id.as_deref().unwrap_or_default();
        let team = car.team.as_deref().unwrap_or_default();
        let scale = prepared.rates.scale_of(vehicle, team, manufacturer);
        let mean = histogram.burned_g(prepared.rates.table_of(manufacturer)) * libm::exp(scale.ln);
        let spread = &self.model.spread;
        let newcomer = || (spread.manufacturer * spread.manufacturer + spread.car * spread.car).sqrt();
        let own = scale.own_sd.unwrap_or_else(newcomer);
        let var = self.shape_var(&prepared.gradients, histogram) + prepared.shared_var + own * own;
        Ok(Estimate { mean, sd: mean * var.sqrt() })
    }

    /// Variance of the logarithm of a burn that the law's parameters leave open.
    fn shape_var(&self, gradients: &KnotGradients, histogram: &Histogram) -> f64 {
        let (law_g, slopes) = gradients.burned_g(histogram);
        if law_g <= 0.0 {
            return 0.0;
        }
        let rows = self.model.shape.covariance.iter().zip(slopes);
        let product = |row: &[f64]| row.iter().zip(slopes).map(|(value, slope)| value * slope).sum::<f64>();
        let var: f64 = rows.map(|(row, slope)| slope * product(row)).sum();
        (var / (law_g * law_g)).max(0.0)
    }

    fn prepared(&self, package_hp: Option<f64>) -> Result<Arc<Prepared>, Refusal> {
        let key = package_hp.map(f64::to_bits);
        let mut kept = self.engines.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(prepared) = kept.get(&key) {
            return Ok(prepared.clone());
        }
        let prepared = Arc::new(self.prepare(package_hp).map_err(Refusal::bad)?);
        if kept.len() < KEPT_MAX {
            kept.insert(key, prepared.clone());
        }
        Ok(prepared)
    }

    fn prepare(&self, package_hp: Option<f64>) -> Result<Prepared, RateError> {
        let engine = Engine { package_hp, ..Engine::CUP_670 };
        let rates = Rates::new(&self.model, &engine)?;
        let gradients = knot_gradients(&Shape::from_array(self.model.shape.mean), &engine)?;
        let spread = &self.model.spread;
        let (race, shape) = if rates.is_known_package() {
            (spread.race, spread.shape)
        } else {
            (spread.new_package, spread.shape_new_package)
        };
        let shared_var = [race, shape, spread.engine].iter().map(|sd| sd * sd).sum();
        Ok(Prepared { rates, gradients, shared_var })
    }
}

/// The version that answers. Whoever has taken it keeps it to the end of the request.
#[derive(Debug)]
pub struct Current(RwLock<Arc<Served>>);

impl Current {
    /// This version answers from the start.
    pub fn new(served: Served) -> Current {
        Current(RwLock::new(Arc::new(served)))
    }

    /// The version that answers now.
    pub fn get(&self) -> Arc<Served> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Has this version answer from now on.
    pub fn set(&self, served: Served) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(served);
    }
}

/// The hash FNV-1a, 64 bits: it tells versions apart, it guards nothing.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use fuel::Cell;

    #[test]
    fn the_hash_is_fnv_1a() {
        // test vectors of the hash's authors
        assert_eq!(fnv1a(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a(b"foobar"), 0x8594_4171_f739_67e8);
    }

    #[test]
    fn flat_out_for_ten_seconds_is_the_example_of_the_fuel_model() {
        let served = Served::new(fuel::model::priors(), String::new());
        let mut histogram = Histogram::default();
        histogram.add(&Cell::locate(1.0, 8_000.0), 10_000_000_000);
        let burned = served.burned(&CarDescription::default(), &Engine::CUP_670, &histogram).unwrap();
        assert!((burned.mean - 379.9).abs() < 0.1, "{burned:?}"); // 38 g/s, as `fuel` shows
        let newcomers = fuel::prior::MANUFACTURER_SD.hypot(fuel::prior::CAR_SD);
        assert!(burned.sd > burned.mean * newcomers, "{burned:?}");
    }
}
