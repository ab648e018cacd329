//! What holds of every race, whatever its seed.

use crate::{START, config, run};
use events::{
    Entry, Flag, FuelEvidence, RaceEvent, RaceEventKind, Record, Sample, Session, Signal, StopPhase,
    VehicleId,
};
use proptest::prelude::*;
use sim::{ConfigError, Emission, EvidenceMode, Race, RaceConfig, TrackKind};
use std::collections::{BTreeMap, BTreeSet};
use truth::{Truth, TruthKind};
use units::{EventTime, FuelDensity, Mass};

fn log(emissions: &[Emission]) -> Vec<&Entry> {
    let entries = emissions.iter().filter_map(|emission| match emission {
        Emission::Log(entry) => Some(entry),
        Emission::Truth(_) => None,
    });
    entries.collect()
}

fn truths(emissions: &[Emission]) -> Vec<&Truth> {
    let truths = emissions.iter().filter_map(|emission| match emission {
        Emission::Truth(truth) => Some(truth),
        Emission::Log(_) => None,
    });
    truths.collect()
}

fn race_events(emissions: &[Emission]) -> Vec<&RaceEvent> {
    let events = log(emissions).into_iter().filter_map(|entry| match &entry.record {
        Record::Event(event) => Some(&**event),
        _ => None,
    });
    events.collect()
}

fn session(emissions: &[Emission]) -> &Session {
    let mut sessions = race_events(emissions).into_iter().filter_map(|event| match &event.kind {
        RaceEventKind::Session(session) => Some(session),
        _ => None,
    });
    sessions.next().unwrap()
}

/// Each car's samples, in order of event time.
fn samples(emissions: &[Emission]) -> BTreeMap<VehicleId, Vec<Sample>> {
    let mut cars: BTreeMap<VehicleId, Vec<Sample>> = BTreeMap::new();
    for entry in log(emissions) {
        if let Record::Sample(sample) = entry.record {
            cars.entry(sample.vehicle).or_default().push(sample);
        }
    }
    cars.values_mut().for_each(|samples| samples.sort_by(Sample::fold_order));
    cars
}

#[test]
fn the_same_seed_gives_the_same_race_and_another_seed_another() {
    for track in TrackKind::ALL {
        let race = |seed| run(RaceConfig { track, ..config(seed, 3, 2.0, 20) });
        assert!(race(5) == race(5), "{track:?}");
        assert!(race(5) != race(6), "{track:?}");
    }
}

#[test]
fn the_log_opens_with_the_session_and_the_roster() {
    let emissions = run(config(1, 2, 1.0, 1));
    let opening: Vec<&RaceEventKind> =
        race_events(&emissions[..2]).into_iter().map(|event| &event.kind).collect();
    assert!(
        matches!(opening[..], [RaceEventKind::Session(_), RaceEventKind::Roster { cars }] if cars.len() == 2)
    );
}

#[test]
fn ingest_time_never_goes_back_and_ticks_come_once_a_second() {
    let emissions = run(config(2, 10, 2.0, 20));
    let (mut last_us, mut ticks, mut newest_us) = (START.us(), 0, 0);
    for entry in log(&emissions) {
        let ingest_us = entry.ingest_time.unwrap().us();
        assert!(ingest_us >= last_us);
        last_us = ingest_us;
        match &entry.record {
            Record::Tick => {
                ticks += 1;
                assert_eq!(ingest_us, START.us() + ticks * 1_000_000);
            }
            Record::Sample(sample) => {
                let event_us = sample.event_time.us();
                assert!(newest_us - event_us <= 450_000, "disorder of {}", newest_us - event_us);
                assert!(
                    (60_000..=200_000).contains(&(ingest_us - event_us)),
                    "latency {}",
                    ingest_us - event_us
                );
                newest_us = newest_us.max(event_us);
            }
            Record::Event(_) => {}
        }
    }
    assert!((last_us - START.us() - ticks * 1_000_000) < 1_000_000, "ticks to the end");
}

