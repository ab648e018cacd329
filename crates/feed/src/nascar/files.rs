//! Which of the public feeds a file is, by its shape.

use crate::error::{ImportError, Problem};
use crate::lines::Place;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use std::collections::BTreeMap;

/// One file with its content.
#[derive(Clone, Copy, Debug)]
pub struct File<'a> {
    /// As messages name it.
    pub name: &'a str,
    /// All of it.
    pub bytes: &'a [u8],
}

/// The files of one race, by kind.
#[derive(Debug, Default)]
pub(super) struct Files {
    pub lap_times: Option<Named<LapTimes>>,
    pub pit_stops: Option<Named<Vec<PitRecord>>>,
    pub flags: Option<Named<Vec<FlagState>>>,
    pub tracks: Option<Named<Vec<Track>>>,
    pub race_list: Option<Named<BTreeMap<String, Vec<Race>>>>,
    pub weekend: Option<Named<Weekend>>,
    pub loop_stats: Option<Named<Vec<LoopStats>>>,
    pub live: Option<Named<Live>>,
}

#[derive(Debug)]
pub(super) struct Named<T> {
    pub file: String,
    pub content: T,
}

#[derive(Debug, Deserialize)]
pub(super) struct LapTimes {
    pub laps: Vec<LapsOfCar>,
    #[serde(default, deserialize_with = "or_default")]
    pub flags: Vec<LapFlag>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct LapsOfCar {
    pub number: String,
    #[serde(default, deserialize_with = "or_default")]
    pub full_name: String,
    #[serde(default, deserialize_with = "or_default")]
    pub manufacturer: String,
    #[serde(default, rename = "NASCARDriverID")]
    pub driver_id: Option<i64>,
    pub laps: Vec<Lap>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Lap {
    pub lap: u32,
    pub lap_time: Option<f64>,
    /// mph, as text or number.
    #[serde(default, deserialize_with = "or_default")]
    pub lap_speed: Value,
    #[serde(default, deserialize_with = "or_default")]
    pub running_pos: Option<u32>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct LapFlag {
    pub laps_completed: u32,
    pub flag_state: i64,
}

/// Race times are seconds; 0 is never.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct PitRecord {
    pub vehicle_number: String,
    pub pit_in_race_time: f64,
    #[serde(default, deserialize_with = "or_default")]
    pub pit_out_race_time: f64,
    #[serde(default, deserialize_with = "or_default")]
    pub box_stop_race_time: f64,
    #[serde(default, deserialize_with = "or_default")]
    pub box_leave_race_time: f64,
}

#[derive(Debug, Deserialize)]
pub(super) struct FlagState {
    pub flag_state: i64,
    pub elapsed_time: f64,
    #[serde(default, deserialize_with = "or_default")]
    pub time_of_day_os: Option<String>,
}

#[derive(Debug, Deserialize)]
struct FlagStates {
    #[serde(rename = "FlagStates")]
    states: Vec<FlagState>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Track {
    pub track_id: i64,
    #[serde(default, deserialize_with = "or_default")]
    pub track_name: String,
    /// In miles; 0 where it is not known.
    #[serde(default, deserialize_with = "or_default")]
    pub length: f64,
    /// mph; 0 where nobody wrote it down.
    #[serde(default, deserialize_with = "or_default")]
    pub caution_car_speed: f64,
}

#[derive(Debug, Deserialize)]
struct Tracks {
    items: Vec<Track>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Race {
    pub race_id: i64,
    #[serde(default, deserialize_with = "or_default")]
    pub race_name: String,
    #[serde(default, deserialize_with = "or_default")]
    pub track_id: Option<i64>,
    #[serde(default, deserialize_with = "or_default")]
    pub track_name: String,
    #[serde(default, deserialize_with = "or_default")]
    pub scheduled_laps: u32,
    #[serde(default, deserialize_with = "or_default")]
    pub stage_1_laps: u32,
    #[serde(default, deserialize_with = "or_default")]
    pub stage_2_laps: u32,
    #[serde(default, deserialize_with = "or_default")]
    pub stage_3_laps: u32,
    #[serde(default, deserialize_with = "or_default")]
    pub stage_4_laps: u32,
    #[serde(default, deserialize_with = "or_default")]
    pub schedule: Vec<Scheduled>,
    #[serde(default, deserialize_with = "or_default")]
    pub results: Vec<Entrant>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Scheduled {
    #[serde(default, deserialize_with = "or_default")]
    pub run_type: i64,
    #[serde(default, deserialize_with = "or_default")]
    pub start_time_utc: String,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Entrant {
    #[serde(default, deserialize_with = "or_default")]
    pub driver_id: i64,
    #[serde(default, deserialize_with = "or_default")]
    pub car_number: String,
    #[serde(default, deserialize_with = "or_default")]
    pub team_name: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Weekend {
    pub weekend_race: Vec<Race>,
}

#[derive(Debug, Deserialize)]
pub(super) struct LoopStats {
    pub race_id: i64,
    #[serde(default, deserialize_with = "or_default")]
    pub race_name: String,
    #[serde(default, deserialize_with = "or_default")]
    pub sch_laps: u32,
    pub drivers: Vec<Driver>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Driver {
    #[serde(default, deserialize_with = "or_default")]
    pub driver_id: i64,
}

#[derive(Debug, Deserialize)]
pub(super) struct Live {
    pub race_id: i64,
    #[serde(default, deserialize_with = "or_default")]
    pub run_name: String,
    #[serde(default, deserialize_with = "or_default")]
    pub laps_in_race: u32,
    #[serde(default, deserialize_with = "or_default")]
    pub track_id: Option<i64>,
    #[serde(default, deserialize_with = "or_default")]
    pub track_name: String,
    /// In miles; 0 where it is not known.
    #[serde(default, deserialize_with = "or_default")]
    pub track_length: f64,
    pub vehicles: Vec<Vehicle>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Vehicle {
    pub driver: Driver,
}

const KINDS: &str = "give lap-times, live-pit-data, live-flag-data, tracks, race-list, weekend-feed, live-feed or \
                     driver loop stats of one race";

/// The feeds write `null` for what they do not know, of any field.
fn or_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(field: D) -> Result<T, D::Error> {
    Option::<T>::deserialize(field).map(Option::unwrap_or_default)
}

impl Files {
    /// Takes one more file.
    pub fn take(&mut self, file: File<'_>) -> Result<(), ImportError> {
        let failed = |place, problem| ImportError::new(file.name, place, problem);
        if file.bytes.iter().all(u8::is_ascii_whitespace) {
            return Err(failed(Place::File, Problem::Empty));
        }
        let value: Value = serde_json::from_slice(file.bytes)
            .map_err(|error| failed(Place::File, wrong(error.to_string())))?;
        let first = value.as_array().and_then(|all| all.first()).unwrap_or(&Value::Null);
        let has = |key: &str| value.get(key).is_some();
        if has("laps") {
            put(&mut self.lap_times, file, |content| content)
        } else if first.get("pit_in_race_time").is_some() {
            put(&mut self.pit_stops, file, |content| content)
        } else if has("FlagStates") {
            put(&mut self.flags, file, |all: FlagStates| all.states)
        } else if first.get("flag_state").is_some() {
            put(&mut self.flags, file, |content| content)
        } else if value.pointer("/items/0/track_id").is_some() {
            put(&mut self.tracks, file, |all: Tracks| all.items)
        } else if first.get("track_id").is_some() && first.get("length").is_some() {
            put(&mut self.tracks, file, |content| content)
        } else if has("weekend_race") {
            put(&mut self.weekend, file, |content| content)
        } else if first.get("drivers").is_some() && first.get("race_id").is_some() {
            put(&mut self.loop_stats, file, |content| content)
        } else if has("vehicles") && has("race_id") {
            put(&mut self.live, file, |content| content)
        } else if value.as_object().is_some_and(|all| all.keys().any(|key| key.starts_with("series_"))) {
            put(&mut self.race_list, file, |content| content)
        } else {
            Err(failed(Place::File, wrong(format!("it is {}; {KINDS}", described(&value)))))
        }
    }
}

fn put<W: DeserializeOwned, T>(
    slot: &mut Option<Named<T>>,
    file: File<'_>,
    content: impl FnOnce(W) -> T,
) -> Result<(), ImportError> {
    if let Some(before) = slot {
        let why = format!("it is of the same kind as {}: give the files of one race", before.file);
        return Err(ImportError::new(file.name, Place::File, Problem::BadLine(why)));
    }
    let read: W = serde_json::from_slice(file.bytes)
        .map_err(|error| ImportError::new(file.name, Place::File, wrong(error.to_string())))?;
    *slot = Some(Named { file: file.name.into(), content: content(read) });
    Ok(())
}

/// What is wrong with its content; the parser says the line and column itself.
fn wrong(why: String) -> Problem {
    Problem::WrongType { expected: "public race feed", why }
}

fn described(value: &Value) -> String {
    match value {
        Value::Object(all) if all.is_empty() => "an empty object".into(),
        Value::Object(all) => {
            let keys: Vec<&str> = all.keys().take(4).map(String::as_str).collect();
            format!("an object with {}", keys.join(", "))
        }
        Value::Array(all) if all.is_empty() => "an empty list".into(),
        Value::Array(_) => "a list of something else".into(),
        _ => "a single value".into(),
    }
}
