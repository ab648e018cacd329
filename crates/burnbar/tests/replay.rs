//! `burnbar replay` on the command line: what it refuses, and what its summary says.

use crate::program::{Folder, output, stdout_of, summary};
use events::EntryBlock;
use serde_json::Value;
use std::path::Path;

const RACE: &str = "simulate --seed 3 --cars 2 --minutes 1 --hz 5 --out race.tape";

fn race(name: &str) -> Folder {
    let folder = Folder::new(name);
    stdout_of(folder.path(), RACE);
    folder
}

/// How many entries a tape holds.
fn entries(tape: &Path) -> u64 {
    let (mut reader, mut entries, mut count) = (tape::Reader::open(tape).unwrap(), EntryBlock::default(), 0);
    while reader.next_block(&mut entries).unwrap() != tape::Progress::End {
        count += entries.len() as u64;
    }
    count
}

#[test]
fn what_cannot_be_used_is_refused_with_a_reason_and_an_exit_code() {
    let folder = race("refused");
    stdout_of(folder.path(), "replay race.tape --state state --checkpoint-every 5s");
    std::fs::write(folder.path().join("notes.txt"), "no tape").unwrap();
    // 2: the input or the command line cannot be used; 1: it failed on the way
    for (words, code, reason) in [
        ("replay nowhere.tape", 2, "nowhere.tape"),
        ("replay notes.txt", 2, "notes.txt"),
        ("replay", 2, "<TAPE>"),
        ("replay race.tape --speed 0", 2, "positive"),
        ("replay race.tape --window 5", 2, "unit"),
        ("replay race.tape --workers 0", 2, "workers"),
        ("replay race.tape --state state --window 2s", 2, "give another folder"),
        ("replay race.tape --out race.tape/00000000.segment", 2, "inside the tape"),
        ("replay race.tape --out nowhere/insights.ndjson", 1, "nowhere/insights.ndjson"),
    ] {
        let output = output(folder.path(), words);
        let message = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{words}: {message}");
        assert!(message.contains(reason), "{words}: {message:?} does not name {reason:?}");
        assert!(output.stdout.is_empty(), "{words}: nothing is printed as if it had worked");
    }
}

#[test]
fn a_live_session_whose_stream_fails_ends_with_the_reason() {
    let folder = race("foreign");
    stdout_of(folder.path(), "replay race.tape --state state --checkpoint-every 5s");
    let output =
        output(folder.path(), "demo --cars 2 --hz 5 --join-minute 1 --port 0 --dir live --state state");
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{message}");
    assert!(message.contains("give another folder"), "{message}");
}

#[test]
fn a_tape_that_breaks_off_is_read_as_far_as_it_is_whole_and_goes_on_from_there_when_it_is_mended() {
    let folder = Folder::new("breaks-off");
    stdout_of(folder.path(), "simulate --seed 3 --cars 8 --minutes 3 --hz 10 --out race.tape");
    stdout_of(folder.path(), "replay race.tape --out straight.ndjson");
    let file = |name: &str| std::fs::read(folder.path().join(name)).unwrap();
    let (whole, straight) = (file("race.tape/00000000.segment"), file("straight.ndjson"));
    let words = "replay cut.tape --state state --checkpoint-every 5s --out o.ndjson --format json";
    // without its end alone, and within blocks
    for bytes in [whole.len() - 1, whole.len() * 4 / 5, whole.len() / 2] {
        let cut = folder.path().join("cut.tape");
        std::fs::create_dir_all(&cut).unwrap();
        std::fs::write(cut.join("00000000.segment"), &whole[..bytes]).unwrap();
        let run = output(folder.path(), words);
        let (message, summary) =
            (String::from_utf8(run.stderr).unwrap(), serde_json::from_slice(&run.stdout));
        let summary: Value = summary.unwrap();
        assert_eq!((run.status.code(), &summary["breaks_off"]), (Some(0), &Value::Bool(true)), "{message}");
        assert!(message.contains("breaks off") && message.contains("whole entries are read"), "{message}");
        // more of it has come since
        std::fs::write(cut.join("00000000.segment"), &whole).unwrap();
        let again = serde_json::from_str::<Value>(&stdout_of(folder.path(), words)).unwrap();
        assert!(again["resumed_at_window"].is_u64() && again["breaks_off"] == false, "{again}");
        assert!(file("o.ndjson") == straight, "cut at {bytes} bytes");
        std::fs::remove_dir_all(folder.path().join("state")).unwrap();
    }
}

