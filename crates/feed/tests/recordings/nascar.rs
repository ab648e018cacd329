//! Public feeds of a race that was never run.

use crate::support::nascar_files::{
    LAPS_S, flags, lap_times, loop_stats, pit_data, race_list, read, record, tracks,
};
use events::{Flag, Origin};
use feed::nascar::{RealStop, Tally};
use serde_json::json;
use units::{EventTime, METRES_PER_MILE, Span};

fn s(seconds: f64) -> Span {
    Span::from_secs_f64(seconds)
}

#[test]
fn all_files_together_tell_the_race_in_any_order() {
    let mut files = vec![lap_times(), pit_data(), flags(), tracks(), race_list(), loop_stats()];
    let race = read(&files).unwrap();
    for turn in 1..files.len() {
        files.rotate_left(turn);
        assert_eq!(read(&files).unwrap(), race);
    }
    assert_eq!(race.session.session.as_str(), "Invented 18");
    assert_eq!((race.session.track.as_str(), race.session.laps), ("Invented Speedway", Some(12)));
    assert_eq!((&race.session.stages[..], race.session.package_hp), (&[4, 8][..], None));
    assert_eq!(race.session.origin, Origin::Reconstructed);
    // 15:10:30.25 in New York in summer
    assert_eq!(race.start, EventTime::from_us(1_714_849_830_250_000));
    assert!((race.lap_m - 1.5 * METRES_PER_MILE).abs() < 1e-6 && (race.pace_mps - 24.5872).abs() < 1e-3);
    assert_eq!(
        race.flags,
        [
            (s(0.0), Flag::Green),
            (s(140.5), Flag::Yellow),
            (s(341.0), Flag::Green),
            (s(499.1), Flag::Checkered)
        ]
    );
    assert!(race.notes.is_empty(), "{:?}", race.notes);
}

#[test]
fn every_car_keeps_its_name_and_its_lap_times() {
    let race = read(&[lap_times()]).unwrap();
    let stated: Vec<_> = race
        .cars
        .iter()
        .map(|car| {
            let entry = &car.entry;
            (
                entry.number.as_str(),
                entry.driver.as_str(),
                entry.manufacturer.as_str(),
                car.laps.len(),
                car.finished,
            )
        })
        .collect();
    assert_eq!(
        stated,
        [
            ("7", "Ada Abbott", "Chevrolet", 12, true),
            ("07", "Ben Barlow", "Ford", 12, true),
            ("12", "Cal Carver", "Toyota", 12, true),
            ("9", "Dana Dalton", "Own", 5, false),
        ]
    );
    assert_eq!(race.cars[1].laps, LAPS_S.map(s));
    // all laps take the same, so nothing bounds the spacing at the start but the order
    assert!(race.cars.windows(2).all(|pair| pair[0].first_line < pair[1].first_line));
    assert_eq!(race.cars[0].first_line, Span::ZERO);
}

#[test]
fn what_is_missing_is_reported() {
    let race = read(&[lap_times()]).unwrap();
    assert_eq!(
        race.notes,
        [
            "no file of flags: a caution begins half-way through the leader's lap",
            "no track is known: a lap of 1.5 miles follows from lap times and speeds",
            "no pit data: the cars never stop",
            "nobody says when the race was run: it starts at 2020-01-01T00:00:00Z",
        ]
    );
    assert_eq!((race.session.session.as_str(), race.session.laps), ("unnamed", None));
    // lap 5 runs from 127 to 172 s, lap 7 ends at 342 s, the race at 499 s
    assert_eq!(
        race.flags,
        [
            (s(0.0), Flag::Green),
            (s(149.5), Flag::Yellow),
            (s(342.0), Flag::Green),
            (s(499.0), Flag::Checkered),
        ]
    );
    // 1.5 miles in 90 s, and no list of tracks
    assert!((race.pace_mps - 26.8224).abs() < 1e-3, "{}", race.pace_mps);
    let race = read(&[lap_times(), tracks(), race_list()]).unwrap();
    assert!(
        race.notes.iter().any(|note| note.starts_with("the list of races is not used")),
        "{:?}",
        race.notes
    );
    assert!(
        race.notes.iter().any(|note| note.starts_with("the list of tracks is not used")),
        "{:?}",
        race.notes
    );
}