#[test]
fn a_car_counts_its_samples_from_1_at_its_rate() {
    for (vehicle, samples) in samples(&run(config(3, 3, 1.0, 20))) {
        for (index, sample) in samples.iter().enumerate() {
            assert_eq!(sample.sequence.unwrap().get(), index as u64 + 1, "{vehicle}");
            assert_eq!((sample.boot, sample.signals().count()), (1, Signal::ALL.len()));
        }
        assert!(samples.windows(2).all(|w| (w[1].event_time - w[0].event_time).us() == 50_000), "{vehicle}");
    }
}

#[test]
fn motion_is_physically_possible() {
    // long enough for a start, cautions, restarts and stops
    for track in TrackKind::ALL {
        let emissions = run(RaceConfig { track, ..config(4, 8, 22.0, 20) });
        let lap_m = session(&emissions).track_length_m.unwrap();
        for (vehicle, samples) in samples(&emissions) {
            for pair in samples.windows(2) {
                let get = |index: usize, signal| pair[index].get(signal).unwrap();
                let step = |signal| get(1, signal) - get(0, signal);
                // in 50 ms: tyres brake with 11 m/s² at most, drag adds 4; the driven wheels push with 6
                assert!((-0.75..=0.30).contains(&step(Signal::Speed)), "{track:?} {vehicle} {pair:?}");
                let moved_m = (step(Signal::Lap) + step(Signal::LapDistance)) * lap_m;
                let expected_m = 0.025 * (get(0, Signal::Speed) + get(1, Signal::Speed));
                let jump_m = (moved_m - expected_m).abs();
                assert!(moved_m >= 0.0 && jump_m < 0.05, "{track:?} {vehicle} {moved_m} {pair:?}");
            }
        }
    }
}

#[test]
fn the_engine_package_is_that_of_the_track() {
    for (track, hp) in [
        (TrackKind::Oval15, 670.0),
        (TrackKind::Triangle25, 670.0),
        (TrackKind::Superspeedway25, 510.0),
        (TrackKind::Short05, 750.0),
        (TrackKind::Road24, 750.0),
    ] {
        let emissions = run(RaceConfig { track, ..config(1, 1, 1.0, 1) });
        assert_eq!(session(&emissions).package_hp, Some(hp), "{track:?}");
    }
}

#[test]
fn a_full_grid_starts_on_every_track() {
    // sixty cars fill half of the short oval: the last must stand on lap 0, too
    for track in TrackKind::ALL {
        let emissions = Race::new(RaceConfig { track, ..config(1, 60, 180.0, 1) }).unwrap();
        let first: BTreeMap<VehicleId, Sample> = emissions
            .filter_map(|emission| match emission {
                Emission::Log(Entry { record: Record::Sample(sample), .. }) => Some((sample.vehicle, sample)),
                _ => None,
            })
            .take(300)
            .collect();
        assert_eq!(first.len(), 60, "{track:?}");
        assert!(first.values().all(|sample| sample.get(Signal::Lap) == Some(0.0)), "{track:?}");
    }
}

#[test]
fn laps_and_modes_join_without_gap_from_start_to_end() {
    let emissions = run(config(9, 6, 16.0, 1));
    let truths = truths(&emissions);
    let end_us = truths.iter().map(|truth| truth.to_us).max().unwrap();
    let cars: BTreeSet<VehicleId> = truths.iter().map(|truth| truth.vehicle_id).collect();
    for (car, is_mode) in cars.iter().flat_map(|car| [(car, false), (car, true)]) {
        let mut at_us = START.us();
        let overlaps = |truth: &&Truth| matches!(truth.kind, TruthKind::Stop | TruthKind::Sign);
        let own = truths.iter().filter(|truth| truth.vehicle_id == *car && !overlaps(truth));
        for truth in own.filter(|truth| (truth.kind == TruthKind::Mode) == is_mode) {
            assert_eq!(truth.from_us, at_us, "{truth:?}");
            assert!(truth.to_us >= at_us);
            at_us = truth.to_us;
        }
        assert_eq!(at_us, end_us, "{car}");
    }
}

