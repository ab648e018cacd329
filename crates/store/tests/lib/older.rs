//! Stores of earlier versions: what they hold is kept, and what they lacked is unknown.

use crate::folder::Folder;
use crate::race::{self, end, windows};
use events::{
    AgainstField, Board, BurnScale, CarInsight, DrivingStyle, EventId, Flag, FuelBurn, FuelEconomy,
    FuelEvidence, FuelLeft, LapLabel, LapSummary, Mode, Origin, Quality, RaceEvent, RaceEventKind, SessionId,
    StintProgress, StopPhase, TrackPosition, Trust, VehicleId,
};
use store::{Store, Timeline};
use units::{EventTime, Volume};

/// A file of an earlier version's schema and some rows.
fn store_of(folder: &Folder, schema: &str, rows: &str) -> Store {
    let path = folder.0.join("race.db");
    let connection = rusqlite::Connection::open(&path).unwrap();
    connection.execute_batch(schema).unwrap();
    connection.execute_batch(rows).unwrap();
    drop(connection);
    drop(Store::open(&path).unwrap());
    Store::open(&path).unwrap() // opened once more, it is as any other
}

/// Its tables and views are those of a new store, and it is written on.
fn is_up_to_date(store: &Store) {
    let columns =
        "SELECT t.type, t.name, c.name FROM sqlite_schema t, pragma_table_info(t.name) c ORDER BY 1, 2, 3";
    assert_eq!(store.query(columns).unwrap(), Store::in_memory().unwrap().query(columns).unwrap());
    let _ = store.write(&windows(40)).unwrap();
    assert_eq!(store.laps("michigan", None, None).unwrap().len(), 2);
}

fn old() -> (SessionId, VehicleId) {
    (SessionId::new("older").unwrap(), VehicleId::new("24").unwrap())
}

fn lap_of_old() -> LapSummary {
    let (session, vehicle_id) = old();
    LapSummary {
        session,
        vehicle_id,
        lap: 2,
        stint: 1,
        from_us: EventTime::from_us(10),
        to_us: EventTime::from_us(20),
        label: LapLabel::Green,
        clean: true,
        burned_kg: 0.1 + 0.2,
        imputed_kg: 0.0,
        burned_sd_kg: 0.25,
        distance_m: None,
        mpg: Some(4.5),
        burned_parts_g: vec![],
    }
}

#[test]
fn a_store_of_version_1_keeps_its_rows() {
    let folder = Folder::new("version-1");
    let rows = "
        INSERT INTO sessions (session, track, stages, written_to_us) VALUES ('older', 'Rockingham', '[]', 1000000);
        INSERT INTO windows VALUES ('older', 1000000, 'green', 7, 4.25);
        INSERT INTO insights (session, window_end_us, vehicle_id, flag, mpg_run, burned_run_kg, run_laps, green_laps, stops,
          mode, quality, imputed_pct) VALUES ('older', 1000000, '24', 'green', 4.125, 2.5, 3, 2, 1, 'neutral', 'sound', 0.5);
        INSERT INTO laps (session, vehicle_id, lap, from_us, to_us, run, label, clean, burned_kg, burned_sd_kg, imputed_kg,
          mpg, window_end_us) VALUES ('older', '24', 2, 10, 20, 1, 'green', 1, 0.30000000000000004, 0.25, 0, 4.5, 1000000);";
    let store = store_of(&folder, include_str!("version_1.sql"), rows);
    let session = store.session("older").unwrap().unwrap();
    assert_eq!((session.track.as_str(), session.origin), ("Rockingham", Origin::Recorded));
    let ((session, vehicle), end) = (old(), EventTime::from_ms(1_000));
    let car = CarInsight {
        track: TrackPosition { flag: Flag::Green, ..TrackPosition::default() },
        burn: FuelBurn { stint_kg: Some(2.5), ..FuelBurn::default() },
        economy: FuelEconomy { mpg_stint: Some(4.125), ..FuelEconomy::default() },
        stint: StintProgress { laps: 3, green_laps: 2, stops: 1 },
        driving: DrivingStyle { mode: Mode::Neutral, ..DrivingStyle::default() },
        trust: Trust { quality: Quality::Sound, imputed_pct: 0.5, ..Trust::default() },
        ..CarInsight::of_nothing(session, vehicle, end)
    };
    let board = Board {
        flag: Flag::Green,
        lap: Some(7),
        field_mpg: Some(4.25),
        cars: vec![car],
        ..Board::of_nothing(session, end)
    };
    assert_eq!(store.board("older").unwrap(), Some(board));
    assert_eq!(store.laps("older", None, None).unwrap(), [lap_of_old()]);
    assert_eq!(store.timeline("older").unwrap(), Some(Timeline::default()));
    is_up_to_date(&store);
}

