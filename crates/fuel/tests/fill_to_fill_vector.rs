//! Vector 04b: how stops become fills.

use crate::{assert_close, json};
use fuel::fill_to_fill::{Added, Anchor, FillsToFill, StopFuel, Tank};
use serde_json::Value;

#[test]
fn vector_04b_fills() {
    let vector = json(include_str!("vectors/04b_fills_to_fill.json"));
    let x = |name: &str| vector[name].as_f64().unwrap();
    let tank = Tank {
        size_gal: x("tank_gal"),
        size_sd_gal: x("tank_sd_gal"),
        reserve_gal: x("reserve_gal"),
        reserve_sd_gal: x("reserve_sd_gal"),
    };
    assert_eq!(tank, Tank::CUP);
    assert_eq!(Anchor::FILLED, Anchor::Full { sd_gal: x("anchor_sd_gal") });
    assert_eq!(Anchor::START, Anchor::Full { sd_gal: x("race_start_anchor_sd_gal") });

    let mut fills = FillsToFill::starting(1, Some(Anchor::START));
    let stops: Vec<StopFuel> = vector["events"].as_array().unwrap().iter().map(stop).collect();
    let closed: Vec<_> = stops.iter().filter_map(|stop| fills.stop(stop, &tank)).collect();

    let expected = vector["bags"].as_array().unwrap();
    assert_eq!(closed.len(), expected.len());
    for (fill, expected) in closed.iter().zip(expected) {
        let what = &expected.to_string();
        let stints: Vec<u32> = (fill.first_stint..=fill.last_stint).collect();
        assert_eq!(Value::from(stints), expected["stints"], "{what}");
        assert_eq!(u64::from(fill.adds), expected["adds"].as_u64().unwrap(), "{what}");
        assert_eq!(fill.ran_out, expected["kind"] == "run_out", "{what}");
        assert_close(what, fill.burned.gal, expected["y_gal"].as_f64().unwrap(), 1e-10);
        assert_close(what, fill.burned.sigma_gal(x("tau")), expected["sigma_gal"].as_f64().unwrap(), 1e-10);
    }
    let dropped: Vec<u64> = (1..=stops.len() as u64)
        .filter(|&stint| {
            !closed.iter().any(|fill| (fill.first_stint..=fill.last_stint).contains(&(stint as u32)))
        })
        .collect();
    let expected =
        vector["dropped_stints"].as_array().unwrap().iter().flat_map(|run| run.as_array().unwrap());
    assert_eq!(Value::from(dropped), expected.cloned().collect::<Value>());
}

fn stop(event: &Value) -> StopFuel {
    let added = event["gallons"].as_f64().map(|gal| Added { gal, sd_gal: event["sd"].as_f64().unwrap() });
    StopFuel { added, full: event["full"].as_bool(), ran_out: event["run_out"] == true }
}
