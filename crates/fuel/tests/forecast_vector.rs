//! Vector 06: the forecast.

use crate::{assert_close, json};
use fuel::fill_to_fill::Tank;
use fuel::forecast::{Assumptions, Forecast, Overtime, SaveTarget, Situation};
use fuel::{LogScale, Spread, prior};
use serde_json::Value;

#[test]
fn vector_06_forecast() {
    let vector = json(include_str!("vectors/06_forecast.json"));
    let overtime = vector["overtime"].as_array().unwrap().iter().map(|more| {
        let x = |name: &str| more[name].as_f64().unwrap();
        Overtime { p: x("p"), green_laps: x("extra_green"), caution_laps: x("extra_caution") }
    });
    let assumptions = Assumptions::with_overtime(overtime.collect()).unwrap();
    assert_eq!(assumptions, Assumptions::default());
    assert_close(
        "spread of laps to come",
        assumptions.future_lap_sd,
        vector["future_sd"].as_f64().unwrap(),
        0.0,
    );
    let cases = vector["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 13);
    for case in cases {
        let situation = situation(&case["input"]);
        let forecast = Forecast { situation: &situation, assumptions: &assumptions };
        assert_fuel(&forecast, case);
        assert_chances(&forecast, case);
        assert_plan(&forecast, case);
    }
}

fn situation(input: &Value) -> Situation {
    let x = |name: &str| input[name].as_f64().unwrap();
    assert_close("a full tank", prior::FULL_SD_GAL, x("full_sd_gal"), 0.0);
    let (green_laps_left, caution_laps_left) = (x("green_laps_left"), x("caution_laps_left"));
    assert_close("end", x("lap_now") + green_laps_left + caution_laps_left, x("lap_end"), 0.0);
    Situation {
        level_gal: Some(Spread { mean: x("L0_gal"), sd: x("L0_sd_gal") }),
        burned_gal: x("Bp_gal"),
        imputed_sd_gal: x("gap_sd_gal"),
        scale: LogScale { mean: x("s_mean"), var: x("s_var") },
        shape_sd: x("tau"),
        green_lap_gal: Some(x("b_gal")),
        caution_lap_gal: Some(x("bc_gal")),
        laps_done: Some(x("lap_now")),
        green_laps_left: Some(green_laps_left),
        caution_laps_left,
        lap_miles: Some(x("lap_miles")),
        // the vector's tank is one whose size is known
        tank: Tank {
            size_gal: x("tank_gal"),
            size_sd_gal: 0.0,
            reserve_gal: x("reserve_gal"),
            reserve_sd_gal: x("reserve_sd_gal"),
        },
    }
}

/// Compares with one of the case's expected numbers.
fn check(case: &Value, name: &str, got: f64) {
    let expected = case["expected"][name].as_f64();
    assert_close(&format!("{name} of {}", case["input"]), got, expected.unwrap(), 1e-9);
}

fn assert_fuel(forecast: &Forecast, case: &Value) {
    let left = forecast.fuel_left_gal().unwrap();
    check(case, "fuel_left_gal", left.mean);
    check(case, "fuel_left_sd_gal", left.sd);
    let laps = forecast.laps_left().unwrap();
    check(case, "laps_remaining", laps.mean);
    check(case, "laps_remaining_sd", laps.sd);
    check(case, "laps_long", forecast.laps_long().unwrap().mean);
}

fn assert_chances(forecast: &Forecast, case: &Value) {
    let make_it = forecast.make_it().unwrap();
    check(case, "T_gal", make_it.burn_to_end_gal.mean);
    check(case, "T_sd_gal", make_it.burn_to_end_gal.sd);
    check(case, "p_make_no_overtime", make_it.without_overtime);
    check(case, "p_make", make_it.p);
    let by_overtime = case["expected"]["p_make_scenarios"].as_array().unwrap();
    assert_eq!(make_it.by_overtime.len(), by_overtime.len());
    for (got, expected) in make_it.by_overtime.iter().zip(by_overtime) {
        assert_close(&case["input"].to_string(), *got, expected.as_f64().unwrap(), 1e-9);
    }
}

fn assert_plan(forecast: &Forecast, case: &Value) {
    let expected = &case["expected"];
    match forecast.save_target().unwrap() {
        SaveTarget::Burn { lap_gal, mpg, save_lap_gal, save_pct } => {
            assert_eq!(expected["save_reachable"], true);
            check(case, "save_target_gal_per_lap", lap_gal);
            check(case, "save_target_mpg", mpg.unwrap());
            check(case, "save_per_lap_gal", save_lap_gal);
            check(case, "save_pct", save_pct);
        }
        SaveTarget::NotReachable => assert_eq!(expected["save_reachable"], false),
        SaveTarget::Nothing => assert_eq!(expected["save_reachable"], Value::Null),
    }
    let window = forecast.pit_window().unwrap();
    assert_eq!(Value::from(window.full_tank_laps), expected["full_tank_laps"], "{}", case["input"]);
    assert_eq!(Value::from(window.opens), expected["window_opens_lap"], "{}", case["input"]);
    assert_eq!(Value::from(window.closes), expected["window_closes_lap"], "{}", case["input"]);
}