#[test]
fn what_is_null_is_not_known() {
    let mut list = race_list();
    for key in ["track_name", "scheduled_laps", "stage_1_laps", "schedule"] {
        list["series_2"][0][key] = json!(null);
    }
    let mut stats = loop_stats();
    stats[0]["sch_laps"] = json!(null);
    let mut pits = pit_data();
    pits[3]["pit_out_race_time"] = json!(null);
    let race = read(&[lap_times(), list, tracks(), stats, pits]).unwrap();
    assert_eq!((race.session.track.as_str(), race.session.laps), ("Invented Speedway", None));
    assert_eq!(race.cars[3].stops[0].pit_out, None);
}

#[test]
fn a_gap_in_the_lap_times_ends_a_race_there() {
    let mut laps = lap_times();
    laps["laps"][2]["Laps"][8]["LapTime"] = json!(null);
    let race = read(&[laps]).unwrap();
    assert_eq!((race.cars[2].laps.len(), race.cars[2].finished), (7, false));
    assert_eq!(race.notes[0], "laps without a time end a car's race: 12 after lap 7");
}

#[test]
fn records_are_stops_where_laps_allow_it() {
    // car 7 crosses the line at 0, 34, 65, 96, 127, 172, 262, 342, 375, … s
    let stop = |pit_in, stood: Option<(f64, f64)>, pit_out: Option<f64>| RealStop {
        pit_in: s(pit_in),
        stood: stood.map(|(from, to)| (s(from), s(to))),
        pit_out: pit_out.map(s),
    };
    let stood = Some((270.0, 282.0));
    for (what, times, expected) in [
        ("as timed", [245.0, 270.0, 282.0, 295.0], Some(stop(245.0, stood, Some(295.0)))),
        ("a drive-through", [245.0, 0.0, 0.0, 280.0], Some(stop(245.0, None, Some(280.0)))),
        ("no time in the box, no exit", [245.0, 0.0, 0.0, 0.0], None),
        ("a lap ends while it stands", [245.0, 255.0, 282.0, 295.0], None),
        ("out of order", [245.0, 282.0, 270.0, 295.0], None),
        // the field's usual time from entry to box is 30 s where no record tells: half-way from the line is later
        ("an entry laps before", [40.0, 270.0, 282.0, 295.0], Some(stop(240.0, stood, Some(295.0)))),
        ("an exit laps after", [245.0, 270.0, 282.0, 420.0], Some(stop(245.0, stood, Some(297.0)))),
        ("before the start", [-3.0, -2.0, -1.0, 0.0], None),
        ("after the race", [520.0, 530.0, 540.0, 550.0], None),
        ("no number", [245.0, 270.0, 1e300, 295.0], Some(stop(245.0, None, Some(295.0)))),
    ] {
        // two sound records beside it, so that the file is not taken for another race's
        let others = [record("07", [245.0, 275.0, 280.0, 295.0]), record("12", [245.0, 275.0, 280.0, 295.0])];
        let mut all = vec![record("7", times)];
        all.extend(others);
        let race = read(&[lap_times(), json!(all)]).unwrap();
        assert_eq!(race.cars[0].stops, expected.into_iter().collect::<Vec<_>>(), "{what}");
        assert_eq!(race.tally.contradictory, usize::from(expected.is_none()), "{what}");
    }
}

#[test]
fn every_pit_record_is_counted() {
    let mut records = pit_data();
    records.as_array_mut().unwrap().push(record("88", [245.0, 270.0, 282.0, 295.0]));
    let race = read(&[lap_times(), records]).unwrap();
    let expected = Tally {
        records: 5,
        stops: 3,
        drive_throughs: 1,
        estimated_in: 0,
        estimated_out: 1,
        of_strangers: 1,
        contradictory: 0,
    };
    assert_eq!(race.tally, expected);
    assert_eq!(race.cars[3].stops[0].pit_out, None, "car 9 gave up in its box");
}
