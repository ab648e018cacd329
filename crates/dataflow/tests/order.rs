//! Order of arrival: it changes nothing within the bound, and no final lap within five seconds.

use crate::logs::{
    START, cup_session, delayed, drive, event, event_time, flag, numbered, sample, samples, stop, whole_stop,
};
use crate::ran::{assert_same_bytes, assert_same_laps, run};
use events::{Entry, Flag, RaceEventKind, Record, Sample, Session, Signal, StopPhase};
use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, RngSeed, TestRng};
use units::{EventTime, FuelDensity, Span, Volume};

/// Three cars for 110 s: flags come and go, two cars stop, one is silent for nine seconds, one splits its signals over
/// several samples without sequences.
fn records() -> Vec<Record> {
    let silent = |s: &Sample| !(61_000..70_000).contains(&(s.event_time - START).us().div_euclid(1_000));
    let gappy = drive("1", 0, 110_000).into_iter().filter(silent).collect();
    let split = drive("2", 0, 110_000).into_iter().flat_map(|whole| {
        let mut parts = [Signal::Throttle, Signal::Rpm, Signal::LapDistance].map(|signal| {
            let mut part = Sample::new(whole.vehicle, whole.event_time);
            part.set_steps(signal, whole.steps(signal).unwrap());
            part
        });
        parts[2].event_time = whole.event_time + Span::from_ms(35);
        parts
    });
    let flags =
        [(1_000, Flag::Green), (46_000, Flag::Yellow), (70_000, Flag::Green), (109_000, Flag::Checkered)];
    let flags = (100..).zip(flags).map(|(id, (ms, shown))| flag(ms, id, shown));
    let mut records: Vec<Record> =
        samples([gappy, split.collect(), drive("3", 0, 110_000)]).chain(flags).collect();
    records.extend(whole_stop("1", 48_000, 200));
    records.extend(whole_stop("3", 80_500, 300));
    // at one time: two samples of one car, and a stop
    records.push(Record::Sample(numbered(sample("3", 30_000, 0.4), 9_000)));
    records.push(stop("2", 30_000, 400, StopPhase::PitIn));
    records.push(stop("2", 31_000, 401, StopPhase::PitOut));
    records
}

/// Each record arrives after a delay of its own, up to `bound`: so none trails the newest by more.
fn shuffled(records: &[Record], bound: Span, seed: [u8; 32]) -> Vec<Entry> {
    let mut rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
    delayed(records.iter().cloned(), |_| Span::from_us(rng.random_range(0..=bound.us())))
}

/// How far a log is out of order.
fn disorder(entries: &[Entry]) -> Span {
    let (mut newest, mut most) = (EventTime::from_us(i64::MIN), Span::ZERO);
    for at in entries.iter().filter_map(|entry| event_time(&entry.record)) {
        newest = newest.max(at);
        most = most.max(newest - at);
    }
    most
}

proptest! {
    // a seed does not shrink; the failing one is printed
    #![proptest_config(ProptestConfig {
        cases: 40,
        rng_seed: RngSeed::Fixed(1),
        max_shrink_iters: 0,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn disorder_within_the_bound_changes_no_byte(seed in any::<[u8; 32]>()) {
        let straight = run(&delayed(records(), |_| Span::ZERO));
        let log = shuffled(&records(), Span::from_ms(500), seed);
        prop_assert!(disorder(&log) > Span::from_ms(300));
        let ran = run(&log);
        prop_assert_eq!(ran.samples(), straight.samples());
        assert_same_bytes(&ran.windows, &straight.windows, "shuffled within 500 ms");
    }

    #[test]
    fn disorder_within_five_seconds_changes_no_final_lap(seed in any::<[u8; 32]>()) {
        let straight = run(&delayed(records(), |_| Span::ZERO));
        // five seconds behind the watermark, which trails the newest by half a second
        let log = shuffled(&records(), Span::from_ms(5_500), seed);
        prop_assert!(disorder(&log) > Span::from_secs(5));
        let ran = run(&log);
        prop_assert_eq!(ran.samples(), straight.samples());
        assert_same_laps(&ran.laps(), &straight.laps(), "shuffled within 5 s");
    }
}

#[test]
fn of_two_race_events_in_one_window_the_later_in_event_time_rules() {
    let session = |ms, id, gallons, kg_per_litre| {
        let (tank, fuel_density) =
            (Some(Volume::from_us_gallons(gallons)), FuelDensity::from_kg_per_litre(kg_per_litre));
        event(ms, id, RaceEventKind::Session(Session { tank, fuel_density, ..cup_session() }))
    };
    let (first, second) = (session(40_300, 9, 18.0, 0.75), session(40_600, 8, 22.0, 0.74));
    let delayed = |delay: Span| {
        let records = samples([drive("1", 0, 100_000)]).chain([first.clone(), second.clone()]);
        run(&delayed(records, |record| if *record == first { delay } else { Span::ZERO }))
    };
    assert_same_bytes(
        &delayed(Span::from_ms(450)).windows,
        &delayed(Span::ZERO).windows,
        "the first arrives second",
    );
}
