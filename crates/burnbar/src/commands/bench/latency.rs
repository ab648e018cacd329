//! `burnbar bench latency`: from a car to a screen, at race speed and over real sockets.
//!
//! Cars and screens are here; the system under test is another process, so its CPU is counted alone. A simulated race is
//! prepared, then written to a tape as it arrives. Samples are on the way for as long as the simulated network takes
//! (`docs/simulator.md`), so every latency is told twice where that matters: since it happened, and since it arrived.

use super::screen::{self, Got};
use super::{PEAK, START, cpu_s, live, this_program};
use crate::args::{Evidence, Format, LatencyArgs, RaceArgs};
use crate::commands::simulate;
use crate::failure::Failure;
use crate::paced::PacedWriter;
use crate::say::say;
use crate::time::Stopwatch;
use events::{Entry, Record, VehicleId};
use nix::sys::resource::UsageWho;
use serde_json::{Value, json};
use sim::{Emission, Race};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::Arc;
use std::time::Duration;
use units::{EventTime, IngestTime, Span};

/// How a part of the bench tells what CPU it used.
pub const CPU: &str = "cpu_s ";
/// Samples are taken to be spread evenly over a window, at this many places.
const PLACES: i64 = 100;

/// Runs the command.
pub fn run(args: &LatencyArgs) -> Result<(), Failure> {
    let dir = std::env::temp_dir().join(format!("burnbar-latency-{}", std::process::id()));
    std::fs::create_dir_all(&dir).map_err(Failure::run)?;
    let figures = measure(&dir, args);
    std::fs::remove_dir_all(&dir).map_err(Failure::run)?;
    let figures = figures?;
    match args.format {
        Format::Json => say(figures.json()),
        Format::Text => figures.print(),
    }
}

fn measure(dir: &Path, args: &LatencyArgs) -> Result<Figures, Failure> {
    let race = prepare(args)?;
    let tape = dir.join("race.tape");
    let writer = tape::Writer::create(&tape).map_err(Failure::run)?;
    let mut system = System::start(&tape, &dir.join("race.sqlite"))?;
    let watch = Arc::new(Stopwatch::start());
    let boards = screen::open(system.address, screen::BOARD, watch.clone())?;
    let needles = screen::open(system.address, screen::NEEDLE, watch.clone())?;
    let (before, started) = (cpu_s(UsageWho::RUSAGE_SELF)?, watch.elapsed());
    let mut writer = PacedWriter::new(writer, START, 1.0, Arc::default());
    for entry in &race {
        writer.append(entry)?;
    }
    writer.finish()?;
    let told = system.end()?;
    let race_s = (watch.elapsed() - started).as_secs_f64();
    let screen_failed = |_| Failure::run("a screen panicked: see the messages above");
    let (boards, needles) = (boards.join().map_err(screen_failed)?, needles.join().map_err(screen_failed)?);
    let feed_cpu_s = cpu_s(UsageWho::RUSAGE_SELF)? - before;
    let clock = Clock { started };
    Ok(Figures {
        samples: race.iter().filter(|entry| matches!(entry.record, Record::Sample(_))).count(),
        race_s,
        boards: Boards::of(&boards, clock)?,
        needles: Needles::of(&needles, clock, &Arrivals::of(&race))?,
        system_cpu: told.cpu_s / race_s,
        feed_cpu: feed_cpu_s / race_s,
        peak_rss_mib: told.peak_rss_mib,
    })
}

/// The start of a race, as it will arrive.
fn prepare(args: &LatencyArgs) -> Result<Vec<Entry>, Failure> {
    let race = RaceArgs {
        seed: args.seed,
        track: "oval-1.5".into(),
        cars: args.cars,
        minutes: 60.0,
        hz: args.hz,
        evidence: Evidence::Gallons,
    };
    let race = Race::new(simulate::config(&race, START)?).map_err(Failure::input)?;
    let end = START + Span::from_secs_f64(args.race.as_secs_f64());
    let entries = race.filter_map(|emission| match emission {
        Emission::Log(entry) => Some(entry),
        Emission::Truth(_) => None,
    });
    Ok(entries.take_while(|entry| entry.ingest_time.is_none_or(|at| at.as_event_time() < end)).collect())
}

/// The system under test.
struct System {
    child: Child,
    said: BufReader<std::process::ChildStdout>,
    address: std::net::SocketAddr,
}

