//! `burnbar import nascar`: the laps, stops and flags of the public feeds come out of the stream as they went in.

use crate::program::{Folder, output, stdout_of};
use events::{EntryBlock, Origin, RaceEvent, RaceEventKind, StopPhase};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Lap times of each car by the number of the lap, s.
type Laps = BTreeMap<(String, u64), f64>;

fn timed(lap_times: &Value) -> Laps {
    let mut laps = Laps::new();
    for car in lap_times["laps"].as_array().unwrap() {
        for lap in car["Laps"].as_array().unwrap() {
            if let (Some(number @ 1..), Some(seconds)) = (lap["Lap"].as_u64(), lap["LapTime"].as_f64()) {
                laps.insert((car["Number"].as_str().unwrap().into(), number), seconds);
            }
        }
    }
    laps
}

/// The same, as the stream closed them.
fn streamed(folder: &Path) -> Laps {
    stdout_of(folder, "replay race.tape --laps laps.ndjson");
    let lines = std::fs::read_to_string(folder.join("laps.ndjson")).unwrap();
    let laps = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    laps.map(|lap| {
        let us = lap["to_us"].as_i64().unwrap() - lap["from_us"].as_i64().unwrap();
        ((lap["vehicle_id"].as_str().unwrap().into(), lap["lap"].as_u64().unwrap()), us as f64 * 1e-6)
    })
    .collect()
}

/// Every lap is there, none besides, and each takes as long as it did, to a millisecond.
fn assert_same(timed: &Laps, streamed: &Laps) {
    assert!(timed.keys().eq(streamed.keys()), "other laps than were timed");
    let off = timed.iter().map(|(lap, seconds)| ((streamed[lap] - seconds).abs(), lap));
    let worst = off.max_by(|a, b| a.0.total_cmp(&b.0)).unwrap();
    assert!(worst.0 <= 1e-3, "{worst:?}");
}

fn race_events(tape: &Path) -> Vec<RaceEvent> {
    let (mut reader, mut entries, mut events) =
        (tape::Reader::open(tape).unwrap(), EntryBlock::default(), Vec::new());
    while reader.next_block(&mut entries).unwrap() != tape::Progress::End {
        events.extend_from_slice(entries.events());
    }
    events
}

fn count(events: &[RaceEvent], is: impl Fn(&RaceEventKind) -> bool) -> usize {
    events.iter().filter(|event| is(&event.kind)).count()
}

fn phase(kind: &RaceEventKind, wanted: StopPhase) -> bool {
    matches!(kind, RaceEventKind::Stop { phase, .. } if *phase == wanted)
}

/// Two invented cars, seven laps, a caution and a stop under it.
fn invented() -> (Value, Value) {
    let times =
        [[33.1, 31.25, 44.5, 92.031, 90.4, 33.2, 31.007], [33.3, 31.3, 45.1, 92.4, 104.9, 33.0, 31.5]];
    let car = |(index, times): (usize, &[f64; 7])| {
        let lap = |(lap, seconds): (usize, &f64)| json!({"Lap": lap + 1, "LapTime": seconds, "LapSpeed": 5400.0 / seconds, "RunningPos": index + 1});
        let laps: Vec<Value> = times.iter().enumerate().map(lap).collect();
        json!({"Number": (["3", "03"])[index], "FullName": "A. Driver", "Manufacturer": "Frd", "Laps": laps})
    };
    let flags = [8, 1, 1, 2, 2, 1, 1, 4].iter().enumerate();
    let flags: Vec<Value> =
        flags.map(|(lap, state)| json!({"LapsCompleted": lap, "FlagState": state})).collect();
    let laps = json!({"laps": times.iter().enumerate().map(car).collect::<Vec<_>>(), "flags": flags});
    // car 03 crosses the line at 202.1 s or a little later
    let pits = json!([{"vehicle_number": "03", "pit_in_race_time": 180.5, "box_stop_race_time": 212.0,
                       "box_leave_race_time": 224.5, "pit_out_race_time": 233.0}]);
    (laps, pits)
}

