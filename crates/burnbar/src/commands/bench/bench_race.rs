//! The race on which `burnbar bench` measures.

use super::START;
use crate::args::BenchArgs;
use crate::commands::simulate;
use crate::failure::Failure;
use events::{Record, Signal};
use sim::{Emission, Race};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// The race on which all is measured: a tape; and its samples as lines, its race events as a tape of their own.
pub struct BenchRace {
    /// The whole tape.
    pub tape: PathBuf,
    /// The tape of race events.
    pub events: PathBuf,
    /// The samples, one a line.
    pub lines: PathBuf,
    /// How many samples there are.
    pub car_samples: u64,
}

impl BenchRace {
    /// Runs the race and writes all of it into `dir`.
    pub fn write(dir: &Path, args: &BenchArgs) -> Result<BenchRace, Failure> {
        let (tape, events, lines) = (dir.join("race.tape"), dir.join("events.tape"), dir.join("race.ndjson"));
        let mut writer = tape::Writer::create(&tape).map_err(Failure::run)?;
        let mut events_writer = tape::Writer::create(&events).map_err(Failure::run)?;
        let mut file = BufWriter::new(File::create(&lines).map_err(Failure::run)?);
        let mut car_samples = 0;
        for emission in Race::new(simulate::config(&args.race, START)?).map_err(Failure::input)? {
            let Emission::Log(entry) = emission else { continue };
            writer.append(&entry).map_err(Failure::run)?;
            match &entry.record {
                Record::Sample(sample) => {
                    car_samples += 1;
                    writeln!(file, "{}", line(sample)).map_err(Failure::run)?;
                }
                Record::Event(_) => events_writer.append(&entry).map(|_| ()).map_err(Failure::run)?,
                Record::Tick => {}
            }
        }
        writer.finish().map_err(Failure::run)?;
        events_writer.finish().map_err(Failure::run)?;
        file.flush().map_err(Failure::run)?;
        Ok(BenchRace { tape, events, lines, car_samples })
    }
}

/// The one-object-a-line form.
fn line(sample: &events::Sample) -> serde_json::Value {
    let signal = |signal| sample.get(signal);
    serde_json::json!({
        "event_time_ms": sample.event_time.us() / 1000,
        "vehicle_id": sample.vehicle,
        "throttle": signal(Signal::Throttle),
        "rpm": signal(Signal::Rpm),
        "brake": signal(Signal::Brake),
        "speed": signal(Signal::Speed),
        "lap": signal(Signal::Lap).map(|lap| lap as i64),
        "lap_dist_pct": signal(Signal::LapDistance),
    })
}