/// What the system used.
struct Used {
    cpu_s: f64,
    peak_rss_mib: f64,
}

impl System {
    fn start(tape: &Path, store: &Path) -> Result<System, Failure> {
        let mut command = this_program()?;
        command.args(["bench", "--part", "live", "--input"]).arg(tape).arg("--out").arg(store);
        let mut child = command.stdout(Stdio::piped()).spawn().map_err(Failure::run)?;
        let mut said = BufReader::new(child.stdout.take().ok_or_else(|| Failure::run("it cannot be heard"))?);
        let mut line = String::new();
        said.read_line(&mut line).map_err(Failure::run)?;
        let address = line.strip_prefix(live::ADDRESS).and_then(|address| address.trim().parse().ok());
        let address = address.ok_or_else(|| Failure::run("the system does not say where it serves"))?;
        Ok(System { child, said, address })
    }

    /// Waits until it has served the tape to its end.
    fn end(&mut self) -> Result<Used, Failure> {
        let mut told = String::new();
        self.said.read_to_string(&mut told).map_err(Failure::run)?;
        if !self.child.wait().map_err(Failure::run)?.success() {
            return Err(Failure::run("the system failed"));
        }
        let figure = |name: &str| {
            let figure = told.lines().find_map(|line| line.strip_prefix(name)?.trim().parse().ok());
            figure.ok_or_else(|| Failure::run(format!("the system did not tell its {name}")))
        };
        Ok(Used { cpu_s: figure(CPU)?, peak_rss_mib: figure(PEAK)? })
    }
}

impl Drop for System {
    fn drop(&mut self) {
        // one that has ended cannot be killed, and need not be
        let _ = self.child.kill();
    }
}

/// Race time by the bench's watch.
#[derive(Clone, Copy)]
struct Clock {
    /// When the race started.
    started: Duration,
}

impl Clock {
    /// Milliseconds from `at` until something was got.
    fn since(self, at: EventTime, got: &Got) -> f64 {
        let raced_ms = (got.after.as_secs_f64() - self.started.as_secs_f64()) * 1e3;
        raced_ms - (at - START).us() as f64 * 1e-3
    }
}

/// When samples arrived.
struct Arrivals(BTreeMap<(VehicleId, EventTime), IngestTime>);

impl Arrivals {
    fn of(race: &[Entry]) -> Self {
        let samples = race.iter().filter_map(|entry| match &entry.record {
            Record::Sample(sample) => Some(((sample.vehicle, sample.event_time), entry.ingest_time?)),
            _ => None,
        });
        Arrivals(samples.collect())
    }
    fn find(&self, vehicle: &str, at: EventTime) -> Result<EventTime, Failure> {
        let vehicle = VehicleId::new(vehicle).map_err(Failure::run)?;
        let arrived = self.0.get(&(vehicle, at)).map(|at| at.as_event_time());
        arrived.ok_or_else(|| Failure::run(format!("a needle of {vehicle} holds no sample of the race")))
    }
}

/// Latencies of what came from closed windows, ms.
struct Boards {
    window_end: Spread,
    sample: Spread,
}

impl Boards {
    fn of(got: &[Got], clock: Clock) -> Result<Boards, Failure> {
        let (mut window_end, mut sample) = (Vec::new(), Vec::new());
        for got in got {
            let ms = clock.since(us(&got.data("board")?["windowEndUs"])?, got);
            window_end.push(ms);
            sample.extend((0..PLACES).map(|place| ms + (place as f64 + 0.5) * 1e3 / PLACES as f64));
        }
        Ok(Boards { window_end: Spread::of(window_end), sample: Spread::of(sample) })
    }
}

/// Latencies of the needle, ms.
struct Needles {
    slot_end: Spread,
    newest_happened: Spread,
    newest_arrived: Spread,
    car_happened: Spread,
    car_arrived: Spread,
}

