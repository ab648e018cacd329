//! Clocks that are wrong, feeds that fall silent, and what moves event time on.

use crate::logs::{LATENCY, at, delayed, drive, event_time, flag, ingested, orderly, samples, vehicle};
use crate::ran::{assert_same_bytes, assert_same_laps, run};
use events::{Entry, Flag, Record};
use units::Span;

const OTHERS: [&str; 3] = ["1", "2", "3"];

fn records() -> Vec<Record> {
    let cars = samples(OTHERS.map(|name| drive(name, 0, 180_000)));
    cars.chain([flag(500, 10, Flag::Green), flag(70_000, 11, Flag::Yellow)]).collect()
}

#[test]
fn a_fast_clock_costs_the_other_cars_nothing() {
    let without = run(&orderly(records()));
    for skew in [Span::from_ms(600), Span::from_ms(1_500), Span::from_secs(7_200)] {
        let fast = drive("fast", 0, 180_000).into_iter().map(|mut sample| {
            sample.event_time = sample.event_time + skew;
            Record::Sample(sample)
        });
        // all arrive 100 ms after they happen: only the stamp of the fast ones is wrong
        let log = delayed(records().into_iter().chain(fast), |record| match record {
            Record::Sample(sample) if sample.vehicle == vehicle("fast") => LATENCY - skew,
            _ => LATENCY,
        });
        let ran = run(&log);
        assert_eq!(ran.samples(), (4 * 900, 0, 0), "{skew:?} fast");
        for name in OTHERS {
            assert_same_laps(
                &ran.laps_of(name),
                &without.laps_of(name),
                &format!("{skew:?} fast, car {name}"),
            );
            // and on every board until the race ends they are as they were
            for ms in (1..180).map(|s| s * 1_000) {
                let (ours, theirs) = (ran.car(name, ms), without.car(name, ms));
                assert_eq!(ours.burn.race_kg, theirs.burn.race_kg, "{skew:?} fast, car {name} at {ms} ms");
                assert_eq!(ours.trust.age_ms, theirs.trust.age_ms, "{skew:?} fast, car {name} at {ms} ms");
            }
        }
    }
}

/// Nothing arrives from 60 s to 120 s; then all of it does, within 3 s.
fn outage(ticks_meanwhile: bool) -> Vec<Entry> {
    let (from, to) = (ingested(at(60_000)), ingested(at(120_000)));
    let (ticks, mut entries): (Vec<_>, Vec<_>) =
        orderly(records()).into_iter().partition(|e| e.record == Record::Tick);
    for entry in &mut entries {
        let due = entry.ingest_time.unwrap();
        if (from..to + Span::from_secs(3)).contains(&due) {
            let backlog = (due - from).us() / 21; // 63 s of the race in 3 s
            entry.ingest_time = Some(to + Span::from_us(backlog));
        }
    }
    entries.extend(ticks.into_iter().filter(|tick| {
        let is_drained = !(from..to + Span::from_secs(3)).contains(&tick.ingest_time.unwrap());
        is_drained || ticks_meanwhile
    }));
    entries.sort_by_key(|entry| entry.ingest_time);
    entries
}

#[test]
fn an_outage_and_its_backlog_make_nothing_late() {
    let (ran, undisturbed) = (run(&outage(false)), run(&orderly(records())));
    assert_eq!(ran.samples(), undisturbed.samples());
    assert_same_bytes(&ran.windows, &undisturbed.windows, "event time waited for the backlog");
}

#[test]
fn a_tick_during_a_backlog_would_make_it_late() {
    // which is why a writer only ticks while its upstream is connected and drained
    let (_, late, _) = run(&outage(true)).samples();
    assert!(late > 500, "{late} late");
}

#[test]
fn a_car_with_a_slow_clock_is_late_alone() {
    let slow = drive("slow", 0, 180_000).into_iter().map(|mut sample| {
        sample.event_time = sample.event_time - Span::from_secs(8);
        Record::Sample(sample)
    });
    let log = delayed(records().into_iter().chain(slow), |record| match record {
        Record::Sample(sample) if sample.vehicle == vehicle("slow") => LATENCY + Span::from_secs(8),
        _ => LATENCY,
    });
    let (ran, without) = (run(&log), run(&orderly(records())));
    let mut late: Vec<_> = ran.late().iter().map(|(_, late)| late.sample.vehicle).collect();
    late.dedup();
    assert_eq!(late, [vehicle("slow")]);
    for name in OTHERS {
        assert_same_laps(&ran.laps_of(name), &without.laps_of(name), name);
    }
}

#[test]
fn an_import_without_ingest_times_follows_event_time() {
    let mut log = orderly(records());
    log.retain(|entry| event_time(&entry.record).is_some());
    log.iter_mut().for_each(|entry| entry.ingest_time = None);
    let with = run(&orderly(records()));
    assert_same_bytes(
        &run(&log).windows,
        &with.windows,
        "the watermark is the same where nobody's clock is wrong",
    );
}
