//! Vector 02: the held integral of three sequences of samples.
//!
//! There an interval of more than 0.5 s is a gap and adds nothing; here it is one when longer than 2.5 of the signal's
//! own periods, and is imputed. In B and C, sampled every 200 ms, the two limits are the same, so what was measured is
//! what is left without the imputed part. In A the periods vary and some intervals of 0.5 s are gaps here: without a
//! lap to look at they take the flow at which they began, which is what holding the signal gives.

use crate::follow::{Follow, cup, race, sample};
use events::{Air, RaceEventKind, Session, Signal};
use serde_json::Value;
use units::{EventTime, FuelDensity, Span, Volume};

/// Air of a density ratio to the reference of docs/fuel-model.md §1: dry, at 25 °C.
fn air(density_ratio: f64) -> Air {
    let temperature_k = 298.15;
    Air {
        pressure_pa: density_ratio * 1.157 * 287.05 * temperature_k,
        temperature_k,
        vapour_pressure_pa: 0.0,
    }
}

/// Burned and imputed, kg, and how many samples were duplicates.
fn through_a_car(samples: &[Value]) -> (f64, f64, u64) {
    let number = |row: &Value, i: usize| row[i].as_f64().unwrap();
    let at = |row: &Value| EventTime::from_us(row[0].as_i64().unwrap());
    let conditions = samples.iter().map(|row| {
        let session = Session { air: Some(air(number(row, 3))), ..cup() };
        (at(row), RaceEventKind::Session(session))
    });
    let mut sequence = 0;
    let mut before = &Value::Null;
    let of_car = samples.iter().map(|row| {
        sequence += u64::from(row != before); // the same again has the same place in the count
        before = row;
        sample(at(row), sequence, &[(Signal::Throttle, number(row, 1)), (Signal::Rpm, number(row, 2))])
    });
    let of_car: Vec<_> = of_car.collect();
    let end = of_car.iter().map(|sample| sample.event_time).max().unwrap() + Span::from_us(1);
    let mut follow = Follow::new(race(conditions));
    let burned = follow.close(end, &of_car).unwrap().burned.unwrap();
    (burned.race.mass().kg(), burned.stint_imputed.mass().kg(), follow.car.counts().duplicate)
}

#[test]
fn what_a_car_burns_is_the_histogram_times_the_table() {
    let vector: Value = serde_json::from_str(include_str!("vectors/02_histogram.json")).unwrap();
    let mut names = Vec::new();
    for sequence in vector["sequences"].as_array().unwrap() {
        let name = sequence["name"].as_str().unwrap();
        let (burned_kg, imputed_kg, duplicates) = through_a_car(sequence["samples"].as_array().unwrap());
        let gallons = sequence["gallons_H_dot_r"].as_f64().unwrap();
        let expected_kg = FuelDensity::CUP.mass(Volume::from_us_gallons(gallons)).kg();
        let has_gap = !sequence["gaps_us"].as_array().unwrap().is_empty();
        let held_kg = if has_gap { burned_kg - imputed_kg } else { burned_kg };
        assert!((held_kg / expected_kg - 1.0).abs() < 1e-5, "{name}: {held_kg} kg, expected {expected_kg}");
        assert_eq!(imputed_kg > 0.0, has_gap || name.starts_with('A'), "{name}: {imputed_kg} kg imputed");
        assert_eq!(duplicates, sequence["dropped_duplicates"].as_u64().unwrap(), "{name}");
        names.push(&name[..1]);
    }
    assert_eq!(names, ["A", "B", "C"]);
}