impl Needles {
    fn of(got: &[Got], clock: Clock, arrivals: &Arrivals) -> Result<Needles, Failure> {
        let mut slot_end = Vec::new();
        let mut newest = [Vec::new(), Vec::new()];
        let mut car = [Vec::new(), Vec::new()];
        for got in got {
            let needle = got.data("needle")?;
            slot_end.push(clock.since(us(&needle["slotEndUs"])?, got));
            let mut last: Option<(EventTime, EventTime)> = None;
            for told in needle["cars"].as_array().into_iter().flatten() {
                let happened = us(&told["newestUs"])?;
                let arrived = arrivals.find(told["vehicleId"].as_str().unwrap_or_default(), happened)?;
                last = last.max(Some((happened, arrived)));
                car[0].push(clock.since(happened, got));
                car[1].push(clock.since(arrived, got));
            }
            if let Some((happened, arrived)) = last {
                newest[0].push(clock.since(happened, got));
                newest[1].push(clock.since(arrived, got));
            }
        }
        let ([newest_happened, newest_arrived], [car_happened, car_arrived]) =
            (newest.map(Spread::of), car.map(Spread::of));
        Ok(Needles {
            slot_end: Spread::of(slot_end),
            newest_happened,
            newest_arrived,
            car_happened,
            car_arrived,
        })
    }
}

fn us(value: &Value) -> Result<EventTime, Failure> {
    let us = value.as_str().and_then(|text| text.parse().ok());
    us.map(EventTime::from_us).ok_or_else(|| Failure::run(format!("{value} is no time")))
}

/// How latencies are spread, ms.
struct Spread {
    count: usize,
    p50: f64,
    p99: f64,
    max: f64,
}

impl Spread {
    fn of(mut ms: Vec<f64>) -> Spread {
        ms.sort_unstable_by(f64::total_cmp);
        let at = |share: f64| {
            let place = (ms.len().saturating_sub(1)) as f64 * share;
            ms.get(place.ceil() as usize).copied().unwrap_or(f64::NAN)
        };
        Spread { count: ms.len(), p50: at(0.5), p99: at(0.99), max: at(1.0) }
    }
}

struct Figures {
    samples: usize,
    race_s: f64,
    boards: Boards,
    needles: Needles,
    system_cpu: f64,
    feed_cpu: f64,
    peak_rss_mib: f64,
}

impl Figures {
    /// `(name for programs, name for people, latencies)`.
    fn spreads(&self) -> [(&'static str, &'static str, &Spread); 7] {
        let Figures { boards, needles, .. } = self;
        [
            ("sample_to_board", "a sample happens, to its window's board", &boards.sample),
            ("window_end_to_board", "a window ends, to its board", &boards.window_end),
            ("slot_end_to_needle", "a slot ends, to its needle", &needles.slot_end),
            (
                "newest_happened_to_needle",
                "its newest sample happens, to the needle",
                &needles.newest_happened,
            ),
            ("newest_arrived_to_needle", "its newest sample arrives, to the needle", &needles.newest_arrived),
            ("car_happened_to_needle", "each car's newest happens, to the needle", &needles.car_happened),
            ("car_arrived_to_needle", "each car's newest arrives, to the needle", &needles.car_arrived),
        ]
    }

    fn json(&self) -> Value {
        let spread = |spread: &Spread| json!({"count": spread.count, "p50": spread.p50, "p99": spread.p99, "max": spread.max});
        let latency_ms: serde_json::Map<String, Value> =
            self.spreads().into_iter().map(|(name, _, ms)| (name.into(), spread(ms))).collect();
        json!({
            "samples": self.samples,
            "race_s": self.race_s,
            "latency_ms": latency_ms,
            "cpu_s_per_s": {"system": self.system_cpu, "feed_and_screens": self.feed_cpu},
            "peak_rss_mib": self.peak_rss_mib,
        })
    }

    fn print(&self) -> Result<(), Failure> {
        let per_s = self.samples as f64 / self.race_s;
        say(format_args!("{} samples in {:.1} s, {per_s:.0} a second", self.samples, self.race_s))?;
        say(format_args!("{:<46} {:>7} {:>8} {:>8} {:>8}", "milliseconds", "count", "p50", "p99", "max"))?;
        for (_, name, Spread { count, p50, p99, max }) in self.spreads() {
            say(format_args!("{name:<46} {count:>7} {p50:>8.1} {p99:>8.1} {max:>8.1}"))?;
        }
        say(format_args!(
            "CPU, s per s   system {:.3}, feed and screens {:.3}",
            self.system_cpu, self.feed_cpu
        ))?;
        say(format_args!("peak memory    {:.1} MiB", self.peak_rss_mib))
    }
}
