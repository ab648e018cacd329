//! What happened: flags, stops, ends of stages, retirements; and where round the track fuel was burned.

use crate::race::{self, blank, board, conditions, end, event, insight, lap, session, windows};
use events::{
    Board, Flag, FuelEvidence, LapLabel, LapSummary, RaceEvent, RaceEventKind, Session, StopPhase, VehicleId,
};
use std::sync::Arc;
use store::{FlagSpan, PitStop, Retirement, StageEnd, Store, Timeline, Window};
use units::{EventTime, Span, Volume};

fn at(ms: i64) -> EventTime {
    race::START + Span::from_ms(ms)
}

fn id(name: &str) -> VehicleId {
    VehicleId::new(name).unwrap()
}

fn timeline(store: &Store) -> Timeline {
    store.timeline("michigan").unwrap().unwrap()
}

/// The timeline of events that all became known in the first window.
fn timeline_of(events: impl IntoIterator<Item = Arc<RaceEvent>>) -> Timeline {
    let mut window = race::window(1);
    window.events = events.into_iter().collect();
    let store = Store::in_memory().unwrap();
    let _ = store.write(&[window]).unwrap();
    timeline(&store)
}

#[test]
fn what_happened_reads_back_with_its_corrections() {
    let store = Store::in_memory().unwrap();
    let _ = store.write(&windows(130)).unwrap();
    let found = timeline(&store);
    let span = |flag, from, to| FlagSpan {
        flag,
        from: at(from),
        to: Option::map(to, at),
        lap: Some(3),
        to_lap: Option::map(to, |_| 3),
    };
    assert_eq!(
        found.flags,
        [
            span(Flag::Green, 0, Some(48_900)),
            span(Flag::Yellow, 48_900, Some(75_000)),
            span(Flag::Green, 75_000, None),
        ]
    );
    let [stop] = &found.stops[..] else { panic!("{:?}", found.stops) };
    let near = |found: Option<Volume>, gallons: f64| (found.unwrap().us_gallons() - gallons).abs() < 1e-12;
    assert!(near(stop.added, 11.8) && near(stop.added_sd, 0.15), "{stop:?}");
    let expected = PitStop {
        vehicle: id("car-07"),
        number: 1,
        lap: Some(3),
        pit_in: Some(at(54_000)),
        box_stop: Some(at(55_500)),
        box_leave: Some(at(66_500)),
        pit_out: Some(at(69_000)),
        added: stop.added,
        added_sd: stop.added_sd,
        full: Some(false),
    };
    assert_eq!(*stop, expected);
    assert_eq!(found.stage_ends, [StageEnd { lap: 45, at: None }, StageEnd { lap: 120, at: None }]);
    assert_eq!(found.retirements, [Retirement { vehicle: id("car-24"), at: at(78_500), lap: None }]);
    assert_eq!(store.timeline("nobody").unwrap(), None);
}

#[test]
fn every_race_event_is_kept_whole_as_it_was_last_corrected() {
    let store = Store::in_memory().unwrap();
    let _ = store.write(&windows(130)).unwrap();
    let mut expected: Vec<RaceEvent> =
        race::happened().into_iter().map(|(_, event)| (*event).clone()).collect();
    expected.remove(3); // the caution, before its correction
    expected.sort_by_key(|event| (event.event_time, event.id));
    assert_eq!(store.race_events("michigan").unwrap(), expected);
    let corrected = store.query("SELECT at_us, window_end_us FROM race_events WHERE event_id = 4").unwrap();
    assert_eq!(corrected.rows, [[at(48_900).us(), end(52).us()]]);
}

