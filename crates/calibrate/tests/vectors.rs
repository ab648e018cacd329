//! Vectors 04 and 07, `tests/vectors/`: computed twice in another language, printed to 12 significant digits.

use calibrate::data::{Data, FillRow};
use calibrate::fit::HierarchicalFit;
use calibrate::gp::GaussianProcess;
use calibrate::learner::Base;
use calibrate::{Beliefs, monotone};
use events::VehicleId;
use fuel::knots;
use nalgebra::{DMatrix, DVector};
use serde_json::Value;

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}
fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}
fn index(value: &Value) -> usize {
    usize::try_from(value.as_u64().unwrap()).unwrap()
}

/// The fills-to-fill as the vector has them: seconds to a hundredth, which integer histograms need not hold.
fn fills() -> Data {
    let vector = json(include_str!("vectors/04_map_fills_to_fill.json"));
    let rows = vector["bags"].as_array().unwrap().iter().map(|fill| {
        let hp = fill["hp"].as_f64().unwrap();
        let mut seconds: Vec<_> = fill["H"]
            .as_array()
            .unwrap()
            .iter()
            .map(|h| (index(&h[0]) * knots::RPM.len() + index(&h[1]), h[2].as_f64().unwrap()))
            .collect();
        seconds.sort_by_key(|&(k, _)| k);
        let (y_gal, sigma) = (fill["y_gal"].as_f64().unwrap(), fill["sigma_gal"].as_f64().unwrap());
        FillRow {
            race: index(&fill["race"]),
            package: usize::from(hp < 600.0),
            manufacturer: Some(index(&fill["mfr"])),
            team: None,
            car: index(&fill["car"]),
            engine: index(&fill["car"]),
            seconds,
            y_gal,
            sd_gal: (sigma * sigma - (0.007 * y_gal) * (0.007 * y_gal)).sqrt(),
        }
    });
    let names = |prefix: &str, n: usize| (0..n).map(|k| format!("{prefix}{k}")).collect();
    Data {
        rows: rows.collect(),
        races: names("race ", 3),
        packages: vec![Some(670.0), Some(510.0)],
        manufacturers: names("manufacturer ", 3),
        teams: Vec::new(),
        engines: vec![(0, 0); 8],
        cars: (0..8).map(|car| VehicleId::new(&format!("car-{car}")).unwrap()).collect(),
    }
}

/// The vector relates packages by their ratio of power alone, and knows no engines beside cars.
fn beliefs(race_sd: f64) -> Beliefs {
    let mut beliefs = Beliefs::priors();
    beliefs.shape.mean = fuel::Shape::first_prior().to_array();
    beliefs.levels.package = 0.0;
    beliefs.levels.engine = 0.0;
    beliefs.levels.race = race_sd;
    beliefs
}

#[test]
fn vector_04_the_most_probable_parameters() {
    let expected = json(include_str!("vectors/04_map_expected.json"));
    for (fit, race_sd) in [(0, 0.0), (1, 0.010)] {
        let expected = &expected["fits"][fit];
        let name = expected["name"].as_str().unwrap();
        let got = HierarchicalFit::of(&fills(), &beliefs(race_sd)).unwrap();
        for (key, got) in [("objective_at_start", got.objective.0), ("objective_at_map", got.objective.1)] {
            let expected = expected[key].as_f64().unwrap();
            assert!((got - expected).abs() <= 1e-8 * expected, "{name} {key}: {got}, expected {expected}");
        }
        let (map, sd) = (numbers(&expected["map"]), numbers(&expected["laplace_sd"]));
        assert_eq!(got.x.len(), map.len(), "{name}");
        for (k, ((got, map), sd)) in got.x.iter().zip(&map).zip(&sd).enumerate() {
            assert!((got - map).abs() <= 1e-5 * sd, "{name} parameter {k}: {got}, expected {map} ± {sd}");
        }
        for (k, expected) in numbers(&expected["laplace_var"]).into_iter().enumerate() {
            let got = got.covariance[(k, k)];
            assert!((got - expected).abs() <= 1e-5 * expected, "{name} variance {k}: {got} {expected}");
        }
        for ((key, i), j) in [("cov_lnf_lnkt", 0), ("cov_gamma_a0", 2)].into_iter().zip([1, 4]) {
            let expected = expected[key].as_f64().unwrap();
            let got = got.covariance[(i, j)];
            assert!((got - expected).abs() <= 1e-5 * expected.abs(), "{name} {key}: {got} {expected}");
        }
        for (b, expected) in numbers(&expected["predicted_gal"]).into_iter().enumerate() {
            let got = got.rows[b].f_gal;
            assert!(
                (got - expected).abs() <= 1e-7 * expected,
                "{name} fill-to-fill {b}: {got}, expected {expected}"
            );
        }
        for (b, expected) in numbers(&expected["huber_weight"]).into_iter().enumerate() {
            assert!((got.rows[b].weight - expected).abs() <= 1e-6, "{name} weight of fill-to-fill {b}");
        }
    }
}

