//! Checkpoints: a run that was stopped anywhere and goes on, on any number of workers, writes what a straight one does.

use crate::folder::{Damage, Folder};
use crate::logs::{START, at, cup_session, drive, entry, event, flag, orderly, samples, whole_stop};
use crate::races::troubled;
use crate::ran::{Output, Ran, Setup, assert_same_bytes, run, run_into, try_run};
use dataflow::{CheckpointError, RunError, WindowNumber};
use events::{Entry, Flag, RaceEventKind, Record};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use units::Span;

/// Event time between checkpoints.
const EVERY: Span = Span::from_secs(10);

/// Three cars for two minutes, a stop and some flags.
fn log() -> Vec<Entry> {
    let flags = [flag(1_000, 10, Flag::Green), flag(64_000, 11, Flag::Yellow), flag(77_700, 12, Flag::Green)];
    let cars = samples(["1", "2", "3"].map(|name| drive(name, 0, 120_000)));
    orderly(cars.chain(flags).chain(whole_stop("2", 66_000, 20)))
}

fn window(ms: i64) -> WindowNumber {
    (START.us() / 1_000 + ms) as WindowNumber / 1_000
}

/// In small blocks, so that a run that is stopped has not read far ahead.
pub fn keeping(state: &Path, workers: usize) -> Setup {
    Setup { workers, block: 8, state: Some((state.into(), EVERY)), ..Setup::default() }
}

/// Runs until the window at `ms` after the start is written, and lets go there: whatever threads do, the checkpoints before
/// are whole by then.
pub fn run_until(ms: i64, output: &Output, log: &[Entry], setup: Setup) {
    let stop = Arc::new(AtomicBool::new(false));
    let output = output.stopping(at(ms), stop.clone());
    try_run(&output, log, Setup { stop: stop.clone(), ..setup }).unwrap();
    assert!(stop.load(Ordering::Relaxed), "it was stopped on the way");
}

/// A run of [`log`] on two workers that was stopped at 104 s, and what it left behind.
fn stopped_at_104_s() -> (Folder, Output) {
    let (folder, output) = (Folder::new(), Output::default());
    run_until(104_000, &output, &log(), keeping(folder.path(), 2));
    (folder, output)
}

fn assert_as_straight(ran: &Ran, straight: &Ran, what: &str) {
    assert_same_bytes(&ran.windows, &straight.windows, what);
    assert_eq!(ran.report.counts, straight.report.counts, "{what}");
}

#[test]
fn a_run_stopped_and_resumed_writes_the_same_bytes() {
    let straight = run(troubled());
    // workers of each start, and when it is stopped; the last goes on to the end
    for starts in [
        [(1, 31_000), (1, 55_000), (1, 130_000)],
        [(1, 20_000), (2, 90_000), (4, 121_000)],
        [(4, 47_000), (1, 88_000), (2, 99_000)],
        [(2, 5_000), (2, 6_000), (2, 140_500)],
    ] {
        let (folder, output) = (Folder::new(), Output::default());
        for (workers, ms) in starts {
            run_until(ms, &output, troubled(), keeping(folder.path(), workers));
        }
        let workers = starts[0].0;
        let ran = run_into(&output, troubled(), keeping(folder.path(), workers));
        let what = format!("{starts:?}, then {workers} workers");
        assert_as_straight(&ran, &straight, &what);
        let resumed_at = ran.report.resumed_at.expect("there was a checkpoint");
        assert!(
            resumed_at.is_multiple_of(10) && resumed_at > window(starts[2].1 - 30_000),
            "{what}: {resumed_at}"
        );
    }
}

#[test]
fn a_run_that_has_ended_may_be_run_again() {
    let (folder, output, straight) = (Folder::new(), Output::default(), run(&log()));
    for workers in [1, 2, 1] {
        let ran = run_into(&output, &log(), keeping(folder.path(), workers));
        assert_as_straight(&ran, &straight, "again");
    }
}

