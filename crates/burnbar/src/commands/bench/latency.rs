//! `burnbar bench latency`: from a car to a screen, at race speed and over real sockets.
//!
//! Cars and screens are here; the system under test is another process, so its CPU is counted alone. A simulated race is
//! prepared, then written to a tape as it arrives. Samples are on the way for as long as the simulated network takes
//! (`docs/simulator.md`), so every latency is given twice where that matters: since it happened, and since it arrived.

use super::child::{PEAK, cpu_s, this_program};
use super::figures::{Arrivals, BoardLatencies, LatencyFigures, NeedleLatencies, RaceClock};
use super::screen;
use super::{START, live};
use crate::args::{EvidenceChoice, Format, LatencyArgs, RaceArgs};
use crate::commands::simulate;
use crate::failure::Failure;
use crate::say::say;
use crate::time::Stopwatch;
use events::{Entry, Record};
use journal::JournalWriter;
use nix::sys::resource::UsageWho;
use sim::{Emission, Faults, Race};
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;
use units::Span;

/// How a part of the bench tells what CPU it used.
pub const CPU: &str = "cpu_s ";

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

fn measure(dir: &Path, args: &LatencyArgs) -> Result<LatencyFigures, Failure> {
    let race = prepare(args.seed, args.cars, args.hz, args.race)?;
    let tape = dir.join("race.tape");
    let writer = tape::Writer::create(&tape).map_err(Failure::run)?;
    let mut system = System::start(&tape, &dir.join("race.sqlite"))?;
    let watch = Arc::new(Stopwatch::start());
    let boards = screen::open(system.address, screen::BOARD, watch.clone())?;
    let needles = screen::open(system.address, screen::NEEDLE, watch.clone())?;
    let (before, started) = (cpu_s(UsageWho::RUSAGE_SELF)?, watch.elapsed());
    let mut writer = JournalWriter::new(writer, START, 1.0, Stopwatch::start(), Arc::default());
    for entry in &race {
        writer.append(entry).map_err(Failure::run)?;
    }
    let ended = watch.elapsed();
    writer.finish().map_err(Failure::run)?;
    let used = system.end()?;
    let race_s = (watch.elapsed() - started).as_secs_f64();
    let screen_failed = |_| Failure::run("a screen panicked: see the messages above");
    let mut got = [boards.join().map_err(screen_failed)?, needles.join().map_err(screen_failed)?];
    // the end of a tape closes all windows at once, as no live race does
    got.iter_mut().for_each(|got| got.retain(|got| got.after < ended));
    let [boards, needles] = got;
    let feed_cpu_s = cpu_s(UsageWho::RUSAGE_SELF)? - before;
    let clock = RaceClock { started };
    Ok(LatencyFigures {
        samples: race.iter().filter(|entry| matches!(entry.record, Record::Sample(_))).count(),
        race_s,
        boards: BoardLatencies::of(&boards, clock)?,
        needles: NeedleLatencies::of(&needles, clock, &Arrivals::of(&race))?,
        system_cpu: used.cpu_s / race_s,
        feed_cpu: feed_cpu_s / race_s,
        peak_rss_mib: used.peak_rss_mib,
    })
}

/// The start of a race, as it will arrive.
pub fn prepare(seed: u64, cars: u32, hz: u32, length: Duration) -> Result<Vec<Entry>, Failure> {
    let race = RaceArgs {
        seed,
        track: "oval-1.5".into(),
        cars,
        minutes: 60.0,
        hz,
        evidence: EvidenceChoice::Gallons,
        faults: Faults::default(),
    };
    let race = Race::new(simulate::config(&race, START)?).map_err(Failure::input)?;
    let end = START + Span::from_secs_f64(length.as_secs_f64());
    let entries = race.filter_map(|emission| match emission {
        Emission::Log(entry) => Some(entry),
        Emission::Truth(_) => None,
    });
    Ok(entries.take_while(|entry| entry.ingest_time.is_none_or(|at| at.as_event_time() < end)).collect())
}

/// The system under test.
struct System {
    child: Child,
    printed: BufReader<std::process::ChildStdout>,
    address: std::net::SocketAddr,
}

/// What the system used.
struct Used {
    cpu_s: f64,
    peak_rss_mib: f64,
}

impl System {
    fn start(tape: &Path, store: &Path) -> Result<System, Failure> {
        let mut command = Command::new(this_program()?);
        command.args(["bench", "--part", "live", "--input"]).arg(tape).arg("--out").arg(store);
        let mut child = command.stdout(Stdio::piped()).spawn().map_err(Failure::run)?;
        let mut printed =
            BufReader::new(child.stdout.take().ok_or_else(|| Failure::run("its output cannot be read"))?);
        let mut line = String::new();
        printed.read_line(&mut line).map_err(Failure::run)?;
        let address = line.strip_prefix(live::ADDRESS).and_then(|address| address.trim().parse().ok());
        let address = address.ok_or_else(|| Failure::run("the system does not say where it serves"))?;
        Ok(System { child, printed, address })
    }

    /// Waits until it has served the tape to its end.
    fn end(&mut self) -> Result<Used, Failure> {
        let mut text = String::new();
        self.printed.read_to_string(&mut text).map_err(Failure::run)?;
        if !self.child.wait().map_err(Failure::run)?.success() {
            return Err(Failure::run("the system failed"));
        }
        let figure = |name: &str| {
            let figure = text.lines().find_map(|line| line.strip_prefix(name)?.trim().parse().ok());
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
