//! Laps, runs and stages: where they begin and end, what they burned, under which flag, and what may still change them.

use crate::logs::{
    LAP_MS, LATENCY, at, cup_session, delayed, drive, event, flag, orderly, samples, steady, stop, whole_stop,
};
use crate::races::race;
use crate::ran::{Ran, assert_same_laps, run};
use events::{CarInsight, Entry, Flag, LapLabel, LapSummary, RaceEventKind, Record, StopPhase};
use units::Span;

fn micrograms(kg: impl Into<Option<f64>>) -> i64 {
    (kg.into().unwrap() * 1e9).round() as i64
}

fn newest(car: &CarInsight) -> units::EventTime {
    car.window_end_us - Span::from_ms(car.trust.age_ms.unwrap())
}

#[test]
fn the_open_lap_and_the_closed_ones_add_up_to_the_race_to_the_microgram() {
    let stops = whole_stop("1", 66_000, 20);
    let by_hand = orderly(samples(["1", "2"].map(|name| drive(name, 0, 150_000))).chain(stops));
    for log in [&by_hand[..], race()] {
        let ran = run(log);
        for vehicle in crate::races::cars(log) {
            let laps = ran.laps_of(vehicle.as_str());
            assert!(
                laps.windows(2).all(|pair| pair[0].to_us == pair[1].from_us),
                "{vehicle}: laps follow laps"
            );
            for lap in &laps {
                let parts = lap.burned_parts_g.iter().map(|grams| micrograms(grams * 1e-3));
                assert_eq!((parts.len(), parts.sum::<i64>()), (40, micrograms(lap.burned_kg)), "{lap:?}");
            }
            // what was burned before the first crossing is in no lap
            let behind = |car: &CarInsight| micrograms(car.burn.race_kg) - micrograms(car.burn.lap_kg);
            let boards =
                ran.all_of(vehicle.as_str()).into_iter().filter(|car| newest(car) >= laps[0].from_us);
            let mut before_the_laps = None;
            for car in boards {
                let closed: Vec<_> = laps.iter().filter(|lap| lap.to_us <= newest(car)).collect();
                let in_laps: i64 = closed.iter().map(|lap| micrograms(lap.burned_kg)).sum();
                let before = *before_the_laps.get_or_insert(behind(car));
                assert_eq!(behind(car), before + in_laps, "{vehicle} after {} laps", closed.len());
            }
        }
    }
}

#[test]
fn what_is_burned_is_the_flow_times_the_time_and_a_line_between_two_samples_splits_it() {
    // a lap of 20.037 s: each line lies elsewhere between two samples, which are 200 ms apart
    let ran = run(&orderly(samples([steady("1", 0, 120_000, 20_037)])));
    let flow_g_s = ran.car("1", 100_000).burn.rate_g_s.unwrap();
    // each sample's interval is rounded to a microgram
    let assert_burned = |kg: f64, span: Span, what: &str| {
        let expected = flow_g_s * span.us() as f64;
        let roundings = span.us() as f64 / 200_000.0 + 2.0;
        assert!(
            (kg * 1e9 - expected).abs() <= roundings / 2.0,
            "{what}: {} µg, expected {expected}",
            kg * 1e9
        );
    };
    for ms in (1..=120).map(|s| s * 1_000) {
        assert_burned(ran.car("1", ms).burn.race_kg.unwrap(), at(ms) - at(0), "race");
    }
    let laps = ran.laps_of("1");
    assert_eq!(laps.len(), 4);
    for lap in &laps {
        // a step of lap distance is a millionth of a lap: 20 µs
        assert!(((lap.to_us - lap.from_us).us() - 20_037_000).abs() <= 20, "{lap:?}");
        assert_burned(lap.burned_kg, lap.to_us - lap.from_us, "lap");
        assert_eq!((lap.imputed_kg, lap.distance_m), (0.0, Some(crate::logs::LAP_M)));
    }
}

