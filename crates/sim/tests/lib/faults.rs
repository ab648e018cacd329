//! What each fault does to the log, and what it leaves alone. Samples of a faulty race are set beside those of the same
//! race without faults: the same car, the same count.

use crate::{config, run};
use events::{Record, Sample, Signal, VehicleId};
use sim::{ConfigError, Emission, Faults, Race, RaceConfig};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;
use truth::Truth;

const CARS: u32 = 10;
const HZ: u32 = 5;

/// Ten minutes of ten cars: 100 minutes of car time, 30 000 samples.
fn race(faults: &str) -> Vec<Emission> {
    run(RaceConfig { faults: faults.parse().unwrap(), ..config(21, CARS, 10.0, HZ) })
}

/// A sample with its latency, µs, in order of arrival.
fn arrivals(emissions: &[Emission]) -> Vec<(Sample, i64)> {
    let arrived = emissions.iter().filter_map(|emission| match emission {
        Emission::Log(entry) => match entry.record {
            Record::Sample(sample) => {
                Some((sample, entry.ingest_time.unwrap().us() - sample.event_time.us()))
            }
            _ => None,
        },
        Emission::Truth(_) => None,
    });
    arrived.collect()
}

fn truths(emissions: &[Emission]) -> Vec<Truth> {
    let truths = emissions.iter().filter_map(|emission| match emission {
        Emission::Truth(truth) => Some(truth.clone()),
        Emission::Log(_) => None,
    });
    truths.collect()
}

type Counted = BTreeMap<(VehicleId, u64), Sample>;

fn counted(emissions: &[Emission]) -> Counted {
    let own = arrivals(emissions).into_iter().map(|(sample, _)| sample).filter(|sample| sample.source == 0);
    own.map(|sample| ((sample.vehicle, sample.sequence.unwrap().get()), sample)).collect()
}

static CLEAN: LazyLock<Vec<Emission>> = LazyLock::new(|| race("none"));
static CLEAN_COUNTED: LazyLock<Counted> = LazyLock::new(|| counted(&CLEAN));

/// Pairs of the same sample: without faults, with these.
fn pairs(faults: &str) -> Vec<(Sample, Sample)> {
    pairs_of(&race(faults))
}

fn pairs_of(emissions: &[Emission]) -> Vec<(Sample, Sample)> {
    counted(emissions).into_iter().map(|(key, faulty)| (CLEAN_COUNTED[&key], faulty)).collect()
}

fn get(sample: &Sample, signal: Signal) -> f64 {
    sample.get(signal).unwrap()
}

fn mean_sd(values: &[f64]) -> (f64, f64) {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let square = values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>();
    (mean, (square / values.len() as f64).sqrt())
}

/// Lengths of the holes in each car's count, s, and their share of all samples.
fn holes(faults: &str) -> (Vec<f64>, f64) {
    let mut last: BTreeMap<VehicleId, u64> = BTreeMap::new();
    let faulty = counted(&race(faults));
    let mut lengths = Vec::new();
    for (vehicle, sequence) in faulty.keys() {
        let before = last.insert(*vehicle, *sequence).unwrap_or(0);
        if sequence - before > 1 {
            lengths.push((sequence - before - 1) as f64 / f64::from(HZ));
        }
    }
    (lengths, 1.0 - faulty.len() as f64 / CLEAN_COUNTED.len() as f64)
}

#[test]
fn the_same_seed_and_faults_give_the_same_log() {
    for faults in ["default", "all"] {
        let race = race(faults);
        assert!(race == self::race(faults), "{faults}");
        assert!(race != *CLEAN && truths(&race) == truths(&CLEAN), "{faults}");
    }
}

