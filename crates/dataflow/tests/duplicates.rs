//! The same sample again counts once, and two samples of one time are not the same.

use crate::logs::{drive, entry, numbered, orderly, published, sample, samples};
use crate::races::troubled;
use crate::ran::{Ran, assert_same_bytes, run};
use events::{Entry, Record, Sample, Signal};
use std::collections::BTreeSet;
use units::Span;

/// One car for 100 s: 500 samples.
fn log() -> Vec<Entry> {
    orderly(samples([drive("1", 0, 100_000)]))
}

/// The same without sequences.
fn uncounted() -> Vec<Sample> {
    let mut samples = drive("1", 0, 100_000);
    samples.iter_mut().for_each(|sample| sample.sequence = None);
    samples
}

fn only(sample: Sample, signals: &[Signal]) -> Sample {
    let mut part = Sample::new(sample.vehicle, sample.event_time);
    signals.iter().for_each(|&signal| part.set_steps(signal, sample.steps(signal).unwrap()));
    part
}

/// The log with `again` arriving `after_ms` after sample number 250, which happens at 49.8 s.
fn with_again(mut log: Vec<Entry>, again: Sample, after_ms: i64) -> Vec<Entry> {
    log.push(entry(49_800 + 100 + after_ms, Record::Sample(again)));
    log.sort_by_key(|entry| entry.ingest_time);
    log
}

#[test]
fn a_sequence_counts_once_for_ever() {
    let log = orderly(samples([drive("1", 0, 700_000)]));
    let first = drive("1", 0, 100_000)[249];
    let straight = run(&log);
    // ten minutes: longer than any broker remembers
    for after_ms in [0, 300, 4_000, 9_000, 600_000] {
        let ran = run(&with_again(log.clone(), first, after_ms));
        assert_eq!(ran.samples(), (3_500, 0, 1), "after {after_ms} ms");
        assert_same_bytes(&ran.windows, &straight.windows, "a duplicate changes nothing");
    }
}

#[test]
fn a_sequence_belongs_to_its_publisher_and_its_boot() {
    let first = drive("1", 0, 100_000)[249];
    for (source, boot, duplicate) in [(0, 0, 1), (0, 1, 0), (1, 0, 0), (3, 2, 0)] {
        let ran = run(&with_again(log(), published(first, source, boot), 0));
        assert_eq!(ran.samples(), (501 - duplicate, 0, duplicate), "source {source}, boot {boot}");
    }
}

#[test]
fn a_late_sample_again_is_a_duplicate() {
    let stray = published(numbered(sample("1", 40_000, 0.5), 1), 1, 0);
    let log = with_again(with_again(log(), stray, 0), stray, 100);
    assert_eq!(run(&log).samples(), (500, 1, 1));
}

#[test]
fn without_a_sequence_time_and_values_tell() {
    use Signal::{LapDistance, Rpm, Throttle};
    let first = uncounted()[249];
    let differs = only(first, &[Rpm]).with(Throttle, 0.77).unwrap();
    // (what, the sample, after ms, folded, late, duplicate)
    for (what, again, after_ms, expected) in [
        ("at once", first, 0, (500, 0, 1)),
        ("after two seconds", first, 2_000, (500, 0, 1)),
        ("in the unsettled part still", first, 5_300, (500, 0, 1)),
        ("behind it", first, 6_000, (500, 1, 0)),
        ("some of its signals", only(first, &[Throttle, Rpm]), 0, (500, 0, 1)),
        ("others of them, later", only(first, &[LapDistance]), 3_000, (500, 0, 1)),
        ("one value differs", differs, 0, (501, 0, 0)),
    ] {
        let log = with_again(orderly(samples([uncounted()])), again, after_ms);
        assert_eq!(run(&log).samples(), expected, "{what}");
    }
}

#[test]
fn planted_faults_are_counted_exactly() {
    let (mut seen, mut newest) = (BTreeSet::new(), None);
    let (mut journaled, mut late, mut duplicate) = (0, 0, 0);
    // the clock by its definition: the newest of min(event, ingest), ticks two seconds behind, less half a second
    for entry in troubled() {
        let ingest = entry.ingest_time.unwrap().as_event_time();
        let reached = match &entry.record {
            Record::Sample(sample) => sample.event_time.min(ingest),
            Record::Event(event) => event.event_time.min(ingest),
            Record::Tick => ingest - Span::from_secs(2),
        };
        newest = newest.max(Some(reached));
        let Record::Sample(sample) = &entry.record else { continue };
        journaled += 1;
        let effective = sample.event_time.max(newest.unwrap() - Span::from_ms(500));
        if !seen.insert((sample.vehicle, sample.source, sample.boot, sample.sequence)) {
            duplicate += 1;
        } else if effective - sample.event_time > Span::from_secs(5) {
            late += 1;
        }
    }
    assert_eq!(run(troubled()).samples(), (journaled - late - duplicate, late, duplicate));
}

#[test]
fn of_two_samples_of_one_time_the_later_sequence_holds() {
    let (lifting, flat) = (sample("1", 50_000, 0.2), sample("1", 50_000, 1.0));
    let log = |first: Sample, second: Sample| {
        let others = drive("1", 0, 100_000).into_iter().filter(|s| s.event_time != first.event_time);
        let mut log = orderly(samples([others.collect()]));
        for (ingest_ms, sample) in [(50_100, first), (50_101, second)] {
            log.push(entry(ingest_ms, Record::Sample(sample)));
        }
        log.sort_by_key(|entry| entry.ingest_time);
        run(&log)
    };
    let held_g = |ran: &Ran| ran.car("1", 51_000).burn.race_kg.unwrap() * 1e3;
    let [lifts, flat_out] = [(lifting, flat), (flat, lifting)].map(|(loser, winner)| {
        let (loser, winner) = (numbered(loser, 9_000), numbered(winner, 9_001));
        let (ran, other_way) = (log(loser, winner), log(winner, loser));
        assert_same_bytes(&ran.windows, &other_way.windows, "whichever arrives first");
        assert_eq!(ran.samples(), (501, 0, 0), "both are folded: the first is held for no time");
        held_g(&ran)
    });
    assert!(
        lifts > flat_out + 1.0,
        "the winner is held for 200 ms: {lifts} g flat out, {flat_out} g lifting"
    );
}
