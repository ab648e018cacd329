//! Signals that speak and are broken all the same: found by what the other signals do, never by a steady foot.

use crate::bookkeeping::{Phase, car, race_grams};
use crate::logs::*;
use crate::ran::{Ran, run};
use events::{Quality, Sample, Signal};

/// A lap of 20 s: flat out for 12 s, on the brakes for 2 s, half throttle through the corner for 2 s, back on it.
fn lap() -> [Phase; 4] {
    [(12, 1.0, 8_600.0, 80.0), (2, 0.0, 7_000.0, 66.0), (2, 0.5, 7_200.0, 62.0), (4, 1.0, 8_000.0, 75.0)]
}

/// So many laps; a foot, an engine and a road are never quite steady.
fn laps(count: usize) -> Vec<Sample> {
    let phases: Vec<Phase> = std::iter::repeat_n(lap(), count).flatten().collect();
    let alive = |(i, sample): (usize, Sample)| {
        let shake = [0.0, 1.0, 3.0, 2.0, -1.0][i % 5];
        let throttle = sample.get(Signal::Throttle).unwrap();
        let held = if (0.1..0.9).contains(&throttle) { throttle + 0.01 * shake } else { throttle };
        sample
            .with(Signal::Throttle, held)
            .and_then(|s| s.with(Signal::Rpm, sample.get(Signal::Rpm).unwrap() + 20.0 * shake))
            .unwrap()
    };
    car("1", &phases).into_iter().enumerate().map(alive).collect()
}

/// With `signal` at one value from `from_s` to `to_s`.
fn with_stuck(signal: Signal, value: f64, from_s: i64, to_s: i64, samples: Vec<Sample>) -> Vec<Sample> {
    let is_stuck = |s: &Sample| (at(from_s * 1_000)..at(to_s * 1_000)).contains(&s.event_time);
    let samples = samples.into_iter();
    samples.map(|s| if is_stuck(&s) { s.with(signal, value).unwrap() } else { s }).collect()
}

fn ran(of_car: Vec<Sample>) -> Ran {
    run(&orderly(samples([of_car])))
}

#[test]
fn a_throttle_that_stands_still_while_the_engine_does_not_is_a_gap() {
    let straight = ran(laps(12));
    for value in [0.2, 0.43, 0.7] {
        let stuck = ran(with_stuck(Signal::Throttle, value, 142, 182, laps(12)));
        // found when the car has slowed for the corner and gone on, from 156 s; then the lap before tells
        let found = |s: i64| stuck.car("1", s * 1_000).trust.imputed_lap_pct.unwrap() > 0.0;
        assert!(!found(155) && found(158), "at {value}");
        assert_eq!(stuck.car("1", 170_000).trust.quality, Quality::NoThrottle);
        assert_ne!(stuck.car("1", 200_000).trust.quality, Quality::NoThrottle, "it moves again");
        let laps = stuck.laps_of("1");
        // what was held until then is not taken back: the lap before has 14 s of it, docs/fuel-model.md §6
        assert!(!laps[7].clean && laps[7].mpg.is_none(), "{laps:?}");
        // the ninth lap is imputed whole, at the mean flow of a gap that is a little longer
        let (got, expected) = (laps[7].burned_kg, straight.laps_of("1")[7].burned_kg);
        assert!((got / expected - 1.0).abs() < 0.06, "at {value}: {got} kg, {expected} kg");
    }
}

#[test]
fn a_throttle_stuck_at_a_stop_is_found_where_the_car_does_the_opposite() {
    let straight = ran(laps(12));
    for value in [1.0, 0.0] {
        let stuck = ran(with_stuck(Signal::Throttle, value, 140, 180, laps(12)));
        assert_ne!(stuck.car("1", 139_000).trust.quality, Quality::NoThrottle);
        let worst = (150..180).map(|s| stuck.car("1", s * 1_000).trust.quality).max();
        if value > 0.5 {
            // 80 m/s down to 62 is not a quarter: a car may lose so much flat out, uphill or in the wall
            assert_ne!(worst, Some(Quality::NoThrottle), "no false alarm");
        }
        let fell = (2..238).find(|&s| race_grams(&stuck, "1", s) < race_grams(&stuck, "1", s - 1) - 1e-6);
        assert!(fell.is_none() && race_grams(&straight, "1", 100) > 0.0, "at {fell:?} s");
    }
    // a road course: from 80 m/s down to 30 and back
    let hairpin: Phase = (8, 0.3, 5_000.0, 30.0);
    let phases: Vec<Phase> = std::iter::repeat_n([(12, 1.0, 8_600.0, 80.0), hairpin], 10).flatten().collect();
    for value in [1.0, 0.0] {
        let stuck = ran(with_stuck(Signal::Throttle, value, 104, 150, car("1", &phases)));
        assert_eq!(stuck.car("1", 145_000).trust.quality, Quality::NoThrottle, "at {value}");
        assert_ne!(stuck.car("1", 170_000).trust.quality, Quality::NoThrottle);
    }
}

