//! Vector 05: the online filter.

use crate::{assert_close, json};
use fuel::Burned;
use fuel::filter::{CarPrior, Filter, Observation, ScalePrior};
use serde_json::Value;

#[test]
fn vector_05_filter() {
    let vector = json(include_str!("vectors/05_filter.json"));
    let cases = vector["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 2);
    for case in cases {
        let mut filter = start(case, &vector["car_mfr"]);
        assert_state("at the start", &filter, &case["mean0"], &case["cov0"]);
        let steps = case["steps"].as_array().unwrap();
        assert_eq!(steps.len(), 14);
        for (number, step) in steps.iter().enumerate() {
            let what = &format!("{} step {number}", case["name"]);
            let observation = observation(step, vector["sd_add_gal"].as_f64().unwrap());
            let update = filter.observe(&observation).unwrap();
            for (got, name) in [
                (update.expected_gal, "f_gal"),
                (update.q, "q"),
                (update.noise_gal2, "R_used"),
                (update.variance_gal2, "V"),
            ] {
                assert_close(&format!("{what} {name}"), got, step[name].as_f64().unwrap(), 1e-9);
            }
            assert_eq!(update.gated, step["gated"].as_bool().unwrap(), "{what}");
            assert_state(what, &filter, &step["mean"], &step["cov"]);
        }
    }
}

fn start(case: &Value, makers: &Value) -> Filter {
    let (prior, warm) = match case["name"].as_str().unwrap() {
        "warm" => (ScalePrior::CALIBRATED, true),
        _ => (ScalePrior::UNCALIBRATED, false),
    };
    let stated = ScalePrior {
        race_sd: case["init"]["u_sd"].as_f64().unwrap(),
        shape_sd: case["tau"].as_f64().unwrap(),
    };
    assert_eq!(prior, stated);
    let mut filter = Filter::new(prior);
    for (car, maker) in makers.as_array().unwrap().iter().enumerate() {
        let prior = if warm {
            CarPrior::calibrated(case["init"]["laplace_sd_car"][car].as_f64().unwrap().hypot(0.006)).unwrap()
        } else {
            CarPrior::unseen(maker.as_u64().map(|maker| maker as u32))
        };
        assert_eq!(filter.join(prior), car);
    }
    filter
}

fn observation(step: &Value, sd_add_gal: f64) -> Observation {
    let x = |name: &str| step[name].as_f64().unwrap();
    let anchor_var = |end: usize| {
        let sd = step["anchor_sd_gal"][end].as_f64().unwrap();
        sd * sd
    };
    let var_gal2 = x("adds") * sd_add_gal * sd_add_gal + anchor_var(0) + anchor_var(1);
    Observation {
        car: step["car"].as_u64().unwrap() as usize,
        predicted_gal: x("f0_gal"),
        imputed_sd_gal: 0.0,
        burned: Burned { gal: x("y_gal"), var_gal2 },
    }
}

fn assert_state(what: &str, filter: &Filter, mean: &Value, covariance: &Value) {
    let belief = filter.belief();
    for (i, got) in belief.mean().iter().enumerate() {
        let expected = mean[i].as_f64().unwrap();
        assert!((got - expected).abs() <= 1e-9, "{what} mean {i}: {got}, expected {expected}");
        for j in 0..belief.mean().len() {
            let (got, expected) =
                (belief.covariance().get(i, j).unwrap(), covariance[i][j].as_f64().unwrap());
            assert!((got - expected).abs() <= 1e-12, "{what} covariance {i} {j}: {got}, expected {expected}");
        }
    }
}
