//! Running the graph: feed it from the log, keep it a few windows ahead at most, resume it from a checkpoint, and start
//! it again when a worker panics.

use crate::checkpoint::{CheckpointError, Checkpoints, Found, Identity, Shard};
use crate::graph::{self, Ends, FieldState};
use crate::needle::{NeedleListener, NeedleReader};
use crate::sink::{OpenSink, Sink, nowhere};
use crate::source::{Place, Source};
use crate::supervise::{Attempt, Counts, Failure, WindowHook};
use crate::windows::{Grid, Key, State, WindowNumber};
use events::{Model, SessionId};
use journal::{LogError, Next, OpenLog};
use race::{Field, RaceState, Settings};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use thiserror::Error;
use timely::worker::Worker;
use units::Span;

/// How far the source may run ahead of what has left the graph, in windows: it bounds memory.
const LEAD: WindowNumber = 4;
/// How long a worker with nothing to do waits before it looks again.
const PARK: Duration = Duration::from_millis(5);
/// A run whose workers panic more often than this is given up: the panic is in the data.
const RESTARTS_MAX: u32 = 3;

/// What to run.
pub struct Job {
    /// The log.
    pub log: OpenLog,
    /// Where closed windows go.
    pub sink: OpenSink,
    /// The session's name until the log says it.
    pub session: SessionId,
    /// What the user chose about the numbers.
    pub settings: Settings,
    /// The model to begin with; priors alone without one. The log may take up others.
    pub model: Option<Arc<Model>>,
    /// Width of a window.
    pub window: Span,
    /// Worker threads, 1 or more.
    pub workers: usize,
    /// Entries handed to the graph at once. It changes no output.
    pub batch: usize,
    /// Where checkpoints are kept, if they are, and how often in event time.
    pub state: Option<(PathBuf, Span)>,
    /// Set it to let go of a run that follows a log without end.
    pub stop: Arc<AtomicBool>,
    /// Who may want the needle.
    pub needle: Option<Arc<dyn NeedleListener>>,
    /// Called as windows close.
    pub hook: Option<WindowHook>,
}

impl Job {
    /// `log` through the stream: windows of 1 s on one worker, to nowhere, nothing kept. `session` is its name until the
    /// log names it.
    pub fn new(log: OpenLog, session: SessionId) -> Job {
        Job {
            log,
            sink: nowhere(),
            session,
            settings: Settings::default(),
            model: None,
            window: Span::from_secs(1),
            workers: 1,
            batch: 1024,
            state: None,
            stop: Arc::default(),
            needle: None,
            hook: None,
        }
    }
}

/// How a run went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Report {
    /// What became of every entry.
    pub counts: Counts,
    /// The window from which it resumed, if it did.
    pub resumed_at: Option<WindowNumber>,
    /// How often a panicking worker was started again.
    pub restarts: u32,
}

