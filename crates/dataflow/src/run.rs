//! Running a job: its workers, and another attempt when one of them panics.

use crate::checkpoint::Checkpoints;
use crate::emit::Emitter;
use crate::field_windows::FieldWindows;
use crate::graph;
use crate::grid::Grid;
use crate::job::{Job, RunError, RunReport};
use crate::needle::{NeedleReader, SharedScales};
use crate::pump::{PARK, Pump};
use crate::resume::{Beginning, identity};
use crate::source::LogSource;
use crate::supervise::{Attempt, AttemptError};
use crate::windows::CarWindows;
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::Arc;
use timely::worker::Worker;

/// A run whose workers panic more often than this is given up: the panic is in the data.
const RESTARTS_MAX: u32 = 3;

/// Runs `job` to the end of its log, or until it is stopped.
///
/// # Errors
/// The log, a sink or a checkpoint failed, or workers kept panicking.
pub fn run(job: Job) -> Result<RunReport, RunError> {
    let job = Arc::new(job);
    let mut restarts = 0;
    loop {
        match attempt(&job) {
            Err(RunError::Failed(AttemptError::Panic { worker, message })) if restarts < RESTARTS_MAX => {
                restarts += 1;
                tracing::error!(
                    worker,
                    message,
                    "a worker panicked; starting again from the last checkpoint"
                );
            }
            other => return other.map(|report| RunReport { restarts, ..report }),
        }
    }
}

fn attempt(job: &Arc<Job>) -> Result<RunReport, RunError> {
    let grid = Grid::new(job.window, job.state.as_ref().map(|(_, every)| *every));
    let checkpoints = match &job.state {
        Some((dir, _)) => Some(Checkpoints::open(dir, identity(job)?)?),
        None => None,
    };
    let beginning = Beginning::of(job, checkpoints.as_ref())?;
    let resumed_at = beginning.at.map(|(window, _)| window);
    if let Some(checkpoints) = &checkpoints {
        checkpoints.drop_after(resumed_at)?;
    }
    let (hook, stop) = (job.hook.clone(), job.stop.clone());
    let attempt = Arc::new(Attempt::new(grid, checkpoints, resumed_at, hook, stop, job.workers));
    let shared = (job.clone(), attempt.clone(), Arc::new(beginning));
    let config = match job.workers {
        0 | 1 => timely::Config::thread(),
        workers => timely::Config::process(workers),
    };
    let guards = timely::execute(config, move |worker| work(worker, &shared.0, &shared.1, &shared.2));
    drop(guards.map_err(RunError::Start)?.join());
    match attempt.take_failure() {
        Some(failure) => Err(failure.into()),
        None => Ok(RunReport { counts: attempt.counts(), resumed_at, restarts: 0 }),
    }
}

/// One worker, from its first step to its last. A panic in it, or a stop, makes it let go of its dataflows, and the
/// others with it: none waits for ever.
fn work(worker: &mut Worker, job: &Job, attempt: &Arc<Attempt>, beginning: &Beginning) {
    let index = worker.index();
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        if let Err(failure) = serve(worker, job, attempt, beginning) {
            attempt.fail(failure);
        }
    }));
    if let Err(panic) = outcome {
        let text = panic.downcast_ref::<String>().cloned();
        let message = text.or_else(|| panic.downcast_ref::<&str>().map(|s| (*s).into())).unwrap_or_default();
        attempt.fail(AttemptError::Panic { worker: index, message });
    }
    for dataflow in worker.installed_dataflows() {
        worker.drop_dataflow(dataflow);
    }
}

/// The graph on one worker. The first also reads the log, keeps the field and writes.
fn serve(
    worker: &mut Worker,
    job: &Job,
    attempt: &Arc<Attempt>,
    beginning: &Beginning,
) -> Result<(), AttemptError> {
    let (index, peers, grid, from) = (worker.index(), worker.peers(), attempt.grid(), attempt.resumed_at());
    let cars = CarWindows::new(grid, beginning.cars_of(index, peers), from);
    if index != 0 {
        let probe = graph::build(worker, attempt, cars, None).close();
        while !probe.done() && !attempt.is_stopped() {
            worker.step_or_park(Some(PARK));
        }
        return Ok(());
    }
    let sink = (job.sink)(beginning.sink.as_deref())?;
    let log = (job.log)().map_err(AttemptError::Log)?;
    let source = LogSource::open(log, grid, beginning.at).map_err(AttemptError::Log)?;
    let scales: SharedScales = Rc::new(RefCell::new(beginning.scales.clone()));
    let field = FieldWindows::new(grid, beginning.field(), from);
    let emitter = Emitter::new(attempt.clone(), peers, sink, scales.clone());
    let ends = graph::build(worker, attempt, cars, Some((field, emitter)));
    let needle = job.needle.clone().map(|listener| NeedleReader::new(listener, &beginning.race, scales));
    Pump { attempt: attempt.clone(), source, needle, ends }.run(worker)
}