#[test]
fn evidence_follows_each_stop_and_is_near_the_truth() {
    for mode in [EvidenceMode::Gallons, EvidenceMode::FillTime, EvidenceMode::None] {
        let emissions = run(RaceConfig { evidence: mode, ..config(10, 12, 30.0, 1) });
        let stops = truths(&emissions).into_iter().filter(|truth| truth.kind == TruthKind::Stop);
        let added_kg: BTreeMap<(VehicleId, i64), f64> =
            stops.map(|stop| ((stop.vehicle_id, stop.to_us), stop.added_kg.unwrap())).collect();
        let known: Vec<(EventTime, &FuelEvidence)> = race_events(&emissions)
            .into_iter()
            .filter_map(|event| match &event.kind {
                RaceEventKind::Fuel(evidence) => Some((event.event_time, evidence)),
                _ => None,
            })
            .collect();
        assert!(added_kg.len() > 6, "{} stops", added_kg.len());
        assert_eq!(known.len(), if mode == EvidenceMode::None { 0 } else { added_kg.len() });
        for (known_at, evidence) in known {
            let stop_time = evidence.stop_time.unwrap();
            assert!((20_000_000..=120_000_000).contains(&(known_at - stop_time).us()));
            let added = Mass::from_kg(added_kg[&(evidence.vehicle, stop_time.us())]);
            let added_gal = FuelDensity::CUP.volume(added).us_gallons();
            match evidence.added {
                Some(volume) => {
                    assert!((volume.us_gallons() - added_gal).abs() < 5.0 * 0.15, "5 sd of the cans")
                }
                None => assert!(evidence.fill_time_s.is_some_and(|s| s > 0.5 + added_gal / 1.85)),
            }
        }
    }
}

#[test]
fn flags_follow_one_another_as_in_a_race() {
    use Flag::*;
    let emissions = run(config(11, 4, 20.0, 1));
    let flags: Vec<Flag> = race_events(&emissions)
        .into_iter()
        .filter_map(|event| match event.kind {
            RaceEventKind::Flag { flag } => Some(flag),
            _ => None,
        })
        .collect();
    assert_eq!(flags, [Yellow, Green, Yellow, Green, Yellow, Green, White, Checkered], "two stage breaks");
}

#[test]
fn a_stop_has_four_phases_in_order() {
    let mut phases: BTreeMap<VehicleId, Vec<StopPhase>> = BTreeMap::new();
    for event in race_events(&run(config(12, 6, 30.0, 1))) {
        if let RaceEventKind::Stop { vehicle, phase } = event.kind {
            phases.entry(vehicle).or_default().push(phase);
        }
    }
    assert!(!phases.is_empty());
    let cycle = [StopPhase::PitIn, StopPhase::BoxStop, StopPhase::BoxLeave, StopPhase::PitOut];
    for (vehicle, phases) in phases {
        assert!(phases.iter().zip(cycle.iter().cycle()).all(|(a, b)| a == b), "{vehicle} {phases:?}");
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
    assert_eq!(
        unknown.unwrap_err().to_string(),
        "no track \"monza\": give one of oval-1.5, triangle-2.5, superspeedway-2.5, short-0.5, road-2.4"
    );
    for track in TrackKind::ALL {
        assert_eq!(track.name().parse(), Ok(track));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn any_valid_race_runs_to_its_end(
        seed: u64, track in prop::sample::select(TrackKind::ALL.to_vec()),
        cars in 1u32..=6, minutes in 1.0f64..4.0, hz in 1u32..=40,
    ) {
        let emissions = run(RaceConfig { track, ..config(seed, cars, minutes, hz) });
        let events = race_events(&emissions);
        let ended = events.iter().any(|event| event.kind == RaceEventKind::Flag { flag: Flag::Checkered });
        let retired = events.iter().filter(|event| matches!(event.kind, RaceEventKind::Retired { .. })).count();
        prop_assert!(ended || retired == cars as usize);
    }
}
