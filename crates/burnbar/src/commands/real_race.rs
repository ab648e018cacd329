//! A real race of the public NASCAR feeds, on its way to a log: read by `feed`, driven by `sim`.

use crate::config;
use crate::failure::Failure;
use crate::say::say;
use events::{Session, SessionId};
use feed::nascar::{self, RealRace};
use sim::{Reconstruction, TimedCar, TimedStop, Timetable};
use std::path::{Path, PathBuf};
use units::EventTime;

/// Sensors and latency are drawn from it: the same files give the same tape.
const SEED: u64 = 1;

/// Reads the files of one race. `name` is for a session that no file names.
pub fn read(paths: &[PathBuf], name: &str) -> Result<RealRace, Failure> {
    let bytes = |path: &PathBuf| {
        std::fs::read(path).map_err(|error| Failure::input(format!("{}: {error}", path.display())))
    };
    let contents = paths.iter().map(bytes).collect::<Result<Vec<_>, _>>()?;
    let names: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
    let files: Vec<_> =
        names.iter().zip(&contents).map(|(name, bytes)| nascar::File { name, bytes }).collect();
    nascar::read(&files, SessionId::new(name).map_err(Failure::input)?).map_err(Failure::input)
}

/// The race again, as if it went green at `start`. `package_hp` is the power of its engines, where somebody knows it.
pub fn reconstruct(
    race: RealRace,
    start: EventTime,
    package_hp: Option<f64>,
    hz: u32,
) -> Result<Reconstruction, Failure> {
    let package_hp = config::package(package_hp)?;
    let stop = |stop: feed::nascar::RealStop| TimedStop {
        pit_in: stop.pit_in,
        stood: stop.stood,
        pit_out: stop.pit_out,
    };
    let car = |car: feed::nascar::RealCar| TimedCar {
        entry: car.entry,
        first_line: car.first_line,
        laps: car.laps,
        stops: car.stops.into_iter().map(stop).collect(),
        finished: car.finished,
    };
    let timetable = Timetable {
        session: Session { package_hp, ..race.session },
        lap_m: race.lap_m,
        pace_mps: race.pace_mps,
        start,
        flags: race.flags,
        cars: race.cars.into_iter().map(car).collect(),
    };
    Reconstruction::new(&timetable, SEED, hz).map_err(Failure::input)
}

/// The same, into a tape at `out`. There is no truth beside it: what cars burned is not known, only made up.
pub fn import(paths: &[PathBuf], out: &Path, package_hp: Option<f64>, hz: u32) -> Result<(), Failure> {
    let name = out.file_stem().and_then(|stem| stem.to_str()).unwrap_or("race");
    let race = read(paths, name)?;
    let summary = race.summary();
    let start = race.start;
    let reconstruction = reconstruct(race, start, package_hp, hz)?;
    let mut tape = tape::Writer::create(out).map_err(Failure::input)?;
    let mut entries = 0_u64;
    for emission in reconstruction {
        if let sim::Emission::Log(entry) = emission {
            tape.append(&entry).map_err(Failure::run)?;
            entries += 1;
        }
    }
    tape.finish().map_err(Failure::run)?;
    summary.iter().try_for_each(say)?;
    say(format_args!(
        "{entries} entries; laps, stops and flags are real, what cars did inside a lap is reconstructed"
    ))
}
