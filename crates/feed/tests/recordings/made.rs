//! Recordings made for the test.

use crate::support::ibt_file::IbtFile;
use crate::support::outcome::outcome;
use events::{
    Entry, Flag, Origin, RaceEvent, RaceEventKind, Record, SessionId, Signal, StopPhase, VehicleId,
};
use feed::{Import, Mapping, csv, ibt, ndjson, race_events};
use proptest::prelude::*;
use std::io::Cursor;
use truth::{Truth, TruthKind, TruthUnit};
use units::EventTime;

fn ibt(file: &IbtFile) -> Import {
    ibt::import("folder/testring 1.ibt", Cursor::new(file.bytes())).unwrap()
}

fn lines(truth: &[Truth]) -> Vec<String> {
    let first = truth.iter().map(|t| t.from_us).min().unwrap();
    let text = |t: &Truth| {
        let lap = t.lap.map(|lap| format!(" {lap}")).unwrap_or_default();
        let burned = t.burned.map(|b| format!(" {b:.3}")).unwrap_or_default();
        let added = t.added_kg.map(|b| format!(" +{b:.3}")).unwrap_or_default();
        let at = |us: i64| (us - first) as f64 * 1e-6;
        format!("{:?}{lap} {:.2}..{:.2}{burned}{added}", t.kind, at(t.from_us), at(t.to_us))
    };
    truth.iter().map(text).collect()
}

fn stops(import: &Import) -> Vec<String> {
    let start = import.samples[0].event_time;
    let text = |event: &RaceEvent| match &event.kind {
        RaceEventKind::Stop { phase, .. } => {
            Some(format!("{phase:?} {:.2}", (event.event_time - start).secs()))
        }
        _ => None,
    };
    import.events.iter().filter_map(text).collect()
}

/// Positions of a car at 60 m/s on a lap of 1 km, 60 rows a second, from `from` laps.
fn driving(from: f64, rows: i32) -> impl Iterator<Item = f64> {
    (0..rows).map(move |i| from + f64::from(i) * 1e-3)
}

#[test]
fn an_ibt_file_tells_its_session_and_its_car() {
    let import = ibt(&IbtFile::driven(driving(1.0, 10)));
    let [session, roster] = import.events.as_slice() else { panic!("{:?}", import.events) };
    let RaceEventKind::Session(session) = &session.kind else { panic!("{session:?}") };
    assert_eq!(session.session.as_str(), "testring 1");
    assert_eq!(session.track, "Test Ring (Short)");
    assert_eq!(session.track_length_m, Some(1_000.0));
    assert_eq!(session.tank.map(|tank| tank.litres()), Some(40.0), "80 L, filled to half by rule");
    assert_eq!(session.fuel_density.map(|density| density.kg_per_litre()), Some(0.75));
    assert_eq!((session.package_hp, session.reference_rpm), (None, Some(0.92 * 5_000.0)));
    let RaceEventKind::Roster { cars } = &roster.kind else { panic!("{roster:?}") };
    let [car] = cars.as_slice() else { panic!("the player's car alone: {cars:?}") };
    assert_eq!((car.vehicle.as_str(), car.number.as_str()), ("07", "07"));
    assert_eq!(
        (car.driver.as_str(), car.team.as_str(), car.manufacturer.as_str()),
        ("Jane: \"Doe", "Team #1", "Test GT")
    );
    assert_eq!(import.samples[0].event_time, EventTime::from_ms(1_700_000_000_000), "the date in the header");
    assert_eq!(import.samples[6].event_time, EventTime::from_ms(1_700_000_000_100));
    assert_eq!(import.samples[6].get(Signal::LapDistance), Some(0.006));
}

#[test]
fn a_latin_1_name_is_read() {
    let mut file = IbtFile::driven(driving(1.0, 2));
    let text = crate::support::ibt_file::SESSION_INFO.replace("Jane: \"Doe", "Ren\u{e9}");
    file.session_info = text.chars().map(|c| c as u8).collect();
    let RaceEventKind::Roster { cars } = &ibt(&file).events[1].kind else { panic!("a roster") };
    assert_eq!(cars[0].driver, "René");
}