/// Why a run ended early.
#[derive(Debug, Error)]
pub enum RunError {
    /// The log cannot be opened.
    #[error("the log cannot be opened: {0}")]
    OpenLog(LogError),
    /// The sink cannot be opened.
    #[error("the output cannot be opened: {0}")]
    OpenSink(std::io::Error),
    /// The folder of checkpoints cannot be used.
    #[error(transparent)]
    State(#[from] CheckpointError),
    /// An attempt failed.
    #[error(transparent)]
    Failed(#[from] Failure),
    /// The threads could not be started.
    #[error("the workers cannot be started: {0}")]
    Start(String),
    /// Not every entry is accounted for: our fault.
    #[error("entries were lost: {0:?}")]
    Lost(Counts),
}

/// What only the worker that reads and writes has.
pub struct Worker0 {
    /// The field and its race.
    pub field: FieldState,
    /// Where closed windows go.
    pub sink: Box<dyn Sink>,
}

/// The state to begin from.
struct Beginning {
    at: Option<(WindowNumber, Place)>,
    race: RaceState,
    cars: BTreeMap<Key, race::Car>,
    field: Field,
    sink: Option<Vec<u8>>,
}

/// Runs `job` to the end of its log, or until it is told to stop.
///
/// # Errors
/// The log, a sink or a checkpoint failed, or workers kept panicking.
pub fn run(job: Job) -> Result<Report, RunError> {
    let job = Arc::new(job);
    let mut restarts = 0;
    loop {
        match attempt(&job) {
            Err(RunError::Failed(Failure::Panic { worker, message })) if restarts < RESTARTS_MAX => {
                restarts += 1;
                tracing::error!(
                    worker,
                    message,
                    "a worker panicked; starting again from the last checkpoint"
                );
            }
            other => return other.map(|report| Report { restarts, ..report }),
        }
    }
}

fn attempt(job: &Arc<Job>) -> Result<Report, RunError> {
    let grid = Grid::new(job.window, job.state.as_ref().map(|(_, every)| *every));
    let checkpoints = match &job.state {
        Some((dir, _)) => Some(Checkpoints::open(dir, identity(job)?)?),
        None => None,
    };
    let beginning = beginning(job, checkpoints.as_ref())?;
    let resumed_at = beginning.at.map(|(window, _)| window);
    if let Some(checkpoints) = &checkpoints {
        checkpoints.cut_after(resumed_at)?;
    }
    let attempt = Arc::new(Attempt::new(
        grid,
        checkpoints,
        resumed_at,
        job.hook.clone(),
        job.stop.clone(),
        job.workers,
    ));
    let shared = (job.clone(), attempt.clone(), Arc::new(beginning));
    let config = match job.workers {
        0 | 1 => timely::Config::thread(),
        workers => timely::Config::process(workers),
    };
    let guards = timely::execute(config, move |worker| work(worker, &shared.0, &shared.1, &shared.2));
    drop(guards.map_err(RunError::Start)?.join());
    match attempt.take_failure() {
        Some(failure) => Err(failure.into()),
        None => Ok(Report { counts: attempt.counts(), resumed_at, restarts: 0 }),
    }
}

/// One worker, from its first step to its last. A panic in it, or a stop, makes it let go of its dataflows, and the
/// others with it: none waits for ever.
fn work(worker: &mut Worker, job: &Job, attempt: &Arc<Attempt>, beginning: &Beginning) {
    let index = worker.index();
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        if let Err(failure) = feed(worker, job, attempt, beginning) {
            attempt.fail(failure);
        }
    }));
    if let Err(panic) = outcome {
        let text = panic.downcast_ref::<String>().cloned();
        let message = text.or_else(|| panic.downcast_ref::<&str>().map(|s| (*s).into())).unwrap_or_default();
        attempt.fail(Failure::Panic { worker: index, message });
    }
    for dataflow in worker.installed_dataflows() {
        worker.drop_dataflow(dataflow);
    }
}

fn feed(
    worker: &mut Worker,
    job: &Job,
    attempt: &Arc<Attempt>,
    beginning: &Beginning,
) -> Result<(), Failure> {
    let (index, peers) = (worker.index(), worker.peers());
    let mine = |(key, _): &(&Key, &race::Car)| key.worker(peers) == index;
    let cars = beginning.cars.iter().filter(mine).map(|(key, car)| (*key, car.clone())).collect();
    let state = State { race: beginning.race.clone(), cars };
    if index != 0 {
        let probe = graph::build(worker, attempt, state, None).close();
        while !probe.done() && !attempt.is_stopped() {
            worker.step_or_park(Some(PARK));
        }
        return Ok(());
    }
    let field = FieldState { race: beginning.race.clone(), field: beginning.field.clone() };
    let sink = (job.sink)(beginning.sink.as_deref())?;
    let log = (job.log)().map_err(Failure::Log)?;
    let source = Source::open(log, attempt.grid(), beginning.at).map_err(Failure::Log)?;
    let ends = graph::build(worker, attempt, state, Some(Worker0 { field, sink }));
    let needle = NeedleReader::new(job.needle.clone(), &beginning.race);
    pump(worker, job, attempt, (source, needle), ends)
}

