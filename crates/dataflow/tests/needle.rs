//! The needle: beside the windows, read as samples arrive, and felt by none of them; a function of the log like them.

use crate::checkpoints::{keeping, run_until};
use crate::folder::Folder;
use crate::logs::{
    LATENCY, at, delayed, drive, evidence, no_evidence, orderly, samples, vehicle, whole_stop,
};
use crate::races::{race, troubled};
use crate::ran::{Output, Ran, Setup, assert_same_bytes, run, run_into, run_with};
use dataflow::{LEAD, NeedleListener};
use events::{Entry, FuelEvidence, Needle, Record};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use units::{Span, Volume};

/// Listens unless it is deaf, and keeps what it takes.
#[derive(Default)]
struct Listener {
    deaf: AtomicBool,
    taken: Mutex<Vec<Needle>>,
}

impl NeedleListener for Listener {
    fn is_listening(&self) -> bool {
        !self.deaf.load(Ordering::Relaxed)
    }
    fn take(&self, needle: Needle) {
        self.taken.lock().unwrap().push(needle);
    }
}

fn needles(log: &[Entry], setup: Setup) -> (Vec<Needle>, Ran) {
    let listener = Arc::new(Listener::default());
    let ran = run_with(log, Setup { needle: Some(listener.clone()), ..setup });
    (std::mem::take(&mut *listener.taken.lock().unwrap()), ran)
}

/// As bytes, one needle a line.
fn bytes(needles: &[Needle]) -> Vec<String> {
    needles.iter().map(|needle| serde_json::to_string(needle).unwrap()).collect()
}

/// Three cars for four minutes that fill up twice; what went in at the second stop is more than the rate law alone has
/// burned in between.
fn taught() -> Vec<Entry> {
    let of_car = |(index, name): (u64, &'static str)| {
        let (first_ms, second_ms) = (20_000 + 3_000 * index as i64, 110_000 + 3_000 * index as i64);
        let full = FuelEvidence { full: Some(true), ..no_evidence(name) };
        let added = Some(Volume::from_us_gallons(1.0));
        let stops = whole_stop(name, first_ms, 100 + 10 * index).into_iter();
        stops.chain(whole_stop(name, second_ms, 200 + 10 * index)).chain([
            evidence(first_ms + 13_000, 300 + index, full.clone()),
            evidence(second_ms + 13_000 + 5_300 * index as i64, 400 + index, FuelEvidence { added, ..full }),
        ])
    };
    let names = ["1", "2", "3"];
    let cars = samples(names.map(|name| drive(name, 0, 240_000)));
    orderly(cars.chain((0..).zip(names).flat_map(of_car)))
}

#[test]
fn a_listener_changes_no_byte_and_gets_the_same_bytes_whoever_works() {
    for (what, log) in [("troubled", troubled().to_vec()), ("taught", taught())] {
        let without = run(&log);
        let straight = bytes(&needles(&log, Setup::default()).0);
        assert!(straight.len() > 800, "{what}: {}", straight.len());
        for workers in [1, 2, 4] {
            for block in [1, 7, 1024] {
                let (needles, ran) = needles(&log, Setup { workers, block, ..Setup::default() });
                let what = format!("{what}, {workers} workers, blocks of {block}");
                assert_same_bytes(&ran.windows, &without.windows, &what);
                assert_eq!(ran.report, without.report, "{what}");
                assert_eq!(bytes(&needles), straight, "{what}");
            }
        }
    }
}

#[test]
fn it_moves_by_what_became_known_a_fixed_number_of_windows_ago() {
    let log = taught();
    let (needles, ran) = needles(&log, Setup::default());
    let factor = |ms: i64| ran.car("1", ms).scale.factor;
    let first_s = (1..240).find(|s| factor(s * 1_000).is_some_and(|factor| factor > 1.01)).unwrap();
    let rates = |from_s: i64, to_s: i64| {
        let slots = needles
            .iter()
            .filter(|needle| (at(from_s * 1_000)..at(to_s * 1_000)).contains(&needle.slot_end_us));
        let rates: Vec<f64> = slots.filter_map(|needle| needle.cars[0].rate_g_s).collect();
        rates.iter().copied().fold(0.0, f64::max)
    };
    // the window that ends at first_s is LEAD windows behind when that of first_s + LEAD is open, and the watermark trails
    let moved_s = first_s + LEAD as i64;
    let [before, after] = [rates(first_s - 30, moved_s), rates(moved_s + 2, moved_s + 32)];
    let expected = factor((moved_s + 2) * 1_000).unwrap();
    assert!((after / before / expected - 1.0).abs() < 0.01, "{before} g/s, {after} g/s, factor {expected}");
}

#[test]
fn a_restart_changes_no_needle_once_signals_are_in_force_again() {
    let log = taught();
    let straight = needles(&log, Setup::default()).0;
    for (ms, workers) in [(114_000, 1), (132_000, 2), (147_000, 4)] {
        let (folder, output) = (Folder::new(), Output::default());
        run_until(ms, &output, &log, keeping(folder.path(), 1));
        let listener = Arc::new(Listener::default());
        let setup = Setup { needle: Some(listener.clone()), ..keeping(folder.path(), workers) };
        let ran = run_into(&output, &log, setup);
        let resumed_at = Span::from_secs(ran.report.resumed_at.unwrap() as i64 + 3);
        let behind = |needles: &[Needle]| {
            let is_behind = |needle: &&Needle| Span::from_us(needle.slot_end_us.us()) >= resumed_at;
            bytes(&needles.iter().filter(is_behind).cloned().collect::<Vec<_>>())
        };
        let resumed = behind(&listener.taken.lock().unwrap());
        assert!(resumed.len() > 300);
        assert_eq!(resumed, behind(&straight), "stopped at {ms} ms");
    }
}

#[test]
fn each_slot_is_sent_once_with_all_cars() {
    let (needles, _) = needles(race(), Setup::default());
    for pair in needles.windows(2) {
        // six cars are few: now and then event time passes two slots with one sample, and the newer is sent
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
fn nobody_listening_gets_nothing() {
    let listener = Arc::new(Listener { deaf: AtomicBool::new(true), ..Listener::default() });
    run_with(race(), Setup { needle: Some(listener.clone()), ..Setup::default() });
    assert!(listener.taken.lock().unwrap().is_empty());
}

#[test]
fn its_sums_are_those_of_the_windows() {
    // 80 % throttle and 75 m/s all the time: mean flow and flow at a window's end are one number
    let log = crate::logs::orderly(samples([crate::logs::steady("24", 0, 20_000, 20_000)]));
    let (needles, ran) = needles(&log, Setup::default());
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
    let (needles, _) = needles(&log, Setup::default());
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
