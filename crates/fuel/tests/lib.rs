//! The published test vectors, `tests/vectors/`: inputs and outputs that were computed twice, in another language, by
//! differently written code. They are printed to 12 significant digits.
#![allow(clippy::unwrap_used, reason = "these are tests: a panic is how they fail")]

mod fill_to_fill_vector;
mod filter_vector;
mod forecast_vector;
mod refit_vector;

use fuel::{Cell, Engine, Histogram, RateTable, Shape, air, knots, physics, weighted_ns};
use serde_json::Value;
use std::collections::BTreeMap;
use units::{FuelDensity, Span, Volume};

/// One row of a CSV file, by column name.
type Row = BTreeMap<String, String>;

fn rows(csv: &str) -> Vec<Row> {
    let mut lines = csv.lines().map(|line| line.split(','));
    let header: Vec<&str> = lines.next().unwrap().collect();
    lines
        .map(|line| header.iter().map(|name| name.to_string()).zip(line.map(str::to_string)).collect())
        .collect()
}

fn number(row: &Row, column: &str) -> f64 {
    row[column].parse().unwrap()
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn assert_close(what: &str, got: f64, expected: f64, relative: f64) {
    assert!((got - expected).abs() <= relative * expected.abs(), "{what}: {got}, expected {expected}");
}

fn grams_per_gallon() -> f64 {
    FuelDensity::CUP.mass(Volume::from_us_gallons(1.0)).kg() * 1e3
}

#[test]
fn vector_01_rate_law() {
    let rows = rows(include_str!("vectors/01_physics_rate.csv"));
    assert_eq!(rows.len(), 91);
    for row in rows {
        let engine =
            Engine { package_hp: Some(number(&row, "package_hp")), reference_rpm: number(&row, "ref_rpm") };
        let rate = physics::rate_g_s(
            &Shape::first_prior(),
            &engine,
            number(&row, "theta"),
            number(&row, "rpm"),
            number(&row, "rho_kg_m3") / air::RHO_REF,
            number(&row, "log_scale"),
        );
        let what = format!("row {}", row["id"]);
        match row["status"].as_str() {
            "error" => assert!(rate.is_err(), "{what}: {rate:?} should be an error"),
            _ => {
                let rate = rate.unwrap();
                assert_close(&what, rate, number(&row, "g_per_s"), 1e-10);
                let gal_per_h = rate * 3_600.0 / grams_per_gallon();
                assert_close(&what, gal_per_h, number(&row, "gal_per_h"), 1e-10);
            }
        }
    }
}

#[test]
fn vector_01b_other_parameters_and_derivatives() {
    let columns = ["dln_dlnf", "dln_dlnkt", "dln_dgamma", "dln_dlnrhop", "dln_da0", "dln_dchi"];
    let rows = rows(include_str!("vectors/01b_physics_rate_params.csv"));
    assert_eq!(rows.len(), 18);
    for row in rows {
        let x = |column| number(&row, column);
        let shape = Shape {
            ln_f: x("ln_f"),
            ln_kt: x("ln_kt"),
            gamma: x("gamma"),
            ln_rho_p: x("ln_rho_p"),
            a0: x("a0"),
            chi: x("chi"),
        };
        let engine = Engine::cup(x("package_hp"));
        let rate = physics::rate_g_s(&shape, &engine, x("theta"), x("rpm"), 1.0, 0.0).unwrap();
        assert_close(&format!("row {} rate", row["id"]), rate, x("g_per_s"), 1e-10);
        let gradient = physics::log_rate_gradient(&shape, &engine, x("theta"), x("rpm")).unwrap();
        for (got, column) in gradient.into_iter().zip(columns) {
            assert_close(&format!("row {} {column}", row["id"]), got, x(column), 1e-10);
        }
    }
}

#[test]
fn vector_01c_air_density() {
    let vector = json(include_str!("vectors/01c_density.json"));
    assert_close("reference", air::RHO_REF, vector["rho_ref_kg_m3"].as_f64().unwrap(), 0.0);
    for case in vector["cases"].as_array().unwrap() {
        let x = |name: &str| case[name].as_f64().unwrap();
        let state =
            events::Air { pressure_pa: x("p_pa"), temperature_k: x("t_k"), vapour_pressure_pa: x("e_pa") };
        assert_close("density", air::density_kg_m3(&state).unwrap(), x("rho_kg_m3"), 1e-10);
        assert_close("ratio", air::density_ratio(&state).unwrap(), x("ratio"), 1e-10);
    }
}

/// A sample of vector 02.
#[derive(Clone, Copy, PartialEq)]
struct Held {
    t_us: i64,
    theta: f64,
    rpm: f64,
    density_ratio: f64,
}

/// The caller's part of vector 02: no duplicates, in order of time, then of sequence (the order in the file).
fn in_order(sequence: &Value) -> (Vec<Held>, usize) {
    let mut held: Vec<Held> = Vec::new();
    let given = sequence["samples"].as_array().unwrap();
    for sample in given {
        let x = |k: usize| sample[k].as_f64().unwrap();
        let sample = Held { t_us: sample[0].as_i64().unwrap(), theta: x(1), rpm: x(2), density_ratio: x(3) };
        if !held.contains(&sample) {
            held.push(sample);
        }
    }
    held.sort_by_key(|sample| sample.t_us);
    let duplicates = given.len() - held.len();
    (held, duplicates)
}

#[test]
fn vector_02_histogram() {
    let vector = json(include_str!("vectors/02_histogram.json"));
    let gap_limit_us = vector["gap_limit_us"].as_i64().unwrap();
    let engine = Engine::cup(vector["package_hp"].as_f64().unwrap());
    let table = RateTable::new(&Shape::first_prior(), &engine).unwrap();
    for sequence in vector["sequences"].as_array().unwrap() {
        let name = sequence["name"].as_str().unwrap();
        let (samples, duplicates) = in_order(sequence);
        assert_eq!(duplicates as u64, sequence["dropped_duplicates"].as_u64().unwrap(), "{name}");

        let mut histogram = Histogram::default();
        let (mut held_exact_g, mut gaps) = (0.0, Vec::new());
        for pair in samples.windows(2) {
            let (from, to) = (pair[0], pair[1].t_us);
            if to - from.t_us > gap_limit_us {
                gaps.push((from.t_us, to));
                continue;
            }
            let span = Span::from_us(to - from.t_us);
            histogram.add(
                &Cell::locate(from.theta, engine.normalised_rpm(from.rpm)),
                weighted_ns(span, from.density_ratio),
            );
            let rate = physics::rate_g_s(
                &Shape::first_prior(),
                &engine,
                from.theta,
                from.rpm,
                from.density_ratio,
                0.0,
            );
            held_exact_g += rate.unwrap() * span.secs();
        }

        let t0 = samples[0].t_us;
        let gaps: Vec<Value> = gaps.into_iter().map(|(from, to)| vec![from - t0, to - t0].into()).collect();
        assert_eq!(Value::from(gaps), sequence["gaps_us"], "{name}");
        assert_seconds(name, &histogram, sequence, samples.len());
        let gallons = |key: &str| sequence[key].as_f64().unwrap();
        assert_close(name, held_exact_g / grams_per_gallon(), gallons("gallons_held_exact_rate"), 1e-9);
        assert_close(name, histogram.burned_g(&table) / grams_per_gallon(), gallons("gallons_H_dot_r"), 1e-9);
    }
}

/// The vector asks for 1e-9 s. Ours are whole nanoseconds: an interval's part on a knot is rounded by half of one for
/// its throttle share and half for its speed share, so a knot may differ by one for every interval.
fn assert_seconds(name: &str, histogram: &Histogram, sequence: &Value, intervals: usize) {
    let mut expected = [0.0; knots::COUNT];
    for entry in sequence["H"].as_array().unwrap() {
        let index = |k: usize| entry[k].as_u64().unwrap() as usize;
        expected[15 * index(0) + index(1)] = entry[2].as_f64().unwrap();
    }
    let tolerance_s = 1e-9 * intervals as f64;
    for (k, (&ns, expected)) in histogram.values().iter().zip(expected).enumerate() {
        assert!(
            (ns as f64 * 1e-9 - expected).abs() <= tolerance_s,
            "{name}, knot {k}: {ns} ns, {expected} s"
        );
    }
    let total_s = sequence["H_sum"].as_f64().unwrap();
    assert!((histogram.total_ns() as f64 * 1e-9 - total_s).abs() <= tolerance_s, "{name}: total");
}

#[test]
fn vector_03_rate_table() {
    let rows = rows(include_str!("vectors/03_rate_table.csv"));
    assert_eq!(rows.len(), knots::COUNT);
    for (engine, column) in [
        (Engine::CUP_510, "r510_gal_per_s"),
        (Engine::CUP_670, "r670_gal_per_s"),
        (Engine::CUP_750, "r750_gal_per_s"),
    ] {
        let table = RateTable::new(&Shape::first_prior(), &engine).unwrap();
        for (row, rate) in rows.iter().zip(table.values()) {
            let what = format!("{column} at throttle {} and {} rpm", row["theta"], row["rpm"]);
            assert_close(&what, rate / grams_per_gallon(), number(row, column), 1e-10);
        }
    }
}
