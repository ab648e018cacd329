//! `burnbar bench flat`: what a long race leaves in memory and in checkpoints. Neither may grow with its laps.

use crate::args::{FlowArgs, Format};
use crate::config::StreamConfig;
use crate::failure::Failure;
use crate::say::say;
use dataflow::{ClosedWindow, Job, OpenSink, Sink};
use events::SessionId;
use journal::{OnePassLog, OpenLog};
use serde::Serialize;
use sim::{Emission, EvidenceMode, Faults, Race, RaceConfig, TrackKind};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use units::EventTime;

/// The laps of the leader at which it is looked.
const LAPS: [u32; 7] = [50, 100, 200, 250, 300, 400, 500];
/// Enough for the last of them: 40 cars at 10 Hz on the 1.5-mile oval, with every fault of the telemetry.
const MINUTES: f64 = 290.0;
const CARS: u32 = 40;
const HZ: u32 = 10;
const SEED: u64 = 11;
const START: EventTime = EventTime::from_ms(1_780_858_800_000);
/// Event time between checkpoints.
const CHECKPOINT_EVERY: Duration = Duration::from_secs(60);

/// A look at the running race.
#[derive(Clone, Copy, Debug, Serialize)]
struct Look {
    lap: u32,
    hours: f64,
    /// Resident, MiB: simulator and stream in one process; `None` where the system does not tell.
    rss_mib: Option<f64>,
    /// The newest checkpoint, KiB.
    state_kib: f64,
}

/// Runs the race.
pub fn run(flow: &FlowArgs, format: Format) -> Result<(), Failure> {
    let dir = std::env::temp_dir().join(format!("burnbar-flat-{}", std::process::id()));
    let looks = looks(flow, &dir);
    std::fs::remove_dir_all(&dir).map_err(Failure::run)?;
    let looks = looks?;
    if format == Format::Json {
        return say(serde_json::json!({ "looks": looks }));
    }
    say(format_args!("{CARS} cars at {HZ} Hz, every fault of the telemetry, seed {SEED}"))?;
    say(format_args!("{:>5} {:>8} {:>10} {:>11}", "lap", "hours", "RSS MiB", "state KiB"))?;
    for look in looks {
        let rss = look.rss_mib.map_or("–".into(), |mib| format!("{mib:.1}"));
        say(format_args!("{:>5} {:>8.2} {rss:>10} {:>11.1}", look.lap, look.hours, look.state_kib))?;
    }
    Ok(())
}

fn looks(flow: &FlowArgs, dir: &Path) -> Result<Vec<Look>, Failure> {
    let session = SessionId::new("flat").map_err(Failure::run)?;
    let config = RaceConfig {
        seed: SEED,
        track: TrackKind::Oval15,
        cars: CARS,
        minutes: MINUTES,
        hz: HZ,
        evidence: EvidenceMode::Gallons,
        faults: Faults::all(),
        start: START,
        session,
    };
    // its truth is not kept: only what the stream keeps is looked at
    let entry = |emission| match emission {
        Emission::Log(entry) => Some(entry),
        Emission::Truth(_) => None,
    };
    let log: OpenLog =
        Box::new(move || Ok(Box::new(OnePassLog::new(Race::new(config.clone())?.filter_map(entry)))));
    let state = Some(dir.to_path_buf());
    let flow = FlowArgs { state, checkpoint_every: CHECKPOINT_EVERY, ..flow.clone() };
    let looks: Arc<Mutex<Vec<Look>>> = Arc::default();
    let sink = Watching::sink(dir.to_path_buf(), looks.clone());
    let job = StreamConfig::of(&flow)?.job(log, session);
    let report = dataflow::run(Job { sink, ..job })?;
    if !report.counts.are_conserved() {
        return Err(Failure::run("entries were lost"));
    }
    let looks = looks.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(looks.clone())
}

/// Looks when the leader begins a lap.
struct Watching {
    dir: PathBuf,
    looks: Arc<Mutex<Vec<Look>>>,
}

impl Watching {
    fn sink(dir: PathBuf, looks: Arc<Mutex<Vec<Look>>>) -> OpenSink {
        Box::new(move |_| Ok(Box::new(Watching { dir: dir.clone(), looks: looks.clone() })))
    }
}

impl Sink for Watching {
    fn window(&mut self, closed: &ClosedWindow) -> io::Result<()> {
        let mut looks = self.looks.lock().unwrap_or_else(PoisonError::into_inner);
        let lap = LAPS.get(looks.len()).copied();
        if let Some(lap) = lap.filter(|lap| closed.board.lap >= Some(*lap)) {
            let hours = (closed.board.window_end_us - START).secs() / 3600.0;
            looks.push(Look { lap, hours, rss_mib: rss_mib(), state_kib: newest_kib(&self.dir)? });
        }
        Ok(())
    }
    fn position(&mut self) -> io::Result<Vec<u8>> {
        Ok(Vec::new())
    }
}

/// What of this process is in memory, where a Linux says so.
fn rss_mib() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse::<f64>().ok().map(|kib| kib / 1024.0)
}

/// Size of the newest checkpoint in a folder of them: their names are in order.
fn newest_kib(dir: &Path) -> io::Result<f64> {
    let mut checkpoints =
        std::fs::read_dir(dir)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    checkpoints.retain(|path| path.join("manifest").exists());
    checkpoints.sort();
    let Some(newest) = checkpoints.last() else { return Ok(0.0) };
    let sizes = std::fs::read_dir(newest)?.map(|entry| Ok(entry?.metadata()?.len()));
    Ok(sizes.sum::<io::Result<u64>>()? as f64 / 1024.0)
}
