//! An invented race, small enough to reckon by hand.

use events::{
    ActiveSign, AgainstField, Air, Board, BurnScale, CarInsight, DrivingStyle, EventId, Flag, Forecast,
    FuelBurn, FuelEconomy, FuelEvidence, FuelLeft, LapLabel, LapSummary, Mode, ModelId, Origin, Quality,
    RaceEvent, RaceEventKind, RosterEntry, Session, SessionId, Sign, StintProgress, StopPhase, Story,
    StoryKind, TrackPosition, Trust, VehicleId,
};
use std::sync::Arc;
use store::Window;
use units::{EventTime, FuelDensity, Span, Volume};

pub const START: EventTime = EventTime::from_ms(1_790_000_000_000);

pub fn session() -> SessionId {
    SessionId::new("michigan").unwrap()
}

pub fn end(window: i64) -> EventTime {
    START + Span::from_secs(window)
}

pub fn conditions() -> Session {
    Session {
        session: session(),
        track: "Michigan".into(),
        track_length_m: Some(3218.688),
        laps: Some(200),
        stages: vec![45, 120],
        package_hp: Some(670.0),
        reference_rpm: None,
        tank: Some(Volume::from_us_gallons(20.0)),
        fuel_density: FuelDensity::from_kg_per_litre(0.74),
        air: Some(Air { pressure_pa: 99_000.0, temperature_k: 298.15, vapour_pressure_pa: 1_200.0 }),
        origin: Origin::Simulated,
    }
}

pub fn car(number: &str, driver: &str) -> RosterEntry {
    RosterEntry {
        vehicle: VehicleId::new(&format!("car-{number}")).unwrap(),
        number: number.into(),
        driver: driver.into(),
        team: "Invented Racing".into(),
        manufacturer: "Invented".into(),
    }
}

pub fn insight(vehicle: &str, end: EventTime) -> CarInsight {
    CarInsight {
        track: TrackPosition { lap: Some(3), lap_distance: Some(0.25), position: Some(1), flag: Flag::Green },
        burn: FuelBurn {
            rate_g_s: Some(48.5),
            lap_kg: Some(0.3),
            stint_kg: Some(2.8),
            stage_kg: Some(2.8),
            race_kg: Some(2.8),
        },
        economy: FuelEconomy {
            mpg_last_lap: Some(4.6),
            last_lap_imputed_pct: Some(1.0),
            mpg_5: Some(4.5),
            mpg_5_sd: Some(0.05),
            mpg_5_imputed_pct: Some(0.25),
            mpg_stint: Some(4.4),
        },
        stint: StintProgress { laps: 2, green_laps: 2, stops: 0 },
        tank: FuelLeft {
            remaining_kg: Some(52.0),
            remaining_sd_kg: Some(0.4),
            laps_left: Some(43.0),
            laps_left_sd: Some(0.8),
        },
        relative: AgainstField { pct: Some(-2.0), sd_pct: Some(0.5), last_lap_pct: Some(-3.0) },
        scale: BurnScale {
            sd_pct: Some(4.0),
            model: ModelId::new("michigan-2025").unwrap(),
            factor: Some(1.031),
        },
        forecast: Some(Forecast { laps_to_go: 41, make_it: 0.14, laps_long: -1.63, ..Forecast::default() }),
        driving: DrivingStyle {
            save_amount_pct: Some(2.5),
            save_score: Some(1.25),
            signs: vec![ActiveSign { sign: Sign::LiftAndCoast, since_us: START, amount: Some(210.0) }],
            mode: Mode::Saving,
            reason: Some("lifts 210 m earlier into corner 1".into()),
        },
        trust: Trust {
            quality: Quality::NotYet,
            imputed_pct: 0.5,
            imputed_lap_pct: Some(2.0),
            age_ms: Some(120),
        },
        ..blank(vehicle, end)
    }
}

/// An insight of which nothing is known.
pub fn blank(vehicle: &str, end: EventTime) -> CarInsight {
    CarInsight::of_nothing(session(), VehicleId::new(vehicle).unwrap(), end)
}

