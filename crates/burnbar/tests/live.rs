//! A live session with everything that may append to its log: a model that is served and changes, somebody's own model that
//! is asked, and an operator. Afterwards its tape alone gives the same bytes.

use crate::program::{Folder, stdout_of};
use crate::server::Models;
use crate::serving::{Serving, until};
use events::{Entry, EntryBlock, RaceEventKind, Record};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;
use std::thread;
use std::time::Duration;

/// A `burnbar demo` that answers GraphQL.
struct Demo(Serving);

impl Demo {
    fn post(&self, headers: &str, query: &str) -> Value {
        let reply = self.0.ask("POST /graphql", headers, &json!({ "query": query }).to_string());
        serde_json::from_str(&reply.body).unwrap()
    }

    fn ask(&self, query: &str) -> Value {
        self.post("", query)
    }

    /// The newest board, once `wanted` holds of it.
    fn board(&self, wanted: impl Fn(&Value) -> bool) -> Value {
        let query = "{ board { sessionId windowEndUs cars { vehicleId stops remaining remainingSd } } }";
        until("the board", || Some(self.ask(query)["data"]["board"].take()).filter(|board| wanted(board)))
    }
}

/// Waits until a tape has ended, and reads it.
pub fn ended(tape: &Path) -> Vec<Entry> {
    let (mut reader, mut all, mut block) =
        (tape::Reader::open(tape).unwrap(), Vec::new(), EntryBlock::default());
    loop {
        match reader.next_block(&mut block).unwrap() {
            tape::Progress::Block { .. } => all.extend(block.entries()),
            tape::Progress::Pending => thread::sleep(Duration::from_millis(50)),
            tape::Progress::End => return all,
        }
    }
}

/// A file once it is as long as another one.
pub fn as_long_as(file: &Path, other: &[u8]) -> Vec<u8> {
    for _ in 0..200 {
        if std::fs::metadata(file).is_ok_and(|data| data.len() >= other.len() as u64) {
            break;
        }
        thread::sleep(Duration::from_millis(50));
    }
    std::fs::read(file).unwrap()
}

fn car<'a>(board: &'a Value, vehicle: &str) -> &'a Value {
    board["cars"].as_array().unwrap().iter().find(|car| car["vehicleId"] == vehicle).unwrap()
}

