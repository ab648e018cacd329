//! The needle: beside the windows, told as samples arrive, and felt by none of them.

use crate::logs::{LATENCY, at, delayed, drive, samples, vehicle};
use crate::races::{race, troubled};
use crate::ran::{Setup, assert_same_bytes, run, run_with};
use dataflow::NeedleListener;
use events::{Entry, Needle, Record};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use units::Span;

/// Listens while it is told to, and keeps what it hears.
#[derive(Default)]
struct Listener {
    deaf: AtomicBool,
    heard: Mutex<Vec<Needle>>,
}

impl NeedleListener for Listener {
    fn is_listening(&self) -> bool {
        !self.deaf.load(Ordering::Relaxed)
    }
    fn hear(&self, needle: Needle) {
        self.heard.lock().unwrap().push(needle);
    }
}

fn heard(log: &[Entry], setup: Setup) -> (Vec<Needle>, crate::ran::Ran) {
    let listener = Arc::new(Listener::default());
    let ran = run_with(log, Setup { needle: Some(listener.clone()), ..setup });
    (std::mem::take(&mut *listener.heard.lock().unwrap()), ran)
}

#[test]
fn a_listener_changes_no_byte_and_hears_the_same_whoever_works() {
    let without = run(troubled());
    let (straight, _) = heard(troubled(), Setup::default());
    for workers in [1, 2, 4] {
        for batch in [1, 1024] {
            let (needles, ran) = heard(troubled(), Setup { workers, batch, ..Setup::default() });
            let what = format!("{workers} workers, batches of {batch}");
            assert_same_bytes(&ran.windows, &without.windows, &what);
            assert_eq!(ran.report, without.report, "{what}");
            assert_eq!(needles, straight, "{what}");
        }
    }
}

#[test]
fn each_slot_is_told_once_with_all_cars() {
    let (needles, _) = heard(race(), Setup::default());
    for pair in needles.windows(2) {
        // six cars are few: now and then event time passes two slots with one sample, and the newer is told
        let apart = pair[1].slot_end_us - pair[0].slot_end_us;
        assert!([100, 200].map(Span::from_ms).contains(&apart), "{apart:?}");
    }
    assert_eq!(needles[0].session.as_str(), "simulated");
    for needle in &needles[20..] {
        assert_eq!(needle.cars.len(), 6);
        assert!(needle.cars.is_sorted_by_key(|car| car.vehicle_id));
        // ten samples a second, each up to 200 ms on its way
        let ages = needle.cars.iter().map(|car| needle.slot_end_us - car.newest_us);
        assert!(ages.into_iter().all(|age| age <= Span::from_ms(350)), "{needle:?}");
    }
}

#[test]
fn nobody_listening_hears_nothing() {
    let listener = Arc::new(Listener { deaf: AtomicBool::new(true), ..Listener::default() });
    run_with(race(), Setup { needle: Some(listener.clone()), ..Setup::default() });
    assert!(listener.heard.lock().unwrap().is_empty());
}

#[test]
fn its_sums_are_those_of_the_windows() {
    // 80 % throttle and 75 m/s all the time: mean flow and flow at a window's end are one number
    let log = crate::logs::orderly(samples([crate::logs::steady("24", 0, 20_000, 20_000)]));
    let (needles, ran) = heard(&log, Setup::default());
    let rate = ran.car("24", 10_000).burn.rate_g_s.unwrap();
    let needle = needles.iter().find(|needle| needle.slot_end_us == at(10_000)).unwrap();
    assert!((needle.cars[0].rate_g_s.unwrap() / rate - 1.0).abs() < 1e-6);
}

#[test]
fn a_fast_clock_does_not_silence_the_others() {
    let skew = Span::from_secs(7_200);
    let fast = drive("fast", 0, 30_000).into_iter().map(|mut sample| {
        sample.event_time = sample.event_time + skew;
        Record::Sample(sample)
    });
    let log =
        delayed(samples([drive("1", 0, 30_000), drive("2", 0, 30_000)]).chain(fast), |record| match record {
            Record::Sample(sample) if sample.vehicle == vehicle("fast") => LATENCY - skew,
            _ => LATENCY,
        });
    let (needles, _) = heard(&log, Setup::default());
    // a sample each 200 ms: every second slot, as without it
    assert_eq!(needles.len(), 149);
    for needle in &needles[5..] {
        let names: Vec<_> = needle.cars.iter().map(|car| car.vehicle_id.as_str()).collect();
        assert_eq!(names, ["1", "2"], "at {}", needle.slot_end_us);
        // a sample each 200 ms, 100 ms on its way
        assert!(
            needle.cars.iter().all(|car| needle.slot_end_us - car.newest_us <= Span::from_ms(400)),
            "{needle:?}"
        );
    }
}
