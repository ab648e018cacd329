//! Recordings of others, read where they lie: beside the checkout or in `BURNBAR_SHARED`.

use events::{Record, Signal};
use feed::{Import, Mapping, csv, ibt};
use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;
use truth::{TruthKind, TruthUnit};

/// A file of the shared folder; `None`, and a line that says so, where it is absent.
fn shared(path: &str) -> Option<PathBuf> {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let path = std::env::var_os("BURNBAR_SHARED").map_or(beside, PathBuf::from).join(path);
    if path.exists() {
        return Some(path);
    }
    eprintln!("skipped: {} is absent", path.display());
    None
}

fn table(data: &str, mapping: &str) -> Option<Import> {
    let path = shared(&format!("data/csv/{data}"))?;
    let mapping_path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/mappings").join(mapping);
    let mapping = Mapping::parse(mapping, &std::fs::read_to_string(mapping_path).unwrap()).unwrap();
    Some(checked(csv::import(data, BufReader::new(File::open(path).unwrap()), &mapping).unwrap()))
}

fn telemetry(data: &str) -> Option<Import> {
    let path = shared(&format!("data/ibt/{data}"))?;
    Some(checked(ibt::import(data, File::open(path).unwrap()).unwrap()))
}

/// What holds of every import: a valid log, from which no fuel can be learned.
fn checked(import: Import) -> Import {
    assert_eq!(import.received, import.samples.len() as u64 + import.quarantine.count() + import.skipped);
    let time = |record: &Record| match record {
        Record::Sample(sample) => sample.event_time,
        Record::Event(event) => event.event_time,
        Record::Tick => panic!("an import has no ticks"),
    };
    let records: Vec<Record> = import.log(&[]).map(|entry| entry.record).collect();
    assert!(records.is_sorted_by_key(time));
    let is_fuel = |record: &Record| matches!(record, Record::Event(event) if matches!(event.kind, events::RaceEventKind::Fuel(_)));
    assert!(!records.iter().any(is_fuel));
    import
}

/// (kind, lap, burned, in which unit)
fn burned(import: &Import, kind: TruthKind) -> Vec<(Option<u32>, f64)> {
    import.truth.iter().filter(|t| t.kind == kind).map(|t| (t.lap, t.burned.unwrap())).collect()
}

fn stretches(import: &Import) -> usize {
    1 + import
        .samples
        .windows(2)
        .filter(|pair| pair[1].event_time - pair[0].event_time >= feed::STRETCH_GAP)
        .count()
}

#[test]
fn oulton_has_the_nine_laps_of_the_vectors() {
    let (Some(import), Some(vectors)) =
        (table("iracing_oulton_gt_9laps.csv", "iracing_oulton_gt.toml"), shared("vectors/10_oulton.json"))
    else {
        return;
    };
    let vectors: serde_json::Value = serde_json::from_reader(File::open(vectors).unwrap()).unwrap();
    let expected = vectors["laps"].as_array().unwrap().iter();
    let expected: Vec<(u64, f64)> = expected
        .map(|lap| (lap["lap_number"].as_u64().unwrap(), lap["true_litres"].as_f64().unwrap()))
        .collect();
    let laps = burned(&import, TruthKind::Lap);
    assert_eq!(laps.len(), expected.len());
    for ((lap, kg), (expected_lap, litres)) in laps.into_iter().zip(expected) {
        assert_eq!(lap.map(u64::from), Some(expected_lap));
        assert!((kg / 0.75 - litres).abs() < 1e-9, "lap {lap:?}: {kg} kg");
    }
    let reference = vectors["ref_rpm"].as_f64().unwrap();
    let session = import.events.iter().find_map(|event| match &event.kind {
        events::RaceEventKind::Session(session) => session.reference_rpm,
        _ => None,
    });
    assert!((session.unwrap() - reference).abs() < 1e-6);
    assert_eq!(stretches(&import), 3, "two garage resets");
    assert_eq!(import.quarantine.count(), 1, "the first row, before the car is in the world");
    assert_eq!(import.events.len(), 2, "being put into the pit box is no stop");
}

