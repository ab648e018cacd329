//! A made-up timetable, driven: what was timed comes out as it was, and what is in between is possible.

use crate::START;
use events::{
    Entry, Flag, RaceEventKind, Record, RosterEntry, Sample, Session, SessionId, Signal, VehicleId,
};
use sim::{Emission, Reconstruction, TimedCar, TimedStop, Timetable, TimetableError};
use std::collections::BTreeMap;
use units::{METRES_PER_MILE, Span};

const LAP_M: f64 = 1.54 * METRES_PER_MILE;

fn s(seconds: f64) -> Span {
    Span::from_secs_f64(seconds)
}

fn stop(pit_in: f64, stood: Option<(f64, f64)>, pit_out: Option<f64>) -> TimedStop {
    TimedStop { pit_in: s(pit_in), stood: stood.map(|(from, to)| (s(from), s(to))), pit_out: pit_out.map(s) }
}

fn car(number: &str, first_line: f64, laps: &[f64], stops: &[TimedStop], finished: bool) -> TimedCar {
    let vehicle = VehicleId::new(number).unwrap();
    let (driver, team, manufacturer) = Default::default();
    TimedCar {
        entry: RosterEntry { vehicle, number: number.into(), driver, team, manufacturer },
        first_line: s(first_line),
        laps: laps.iter().map(|&lap| s(lap)).collect(),
        stops: stops.to_vec(),
        finished,
    }
}

/// Green, a caution from 140 to 400 s, green to the end at 535 s.
fn race() -> Timetable {
    let laps = [35.731, 31.402, 31.613, 30.998, 45.201, 95.127, 97.55, 33.204, 31.5, 31.123, 31.321, 40.002];
    let cars = vec![
        car("7", 0.0, &laps, &[stop(256.0, Some((290.0, 302.5)), Some(315.0))], true),
        // under green, and it loses half a minute by it
        car(
            "07",
            0.3,
            &[36.0, 32.0, 32.0, 48.0, 81.5, 96.0, 97.0, 34.0, 31.6, 32.0, 32.0],
            &[stop(131.5, Some((152.25, 164.75)), Some(173.0))],
            true,
        ),
        // box before the line, then a drive-through
        car(
            "12",
            0.6,
            &[36.2, 32.0, 31.9, 31.5, 46.0, 105.0, 88.0, 33.9, 50.0, 70.0, 40.0],
            &[stop(237.0, Some((262.0, 272.0)), Some(289.0)), stop(437.0, None, Some(480.0))],
            true,
        ),
        // gives up in its box
        car("9", 0.9, &[36.4, 32.0, 32.1, 38.0], &[stop(240.0, Some((275.0, 300.0)), None)], false),
        // crashes on lap 3
        car("5", 1.2, &[36.6, 32.2], &[], false),
    ];
    Timetable {
        session: Session::named(SessionId::new("made up").unwrap()),
        lap_m: LAP_M,
        pace_mps: 24.6,
        start: START,
        flags: vec![
            (s(0.0), Flag::Green),
            (s(140.0), Flag::Yellow),
            (s(400.0), Flag::Green),
            (s(535.0), Flag::Checkered),
        ],
        cars,
    }
}

fn log(race: &Timetable, hz: u32) -> Vec<Entry> {
    let emissions = Reconstruction::new(race, 3, hz).unwrap();
    emissions
        .map(|emission| match emission {
            Emission::Log(entry) => entry,
            Emission::Truth(truth) => panic!("nothing is known of {truth:?}"),
        })
        .collect()
}

fn samples_of(log: &[Entry]) -> BTreeMap<VehicleId, Vec<Sample>> {
    let mut cars: BTreeMap<VehicleId, Vec<Sample>> = BTreeMap::new();
    for entry in log {
        if let Record::Sample(sample) = entry.record {
            cars.entry(sample.vehicle).or_default().push(sample);
        }
    }
    cars.values_mut().for_each(|samples| samples.sort_by(Sample::fold_order));
    cars
}

