//! Public feeds that are damaged, useless or of another race.

use crate::support::nascar_files::{
    flags, lap_times, loop_stats, pit_data, race_list, read, read_bytes, record, tracks,
};
use serde_json::{Value, json};

#[test]
fn a_bad_file_says_what_is_wrong_and_what_to_do() {
    let bytes = |value: Value| serde_json::to_vec(&value).unwrap();
    let with = |file: Vec<u8>| vec![bytes(lap_times()), file];
    let twice = || {
        let mut laps = lap_times();
        laps["laps"][1]["Number"] = json!("7");
        laps
    };
    let other_flags = json!({"FlagStates": [{"flag_state": 1, "elapsed_time": 0.0}, {"flag_state": 2, "elapsed_time": 40.0}]});
    let strangers = json!([record("81", [1.0, 2.0, 3.0, 4.0]), record("82", [1.0, 2.0, 3.0, 4.0])]);
    let other_stats =
        json!([{"race_id": 98, "drivers": [{"driver_id": 1}, {"driver_id": 2}, {"driver_id": 9001}]}]);
    let other_live = json!({"race_id": 98, "vehicles": [{"driver": {"driver_id": 9001}}]});
    for (what, files, expected) in [
        ("nothing", with(vec![]), "b.json: the file is empty: choose one with data"),
        ("white space", with(b" \n ".to_vec()), "b.json: the file is empty: choose one with data"),
        (
            "cut off",
            vec![br#"{"laps": [{"Number": "7", "#.to_vec()],
            "a.json: this is no public race feed: EOF while parsing a value at line 1 column 26",
        ),
        (
            "not JSON",
            with(b"<html>".to_vec()),
            "b.json: this is no public race feed: expected value at line 1 column 1",
        ),
        (
            "something else",
            with(b"{\"name\": 1, \"zebra\": []}".to_vec()),
            "b.json: this is no public race feed: it is an object with name, zebra; give lap-times, live-pit-data, \
             live-flag-data, tracks, race-list, weekend-feed, live-feed or driver loop stats of one race",
        ),
        (
            "a text for a number",
            vec![br#"{"laps": [{"Number": "7", "Laps": [{"Lap": 1, "LapTime": "fast"}]}]}"#.to_vec()],
            "a.json: this is no public race feed: invalid type: string \"fast\", expected f64 at line 1 column 63",
        ),
        (
            "two of a kind",
            with(bytes(lap_times())),
            "b.json: it is of the same kind as a.json: give the files of one race",
        ),
        (
            "no laps",
            vec![bytes(pit_data()), bytes(flags())],
            "a.json, b.json: no file holds lap times: give the lap-times of the race as well",
        ),
        (
            "no car",
            vec![b"{\"laps\": []}".to_vec()],
            "a.json: it holds no lap with a time: give the lap-times of a race that was run",
        ),
        ("a car twice", vec![bytes(twice())], "a.json: car 7 stands twice: give the laps of one race"),
        (
            "no number",
            vec![br#"{"laps": [{"Number": "", "Laps": []}]}"#.to_vec()],
            "a.json: car 1 of the list: its Number: an id needs at least one character",
        ),
        (
            "no length",
            vec![br#"{"laps": [{"Number": "7", "Laps": [{"Lap": 1, "LapTime": 31}]}]}"#.to_vec()],
            "a.json: nothing tells how long a lap is: its laps have no LapSpeed, so add tracks and a file that names \
             the race",
        ),
        (
            "flags of another race",
            with(bytes(other_flags)),
            "b.json: its flags contradict those of the laps (9 of 12): give the flags of the same race, or none",
        ),
        (
            "pit data of another race",
            with(bytes(strangers)),
            "b.json: of its 2 records 2 are of cars that nobody timed and 0 contradict the laps: give the pit data of \
             the same race",
        ),
        (
            "loop stats of another race",
            with(bytes(other_stats)),
            "b.json: this is of another race: of its 3 drivers 1 drove the laps; give the files of one race",
        ),
        (
            "two races",
            vec![bytes(lap_times()), bytes(loop_stats()), bytes(other_live)],
            "c.json: this is of another race: it is of race 98, b.json of race 99; give the files of one race",
        ),
    ] {
        let error = read_bytes(&files).map(|_| ()).unwrap_err();
        assert_eq!(error.to_string(), expected, "{what}");
    }
}

/// Every value of every file replaced, one after the other, by what has no business there.
#[test]
fn no_damage_makes_it_panic() {
    let files = [lap_times(), pit_data(), flags(), tracks(), race_list(), loop_stats()];
    let wrong = [json!(null), json!(-1), json!(1e300), json!(0), json!("x"), json!([]), json!({})];
    let mut read_anyway = 0;
    for (index, file) in files.iter().enumerate() {
        for pointer in pointers(file, String::new()) {
            for wrong in &wrong {
                let mut damaged = files.clone();
                *damaged[index].pointer_mut(&pointer).unwrap() = wrong.clone();
                match read(&damaged) {
                    Ok(race) => read_anyway += usize::from(!race.cars.is_empty()),
                    Err(error) => assert!(error.to_string().contains(".json: "), "{error}"),
                }
            }
        }
    }
    assert!(read_anyway > 100, "what is not needed is not minded: {read_anyway}");
}

#[test]
fn no_cut_makes_it_panic() {
    for file in [lap_times(), pit_data(), flags(), tracks(), race_list(), loop_stats()] {
        let whole = serde_json::to_vec(&file).unwrap();
        for end in (0..whole.len()).step_by(7) {
            let laps = serde_json::to_vec(&lap_times()).unwrap();
            assert!(read_bytes(&[laps, whole[..end].to_vec()]).is_err(), "{end}");
        }
    }
}

/// The places of all values, a few of each list.
fn pointers(value: &Value, at: String) -> Vec<String> {
    let inner: Vec<String> = match value {
        Value::Object(all) => {
            all.iter().flat_map(|(key, value)| pointers(value, format!("{at}/{key}"))).collect()
        }
        Value::Array(all) => all
            .iter()
            .take(2)
            .enumerate()
            .flat_map(|(i, value)| pointers(value, format!("{at}/{i}")))
            .collect(),
        _ => Vec::new(),
    };
    [vec![at], inner].concat()
}