#[test]
fn an_invented_race_keeps_its_laps_and_says_that_it_was_reconstructed() {
    let folder = Folder::new("invented-race");
    let (laps, pits) = invented();
    std::fs::write(folder.path().join("laps.json"), laps.to_string()).unwrap();
    std::fs::write(folder.path().join("pits.json"), pits.to_string()).unwrap();
    let text = stdout_of(folder.path(), "import nascar pits.json laps.json --hz 10 --out race.tape");
    for words in
        ["2 cars, 0 retired, 14 laps, 4 changes of flag", "1 pit records: 1 stops", "note: no file of flags"]
    {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert!(!folder.path().join("race.truth.ndjson").exists(), "what was made up is no truth");
    assert_same(&timed(&laps), &streamed(folder.path()));
    let events = race_events(&folder.path().join("race.tape"));
    let RaceEventKind::Session(session) = &events[0].kind else { panic!("{:?}", events[0]) };
    assert_eq!((session.origin, session.package_hp), (Origin::Reconstructed, None));
    stdout_of(folder.path(), "import nascar laps.json --package 670 --hz 1 --out cup.tape");
    let RaceEventKind::Session(session) = &race_events(&folder.path().join("cup.tape"))[0].kind.clone()
    else {
        panic!("a log opens with its session")
    };
    assert_eq!(session.package_hp, Some(670.0));
}

#[test]
fn what_is_no_race_is_refused_with_a_reason() {
    let folder = Folder::new("no-race");
    std::fs::write(folder.path().join("laps.json"), invented().0.to_string()).unwrap();
    std::fs::write(folder.path().join("pits.json"), invented().1.to_string()).unwrap();
    std::fs::write(folder.path().join("page.json"), "<html>").unwrap();
    for (words, reason) in [
        ("import nascar pits.json --out race.tape", "pits.json: no file holds lap times"),
        ("import nascar laps.json page.json --out race.tape", "page.json: this is no public race feed"),
        ("import nascar laps.json nowhere.json --out race.tape", "nowhere.json"),
        ("import nascar laps.json --hz 0 --out race.tape", "0 samples per second: give 1 to 120"),
        ("import nascar laps.json --package 5 --out race.tape", "--package is the rated power"),
        ("demo --race pits.json", "pits.json: no file holds lap times"),
        ("demo --package 670", "--race"),
    ] {
        let output = output(folder.path(), words);
        let text = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(2) && text.contains(reason), "{words}: {text}");
    }
}

/// A real race, where the folder that `BURNBAR_SHARED` names is at hand.
#[test]
fn a_real_race_keeps_every_lap_of_every_car() {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let data = std::env::var_os("BURNBAR_SHARED").map_or(beside, PathBuf::from).join("data/nascar");
    let files = ["lap-times", "live-pit-data", "driver-loop-stats"]
        .map(|feed| data.join(format!("2023_atlanta_xfinity_5314__{feed}.json")));
    let beside = ["2023__live-flag-data.json", "tracks.json", "2023__race_list_basic.json"];
    let files: Vec<PathBuf> = files.into_iter().chain(beside.map(|file| data.join(file))).collect();
    if let Some(absent) = files.iter().find(|file| !file.exists()) {
        eprintln!("skipped: {} is absent", absent.display());
        return;
    }
    let folder = Folder::new("real-race");
    let names: Vec<&str> = files.iter().map(|file| file.to_str().unwrap()).collect();
    stdout_of(folder.path(), &format!("import nascar {} --hz 10 --out race.tape", names.join(" ")));
    let laps: Value = serde_json::from_slice(&std::fs::read(&files[0]).unwrap()).unwrap();
    let timed = timed(&laps);
    assert_eq!((laps["laps"].as_array().unwrap().len(), timed.len()), (38, 4_801));
    assert_same(&timed, &streamed(folder.path()));
    let events = race_events(&folder.path().join("race.tape"));
    // 143 records, of which 3 span laps that the car drove meanwhile; of the 140 stops 4 ended a race
    assert_eq!(count(&events, |kind| phase(kind, StopPhase::BoxStop)), 140);
    assert_eq!(count(&events, |kind| phase(kind, StopPhase::PitOut)), 136);
    assert_eq!(count(&events, |kind| matches!(kind, RaceEventKind::Retired { .. })), 12);
    // the file of flags: green, 11 cautions and their ends, chequered; and yellow behind the pace car before
    assert_eq!(count(&events, |kind| matches!(kind, RaceEventKind::Flag { .. })), 25);
}