/// Interpolated between the samples on either side, as a reader would.
fn lines_us(samples: &[Sample]) -> Vec<i64> {
    let at = |sample: &Sample| sample.get(Signal::Lap).unwrap() + sample.get(Signal::LapDistance).unwrap();
    let crossed = samples.windows(2).filter_map(|pair| {
        let (before, after) = (at(&pair[0]), at(&pair[1]));
        let line = after.floor();
        let us = (pair[1].event_time - pair[0].event_time).us() as f64;
        (before < line).then(|| {
            (pair[0].event_time - START).us() + ((line - before) / (after - before) * us).round() as i64
        })
    });
    crossed.collect()
}

#[test]
fn every_car_crosses_the_line_when_it_did() {
    let race = race();
    for hz in [10, 20, 50] {
        let samples = samples_of(&log(&race, hz));
        for car in &race.cars {
            let mut at = car.first_line.us();
            let mut expected = vec![at];
            expected.extend(car.laps.iter().map(|lap| {
                at += lap.us();
                at
            }));
            let lines = lines_us(&samples[&car.entry.vehicle]);
            assert_eq!(lines.len(), expected.len(), "{} at {hz} Hz", car.entry.number);
            for (line, expected) in lines.iter().zip(expected) {
                assert!(
                    (line - expected).abs() <= 1_000,
                    "{} at {hz} Hz: {line} {expected}",
                    car.entry.number
                );
            }
        }
    }
}

#[test]
fn stops_flags_and_retirements_come_when_they_were() {
    let race = race();
    let mut events: Vec<(i64, String)> = Vec::new();
    for entry in log(&race, 1) {
        let Record::Event(event) = entry.record else { continue };
        let what = match &event.kind {
            RaceEventKind::Flag { flag } => format!("{flag:?}"),
            RaceEventKind::Stop { vehicle, phase } => format!("{vehicle} {phase:?}"),
            RaceEventKind::Retired { vehicle } => format!("{vehicle} retired"),
            _ => continue,
        };
        events.push(((event.event_time - race.start).us() / 1_000, what));
    }
    events.sort();
    let events: Vec<(i64, &str)> = events.iter().map(|(ms, what)| (*ms, what.as_str())).collect();
    // lap 2 of car 5 ends at 70.0 s; it rolls out for 15 s
    assert_eq!(
        events[1..],
        [
            (0, "Green"),
            (85_000, "5 retired"),
            (131_500, "07 PitIn"),
            (140_000, "Yellow"),
            (152_250, "07 BoxStop"),
            (164_750, "07 BoxLeave"),
            (173_000, "07 PitOut"),
            (237_000, "12 PitIn"),
            (240_000, "9 PitIn"),
            (256_000, "7 PitIn"),
            (262_000, "12 BoxStop"),
            (272_000, "12 BoxLeave"),
            (275_000, "9 BoxStop"),
            (289_000, "12 PitOut"),
            (290_000, "7 BoxStop"),
            (300_000, "9 retired"),
            (302_500, "7 BoxLeave"),
            (315_000, "7 PitOut"),
            (400_000, "Green"),
            (437_000, "12 PitIn"),
            (480_000, "12 PitOut"),
            (535_000, "Checkered"),
        ]
    );
    assert_eq!(events[0].1, "Yellow", "behind the pace car before the start");
}

#[test]
fn cars_stand_in_their_box_and_keep_to_the_pit_road_s_limit() {
    let race = race();
    let samples = samples_of(&log(&race, 20));
    for car in &race.cars {
        for stop in &car.stops {
            for sample in &samples[&car.entry.vehicle] {
                let at = (sample.event_time - START).us();
                let speed_mps = sample.get(Signal::Speed).unwrap();
                let during =
                    |from: Span, to: Span, slack: i64| (from.us() + slack..to.us() - slack).contains(&at);
                let out = stop.pit_out.unwrap_or_else(|| stop.stood.unwrap().1);
                if stop.stood.is_some_and(|(from, to)| during(from, to, 100_000)) {
                    assert_eq!((speed_mps, sample.get(Signal::Gear)), (0.0, Some(0.0)), "{sample:?}");
                } else if during(stop.pit_in, out, 1_000_000) {
                    assert!(speed_mps < 25.0, "{sample:?}");
                }
            }
        }
    }
}

