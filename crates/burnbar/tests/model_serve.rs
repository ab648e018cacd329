//! `burnbar model serve` as a process, alone and asked by a session.

use crate::live::{as_long_as, ended};
use crate::program::{Folder, stdout_of};
use crate::serving::{Serving, reply, until};
use events::{Answer, Entry, RaceEventKind, Record};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::net::TcpStream;
use std::path::Path;

/// A model file of this name, as if it had been learned.
fn model_file(folder: &Path, name: &str) {
    let mut model = fuel::model::priors();
    model.name = events::ModelId::new(name).unwrap();
    fs::write(folder.join(format!("{name}.json")), calibrate::model_file::write(&model).unwrap()).unwrap();
}

#[test]
fn a_changed_file_is_served_one_that_cannot_be_used_is_not_and_a_signal_ends_it_after_the_last_answer() {
    let folder = Folder::new("model-serve");
    for name in ["first", "second"] {
        model_file(folder.path(), name);
    }
    fs::copy(folder.path().join("first.json"), folder.path().join("model.json")).unwrap();
    let mut serving = Serving::start(folder.path(), "model serve --model model.json --port 0");
    let served = || serde_json::from_str::<Value>(&serving.ask("GET /model", "", "").body).unwrap();
    let name = |file: &Value| file["model"]["name"].as_str().unwrap().to_owned();
    assert_eq!(name(&served()), "first");

    let replace = |text: &[u8]| {
        fs::write(folder.path().join("new"), text).unwrap();
        fs::rename(folder.path().join("new"), folder.path().join("model.json")).unwrap();
    };
    replace(br#"{"burnbar_model": 1}"#);
    assert_eq!(name(&served()), "first", "what cannot be used is not served");
    replace(&fs::read(folder.path().join("second.json")).unwrap());
    until("the second model", || (name(&served()) == "second").then_some(()));

    // a request is under way when the signal comes: it is answered, and nobody else is
    let request = serving.request("POST /invocations", "", r#"{"windows": [{"samples": [[1, 8000, 1]]}]}"#);
    let mut under_way = TcpStream::connect(serving.address).unwrap();
    let (start, rest) = request.split_at(request.len() - 5);
    under_way.write_all(start.as_bytes()).unwrap();
    assert_eq!(serving.ask("GET /ping", "", "").status, 200);
    serving.terminate();
    let address = serving.address;
    until("a closed port", || TcpStream::connect(address).is_err().then_some(()));
    under_way.write_all(rest.as_bytes()).unwrap();
    let reply = reply(under_way);
    assert_eq!(reply.status, 200, "{} {}", reply.head, reply.body);
    assert!(reply.body.contains(r#""model":"second""#), "{}", reply.body);
    assert_eq!(serving.wait().code(), Some(0));
}

#[test]
fn a_session_follows_one_served_model_and_asks_another_and_its_tape_alone_gives_the_same_bytes() {
    let folder = Folder::new("ask-own");
    let serve = |name: &str| {
        model_file(folder.path(), name);
        Serving::start(folder.path(), &format!("model serve --model {name}.json --port 0"))
    };
    let (followed, asked) = (serve("followed"), serve("asked"));
    let words = format!(
        "demo --seed 3 --cars 4 --minutes 30 --hz 10 --evidence none --join-minute 29 --speed 5 --port 0 --dir live \
         --out live.ndjson --model http://{} --ask http://{}",
        followed.address, asked.address
    );
    let demo = Serving::start(folder.path(), &words);
    let query = r#"{"query": "{ board { model cars { vehicleId model } } }"}"#;
    until("a board of both models", || {
        let board: Value = serde_json::from_str(&demo.ask("POST /graphql", "", query).body).unwrap();
        let board = &board["data"]["board"];
        let of = |model: &str| {
            board["cars"].as_array().is_some_and(|cars| cars.iter().any(|car| car["model"] == model))
        };
        (board["model"] == "followed" && of("asked")).then_some(())
    });

    let entries = ended(&folder.path().join("live/race.tape"));
    drop((followed, asked));
    stdout_of(folder.path(), "replay live/race.tape --workers 2 --out replayed.ndjson");
    let replayed = fs::read(folder.path().join("replayed.ndjson")).unwrap();
    let live = as_long_as(&folder.path().join("live.ndjson"), &replayed);
    assert!(live == replayed, "{} bytes live, {} replayed", live.len(), replayed.len());
    let named: BTreeSet<_> =
        lines(&replayed).map(|line| line["model"].as_str().unwrap().to_owned()).collect();
    assert!(named.is_superset(&["followed", "asked"].map(str::to_owned).into()), "{named:?}");
    assert_answers_are_the_laws(folder.path(), &entries);
}

/// Both models are the same but for their names, so a model that is asked finds what the stream finds: the question holds
/// all that burn follows from. (A sample holds to the next in the stream too, but across windows: hence a percent.)
fn assert_answers_are_the_laws(folder: &Path, entries: &[Entry]) {
    let answer = |entry: &Entry| match &entry.record {
        Record::Event(event) => match &event.kind {
            RaceEventKind::Answer(answer) => Some(answer.clone()),
            _ => None,
        },
        _ => None,
    };
    let answers: Vec<Answer> = entries.iter().filter_map(answer).collect();
    assert!(answers.len() >= 10, "{} answers", answers.len());
    let mut tape = tape::Writer::create(&folder.join("unasked.tape")).unwrap();
    for entry in entries.iter().filter(|entry| answer(entry).is_none()) {
        tape.append(entry).unwrap();
    }
    tape.finish().unwrap();
    stdout_of(folder, "replay unasked.tape --out unasked.ndjson");
    let burned_kg: BTreeMap<(String, i64), f64> = lines(&fs::read(folder.join("unasked.ndjson")).unwrap())
        .filter_map(|line| {
            let key = (line["vehicle_id"].as_str()?.to_owned(), line["window_end_us"].as_i64()?);
            Some((key, line["burned_race_kg"].as_f64()?))
        })
        .collect();
    let (mut answered_kg, mut law_kg) = (0.0, 0.0);
    for answer in &answers {
        for rate in &answer.rates {
            let at = |time: units::EventTime| burned_kg[&(rate.vehicle.to_string(), time.us())];
            law_kg += at(answer.to) - at(answer.from);
            answered_kg += rate.rate_g_s * (answer.to - answer.from).secs() / 1e3;
        }
    }
    assert!(
        law_kg > 0.1 && (answered_kg / law_kg - 1.0).abs() < 0.01,
        "{answered_kg} kg answered, {law_kg} kg by the law"
    );
}

fn lines(ndjson: &[u8]) -> impl Iterator<Item = Value> {
    ndjson
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_slice(line).unwrap())
}
