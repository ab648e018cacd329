//! What commits cost, a line each, in a file that is committed with them: so that a creep is seen.
//!
//! Instructions are compared from line to line, CPU seconds are not: they are of one machine on one day.

use super::child::output_of;
use crate::failure::Failure;
use crate::say::say;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

/// What makes a program: where it differs from the commit, figures are not the commit's.
const SOURCES: [&str; 3] = ["crates", "Cargo.toml", "Cargo.lock"];

/// A commit as git has it.
pub struct Commit {
    hash: String,
    date: String,
    subject: String,
}

impl Commit {
    /// The one that is checked out, without changes to what a program is built from.
    pub fn checked_out() -> Result<Commit, Failure> {
        let git = |args: &[&str]| output_of(Command::new("git").args(args));
        let changed = git(&[&["status", "--porcelain", "--"], &SOURCES[..]].concat())?;
        if !changed.is_empty() {
            return Err(Failure::input("what was changed has no commit to be recorded for: commit it first"));
        }
        let log = git(&["log", "-1", "--format=%H%n%cI%n%s"])?;
        let mut lines = log.lines().map(str::to_owned);
        let mut next = || lines.next().ok_or_else(|| Failure::run("git shows no commit"));
        Ok(Commit { hash: next()?, date: next()?, subject: next()? })
    }
}

/// Writes figures of a commit down, in place of those of an earlier run on the same kind of machine.
pub fn record(file: &Path, commit: &Commit, figures: Value) -> Result<(), Failure> {
    let before =
        if file.exists() { std::fs::read_to_string(file).map_err(Failure::input)? } else { String::new() };
    let target = format!("{}-{}", std::env::consts::ARCH, std::env::consts::OS);
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).map_err(Failure::run)?;
    }
    std::fs::write(file, with_line(&before, commit, &target, figures)?).map_err(Failure::run)
}

fn with_line(before: &str, commit: &Commit, target: &str, figures: Value) -> Result<String, Failure> {
    let is_other = |line: &Value| line["commit"] != commit.hash.as_str() || line["target"] != target;
    let mut lines: Vec<_> = lines(before)?.into_iter().filter(is_other).collect();
    let Commit { hash, date, subject } = commit;
    lines.push(json!({
        "commit": hash, "date": date, "subject": subject, "target": target, "figures": figures,
    }));
    Ok(lines.iter().map(|line| format!("{line}\n")).collect())
}

fn lines(text: &str) -> Result<Vec<Value>, Failure> {
    let line = |(at, line)| {
        serde_json::from_str(line)
            .map_err(|error| Failure::input(format!("line {} of the history is no JSON: {error}", at + 1)))
    };
    text.lines().enumerate().map(line).collect()
}

/// Prints instructions a sample, commit by commit.
pub fn print(file: &Path) -> Result<(), Failure> {
    let text = std::fs::read_to_string(file).map_err(|error| {
        Failure::input(format!("{}: {error}; `./x bench --record` begins it", file.display()))
    })?;
    say("instructions a sample; whole: tape to insights, and how far above the lowest before it")?;
    say("commit    date           tape dataflow  ndjson    whole           subject")?;
    rows(&lines(&text)?).into_iter().try_for_each(say)
}

/// Lines for people. What was counted on another kind of machine, in another way or on another race is not compared.
fn rows(lines: &[Value]) -> Vec<String> {
    let mut lowest: BTreeMap<String, f64> = BTreeMap::new();
    let row = |line: &Value| {
        let figures = &line["figures"];
        let short = |key: &str, length| {
            line[key].as_str().unwrap_or_default().chars().take(length).collect::<String>()
        };
        let instructions = |part: &str| figures["instructions_per_sample"][part].as_f64();
        let shown = |part| instructions(part).map_or("–".into(), |count| format!("{count:.0}"));
        let kind = format!(
            "{} {} {}",
            line["target"], figures["instructions_counted_by"], figures["instructions_samples"]
        );
        let above = instructions("whole").map(|whole| {
            let lowest = lowest.entry(kind).or_insert(whole);
            let above_pct = (whole / *lowest - 1.0) * 100.0;
            *lowest = lowest.min(whole);
            format!("{above_pct:+.1} %")
        });
        format!(
            "{:<9} {:<10} {:>8} {:>8} {:>7} {:>8} {:>8}  {}",
            short("commit", 9),
            short("date", 10),
            shown("tape"),
            shown("dataflow"),
            shown("ndjson"),
            shown("whole"),
            above.unwrap_or_default(),
            short("subject", usize::MAX),
        )
    };
    lines.iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn commit(hash: &str) -> Commit {
        Commit { hash: hash.into(), date: "2026-12-01T05:00:00+00:00".into(), subject: format!("Do {hash}") }
    }
    fn figures(whole: f64) -> Value {
        json!({
            "instructions_counted_by": "callgrind", "instructions_samples": 240_000,
            "instructions_per_sample": {"tape": 400.0, "dataflow": 2000.0, "whole": whole, "ndjson": 5000.0},
        })
    }

    #[test]
    fn a_commit_has_one_line_for_each_kind_of_machine() {
        let mut history = String::new();
        for (hash, target, whole) in
            [("a", "x86_64-linux", 4.0), ("a", "aarch64-linux", 5.0), ("a", "x86_64-linux", 6.0)]
        {
            history = with_line(&history, &commit(hash), target, figures(whole)).unwrap();
        }
        let kept = lines(&history).unwrap();
        let kept: Vec<_> = kept
            .iter()
            .map(|line| (&line["target"], &line["figures"]["instructions_per_sample"]["whole"]))
            .collect();
        assert_eq!(kept, [(&json!("aarch64-linux"), &json!(5.0)), (&json!("x86_64-linux"), &json!(6.0))]);
        assert!(with_line("{", &commit("a"), "x86_64-linux", json!({})).is_err());
    }

    #[test]
    fn a_creep_is_seen_against_the_lowest_before() {
        let mut history = String::new();
        let none = json!({"instructions_per_sample": null});
        for (hash, target, figures) in [
            ("a", "x86_64-linux", figures(4000.0)),
            ("b", "x86_64-linux", figures(3900.0)),
            ("c", "aarch64-linux", figures(9000.0)),
            ("d", "x86_64-linux", none),
            ("e", "x86_64-linux", figures(3939.0)),
            ("f", "x86_64-linux", figures(3978.0)),
        ] {
            history = with_line(&history, &commit(hash), target, figures).unwrap();
        }
        let rows = rows(&lines(&history).unwrap());
        for (row, above) in rows.iter().zip([
            "4000   +0.0 %",
            "3900   -2.5 %",
            "9000   +0.0 %",
            "–",
            "3939   +1.0 %",
            "3978   +2.0 %",
        ]) {
            assert!(row.contains(above), "{row}");
        }
    }
}
