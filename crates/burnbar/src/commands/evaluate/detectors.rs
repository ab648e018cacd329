//! `burnbar bench detectors`: what the stream sees cars do, beside what the simulator knows they did.
//!
//! Every kind of track, with the sensors that a feed has. Definitions: docs/accuracy.md.

mod scores;

use super::sweep::beside_truth;
use crate::args::{DetectorArgs, Format};
use crate::commands::replay;
use crate::failure::Failure;
use crate::say::say;
use dataflow::{ClosedWindow, OpenSink, Sink};
use events::truth::Truth;
use events::{CarInsight, Mode, SessionId, Sign, VehicleId};
use scores::{Row, Scores};
use serde::Serialize;
use sim::{EvidenceMode, Faults, RaceConfig, TrackKind};
use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use units::EventTime;

const CARS: u32 = 38;
const HZ: u32 = 10;
const START: EventTime = EventTime::from_ms(1_780_858_800_000);

/// A car at the end of a window.
pub struct Seen {
    at_us: i64,
    mode: Mode,
    score: Option<f64>,
    signs: Vec<Sign>,
    /// Whether the field raced.
    racing: bool,
}

/// What was said of the cars of one race.
#[derive(Default)]
pub struct Said(BTreeMap<VehicleId, Vec<Seen>>);

impl Said {
    fn keep(&mut self, closed: &ClosedWindow) {
        let racing = closed.board.flag.is_racing();
        for insight in &closed.board.cars {
            self.0.entry(insight.vehicle_id).or_default().push(Seen::of(insight, racing));
        }
    }
}

impl Seen {
    fn of(insight: &CarInsight, racing: bool) -> Seen {
        Seen {
            at_us: insight.window_end_us.us(),
            mode: insight.driving.mode,
            score: insight.driving.save_score,
            signs: insight.driving.signs.iter().map(|seen| seen.sign).collect(),
            racing,
        }
    }
}

/// What it comes to.
#[derive(Serialize)]
struct Study {
    seeds: Vec<u64>,
    cars: u32,
    minutes: f64,
    hz: u32,
    by_track: BTreeMap<&'static str, Row>,
    all: Row,
}

/// Runs the races. A row is told as it becomes known.
pub fn run(args: &DetectorArgs) -> Result<(), Failure> {
    let text = args.format == Format::Text;
    if text {
        say(format_args!(
            "races of {} minutes, {CARS} cars at {HZ} Hz, seeds {:?}; AUC by lap, precision/recall by car-second",
            args.minutes, args.seeds
        ))?;
        say(Row::head())?;
    }
    let (mut all, mut by_track) = (Scores::default(), BTreeMap::new());
    for track in TrackKind::ALL {
        let mut there = Scores::default();
        for &seed in &args.seeds {
            let (said, truth) = race(track, seed, args)?;
            there.add(&said, &truth);
        }
        let row = there.row();
        if text {
            say(row.line(track.name()))?;
        }
        by_track.insert(track.name(), row);
        all.join(there);
    }
    let all = all.row();
    if text {
        return say(all.line("all tracks"));
    }
    let study = Study { seeds: args.seeds.clone(), cars: CARS, minutes: args.minutes, hz: HZ, by_track, all };
    say(serde_json::to_string(&study).map_err(Failure::run)?)
}

fn race(track: TrackKind, seed: u64, args: &DetectorArgs) -> Result<(Said, Vec<Truth>), Failure> {
    let config = RaceConfig {
        seed,
        track,
        cars: CARS,
        minutes: args.minutes,
        hz: HZ,
        evidence: EvidenceMode::Gallons,
        faults: Faults::default(),
        start: START,
        session: SessionId::new(track.name()).map_err(Failure::run)?,
    };
    let (log, truth) = beside_truth(config);
    let kept: Arc<Mutex<Said>> = Arc::default();
    let job = replay::job(&args.flow, Path::new(track.name()), log, Keep::sink(kept.clone()))?;
    let report = dataflow::run(dataflow::Job { state: None, ..job }).map_err(replay::failure)?;
    if !report.counts.are_conserved() {
        return Err(Failure::run("entries were lost"));
    }
    let said = std::mem::take(&mut *kept.lock().unwrap_or_else(PoisonError::into_inner));
    let truth = std::mem::take(&mut *truth.lock().unwrap_or_else(PoisonError::into_inner));
    Ok((said, truth))
}

struct Keep(Arc<Mutex<Said>>);

impl Keep {
    fn sink(kept: Arc<Mutex<Said>>) -> OpenSink {
        Box::new(move |_| {
            *kept.lock().unwrap_or_else(PoisonError::into_inner) = Said::default();
            Ok(Box::new(Keep(kept.clone())))
        })
    }
}

impl Sink for Keep {
    fn window(&mut self, closed: &ClosedWindow) -> io::Result<()> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).keep(closed);
        Ok(())
    }
    fn position(&mut self) -> io::Result<Vec<u8>> {
        Ok(Vec::new())
    }
}