#[test]
fn an_engine_speed_that_stands_still_while_the_car_does_not_is_a_gap() {
    let (straight, stuck) = (ran(laps(12)), ran(with_stuck(Signal::Rpm, 8_600.0, 142, 182, laps(12))));
    assert_eq!(stuck.car("1", 170_000).trust.quality, Quality::NoRpm);
    assert_ne!(stuck.car("1", 200_000).trust.quality, Quality::NoRpm);
    let (got, expected) = (stuck.laps_of("1")[7].burned_kg, straight.laps_of("1")[7].burned_kg);
    assert!((got / expected - 1.0).abs() < 0.06, "{got} kg, {expected} kg");
}

/// Recordings without noise, in which a signal may rightly stand still for as long as it likes.
#[test]
fn a_steady_foot_is_no_fault() {
    let whole = |phases: &[Phase]| car("1", phases);
    for (what, of_car) in [
        (
            "flat out on a superspeedway",
            whole(&[(30, 1.0, 8_900.0, 88.0), (30, 1.0, 8_700.0, 86.0)].repeat(3)),
        ),
        (
            "flat out through the gears",
            whole(&[
                (4, 1.0, 6_000.0, 20.0),
                (4, 1.0, 9_000.0, 40.0),
                (4, 1.0, 7_000.0, 60.0),
                (60, 1.0, 8_600.0, 80.0),
            ]),
        ),
        ("a gain of the sensor: flat out is 0.93", {
            let mut phases = vec![(5, 0.0, 3_000.0, 20.0)];
            phases.extend([(8, 0.93, 7_000.0, 70.0), (8, 0.93, 8_900.0, 80.0)].repeat(5));
            whole(&phases)
        }),
        (
            "coasting to a stop",
            whole(&[
                (60, 1.0, 8_000.0, 75.0),
                (5, 0.0, 6_000.0, 50.0),
                (5, 0.0, 3_000.0, 20.0),
                (60, 0.0, 1_200.0, 0.0),
            ]),
        ),
        ("idling on the grid", whole(&[(120, 0.0, 1_200.0, 0.0)])),
        ("flat out before a silence and behind it, at half the speed", {
            let of_car = whole(&[(60, 1.0, 8_000.0, 75.0), (60, 1.0, 5_000.0, 40.0)]);
            let is_in_force = |s: &Sample| s.event_time < at(58_000) || s.event_time > at(62_000);
            of_car.into_iter().filter(is_in_force).collect()
        }),
        (
            "an engine that is off",
            whole(&[(60, 0.8, 8_000.0, 75.0), (20, 0.3, 0.0, 40.0), (20, 0.3, 0.0, 10.0)]),
        ),
        (
            "idling with the clutch in",
            whole(&[(60, 0.8, 8_000.0, 75.0), (10, 0.0, 1_200.0, 40.0), (10, 0.0, 1_200.0, 20.0)]),
        ),
        ("the limiter on the pit road", whole(&[(60, 0.8, 8_000.0, 75.0), (40, 1.0, 3_700.0, 22.0)])),
        (
            "a driver who saves on the straights by never opening fully",
            whole(&[(4, 0.8, 7_000.0, 60.0), (4, 0.8, 8_000.0, 72.0), (3, 0.3, 6_500.0, 55.0)].repeat(10)),
        ),
        ("the same throttle at the same speed", whole(&[(200, 0.43, 7_000.0, 60.0)])),
        ("behind the pace car", whole(&[(20, 0.2, 4_000.0, 25.0), (20, 0.2, 4_200.0, 26.0)].repeat(3))),
    ] {
        let end_s = of_car.len() as i64 / 5;
        let ran = ran(of_car);
        let silent_s = if what.contains("silence") { 5.0 } else { 0.0 };
        let imputed_s = ran.car("1", end_s * 1_000).trust.imputed_pct * end_s as f64 / 100.0;
        assert!(imputed_s <= silent_s, "{what}: {imputed_s} s imputed");
    }
}