#[test]
fn a_run_begins_in_the_box_and_a_stage_at_the_line() {
    let mut session = cup_session();
    session.stages = vec![2, 4];
    let stages = event(0, 1, RaceEventKind::Session(session));
    let stops = whole_stop("1", 66_123, 20);
    let ran = run(&orderly(samples([steady("1", 0, 120_000, 20_037)]).chain([stages]).chain(stops)));
    let flow_g_s = ran.car("1", 100_000).burn.rate_g_s.unwrap();
    let line_ms = |laps: i64| laps * 20_037; // the car starts on the line, in lap 1
    // (board at ms, start of the run, start of the stage)
    for (ms, run_ms, stage_ms) in [
        (30_000, 0, 0),
        (50_000, 0, line_ms(2)),
        (69_000, 0, line_ms(2)),
        (70_000, 69_123, line_ms(2)),
        (79_000, 69_123, line_ms(2)),
        (110_000, 69_123, line_ms(4)),
    ] {
        let car = ran.car("1", ms);
        for (what, kg, from_ms) in
            [("run", car.burn.stint_kg, run_ms), ("stage", car.burn.stage_kg, stage_ms)]
        {
            let expected_g = flow_g_s * (ms - from_ms) as f64 * 1e-3;
            assert!(
                (kg.unwrap() * 1e3 - expected_g).abs() < 1e-3,
                "{what} at {ms} ms: {kg:?} kg, {expected_g} g"
            );
        }
        assert_eq!(car.stint.stops, u32::from(run_ms > 0));
    }
    let runs: Vec<(u32, u32)> = ran.laps_of("1").iter().map(|lap| (lap.lap, lap.stint)).collect();
    assert_eq!(runs, [(2, 0), (3, 0), (4, 1), (5, 1)], "a lap belongs to the run in which it ends");
}

#[test]
fn a_line_just_before_a_window_ends_is_known_in_the_next() {
    // crossing at 39.95 s, samples at 39.8 and 40.0: the board at 40 s does not know of it
    let ran = run(&orderly(samples([steady("1", 0, 60_000, 39_950)])));
    assert_eq!([39_000, 40_000, 41_000].map(|ms| ran.car("1", ms).track.lap), [Some(1), Some(1), Some(2)]);
}

fn labels(ran: &Ran) -> Vec<(u32, LapLabel, bool)> {
    ran.laps_of("1").iter().map(|lap| (lap.lap, lap.label, lap.clean)).collect()
}

/// Car 1 on a lap of 20 s from the line: lap n opens at (n − 1) · 20 s. Its first lap is not whole.
fn labelled(events: impl IntoIterator<Item = Record>) -> Vec<(u32, LapLabel, bool)> {
    labels(&run(&orderly(samples([steady("1", 0, 90_000, LAP_MS)]).chain(events))))
}

#[test]
fn a_lap_bears_the_worst_flag_of_its_time() {
    use Flag::{Checkered, Green, Red, White, Yellow};
    use LapLabel::{Caution, Unknown};
    let green = |n| (n, LapLabel::Green, true);
    // opened within 15 s of the green flag: docs/fuel-model.md §6
    let restart = |n| (n, LapLabel::Green, false);
    let not_green = |n, label| (n, label, false);
    for (what, flags, expected) in [
        ("a session without flags", vec![], [2, 3, 4].map(|n| (n, Unknown, true))),
        ("green", vec![(0, Green)], [2, 3, 4].map(green)),
        ("a last lap races", vec![(0, Green), (60_000, White)], [2, 3, 4].map(green)),
        (
            "caution within",
            vec![(0, Green), (50_000, Yellow), (51_000, Green)],
            [green(2), not_green(3, Caution), restart(4)],
        ),
        (
            "red too",
            vec![(0, Green), (50_000, Red), (51_000, Green)],
            [green(2), not_green(3, Caution), restart(4)],
        ),
        (
            "caution at the very line",
            vec![(0, Green), (40_000, Yellow)],
            [green(2), not_green(3, Caution), not_green(4, Caution)],
        ),
        (
            "until the very line",
            vec![(0, Yellow), (40_000, Green)],
            [not_green(2, Caution), restart(3), green(4)],
        ),
        ("nothing shown before 30 s", vec![(30_000, Green)], [(2, Unknown, true), green(3), green(4)]),
        ("over", vec![(0, Green), (60_000, Checkered)], [green(2), green(3), not_green(4, Caution)]),
    ] {
        // an id is a name: it says nothing of the order
        let flags = (10..20).rev().zip(flags).map(|(id, (ms, shown))| flag(ms, id, shown));
        assert_eq!(labelled(flags), expected, "{what}");
    }
}

