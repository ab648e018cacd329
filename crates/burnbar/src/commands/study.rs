//! `burnbar study`: many races or recordings, held against what is known to be true.

use crate::args::{DetectorArgs, Format, RaceStudyArgs, RecordingsArgs, StudyArgs, StudyOf};
use crate::config::StreamConfig;
use crate::failure::Failure;
use crate::say::say;
use evaluate::study::accuracy::{self, AccuracyStep, AccuracyStudy};
use evaluate::study::detectors::{DetectorFigures, DetectorStudy};
use evaluate::study::recordings::RecordingsStudy;
use evaluate::study::science::{self, ScienceStudy};
use evaluate::{RaceSize, tables};
use serde::Serialize;
use std::path::PathBuf;

/// Where recordings lie that may not be copied into the project.
const SHARED: &str = "BURNBAR_SHARED";

/// Runs the command.
pub fn run(args: &StudyArgs) -> Result<(), Failure> {
    match &args.of {
        StudyOf::Accuracy(args) => accuracy(args),
        StudyOf::Science(args) => science(args),
        StudyOf::Detectors(args) => detectors(args),
        StudyOf::Recordings(args) => recordings(args),
    }
}

fn json(study: &impl Serialize) -> Result<(), Failure> {
    say(serde_json::to_string(study).map_err(Failure::run)?)
}

/// Prints only for people: programs get everything at the end.
fn say_text(format: Format, text: impl FnOnce() -> String) -> Result<(), Failure> {
    match format {
        Format::Text => say(text()),
        Format::Json => Ok(()),
    }
}

fn accuracy(args: &RaceStudyArgs) -> Result<(), Failure> {
    let (size, format) = (RaceSize::usual(&accuracy::SEEDS), args.format);
    say_text(format, || {
        format!(
            "races of {} minutes, {} cars at {} Hz, seeds {:?}; priors only, no fuel known; of each the estimate, then the \
             naive baseline\n{}",
            size.minutes,
            size.cars,
            size.hz,
            size.seeds,
            tables::brief_head("usual faults, by track")
        )
    })?;
    let study = AccuracyStudy::run(&size, &StreamConfig::of(&args.flow)?.stream, |step| {
        say_text(format, || match step {
            AccuracyStep::Track(name, compared) | AccuracyStep::Fault(name, compared) => {
                tables::brief(name, compared)
            }
            AccuracyStep::Tracks(figures) => format!(
                "{}\n\n{}",
                tables::brief_of("all tracks", &figures.overall, &figures.naive),
                tables::brief_head(&format!("{}, by fault", accuracy::FAULT_TRACK.name()))
            ),
        })
    })?;
    match format {
        Format::Text => say(format_args!("\nusual faults, all tracks\n{}", study.tracks.text().trim_end())),
        Format::Json => json(&study),
    }
}

fn science(args: &RaceStudyArgs) -> Result<(), Failure> {
    let size = RaceSize::usual(&science::SEEDS);
    let study =
        ScienceStudy::run(&size, &science::HISTORY_SEEDS, &StreamConfig::of(&args.flow)?.stream, |case| {
            say_text(args.format, || case.text())
        })?;
    if args.format == Format::Json { json(&study) } else { Ok(()) }
}

fn detectors(args: &DetectorArgs) -> Result<(), Failure> {
    let size = RaceSize { minutes: args.minutes, ..RaceSize::usual(&args.seeds) };
    say_text(args.format, || {
        format!(
            "races of {} minutes, {} cars at {} Hz, seeds {:?}; AUC by lap, precision/recall by car-second\n{}",
            size.minutes,
            size.cars,
            size.hz,
            size.seeds,
            DetectorFigures::head()
        )
    })?;
    let study = DetectorStudy::run(&size, &StreamConfig::of(&args.flow)?.stream, |track, figures| {
        say_text(args.format, || figures.line(track))
    })?;
    match args.format {
        Format::Text => say(study.all.line("all tracks")),
        Format::Json => json(&study),
    }
}

fn recordings(args: &RecordingsArgs) -> Result<(), Failure> {
    let mut refused = Vec::new();
    let mut files = args.files.clone();
    if files.is_empty() {
        match shared_files()? {
            Some(shared) => files = shared,
            None => {
                refused.push(format!("skipped, {SHARED} names no folder with recordings: give files instead"))
            }
        }
    }
    let study = RecordingsStudy::run(&files, args.mapping.as_deref(), refused)?;
    if study.is_empty() && !args.files.is_empty() {
        return Err(Failure::input(study.refused().join("; ")));
    }
    match args.format {
        Format::Json => json(&study),
        Format::Text => say(study.text().trim_end()),
    }
}

/// The recordings of the shared folder, by name; `None` where it is absent.
fn shared_files() -> Result<Option<Vec<PathBuf>>, Failure> {
    let Some(data) = std::env::var_os(SHARED).map(|shared| PathBuf::from(shared).join("data")) else {
        return Ok(None);
    };
    let mut files = Vec::new();
    for kind in ["csv", "ibt"] {
        let Ok(entries) = std::fs::read_dir(data.join(kind)) else { continue };
        for entry in entries {
            files.push(entry.map_err(Failure::run)?.path());
        }
    }
    files.retain(|file| file.extension().is_some_and(|ending| ending == "csv" || ending == "ibt"));
    files.sort();
    Ok((!files.is_empty()).then_some(files))
}