/// Reads the log into the graph and steps it, until the log ends or the run is stopped.
fn pump(
    worker: &mut Worker,
    job: &Job,
    attempt: &Arc<Attempt>,
    (mut source, mut needle): (Source, NeedleReader),
    mut ends: Ends,
) -> Result<(), Failure> {
    let mut frontier = attempt.resumed_at().unwrap_or(0);
    ends.advance_to(frontier);
    while !attempt.is_stopped() {
        let is_wanted = needle.is_wanted();
        let pass = |stamped, reached| {
            needle.pass(&stamped, reached, is_wanted);
            ends.send(stamped);
        };
        let next = source.feed(job.batch.max(1), pass).map_err(Failure::Log)?;
        let reached = if next == Next::End { source.last_frontier() } else { source.frontier() };
        if reached > frontier {
            ends.advance_to(reached);
            let behind = if frontier == 0 { source.first_window() } else { frontier };
            for boundary in attempt.grid().barriers(behind, reached) {
                attempt.checkpoint(boundary, Shard::Source, worker.peers(), &source.place_before(boundary));
            }
            frontier = reached;
        }
        match next {
            Next::Entries => {
                worker.step();
            }
            Next::Pending => {
                worker.step_or_park(Some(PARK));
            }
            Next::End => break,
        }
        while ends.probe.less_than(&frontier.saturating_sub(LEAD)) && !attempt.is_stopped() {
            worker.step_or_park(Some(PARK));
        }
        attempt.count_source(source.counts());
    }
    // an operator that saw the end before the last frontier would not know where to stop
    while ends.probe.less_than(&frontier) && !attempt.is_stopped() {
        worker.step_or_park(Some(PARK));
    }
    let probe = ends.close();
    while !probe.done() && !attempt.is_stopped() {
        worker.step_or_park(Some(PARK));
    }
    attempt.count_source(source.counts());
    Ok(())
}

/// From the newest checkpoint that can be read; from the start of the log if none can, saying so.
fn beginning(job: &Job, checkpoints: Option<&Checkpoints>) -> Result<Beginning, RunError> {
    let found = checkpoints.map(Checkpoints::found).transpose()?.unwrap_or_default();
    for checkpoint in &found {
        match load(checkpoint) {
            Ok(beginning) => return Ok(beginning),
            Err(error) => tracing::warn!("{error}; trying the checkpoint before"),
        }
    }
    if !found.is_empty() {
        tracing::warn!("no checkpoint can be read: replaying the log from its start");
    }
    let race = match &job.model {
        Some(model) => RaceState::with_model(job.session, job.settings, model.clone()),
        None => RaceState::new(job.session, job.settings),
    };
    Ok(Beginning { at: None, race, cars: BTreeMap::new(), field: Field::default(), sink: None })
}

fn load(found: &Found) -> Result<Beginning, CheckpointError> {
    let place: Place = found.read(Shard::Source)?;
    let mut field: FieldState = found.read(Shard::Field)?;
    field.race.restore();
    let mut cars = BTreeMap::new();
    for worker in 0..found.workers {
        let shard: State = found.read(Shard::Cars(worker))?;
        cars.extend(shard.cars);
    }
    let sink = found.read(Shard::Sink)?;
    Ok(Beginning {
        at: Some((found.boundary, place)),
        race: field.race,
        cars,
        field: field.field,
        sink: Some(sink),
    })
}

fn identity(job: &Job) -> Result<Identity, RunError> {
    let mut log = (job.log)().map_err(RunError::OpenLog)?;
    let mut entries = Vec::new();
    // a log that is still empty has no name yet
    while log.next(&mut entries).map_err(RunError::OpenLog)? == Next::Pending
        && !job.stop.load(Ordering::Relaxed)
    {
        std::thread::sleep(PARK);
    }
    let first = entries.first().and_then(|entry| postcard::to_stdvec(entry).ok()).unwrap_or_default();
    Ok(Identity {
        log: crc32fast::hash(&first),
        window_us: job.window.us(),
        green_laps: job.settings.green_laps,
        model: job.model.as_ref().map(|model| model.name.as_str().to_owned()),
    })
}