#[test]
fn a_lap_that_touches_the_pit_road_is_a_pit_lap() {
    let green = [flag(0, 10, Flag::Green)];
    // in at 50 s in lap 3, out at 62 s in lap 4
    let got = labelled(green.into_iter().chain(whole_stop("1", 50_000, 20)));
    assert_eq!(got, [(2, LapLabel::Green, true), (3, LapLabel::Pit, false), (4, LapLabel::Pit, false)]);
}

/// A log in which some events arrive late, by their id.
fn with_late(events: &[(Record, Span)]) -> Vec<Entry> {
    let cars = samples(["1", "2"].map(|name| steady(name, 0, 130_000, LAP_MS)));
    let late =
        |record: &Record| events.iter().find(|(event, _)| event == record).map_or(LATENCY, |(_, late)| *late);
    delayed(cars.chain(events.iter().map(|(event, _)| event.clone())), late)
}

fn run_late(events: &[(Record, Span)]) -> Ran {
    run(&with_late(events))
}

#[test]
fn a_late_flag_relabels_what_is_not_settled() {
    let green = (flag(0, 10, Flag::Green), LATENCY);
    // lap 3 ends at 60 s and is settled 5 s later; the watermark is half a second behind the newest
    for (late_ms, third) in [
        (100, LapLabel::Caution),
        (3_000, LapLabel::Caution),
        (5_400, LapLabel::Caution),
        (9_000, LapLabel::Green),
    ] {
        let yellow = (flag(59_000, 11, Flag::Yellow), Span::from_ms(late_ms));
        let ran = run_late(&[green.clone(), yellow, (flag(75_000, 12, Flag::Green), LATENCY)]);
        let labels: Vec<LapLabel> = ran.laps_of("1").iter().map(|lap| lap.label).collect();
        // lap 4 had the caution too, whenever it became known
        assert_eq!(
            labels,
            [LapLabel::Green, third, LapLabel::Caution, LapLabel::Green, LapLabel::Green],
            "{late_ms} ms late"
        );
    }
}

#[test]
fn an_economy_forgets_the_laps_that_a_late_flag_takes_away() {
    let green = (flag(0, 10, Flag::Green), LATENCY);
    let yellow = (flag(59_000, 11, Flag::Yellow), Span::from_ms(3_000));
    let ran = run_late(&[green, yellow]);
    // lap 3 ends at 60 s; that it was no green lap becomes known at 62 s
    assert_eq!([60_000, 61_000, 62_000].map(|ms| ran.car("1", ms).stint.green_laps), [1, 2, 1]);
}