#[test]
fn calder_counts_fuel_in_an_unknown_unit() {
    let Some(import) = table("real_calder_2005_motec.csv", "motec_calder.toml") else { return };
    assert_eq!(import.samples.len(), 4_512);
    assert!(import.truth.iter().all(|t| t.unit == TruthUnit::Relative));
    // counter readings at the lap's rows: 125, 187, 242, 299
    assert_eq!(burned(&import, TruthKind::Lap), [(Some(1), 62.0), (Some(2), 55.0), (Some(3), 57.0)]);
    assert_eq!(burned(&import, TruthKind::Span), [(None, 322.0)]);
}

#[test]
fn fsae_runs_are_stretches_with_injector_truth() {
    let Some(import) = table("real_fsae_dallas.csv", "fsae_dallas.toml") else { return };
    assert_eq!((import.samples.len(), stretches(&import)), (19_366, 4));
    let spans = burned(&import, TruthKind::Span);
    assert!(spans.len() > 30 && spans.iter().all(|(_, burned)| *burned > 0.0), "{spans:?}");
}

#[test]
fn ford_traces_are_stretches_with_a_counter_in_litres() {
    let Some(import) = table("real_openxc_ford.csv", "openxc_ford.toml") else { return };
    assert_eq!((import.samples.len(), stretches(&import)), (7_399, 18));
    // trace `idling`: 4.4805 to 4.51044 L in 105.8 s, 0.745 kg/L
    let whole = import.truth.iter().find(|t| t.to_us - t.from_us > 100_000_000).unwrap();
    assert!((whole.burned.unwrap() / 0.745 - 0.02994).abs() < 1e-6, "{whole:?}");
}

#[test]
fn every_good_ibt_file_comes_in() {
    // rows, rows without the car, whole laps, litres over the longest span: read from the files by another program
    for (file, rows, skipped, laps, litres) in [
        ("itelem__amg.ibt", 3_371, 0, vec![], 0.866_371),
        ("racedirector__telemetry.ibt", 2_683, 2, vec![], 0.698_959),
        ("robroberts__skmod_langley_14-45-28.ibt", 2_709, 1, vec![], 0.293_812),
        ("robroberts__skmod_langley_14-46-23.ibt", 3_578, 1, vec![174, 175], 0.732_414),
        ("robroberts__skmod_langley_14-48-39.ibt", 3_244, 1, vec![179, 180], 0.658_581),
        ("teamjorge__valid.ibt", 390, 0, vec![], 0.003_315),
        ("tracktitan__formulavee_tsukuba.ibt", 3_429, 1, vec![1, 2], 0.268_009),
    ] {
        let Some(import) = telemetry(file) else { return };
        assert_eq!(
            (import.received, import.skipped, import.quarantine.count()),
            (rows, skipped, 0),
            "{file}"
        );
        let stated: Vec<u32> =
            burned(&import, TruthKind::Lap).into_iter().filter_map(|(lap, _)| lap).collect();
        assert_eq!(stated, laps, "{file}");
        let longest = import.truth.iter().max_by_key(|t| t.to_us - t.from_us).unwrap();
        assert!((longest.burned.unwrap() / 0.75 - litres).abs() < 2e-6, "{file}: {longest:?}");
        assert!(
            import.samples.iter().all(|s| s.get(Signal::Throttle).is_some() && s.get(Signal::Rpm).is_some()),
            "{file}"
        );
    }
}

#[test]
fn the_refill_at_sebring_is_a_reset_and_no_stop() {
    let Some(import) = telemetry("racedirector__telemetry.ibt") else { return };
    assert_eq!(stretches(&import), 2);
    assert_eq!(import.events.len(), 2, "session and roster: {:?}", import.events);
    assert!(import.truth.iter().all(|t| t.burned.unwrap() >= 0.0));
}

#[test]
fn a_file_without_a_header_is_refused() {
    let Some(path) = shared("data/ibt/csmith6611__telemetry.ibt") else { return };
    let error = ibt::import("telemetry.ibt", File::open(path).unwrap()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "telemetry.ibt, byte 0: this is no iRacing telemetry: its first number is 0, not a version from 1 to 2"
    );
}