#[test]
fn an_output_that_is_not_as_its_checkpoint_left_it_is_refused_with_what_to_do() {
    let folder = race("outputs");
    let words = "replay race.tape --state state --checkpoint-every 5s --out o.ndjson --store race.sqlite";
    stdout_of(folder.path(), words);
    let path = |name: &str| folder.path().join(name);
    let lines = std::fs::read(path("o.ndjson")).unwrap();
    // a store is up to three files
    let store = ["race.sqlite", "race.sqlite-wal", "race.sqlite-shm"]
        .map(|name| (name, std::fs::read(path(name)).ok()));
    let with_laps = format!("{words} --laps laps.ndjson");
    for (what, damage, words, reason) in [
        ("added", Box::new(|| ()) as Box<dyn Fn()>, with_laps.as_str(), "--laps was not written up to"),
        (
            "cut",
            Box::new(|| std::fs::write(path("o.ndjson"), &lines[..10]).unwrap()),
            words,
            "is shorter than",
        ),
        (
            "another",
            Box::new(|| std::fs::write(path("o.ndjson"), vec![b' '; lines.len()]).unwrap()),
            words,
            "is not the file that its checkpoint knows",
        ),
        (
            "a store deleted",
            Box::new(|| store.iter().for_each(|(name, _)| drop(std::fs::remove_file(path(name))))),
            words,
            "the store holds nothing of session",
        ),
    ] {
        damage();
        let refused = output(folder.path(), words);
        let message = String::from_utf8(refused.stderr).unwrap();
        assert_eq!(refused.status.code(), Some(1), "{what}: {message}");
        assert!(
            message.contains(reason) && message.contains("remove the folder of the state"),
            "{what}: {message}"
        );
        std::fs::write(path("o.ndjson"), &lines).unwrap();
        for (name, bytes) in &store {
            drop(std::fs::remove_file(path(name)));
            bytes.iter().for_each(|bytes| std::fs::write(path(name), bytes).unwrap());
        }
    }
    stdout_of(folder.path(), words);
    assert_eq!(std::fs::read(path("o.ndjson")).unwrap(), lines, "as it was left, it goes on");
}

#[test]
fn another_tape_under_the_name_of_a_session_does_not_mix_with_it_in_the_store() {
    let folder = race("same-name");
    // a simulated race is called after its track and its seed
    for (minutes, cars) in [(2, 4), (1, 3)] {
        let race = format!("simulate --seed 4 --cars {cars} --minutes {minutes} --hz 5 --out {minutes}.tape");
        stdout_of(folder.path(), &race);
    }
    stdout_of(folder.path(), "replay 1.tape --store alone.sqlite");
    stdout_of(folder.path(), "replay 2.tape --store both.sqlite");
    let again = output(folder.path(), "replay 1.tape --store both.sqlite");
    let message = String::from_utf8(again.stderr).unwrap();
    assert!(again.status.success() && message.contains("it is written anew"), "{message}");
    let rows = |name: &str, table: &str| {
        let store = store::Store::open(&folder.path().join(name)).unwrap();
        store.query(&format!("SELECT * FROM {table} ORDER BY 1, 2, 3")).unwrap().rows
    };
    for table in ["sessions", "cars", "windows", "laps", "race_events"] {
        let alone = rows("alone.sqlite", table);
        assert!(!alone.is_empty() && rows("both.sqlite", table) == alone, "{table}");
    }
}

#[test]
fn the_summary_adds_up() {
    let folder = race("summary");
    let summary = summary(folder.path(), "replay race.tape");
    let count = |name: &str| summary[name].as_u64().unwrap();
    assert_eq!(count("journaled"), entries(&folder.path().join("race.tape")));
    assert_eq!(count("journaled"), ["folded", "late", "duplicate", "ticks"].map(count).iter().sum::<u64>());
    assert!(count("ticks") > 30 && count("folded") > 500 && count("race_events") >= 3, "{summary}");
    assert_eq!((count("late"), count("duplicate"), count("restarts")), (0, 0, 0));
    assert_eq!(summary["resumed_at_window"], Value::Null);
    let text = stdout_of(folder.path(), "replay race.tape");
    assert!(text.starts_with(&format!("{} entries: ", count("journaled"))), "{text}");
}