#[test]
fn what_is_in_between_is_possible() {
    let race = race();
    for (vehicle, samples) in samples_of(&log(&race, 20)) {
        let mut jumps = 0;
        for pair in samples.windows(2) {
            let step = |signal| pair[1].get(signal).unwrap() - pair[0].get(signal).unwrap();
            // 50 ms: as in the simulated race, and a little for times that are stretched
            jumps += u32::from(!(-0.85..=0.45).contains(&step(Signal::Speed)));
            assert!((0.0..95.0).contains(&pair[0].get(Signal::Speed).unwrap()), "{pair:?}");
            let moved_m = (step(Signal::Lap) + step(Signal::LapDistance)) * LAP_M;
            let speeds = pair[0].get(Signal::Speed).unwrap() + pair[1].get(Signal::Speed).unwrap();
            assert!(
                moved_m >= -0.01 && (moved_m - 0.025 * speeds).abs() < 0.6,
                "{vehicle} {moved_m} {pair:?}"
            );
        }
        assert!(jumps <= 8, "{vehicle}: {jumps} where one timed place joins the next");
    }
}

#[test]
fn the_same_timetable_gives_the_same_log_and_silence_at_the_end() {
    let race = race();
    let (first, again) = (log(&race, 10), log(&race, 10));
    assert_eq!(first, again);
    assert!(first.windows(2).all(|pair| pair[0].ingest_time <= pair[1].ingest_time));
    let samples = samples_of(&first);
    let last_s = |number| {
        let samples: &Vec<Sample> = &samples[&VehicleId::new(number).unwrap()];
        (samples.last().unwrap().event_time - START).secs()
    };
    // 20 s after its last line, at the end of its last stop, 15 s after the flag
    for (number, expected) in [("5", 90.0), ("9", 300.0), ("7", 549.772)] {
        assert!((last_s(number) - expected).abs() < 0.2, "{number}: {}", last_s(number));
    }
}

#[test]
fn a_timetable_that_contradicts_itself_is_refused() {
    let vehicle = VehicleId::new("7").unwrap();
    let with = |change: fn(&mut Timetable)| {
        let mut race = race();
        change(&mut race);
        Reconstruction::new(&race, 1, 20).map(|_| ())
    };
    let contradictory = |stop| Err(TimetableError::Stop { vehicle, stop });
    for (what, outcome, expected) in [
        ("no cars", with(|race| race.cars.clear()), Err(TimetableError::Cars { cars: 0 })),
        ("no lap", with(|race| race.lap_m = 0.0), Err(TimetableError::Lap { lap_m: 0.0 })),
        ("a pace car at rest", with(|race| race.pace_mps = 0.0), Err(TimetableError::Pace { pace_mps: 0.0 })),
        (
            "a lap in no time",
            with(|race| race.cars[0].laps[3] = s(0.0)),
            Err(TimetableError::LapTime { vehicle, lap: 4 }),
        ),
        (
            "a line while it stands",
            with(|race| race.cars[0].stops[0].stood = Some((s(265.0), s(280.0)))),
            contradictory(1),
        ),
        ("out before in", with(|race| race.cars[0].stops[0].pit_out = Some(s(250.0))), contradictory(1)),
        (
            "two at once",
            with(|race| race.cars[0].stops.push(stop(310.0, None, Some(320.0)))),
            contradictory(2),
        ),
        (
            "out twice",
            with(|race| race.cars[0].stops.insert(0, stop(10.0, Some((12.0, 13.0)), None))),
            contradictory(1),
        ),
    ] {
        assert_eq!(outcome, expected, "{what}");
    }
    assert_eq!(Reconstruction::new(&race(), 1, 0).map(|_| ()), Err(TimetableError::Hz { hz: 0 }));
}