#[test]
fn a_fault_touches_its_own_signals_only_and_never_the_truth() {
    use Signal::*;
    let engine: &[Signal] = &[Throttle, Brake, Rpm, Gear];
    for (fault, touched) in [
        ("throttle-gain", &[Throttle][..]),
        ("throttle-offset", &[Throttle]),
        ("throttle-noise", &[Throttle]),
        ("throttle-step", &[Throttle]),
        ("rpm-step", &[Rpm]),
        ("drop", &[]),
        ("outage", &[]),
        ("lag", engine),
        ("duplicate", &[]),
        ("second-source", &[]),
        ("reorder", &[]),
        ("lap-rollback=0.5", &[Lap]),
        ("lap-jump=60", &[Lap]),
    ] {
        let race = race(fault);
        assert!(truths(&race) == truths(&CLEAN), "{fault}");
        let pairs = pairs_of(&race);
        let differs =
            |signal| pairs.iter().any(|(clean, faulty)| clean.steps(signal) != faulty.steps(signal));
        let found: Vec<Signal> = Signal::ALL.into_iter().filter(|signal| differs(*signal)).collect();
        assert_eq!(found, touched, "{fault}");
        assert!(pairs.iter().all(|(clean, faulty)| clean.event_time == faulty.event_time), "{fault}");
    }
}

#[test]
fn without_faults_signals_are_exact() {
    let clean: Vec<&Sample> = CLEAN_COUNTED.values().collect();
    let flat_out = |sample: &&&Sample| get(sample, Signal::Throttle) > 0.9999;
    assert!(clean.iter().filter(flat_out).count() > clean.len() / 10);
    assert!(clean.iter().all(|sample| (0.0..=1.0).contains(&get(sample, Signal::Throttle))));
    assert!(clean.iter().any(|sample| sample.steps(Signal::Rpm).unwrap() % 100 == 55));
}

#[test]
fn gain_and_offset_are_each_cars_own() {
    let flat_out = |(clean, _): &&(Sample, Sample)| get(clean, Signal::Throttle) > 0.9999;
    let closed = |(clean, _): &&(Sample, Sample)| get(clean, Signal::Throttle) < 0.0001;
    let of_cars = |faults, at: &dyn Fn(&&(Sample, Sample)) -> bool| -> Vec<f64> {
        let mut cars: BTreeMap<VehicleId, Vec<f64>> = BTreeMap::new();
        for (_, faulty) in pairs(faults).iter().filter(at) {
            cars.entry(faulty.vehicle).or_default().push(get(faulty, Signal::Throttle));
        }
        cars.values()
            .map(|car| {
                let (mean, sd) = mean_sd(car);
                assert!(sd < 0.5e-4, "the same all race, but for the resolution: {sd}");
                mean
            })
            .collect()
    };
    // the sd of ten draws lies between 0.5 and 1.6 of the true one with 99 %
    let (mean, sd) = mean_sd(&of_cars("throttle-gain=0.03", &flat_out));
    assert!((mean - 1.0).abs() < 0.03 && (0.015..0.048).contains(&sd), "{mean} {sd}");
    assert!(of_cars("throttle-gain=0.03", &closed).iter().all(|closed| closed.abs() < 1e-4));
    let (mean, sd) = mean_sd(&of_cars("throttle-offset=0.01", &closed));
    assert!(mean.abs() < 0.01 && (0.005..0.016).contains(&sd), "{mean} {sd}");
}

#[test]
fn noise_and_steps_are_of_each_reading() {
    let differences = |faults, signal| -> Vec<f64> {
        pairs(faults).iter().map(|(clean, faulty)| get(faulty, signal) - get(clean, signal)).collect()
    };
    let (mean, sd) = mean_sd(&differences("throttle-noise=0.02", Signal::Throttle));
    assert!(mean.abs() < 0.001 && (0.019..0.021).contains(&sd), "{mean} {sd}");
    for (faults, signal, step) in
        [("throttle-step=0.05", Signal::Throttle, 0.05), ("rpm-step=50", Signal::Rpm, 50.0)]
    {
        assert!(differences(faults, signal).iter().all(|change| change.abs() <= 0.5001 * step), "{faults}");
        let steps = (step * signal.steps_per_unit()) as i32;
        assert!(
            pairs(faults).iter().all(|(_, faulty)| faulty.steps(signal).unwrap() % steps == 0),
            "{faults}"
        );
    }
}

