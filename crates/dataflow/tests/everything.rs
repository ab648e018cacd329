//! Everything at once: a race with every fault of the telemetry gives the same bytes however it is run.

use crate::folder::Folder;
use crate::logs::START;
use crate::ran::{Output, Setup, assert_same_bytes, run, run_into, run_with, try_run};
use events::{Entry, SessionId};
use sim::{Emission, EvidenceMode, Faults, Race, RaceConfig, TrackKind};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use units::Span;

/// Where cars race.
const TRACK: TrackKind = TrackKind::Superspeedway25;
/// Event time between checkpoints.
const EVERY: Span = Span::from_secs(20);

fn is_full() -> bool {
    std::env::var_os("BURNBAR_FULL").is_some()
}

/// A race with cautions and stops, and a feed that gets everything wrong.
fn log() -> Vec<Entry> {
    let (cars, minutes, hz) = if is_full() { (38, 60.0, 10) } else { (8, 40.0, 2) };
    let config = RaceConfig {
        seed: 77,
        track: TRACK,
        cars,
        minutes,
        hz,
        evidence: EvidenceMode::Gallons,
        faults: Faults::all(),
        start: START,
        session: SessionId::new("everything").unwrap(),
    };
    let log = Race::new(config).unwrap().filter_map(|emission| match emission {
        Emission::Log(entry) => Some(entry),
        Emission::Truth(_) => None,
    });
    log.collect()
}

#[test]
fn with_every_fault_workers_blocks_and_crashes_change_no_byte() {
    let log = log();
    let straight = run(&log);
    let (folded, _, duplicate) = straight.samples();
    assert!(folded > 15_000 && duplicate > 100, "{:?}", straight.samples());
    assert!(straight.laps().iter().any(|lap| lap.stint > 0), "somebody stops");
    for (workers, block) in [(1, 1), (2, 1), (2, 1024), (4, 1024)] {
        let what = format!("{workers} workers, blocks of {block}");
        let ran = run_with(&log, Setup { workers, block, ..Setup::default() });
        assert_same_bytes(&ran.windows, &straight.windows, &what);
        assert_eq!(ran.report, straight.report, "{what}");
    }

    // let go of three times on the way, each time with another number of workers
    let (folder, output) = (Folder::new(), Output::default());
    let keeping = |workers| Setup {
        workers,
        block: 32,
        state: Some((folder.path().to_path_buf(), EVERY)),
        ..Setup::default()
    };
    let windows = straight.windows.len();
    for (workers, part) in [(2, 4), (4, 2), (1, 1)] {
        let last = straight.windows[windows - windows * part / 5].closed.board.window_end_us;
        let stop = Arc::new(AtomicBool::new(false));
        let until = output.stopping(last - Span::from_us(1), stop.clone());
        let report = try_run(&until, &log, Setup { stop, ..keeping(workers) }).unwrap();
        assert!(report.counts.journaled < log.len() as u64, "it was stopped on the way");
    }
    let ran = run_into(&output, &log, keeping(2));
    assert!(ran.report.resumed_at.is_some(), "there was a checkpoint");
    assert_same_bytes(&ran.windows, &straight.windows, "stopped three times");
    assert_eq!(ran.report.counts, straight.report.counts);
}
