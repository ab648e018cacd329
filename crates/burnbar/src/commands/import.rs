//! `burnbar import`: other people's recordings to a tape, their truth beside it.

use super::real_race;
use crate::args::{ImportArgs, RecordingKind};
use crate::failure::Failure;
use crate::say::say;
use events::{EventId, RaceEvent, SessionId};
use feed::{Import, ImportError, Mapping, STRETCH_GAP};
use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::Path;
use truth::TruthFile;
use units::{EventTime, Span};

/// Ids of race events of different files lie this far apart, so that none corrects another's.
const IDS_PER_FILE: u64 = 1 << 32;

/// Brings in one file.
type Reader = fn(&str, BufReader<File>, &Mapping) -> Result<Import, ImportError>;

/// Runs the command.
pub fn run(args: &ImportArgs) -> Result<(), Failure> {
    let reader: Reader = match args.kind {
        RecordingKind::Ibt => |name, file, _| feed::ibt::import(name, file),
        RecordingKind::Csv => feed::csv::import,
        RecordingKind::Ndjson => feed::ndjson::import,
        RecordingKind::Nascar => return real_race::import(&args.input, &args.out, args.package, args.hz),
    };
    let mapping = match &args.mapping {
        Some(path) => {
            let text = std::fs::read_to_string(path).map_err(|e| Failure::input(named(path, &e)))?;
            Mapping::parse(&path.display().to_string(), &text).map_err(Failure::input)?
        }
        None if args.kind == RecordingKind::Csv => {
            return Err(Failure::input("csv columns need a mapping: --mapping FILE, see docs/import.md"));
        }
        None => Mapping::standard().map_err(Failure::run)?,
    };
    let race_events = match &args.events {
        Some(path) => {
            let session = SessionId::new(&stem(&args.out)).map_err(Failure::input)?;
            feed::race_events::read(&path.display().to_string(), open(path)?, session)
                .map_err(Failure::input)?
        }
        None => Vec::new(),
    };
    let mut paths = args.input.iter().zip(0..);
    let (first, _) = paths.next().ok_or_else(|| Failure::input("name at least one recording"))?;
    let mut import = read(reader, first, &mapping)?;
    for (path, index) in paths {
        append(&mut import, read(reader, path, &mapping)?, args.kind, index);
    }
    write(&import, &race_events, &args.out)?;
    report(&import)
}

fn read(reader: Reader, path: &Path, mapping: &Mapping) -> Result<Import, Failure> {
    reader(&path.display().to_string(), open(path)?, mapping).map_err(Failure::input)
}

/// Adds recording number `index` to the ones before. Lines share a clock and are merged by it; recordings of a simulator
/// have none in common and follow each other.
fn append(all: &mut Import, mut next: Import, kind: RecordingKind, index: u64) {
    if kind == RecordingKind::Ibt {
        follow(all, &mut next);
    }
    next.events.iter_mut().for_each(|event| event.id = EventId(event.id.0 + index * IDS_PER_FILE));
    all.events.append(&mut next.events);
    all.events.sort_by_key(|event| (event.event_time, event.id));
    // the files share no order of arrival
    all.arrivals = None;
    all.samples.append(&mut next.samples);
    all.samples.sort_by_key(|sample| sample.event_time);
    all.truth.append(&mut next.truth);
    all.quarantine.kept.append(&mut next.quarantine.kept);
    for (reason, count) in next.quarantine.counts {
        *all.quarantine.counts.entry(reason).or_default() += count;
    }
    all.received += next.received;
    all.skipped += next.skipped;
}

/// Moves `next` behind `all`.
fn follow(all: &Import, next: &mut Import) {
    let (Some(last), Some(first)) = (all.samples.last(), next.samples.first()) else { return };
    let by: Span = last.event_time + STRETCH_GAP - first.event_time;
    let moved = |at: EventTime| at + by;
    next.samples.iter_mut().for_each(|sample| sample.event_time = moved(sample.event_time));
    next.events.iter_mut().for_each(|event| event.event_time = moved(event.event_time));
    for truth in &mut next.truth {
        truth.from_us += by.us();
        truth.to_us += by.us();
    }
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

fn open(path: &Path) -> Result<BufReader<File>, Failure> {
    File::open(path).map(BufReader::new).map_err(|e| Failure::input(named(path, &e)))
}

fn named(path: &Path, error: &std::io::Error) -> String {
    format!("{}: {error}", path.display())
}

fn stem(path: &Path) -> String {
    path.file_stem().and_then(|stem| stem.to_str()).unwrap_or("session").to_string()
}
