//! What is in the tank: evidence counts when it becomes known, at the stop that it names.

use crate::logs::{
    LAP_MS, at, cup_session, drive, event, evidence, no_evidence, orderly, samples, steady, whole_stop,
};
use crate::ran::{Ran, run};
use events::{FuelEvidence, Quality, RaceEventKind, Record};
use fuel::prior;
use units::{FuelDensity, Mass, Volume};

/// Stops of car 1, at the entry line of the pit road; it is in its box from 3 s to 9 s after.
const FIRST_MS: i64 = 60_000;
const SECOND_MS: i64 = 160_000;
/// What six seconds in the box let in, by docs/fuel-model.md §4: (6 − 1) · 1.4 gal.
const IN_THE_BOX_GAL: f64 = 7.0;
const TANK_GAL: f64 = 20.0;

fn ran(submitted: impl IntoIterator<Item = (i64, FuelEvidence)>) -> Ran {
    let stops = whole_stop("1", FIRST_MS, 20).into_iter().chain(whole_stop("1", SECOND_MS, 30));
    let submitted = (100..).zip(submitted).map(|(id, (ms, what))| evidence(ms, id, what));
    let records: Vec<Record> = samples([drive("1", 0, 240_000)]).chain(stops).chain(submitted).collect();
    run(&orderly(records))
}

fn nothing() -> FuelEvidence {
    no_evidence("1")
}
fn added(gallons: f64) -> FuelEvidence {
    FuelEvidence { added: Some(Volume::from_us_gallons(gallons)), ..nothing() }
}
fn full() -> FuelEvidence {
    FuelEvidence { full: Some(true), ..nothing() }
}
fn naming(ms: i64, evidence: FuelEvidence) -> FuelEvidence {
    FuelEvidence { stop_time: Some(at(ms)), ..evidence }
}

fn gallons(kg: f64) -> f64 {
    FuelDensity::CUP.volume(Mass::from_kg(kg)).us_gallons()
}
fn remaining(ran: &Ran, ms: i64) -> f64 {
    gallons(ran.car("1", ms).tank.remaining_kg.unwrap())
}
fn burned(ran: &Ran, ms: i64) -> f64 {
    gallons(ran.car("1", ms).burn.race_kg.unwrap())
}

#[track_caller]
fn assert_gallons(ran: &Ran, ms: i64, expected: f64, what: &str) {
    let got = remaining(ran, ms);
    assert!((got - expected).abs() < 1e-6, "{what}, at {ms} ms: {got} gal, expected {expected}");
}

#[test]
fn the_tank_is_full_at_the_start_and_loses_what_is_burned() {
    let ran = ran([]);
    for ms in [1_000, 10_000, 62_000] {
        assert_gallons(&ran, ms, TANK_GAL - burned(&ran, ms), "before the first stop");
    }
}

#[test]
fn without_evidence_the_time_in_the_box_tells() {
    // there was time for more than what had been burned: so it is full
    let ran = ran([]);
    let since = |ms| burned(&ran, ms) - burned_at_stop(&ran, FIRST_MS);
    assert!(burned_at_stop(&ran, FIRST_MS) < IN_THE_BOX_GAL);
    assert_gallons(&ran, 100_000, TANK_GAL - since(100_000), "filled");
}

/// What the car had burned when it stopped in its box: the whole second that ends there is on a board.
fn burned_at_stop(ran: &Ran, pit_in_ms: i64) -> f64 {
    let board_ms = pit_in_ms + 10_000;
    let car = ran.car("1", board_ms);
    gallons(car.burn.race_kg.unwrap() - car.burn.stint_kg.unwrap())
}

#[test]
fn evidence_counts_from_the_window_in_which_it_becomes_known_and_not_before() {
    let (known_ms, added_gal) = (100_500, 0.25);
    let (without, with) = (ran([]), ran([(known_ms, added(added_gal))]));
    for ms in (1..=100).map(|s| s * 1_000) {
        assert_eq!(with.car("1", ms), without.car("1", ms), "nobody knows yet, at {ms} ms");
    }
    for ms in [101_000, 120_000, 159_000] {
        assert_gallons(&with, ms, TANK_GAL - burned(&with, ms) + added_gal, "a quarter of a gallon");
        assert_ne!(with.car("1", ms).tank.remaining_kg, without.car("1", ms).tank.remaining_kg);
    }
}

#[test]
fn late_evidence_names_its_stop() {
    // (what, evidence known at 200 s, gallons that each stop then added; `None`: as the time in the box tells)
    for (what, submitted, first, second) in [
        ("none named: the last stop", added(0.3), None, Some(0.3)),
        ("the first named", naming(FIRST_MS + 5_000, added(0.3)), Some(0.3), None),
        ("a time near the first", naming(FIRST_MS + 30_000, added(0.3)), Some(0.3), None),
        ("the second named", naming(SECOND_MS + 3_000, added(0.2)), None, Some(0.2)),
    ] {
        let ran = ran([(200_000, submitted)]);
        let (at_first, at_second) = (burned_at_stop(&ran, FIRST_MS), burned_at_stop(&ran, SECOND_MS));
        let fill =
            |level: f64, added: Option<f64>| added.map_or(TANK_GAL, |added| (level + added).min(TANK_GAL));
        let after_first = fill(TANK_GAL - at_first, first);
        let after_second = fill(after_first - (at_second - at_first), second);
        assert_gallons(&ran, 230_000, after_second - (burned(&ran, 230_000) - at_second), what);
    }
}

