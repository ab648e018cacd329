//! `burnbar calibrate`: past races to a model file, the same from the same races, and never from their truth.

use crate::program::{Folder, output, stdout_of, summary};
use std::fs;

/// Two short races of different packages, each with a few stops.
fn races(name: &str) -> Folder {
    let folder = Folder::new(name);
    for (track, seed) in [("oval-1.5", 3), ("superspeedway-2.5", 4)] {
        let race =
            format!("simulate --track {track} --seed {seed} --cars 9 --minutes 75 --hz 4 --out {track}.tape");
        stdout_of(folder.path(), &race);
    }
    folder
}

#[test]
fn a_model_is_the_same_to_the_last_byte_in_any_order_and_without_the_truth() {
    let folder = races("calibrate");
    let model = |tapes: &str, report: &str| {
        stdout_of(folder.path(), &format!("calibrate {tapes} --out m.json --name two --report {report}"));
        [&"m.json", &report].map(|name| fs::read_to_string(folder.path().join(name)).unwrap())
    };
    let first = model("oval-1.5.tape superspeedway-2.5.tape", "report.html");
    for track in ["oval-1.5", "superspeedway-2.5"] {
        fs::remove_file(folder.path().join(format!("{track}.truth.ndjson"))).unwrap();
    }
    assert!(first == model("superspeedway-2.5.tape oval-1.5.tape", "report.html"), "order or truth was seen");
    let model = calibrate::model_file::read(&first[0]).unwrap();
    assert_eq!((model.races.len(), model.packages.len(), model.manufacturers.len()), (2, 2, 3));
    assert!(model.bags > 20 && model.cars.len() == 9, "{} bags", model.bags);
    assert!(first[1].contains("<svg") && !first[1].contains("http-equiv") && !first[1].contains("src="));

    // one after the other: what was learned before is what is believed before
    let folder = folder.path();
    stdout_of(folder, "calibrate oval-1.5.tape --out one.json");
    let report =
        summary(folder, "calibrate superspeedway-2.5.tape --prior one.json --out then.json --report r.svg");
    let one = calibrate::model_file::read(&fs::read_to_string(folder.join("one.json")).unwrap()).unwrap();
    let then = calibrate::model_file::read(&fs::read_to_string(folder.join("then.json")).unwrap()).unwrap();
    assert!(then.bags == model.bags && then.races.len() == 2 && one.races.len() == 1);
    assert_eq!(report["cross_validation"]["left_out"], "car", "{report}");
    let again = output(folder, "calibrate oval-1.5.tape --prior one.json --out again.json");
    let message = String::from_utf8_lossy(&again.stderr).into_owned();
    assert!(again.status.code() == Some(2) && message.contains("has learned from race"), "{message}");
}

#[test]
fn what_cannot_be_used_is_refused_before_anything_is_read() {
    let folder = Folder::new("calibrate-refused");
    fs::write(folder.path().join("old.json"), "{\"burnbar_model\": 0, \"model\": {}}").unwrap();
    for (words, says) in [
        ("calibrate none.tape --out m.json", "none.tape"),
        ("calibrate none.tape --out m.json --report report.pdf", "a .html or a .svg file"),
        ("calibrate none.tape --out m.json --prior old.json", "old.json: a model file of version 0"),
        ("calibrate none.tape --out m.json --learner forest", "[possible values: gp, "),
        ("calibrate --out m.json", "<TAPES>"),
    ] {
        let output = output(folder.path(), words);
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{words}: {message}");
        assert!(message.contains(says), "{words}: {message}");
    }
}