/// The fit of the vector, at its own printed shape: so an error of the fit does not show twice.
fn base() -> Base {
    let vector = json(include_str!("vectors/07_gp.json"));
    let fit = HierarchicalFit::of(&fills(), &beliefs(0.010)).unwrap();
    for (got, printed) in fit.x.iter().zip(numbers(&vector["shape_parameters"])) {
        assert!((got - printed).abs() < 1e-7, "{got} {printed}");
    }
    Base::of(&fills(), &beliefs(0.010), &fit).unwrap()
}

#[test]
fn vector_07_the_residual() {
    let vector = json(include_str!("vectors/07_gp.json"));
    let got = GaussianProcess::default().posterior(&base()).unwrap();
    let assert_near = |what: &str, got: f64, expected: f64| {
        assert!((got - expected).abs() <= 1e-5, "{what}: {got}, expected {expected}");
    };
    let assert_knots = |what: &str, got: &[(f64, f64)], entries: &Value| {
        for entry in entries.as_array().unwrap() {
            let (mean, sd) = got[index(&entry[0]) * knots::RPM.len() + index(&entry[1])];
            assert_near(what, mean, entry[2].as_f64().unwrap());
            assert_near(what, sd, entry[3].as_f64().unwrap());
        }
    };
    assert_knots("field", &got.field, &vector["global_delta"]);
    for (own, entries) in got.manufacturers.iter().zip(vector["mfr_delta"].as_array().unwrap()) {
        assert_knots("manufacturer", own, entries);
    }
    for (what, scales) in [("u_race", &got.scales[..3]), ("s_car", &got.scales[3..])] {
        for (&(mean, sd), expected) in scales.iter().zip(vector[what].as_array().unwrap()) {
            assert_near(what, mean, expected[0].as_f64().unwrap());
            assert_near(what, sd, expected[1].as_f64().unwrap());
        }
    }
    for (got, expected) in got.predicted_gal.iter().zip(numbers(&vector["predicted_gal"])) {
        assert!((got - expected).abs() <= 1e-6 * expected, "{got}, expected {expected}");
    }
    let expected = vector["log_marginal_likelihood"].as_f64().unwrap();
    assert_near("log marginal likelihood", got.log_marginal_likelihood, expected);
}

#[test]
fn vector_07_solved_fill_by_fill_gives_the_same() {
    // the other way: the covariance of fills-to-fill with fills-to-fill, and no reduction to smooth directions
    let (base, gp) = (base(), GaussianProcess::default());
    let knots: Vec<_> = knots::THETA
        .into_iter()
        .flat_map(|theta| knots::RPM.into_iter().map(move |rpm| (theta, rpm)))
        .collect();
    let kernel = DMatrix::from_fn(knots::COUNT, knots::COUNT, |a, b| {
        let (x, y) = ((knots[a].0 - knots[b].0) / 0.30, (knots[a].1 - knots[b].1) / 1_800.0);
        0.05 * 0.05 * libm::exp(-0.5 * (x * x + y * y))
    });
    let n = base.rows.len();
    let mut burned = DMatrix::zeros(n, knots::COUNT);
    base.rows
        .iter()
        .enumerate()
        .for_each(|(b, row)| row.burned.iter().for_each(|&(k, gal)| burned[(b, k)] = gal));
    let smooth = &burned * &kernel * burned.transpose();
    let covariance = DMatrix::from_fn(n, n, |a, b| {
        let (ra, rb) = (&base.rows[a], &base.rows[b]);
        let both = ra.f0_gal * rb.f0_gal;
        let same = |is: bool, value: f64| if is { value } else { 0.0 };
        smooth[(a, b)] * (1.0 + same(ra.manufacturer == rb.manufacturer, 0.25))
            + same(ra.scales[0] == rb.scales[0], both * 0.010 * 0.010)
            + same(ra.scales[1] == rb.scales[1], both * 0.015 * 0.015)
            + same(a == b, ra.noise)
    });
    let off = DVector::from_iterator(n, base.rows.iter().map(|row| row.y_gal - row.f0_gal));
    let field = &kernel * burned.transpose() * covariance.cholesky().unwrap().solve(&off);
    for (got, expected) in gp.posterior(&base).unwrap().field.iter().zip(field.iter()) {
        assert!((got.0 - expected).abs() < 1e-9, "{} {expected}", got.0);
    }
}

#[test]
fn vector_07_more_throttle_never_burns_less() {
    let vector = json(include_str!("vectors/07_gp.json"));
    for case in vector["monotone"].as_array().unwrap() {
        let got = monotone::non_decreasing(&numbers(&case["r_in"]));
        for (got, expected) in got.into_iter().zip(numbers(&case["r_out"])) {
            assert!((got - expected).abs() <= 1e-11, "{}: {got}, expected {expected}", case["name"]);
        }
    }
}
