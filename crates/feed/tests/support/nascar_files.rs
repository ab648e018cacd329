//! An invented race in the shape of the public feeds: four cars, twelve laps of a 1.5-mile oval, a caution from lap 5 to 7.

use events::SessionId;
use feed::ImportError;
use feed::nascar::{self, File, RealRace};
use serde_json::{Value, json};

/// Lap times of the leader, s; the others trail by a tenth from lap to lap.
pub const LAPS_S: [f64; 12] = [34.0, 31.0, 31.0, 31.0, 45.0, 90.0, 80.0, 33.0, 31.0, 31.0, 31.0, 31.0];

pub fn lap_times() -> Value {
    let car = |place: usize, number: &str, driver: &str, laps: usize| {
        let lap = |lap: usize| {
            let seconds = LAPS_S[lap - 1];
            let mph = format!("{:.3}", 1.5 * 3600.0 / seconds);
            json!({"Lap": lap, "LapTime": seconds, "LapSpeed": mph, "RunningPos": place})
        };
        let mut all = vec![json!({"Lap": 0, "LapTime": null, "LapSpeed": null, "RunningPos": place})];
        all.extend((1..=laps).map(lap));
        json!({"Number": number, "FullName": driver, "Manufacturer": (["Chv", "Frd", "Tyt", "Own"])[place - 1],
               "RunningPos": place, "NASCARDriverID": 9000 + place, "Laps": all})
    };
    let states = [8, 1, 1, 1, 1, 2, 2, 1, 1, 1, 1, 1, 4];
    let flags: Vec<Value> =
        (0..).zip(states).map(|(lap, state)| json!({"LapsCompleted": lap, "FlagState": state})).collect();
    json!({"laps": [car(1, "7", "Ada Abbott", 12), car(2, "07", "* Ben Barlow(i)", 12),
                    car(3, "12", "Cal Carver #", 12), car(4, "9", "Dana Dalton", 5)], "flags": flags})
}

/// Car 7 stops on lap 7, car 07 drives through; the exit of car 12 was missed, car 9 gives up in its box.
pub fn pit_data() -> Value {
    json!([
        record("7", [245.0, 270.0, 282.0, 295.0]),
        record("07", [246.0, 0.0, 0.0, 290.0]),
        record("12", [247.0, 272.0, 284.0, 420.0]),
        record("9", [190.0, 205.0, 220.0, 0.0]),
    ])
}

/// In, box, leave, out.
pub fn record(number: &str, [pit_in, stop, leave, out]: [f64; 4]) -> Value {
    json!({"vehicle_number": number, "pit_in_race_time": pit_in, "box_stop_race_time": stop,
           "box_leave_race_time": leave, "pit_out_race_time": out, "pit_stop_type": "OTHER", "invented": true})
}

pub fn flags() -> Value {
    json!({"FlagStates": [
        {"flag_state": 8, "elapsed_time": 0.0, "time_of_day_os": "2024-05-04T15:00:00.000-04:00"},
        {"flag_state": 1, "elapsed_time": 0.0, "time_of_day_os": "2024-05-04T15:10:30.250-04:00"},
        {"flag_state": 2, "elapsed_time": 140.5, "time_of_day_os": null},
        {"flag_state": 1, "elapsed_time": 341.0},
        {"flag_state": 4, "elapsed_time": 499.1},
        {"flag_state": 2, "elapsed_time": 501.0},
    ]})
}

pub fn tracks() -> Value {
    json!({"items": [
        {"track_id": 1, "track_name": "Elsewhere", "length": 2.5, "caution_car_speed": 70},
        {"track_id": 77, "track_name": "Invented Speedway", "length": 1.5, "caution_car_speed": 55},
    ]})
}

pub fn race_list() -> Value {
    json!({"series_1": [{"race_id": 5}], "series_2": [{
        "race_id": 99, "race_name": "Invented 18", "track_id": 77, "track_name": "Invented Speedway",
        "scheduled_laps": 12, "stage_1_laps": 4, "stage_2_laps": 4, "stage_3_laps": 4,
        "schedule": [{"run_type": 0, "start_time_utc": "2024-05-04T10:00:00"},
                     {"run_type": 3, "start_time_utc": "2024-05-04T19:00:00"}]}]})
}

pub fn loop_stats() -> Value {
    json!([{"race_id": 99, "race_name": "Invented 18", "sch_laps": 12,
            "drivers": [{"driver_id": 9001}, {"driver_id": 9002}, {"driver_id": 9003}, {"driver_id": 9004}]}])
}

/// Reads files named `a.json`, `b.json` and so on.
pub fn read(files: &[Value]) -> Result<RealRace, ImportError> {
    let bytes: Vec<Vec<u8>> = files.iter().map(|file| serde_json::to_vec(file).unwrap()).collect();
    read_bytes(&bytes)
}

pub fn read_bytes(files: &[Vec<u8>]) -> Result<RealRace, ImportError> {
    const NAMES: [&str; 8] = ["a.json", "b.json", "c.json", "d.json", "e.json", "f.json", "g.json", "h.json"];
    let files: Vec<File<'_>> =
        NAMES.into_iter().zip(files).map(|(name, bytes)| File { name, bytes }).collect();
    nascar::read(&files, SessionId::new("unnamed").unwrap())
}
