//! One attempt at a run: what its workers share, and how all of them stop when one fails.

use crate::checkpoint::{CheckpointError, Checkpoints, Shard};
use crate::grid::{Grid, WindowNumber};
use crate::job::{RunError, RunReport};
use crate::source::SourceCounts;
use journal::LogError;
use race::SampleCounts;
use serde::Serialize;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use thiserror::Error;

/// Why an attempt failed.
#[derive(Debug, Error)]
pub enum AttemptError {
    /// The log cannot be read.
    #[error("the log cannot be read: {0}")]
    Log(LogError),
    /// A checkpoint cannot be written.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// A sink refused.
    #[error("the output cannot be written: {0}")]
    Sink(#[from] std::io::Error),
    /// A worker panicked: our fault, and worth another attempt.
    #[error("worker {worker} panicked: {message}")]
    Panic {
        /// The index of the worker.
        worker: usize,
        /// The message of its panic.
        message: String,
    },
}

/// Called with a worker's index and the window that it closes. For tests that need a worker to fail.
pub type WindowHook = Arc<dyn Fn(usize, WindowNumber) + Send + Sync>;

/// What the workers of one attempt share.
pub struct Attempt {
    grid: Grid,
    checkpoints: Option<Checkpoints>,
    resumed_at: Option<WindowNumber>,
    hook: Option<WindowHook>,
    stop: Arc<AtomicBool>,
    /// It failed, or a worker has seen that it is stopped: from then on all of them let go, whatever becomes of `stop`.
    let_go: AtomicBool,
    /// The log broke off: what follows from its end alone is no state to go on from.
    is_cut: AtomicBool,
    failure: Mutex<Option<AttemptError>>,
    samples: Mutex<Vec<SampleCounts>>,
    source: Mutex<SourceCounts>,
}

impl Attempt {
    /// Of `workers` workers, which also stop when `stop` is set.
    pub fn new(
        grid: Grid,
        checkpoints: Option<Checkpoints>,
        resumed_at: Option<WindowNumber>,
        hook: Option<WindowHook>,
        stop: Arc<AtomicBool>,
        workers: usize,
    ) -> Self {
        Attempt {
            grid,
            checkpoints,
            resumed_at,
            hook,
            stop,
            let_go: AtomicBool::new(false),
            is_cut: AtomicBool::new(false),
            failure: Mutex::new(None),
            samples: Mutex::new(vec![SampleCounts::default(); workers]),
            source: Mutex::new(SourceCounts::default()),
        }
    }
    /// How event time is cut.
    pub fn grid(&self) -> Grid {
        self.grid
    }
    /// The first window that the state it began from does not hold.
    pub fn resumed_at(&self) -> Option<WindowNumber> {
        self.resumed_at
    }
    /// Calls the hook, if there is one.
    pub fn hook(&self, worker: usize, window: WindowNumber) {
        if let Some(hook) = &self.hook {
            hook(worker, window);
        }
    }
    /// Whether every worker should let go.
    pub fn is_stopped(&self) -> bool {
        let is_stopped = self.stop.load(Ordering::Relaxed);
        self.let_go.fetch_or(is_stopped, Ordering::Relaxed) || is_stopped
    }
    /// Stops every worker. The first failure is the one reported.
    pub fn fail(&self, failure: AttemptError) {
        let mut first = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
        first.get_or_insert(failure);
        self.let_go.store(true, Ordering::Relaxed);
    }
    /// The failure that stopped it, if one did.
    fn take_failure(&self) -> Option<AttemptError> {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
    /// The log breaks off here: no more checkpoints.
    pub fn cut(&self) {
        self.is_cut.store(true, Ordering::Relaxed);
    }
    /// Writes a shard, where checkpoints are kept.
    pub fn checkpoint<T: Serialize>(&self, boundary: WindowNumber, shard: Shard, workers: usize, value: &T) {
        if let Some(checkpoints) = &self.checkpoints
            && !self.is_stopped()
            && !self.is_cut.load(Ordering::Relaxed)
            && let Err(error) = checkpoints.write(boundary, shard, workers, value)
        {
            self.fail(error.into());
        }
    }
    /// What has become of the samples of one worker.
    pub fn count(&self, worker: usize, counts: SampleCounts) {
        self.samples.lock().unwrap_or_else(PoisonError::into_inner)[worker] = counts;
    }
    /// What has been read.
    pub fn count_source(&self, counts: SourceCounts) {
        *self.source.lock().unwrap_or_else(PoisonError::into_inner) = counts;
    }
    /// How it went.
    ///
    /// # Errors
    /// Something failed.
    pub fn report(&self) -> Result<RunReport, RunError> {
        match self.take_failure() {
            Some(failure) => Err(failure.into()),
            None => Ok(RunReport {
                counts: self.counts(),
                resumed_at: self.resumed_at,
                restarts: 0,
                is_cut: self.is_cut.load(Ordering::Relaxed),
            }),
        }
    }
    /// Everything that was counted.
    pub fn counts(&self) -> RunCounts {
        let mut samples = SampleCounts::default();
        self.samples.lock().unwrap_or_else(PoisonError::into_inner).iter().for_each(|one| samples += *one);
        let source = *self.source.lock().unwrap_or_else(PoisonError::into_inner);
        RunCounts { journaled: source.journaled, events: source.events, ticks: source.ticks, samples }
    }
}

/// What became of every entry of the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RunCounts {
    /// Entries read.
    pub journaled: u64,
    /// Race events among them; all of them count.
    pub events: u64,
    /// Ticks among them.
    pub ticks: u64,
    /// The samples among them.
    pub samples: SampleCounts,
}

impl RunCounts {
    /// Nothing was lost: journaled = folded + late + duplicate + ticks, race events being folded.
    pub fn are_conserved(&self) -> bool {
        let SampleCounts { folded, late, duplicate } = self.samples;
        self.journaled == folded + self.events + late + duplicate + self.ticks
    }
}