#[test]
fn an_event_with_the_id_of_an_earlier_one_replaces_it() {
    let green = (flag(0, 10, Flag::Green), LATENCY);
    let yellow = (flag(50_000, 11, Flag::Yellow), LATENCY);
    let labels = |events: &[(Record, Span)]| -> Vec<LapLabel> {
        run_late(events).laps_of("1").iter().map(|lap| lap.label).collect()
    };
    use LapLabel::{Caution, Green};
    // no caution at all after all
    let taken_back = (flag(50_000, 11, Flag::Green), Span::from_secs(3));
    assert_eq!(labels(&[green.clone(), yellow.clone(), taken_back]), [Green; 5]);
    // a lap later, so lap 3 was green
    let moved = (flag(60_500, 11, Flag::Yellow), LATENCY);
    assert_eq!(
        labels(&[green.clone(), yellow.clone(), moved])[..2],
        [Green, Caution],
        "lap 3 up to 50 s is no longer to be saved"
    );
    // too late for the laps that are settled
    let too_late = (flag(50_000, 11, Flag::Green), Span::from_secs(32));
    assert_eq!(labels(&[green, yellow, too_late]), [Green, Caution, Caution, Green, Green]);
}

#[test]
fn a_stop_up_to_five_seconds_late_gives_the_same_laps() {
    let on_time = run_late(&whole_stop("1", 50_000, 20).map(|phase| (phase, LATENCY)));
    assert!(on_time.laps().iter().any(|lap| lap.stint == 1));
    for late_ms in [500, 2_000, 5_500] {
        let ran = run_late(&whole_stop("1", 50_000, 20).map(|phase| (phase, Span::from_ms(late_ms))));
        assert_same_laps(&ran.laps(), &on_time.laps(), &format!("{late_ms} ms late"));
        assert_eq!(ran.car("1", 120_000), on_time.car("1", 120_000), "{late_ms} ms late");
    }
}

#[test]
fn a_stop_that_is_later_still_acts_from_the_settled_edge() {
    let box_stop = |late_s| [(stop("1", 53_000, 21, StopPhase::BoxStop), Span::from_secs(late_s))];
    let ran = run_late(&box_stop(20));
    let car = ran.car("1", 120_000);
    let flow_g_s = car.burn.rate_g_s.unwrap();
    // known at 73 s, when the watermark is at 72.5 s: the window from 72 s may change what lies behind 67 s
    let run_s = car.burn.stint_kg.unwrap() * 1e3 / flow_g_s;
    assert_eq!(car.stint.stops, 1);
    assert!((run_s - (120.0 - 67.0)).abs() < 1e-3, "{run_s} s of burning since the stop");
}

#[test]
fn a_corrected_stop_is_one_stop() {
    let stated = (stop("1", 53_000, 21, StopPhase::BoxStop), LATENCY);
    let corrected = (stop("1", 54_000, 21, StopPhase::BoxStop), Span::from_secs(3));
    let right_at_once = run_late(&[(stop("1", 54_000, 21, StopPhase::BoxStop), LATENCY)]);
    let ran = run_late(&[stated, corrected]);
    assert_same_laps(&ran.laps(), &right_at_once.laps(), "one that is not settled");
    assert_eq!(ran.car("1", 120_000), right_at_once.car("1", 120_000));
    assert_eq!(ran.car("1", 120_000).stint.stops, 1);
}

#[test]
fn a_session_that_changes_counts_from_its_time_on() {
    let mut less = cup_session();
    less.package_hp = Some(510.0);
    let stated = event(60_000, 2, RaceEventKind::Session(less));
    let ran = run(&orderly(samples([steady("1", 0, 120_000, LAP_MS)]).chain([stated])));
    let [before, after] = [50_000, 100_000].map(|ms| ran.car("1", ms).burn.rate_g_s.unwrap());
    assert!(after < before);
    let expected_kg = (before * 60.0 + after * 60.0) * 1e-3;
    assert!((ran.car("1", 120_000).burn.race_kg.unwrap() - expected_kg).abs() < 1e-6);
}

#[test]
fn a_lap_that_was_only_joined_is_no_lap() {
    let ran = run(&orderly(samples([drive("1", 5_000, 60_000)])));
    let laps = ran.laps_of("1");
    assert!(laps.iter().all(|lap: &LapSummary| lap.to_us - lap.from_us == Span::from_ms(LAP_MS)), "{laps:?}");
}
