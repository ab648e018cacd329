//! A late sample that is nevertheless its car's newest.

use crate::folder::Folder;
use crate::logs::*;
use crate::ran::{Output, Setup, assert_same_bytes, assert_same_laps, run, run_into, try_run};
use events::{Entry, Record, Sample};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use units::Span;

/// Car 1 falls silent at 60 s but for a few samples, the first of which arrives 4.2 s late; car 2 goes on.
fn log(then: &[(i64, i64)]) -> Vec<Entry> {
    let mut one = drive("1", 0, 140_000);
    one.retain(|sample: &Sample| {
        let ms = (sample.event_time - START).us() / 1_000;
        ms <= 60_800 || ms >= 80_000 || then.iter().any(|(happened, _)| *happened == ms)
    });
    let late = move |record: &Record| match record {
        Record::Sample(sample) if sample.vehicle == vehicle("1") => {
            let ms = (sample.event_time - START).us() / 1_000;
            let known = then.iter().find(|(happened, _)| *happened == ms);
            known.map_or(LATENCY, |(_, late_ms)| Span::from_ms(*late_ms))
        }
        _ => LATENCY,
    };
    // what it drove at when it fell silent is not what it drove at before
    for sample in one.iter_mut().filter(|sample| sample.event_time == at(60_800)) {
        *sample = sample.with(events::Signal::Throttle, 0.02).unwrap();
    }
    delayed(samples([one, drive("2", 0, 140_000)]), late)
}

#[test]
fn a_late_sample_that_is_its_cars_newest_outlives_a_checkpoint() {
    let log = log(&[(60_800, 4_200)]);
    let straight = run(&log);
    for stop_s in [68, 72] {
        let (folder, output, stop) = (Folder::new(), Output::default(), Arc::new(AtomicBool::new(false)));
        let setup =
            Setup { block: 8, state: Some((folder.path().into(), Span::from_secs(2))), ..Setup::default() };
        let (stopped, last) = (stop.clone(), START.us() as u64 / 1_000_000 + stop_s);
        let hook = move |_, window| stopped.store(window >= last, Ordering::Relaxed);
        try_run(&output, &log, Setup { hook: Some(Arc::new(hook)), stop, ..setup.clone() }).unwrap();
        let ran = run_into(&output, &log, setup);
        assert!(ran.report.resumed_at.is_some());
        assert_same_bytes(&ran.windows, &straight.windows, &format!("stopped at {stop_s} s"));
    }
}

#[test]
fn late_samples_after_a_silence_come_in_any_order() {
    // at 65.0 s the one of 60.8 s arrives, then that of 64.2 s, then that of 63.6 s
    let straight = run(&log(&[(60_800, 100), (63_600, 100), (64_200, 100)]));
    let ran = run(&log(&[(60_800, 4_200), (63_600, 3_000), (64_200, 1_200)]));
    assert_same_laps(&ran.laps(), &straight.laps(), "within five seconds");
}
