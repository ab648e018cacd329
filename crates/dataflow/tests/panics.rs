//! A worker that panics: our fault, and the run goes on from its last checkpoint.

use crate::folder::Folder;
use crate::logs::START;
use crate::races::troubled;
use crate::ran::{Output, Setup, assert_same_bytes, run, run_with, try_run};
use dataflow::{AttemptError, RunError, WindowHook, WindowNumber};
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use units::Span;

/// Panics on `worker` when it closes the window at `ms` after the start, `times` times. It unwinds as a panic does,
/// but without a word on the terminal.
pub fn panicking(worker: usize, ms: i64, times: u32) -> WindowHook {
    let at = (START.us() / 1_000 + ms) as WindowNumber / 1_000;
    let panics = AtomicU32::new(0);
    Arc::new(move |closing_worker, window| {
        let is_it = closing_worker == worker && window >= at;
        if is_it && panics.fetch_add(1, Ordering::Relaxed) < times {
            resume_unwind(Box::new("a planted bug".to_string()));
        }
    })
}

#[test]
fn a_worker_that_panics_once_starts_again_and_no_byte_differs() {
    let straight = run(troubled());
    for (workers, worker, ms) in [(1, 0, 90_000), (2, 1, 40_500), (2, 0, 110_000), (4, 1, 131_000)] {
        for keeps_state in [false, true] {
            let folder = Folder::new();
            let state = keeps_state.then(|| (folder.path().to_path_buf(), Span::from_secs(10)));
            let hook = Some(panicking(worker, ms, 1));
            // blocks so small that a checkpoint is whole before the worker panics
            let ran = run_with(troubled(), Setup { workers, block: 8, state, hook, ..Setup::default() });
            let what = format!("worker {worker} of {workers} at {ms} ms, state kept: {keeps_state}");
            assert_same_bytes(&ran.windows, &straight.windows, &what);
            assert_eq!(ran.report.counts, straight.report.counts, "{what}");
            assert_eq!((ran.report.restarts, ran.report.resumed_at.is_some()), (1, keeps_state), "{what}");
        }
    }
}

#[test]
fn a_worker_that_panics_again_and_again_is_given_up() {
    let setup = Setup { workers: 2, hook: Some(panicking(1, 60_000, u32::MAX)), ..Setup::default() };
    let given_up = try_run(&Output::default(), troubled(), setup).unwrap_err();
    assert!(
        matches!(&given_up, RunError::Failed(AttemptError::Panic { worker: 1, message }) if message == "a planted bug"),
        "{given_up:?}"
    );
    assert_eq!(given_up.to_string(), "worker 1 panicked: a planted bug");
}
