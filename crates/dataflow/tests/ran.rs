//! Runs of the dataflow in memory, and what came out of them as canonical bytes.

use crate::logs::{InMemory, at};
use dataflow::{ClosedWindow, Job, NeedleListener, OpenSink, RunError, RunReport, Sink, WindowHook};
use events::{Board, CarInsight, Entry, LapSummary, Model, SessionId};
use race::{LateSample, Settings};
use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use units::{EventTime, Span};

/// How to run; none of it but the window may change a byte.
#[derive(Clone)]
pub struct Setup {
    pub workers: usize,
    /// Entries that the log gives at once.
    pub block: usize,
    pub window: Span,
    pub state: Option<(PathBuf, Span)>,
    pub needle: Option<Arc<dyn NeedleListener>>,
    pub hook: Option<WindowHook>,
    pub stop: Arc<AtomicBool>,
    pub settings: Settings,
    pub model: Option<Arc<Model>>,
    /// The log does not end: it has nothing more for now, until the run is stopped.
    pub endless: bool,
}

impl Default for Setup {
    fn default() -> Self {
        Setup {
            workers: 1,
            block: 1024,
            window: Span::from_secs(1),
            state: None,
            needle: None,
            hook: None,
            stop: Arc::default(),
            settings: Settings::default(),
            model: None,
            endless: false,
        }
    }
}

/// What a run wrote: it outlives the run, as a file does.
#[derive(Clone, Default)]
pub struct Output {
    written: Arc<Mutex<Vec<Written>>>,
    /// Sets this once a window that ends then is written.
    stop: Option<(EventTime, Arc<AtomicBool>)>,
}

/// One closed window and its bytes.
#[derive(Clone)]
pub struct Written {
    pub bytes: String,
    pub closed: ClosedWindow,
}

impl Output {
    /// The same output, which lets go of its run.
    pub fn stopping(&self, at: EventTime, stop: Arc<AtomicBool>) -> Output {
        Output { written: self.written.clone(), stop: Some((at, stop)) }
    }
    /// Opens as a file that is cut to a position.
    fn sink(&self) -> OpenSink {
        let output = self.clone();
        Box::new(move |position| {
            let windows = match position {
                Some(bytes) => u64::from_le_bytes(bytes.try_into().map_err(io::Error::other)?),
                None => 0,
            };
            let mut written = output.written.lock().unwrap();
            assert!(written.len() as u64 >= windows, "a checkpoint names more windows than were written");
            written.truncate(windows as usize);
            Ok(Box::new(output.clone()))
        })
    }
    /// Another output with the same windows.
    pub fn copy(&self) -> Output {
        Output { written: Arc::new(Mutex::new(self.windows())), stop: None }
    }
    pub fn windows(&self) -> Vec<Written> {
        self.written.lock().unwrap().clone()
    }
}

impl Sink for Output {
    fn window(&mut self, closed: &ClosedWindow) -> io::Result<()> {
        let late: Vec<_> = closed.late.iter().map(|late| (late.sample, late.late_by)).collect();
        let bytes = serde_json::to_string(&(&closed.board, &closed.laps, late, &closed.events))?;
        self.written.lock().unwrap().push(Written { bytes, closed: closed.clone() });
        if let Some((at, stop)) = &self.stop {
            stop.fetch_or(closed.board.window_end_us > *at, Ordering::Relaxed);
        }
        Ok(())
    }
    fn position(&mut self) -> io::Result<Vec<u8>> {
        Ok((self.written.lock().unwrap().len() as u64).to_le_bytes().to_vec())
    }
}

/// A run to the end of its log, nothing lost.
pub struct Ran {
    pub report: RunReport,
    pub windows: Vec<Written>,
}

pub fn run(entries: &[Entry]) -> Ran {
    run_with(entries, Setup::default())
}

pub fn run_with(entries: &[Entry], setup: Setup) -> Ran {
    run_into(&Output::default(), entries, setup)
}

