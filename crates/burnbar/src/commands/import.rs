//! `burnbar import`: other people's recordings to a tape, their truth beside it.

use super::real_race;
use crate::args::{ImportArgs, RecordingKind};
use crate::config::session_of;
use crate::failure::Failure;
use crate::say::say;
use events::RaceEvent;
use feed::{Import, ImportError, Mapping};
use indicatif::{ProgressBar, ProgressBarIter, ProgressFinish, ProgressStyle};
use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::Path;
use truth::TruthFile;

/// A file that is read; a terminal shows how far.
type Recording = BufReader<ProgressBarIter<File>>;
/// Brings in one file.
type ReadRecording = fn(&str, Recording, &Mapping) -> Result<Import, ImportError>;

/// Runs the command.
pub fn run(args: &ImportArgs) -> Result<(), Failure> {
    let reader: ReadRecording = match args.kind {
        RecordingKind::Ibt => |name, file, _| feed::ibt::import(name, file),
        RecordingKind::Csv => feed::csv::import,
        RecordingKind::Ndjson => feed::ndjson::import,
        RecordingKind::Nascar => return real_race::import(&args.input, &args.out, args.package, args.hz),
    };
    let (mapping, race_events) = (mapping(args)?, race_events(args)?);
    let mut paths = args.input.iter().zip(0..);
    let (first, _) = paths.next().ok_or_else(|| Failure::input("name at least one recording"))?;
    let mut import = read(reader, first, &mapping)?;
    for (path, index) in paths {
        let next = read(reader, path, &mapping)?;
        match args.kind {
            // recordings of a simulator have no clock in common; lines share one
            RecordingKind::Ibt => import.follow(next, index),
            _ => import.merge(next, index),
        }
    }
    write(&import, &race_events, &args.out)?;
    report(&import)
}

fn mapping(args: &ImportArgs) -> Result<Mapping, Failure> {
    match &args.mapping {
        Some(path) => {
            let text = std::fs::read_to_string(path).map_err(|e| Failure::input(named(path, &e)))?;
            Mapping::parse(&path.display().to_string(), &text).map_err(Failure::input)
        }
        None if args.kind == RecordingKind::Csv => {
            Err(Failure::input("csv columns need a mapping: --mapping FILE, see docs/import.md"))
        }
        None => Mapping::standard().map_err(Failure::run),
    }
}

fn race_events(args: &ImportArgs) -> Result<Vec<RaceEvent>, Failure> {
    let Some(path) = &args.events else { return Ok(Vec::new()) };
    let name = path.display().to_string();
    feed::race_events::read(&name, open(path)?, session_of(&args.out)?).map_err(Failure::input)
}

fn read(reader: ReadRecording, path: &Path, mapping: &Mapping) -> Result<Import, Failure> {
    reader(&path.display().to_string(), open(path)?, mapping).map_err(Failure::input)
}

fn write(import: &Import, race_events: &[RaceEvent], out: &Path) -> Result<(), Failure> {
    let mut tape = tape::Writer::create(out).map_err(Failure::input)?;
    for entry in import.log(race_events) {
        tape.append(&entry).map_err(Failure::run)?;
    }
    tape.finish().map_err(Failure::run)?;
    if !import.truth.is_empty() {
        let mut truth = TruthFile::create(out)?;
        import.truth.iter().try_for_each(|line| truth.write(line))?;
        truth.finish()?;
    }
    if !import.quarantine.kept.is_empty() {
        quarantine(import, &out.with_extension("quarantine.ndjson"))?;
    }
    Ok(())
}

fn quarantine(import: &Import, path: &Path) -> Result<(), Failure> {
    let failed = |e: std::io::Error| Failure::run(named(path, &e));
    let mut file = BufWriter::new(File::create(path).map_err(failed)?);
    for refused in &import.quarantine.kept {
        let raw = String::from_utf8_lossy(&refused.raw);
        let line = serde_json::json!({"reason": refused.reason, "detail": refused.detail, "raw": raw});
        writeln!(file, "{line}").map_err(failed)?;
    }
    file.flush().map_err(failed)
}

fn report(import: &Import) -> Result<(), Failure> {
    say(format_args!(
        "{} received: {} samples, {} quarantined, {} skipped; {} truth lines",
        import.received,
        import.samples.len(),
        import.quarantine.count(),
        import.skipped,
        import.truth.len()
    ))?;
    for (reason, count) in &import.quarantine.counts {
        say(format_args!("  quarantined as {reason}: {count}"))?;
    }
    Ok(())
}

fn open(path: &Path) -> Result<Recording, Failure> {
    let failed = |error| Failure::input(named(path, &error));
    let file = File::open(path).map_err(failed)?;
    let bytes = file.metadata().map_err(failed)?.len();
    Ok(BufReader::new(progress(path, bytes).wrap_read(file)))
}

/// Standard error shows it if that is a terminal, until the file has been read.
fn progress(path: &Path, bytes: u64) -> ProgressBar {
    let style = "{bar:30} {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left  {msg}";
    let style = ProgressStyle::with_template(style).unwrap_or_else(|_| ProgressStyle::default_bar());
    let bar = ProgressBar::new(bytes).with_style(style).with_finish(ProgressFinish::AndClear);
    bar.with_message(path.display().to_string())
}

fn named(path: &Path, error: &std::io::Error) -> String {
    format!("{}: {error}", path.display())
}
