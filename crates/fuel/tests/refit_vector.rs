//! Vector 04: the fit of shape and scales on bags.

use crate::{assert_close, json};
use fuel::refit::{FitFillToFill, Refit, refit};
use fuel::{Belief, Burned, Cell, Engine, Histogram, Shape, knots};
use serde_json::Value;
use units::FuelDensity;

/// The bags of vector 04, with the scales of its state: six of the shape, 3 manufacturers, 8 cars, 3 races.
struct FillsToFill {
    histograms: Vec<Histogram>,
    engines: Vec<Engine>,
    scales: Vec<[usize; 3]>,
    burned: Vec<Burned>,
}

impl FillsToFill {
    fn read(vector: &Value) -> FillsToFill {
        let bags = vector["bags"].as_array().unwrap();
        let index = |bag: &Value, name: &str| bag[name].as_u64().unwrap() as usize;
        let engine = |bag: &Value| Engine::cup(bag["hp"].as_f64().unwrap());
        let burned = |bag: &Value| {
            let var_gal2 = bag["adds"].as_f64().unwrap() * 0.15 * 0.15 + 2.0 * 0.10 * 0.10;
            Burned { gal: bag["y_gal"].as_f64().unwrap(), var_gal2 }
        };
        for bag in bags {
            let sigma_gal = burned(bag).sigma_gal(vector["tau"].as_f64().unwrap());
            assert_close("sigma", sigma_gal, bag["sigma_gal"].as_f64().unwrap(), 1e-10);
        }
        FillsToFill {
            histograms: bags.iter().map(|bag| histogram(&bag["H"])).collect(),
            engines: bags.iter().map(engine).collect(),
            scales: bags
                .iter()
                .map(|bag| [6 + index(bag, "mfr"), 9 + index(bag, "car"), 17 + index(bag, "race")])
                .collect(),
            burned: bags.iter().map(burned).collect(),
        }
    }

    /// For the fit, with so many of the scales each.
    fn fit(&self, prior: &Belief, scales: usize) -> Refit {
        let bags: Vec<FitFillToFill> = (0..self.burned.len())
            .map(|k| FitFillToFill {
                histogram: &self.histograms[k],
                engine: self.engines[k],
                scales: &self.scales[k][..scales],
                burned: self.burned[k],
            })
            .collect();
        refit(prior, &bags, 0.007, FuelDensity::CUP).unwrap()
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
    let vector = json(include_str!("vectors/04_map_bags.json"));
    let expected = json(include_str!("vectors/04_map_expected.json"));
    let bags = FillsToFill::read(&vector);
    for (fit, scales) in expected["fits"].as_array().unwrap().iter().zip([2, 3]) {
        let size = fit["n_params"].as_u64().unwrap() as usize;
        let (means, sds) = (numbers(&vector["prior_mean_and_start"]), numbers(&vector["prior_sd"]));
        let numbers: Vec<(f64, f64)> = means.into_iter().zip(sds).take(size).collect();
        for ((mean, _), first) in numbers.iter().zip(Shape::first_prior().to_array()) {
            assert!((mean - first).abs() < 1e-11);
        }
        let prior = Belief::independent(&numbers);
        let got = bags.fit(&prior, scales);
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
    for ((bag, predicted), weight) in got.bags.iter().zip(predicted).zip(weights) {
        assert_close("burn", bag.predicted_gal, predicted, 1e-7);
        assert_close("weight", bag.weight, weight, 1e-6);
    }
}