#[test]
fn a_wild_sensor_stays_within_what_a_sample_can_hold() {
    let wild = pairs("throttle-gain=0.2,throttle-offset=0.1,throttle-noise=0.1");
    let steps = || wild.iter().filter_map(|(_, faulty)| faulty.steps(Signal::Throttle));
    assert_eq!(steps().max(), Some(13_000), "cut off at 1.3");
    assert!(steps().min() >= Some(-2_000));
}

#[test]
fn losses_have_their_share_and_their_lengths() {
    // a hole of n samples hides a silence of n ± 1 periods
    let period_s = 1.0 / f64::from(HZ);
    for (faults, share, length_s) in [
        ("drop=0.1", 0.08..0.12, 0.3 - period_s..3.0 + period_s),
        ("outage=0.1", 0.05..0.15, 20.0 - period_s..60.0 + period_s),
        ("default", 0.015..0.045, 0.3 - period_s..60.0 + period_s),
    ] {
        let (lengths, lost) = holes(faults);
        assert!(share.contains(&lost), "{faults}: {lost}");
        // two silences may touch: one in a hundred is longer
        let longer = lengths.iter().filter(|length| !length_s.contains(length)).count();
        assert!(lengths.len() > 5 && longer * 20 <= lengths.len(), "{faults}: {lengths:?}");
    }
    assert_eq!(holes("none"), (vec![], 0.0));
}

#[test]
fn a_lagging_signal_is_that_of_a_while_ago() {
    // 0.4 s are two samples of five a second
    for ((vehicle, sequence), faulty) in counted(&race("lag=0.4")) {
        let Some(earlier) = sequence.checked_sub(2).and_then(|at| CLEAN_COUNTED.get(&(vehicle, at))) else {
            continue;
        };
        let now = CLEAN_COUNTED[&(vehicle, sequence)];
        for (signal, then) in [
            (Signal::Throttle, earlier),
            (Signal::Rpm, earlier),
            (Signal::Speed, &now),
            (Signal::LapDistance, &now),
        ] {
            assert_eq!(faulty.steps(signal), then.steps(signal), "{vehicle} {sequence} {signal:?}");
        }
    }
}

#[test]
fn copies_equal_their_originals_and_some_come_much_later() {
    let (mut seen, mut late) = (BTreeSet::new(), 0);
    let arrived = arrivals(&race("duplicate=0.1"));
    let copies = arrived.iter().filter(|(sample, latency_us)| {
        late += u32::from(*latency_us > 5_000_000);
        !seen.insert(*sample)
    });
    let copies = copies.count();
    let share = copies as f64 / CLEAN_COUNTED.len() as f64;
    assert!((0.09..0.11).contains(&share), "{share}");
    assert!(seen.iter().eq(CLEAN_COUNTED.values().collect::<BTreeSet<_>>()), "nothing but copies");
    let share = f64::from(late) / copies as f64;
    assert!((0.05..0.15).contains(&share), "{share} of them late");
}

#[test]
fn another_source_tells_the_same_under_its_own_name() {
    let arrived = arrivals(&race("second-source=0.3"));
    let others: Vec<Sample> = arrived.iter().map(|(s, _)| *s).filter(|sample| sample.source == 1).collect();
    let share = others.len() as f64 / CLEAN_COUNTED.len() as f64;
    assert!((0.28..0.32).contains(&share), "{share}");
    for mut other in others {
        other.source = 0;
        assert_eq!(other, CLEAN_COUNTED[&(other.vehicle, other.sequence.unwrap().get())]);
    }
}