#[test]
fn a_damaged_checkpoint_falls_back_to_the_one_before() {
    let (folder, output) = stopped_at_104_s();
    let straight = run(&log());
    let checkpoints = folder.checkpoints();
    let [(newest, files), (before, _), ..] = &checkpoints[..] else { panic!("{checkpoints:?}") };
    assert_eq!(files.len(), 6, "two shards of cars; field, manifest, sink, source: {files:?}");
    for file in files {
        for damage in [Damage::Truncated, Damage::Emptied, Damage::Deleted] {
            let (copy, output) = (folder.copy(), output.copy());
            damage.inflict(&copy.path().join(file.strip_prefix(folder.path()).unwrap()));
            let ran = run_into(&output, &log(), keeping(copy.path(), 1));
            let what = format!("{damage:?} {}", file.file_name().unwrap().display());
            assert_as_straight(&ran, &straight, &what);
            assert_eq!(ran.report.resumed_at, Some(*before), "{what} of {newest}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 24,
        rng_seed: RngSeed::Fixed(1),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_flipped_bit_is_found(file in 0..6_usize, part in 0.0..1.0) {
        static STOPPED: OnceLock<(Folder, Output)> = OnceLock::new();
        let (folder, output) = STOPPED.get_or_init(stopped_at_104_s);
        let (copy, output) = (folder.copy(), output.copy());
        let checkpoints = copy.checkpoints();
        Damage::BitFlipped(part).inflict(&checkpoints[0].1[file]);
        let ran = run_into(&output, &log(), keeping(copy.path(), 1));
        prop_assert_eq!(ran.report.resumed_at, Some(checkpoints[1].0), "{:?}", checkpoints[0].1[file]);
        assert_same_bytes(&ran.windows, &run(&log()).windows, "a flipped bit");
    }
}

#[test]
fn when_no_checkpoint_can_be_read_the_log_is_replayed_from_its_start() {
    let (folder, output) = stopped_at_104_s();
    let checkpoints = folder.checkpoints();
    assert_eq!(checkpoints.len(), 3, "three are kept");
    for (_, files) in &checkpoints {
        Damage::BitFlipped(0.5).inflict(&files[0]);
    }
    let ran = run_into(&output, &log(), keeping(folder.path(), 2));
    assert_as_straight(&ran, &run(&log()), "from the start");
    assert_eq!(ran.report.resumed_at, None);
}

#[test]
fn a_half_written_checkpoint_does_not_exist() {
    let (folder, output) = stopped_at_104_s();
    let checkpoints = folder.checkpoints();
    let [(_, files), (before, _), ..] = &checkpoints[..] else { panic!("{checkpoints:?}") };
    for name in ["manifest", "sink"] {
        Damage::Deleted.inflict(files.iter().find(|file| file.ends_with(name)).unwrap());
    }
    let ran = run_into(&output, &log(), keeping(folder.path(), 4));
    assert_eq!(ran.report.resumed_at, Some(*before));
    assert_as_straight(&ran, &run(&log()), "half a checkpoint");
}

#[test]
fn what_a_dead_run_left_of_a_checkpoint_is_not_completed_by_the_next() {
    let (folder, output) = (Folder::new(), Output::default());
    run_until(104_000, &output, &log(), keeping(folder.path(), 4));
    let (newest, files) = folder.checkpoints().swap_remove(0);
    let before_ms = newest as i64 * 1_000 - START.us() / 1_000 - 1_000;
    for missing in ["source", "field", "sink"] {
        let (copy, output) = (folder.copy(), output.copy());
        for file in files.iter().filter(|file| file.ends_with("manifest") || file.ends_with(missing)) {
            Damage::Deleted.inflict(&copy.path().join(file.strip_prefix(folder.path()).unwrap()));
        }
        // the next has two workers, so its shards are others, and dies just before it writes them
        run_until(before_ms, &output, &log(), keeping(copy.path(), 2));
        let ran = run_into(&output, &log(), keeping(copy.path(), 1));
        assert_as_straight(&ran, &run(&log()), &format!("{missing} was missing"));
    }
}

#[test]
fn the_state_of_another_run_is_refused_and_left_alone() {
    let (folder, output) = stopped_at_104_s();
    let mut other = log();
    other[0] = entry(0, flag(0, 1, Flag::Red));
    let wider = Setup { window: Span::from_secs(5), ..keeping(folder.path(), 2) };
    for (what, log, setup) in [("log", &other, keeping(folder.path(), 2)), ("window", &log(), wider)] {
        let refused = try_run(&Output::default(), log, setup);
        assert!(
            matches!(&refused, Err(RunError::State(CheckpointError::OtherRun { .. }))),
            "{what}: {refused:?}"
        );
        let message = refused.unwrap_err().to_string();
        assert!(message.contains("another run") && message.contains("give another folder"), "{message}");
    }
    let ran = run_into(&output, &log(), keeping(folder.path(), 2));
    assert!(ran.report.resumed_at.is_some());
    assert_as_straight(&ran, &run(&log()), "its own run still finds it");
}

#[test]
fn the_state_of_a_log_that_begins_alike_is_refused_with_what_tells_them_apart() {
    let (folder, output) = stopped_at_104_s();
    let log = log();
    let newest = folder.checkpoints()[0].0 as i64 * 1_000 - START.us() / 1_000;
    // a car drives otherwise from then on; half a minute before the checkpoint nobody looks any more
    let other_from = |ms: i64| {
        let mut other = log.clone();
        for entry in &mut other {
            if let Record::Sample(sample) = &mut entry.record
                && sample.event_time >= at(ms)
            {
                sample.set_steps(events::Signal::Speed, 12_345);
            }
        }
        other
    };
    let short: Vec<Entry> = log.iter().take(log.len() / 2).cloned().collect();
    for (what, other, why) in [
        ("from its second entry on", other_from(0), "begins with other entries"),
        ("about the checkpoint", other_from(newest - 2_000), "is another"),
        ("its first half", short, "it has not even"),
    ] {
        let refused = try_run(&output, &other, keeping(folder.path(), 1)).unwrap_err();
        assert!(matches!(refused, RunError::State(CheckpointError::OtherLog { .. })), "{what}: {refused:?}");
        let message = refused.to_string();
        assert!(message.contains(why) && message.contains("give another folder"), "{what}: {message}");
    }
    let ran = run_into(&output, &log, keeping(folder.path(), 1));
    assert_as_straight(&ran, &run(&log), "its own still finds it");
}

#[test]
fn a_shard_of_another_place_or_run_is_a_damaged_one() {
    let (folder, output) = stopped_at_104_s();
    let checkpoints = folder.checkpoints();
    let [(newest, files), (before, older), ..] = &checkpoints[..] else { panic!("{checkpoints:?}") };
    let named =
        |files: &[std::path::PathBuf], name: &str| files.iter().find(|f| f.ends_with(name)).unwrap().clone();
    // the other run has wider economies
    let theirs = Folder::new();
    let wider = Setup { settings: race::Settings { green_laps: 7 }, ..keeping(theirs.path(), 2) };
    run_until(104_000, &Output::default(), &log(), wider);
    let their_newest = theirs.checkpoints().into_iter().find(|(at, _)| at == newest).unwrap().1;
    for (what, from) in [
        ("another worker's", named(files, "cars-0")),
        ("an older", named(older, "cars-1")),
        ("another run's", named(&their_newest, "cars-1")),
    ] {
        let (copy, output) = (folder.copy(), output.copy());
        let to = named(files, "cars-1");
        std::fs::copy(from, copy.path().join(to.strip_prefix(folder.path()).unwrap())).unwrap();
        let ran = run_into(&output, &log(), keeping(copy.path(), 1));
        assert_eq!(ran.report.resumed_at, Some(*before), "{what}");
        assert_as_straight(&ran, &run(&log()), what);
    }
}

#[test]
fn a_second_run_learns_who_uses_the_folder() {
    let folder = Folder::new();
    let path = folder.path().to_path_buf();
    let inner = move |_, _| {
        let refused = try_run(&Output::default(), &log(), keeping(&path, 1));
        let Err(RunError::State(CheckpointError::InUse { process, .. })) = refused else {
            panic!("{refused:?}")
        };
        assert_eq!(process, std::process::id().to_string());
    };
    let first = Setup { hook: Some(Arc::new(inner)), ..keeping(folder.path(), 1) };
    run_into(&Output::default(), &log()[..400], first);
}

#[test]
fn the_state_of_another_version_is_refused_with_what_to_do() {
    let (folder, output) = stopped_at_104_s();
    // behind its first eight bytes a file bears the version of its format
    for (_, files) in folder.checkpoints() {
        for file in files {
            let mut bytes = std::fs::read(&file).unwrap();
            bytes[8..12].copy_from_slice(&2_u32.to_le_bytes());
            std::fs::write(&file, bytes).unwrap();
        }
    }
    let refused = try_run(&output, &log(), keeping(folder.path(), 2)).unwrap_err();
    assert!(
        matches!(&refused, RunError::State(CheckpointError::OtherFormat { theirs: 2, .. })),
        "{refused:?}"
    );
    let message = refused.to_string();
    assert!(message.contains("remove the folder") && message.contains("give another folder"), "{message}");
    assert_eq!(folder.checkpoints().len(), 3, "it is left alone");
}

#[test]
fn the_state_does_not_grow_with_the_race() {
    let bytes = |ms: i64| {
        let folder = Folder::new();
        let cars = samples(["1", "2", "3"].map(|name| drive(name, 0, ms)));
        run_into(&Output::default(), &orderly(cars), keeping(folder.path(), 1));
        folder.bytes()
    };
    // ten laps and forty; the checkpoints that are left lie before the end of the log
    let [short, long] = [bytes(200_000), bytes(800_000)];
    assert!(long < short + short / 10, "{short} bytes after ten laps, {long} after forty");
}

#[test]
fn a_session_stated_again_outlives_a_restart() {
    // the table of rates is left out of a checkpoint and made again
    let mut less = cup_session();
    less.package_hp = Some(510.0);
    let stated = event(50_000, 2, RaceEventKind::Session(less));
    let log = orderly(samples([drive("1", 0, 120_000)]).chain([stated]));
    let (folder, output) = (Folder::new(), Output::default());
    run_until(84_000, &output, &log, keeping(folder.path(), 1));
    let ran = run_into(&output, &log, keeping(folder.path(), 1));
    assert!(ran.report.resumed_at.is_some());
    assert_as_straight(&ran, &run(&log), "two sessions");
}

#[test]
fn no_entry_is_lost_between_a_checkpoint_and_a_tick() {
    // ticks alone carry the frontier over a boundary: the place to which a checkpoint returns is behind them
    let mut log = orderly(samples([drive("1", 0, 58_000)]));
    log.extend((58..=90).map(|second| entry(second * 1_000 + 300, Record::Tick)));
    log.extend(drive("1", 91_000, 140_000).into_iter().map(|mut sample| {
        sample.boot = 1;
        entry((sample.event_time - START).us() / 1_000 + 100, Record::Sample(sample))
    }));
    let straight = run(&log);
    for ms in [61_000, 75_000, 86_000, 93_000] {
        let (folder, output) = (Folder::new(), Output::default());
        run_until(ms, &output, &log, keeping(folder.path(), 1));
        let ran = run_into(&output, &log, keeping(folder.path(), 1));
        assert_as_straight(&ran, &straight, &format!("stopped at {ms} ms"));
    }
}
