//! What holds of every race, whatever its seed.

use crate::{config, run};
use events::{Entry, RaceEventKind, Record, Sample, Signal, VehicleId};
use proptest::prelude::*;
use sim::{ConfigError, Emission, Race, RaceConfig, TrackKind};
use std::collections::BTreeMap;

fn log(emissions: &[Emission]) -> Vec<&Entry> {
    let entries = emissions.iter().filter_map(|emission| match emission {
        Emission::Log(entry) => Some(entry),
        Emission::Truth(_) => None,
    });
    entries.collect()
}

fn samples(emissions: &[Emission]) -> BTreeMap<VehicleId, Vec<Sample>> {
    let mut cars: BTreeMap<VehicleId, Vec<Sample>> = BTreeMap::new();
    for entry in log(emissions) {
        if let Record::Sample(sample) = entry.record {
            cars.entry(sample.vehicle).or_default().push(sample);
        }
    }
    cars
}

#[test]
fn the_same_seed_gives_the_same_race_and_another_seed_another() {
    let race = |seed| run(config(seed, 3, 2.0, 20));
    assert!(race(5) == race(5));
    assert!(race(5) != race(6));
}

#[test]
fn the_log_opens_with_the_session_and_the_roster() {
    let emissions = run(config(1, 2, 1.0, 1));
    let opening: Vec<&RaceEventKind> = log(&emissions)[..2]
        .iter()
        .filter_map(|entry| match &entry.record {
            Record::Event(event) => Some(&event.kind),
            _ => None,
        })
        .collect();
    assert!(
        matches!(opening[..], [RaceEventKind::Session(_), RaceEventKind::Roster { cars }] if cars.len() == 2)
    );
}

#[test]
fn ingest_time_never_goes_back_and_ticks_come_last_in_their_instant() {
    let emissions = run(config(2, 10, 2.0, 20));
    let (mut last, mut ticks, mut newest_us) = (0, 0, 0);
    for entry in log(&emissions) {
        let ingest_us = entry.ingest_time.unwrap().us();
        assert!(ingest_us >= last);
        last = ingest_us;
        match &entry.record {
            Record::Tick => ticks += 1,
            Record::Sample(sample) => {
                let late_us = newest_us - sample.event_time.us();
                assert!(late_us <= 450_000, "{late_us}");
                assert!((60_000..=200_000).contains(&(ingest_us - sample.event_time.us())));
                newest_us = newest_us.max(sample.event_time.us());
            }
            Record::Event(_) => {}
        }
    }
    let first = log(&emissions)[0].ingest_time.unwrap().us();
    assert_eq!(ticks, (last - first) / 1_000_000, "one tick a second");
}

#[test]
fn a_car_counts_its_samples_from_1_at_its_rate() {
    for (vehicle, samples) in samples(&run(config(3, 3, 1.0, 20))) {
        let mut sorted = samples;
        sorted.sort_by(Sample::fold_order);
        for (index, sample) in sorted.iter().enumerate() {
            assert_eq!(sample.sequence.unwrap().get(), index as u64 + 1, "{vehicle}");
            assert_eq!(sample.boot, 1);
        }
        assert!(sorted.windows(2).all(|w| (w[1].event_time - w[0].event_time).us() == 50_000), "{vehicle}");
    }
}

#[test]
fn motion_is_physically_possible() {
    for (vehicle, mut samples) in samples(&run(config(4, 8, 4.0, 20))) {
        samples.sort_by(Sample::fold_order);
        for pair in samples.windows(2) {
            let get = |index: usize, signal| pair[index].get(signal).unwrap();
            let step = |signal| get(1, signal) - get(0, signal);
            let moved = step(Signal::Lap) + step(Signal::LapDistance);
            let speed_step = step(Signal::Speed);
            // grip limits braking to 11 m/s² plus drag, and the driven wheels to 6 m/s²
            assert!((-0.80..=0.35).contains(&speed_step), "{vehicle} {pair:?}");
            let travelled_m = moved * 2414.016;
            let expected_m = 0.025 * (get(0, Signal::Speed) + get(1, Signal::Speed));
            assert!((travelled_m - expected_m).abs() < 0.05, "{vehicle} {travelled_m} {pair:?}");
        }
    }
}

#[test]
fn impossible_races_say_what_is_possible() {
    let good = config(1, 2, 1.0, 1);
    for (bad, why) in [
        (RaceConfig { cars: 0, ..good.clone() }, "0 cars cannot race: give 1 to 60"),
        (RaceConfig { cars: 61, ..good.clone() }, "61 cars cannot race: give 1 to 60"),
        (RaceConfig { minutes: f64::NAN, ..good.clone() }, "a race of NaN minutes: give 1 to 600"),
        (RaceConfig { hz: 0, ..good.clone() }, "0 samples per second: give 1 to 120"),
    ] {
        assert_eq!(Race::new(bad).err().unwrap().to_string(), why);
    }
    let unknown: Result<TrackKind, ConfigError> = "monza".parse();
    assert_eq!(unknown.unwrap_err().to_string(), "no track \"monza\": give one of oval-1.5");
    assert_eq!("oval-1.5".parse(), Ok(TrackKind::Oval15));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn any_valid_race_runs_to_its_end(seed: u64, cars in 1u32..=6, minutes in 1.0f64..4.0, hz in 1u32..=40) {
        let emissions = run(config(seed, cars, minutes, hz));
        let ended = log(&emissions).iter().any(|entry| matches!(&entry.record, Record::Event(event)
            if matches!(event.kind, RaceEventKind::Flag { flag: events::Flag::Checkered })));
        prop_assert!(ended);
    }
}
