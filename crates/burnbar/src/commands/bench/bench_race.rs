//! The race on which `burnbar bench` measures.

use super::START;
use super::child::output_of;
use crate::args::{BenchPart, RaceArgs};
use crate::commands::simulate;
use crate::failure::Failure;
use clap::ValueEnum;
use events::{EntryBlock, Record, Sample, Signal};
use sim::{Emission, Race};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The race on which all is measured: a tape; and its samples as lines, its race events as a tape of their own.
pub struct BenchRace {
    /// The whole tape.
    pub tape: PathBuf,
    /// A tape with the race events.
    events: PathBuf,
    /// The samples, one a line.
    lines: PathBuf,
    /// How many samples there are.
    pub car_samples: u64,
}

impl BenchRace {
    /// Runs the race and writes all of it into `dir`.
    pub fn write(dir: &Path, args: &RaceArgs) -> Result<BenchRace, Failure> {
        let (tape, events) = (dir.join("race.tape"), dir.join("events.tape"));
        let mut writer = tape::Writer::create(&tape).map_err(Failure::run)?;
        let mut events_writer = tape::Writer::create(&events).map_err(Failure::run)?;
        let mut lines = SampleLines::create(dir)?;
        for emission in Race::new(simulate::config(args, START)?).map_err(Failure::input)? {
            let Emission::Log(entry) = emission else { continue };
            writer.append(&entry).map_err(Failure::run)?;
            match &entry.record {
                Record::Sample(sample) => lines.write(sample)?,
                Record::Event(_) => events_writer.append(&entry).map(|_| ()).map_err(Failure::run)?,
                Record::Tick => {}
            }
        }
        writer.finish().map_err(Failure::run)?;
        events_writer.finish().map_err(Failure::run)?;
        lines.finish(tape, events)
    }

    /// Has another program write the tape of the race into `dir`: a tape of an older program can be read by both. No
    /// program writes race events alone for another, so they are read off the whole tape.
    pub fn written_by(program: &Path, dir: &Path, args: &RaceArgs) -> Result<BenchRace, Failure> {
        let tape = dir.join("race.tape");
        output_of(Command::new(program).arg("simulate").arg("--out").arg(&tape).args(race_words(args)))?;
        let mut reader = tape::Reader::open(&tape).map_err(Failure::input)?;
        let (mut lines, mut block) = (SampleLines::create(dir)?, EntryBlock::default());
        while let tape::Progress::Block { .. } = reader.next_block(&mut block).map_err(Failure::input)? {
            for entry in block.entries() {
                if let Record::Sample(sample) = &entry.record {
                    lines.write(sample)?;
                }
            }
        }
        lines.finish(tape.clone(), tape)
    }

    /// The words with which a program runs one part of the bench on this race, its insights to `out`.
    pub fn words(&self, part: BenchPart, out: &Path) -> Vec<String> {
        let input = if part == BenchPart::Ndjson { &self.events } else { &self.tape };
        let path = |path: &Path| path.display().to_string();
        let name = name_of(&part);
        let options = [
            ("--part", name),
            ("--input", path(input)),
            ("--lines", path(&self.lines)),
            ("--out", path(out)),
        ];
        let options = options.into_iter().flat_map(|(option, value)| [option.to_owned(), value]);
        ["bench".to_owned()].into_iter().chain(options).collect()
    }
}

/// A race as options of a command line.
fn race_words(args: &RaceArgs) -> [String; 7] {
    let RaceArgs { seed, track, cars, minutes, hz, evidence, faults } = args;
    [
        format!("--seed={seed}"),
        format!("--track={track}"),
        format!("--cars={cars}"),
        format!("--minutes={minutes}"),
        format!("--hz={hz}"),
        format!("--evidence={}", name_of(evidence)),
        format!("--faults={faults}"),
    ]
}

/// How a choice is called on the command line.
fn name_of(choice: &impl ValueEnum) -> String {
    choice.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
}

/// A file of samples, one a line.
struct SampleLines {
    path: PathBuf,
    file: BufWriter<File>,
    car_samples: u64,
}

impl SampleLines {
    fn create(dir: &Path) -> Result<SampleLines, Failure> {
        let path = dir.join("race.ndjson");
        let file = BufWriter::new(File::create(&path).map_err(Failure::run)?);
        Ok(SampleLines { path, file, car_samples: 0 })
    }
    fn write(&mut self, sample: &Sample) -> Result<(), Failure> {
        self.car_samples += 1;
        writeln!(self.file, "{}", line(sample)).map_err(Failure::run)
    }
    fn finish(mut self, tape: PathBuf, events: PathBuf) -> Result<BenchRace, Failure> {
        self.file.flush().map_err(Failure::run)?;
        Ok(BenchRace { tape, events, lines: self.path, car_samples: self.car_samples })
    }
}

/// The one-object-a-line form.
fn line(sample: &Sample) -> serde_json::Value {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::{Arguments, Command as Asked};
    use clap::Parser;

    #[test]
    fn a_race_that_another_program_is_asked_for_is_the_one_that_was_meant() {
        for words in [
            "",
            "--seed 3 --track road-2.4 --cars 7 --minutes 2.5 --hz 60 --evidence fill-time --faults lag=0.2",
        ] {
            let race = |words: &[String]| {
                let words = ["burnbar", "simulate", "--out", "race.tape"]
                    .map(str::to_owned)
                    .into_iter()
                    .chain(words.to_vec());
                let Asked::Simulate(args) = Arguments::try_parse_from(words).unwrap().command else {
                    panic!()
                };
                args.race
            };
            let meant = race(&words.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
            assert_eq!(format!("{:?}", race(&race_words(&meant))), format!("{meant:?}"));
        }
    }
}
