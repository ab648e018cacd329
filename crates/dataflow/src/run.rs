//! Running a job: its workers, and another attempt when one of them panics.

use crate::checkpoint::Checkpoints;
use crate::emit::{Emitter, PassedBarriers};
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
use journal::Next;
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Wake, Waker};
use std::thread::Thread;
use std::time::Duration;
use timely::worker::Worker;

/// A run whose workers panic more often than this is given up: the panic is in the data.
const RESTARTS_MAX: u32 = 3;
/// How long to wait before a log that is still empty is looked at again.
pub(crate) const EMPTY_LOG: Duration = Duration::from_millis(5);

/// Runs `job` to the end of its log, or until it is stopped.
///
/// # Errors
/// The log, a sink or a checkpoint failed, or workers kept panicking.
pub fn run(job: Job) -> Result<RunReport, RunError> {
    let job = Arc::new(job);
    let mut restarts = 0;
    loop {
        let ended = attempt(&job);
        if !is_worth_another(&ended, restarts) {
            return ended.map(|report| RunReport { restarts, ..report });
        }
        restarts += 1;
    }
}

/// Whether an attempt ended by a panic that may not come again; says so.
pub(crate) fn is_worth_another(ended: &Result<RunReport, RunError>, restarts: u32) -> bool {
    match ended {
        Err(RunError::Failed(AttemptError::Panic { worker, message })) if restarts < RESTARTS_MAX => {
            tracing::error!(worker, message, "a worker panicked; starting again from the last checkpoint");
            true
        }
        _ => false,
    }
}

fn attempt(job: &Arc<Job>) -> Result<RunReport, RunError> {
    let Prepared { attempt, beginning } = loop {
        match Prepared::of(job)? {
            Some(prepared) => break prepared,
            None => std::thread::sleep(EMPTY_LOG),
        }
    };
    let shared = (job.clone(), attempt.clone(), Arc::new(beginning));
    let config = match job.workers {
        // nobody else can have something for it while it spins
        0 | 1 => timely::Config {
            communication: timely::CommunicationConfig::Thread,
            worker: timely::WorkerConfig::default().idle_spin(Duration::ZERO),
        },
        workers => timely::Config::process(workers),
    };
    let guards = timely::execute(config, move |worker| work(worker, &shared.0, &shared.1, &shared.2));
    drop(guards.map_err(RunError::Start)?.join());
    attempt.report()
}

/// An attempt that may begin, and where.
pub(crate) struct Prepared {
    pub attempt: Arc<Attempt>,
    pub beginning: Beginning,
}

impl Prepared {
    /// `None` while checkpoints cannot be looked for, as the log is empty.
    pub fn of(job: &Job) -> Result<Option<Prepared>, RunError> {
        let grid = Grid::new(job.window, job.state.as_ref().map(|(_, every)| *every));
        let checkpoints = match &job.state {
            Some((dir, _)) => match identity(job)? {
                Some(identity) => Some(Checkpoints::open(dir, identity)?),
                None => return Ok(None),
            },
            None => None,
        };
        let beginning = Beginning::of(job, checkpoints.as_ref())?;
        let resumed_at = beginning.at.map(|(window, _)| window);
        if let Some(checkpoints) = &checkpoints {
            checkpoints.drop_after(resumed_at)?;
        }
        let (hook, stop) = (job.hook.clone(), job.stop.clone());
        let attempt = Arc::new(Attempt::new(grid, checkpoints, resumed_at, hook, stop, job.workers));
        Ok(Some(Prepared { attempt, beginning }))
    }
}

/// One worker, from its first step to its last. A panic in it, or a stop, makes it let go of its dataflows, and the
/// others with it: none waits for ever.
fn work(worker: &mut Worker, job: &Job, attempt: &Arc<Attempt>, beginning: &Beginning) {
    guarded(worker, attempt, |worker| serve(worker, job, attempt, beginning));
    for dataflow in worker.installed_dataflows() {
        worker.drop_dataflow(dataflow);
    }
}

/// Does something on a worker. What fails, a panic included, fails the attempt.
pub(crate) fn guarded<T>(
    worker: &mut Worker,
    attempt: &Attempt,
    what: impl FnOnce(&mut Worker) -> Result<T, AttemptError>,
) -> Option<T> {
    let failure = match catch_unwind(AssertUnwindSafe(|| what(worker))) {
        Ok(Ok(done)) => return Some(done),
        Ok(Err(failure)) => failure,
        Err(panic) => {
            let text = panic.downcast_ref::<String>().cloned();
            let message = text.or_else(|| panic.downcast_ref::<&str>().map(|s| (*s).into()));
            AttemptError::Panic { worker: worker.index(), message: message.unwrap_or_default() }
        }
    };
    attempt.fail(failure);
    None
}

/// The graph on one worker. The first also reads the log, keeps the field and writes.
fn serve(
    worker: &mut Worker,
    job: &Job,
    attempt: &Arc<Attempt>,
    beginning: &Beginning,
) -> Result<(), AttemptError> {
    if worker.index() != 0 {
        let cars = cars_of(worker, attempt, beginning);
        let probe = graph::build(worker, attempt, cars, None).close();
        while !probe.done() && !attempt.is_stopped() {
            worker.step_or_park(Some(PARK));
        }
        return Ok(());
    }
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut pump = begin(worker, job, attempt, beginning, &waker)?;
    while !attempt.is_stopped() {
        match pump.turn(worker)? {
            Next::Entries => {}
            Next::Pending(again) => drop(worker.step_or_park(Some(again))),
            Next::End | Next::Cut => break,
        }
    }
    pump.finish(worker);
    Ok(())
}

/// The first worker, about to read the log; `waker` learns when there is more of it.
pub(crate) fn begin(
    worker: &mut Worker,
    job: &Job,
    attempt: &Arc<Attempt>,
    beginning: &Beginning,
    waker: &Waker,
) -> Result<Pump, AttemptError> {
    let (peers, grid, from) = (worker.peers(), attempt.grid(), attempt.resumed_at());
    let sink = (job.sink)(beginning.sink.as_deref())?;
    let mut log = (job.log)().map_err(AttemptError::Log)?;
    log.wake(waker);
    let source = LogSource::open(log, grid, beginning.at).map_err(AttemptError::Log)?;
    let scales: SharedScales = Rc::new(RefCell::new(beginning.scales.clone()));
    let field = FieldWindows::new(grid, beginning.field(), from);
    let barriers = PassedBarriers::default();
    let emitter = Emitter::new(attempt.clone(), peers, sink, scales.clone(), barriers.clone());
    let cars = cars_of(worker, attempt, beginning);
    let ends = graph::build(worker, attempt, cars, Some((field, emitter)));
    let needle = job.needle.clone().map(|listener| NeedleReader::new(listener, &beginning.race, scales));
    Ok(Pump::new(attempt.clone(), source, needle, ends, barriers))
}

fn cars_of(worker: &Worker, attempt: &Attempt, beginning: &Beginning) -> CarWindows {
    let cars = beginning.cars_of(worker.index(), worker.peers());
    CarWindows::new(attempt.grid(), cars, attempt.resumed_at())
}

/// Wakes a thread that is parked.
struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}