#[test]
fn a_full_tank_is_an_anchor_whenever_it_becomes_known() {
    for known_ms in [165_000, 170_000, 225_000] {
        let ran = ran([(70_000, added(0.1)), (known_ms, naming(SECOND_MS, full()))]);
        let car = ran.car("1", 230_000);
        let run_gal = gallons(car.burn.stint_kg.unwrap());
        assert_gallons(&ran, 230_000, TANK_GAL - run_gal, "full at the second stop");
        // spread: the anchor's, and the scale's on what was burned since
        let scale = car.scale.sd_pct.unwrap() / 100.0 * run_gal;
        let expected = (prior::FULL_SD_GAL * prior::FULL_SD_GAL + scale * scale).sqrt();
        let sd_gal = gallons(car.tank.remaining_sd_kg.unwrap());
        assert!(
            (sd_gal - expected).abs() < 1e-6,
            "known at {known_ms} ms: sd {sd_gal} gal, expected {expected}"
        );
    }
}

#[test]
fn evidence_with_the_id_of_an_earlier_one_corrects_it() {
    let stops = whole_stop("1", FIRST_MS, 20);
    let submitted = [evidence(80_000, 100, added(0.2)), evidence(90_000, 100, added(0.5))];
    let ran = run(&orderly(samples([drive("1", 0, 120_000)]).chain(stops).chain(submitted)));
    assert_gallons(&ran, 85_000, TANK_GAL - burned(&ran, 85_000) + 0.2, "as first submitted");
    assert_gallons(&ran, 100_000, TANK_GAL - burned(&ran, 100_000) + 0.5, "as corrected");
}

#[test]
fn evidence_about_one_car_says_nothing_of_another() {
    let stops = whole_stop("1", FIRST_MS, 20).into_iter().chain(whole_stop("2", FIRST_MS, 40));
    let submitted = [evidence(80_000, 100, added(0.2))];
    let records = || samples([drive("1", 0, 120_000), drive("2", 0, 120_000)]).chain(stops.clone());
    let (with, without) = (run(&orderly(records().chain(submitted))), run(&orderly(records())));
    assert_eq!(with.car("2", 110_000), without.car("2", 110_000));
    assert_ne!(with.car("1", 110_000), without.car("1", 110_000));
}

fn at_a_stop(submitted: FuelEvidence) -> Vec<Record> {
    whole_stop("1", 150_000, 20).into_iter().chain([evidence(165_000, 40, submitted)]).collect()
}

#[test]
fn more_burned_than_the_tank_held_is_flagged_and_widened() {
    let mut session = cup_session();
    session.tank = Some(Volume::from_us_gallons(1.0));
    let small = event(0, 1, RaceEventKind::Session(session));
    let full = FuelEvidence { full: Some(true), ..no_evidence("1") };
    let of_car = || samples([steady("1", 0, 180_000, LAP_MS)]).chain([small.clone()]);
    let ran = run(&orderly(of_car().chain(at_a_stop(full))));
    let over = |car: &events::CarInsight| gallons(car.burn.stint_kg.unwrap()) - 1.0;
    for car in ran.all_of("1").iter().filter(|car| car.window_end_us < at(150_000)) {
        let in_conflict = over(car) > 0.3;
        assert_eq!(car.trust.quality == Quality::LevelConflict, in_conflict, "{} gal below none", over(car));
        assert!(car.tank.remaining_kg >= Some(0.0));
        // P × 4: twice the standard deviation. Flat out for the whole lap only the field, the manufacturer, the car and tau
        // count before any stop: docs/fuel-model.md §2; here half a lap is closed, so that the law's shape counts too
        let scale = if in_conflict { 2.0 } else { 1.0 };
        let flat_out = 100.0 * scale * 0.06f64.hypot(0.02).hypot(0.02).hypot(0.015);
        let submitted = car.scale.sd_pct.unwrap();
        assert!(
            (flat_out..1.35 * flat_out).contains(&submitted),
            "{submitted} %, flat out it is {flat_out} %"
        );
    }
    assert_eq!(ran.car("1", 140_000).trust.quality, Quality::LevelConflict);
    assert_ne!(ran.car("1", 170_000).trust.quality, Quality::LevelConflict, "a full tank is known");
    // an amount alone leaves what was before in doubt
    let added = FuelEvidence { added: Some(Volume::from_us_gallons(0.8)), ..no_evidence("1") };
    let ran = run(&orderly(of_car().chain(at_a_stop(added))));
    let car = ran.car("1", 170_000);
    assert_eq!(car.trust.quality, Quality::LevelConflict);
    let left = gallons(car.tank.remaining_kg.unwrap());
    let expected = 0.8 - gallons(car.burn.stint_kg.unwrap());
    assert!((left - expected).abs() < 1e-6, "it cannot have come in with less than none: {left} gal");
}
