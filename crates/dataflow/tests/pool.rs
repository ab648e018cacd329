//! Many sessions on a few threads give what each alone gives.

use crate::folder::Folder;
use crate::panics::panicking;
use crate::races::{race, troubled};
use crate::ran::{Output, Setup, assert_same_bytes, job, run};
use dataflow::{AttemptError, Job, Pool, RunError};
use journal::Timekeeper;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use units::Span;

/// A millisecond passes whenever somebody looks.
#[derive(Default)]
struct Looks(AtomicU64);

impl Timekeeper for Looks {
    fn elapsed(&self) -> Duration {
        Duration::from_millis(self.0.fetch_add(1, Ordering::Relaxed))
    }
    fn sleep(&self, _: Duration) {}
}

fn pool(threads: usize) -> Pool {
    Pool::new(NonZeroUsize::new(threads).unwrap(), Looks::default)
}

#[test]
fn a_session_among_others_gives_the_bytes_that_it_gives_alone() {
    let (orderly, troubles) = (run(race()), run(troubled()));
    for threads in [1, 3] {
        let (pool, folders) = (pool(threads), [Folder::new(), Folder::new()]);
        let state = |at: usize| Some((folders[at].path().to_path_buf(), Span::from_secs(10)));
        let setups = [
            (race(), &orderly, Setup::default()),
            (troubled(), &troubles, Setup { block: 7, ..Setup::default() }),
            (troubled(), &troubles, Setup { hook: Some(panicking(0, 90_000, 1)), ..Setup::default() }),
            (troubled(), &troubles, Setup { state: state(0), ..Setup::default() }),
            (race(), &orderly, Setup { state: state(1), workers: 4, ..Setup::default() }),
        ];
        let mut running = Vec::new();
        for (number, (log, alone, setup)) in setups.iter().enumerate() {
            let output = Output::default();
            running.push((pool.run(job(&output, log, setup.clone()), number), output, *alone));
        }
        for (number, (session, output, alone)) in running.into_iter().enumerate() {
            let (report, what) = (session.join().unwrap(), format!("session {number}, {threads} threads"));
            assert_same_bytes(&output.windows(), &alone.windows, &what);
            assert_eq!(
                (report.counts, report.restarts),
                (alone.report.counts, u32::from(number == 2)),
                "{what}"
            );
        }
    }
}

#[test]
fn one_that_fails_says_so_and_the_others_go_on() {
    let (pool, output) = (pool(1), Output::default());
    let refused =
        Job { log: Box::new(|| Err("it is gone".into())), ..job(&output, race(), Setup::default()) };
    let panics = Setup { hook: Some(panicking(0, 60_000, u32::MAX)), ..Setup::default() };
    let [refused, panicking] = [refused, job(&Output::default(), race(), panics)].map(|job| pool.run(job, 0));
    let sound = pool.run(job(&output, race(), Setup::default()), 0);
    assert!(
        matches!(refused.join(), Err(RunError::Failed(AttemptError::Log(why))) if why.to_string() == "it is gone")
    );
    assert!(matches!(panicking.join(), Err(RunError::Failed(AttemptError::Panic { worker: 0, .. }))));
    assert!(sound.join().unwrap().counts.are_conserved());
    assert_same_bytes(&output.windows(), &run(race()).windows, "beside two that failed");
}

#[test]
fn one_without_end_is_let_go_when_it_is_stopped() {
    let (pool, output, setup) = (pool(2), Output::default(), Setup { endless: true, ..Setup::default() });
    let endless = pool.run(job(&output, race(), setup), 0);
    let report = endless.join().unwrap();
    assert_eq!(report.counts.journaled, race().len() as u64, "all that was there was read");
}