#[test]
fn what_a_cut_forgets_is_written_again() {
    let (all, store) = (windows(130), Store::in_memory().unwrap());
    let through = Store::in_memory().unwrap();
    let _ = through.write(&all).unwrap();
    // cut before the caution, between it and its correction, within the stop, behind everything
    for (boundary, spans, stops) in [(49, 1, 0), (51, 1, 0), (60, 2, 1), (130, 3, 1)] {
        let _ = store.write(&all).unwrap();
        store.cut_after(session(), end(boundary)).unwrap();
        let found = timeline(&store);
        assert_eq!((found.flags.len(), found.stops.len()), (spans, stops), "{boundary}");
        let _ = store.write(&all[boundary as usize..]).unwrap();
        assert_eq!(timeline(&store), timeline(&through), "{boundary}");
    }
}

#[test]
fn a_flag_holds_until_another_is_shown() {
    let flag = |id, ms, flag| event(id, ms, RaceEventKind::Flag { flag });
    for (what, shown, expected) in [
        ("nobody has shown one", vec![], vec![]),
        (
            "shown twice",
            vec![flag(1, 0, Flag::Green), flag(2, 500, Flag::Green)],
            vec![(Flag::Green, 0, None)],
        ),
        (
            "out of order",
            vec![flag(2, 700, Flag::Yellow), flag(1, 0, Flag::Green)],
            vec![(Flag::Green, 0, Some(700)), (Flag::Yellow, 700, None)],
        ),
        (
            "corrected",
            vec![flag(1, 0, Flag::Green), flag(2, 400, Flag::Yellow), flag(2, 500, Flag::Red)],
            vec![(Flag::Green, 0, Some(500)), (Flag::Red, 500, None)],
        ),
    ] {
        let flags = timeline_of(shown).flags;
        let found: Vec<_> = flags.iter().map(|span| (span.flag, span.from, span.to)).collect();
        let expected: Vec<_> =
            expected.into_iter().map(|(flag, from, to)| (flag, at(from), Option::map(to, at))).collect();
        assert_eq!(found, expected, "{what}");
    }
}

#[test]
fn each_time_in_the_box_is_a_stop() {
    use StopPhase::{BoxLeave, BoxStop, PitIn, PitOut};
    // one letter a phase, missing ones as dots
    let phases_of = |stop: &PitStop| {
        let ms = |time: Option<EventTime>| {
            time.map_or(".".into(), |time| ((time - at(0)).us() / 1_000).to_string())
        };
        let phases = [stop.pit_in, stop.box_stop, stop.box_leave, stop.pit_out].map(ms);
        format!("{} {}: {}", stop.vehicle, stop.number, phases.join(" "))
    };
    for (what, phases, expected) in [
        ("a whole one", vec![(PitIn, 1), (BoxStop, 2), (BoxLeave, 3), (PitOut, 4)], vec!["24 1: 1 2 3 4"]),
        ("one that goes on", vec![(PitIn, 1), (BoxStop, 2)], vec!["24 1: 1 2 . ."]),
        ("not yet in its box", vec![(PitIn, 1)], vec![]),
        (
            "a drive along the pit road, then a stop, then another drive",
            vec![
                (PitIn, 1),
                (PitOut, 2),
                (PitIn, 3),
                (BoxStop, 4),
                (BoxLeave, 5),
                (PitOut, 6),
                (PitIn, 7),
                (PitOut, 8),
            ],
            vec!["24 1: 3 4 5 6"],
        ),
        (
            "twice in the box",
            vec![(PitIn, 1), (BoxStop, 2), (BoxLeave, 3), (BoxStop, 4), (BoxLeave, 5), (PitOut, 6)],
            vec!["24 1: 1 2 3 .", "24 2: . 4 5 6"],
        ),
        ("from the box to the grid", vec![(BoxLeave, 1), (PitOut, 2), (BoxStop, 3)], vec!["24 1: . 3 . ."]),
    ] {
        let phases = (1..).zip(phases);
        let events =
            phases.map(|(n, (phase, ms))| event(n, ms, RaceEventKind::Stop { vehicle: id("24"), phase }));
        let found: Vec<String> = timeline_of(events).stops.iter().map(phases_of).collect();
        assert_eq!(found, expected, "{what}");
    }
}

