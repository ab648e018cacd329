//! Each of these once failed: a fault that was found by reading, and mended.

use crate::folder::Folder;
use crate::logs::*;
use crate::ran::{Output, Ran, Setup, run, run_into};
use events::{RaceEventKind, Record, Sample, Signal, StopPhase};
use units::{Span, Volume};

fn burned(ran: &Ran, name: &str, s: i64) -> f64 {
    ran.car(name, s * 1_000).burn.race_kg.unwrap() * 1e3
}

#[track_caller]
fn assert_never_falls(ran: &Ran, name: &str, until_s: i64) {
    let falls: Vec<_> = (2..=until_s)
        .map(|s| (s, burned(ran, name, s) - burned(ran, name, s - 1)))
        .filter(|(_, g)| *g < 0.0)
        .collect();
    assert!(falls.is_empty(), "(second, grams): {falls:?}");
}

/// A stop event that is delivered again, or corrected, after it is settled.
#[test]
fn a_stop_stated_again_is_one_stop() {
    for (what, again) in [
        ("delivered again", stop("1", 53_000, 21, StopPhase::BoxStop)),
        ("corrected", stop("1", 54_000, 21, StopPhase::BoxStop)),
    ] {
        let cars = samples(["1", "2"].map(|name| steady(name, 0, 130_000, LAP_MS)));
        let first = stop("1", 53_000, 21, StopPhase::BoxStop);
        let mut log = orderly(cars.chain([first]));
        log.push(entry(73_000, again));
        log.sort_by_key(|entry| entry.ingest_time);
        assert_eq!(run(&log).car("1", 120_000).stint.stops, 1, "{what} 20 s later");
    }
}

/// "An event with the id of an earlier one replaces it", whosever stop it first was.
#[test]
fn a_stop_corrected_to_another_car_is_no_longer_the_first_ones() {
    let cars = samples(["1", "2"].map(|name| steady(name, 0, 130_000, LAP_MS)));
    let mut log = orderly(cars.chain([stop("1", 53_000, 21, StopPhase::BoxStop)]));
    log.push(entry(54_500, stop("2", 53_000, 21, StopPhase::BoxStop)));
    log.sort_by_key(|entry| entry.ingest_time);
    let ran = run(&log);
    assert_eq!([ran.car("1", 120_000).stint.stops, ran.car("2", 120_000).stint.stops], [0, 1]);
}

#[test]
fn a_car_whose_lap_distance_dies_gets_no_fuel_back() {
    let mut of_car = drive("1", 0, 200_000);
    for sample in of_car.iter_mut().filter(|sample| sample.event_time >= at(100_000)) {
        let mut rest = Sample::new(sample.vehicle, sample.event_time);
        rest.sequence = sample.sequence;
        sample.signals().filter(|(s, _)| *s != Signal::LapDistance).for_each(|(s, v)| rest.set_steps(s, v));
        *sample = rest;
    }
    let (ran, whole) = (run(&orderly(samples([of_car]))), run(&orderly(samples([drive("1", 0, 200_000)]))));
    assert_never_falls(&ran, "1", 199);
    for s in [120, 140, 158, 180, 199] {
        let (got, expected) = (burned(&ran, "1", s), burned(&whole, "1", s));
        assert!(
            (got / expected - 1.0).abs() < 0.01,
            "at {s} s: {got} g, {expected} g: throttle and rpm were sampled"
        );
    }
}

#[test]
fn two_publishers_of_one_car_open_no_gaps() {
    let one: Vec<Sample> = (0..120).map(|i| numbered(sample("1", i * 1_000, 1.0), i as u64 + 1)).collect();
    let two = one.iter().map(|sample| published(*sample, 1, 0)).collect();
    let imputed_pct = run(&orderly(samples([one, two]))).car("1", 110_000).trust.imputed_pct;
    assert!(imputed_pct <= 0.0, "{imputed_pct} % imputed: their periods are 0 and 1 s in turn");
}

#[test]
fn of_two_sessions_the_newer_rules_whichever_arrives_first() {
    let added = |ms, id, gallons| {
        let mut session = cup_session();
        session.tank = Some(Volume::from_us_gallons(gallons));
        event(ms, id, RaceEventKind::Session(session))
    };
    let (older, newer) = (added(50_000, 2, 18.0), added(52_000, 3, 22.0));
    let remaining = |late: Span| {
        let records = samples([steady("1", 0, 120_000, LAP_MS)]).chain([older.clone(), newer.clone()]);
        let log = delayed(records, |record: &Record| if *record == older { late } else { LATENCY });
        run(&log).car("1", 100_000).tank.remaining_kg
    };
    assert_eq!(remaining(Span::from_secs(4)), remaining(LATENCY));
}

#[test]
fn an_engine_that_is_off_burns_nothing_however_long_it_is_silent() {
    let mut of_car = steady("1", 0, 70_000, LAP_MS);
    of_car.extend((0..50).map(|i| {
        let off = numbered(sample("1", 70_000 + i * 200, 0.0), 1_000 + i as u64);
        off.with(Signal::Rpm, 0.0).and_then(|off| off.with(Signal::LapDistance, 0.5)).unwrap()
    }));
    let ran = run(&orderly(samples([of_car, steady("2", 0, 200_000, LAP_MS)])));
    let (before, after) = (burned(&ran, "1", 79), burned(&ran, "1", 150));
    assert!((after - before).abs() < 0.1, "{before} g when it was switched off, {after} g a minute later");
}

#[test]
fn a_log_that_ends_is_over_when_its_last_lap_is_settled() {
    let ran = run(&orderly(samples([steady("1", 0, 60_000, LAP_MS)])));
    let flow_g_s = ran.car("1", 50_000).burn.rate_g_s.unwrap();
    let last = &ran.windows.last().unwrap().closed.board;
    let after = last.window_end_us - at(60_000);
    assert!(after <= Span::from_secs(6), "{after:?} after the last sample");
    let burned_g = last.cars[0].burn.race_kg.unwrap() * 1e3;
    // the seconds that settle the last lap are a gap like any other
    assert!(burned_g <= 66.0 * flow_g_s, "{burned_g} g; it drove for 60 s at {flow_g_s} g/s");
}

#[test]
fn a_lap_with_a_stop_in_it_is_no_whole_lap_of_a_run() {
    let ran = run(&orderly(samples([steady("1", 0, 160_000, LAP_MS)]).chain(whole_stop("1", 50_000, 20))));
    // in the box at 53 s; lines at 60 s and 80 s
    assert_eq!([59, 61, 81].map(|s| ran.car("1", s * 1_000).stint.laps), [0, 0, 1]);
}

#[test]
fn a_folder_of_checkpoints_holds_checkpoints() {
    let folder = Folder::new();
    let state = Some((folder.path().to_path_buf(), Span::from_secs(10)));
    run_into(
        &Output::default(),
        &orderly(samples([drive("1", 0, 60_000)])),
        Setup { state, ..Setup::default() },
    );
    let folders = std::fs::read_dir(folder.path()).unwrap();
    let folders = folders.filter(|entry| entry.as_ref().unwrap().path().is_dir()).count();
    assert_eq!(folders, folder.checkpoints().len(), "the others have no manifest and never will");
}
