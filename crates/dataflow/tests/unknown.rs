//! Cars that no roster names: followed from their first sample on, shown once one does.

use crate::checkpoints::{keeping, run_until};
use crate::folder::Folder;
use crate::logs::*;
use crate::ran::{Output, Ran, Setup, assert_same_bytes, assert_same_laps, run, run_into, run_with};
use events::{Entry, Flag, LapSummary, RaceEventKind, Record, RosterEntry};

fn roster(ms: i64, id: u64, names: &[&str]) -> Record {
    let entry = |name: &&str| RosterEntry {
        vehicle: vehicle(name),
        number: name.to_string(),
        driver: String::new(),
        team: String::new(),
        manufacturer: String::new(),
    };
    event(ms, id, RaceEventKind::Roster { cars: names.iter().map(entry).collect() })
}

const NAMED: [&str; 8] = ["1", "2", "3", "4", "5", "6", "7", "8"];
/// When the late entry is named.
const NAMED_S: i64 = 130;

/// Nine cars for three minutes, of which the ninth leads, saves, stops, and is named late.
fn log(rosters: impl IntoIterator<Item = Record>) -> Vec<Entry> {
    let ninth = steady("9", 0, 180_000, 15_000);
    let cars = NAMED.iter().map(|name| drive(name, 0, 180_000)).chain([ninth]);
    let stops = whole_stop("9", 62_000, 20);
    orderly(samples(cars).chain(stops).chain([flag(0, 10, Flag::Green)]).chain(rosters))
}

fn late_entry() -> Vec<Entry> {
    log([roster(0, 50, &NAMED), roster(NAMED_S * 1_000 - 500, 51, &["9"])])
}

/// Each lap with the second in which it became final.
fn final_laps(ran: &Ran) -> Vec<(i64, LapSummary)> {
    let of_window = |written: &crate::ran::Written| {
        let end_s = (written.closed.board.window_end_us - START).us() / 1_000_000;
        written.closed.laps.iter().map(move |lap| (end_s, lap.clone())).collect::<Vec<_>>()
    };
    ran.windows.iter().flat_map(of_window).collect()
}

#[test]
fn a_car_that_no_roster_names_is_held_and_then_appears_with_complete_totals() {
    let (ran, all) = (run(&late_entry()), run(&log([])));
    assert!(ran.all_of("9").iter().all(|car| car.window_end_us >= at(NAMED_S * 1_000)));
    assert_eq!(ran.samples(), all.samples(), "its samples count all the same");
    let burned = |ran: &Ran| ran.car("9", NAMED_S * 1_000).burn.race_kg;
    assert_eq!(burned(&ran), burned(&all), "complete from its first insight");
    // spreads are read off every half minute, or when a car appears: equal from the next time on
    for s in [150, 179] {
        assert_eq!(ran.car("9", s * 1_000), all.car("9", s * 1_000), "as if it had been known, at {s} s");
    }
    assert_eq!(ran.car("9", NAMED_S * 1_000).stint.stops, 1);
    assert_same_laps(&ran.laps(), &all.laps(), "none is lost");
    let of_ninth: Vec<i64> =
        final_laps(&ran).iter().filter(|(_, lap)| lap.vehicle_id == vehicle("9")).map(|(s, _)| *s).collect();
    assert_eq!(of_ninth[0], NAMED_S, "held laps come when it is named");
    assert!(of_ninth.iter().filter(|s| **s == NAMED_S).count() >= 6 && *of_ninth.last().unwrap() > NAMED_S);
}

#[test]
fn a_held_car_is_no_part_of_the_field() {
    let ran = run(&late_entry());
    let without_it = run(&orderly(
        samples(NAMED.map(|name| drive(name, 0, 180_000)))
            .chain([flag(0, 10, Flag::Green), roster(0, 50, &NAMED)]),
    ));
    for s in 1..NAMED_S {
        assert_eq!(ran.board(s * 1_000), without_it.board(s * 1_000), "at {s} s");
    }
    assert!(ran.board(120_000).field_mpg.is_some(), "eight cars are a field");
    assert_eq!(ran.board(120_000).lap, without_it.board(120_000).lap, "nor does it lead");
    assert_eq!(ran.car("9", NAMED_S * 1_000).track.position, Some(1), "it does once it is named");
}

#[test]
fn without_a_roster_every_car_is_shown() {
    assert_eq!(run(&log([])).board(10_000).cars.len(), 9);
}

#[test]
fn a_correction_may_name_another_car() {
    let ran = run(&log([roster(0, 50, &["1", "9"]), roster(60_000, 50, &["1", "2"])]));
    let shown = |s: i64| {
        ran.board(s * 1_000).cars.iter().map(|car| car.vehicle_id.as_str().to_string()).collect::<Vec<_>>()
    };
    assert_eq!([shown(59), shown(70)], [["1", "9"], ["1", "2"]]);
}

#[test]
fn holding_is_the_same_on_any_number_of_workers_and_across_a_restart() {
    let straight = run(&late_entry());
    for workers in [1, 2, 4] {
        let ran = run_with(&late_entry(), Setup { workers, ..Setup::default() });
        assert_same_bytes(&ran.windows, &straight.windows, &format!("{workers} workers"));
        // stopped while it is held, and again after it was named
        let (folder, output) = (Folder::new(), Output::default());
        run_until(104_000, &output, &late_entry(), keeping(folder.path(), workers));
        run_until(145_000, &output, &late_entry(), keeping(folder.path(), workers % 4 + 1));
        let ran = run_into(&output, &late_entry(), keeping(folder.path(), workers));
        assert!(ran.report.resumed_at.is_some());
        assert_same_bytes(&ran.windows, &straight.windows, &format!("{workers} workers, resumed"));
        assert_eq!(ran.report.counts, straight.report.counts);
    }
}
