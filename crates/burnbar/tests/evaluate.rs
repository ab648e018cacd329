//! `burnbar evaluate`: its figures, and that the truth reaches nothing else.

use crate::program::{Folder, output, stdout_of, summary};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

const RACE: &str = "simulate --seed 5 --cars 9 --minutes 16 --hz 4 --out race.tape";
const KEYS: [&str; 8] = [
    "later_stint_rms_pct",
    "first_stint_rms_pct",
    "lap_mpg_sd_pct",
    "pair_rmse_pct",
    "pair_sign_at_4pct",
    "tank_rms_gal",
    "coverage80",
    "make_it_brier_skill",
];

fn race(name: &str) -> Folder {
    let folder = Folder::new(name);
    stdout_of(folder.path(), RACE);
    folder
}

#[test]
fn neither_an_estimate_nor_a_model_changes_by_a_byte_without_the_truth() {
    let folder = Folder::new("truthless");
    let path = folder.path();
    // long enough for stops, so that fuel is known at stops in both
    stdout_of(path, "simulate --seed 6 --cars 9 --minutes 70 --hz 2 --out past.tape");
    stdout_of(path, "simulate --seed 5 --cars 9 --minutes 70 --hz 2 --out race.tape");
    let made = || {
        stdout_of(path, "calibrate past.tape --out model.json");
        stdout_of(path, "replay race.tape --model model.json --out insights.ndjson --laps laps.ndjson");
        ["model.json", "insights.ndjson", "laps.ndjson"].map(|name| fs::read(path.join(name)).unwrap())
    };
    let beside_truth = made();
    for name in ["past", "race"] {
        fs::remove_file(path.join(format!("{name}.truth.ndjson"))).unwrap();
    }
    assert!(beside_truth == made(), "the truth was seen");
    let scales = |bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let scale = |line: &str| serde_json::from_str::<Value>(line).unwrap()["scale"].as_f64();
        text.lines().filter_map(scale).map(f64::to_bits).collect::<BTreeSet<_>>()
    };
    assert!(scales(&beside_truth[1]).len() > 2, "the fuel of stops has taught nothing");
}

#[test]
fn every_figure_is_there_for_the_stream_and_for_the_baseline() {
    let folder = race("figures");
    let figures = summary(folder.path(), "evaluate race.tape");
    let has_keys = |what: &str, of: &Value| {
        let missing: Vec<_> = KEYS.iter().filter(|key| of.get(key).is_none()).collect();
        assert!(missing.is_empty(), "{what} lacks {missing:?}: {of}");
    };
    has_keys("overall", &figures["overall"]);
    has_keys("naive", &figures["naive"]);
    for (track, of) in figures["by_track"].as_object().unwrap() {
        has_keys(track, of);
        has_keys(track, &of["naive"]);
    }
    assert_eq!(figures["by_track"].as_object().unwrap().len(), 1);
    assert!(figures["by_flag"]["green"]["lap_bias_pct"].is_f64(), "{}", figures["by_flag"]);
    let overall = &figures["overall"];
    for (what, counted) in [("pit_laps", "clean_laps"), ("pit_tanks", "tanks")] {
        let bins: Vec<u64> = serde_json::from_value(overall[what].clone()).unwrap();
        assert_eq!(bins.len(), 10);
        assert_eq!(Some(bins.iter().sum()), overall[counted].as_u64(), "{what}");
    }
    assert!(overall["make_its_all"].as_u64() > Some(50), "{overall}");
    let laps_off = overall["laps_left_crps"].as_f64().unwrap();
    assert!((0.05..5.0).contains(&laps_off), "{laps_off}");
    // what the model is built to reach before it has learned anything: docs/accuracy.md
    let lap_sd = figures["overall"]["lap_mpg_sd_pct"].as_f64().unwrap();
    assert!((0.1..6.0).contains(&lap_sd), "{lap_sd}");
    assert!(figures["overall"]["clean_laps"].as_u64() > Some(50), "{}", figures["overall"]);
}

/// Multiplies the burn of each line of a truth file, and sets its unit.
fn spoil(path: &Path, factor: f64, unit: &str) {
    let spoilt = |line: &str| {
        let mut truth: Value = serde_json::from_str(line).unwrap();
        if let Some(burned) = truth["burned"].as_f64() {
            truth["burned"] = (burned * factor).into();
        }
        truth["unit"] = unit.into();
        format!("{truth}\n")
    };
    let text: String = fs::read_to_string(path).unwrap().lines().map(spoilt).collect();
    fs::write(path, text).unwrap();
}

#[test]
fn a_truth_of_unknown_unit_tells_ratios_and_no_more() {
    let folder = race("ratios");
    let before = summary(folder.path(), "evaluate race.tape");
    spoil(&folder.path().join("race.truth.ndjson"), 7.0, "relative");
    let after = summary(folder.path(), "evaluate race.tape");
    let close = |key: &str| {
        let [a, b] = [&before, &after].map(|figures| figures["overall"][key].as_f64().unwrap());
        assert!((a - b).abs() < 1e-9, "{key}: {a} {b}");
    };
    close("lap_mpg_sd_pct");
    close("lap_sd_within_car_pct");
    for key in ["first_stint_rms_pct", "lap_bias_pct", "tank_rms_gal"] {
        assert_eq!(after["overall"][key], Value::Null, "{key}");
    }
    assert_eq!(after["summary"]["bias_pct"], Value::Null);
}

#[test]
fn each_tape_has_its_truth_in_order() {
    let folder = race("several");
    let path = folder.path();
    stdout_of(path, &RACE.replace("--seed 5", "--seed 6").replace("race.tape", "other.tape"));
    fs::rename(path.join("race.truth.ndjson"), path.join("a.ndjson")).unwrap();
    fs::rename(path.join("other.truth.ndjson"), path.join("b.ndjson")).unwrap();
    let laps = |words: &str| summary(path, words)["overall"]["clean_laps"].as_u64().unwrap();
    let both = laps("evaluate race.tape other.tape --truth a.ndjson b.ndjson");
    let each = laps("evaluate race.tape --truth a.ndjson") + laps("evaluate other.tape --truth b.ndjson");
    assert_eq!(both, each);
    let refused = output(path, "evaluate race.tape other.tape --truth a.ndjson");
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("give one for each"));
}

#[test]
fn the_scorecard_is_one_page_that_needs_nothing() {
    let folder = race("scorecard");
    stdout_of(folder.path(), "evaluate race.tape --html scorecard.html");
    let html = fs::read_to_string(folder.path().join("scorecard.html")).unwrap();
    for part in ["later stints", "oval-1.5", "Laps by flag", "Probabilities to make the finish", "</html>"] {
        assert!(html.contains(part), "{part}");
    }
    for outside in ["http", "<script", "src=", "href=", "url(", "NaN"] {
        assert!(!html.contains(outside), "{outside}");
    }
}