pub fn board(end: EventTime, cars: Vec<CarInsight>) -> Board {
    Board {
        session: session(),
        window_end_us: end,
        flag: Flag::Green,
        lap: Some(3),
        field_mpg: Some(4.4),
        model: ModelId::new("michigan-2025").unwrap(),
        assumptions: ["a tank of 20 gal".to_owned()].into(),
        stories: vec![Story {
            kind: StoryKind::Short,
            vehicle_id: VehicleId::new("car-07").unwrap(),
            since_us: START,
            weight: 0.75,
            text: "07 is 1.6 laps short of the finish with 41 to go".into(),
        }],
        cars,
    }
}

/// Lap `lap` of a car, 40 s long, closed at the end of window `40 * lap`.
pub fn lap(vehicle: &str, lap: u32, label: LapLabel) -> LapSummary {
    LapSummary {
        session: session(),
        vehicle_id: VehicleId::new(vehicle).unwrap(),
        lap,
        stint: lap / 3,
        from_us: end(40 * (i64::from(lap) - 1)),
        to_us: end(40 * i64::from(lap)),
        label,
        clean: label == LapLabel::Green,
        burned_kg: 1.4,
        imputed_kg: 0.01,
        burned_sd_kg: 0.02,
        distance_m: (label != LapLabel::Pit).then_some(3218.688),
        mpg: (label != LapLabel::Pit).then_some(4.0),
        burned_parts_g: if label == LapLabel::Pit { vec![] } else { vec![35.0; 40] },
    }
}

/// Window `n`: two cars on the board, and every 40 windows a lap of each.
pub fn window(n: i64) -> Window {
    let mut window =
        Window::new(board(end(n), vec![insight("car-07", end(n)), blank("car-24", end(n))]).into());
    if n % 40 == 0 {
        let number = u32::try_from(n / 40).unwrap();
        let label = if number % 3 == 0 { LapLabel::Pit } else { LapLabel::Green };
        window.laps = vec![lap("car-07", number, LapLabel::Green), lap("car-24", number, label)];
    }
    window
}

pub fn event(id: u64, at_ms: i64, kind: RaceEventKind) -> Arc<RaceEvent> {
    Arc::new(RaceEvent { event_time: START + Span::from_ms(at_ms), id: EventId(id), kind })
}

/// What happened: a caution that is corrected by 0.3 s, in which car 07 stops, and the end of car 24. Each with the
/// window in which it became known.
pub fn happened() -> Vec<(i64, Arc<RaceEvent>)> {
    let [vehicle, retired] = ["car-07", "car-24"].map(|name| VehicleId::new(name).unwrap());
    let cars = vec![car("07", "A. Example"), car("24", "B. Example")];
    let stop = |phase| RaceEventKind::Stop { vehicle, phase };
    let evidence = FuelEvidence {
        vehicle,
        stop_time: None,
        added: Some(Volume::from_us_gallons(11.8)),
        added_sd: Some(Volume::from_us_gallons(0.15)),
        full: Some(false),
        fill_time_s: None,
    };
    vec![
        (1, event(1, 0, RaceEventKind::Session(conditions()))),
        (1, event(2, 0, RaceEventKind::Roster { cars })),
        (1, event(3, 0, RaceEventKind::Flag { flag: Flag::Green })),
        (50, event(4, 49_200, RaceEventKind::Flag { flag: Flag::Yellow })),
        (52, event(4, 48_900, RaceEventKind::Flag { flag: Flag::Yellow })),
        (55, event(10, 54_000, stop(StopPhase::PitIn))),
        (56, event(11, 55_500, stop(StopPhase::BoxStop))),
        (67, event(12, 66_500, stop(StopPhase::BoxLeave))),
        (70, event(13, 69_000, stop(StopPhase::PitOut))),
        (72, event(20, 71_500, RaceEventKind::Fuel(evidence))),
        (76, event(5, 75_000, RaceEventKind::Flag { flag: Flag::Green })),
        (79, event(6, 78_500, RaceEventKind::Retired { vehicle: retired })),
    ]
}

/// The windows 1 to `count`, with what happened in them.
pub fn windows(count: i64) -> Vec<Window> {
    let mut windows: Vec<Window> = (1..=count).map(window).collect();
    for (known, event) in happened().into_iter().filter(|(known, _)| *known <= count) {
        windows[usize::try_from(known - 1).unwrap()].events.push(event);
    }
    windows
}