/// A run whose output may hold what an earlier one wrote.
pub fn run_into(output: &Output, entries: &[Entry], setup: Setup) -> Ran {
    let report = try_run(output, entries, setup).unwrap();
    assert!(report.counts.are_conserved(), "{:?}", report.counts);
    assert_eq!(report.counts.journaled, entries.len() as u64);
    Ran { report, windows: output.windows() }
}

/// A run that may fail or be stopped.
pub fn try_run(output: &Output, entries: &[Entry], setup: Setup) -> Result<RunReport, RunError> {
    dataflow::run(job(output, entries, setup))
}

/// What there is to run.
pub fn job(output: &Output, entries: &[Entry], setup: Setup) -> Job {
    let entries: Arc<[Entry]> = entries.into();
    let stop_when_drained = setup.endless.then(|| setup.stop.clone());
    Job {
        log: Box::new(move || {
            Ok(Box::new(InMemory::new(entries.clone(), setup.block, stop_when_drained.clone())))
        }),
        sink: output.sink(),
        session: SessionId::new("unnamed").unwrap(),
        settings: setup.settings,
        model: setup.model,
        window: setup.window,
        workers: setup.workers,
        state: setup.state,
        stop: setup.stop,
        needle: setup.needle,
        hook: setup.hook,
    }
}

impl Ran {
    /// `(folded, late, duplicate)`.
    pub fn samples(&self) -> (u64, u64, u64) {
        let samples = self.report.counts.samples;
        (samples.folded, samples.late, samples.duplicate)
    }

    /// Every final lap, in order of vehicle and time.
    pub fn laps(&self) -> Vec<LapSummary> {
        let mut laps: Vec<_> = self.windows.iter().flat_map(|written| written.closed.laps.clone()).collect();
        laps.sort_by_key(|lap| (lap.vehicle_id, lap.from_us));
        laps
    }
    pub fn laps_of(&self, name: &str) -> Vec<LapSummary> {
        self.laps().into_iter().filter(|lap| lap.vehicle_id.as_str() == name).collect()
    }

    /// Samples that came too late, with the end of the window that reports them, in ms after the start.
    pub fn late(&self) -> Vec<(i64, LateSample)> {
        let reported = |written: &Written| {
            let end_ms = (written.closed.board.window_end_us - at(0)).us() / 1_000;
            written.closed.late.iter().map(move |late| (end_ms, *late)).collect::<Vec<_>>()
        };
        self.windows.iter().flat_map(reported).collect()
    }

    /// The board of the window that ends `ms` after the start.
    pub fn board(&self, ms: i64) -> &Board {
        let boards = self.windows.iter().map(|written| &written.closed.board);
        boards.into_iter().find(|board| board.window_end_us == at(ms)).unwrap()
    }

    /// One car on the board of the window that ends `ms` after the start.
    pub fn car(&self, name: &str, ms: i64) -> &CarInsight {
        let cars = &self.board(ms).cars;
        cars.iter().find(|car| car.vehicle_id.as_str() == name).unwrap()
    }

    /// One car on every board that shows it, in order.
    pub fn all_of(&self, name: &str) -> Vec<&CarInsight> {
        let cars = self.windows.iter().flat_map(|written| &written.closed.board.cars);
        cars.filter(|car| car.vehicle_id.as_str() == name).collect()
    }
}

/// Every byte is the same; says where not.
#[track_caller]
pub fn assert_same_bytes(ours: &[Written], theirs: &[Written], what: &str) {
    for (ours, theirs) in ours.iter().zip(theirs) {
        assert_eq!(ours.bytes, theirs.bytes, "{what}");
    }
    assert_eq!(ours.len(), theirs.len(), "{what}: windows");
}

/// Every final lap is the same.
#[track_caller]
pub fn assert_same_laps(ours: &[LapSummary], theirs: &[LapSummary], what: &str) {
    let bytes = |laps: &[LapSummary]| serde_json::to_string(laps).unwrap().replace("},{", "},\n{");
    assert!(!ours.is_empty(), "{what}: no laps to compare");
    assert_eq!(bytes(ours), bytes(theirs), "{what}");
}
