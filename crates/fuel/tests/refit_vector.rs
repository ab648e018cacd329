//! Vector 04: the fit of shape and scales on fills.

use crate::{assert_close, json};
use fuel::refit::{FitFillToFill, Refit, refit};
use fuel::{Belief, Burned, Cell, Engine, Histogram, Shape, knots};
use serde_json::Value;
use units::FuelDensity;

/// The fills of vector 04, with the scales of its state: six of the shape, 3 manufacturers, 8 cars, 3 races.
struct FillsToFill {
    histograms: Vec<Histogram>,
    engines: Vec<Engine>,
    scales: Vec<[usize; 3]>,
    burned: Vec<Burned>,
}

impl FillsToFill {
    fn read(vector: &Value) -> FillsToFill {
        let fills = vector["bags"].as_array().unwrap();
        let index = |fill: &Value, name: &str| fill[name].as_u64().unwrap() as usize;
        let engine = |fill: &Value| Engine::cup(fill["hp"].as_f64().unwrap());
        let burned = |fill: &Value| {
            let var_gal2 = fill["adds"].as_f64().unwrap() * 0.15 * 0.15 + 2.0 * 0.10 * 0.10;
            Burned { gal: fill["y_gal"].as_f64().unwrap(), var_gal2 }
        };
        for fill in fills {
            let sigma_gal = burned(fill).sigma_gal(vector["tau"].as_f64().unwrap());
            assert_close("sigma", sigma_gal, fill["sigma_gal"].as_f64().unwrap(), 1e-10);
        }
        FillsToFill {
            histograms: fills.iter().map(|fill| histogram(&fill["H"])).collect(),
            engines: fills.iter().map(engine).collect(),
            scales: fills
                .iter()
                .map(|fill| [6 + index(fill, "mfr"), 9 + index(fill, "car"), 17 + index(fill, "race")])
                .collect(),
            burned: fills.iter().map(burned).collect(),
        }
    }

    /// For the fit, with so many of the scales each.
    fn fit(&self, prior: &Belief, scales: usize) -> Refit {
        let fills: Vec<FitFillToFill> = (0..self.burned.len())
            .map(|k| FitFillToFill {
                histogram: &self.histograms[k],
                engine: self.engines[k],
                scales: &self.scales[k][..scales],
                burned: self.burned[k],
            })
            .collect();
        refit(prior, &fills, 0.007, FuelDensity::CUP).unwrap()
    }
}

/// Times on knots, which the vector gives in hundredths of a second: whole nanoseconds.
fn histogram(times: &Value) -> Histogram {
    let mut histogram = Histogram::default();
    for entry in times.as_array().unwrap() {
        let index = |k: usize| entry[k].as_u64().unwrap() as usize;
        let cell = Cell::locate(knots::THETA[index(0)], knots::RPM[index(1)]);
        histogram.add(&cell, (entry[2].as_f64().unwrap() * 1e9).round() as i64);
    }
    histogram
}

fn numbers(values: &Value) -> Vec<f64> {
    values.as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).collect()
}

#[test]
fn vector_04_fit() {
    let vector = json(include_str!("vectors/04_map_fills_to_fill.json"));
    let expected = json(include_str!("vectors/04_map_expected.json"));
    let fills = FillsToFill::read(&vector);
    for (fit, scales) in expected["fits"].as_array().unwrap().iter().zip([2, 3]) {
        let size = fit["n_params"].as_u64().unwrap() as usize;
        let (means, sds) = (numbers(&vector["prior_mean_and_start"]), numbers(&vector["prior_sd"]));
        let numbers: Vec<(f64, f64)> = means.into_iter().zip(sds).take(size).collect();
        for ((mean, _), first) in numbers.iter().zip(Shape::first_prior().to_array()) {
            assert!((mean - first).abs() < 1e-11);
        }
        let prior = Belief::independent(&numbers);
        let got = fills.fit(&prior, scales);
        println!("{} steps to {}", got.steps, fit["name"]);
        assert!(got.converged, "{} steps", got.steps);
        assert_fit(&got, fit);
    }
}

fn assert_fit(got: &Refit, fit: &Value) {
    let x = |name: &str| fit[name].as_f64().unwrap();
    let covariance = |i, j| got.belief.covariance().get(i, j).unwrap();
    assert_close("objective", got.objective, x("objective_at_map"), 1e-8);
    let (map, variances) = (numbers(&fit["map"]), numbers(&fit["laplace_var"]));
    for (k, (mean, variance)) in map.into_iter().zip(variances).enumerate() {
        let off = (got.belief.mean()[k] - mean).abs() / variance.sqrt();
        assert!(off <= 1e-5, "parameter {k} is {off} of its deviation off");
        assert_close(&format!("variance {k}"), covariance(k, k), variance, 1e-5);
    }
    assert_close("ln F, ln kt", covariance(0, 1), x("cov_lnf_lnkt"), 1e-5);
    assert_close("gamma, a0", covariance(2, 4), x("cov_gamma_a0"), 1e-5);
    let predicted = numbers(&fit["predicted_gal"]);
    let weights = numbers(&fit["huber_weight"]);
    for ((fill, predicted), weight) in got.fills.iter().zip(predicted).zip(weights) {
        assert_close("burn", fill.predicted, predicted, 1e-7);
        assert_close("weight", fill.weight, weight, 1e-6);
    }
}
