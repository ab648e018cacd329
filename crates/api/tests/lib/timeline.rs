//! What happened, and where round the track fuel was burned.

use crate::client::{Running, fields_of};
use crate::race::{self, end, lap};
use events::{LapLabel, LapSummary, VehicleId};
use serde_json::{Value, json};
use store::Window;

#[tokio::test]
async fn a_timeline_with_every_field_is_one_query() {
    let server = Running::over(&race::windows(130)).await;
    let lists =
        [("flags", "FlagSpan"), ("stops", "Stop"), ("stageEnds", "StageEnd"), ("retirements", "Retirement")];
    let fields: Vec<_> = lists.iter().map(|(list, of)| format!("{list} {{ {} }}", fields_of(of))).collect();
    let found = server.ask(&format!("{{ timeline {{ {} }} }}", fields.join(" "))).await;
    let lengths = lists.map(|(list, _)| found["timeline"][list].as_array().unwrap().len());
    assert_eq!(lengths, [3, 1, 2, 1]);
    server.stop().await;
}

#[tokio::test]
async fn what_was_added_comes_in_the_unit_asked_for() {
    let server = Running::over(&race::windows(80)).await;
    let query =
        "{ timeline { stops { kg: added sd: addedSd l: added(unit: LITRE) gal: added(unit: US_GALLON) } } }";
    let stop = server.ask(query).await["timeline"]["stops"][0].take();
    // 11.8 ± 0.15 gal of 0.74 kg/L (race::happened, race::conditions), 3.785411784 L a gallon
    for (field, expected) in [
        ("gal", 11.8),
        ("l", 11.8 * 3.785411784),
        ("kg", 11.8 * 3.785411784 * 0.74),
        ("sd", 0.15 * 3.785411784 * 0.74),
    ] {
        let found = stop[field].as_f64().unwrap();
        assert!((found - expected).abs() < 1e-9, "{field}: {found}, expected {expected}");
    }
    server.stop().await;
}

#[tokio::test]
async fn nothing_is_known_of_a_session_or_a_car_that_nobody_has() {
    let server = Running::over(&race::windows(80)).await;
    let query = r#"{ a: timeline(sessionId: "nobody") { flags { flag } }
                     b: burnProfile(sessionId: "nobody", vehicleId: "car-07") { laps }
                     c: burnProfile(vehicleId: "nobody") { laps } }"#;
    assert_eq!(server.ask(query).await, json!({ "a": null, "b": null, "c": null }));
    server.stop().await;
}

#[tokio::test]
async fn a_burn_profile_is_held_against_a_field_of_eight() {
    // car n burned n grams in each part
    let of_car = |n: u32| LapSummary {
        vehicle_id: VehicleId::new(&n.to_string()).unwrap(),
        burned_parts_g: vec![f64::from(n); 40],
        ..lap("1", 1, LapLabel::Green)
    };
    for (cars, field) in [(7, Value::Null), (8, json!(vec![4.5; 40]))] {
        let laps = (1..=cars).map(of_car).collect();
        let server = Running::over(&[Window { laps, ..race::window(1) }]).await;
        let found = server.ask(r#"{ burnProfile(vehicleId: "3") { laps parts field } }"#).await;
        let expected = json!({ "laps": 1, "parts": vec![3.0; 40], "field": field });
        assert_eq!(found["burnProfile"], expected);
        server.stop().await;
    }
}

#[tokio::test]
async fn laps_are_asked_for_since_a_board() {
    let server = Running::over(&race::windows(120)).await;
    for (after, laps) in [(0, 6), (40, 4), (119, 2), (120, 0)] {
        let found = server.ask(&format!("{{ laps(afterUs: \"{}\") {{ lap }} }}", end(after).us())).await;
        assert_eq!(found["laps"].as_array().unwrap().len(), laps, "{after}");
    }
    for bad in ["\"soon\"", "1.5", "\"\""] {
        let found = server.response(&format!("{{ laps(afterUs: {bad}) {{ lap }} }}")).await;
        assert!(found["errors"][0]["message"].is_string(), "{bad}: {found}");
    }
    server.stop().await;
}