#[test]
fn truth_of_whole_laps_and_of_the_whole_stretch() {
    let import = ibt(&IbtFile::driven(driving(0.5, 2_600)));
    // 0.01 L a row, 0.75 kg/L, 1000 rows a lap
    let expected = ["Lap 1 8.33..25.00 7.500", "Lap 2 25.00..41.67 7.500", "Span 0.00..43.32 19.492"];
    assert_eq!(lines(&import.truth), expected);
    assert!(
        import.truth.iter().all(|t| t.unit == TruthUnit::Kg && t.vehicle_id == VehicleId::new("07").unwrap())
    );
}

#[test]
fn a_garage_reset_is_a_new_stretch_and_no_stop() {
    // on the pit road from row 1490 on, put into the garage at row 1500 and back on the grid at 1503, full
    let positions = driving(0.5, 1_500).chain([0.0; 3]).chain(driving(0.0, 1_200));
    let file = IbtFile::driven(positions)
        .with("OnPitRoad", 1_490, 1_600, 1.0)
        .with("IsOnTrack", 1_500, 1_503, 0.0)
        .with("FuelLevel", 1_503, 2_703, 50.0);
    let import = ibt(&file);
    assert_eq!(import.skipped, 3);
    assert_eq!(
        stops(&import),
        ["PitIn 24.83", "PitOut 24.98"],
        "what was driven into is closed at the reset, the rest is no stop"
    );
    let gap = import.samples[1_500].event_time - import.samples[1_499].event_time;
    assert_eq!(gap, feed::STRETCH_GAP);
    assert_eq!(
        lines(&import.truth),
        ["Lap 1 8.33..25.00 7.500", "Span 0.00..24.98 11.243", "Span 114.98..134.97 0.000"].map(String::from)
            [1..]
    );
}

#[test]
fn old_files_without_flags_show_a_reset_by_a_leap() {
    let positions = driving(8.2, 100).chain([0.0]).chain(driving(8.03, 100));
    let import = ibt(&IbtFile::driven(positions).without("IsOnTrack"));
    assert_eq!(
        (import.samples.len(), import.skipped),
        (200, 1),
        "the row between two leaps is the recorder's"
    );
    assert_eq!(import.samples[100].event_time - import.samples[99].event_time, feed::STRETCH_GAP);
    assert_eq!(import.truth.len(), 2);
}

#[test]
fn a_leap_of_the_level_alone_is_a_reset_but_a_slow_fill_is_not() {
    let full = IbtFile::driven(driving(1.1, 100)).with("FuelLevel", 50, 100, 51.0);
    assert_eq!(
        ibt(&full).truth.iter().filter(|t| t.kind == TruthKind::Span).count(),
        0,
        "two parts below a second"
    );
    assert_eq!(ibt(&full).samples[50].event_time - ibt(&full).samples[49].event_time, feed::STRETCH_GAP);
    let mut filled =
        IbtFile::driven([1.5; 300]).with("OnPitRoad", 20, 280, 1.0).with("PlayerCarInPitStall", 40, 260, 1.0);
    for (i, row) in filled.rows.iter_mut().enumerate() {
        row.insert("FuelLevel", 20.0 + 0.05 * (i.clamp(100, 200) - 100) as f64);
    }
    let import = ibt(&filled);
    assert_eq!(stops(&import), ["PitIn 0.33", "BoxStop 0.67", "BoxLeave 4.33", "PitOut 4.67"]);
    let expected = ["Span 0.00..1.67 0.000", "Span 3.33..4.98 0.000", "Stop 0.67..4.33 +3.750"];
    assert_eq!(lines(&import.truth), expected, "5 L went in");
    assert_eq!(import.truth[2].tank_before_kg, Some(15.0));
}

#[test]
fn fuel_is_in_the_truth_and_nowhere_else() {
    let with_fuel = IbtFile::driven(driving(0.5, 200));
    let mut without = ibt(&IbtFile::driven(driving(0.5, 200)).without("FuelLevel"));
    let with_fuel = ibt(&with_fuel);
    assert_eq!((with_fuel.truth.len(), without.truth.len()), (1, 0));
    without.truth = with_fuel.truth.clone();
    assert_eq!(with_fuel.log(&[]).collect::<Vec<_>>(), without.log(&[]).collect::<Vec<_>>());
}