#[test]
fn what_is_submitted_to_a_live_session_is_on_its_tape_which_alone_gives_the_same_bytes() {
    let folder = Folder::new("live");
    let models = Models::serve();
    let words = format!(
        "demo --seed 3 --cars 4 --minutes 30 --hz 10 --evidence none --join-minute 29 --speed 5 --port 0 --dir live \
         --out live.ndjson --model http://{0} --model-every 500ms --ask http://{0}",
        models.address
    );
    let demo = Demo(Serving::start(folder.path(), &words));
    let end_of = |board: &Value| board["windowEndUs"].as_str().map(|us| us.parse::<i64>().unwrap());
    // the past is written in a rush: from the first answer on it is live
    while models.answered() < 3 {
        thread::sleep(Duration::from_millis(20));
    }
    let before = demo.board(|board| board["cars"].as_array().is_some_and(|cars| cars.len() == 4));
    let stopped = before["cars"].as_array().unwrap().iter().find(|car| car["stops"].as_i64() > Some(0));
    let vehicle =
        stopped.expect("a car has stopped within 29 minutes")["vehicleId"].as_str().unwrap().to_owned();

    // nobody else may submit anything, nor about anybody else
    let submit =
        |vehicle: &str| format!(r#"mutation {{ submitStopFuel(vehicleId: "{vehicle}", full: true) }}"#);
    let refusal = |answer: Value| answer["errors"][0]["message"].as_str().unwrap().to_owned();
    let other_page = demo.post("Origin: http://localhost:1\r\n", &submit(&vehicle));
    assert!(refusal(other_page).contains("only a POST from a page of this server"));
    assert!(refusal(demo.ask(&submit("999"))).contains("no car 999"));
    let nothing = demo.ask(&format!(r#"mutation {{ submitStopFuel(vehicleId: "{vehicle}") }}"#));
    assert!(refusal(nothing).contains("give gallons, full or fill_time_s"));

    let fuel = format!(r#"mutation {{ submitStopFuel(vehicleId: "{vehicle}", gallons: 0, full: false) }}"#);
    let submitted = demo.ask(&fuel);
    let id = submitted["data"]["submitStopFuel"].as_str().unwrap_or_else(|| panic!("{submitted}"));
    let id: u64 = id.parse().unwrap();
    models.change();
    // late enough for a busy machine, and too soon to have burned as much
    let from = end_of(&before).unwrap() + 20_000_000;
    let after = demo.board(|board| end_of(board).unwrap() >= from);
    let remaining = |board: &Value| car(board, &vehicle)["remaining"].as_f64().unwrap();
    // until then its stop was taken to have filled the tank, by its time in the box; now it was for tyres alone
    assert!(remaining(&after) < remaining(&before) - 2.0, "{before} {after}");

    assert_on_tape(&ended(&folder.path().join("live/race.tape")), id, models.answered());

    // nobody serves a model now: the tape is enough
    drop(models);
    stdout_of(folder.path(), "replay live/race.tape --workers 2 --out replayed.ndjson");
    let replayed = std::fs::read(folder.path().join("replayed.ndjson")).unwrap();
    let live = as_long_as(&folder.path().join("live.ndjson"), &replayed);
    assert!(live == replayed, "{} bytes live, {} replayed", live.len(), replayed.len());
    let named: BTreeSet<_> = String::from_utf8(live)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["model"].as_str().unwrap().to_owned())
        .collect();
    assert!(named.is_superset(&["served-1", "served-2", "mine"].map(str::to_owned).into()), "{named:?}");
}

#[test]
fn a_store_that_is_locked_for_a_while_holds_boards_up_no_longer_than_that() {
    let folder = Folder::new("locked");
    let words = "demo --seed 3 --cars 3 --hz 5 --join-minute 1 --speed 5 --port 0 --dir live";
    let demo = Demo(Serving::start(folder.path(), words));
    let end_of = |board: &Value| board["windowEndUs"].as_str().and_then(|us| us.parse::<i64>().ok());
    demo.board(|board| end_of(board).is_some());
    let other = rusqlite::Connection::open(folder.path().join("live/burnbar.sqlite")).unwrap();
    other.busy_timeout(Duration::from_secs(20)).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    // five boards a second, until there have been none for longer than a connection waits for a lock
    let (mut newest, mut still) = (None, 0);
    while still < 40 {
        let end = end_of(&demo.board(|_| true));
        still = if end == newest { still + 1 } else { 0 };
        newest = end;
        thread::sleep(Duration::from_millis(50));
    }
    let ready = || demo.0.ask("GET /readyz", "", "");
    let held = ready();
    assert!(held.status == 503 && held.body.contains("locked"), "{} {}", held.status, held.body);
    other.execute_batch("COMMIT").unwrap();
    let held_up = newest.unwrap();
    let after = demo.board(|board| end_of(board).is_some_and(|end| end > held_up + 20_000_000));
    assert_eq!(after["cars"].as_array().unwrap().len(), 3, "{after}");
    assert_eq!(ready().status, 200);
}

/// The models that were served, the evidence with its id, and the answers lie on the tape, in order of arrival.
fn assert_on_tape(entries: &[Entry], id: u64, asked: u32) {
    let events = || {
        entries.iter().filter_map(|entry| match &entry.record {
            Record::Event(event) => Some(event),
            _ => None,
        })
    };
    let taken: Vec<_> = events()
        .filter_map(|event| match &event.kind {
            RaceEventKind::Model(model) => Some(model.name.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(taken, ["served-1", "served-2"]);
    let fuel: Vec<_> = events()
        .filter(|event| matches!(event.kind, RaceEventKind::Fuel(_)))
        .map(|event| event.id.0)
        .collect();
    assert_eq!(fuel, [id]);
    let answers = events().filter(|event| matches!(event.kind, RaceEventKind::Answer(_))).count();
    assert!(answers >= 10, "{answers} answers, {} asked", asked);
    let ingested: Vec<_> = entries.iter().map(|entry| entry.ingest_time).collect();
    assert!(ingested.is_sorted());
}
