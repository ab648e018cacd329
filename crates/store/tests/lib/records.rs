//! What is read is what was written: whole, and bit for bit.

use crate::race::{self, board, end, insight, session};
use events::{
    ActiveSign, AgainstField, Air, Answer, AnsweredRate, Board, BurnScale, CarInsight, DrivingStyle, EventId,
    Flag, Forecast, FuelBurn, FuelEconomy, FuelEvidence, FuelLeft, LapLabel, LapSummary, Mode, ModelId,
    Origin, Quality, RaceEvent, RaceEventKind, RosterEntry, Session, Sign, StintProgress, StopPhase, Story,
    StoryKind, TrackPosition, Trust, VehicleId,
};
use proptest::prelude::*;
use proptest::sample::select;
use std::sync::Arc;
use store::{Store, Window};
use units::{EventTime, FuelDensity, Volume};

/// Any number that is one: subnormal, negative zero and the largest included.
fn number() -> impl Strategy<Value = f64> {
    let any_bits = any::<u64>().prop_map(f64::from_bits).prop_filter("a number", |number| number.is_finite());
    prop_oneof![3 => any_bits, 1 => select(vec![0.0, -0.0, f64::MAX, f64::MIN, f64::MIN_POSITIVE, 5e-324, 0.1 + 0.2])]
}

/// `count` numbers, some of them missing.
fn numbers(count: usize) -> impl Strategy<Value = Vec<Option<f64>>> {
    prop::collection::vec(prop::option::of(number()), count)
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        select(vec!["", "\0", "\"}'--", "Suárez – 車 🏁", "line\nline"]).prop_map(str::to_owned)
    ]
}

fn time() -> impl Strategy<Value = EventTime> {
    any::<i64>().prop_map(EventTime::from_us)
}

fn vehicle() -> impl Strategy<Value = VehicleId> {
    select(vec!["07", "7", "Ä-7", "車", "it's"]).prop_map(|name| VehicleId::new(name).unwrap())
}

fn model() -> impl Strategy<Value = ModelId> {
    select(vec!["priors", "michigan-2025", "modèle \"x\""]).prop_map(|name| ModelId::new(name).unwrap())
}

fn flag() -> impl Strategy<Value = Flag> {
    select(vec![Flag::Unknown, Flag::Green, Flag::Yellow, Flag::Red, Flag::White, Flag::Checkered])
}

prop_compose! {
    fn forecast()(
        laps in any::<u32>(), required in prop::array::uniform3(number()), some in numbers(4),
        window in any::<[Option<u32>; 2]>(), one_stop_is_enough in any::<Option<bool>>(),
    ) -> Forecast {
        Forecast {
            laps_to_go: laps,
            make_it: required[0], laps_long: required[1], laps_long_sd: required[2],
            save_target_mpg: some[0], save_per_lap_kg: some[1], save_pct: some[2], fuel_to_add_kg: some[3],
            window_opens_lap: window[0], window_closes_lap: window[1],
            one_stop_is_enough,
        }
    }
}

prop_compose! {
    fn driving()(
        some in numbers(2),
        signs in prop::collection::vec((select(vec![Sign::Pack, Sign::LiftAndCoast]), time(), prop::option::of(number())), 0..3),
        mode in select(vec![Mode::Saving, Mode::Off, Mode::Unknown]),
        reason in prop::option::of(text()),
    ) -> DrivingStyle {
        let sign = |(sign, since_us, amount)| ActiveSign { sign, since_us, amount };
        DrivingStyle {
            save_amount_pct: some[0], save_score: some[1],
            signs: signs.into_iter().map(sign).collect(),
            mode, reason,
        }
    }
}

prop_compose! {
    fn any_insight()(
        vehicle_id in vehicle(), of in numbers(25), counts in any::<[u32; 3]>(), place in any::<[Option<u32>; 2]>(),
        flag in flag(), model in model(), forecast in prop::option::of(forecast()), driving in driving(),
        quality in select(vec![Quality::Sound, Quality::LevelConflict, Quality::Unknown]),
        imputed_pct in number(), age_ms in any::<Option<i64>>(),
    ) -> CarInsight {
        CarInsight {
            track: TrackPosition { lap: place[0], lap_distance: of[0], position: place[1], flag },
            burn: FuelBurn { rate_g_s: of[1], lap_kg: of[2], stint_kg: of[3], stage_kg: of[4], race_kg: of[5] },
            economy: FuelEconomy {
                mpg_last_lap: of[6], last_lap_imputed_pct: of[7], mpg_5: of[8], mpg_5_sd: of[9],
                mpg_5_imputed_pct: of[10], mpg_stint: of[11],
            },
            stint: StintProgress { laps: counts[0], green_laps: counts[1], stops: counts[2] },
            tank: FuelLeft { remaining_kg: of[12], remaining_sd_kg: of[13], laps_left: of[14], laps_left_sd: of[15] },
            relative: AgainstField { pct: of[16], sd_pct: of[17], last_lap_pct: of[18] },
            scale: BurnScale { sd_pct: of[19], model, factor: of[20] },
            forecast, driving,
            trust: Trust { quality, imputed_pct, imputed_lap_pct: of[21], age_ms },
            ..CarInsight::of_nothing(session(), vehicle_id, end(1))
        }
    }
}