#[test]
fn lines_are_one_insight_a_car_and_window_and_one_a_lap() {
    let folder = race("lines");
    stdout_of(
        folder.path(),
        "replay race.tape --out insights.ndjson --laps laps.ndjson --quarantine late.ndjson",
    );
    let lines = |name: &str| -> Vec<Value> {
        let text = std::fs::read_to_string(folder.path().join(name)).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let named =
        |line: &Value| (line["window_end_us"].as_i64(), line["vehicle_id"].as_str().map(str::to_owned));
    let mut names: Vec<_> = lines("insights.ndjson").iter().map(named).collect();
    assert!(names.len() > 100 && names.is_sorted(), "in order of window and vehicle");
    names.dedup();
    assert_eq!(names.len(), lines("insights.ndjson").len(), "each once");
    assert!(!lines("laps.ndjson").is_empty());
    assert_eq!(lines("late.ndjson"), Vec::<Value>::new());
}

#[test]
fn a_damaged_tape_is_refused_with_what_is_lost_and_what_is_whole_can_be_copied() {
    let folder = Folder::new("damaged");
    stdout_of(folder.path(), "simulate --seed 3 --cars 8 --minutes 3 --hz 10 --out race.tape");
    assert!(stdout_of(folder.path(), "tape check race.tape").starts_with("race.tape is whole: "));
    let segment = folder.path().join("race.tape/00000000.segment");
    let whole = std::fs::read(&segment).unwrap();
    let all = entries(&folder.path().join("race.tape"));
    // within its second block, and its end
    let flipped = |at: usize| {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x41;
        bytes
    };
    for (what, bytes, reason, keeps_all) in [
        ("a block", flipped(whole.len() / 2), "is damaged in 1 places and ends", false),
        ("its end", flipped(whole.len() - 20), "is damaged in 0 places and breaks off", true),
        ("cut", whole[..whole.len() - 10].to_vec(), "is damaged in 0 places and breaks off", true),
    ] {
        std::fs::write(&segment, bytes).unwrap();
        let checked = output(folder.path(), "tape check race.tape");
        let message = String::from_utf8(checked.stderr).unwrap();
        assert_eq!(checked.status.code(), Some(2), "{what}: {message}");
        assert!(message.contains(reason) && message.contains("tape repair"), "{what}: {message}");
        stdout_of(folder.path(), "tape repair race.tape --out mended.tape");
        assert!(stdout_of(folder.path(), "tape check mended.tape").contains("is whole"), "{what}");
        let kept = entries(&folder.path().join("mended.tape"));
        assert!(
            if keeps_all { kept == all } else { kept < all && kept > all / 2 },
            "{what}: {kept} of {all}"
        );
        stdout_of(folder.path(), "replay mended.tape");
        std::fs::remove_dir_all(folder.path().join("mended.tape")).unwrap();
    }
}

#[test]
fn lines_on_standard_output_stand_alone_there_and_what_cannot_be_written_fails() {
    let folder = race("stdout");
    stdout_of(folder.path(), "replay race.tape --out o.ndjson");
    let lines = std::fs::read_to_string(folder.path().join("o.ndjson")).unwrap();
    for path in ["-", "/dev/stdout"] {
        let run = output(folder.path(), &format!("replay race.tape --out {path}"));
        assert!(run.status.success() && String::from_utf8(run.stdout).unwrap() == lines, "{path}");
        assert!(
            String::from_utf8(run.stderr).unwrap().contains(" entries: "),
            "{path}: its summary is beside"
        );
    }
    // few lines: all of them wait for the end
    let full = output(folder.path(), "replay race.tape --laps /dev/full");
    let message = String::from_utf8(full.stderr).unwrap();
    assert_eq!(full.status.code(), Some(1), "{message}");
    assert!(message.contains("/dev/full: "), "{message}");
}