#[test]
fn what_is_known_of_fuel_belongs_to_the_stop_that_it_names() {
    let nothing = FuelEvidence {
        vehicle: id("24"),
        stop_time: None,
        added: None,
        added_sd: None,
        full: None,
        fill_time_s: None,
    };
    let added = |litres| Some(Volume::from_litres(litres));
    let named = |ms| FuelEvidence { stop_time: Some(at(ms)), added: added(30.0), ..nothing.clone() };
    let unnamed = FuelEvidence { added: added(30.0), ..nothing.clone() };
    let sure = FuelEvidence { added_sd: added(0.5), ..unnamed.clone() };
    let full = FuelEvidence { full: Some(true), ..nothing.clone() };
    // two stops of 10 s, at 10 s and at 100 s: litres, their standard deviation, and whether full
    let none = (None, None, None);
    for (what, evidence, first, second) in [
        ("nothing", vec![], none, none),
        ("named within", vec![(150, named(15_000))], (Some(30.0), None, None), none),
        ("named nearest", vec![(150, named(70_000))], none, (Some(30.0), None, None)),
        ("known before the second", vec![(50, unnamed.clone())], (Some(30.0), None, None), none),
        ("known before the first", vec![(5, unnamed.clone())], none, none),
        ("with its spread", vec![(150, sure.clone())], none, (Some(30.0), Some(0.5), None)),
        ("two cans", vec![(150, sure.clone()), (151, sure)], none, (Some(60.0), None, None)),
        ("then known full", vec![(150, unnamed), (151, full)], none, (Some(30.0), None, Some(true))),
    ] {
        let stop = |phase| RaceEventKind::Stop { vehicle: id("24"), phase };
        let mut events = Vec::new();
        for (n, second) in [(1, 10), (3, 100)] {
            events.push(event(n, second * 1_000, stop(StopPhase::BoxStop)));
            events.push(event(n + 1, (second + 10) * 1_000, stop(StopPhase::BoxLeave)));
        }
        let evidence = (10..).zip(evidence);
        events
            .extend(evidence.map(|(n, (second, fuel))| event(n, second * 1_000, RaceEventKind::Fuel(fuel))));
        let litres = |volume: Option<Volume>| volume.map(|volume| (volume.litres() * 1e9).round() / 1e9);
        let stops = timeline_of(events).stops;
        let found: Vec<_> =
            stops.iter().map(|stop| (litres(stop.added), litres(stop.added_sd), stop.full)).collect();
        assert_eq!(found, [first, second], "{what}");
    }
}

#[test]
fn a_stage_ends_when_the_first_car_closes_its_last_lap() {
    let session = Session { stages: vec![2, 45], ..conditions() };
    let mut windows = windows(120);
    windows[0].events.push(event(1, 0, RaceEventKind::Session(session)));
    let later = LapSummary { to_us: end(83), ..lap("car-07", 2, LapLabel::Green) };
    windows[119].laps.push(LapSummary { vehicle_id: id("car-55"), ..later });
    let store = Store::in_memory().unwrap();
    let _ = store.write(&windows).unwrap();
    let ends = [StageEnd { lap: 2, at: Some(end(80)) }, StageEnd { lap: 45, at: None }];
    assert_eq!(timeline(&store).stage_ends, ends);
}

