//! `burnbar bench recordings`: how well the rate law learns from aggregates of real recordings, beside simpler rules.
//!
//! A fit sees how much was burned over a lap, a part or a file, never a rate. What is fitted and how it is tried:
//! `docs/recordings.md`.

mod exposure;
mod fit;
mod recording;
mod report;
mod trial;

use crate::args::{Format, RecordingsArgs};
use crate::failure::Failure;
use crate::say::say;
use recording::Recording;
use report::Report;
use std::path::PathBuf;

/// Where recordings lie that may not be copied into the project.
const SHARED: &str = "BURNBAR_SHARED";

/// Runs the command.
pub fn run(args: &RecordingsArgs) -> Result<(), Failure> {
    let (mut recordings, mut refused) = (Vec::new(), Vec::new());
    let shared = if args.files.is_empty() { shared_files()? } else { Some(Vec::new()) };
    if shared.is_none() {
        refused.push(format!("skipped, {SHARED} names no folder with recordings: give files instead"));
    }
    for file in &args.files {
        recordings.extend(Recording::read(file, args.mapping.as_deref())?);
    }
    for file in shared.unwrap_or_default() {
        match Recording::read(&file, args.mapping.as_deref()) {
            Ok(of_file) => recordings.extend(of_file),
            Err(why) => refused.push(why.to_string()),
        }
    }
    let report = Report::of(&recordings, refused)?;
    match args.format {
        Format::Json => say(serde_json::to_string(&report).map_err(Failure::run)?),
        Format::Text => report.print(),
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
