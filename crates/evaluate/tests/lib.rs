//! The studies on races so small that every test run affords them: what they hold, and in which order they report.
#![allow(clippy::unwrap_used, reason = "these are tests: a panic is how they fail")]

use evaluate::study::accuracy::{AccuracyStep, AccuracyStudy};
use evaluate::study::detectors::DetectorStudy;
use evaluate::study::recordings::RecordingsStudy;
use evaluate::study::science::ScienceStudy;
use evaluate::{RaceSize, StreamSettings, StudyError};
use std::path::PathBuf;
use std::sync::Arc;

fn tiny(minutes: f64) -> RaceSize {
    RaceSize { seeds: vec![1], cars: 2, minutes, hz: 2 }
}

#[test]
fn accuracy_is_reported_by_track_then_over_all_then_by_fault() {
    let mut steps = Vec::new();
    let study = AccuracyStudy::run(&tiny(4.0), &StreamSettings::default(), |step| {
        steps.push(match step {
            AccuracyStep::Track(name, _) | AccuracyStep::Fault(name, _) => name.to_owned(),
            AccuracyStep::Tracks(_) => "all".to_owned(),
        });
        Ok::<_, StudyError>(())
    })
    .unwrap();
    let tracks = sim::TrackKind::ALL.map(|track| track.name());
    assert_eq!(steps[..5], tracks);
    assert_eq!(steps[5..8], ["all", "none", "all"]);
    assert_eq!(study.by_fault.len(), sim::FAULTS.len() + 2);
    assert_eq!(study.tracks.by_track.len(), tracks.len());
    let json = serde_json::to_value(&study).unwrap();
    assert!(json["overall"]["naive"].is_null() && json["by_fault"]["none"]["naive"].is_object());
}

#[test]
fn detectors_are_scored_on_every_track() {
    let study = DetectorStudy::run(&tiny(3.0), &StreamSettings::default(), |_, _| Ok::<_, StudyError>(()));
    let json = serde_json::to_value(study.unwrap()).unwrap();
    assert_eq!(json["by_track"].as_object().unwrap().len(), sim::TrackKind::ALL.len());
}

#[test]
fn science_takes_no_model_from_outside() {
    let given = StreamSettings { model: Some(Arc::new(fuel::model::priors())), ..StreamSettings::default() };
    let study = ScienceStudy::run(&tiny(3.0), &[2], &given, |_| Ok::<_, StudyError>(()));
    let error = study.unwrap_err();
    assert!(error.is_of_input() && error.to_string().contains("leave out --model"), "{error}");
}

#[test]
fn a_recording_that_is_not_there_is_named() {
    let study = RecordingsStudy::run(&[PathBuf::from("absent.csv")], None, Vec::new()).unwrap();
    assert!(study.is_empty() && study.refused()[0].contains("absent.csv"));
}
