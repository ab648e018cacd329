//! Writing, reading back, restarting; files that are not ours; readers beside the writer.

use crate::folder::Folder;
use crate::race::{self, blank, board, end, insight, lap, session, window, windows};
use events::{LapLabel, RaceEventKind, SessionId};
use proptest::prelude::*;
use store::{OpenError, Store, Window};

/// Everything in a store, as text.
fn dump(store: &Store) -> String {
    ["sessions", "cars", "board_records", "insights", "lap_records", "race_event_records"]
        .map(|table| {
            format!("{:?}", store.query(&format!("SELECT * FROM {table} ORDER BY 1, 2, 3")).unwrap())
        })
        .join("\n")
}

fn store_of(windows: &[Window]) -> Store {
    let store = Store::in_memory().unwrap();
    assert_eq!(store.write(windows).unwrap().refused, 0);
    store
}

#[test]
fn what_was_written_reads_back() {
    let store = store_of(&windows(80));
    assert_eq!(store.position(session()).unwrap(), Some(end(80)));
    assert_eq!(store.sessions().unwrap(), [race::conditions()]);
    assert_eq!(store.session("michigan").unwrap(), Some(race::conditions()));
    assert_eq!(
        store.cars("michigan").unwrap(),
        [race::car("07", "A. Example"), race::car("24", "B. Example")]
    );
    let newest = board(end(80), vec![insight("car-07", end(80)), blank("car-24", end(80))]);
    assert_eq!(store.board("michigan").unwrap(), Some(newest));
    let laps_of_24 = [lap("car-24", 1, LapLabel::Green), lap("car-24", 2, LapLabel::Green)];
    assert_eq!(store.laps("michigan", Some("car-24"), None).unwrap(), laps_of_24);
    assert_eq!(store.laps("michigan", None, None).unwrap().len(), 4);
}

#[test]
fn what_nobody_has_is_missing() {
    let store = store_of(&windows(1));
    let nobody = SessionId::new("nobody").unwrap();
    assert_eq!(store.position(nobody).unwrap(), None);
    assert_eq!(store.session("nobody").unwrap(), None);
    assert_eq!(store.board("nobody").unwrap(), None);
    assert_eq!(store.cars("nobody").unwrap(), []);
    assert_eq!(store.laps("michigan", Some("nobody"), None).unwrap(), []);
    assert_eq!(store.write(&[]).unwrap(), store::Written::default());
}

#[test]
fn what_is_stated_again_replaces_and_the_rest_stays() {
    let store = store_of(&windows(2));
    let mut third = window(3);
    let cars = vec![race::car("24", "C. Relief")];
    third.events.push(race::event(7, 2_500, RaceEventKind::Roster { cars }));
    let _ = store.write(&[third]).unwrap();
    let drivers = store.query("SELECT driver FROM cars ORDER BY vehicle_id").unwrap();
    assert_eq!(drivers.rows, [["A. Example"], ["C. Relief"]]);
    assert_eq!(store.session("michigan").unwrap(), Some(race::conditions()));
}

#[test]
fn an_older_window_written_again_does_not_move_the_position_back() {
    let store = store_of(&windows(80));
    let before = dump(&store);
    let _ = store.write(&windows(1)).unwrap();
    assert_eq!(dump(&store), before);
}

#[test]
fn the_session_written_latest_comes_first() {
    let store = store_of(&windows(1));
    let older = SessionId::new("a-practice").unwrap();
    let mut practice = board(end(0), vec![]);
    practice.session = older;
    let _ = store.write(&[Window::new(practice.into())]).unwrap();
    let names: Vec<_> = store.sessions().unwrap().iter().map(|s| s.session.as_str()).collect();
    assert_eq!(names, ["michigan", "a-practice"]);
}