const SEGMENTS: &str = r#"
    format = 1
    [time]
    column = "t"
    unit = "ms"
    clock = "relative"
    [vehicle]
    column = "car"
    [segment]
    column = "run"
    [signals]
    rpm = { column = "rpm", unit = "rpm" }
"#;

#[test]
fn segments_follow_each_other_and_rows_are_put_in_order() {
    let table = "car,run,t,rpm\n7,b,200,1\n7,b,0,2\n7,b,100,3\n7,a,0,4\n7,a,100,5\n8,b,50,6\n8,b,150,7\n";
    let import = csv::import("t.csv", table.as_bytes(), &Mapping::parse("m", SEGMENTS).unwrap()).unwrap();
    let start = feed::DEFAULT_START;
    let stated: Vec<(String, i64, f64)> = import
        .samples
        .iter()
        .map(|s| {
            (
                s.vehicle.to_string(),
                (s.event_time - start).secs().mul_add(1e3, 0.5) as i64,
                s.get(Signal::Rpm).unwrap(),
            )
        })
        .collect();
    let expected = [
        ("7", 0, 2.0),
        ("8", 50, 6.0),
        ("7", 100, 3.0),
        ("8", 150, 7.0),
        ("7", 200, 1.0),
        ("7", 90_200, 4.0),
        ("7", 90_300, 5.0),
    ];
    assert_eq!(stated, expected.map(|(car, ms, rpm)| (car.to_string(), ms, rpm)));
}

#[test]
fn a_clock_that_restarts_does_not_go_back() {
    let mapping = SEGMENTS
        .replace("clock = \"relative\"", "clock = \"relative\"\nrestarts = true")
        .replace("[segment]\n    column = \"run\"", "");
    let table = "car,t,rpm\n7,5000,1\n7,5100,2\n7,0,3\n7,100,4\n7,700000,5\n7,700100,6\n";
    let import = csv::import("t.csv", table.as_bytes(), &Mapping::parse("m", &mapping).unwrap()).unwrap();
    let ms: Vec<i64> =
        import.samples.iter().map(|s| (s.event_time - feed::DEFAULT_START).us() / 1000).collect();
    assert_eq!(ms, [5_000, 5_100, 95_100, 95_200, 795_100, 795_200], "a silence of its own is kept");
}

proptest! {
    #[test]
    fn no_clock_makes_a_log_go_back(rows in proptest::collection::vec((0..3, 0..2, 0..2_000_000i64), 1..60), restarts: bool, relative: bool) {
        let mut mapping = SEGMENTS.to_string();
        if restarts {
            mapping = mapping.replace("unit = \"ms\"", "unit = \"ms\"\nrestarts = true");
        }
        if !relative {
            mapping = mapping.replace("clock = \"relative\"", "clock = \"utc\"");
        }
        let zero = if relative { 0 } else { 1_795_392_000_000 };
        let text: Vec<String> = rows.iter().map(|(car, run, t)| format!("{car},{run},{},8000", zero + t)).collect();
        let table = format!("car,run,t,rpm\n{}", text.join("\n"));
        let outcome = outcome(csv::import("t.csv", table.as_bytes(), &Mapping::parse("m", &mapping).unwrap()));
        prop_assert!(outcome.ends_with(" samples"), "{}", outcome);
    }
}

const EVENTS: &str = r#"{"event_time_ms":1795392000000,"kind":"session","track":"Michigan","origin":"reconstructed","track_length_m":3218.7,"laps":200,"stages":[45,120],"package_hp":670,"tank_gal":20,"air":{"pressure_pa":99000,"temperature_k":298.15,"vapour_pressure_pa":1500}}
{"event_time_ms":1795392000000,"kind":"roster","cars":[{"vehicle_id":"24","number":"24","driver":"W. Byron","team":"HMS","manufacturer":"Chevrolet"}]}
{"event_time_ms":1795392000100,"kind":"flag","flag":"green","id":10}
{"event_time_ms":1795392000100,"kind":"pit_in","vehicle_id":"24"}
{"event_time_ms":1795392000200,"kind":"fuel_added","vehicle_id":"24","stop_time_ms":1795392000150,"gallons":11.5,"sigma_gal":0.15,"full":true}
{"event_time_ms":1795392000050,"kind":"flag","flag":"yellow","id":10}
{"event_time_ms":1795392000300,"kind":"retired","vehicle_id":"24"}
"#;