prop_compose! {
    fn any_board()(
        flag in flag(), lap in any::<Option<u32>>(), field_mpg in prop::option::of(number()), model in model(),
        assumptions in prop::collection::vec(text(), 0..3),
        stories in prop::collection::vec((vehicle(), time(), number(), text()), 0..3),
        cars in prop::collection::btree_map(vehicle(), any_insight(), 0..4),
    ) -> Board {
        let story = |(vehicle_id, since_us, weight, text)| Story {
            kind: StoryKind::MakesIt, vehicle_id, since_us, weight, text,
        };
        Board {
            flag, lap, field_mpg, model,
            assumptions: assumptions.into(),
            stories: stories.into_iter().map(story).collect(),
            cars: cars.into_iter().map(|(vehicle_id, car)| CarInsight { vehicle_id, ..car }).collect(),
            ..Board::of_nothing(session(), end(1))
        }
    }
}

prop_compose! {
    fn any_lap()(
        vehicle_id in vehicle(), numbers in any::<[u32; 2]>(), times in (time(), time()), clean in any::<bool>(),
        label in select(vec![LapLabel::Green, LapLabel::Caution, LapLabel::Pit, LapLabel::Unknown]),
        required in prop::array::uniform3(number()), some in numbers(2),
        burned_parts_g in prop::collection::vec(number(), 0..5),
    ) -> LapSummary {
        LapSummary {
            session: session(), vehicle_id, lap: numbers[0], stint: numbers[1], from_us: times.0, to_us: times.1,
            label, clean, burned_kg: required[0], imputed_kg: required[1], burned_sd_kg: required[2],
            distance_m: some[0], mpg: some[1], burned_parts_g,
        }
    }
}

fn any_kind() -> impl Strategy<Value = RaceEventKind> {
    let litres = || prop::option::of(number().prop_map(Volume::from_litres));
    let conditions = (text(), numbers(4), any::<Option<u32>>(), any::<[u32; 2]>()).prop_map(
        |(track, some, laps, stages)| {
            let of_air = |pressure_pa| Air { pressure_pa, temperature_k: 298.15, vapour_pressure_pa: 0.0 };
            Session {
                track,
                track_length_m: some[0],
                laps,
                stages: stages.into(),
                package_hp: some[1],
                tank: some[2].map(Volume::from_litres),
                fuel_density: FuelDensity::from_kg_per_litre(0.731),
                air: some[3].map(of_air),
                origin: Origin::Reconstructed,
                ..Session::named(session())
            }
        },
    );
    let entry = (vehicle(), text(), text()).prop_map(|(vehicle, number, driver)| RosterEntry {
        vehicle,
        number,
        driver,
        team: String::new(),
        manufacturer: "Ford".into(),
    });
    let rate = (vehicle(), number(), number()).prop_map(|(vehicle, rate_g_s, sd_g_s)| AnsweredRate {
        vehicle,
        rate_g_s,
        sd_g_s,
    });
    prop_oneof![
        conditions.prop_map(RaceEventKind::Session),
        prop::collection::vec(entry, 0..3).prop_map(|cars| RaceEventKind::Roster { cars }),
        flag().prop_map(|flag| RaceEventKind::Flag { flag }),
        (vehicle(), select(vec![StopPhase::PitIn, StopPhase::BoxLeave]))
            .prop_map(|(vehicle, phase)| RaceEventKind::Stop { vehicle, phase }),
        vehicle().prop_map(|vehicle| RaceEventKind::Retired { vehicle }),
        (
            vehicle(),
            prop::option::of(time()),
            litres(),
            litres(),
            any::<Option<bool>>(),
            prop::option::of(number())
        )
            .prop_map(
                |(vehicle, stop_time, added, added_sd, full, fill_time_s)| RaceEventKind::Fuel(
                    FuelEvidence { vehicle, stop_time, added, added_sd, full, fill_time_s }
                )
            ),
        (vehicle(), prop::option::of(time())).prop_map(|(vehicle, at)| RaceEventKind::RunOut { vehicle, at }),
        (vehicle(), prop::option::of(time()))
            .prop_map(|(vehicle, at)| RaceEventKind::StillRunning { vehicle, at }),
        (vehicle(), number(), prop::option::of(number()))
            .prop_map(|(vehicle, mpg, mpg_sd)| RaceEventKind::RadioMpg { vehicle, mpg, mpg_sd }),
        (vehicle(), time(), time(), number(), litres()).prop_map(|(vehicle, from, to, burned, burned_sd)| {
            RaceEventKind::FuelUsed { vehicle, from, to, burned: Volume::from_litres(burned), burned_sd }
        }),
        (model(), time(), time(), prop::collection::vec(rate, 0..3))
            .prop_map(|(model, from, to, rates)| RaceEventKind::Answer(Answer { model, from, to, rates })),
    ]
}

