//! What is known of the session may change while it runs, and be corrected: each counts from its own time.

use crate::bookkeeping::race_grams;
use crate::logs::*;
use crate::ran::{Ran, run};
use events::{Air, FuelEvidence, RaceEventKind, Record, Session};
use units::{FuelDensity, Mass, Span, Volume};

fn stated(ms: i64, id: u64, change: impl Fn(&mut Session)) -> Record {
    let mut session = cup_session();
    change(&mut session);
    event(ms, id, RaceEventKind::Session(session))
}

/// Dry air at 25 °C of so many kPa; the reference of docs/fuel-model.md §1 has 99.
fn air(kpa: f64) -> impl Fn(&mut Session) {
    move |session| {
        session.air = Some(Air { pressure_pa: kpa * 1e3, temperature_k: 298.15, vapour_pressure_pa: 0.0 });
    }
}

fn steady_car(stated: impl IntoIterator<Item = (Record, Span)>) -> Ran {
    let stated: Vec<_> = stated.into_iter().collect();
    let late = |record: &Record| stated.iter().find(|(r, _)| r == record).map_or(LATENCY, |(_, late)| *late);
    let records = samples([steady("1", 0, 160_000, LAP_MS)]).chain(stated.iter().map(|(r, _)| r.clone()));
    run(&delayed(records, late))
}

fn flow(ran: &Ran, s: i64) -> f64 {
    ran.car("1", s * 1_000).burn.rate_g_s.unwrap()
}

#[test]
fn air_counts_from_its_own_time() {
    for late_ms in [100, 3_000, 5_400] {
        let ran = steady_car([
            (stated(0, 1, air(99.0)), LATENCY),
            (stated(60_000, 2, air(90.0)), Span::from_ms(late_ms)),
        ]);
        let (thick, thin) = (flow(&ran, 50), flow(&ran, 100));
        assert!((thin / thick - 90.0 / 99.0).abs() < 1e-9, "burn follows density");
        let expected = 60.0 * thick + 60.0 * thin;
        let got = race_grams(&ran, "1", 120);
        assert!((got - expected).abs() < 1e-3, "{late_ms} ms late: {got} g, expected {expected} g");
    }
}

#[test]
fn a_package_counts_from_its_own_time() {
    let ran = steady_car([(stated(60_000, 2, |s| s.package_hp = Some(510.0)), LATENCY)]);
    let (before, after) = (flow(&ran, 50), flow(&ran, 100));
    assert!(after < 0.85 * before, "{before} g/s, then {after} g/s");
    assert!((race_grams(&ran, "1", 120) - 60.0 * (before + after)).abs() < 1e-3);
}

#[test]
fn a_correction_by_id_takes_back_what_is_not_settled() {
    let first = (stated(60_000, 2, air(90.0)), LATENCY);
    let grams = |ran: &Ran, s| race_grams(ran, "1", s);
    let right = steady_car([(stated(60_000, 2, air(95.0)), LATENCY)]);
    for (what, corrected, seconds_of_the_first) in [
        ("another air, in time", (stated(60_000, 2, air(95.0)), Span::from_secs(3)), 0.0),
        // known at 80 s: the window from 79 s may change what lies behind 74 s
        ("another air, settled", (stated(60_000, 2, air(95.0)), Span::from_secs(20)), 14.0),
    ] {
        let ran = steady_car([first.clone(), corrected]);
        let thin = 90.0 / 95.0 * flow(&right, 100);
        let expected = grams(&right, 120) - seconds_of_the_first * (flow(&right, 100) - thin);
        assert!((grams(&ran, 120) - expected).abs() < 1e-2, "{what}: {} g, {expected} g", grams(&ran, 120));
    }
    // it was to hold from later on: until then what held before
    let (before, later) = (flow(&right, 50), steady_car([first, (stated(70_000, 2, air(90.0)), LATENCY)]));
    let thin = flow(&later, 100);
    // known at 70 s, so the window from there may change what lies behind 65 s
    let settled_to_s = 65.0;
    let expected =
        60.0 * before + (settled_to_s - 60.0) * thin + (70.0 - settled_to_s) * before + 50.0 * thin;
    assert!((grams(&later, 120) - expected).abs() < 1e-2, "{} g, expected {expected} g", grams(&later, 120));
}

#[test]
fn a_length_of_the_track_counts_from_its_own_time() {
    let ran = steady_car([(stated(90_000, 2, |s| s.track_length_m = Some(1_400.0)), LATENCY)]);
    let lengths: Vec<_> = ran.laps_of("1").iter().map(|lap| lap.distance_m.unwrap()).collect();
    assert_eq!(lengths[..5], [LAP_M, LAP_M, LAP_M, 1_400.0, 1_400.0], "lap 5 closes at 100 s");
}

#[test]
fn a_tank_has_its_size_at_each_stop() {
    let gallons = |kg: f64| FuelDensity::CUP.volume(Mass::from_kg(kg)).us_gallons();
    let full = FuelEvidence { full: Some(true), ..no_evidence("1") };
    let size = |ms, id, gallons: f64| {
        stated(ms, id, move |session| session.tank = Some(Volume::from_us_gallons(gallons)))
    };
    let records = |sizes: Vec<Record>| {
        let stops = whole_stop("1", 60_000, 20).into_iter().chain(whole_stop("1", 110_000, 30));
        let filled = [evidence(73_000, 40, full.clone()), evidence(123_000, 41, full.clone())];
        run(&orderly(samples([steady("1", 0, 160_000, LAP_MS)]).chain(stops).chain(filled).chain(sizes)))
    };
    let left = |ran: &Ran, s: i64| {
        let car = ran.car("1", s * 1_000);
        gallons(car.tank.remaining_kg.unwrap() + car.burn.stint_kg.unwrap())
    };
    let changed = records(vec![size(0, 1, 20.0), size(90_000, 2, 18.0)]);
    let corrected = records(vec![size(0, 1, 20.0), size(90_000, 2, 18.0), size(92_000, 2, 18.5)]);
    let later = records(vec![size(0, 1, 20.0), size(120_000, 2, 18.0)]);
    for (what, ran, sizes) in [
        ("changed", &changed, [20.0, 20.0, 18.0]),
        ("corrected", &corrected, [20.0, 20.0, 18.5]),
        ("changed after the stop", &later, [20.0; 3]),
    ] {
        for (s, size) in [50, 100, 150].into_iter().zip(sizes) {
            assert!((left(ran, s) - size).abs() < 1e-6, "{what}, at {s} s: {} gal, {size}", left(ran, s));
        }
    }
}