/// Rows of a store of version 2, of each table.
const ROWS_OF_VERSION_2: &str = "
        INSERT INTO sessions (session, track, stages, written_to_us, origin)
          VALUES ('older', 'Michigan', '[45]', 1000000, 'simulated');
        INSERT INTO windows VALUES ('older', 1000000, 'yellow', 7, NULL);
        INSERT INTO insights VALUES ('older', 1000000, '24', 8, 0.1, 3, 'yellow', 48.5, 0.1, 0.2, 0.3, 0.4, 4.1, 1.5, 4.2,
          0.05, 0.25, 4.3, 2, 1, 4, 52.0, 0.4, 43.0, 0.8, -2.0, 0.5, -3.0, 4.0, 'caution', 'not_yet', 0.75, 2.0, 120);
        INSERT INTO laps VALUES ('older', '24', 2, 10, 20, 1, 'green', 1, 0.30000000000000004, 0.25, 0.0, NULL, 4.5, 1000000,
          '[35.5,0.1]');
        INSERT INTO race_events (session, kind, event_id, at_us, vehicle_id, flag, phase, stop_time_us, added_l, added_sd_l,
          full, fill_time_s, window_end_us) VALUES
          ('older', 'flag', -1, 1, NULL, 'yellow', NULL, NULL, NULL, NULL, NULL, NULL, 1000000),
          ('older', 'stop', 2, 2, '24', NULL, 'box_stop', NULL, NULL, NULL, NULL, NULL, 1000000),
          ('older', 'fuel', 3, 3, '24', NULL, NULL, 2, 40.1, 0.5, 1, NULL, 1000000),
          ('older', 'retired', 4, 4, '24', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 1000000);";

/// What version 2 kept of a car.
fn car_of_version_2() -> CarInsight {
    let (session, vehicle) = old();
    CarInsight {
        track: TrackPosition { lap: Some(8), lap_distance: Some(0.1), position: Some(3), flag: Flag::Yellow },
        burn: FuelBurn {
            rate_g_s: Some(48.5),
            lap_kg: Some(0.1),
            stint_kg: Some(0.2),
            stage_kg: Some(0.3),
            race_kg: Some(0.4),
        },
        economy: FuelEconomy {
            mpg_last_lap: Some(4.1),
            last_lap_imputed_pct: Some(1.5),
            mpg_5: Some(4.2),
            mpg_5_sd: Some(0.05),
            mpg_5_imputed_pct: Some(0.25),
            mpg_stint: Some(4.3),
        },
        stint: StintProgress { laps: 2, green_laps: 1, stops: 4 },
        tank: FuelLeft {
            remaining_kg: Some(52.0),
            remaining_sd_kg: Some(0.4),
            laps_left: Some(43.0),
            laps_left_sd: Some(0.8),
        },
        relative: AgainstField { pct: Some(-2.0), sd_pct: Some(0.5), last_lap_pct: Some(-3.0) },
        scale: BurnScale { sd_pct: Some(4.0), ..BurnScale::default() },
        driving: DrivingStyle { mode: Mode::Caution, ..DrivingStyle::default() },
        trust: Trust {
            quality: Quality::NotYet,
            imputed_pct: 0.75,
            imputed_lap_pct: Some(2.0),
            age_ms: Some(120),
        },
        ..CarInsight::of_nothing(session, vehicle, EventTime::from_ms(1_000))
    }
}

#[test]
fn a_store_of_version_2_keeps_its_rows() {
    let folder = Folder::new("version-2");
    let store = store_of(&folder, include_str!("version_2.sql"), ROWS_OF_VERSION_2);
    let ((session, vehicle), end) = (old(), EventTime::from_ms(1_000));
    let board = Board {
        flag: Flag::Yellow,
        lap: Some(7),
        cars: vec![car_of_version_2()],
        ..Board::of_nothing(session, end)
    };
    assert_eq!(store.board("older").unwrap(), Some(board));
    let lap = LapSummary { burned_parts_g: vec![35.5, 0.1], ..lap_of_old() };
    assert_eq!(store.laps("older", None, None).unwrap(), [lap]);
    let fuel = FuelEvidence {
        vehicle,
        stop_time: Some(EventTime::from_us(2)),
        added: Some(Volume::from_litres(40.1)),
        added_sd: Some(Volume::from_litres(0.5)),
        full: Some(true),
        fill_time_s: None,
    };
    let event = |us, id, kind| RaceEvent { event_time: EventTime::from_us(us), id: EventId(id), kind };
    let happened = [
        event(1, u64::MAX, RaceEventKind::Flag { flag: Flag::Yellow }),
        event(2, 2, RaceEventKind::Stop { vehicle, phase: StopPhase::BoxStop }),
        event(3, 3, RaceEventKind::Fuel(fuel)),
        event(4, 4, RaceEventKind::Retired { vehicle }),
    ];
    assert_eq!(store.race_events("older").unwrap(), happened);
    assert_eq!(store.position(session).unwrap(), Some(end));
    is_up_to_date(&store);
}

#[test]
fn an_older_store_is_cut_as_any_other() {
    let folder = Folder::new("cut");
    let rows = "INSERT INTO windows VALUES ('michigan', 1790000001000000, 'green', 7, NULL)";
    let store = store_of(&folder, include_str!("version_2.sql"), rows);
    store.cut_after(race::session(), end(0)).unwrap();
    assert_eq!(store.board("michigan").unwrap(), None);
}