/// Every field and every bit: a float is printed as the shortest text that names it, and zero with its sign.
fn bits(value: &impl std::fmt::Debug) -> String {
    format!("{value:?}")
}

fn written(window: Window) -> Store {
    let store = Store::in_memory().unwrap();
    assert_eq!(store.write(&[window]).unwrap().refused, 0);
    store
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn a_board_reads_as_it_was_written(board in any_board()) {
        let read = written(Window::new(board.clone().into())).board("michigan").unwrap().unwrap();
        prop_assert_eq!(bits(&read), bits(&board));
    }

    #[test]
    fn laps_read_as_they_were_written(lap in any_lap()) {
        let store = written(Window { laps: vec![lap.clone()], ..race::window(1) });
        prop_assert_eq!(bits(&store.laps("michigan", None, None).unwrap()), bits(&[lap]));
    }

    #[test]
    fn race_events_read_as_they_were_written(kind in any_kind(), at in time(), id in any::<u64>()) {
        let event = RaceEvent { event_time: at, id: EventId(id), kind };
        let store = written(Window { events: vec![Arc::new(event.clone())], ..race::window(1) });
        prop_assert_eq!(bits(&store.race_events("michigan").unwrap()), bits(&[event]));
    }

    /// What other tools read: a column for each field, with its very value.
    #[test]
    fn an_insight_is_a_row_of_its_fields(car in any_insight()) {
        let board = board(end(1), vec![car.clone()]);
        let store = written(Window::new(board.into()));
        let row = store.query("SELECT * FROM insights").unwrap();
        let expected = serde_json::to_value(&car).unwrap();
        for (column, found) in row.columns.iter().zip(&row.rows[0]) {
            let expected = match column.strip_prefix("forecast_") {
                Some(field) => expected["forecast"].get(field).unwrap_or(&serde_json::Value::Null),
                None => &expected[column],
            };
            match found.as_str() {
                None if expected.is_boolean() => prop_assert_eq!(found == 1, expected == true, "{}", column),
                Some(json) if expected.is_array() => {
                    prop_assert_eq!(&serde_json::from_str::<serde_json::Value>(json).unwrap(), expected);
                }
                _ => prop_assert_eq!(found, expected, "{}", column),
            }
        }
    }
}

#[test]
fn the_fields_of_an_insight_are_the_keys_of_its_line_in_their_order() {
    let line = serde_json::to_string(&insight("car-07", end(1))).unwrap();
    let line = line.replace("\"since_us\"", "").replace("\"sign\"", "").replace("\"amount\"", "");
    let mut from = 0;
    for field in CarInsight::FIELDS {
        let key = format!("\"{field}\":");
        from += line[from..].find(&key).unwrap_or_else(|| panic!("{field} after {}", &line[..from]));
    }
    assert_eq!(CarInsight::FIELDS.len(), 41);
}

#[test]
fn a_number_that_is_none_is_missing_and_what_cannot_do_without_is_left_out() {
    let mut odd = insight("car-07", end(1));
    odd.burn.rate_g_s = Some(f64::NAN);
    odd.tank.remaining_kg = Some(f64::INFINITY);
    let mut unsure = insight("car-24", end(1));
    unsure.forecast = Some(Forecast { make_it: f64::NAN, ..Forecast::default() });
    let mut board = board(end(1), vec![odd.clone(), unsure]);
    board.stories[0].weight = f64::NAN;
    let radio =
        RaceEventKind::RadioMpg { vehicle: VehicleId::new("car-07").unwrap(), mpg: f64::NAN, mpg_sd: None };
    let events = vec![race::event(1, 0, radio)];
    let store = Store::in_memory().unwrap();
    let written = store.write(&[Window { events, ..Window::new(board.clone().into()) }]).unwrap();
    assert_eq!((written.rows, written.refused), (1, 2));
    (odd.burn.rate_g_s, odd.tank.remaining_kg) = (None, None);
    board.stories.clear();
    board.cars = vec![odd];
    assert_eq!(store.board("michigan").unwrap(), Some(board));
    assert_eq!(store.race_events("michigan").unwrap(), []);
}