#[test]
fn laps_are_those_of_the_window_in_which_it_happened() {
    let leader = |lap: u32, end: EventTime| {
        let mut second = insight("car-24", end);
        second.track.lap = Some(lap - 1);
        Board { lap: Some(lap), ..board(end, vec![blank("car-07", end), second]) }
    };
    let mut windows: Vec<Window> =
        [(7, 1), (8, 2), (9, 3)].map(|(lap, n)| Window::new(leader(lap, end(n)).into())).into();
    windows[2].events = vec![
        event(1, 999, RaceEventKind::Flag { flag: Flag::Green }),
        event(2, 1_000, RaceEventKind::Flag { flag: Flag::Yellow }),
        event(3, 1_500, RaceEventKind::Stop { vehicle: id("car-24"), phase: StopPhase::BoxStop }),
        event(4, 2_500, RaceEventKind::Retired { vehicle: id("car-24") }),
        event(5, 3_000, RaceEventKind::Retired { vehicle: id("car-07") }),
    ];
    let store = Store::in_memory().unwrap();
    let _ = store.write(&windows).unwrap();
    let found = timeline(&store);
    let flags: Vec<_> = found.flags.iter().map(|span| (span.lap, span.to_lap)).collect();
    assert_eq!(flags, [(Some(7), Some(8)), (Some(8), None)], "a window holds its start and not its end");
    assert_eq!(found.stops[0].lap, Some(7), "the car's, not the leader's");
    let retired: Vec<_> = found.retirements.iter().map(|retired| retired.lap).collect();
    assert_eq!(retired, [Some(8), None], "the last lies behind what is written");
}

/// Laps of a car, each with its part `n` at `grams + n`.
fn laps_of(vehicle: &str, grams: &[f64]) -> Vec<LapSummary> {
    let parts = |grams: f64| (0..40).map(|part| grams + f64::from(part)).collect();
    let lap = |(number, &grams)| LapSummary {
        burned_parts_g: parts(grams),
        ..lap(vehicle, number, LapLabel::Green)
    };
    (1..).zip(grams).map(lap).collect()
}

fn store_of_laps(laps: Vec<LapSummary>) -> Store {
    let store = Store::in_memory().unwrap();
    let _ = store.write(&[Window { laps, ..race::window(1) }]).unwrap();
    store
}

#[test]
fn a_burn_profile_is_the_mean_of_the_newest_five_clean_laps() {
    let mut laps = laps_of("07", &[900.0, 10.0, 20.0, 30.0, 40.0, 50.0, 800.0, 700.0]);
    laps[6].clean = false;
    laps[7].burned_parts_g.clear();
    let store = store_of_laps([laps, laps_of("24", &[60.0])].concat());
    let profile = store.burn_profile("michigan", "07").unwrap().unwrap();
    assert_eq!((profile.laps, profile.parts_g.len(), profile.field_g), (5, 40, None));
    assert_eq!((profile.parts_g[0], profile.parts_g[39]), (30.0, 69.0));
    assert_eq!(store.burn_profile("michigan", "24").unwrap().unwrap().laps, 1);
    assert_eq!(store.burn_profile("michigan", "55").unwrap(), None);
    assert_eq!(store.burn_profile("nobody", "07").unwrap(), None);
}

#[test]
fn eight_cars_are_a_field() {
    let cars = |count: u32| {
        (1..=count).flat_map(|n| laps_of(&n.to_string(), &[f64::from(n), f64::from(n)])).collect()
    };
    for (count, median) in [(7, None), (8, Some(4.5)), (9, Some(5.0))] {
        let profile = store_of_laps(cars(count)).burn_profile("michigan", "1").unwrap().unwrap();
        assert_eq!(profile.field_g.map(|field| field[0]), median, "{count} cars");
    }
}

#[test]
fn the_parts_of_a_lap_are_rows_of_a_view() {
    let store = store_of_laps([laps_of("07", &[10.0]), vec![lap("24", 3, LapLabel::Pit)]].concat());
    let rows =
        store.query("SELECT vehicle_id, lap, part, burned_g FROM lap_parts ORDER BY part DESC").unwrap().rows;
    assert_eq!(rows.len(), 40, "and none of a lap that nobody could divide");
    assert_eq!(serde_json::to_string(&rows[0]).unwrap(), r#"["07",1,40,49.0]"#);
}

#[test]
fn laps_after_a_window_are_those_that_it_had_not() {
    let store = Store::in_memory().unwrap();
    let _ = store.write(&windows(120)).unwrap();
    for (after, laps) in [(0, 6), (39, 6), (40, 4), (119, 2), (120, 0)] {
        assert_eq!(store.laps("michigan", None, Some(end(after))).unwrap().len(), laps, "{after}");
    }
}