fn race_events() -> Vec<RaceEvent> {
    race_events::read("events.ndjson", EVENTS.as_bytes(), SessionId::new("michigan").unwrap()).unwrap()
}

#[test]
fn race_events_in_their_fixed_form() {
    let events = race_events();
    let ids: Vec<u64> = events.iter().map(|event| event.id.0).collect();
    assert_eq!(ids, [1, 2, 10, 4, 5, 7], "the flag that its correction made older is gone");
    let RaceEventKind::Session(session) = &events[0].kind else { panic!("{:?}", events[0]) };
    assert_eq!(
        (session.session.as_str(), session.laps, session.stages.as_slice()),
        ("Michigan", Some(200), [45, 120].as_slice())
    );
    assert_eq!((session.package_hp, session.tank.map(|t| t.us_gallons())), (Some(670.0), Some(20.0)));
    assert_eq!(session.air.map(|air| air.vapour_pressure_pa), Some(1_500.0));
    assert_eq!(session.origin, Origin::Reconstructed);
    assert_eq!(events[2].kind, RaceEventKind::Flag { flag: Flag::Yellow });
    let vehicle = VehicleId::new("24").unwrap();
    assert_eq!(events[3].kind, RaceEventKind::Stop { vehicle, phase: StopPhase::PitIn });
    let RaceEventKind::Fuel(fuel) = &events[4].kind else { panic!("{:?}", events[4]) };
    assert_eq!(fuel.stop_time, Some(EventTime::from_ms(1_795_392_000_150)));
    assert_eq!((fuel.added.map(|v| v.us_gallons()), fuel.full), (Some(11.5), Some(true)));
    assert_eq!(events[5].kind, RaceEventKind::Retired { vehicle });
}

#[test]
fn lines_and_race_events_make_one_log() {
    let line = |ms: i64| {
        format!("{{\"event_time_ms\":{},\"vehicle_id\":\"24\",\"rpm\":8000}}\n", 1_795_392_000_000 + ms)
    };
    let text = [line(0), line(250), line(120)].concat();
    let import = ndjson::import("race.ndjson", text.as_bytes(), &Mapping::standard().unwrap()).unwrap();
    let stated = |entry: Entry| match entry.record {
        Record::Sample(sample) => format!("sample {}", sample.event_time.us() % 1_000_000 / 1000),
        Record::Event(event) => format!("#{}", event.id.0 % feed::IMPORTED_EVENT_IDS),
        Record::Tick => "tick".into(),
    };
    let log: Vec<String> = import.log(&race_events()).map(stated).collect();
    assert_eq!(log, ["#1", "#2", "sample 0", "#10", "#4", "#5", "sample 250", "sample 120", "#7"]);
    let arrived: Vec<_> = import.arrivals.iter().flatten().map(|at| at.us() % 1_000_000 / 1000).collect();
    assert_eq!(arrived, [0, 250, 250], "the order of the file is the order of arrival");
}

#[test]
fn lines_can_be_read_without_a_tape() {
    let good = r#"{"event_time_ms":1795392000000,"vehicle_id":"24","gear":4,"lap":3,"lap_dist_pct":0.25,"speed":80.5,"brake":0.1}"#;
    let text = format!("{good}\nnonsense\n");
    let read: Vec<_> =
        ndjson::Lines::new(text.as_bytes(), Mapping::standard().unwrap()).map(Result::unwrap).collect();
    let [Ok(sample), Err(refused)] = read.as_slice() else { panic!("{read:?}") };
    let signals: Vec<(Signal, f64)> =
        Signal::ALL.into_iter().filter_map(|s| Some((s, sample.get(s)?))).collect();
    assert_eq!(
        signals,
        [
            (Signal::Brake, 0.1),
            (Signal::Speed, 80.5),
            (Signal::Gear, 4.0),
            (Signal::Lap, 3.0),
            (Signal::LapDistance, 0.25)
        ]
    );
    assert_eq!((refused.reason.as_str(), refused.raw.as_slice()), ("parse", b"nonsense".as_slice()));
}