#[test]
fn a_row_that_lacks_a_required_number_is_left_out_alone() {
    let mut bad_car = insight("car-07", end(1));
    bad_car.trust.imputed_pct = f64::NAN;
    let mut odd_car = insight("car-24", end(1));
    odd_car.burn.rate_g_s = Some(f64::NAN);
    odd_car.economy.mpg_stint = Some(f64::INFINITY);
    let mut bad_lap = lap("car-07", 1, LapLabel::Green);
    bad_lap.burned_kg = f64::INFINITY;
    let mut window = Window::new(board(end(1), vec![bad_car, odd_car.clone()]).into());
    window.laps = vec![bad_lap, lap("car-24", 1, LapLabel::Green)];

    let store = Store::in_memory().unwrap();
    let written = store.write(&[window]).unwrap();
    assert_eq!((written.rows, written.refused), (2, 2));
    odd_car.burn.rate_g_s = None;
    odd_car.economy.mpg_stint = None;
    assert_eq!(store.board("michigan").unwrap().unwrap().cars, [odd_car]);
    assert_eq!(store.laps("michigan", None, None).unwrap(), [lap("car-24", 1, LapLabel::Green)]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// However a stream was batched, stopped and restarted from a checkpoint, the store ends as if it had run through.
    #[test]
    fn a_restarted_stream_leaves_what_an_orderly_run_leaves(
        batch in 1usize..30,
        restarts in prop::collection::vec((1i64..130, 0i64..130), 0..4),
    ) {
        let all = windows(130);
        let through = store_of(&all);

        let store = Store::in_memory().unwrap();
        let mut from = 0;
        for (crash, checkpoint) in restarts {
            let crash = crash.max(from);
            for windows in all[from as usize..crash as usize].chunks(batch) {
                let _ = store.write(windows).unwrap();
            }
            from = checkpoint.min(crash);
            store.cut_after(session(), end(from)).unwrap();
            prop_assert!(store.position(session()).unwrap() <= Some(end(from)));
            let ahead = store.query(&format!("SELECT 1 FROM laps WHERE window_end_us > {}", end(from).us()));
            prop_assert_eq!(ahead.unwrap().rows.len(), 0);
        }
        for windows in all[from as usize..].chunks(batch) {
            let _ = store.write(windows).unwrap();
        }
        prop_assert_eq!(dump(&store), dump(&through));
    }
}

#[test]
fn a_file_keeps_what_it_holds() {
    let folder = Folder::new("keeps");
    let path = folder.0.join("race.db");
    {
        let store = Store::open(&path).unwrap();
        let _ = store.write(&windows(40)).unwrap();
    }
    let again = Store::open(&path).unwrap();
    assert_eq!(dump(&again), dump(&store_of(&windows(40))));
}

#[test]
fn files_that_are_not_this_store_are_refused_and_left_alone() {
    let folder = Folder::new("refused");
    let sqlite = |name: &str, sql: &str| {
        let path = folder.0.join(name);
        rusqlite::Connection::open(&path).unwrap().execute_batch(sql).unwrap();
        path
    };
    let other = sqlite("other.db", "CREATE TABLE fuel (litres REAL); PRAGMA user_version = 1");
    let bytes = std::fs::read(&other).unwrap();
    assert!(matches!(Store::open(&other), Err(OpenError::Foreign { .. })));
    assert_eq!(std::fs::read(&other).unwrap(), bytes);

    let newer = folder.0.join("newer.db");
    drop(Store::open(&newer).unwrap());
    sqlite("newer.db", "PRAGMA user_version = 4");
    let error = Store::open(&newer).unwrap_err().to_string();
    assert!(
        error.ends_with("has schema 4, this program knows 3: use a newer Burn Bar or another file"),
        "{error}"
    );

    let text = folder.0.join("text.db");
    std::fs::write(&text, "not a database, but long enough to be asked what it is".repeat(20)).unwrap();
    assert!(matches!(Store::open(&text), Err(OpenError::Sqlite { .. })));
    assert!(matches!(Store::open(&folder.0.join("no folder/x.db")), Err(OpenError::Sqlite { .. })));
}

#[test]
fn a_reader_sees_whole_windows_while_they_are_written() {
    let folder = Folder::new("readers");
    for store in [Store::in_memory().unwrap(), Store::open(&folder.0.join("race.db")).unwrap()] {
        let _ = store.write(&[window(1)]).unwrap();
        std::thread::scope(|scope| {
            let writer = scope.spawn(|| {
                for n in 2..200 {
                    let _ = store.write(&[window(n)]).unwrap();
                }
            });
            let mut newest = end(0);
            while !writer.is_finished() {
                let board = store.board("michigan").unwrap().unwrap();
                assert_eq!(board.cars.len(), 2);
                assert!(board.cars.iter().all(|car| car.window_end_us == board.window_end_us));
                assert!(board.window_end_us >= newest);
                newest = board.window_end_us;
            }
        });
    }
}

#[test]
fn a_query_can_look_and_not_touch() {
    let folder = Folder::new("query");
    for store in [store_of(&windows(1)), Store::open(&folder.0.join("race.db")).unwrap()] {
        let _ = store.write(&windows(1)).unwrap();
        let answer =
            store.query("SELECT number, NULL AS none, 1.5 AS real FROM cars ORDER BY number").unwrap();
        assert_eq!(answer.columns, ["number", "none", "real"]);
        assert_eq!(serde_json::to_string(&answer.rows).unwrap(), r#"[["07",null,1.5],["24",null,1.5]]"#);
        let before = dump(&store);
        for sql in
            ["DELETE FROM cars", "DROP VIEW board", "PRAGMA user_version = 9", "nonsense", "BEGIN; SELECT 1"]
        {
            assert!(store.query(sql).is_err(), "{sql}");
        }
        assert_eq!(dump(&store), before);
    }
}
