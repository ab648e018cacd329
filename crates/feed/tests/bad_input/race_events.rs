//! What a file of race events can get wrong. Every mistake is an error that names its line.

use events::{Evidence, SessionId, VehicleId};
use feed::race_events;
use proptest::prelude::*;
use units::EventTime;

fn read(second: &[u8]) -> String {
    let first = br#"{"event_time_ms":1795392000000,"kind":"flag","flag":"green"}"#;
    let text = [first, second].join(&b'\n');
    match race_events::read("events.ndjson", text.as_slice(), SessionId::new("s").unwrap()) {
        Ok(events) => format!("{} events", events.len()),
        Err(error) => error.to_string(),
    }
}

#[test]
fn ten_bad_inputs() {
    let at = |rest: &str| format!(r#"{{"event_time_ms":1795392000000,{rest}}}"#).into_bytes();
    let form = ": see docs/import.md for the form of race events";
    for (name, line, expected) in [
        ("truncated", br#"{"event_time_ms":17"#.to_vec(), format!("EOF while parsing an object{form}")),
        (
            "flipped bit",
            at(r#""kind":"flag","flag":"gree.""#),
            format!(
                "unknown variant `gree.`, expected one of `green`, `yellow`, `red`, `white`, `checkered`{form}"
            ),
        ),
        ("wrong type", b"time,kind\n".to_vec(), format!("expected ident{form}")),
        (
            "newer version",
            at(r#""kind":"virtual_safety_car""#),
            format!(
                "unknown variant `virtual_safety_car`, expected one of `session`, `roster`, `flag`, `pit_in`, `box_stop`, `box_leave`, `pit_out`, `retired`, `fuel_added`, `run_out`, `still_running`, `radio_mpg`, `fuel...{form}"
            ),
        ),
        ("missing column", at(r#""kind":"pit_in""#), format!("missing field `vehicle_id`{form}")),
        ("no kind", at(r#""flag":"green""#), format!("missing field `kind`{form}")),
        (
            "NaN",
            at(r#""kind":"fuel_added","vehicle_id":"24","gallons":NaN"#),
            format!("expected value{form}"),
        ),
        (
            "unit out of range",
            br#"{"event_time_ms":1795392000,"kind":"flag","flag":"green"}"#.to_vec(),
            "time 1795392000 is no date of 2000 to 2099 in ms, but one in s: correct the unit".into(),
        ),
        (
            "number as id",
            at(r#""kind":"pit_in","vehicle_id":24"#),
            format!("invalid type: integer `24`, expected a string{form}"),
        ),
        (
            "empty id",
            at(r#""kind":"pit_in","vehicle_id":"""#),
            format!("an id needs at least one character{form}"),
        ),
        (
            "evidence of nothing",
            at(r#""kind":"fuel_added","vehicle_id":"24","galons":4"#),
            "fuel_added tells nothing: give gallons, full or fill_time_s".into(),
        ),
        (
            "negative fuel",
            at(r#""kind":"fuel_added","vehicle_id":"24","gallons":-4"#),
            "gallons is -4, it must lie between 0 and 100".into(),
        ),
        (
            "no spread",
            at(r#""kind":"fuel_added","vehicle_id":"24","gallons":4,"sigma_gal":0"#),
            "sigma_gal is 0, it must lie between 0.001 and 100".into(),
        ),
        (
            "falling stages",
            at(r#""kind":"session","stages":[80,40]"#),
            "stages must rise: write the laps at which they end".into(),
        ),
        (
            "no length",
            at(r#""kind":"session","track_length_m":-1"#),
            "track_length_m is -1, it must be above zero".into(),
        ),
        (
            "wet air",
            at(
                r#""kind":"session","air":{"pressure_pa":99000,"temperature_k":300,"vapour_pressure_pa":1e6}"#,
            ),
            "air.vapour_pressure_pa must lie between 0 and the pressure".into(),
        ),
        ("10 MB line", vec![b'x'; 10 << 20], "the line has 10485760 bytes, at most 65536 are read".into()),
    ] {
        assert_eq!(read(&line), format!("events.ndjson, line 2 (byte 61): {expected}"), "{name}");
    }
    let empty = race_events::read("events.ndjson", b"".as_slice(), SessionId::new("s").unwrap()).unwrap_err();
    assert_eq!(empty.to_string(), "events.ndjson: the file is empty: choose one with data");
    assert_eq!(
        read(br#"{"event_time_ms":1795391000000,"kind":"flag","flag":"red"}"#),
        "2 events",
        "unsorted is sorted"
    );
}

#[test]
fn evidence_that_is_typed_is_held_against_the_same_rules_as_a_line_of_a_file() {
    let vehicle = VehicleId::new("24").unwrap();
    let at = |s: i64| EventTime::from_ms(1_795_391_000_000 + s * 1_000);
    let stop_fuel = |gallons, full| Evidence::StopFuel {
        vehicle,
        stop_time: None,
        gallons,
        gallons_sd: None,
        full,
        fill_time_s: None,
    };
    let full = race_events::validate(stop_fuel(Some(11.5), Some(true)), at(0)).unwrap();
    let line = br#"{"event_time_ms":1795391000000,"kind":"fuel_added","vehicle_id":"24","gallons":11.5,"full":true}"#;
    let read = race_events::read("f", line.as_slice(), SessionId::new("s").unwrap()).unwrap();
    assert_eq!(full, read[0].kind);
    let used = |to, gallons| Evidence::FuelUsed { vehicle, from: at(0), to, gallons, gallons_sd: None };
    for (evidence, why) in [
        (stop_fuel(None, None), "give gallons, full or fill_time_s"),
        (stop_fuel(Some(-1.0), None), "gallons is -1, it must lie between 0 and 100"),
        (stop_fuel(Some(f64::NAN), None), "gallons is NaN, it must lie"),
        (stop_fuel(Some(1e308), None), "gallons is 1e308, it must lie between 0 and 100"),
        (used(at(0) + units::Span::from_us(1), 1_000.0), "in that time no engine burns more"),
        (Evidence::RunOut { vehicle, at: Some(at(115 * 86_400)) }, "has not come yet"),
        (Evidence::StillRunning { vehicle, at: Some(at(-86_401)) }, "is of another day"),
        (Evidence::RadioMpg { vehicle, mpg: 0.0, mpg_sd: None }, "mpg is 0, it must lie between 0.1 and 200"),
        (Evidence::RadioMpg { vehicle, mpg: f64::INFINITY, mpg_sd: None }, "mpg is inf, it must lie"),
        (Evidence::RadioMpg { vehicle, mpg: 5.0, mpg_sd: Some(-0.1) }, "sigma_mpg is -0.1"),
        (used(at(0), 1.0), "a to_ms behind its from_ms"),
        (used(at(1), 0.0), "gallons is 0, it must be above zero"),
        (Evidence::RunOut { vehicle, at: Some(EventTime::from_ms(5)) }, "outside 2000 to 2099"),
    ] {
        let error = race_events::validate(evidence, at(0)).unwrap_err();
        assert!(error.contains(why), "{evidence:?}: {error}");
    }
}

proptest! {
    #[test]
    fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        read(&bytes);
    }
}