#[test]
fn reordered_records_are_up_to_four_seconds_late() {
    let arrived = arrivals(&race("reorder=0.1"));
    assert_eq!(arrived.len(), CLEAN_COUNTED.len(), "none is lost");
    let late = arrived.iter().filter(|(_, latency_us)| *latency_us > 200_000).count();
    // one in 29 of the reordered is so little later that it does not show
    let share = late as f64 / arrived.len() as f64;
    assert!((0.085..0.11).contains(&share), "{share}");
    let longest_us = arrived.iter().map(|(_, latency_us)| *latency_us).max().unwrap();
    assert!((3_900_000..=4_200_000).contains(&longest_us), "{longest_us}");
}

#[test]
fn a_stepping_clock_jumps_ahead_and_back_and_may_boot() {
    let mut clean: BTreeMap<VehicleId, Vec<Sample>> = BTreeMap::new();
    for sample in CLEAN_COUNTED.values() {
        clean.entry(sample.vehicle).or_default().push(*sample);
    }
    let race = race("clock-step=30");
    assert!(truths(&race) == truths(&CLEAN));
    let (mut place, mut clocks): (BTreeMap<VehicleId, usize>, BTreeSet<_>) = Default::default();
    for (faulty, _) in arrivals(&race) {
        // nothing is lost and five samples a second arrive in order
        let place = place.entry(faulty.vehicle).or_default();
        let ahead_us = (faulty.event_time - clean[&faulty.vehicle][*place].event_time).us();
        assert!(ahead_us == 0 || (600_000..1_500_000).contains(&ahead_us), "{ahead_us}");
        clocks.insert((faulty.vehicle, faulty.boot, ahead_us));
        *place += 1;
    }
    let boots: BTreeSet<u32> = clocks.iter().map(|(_, boot, _)| *boot).collect();
    assert!(boots.iter().copied().eq(1..=boots.len() as u32) && boots.len() > 2, "{boots:?}");
    let same_boot = |boot: &(VehicleId, u32, i64)| {
        boot.2 > 0 && clocks.contains(&(boot.0, boot.1, 0)) // a step without a new boot
    };
    assert!(clocks.iter().any(same_boot));
    let firsts = counted(&race).into_values().filter(|sample| sample.boot > 1);
    assert!(firsts.map(|sample| sample.sequence.unwrap().get()).min() == Some(1), "each boot counts from 1");
}

#[test]
fn a_lap_comes_back_after_the_next_was_closed() {
    let pairs = pairs("lap-rollback=0.5");
    let lap = |sample: &Sample| sample.steps(Signal::Lap).unwrap();
    let back: Vec<_> = pairs.iter().filter(|(clean, faulty)| lap(faulty) < lap(clean)).collect();
    assert!(back.iter().all(|(clean, faulty)| lap(faulty) == lap(clean) - 1));
    let laps = |pairs: &mut dyn Iterator<Item = &(Sample, Sample)>| -> BTreeSet<(VehicleId, i32)> {
        pairs.map(|(clean, _)| (clean.vehicle, clean.steps(Signal::Lap).unwrap())).collect()
    };
    let (back, all) = (laps(&mut back.into_iter()), laps(&mut pairs.iter()));
    let share = back.len() as f64 / all.len() as f64;
    assert!((0.35..0.55).contains(&share), "{share} of {}", all.len());
}

#[test]
fn a_lap_counter_jumps_ahead_for_a_moment() {
    let ahead: Vec<f64> = pairs("lap-jump=120")
        .iter()
        .map(|(clean, faulty)| get(faulty, Signal::Lap) - get(clean, Signal::Lap))
        .filter(|ahead| *ahead != 0.0)
        .collect();
    assert!(ahead.iter().all(|ahead| (2.0..=9.0).contains(ahead)), "{ahead:?}");
    assert!(ahead.len() > 100, "{}", ahead.len());
}

#[test]
fn faults_out_of_range_are_no_race() {
    let bad = RaceConfig { faults: Faults { drop: 1.0, ..Faults::none() }, ..config(1, 1, 1.0, 1) };
    let error: ConfigError = Race::new(bad).err().unwrap();
    assert_eq!(error.to_string(), "drop cannot be 1: give a number from 0 to 0.9");
}
