//! Vector 09: a gap of seven seconds, filled from the car's own laps.

use crate::follow::{Follow, cup, race, sample};
use events::{Flag, RaceEventKind, Sample, Session, Signal};
use fuel::{Cell, Engine, RateTable, Shape};
use serde_json::Value;
use units::{EventTime, FuelDensity, Mass, Span};

struct Row {
    at: EventTime,
    distance_laps: f64,
    throttle: f64,
    rpm: f64,
    flag: Flag,
}

fn rows() -> Vec<Row> {
    let rows = include_str!("vectors/09_gap_samples.csv").lines().skip(1).map(|line| {
        let fields: Vec<&str> = line.split(',').collect();
        let number = |i: usize| fields[i].parse::<f64>().unwrap();
        let flag = match fields[4] {
            "green" => Flag::Green,
            "yellow" => Flag::Yellow,
            other => panic!("{other}"),
        };
        Row {
            at: EventTime::from_us(fields[0].parse().unwrap()),
            distance_laps: number(1),
            throttle: number(2),
            rpm: number(3),
            flag,
        }
    });
    rows.collect()
}

fn samples(rows: &[Row]) -> Vec<Sample> {
    let of_car = (1..).zip(rows).map(|(sequence, row)| {
        let lap = row.distance_laps.floor();
        let signals = [
            (Signal::Throttle, row.throttle),
            (Signal::Rpm, row.rpm),
            (Signal::Lap, lap + 1.0),
            (Signal::LapDistance, row.distance_laps - lap),
        ];
        sample(row.at, sequence, &signals)
    });
    of_car.collect()
}

/// What the car burned between two distances, g, and how long it took, s: held, as the stream holds.
fn stretch(rows: &[Row], from_laps: f64, to_laps: f64) -> (f64, f64) {
    let engine = Engine::of(&cup());
    let table = RateTable::new(&Shape::first_prior(), &engine).unwrap();
    let when = |laps: f64| {
        let after = rows.partition_point(|row| row.distance_laps < laps);
        let (a, b) = (&rows[after - 1], &rows[after]);
        let part = (laps - a.distance_laps) / (b.distance_laps - a.distance_laps);
        a.at.us() as f64 + (b.at - a.at).us() as f64 * part
    };
    let (from_us, to_us) = (when(from_laps), when(to_laps));
    let grams = rows.windows(2).map(|pair| {
        let us = (pair[1].at.us() as f64).min(to_us) - (pair[0].at.us() as f64).max(from_us);
        table.rate_g_s(&Cell::locate(pair[0].throttle, pair[0].rpm)) * us.max(0.0) * 1e-6
    });
    (grams.sum(), (to_us - from_us) * 1e-6)
}

#[test]
fn a_gap_takes_the_burn_of_the_donor_lap() {
    let expected: Value = serde_json::from_str(include_str!("vectors/09_gap_expected.json")).unwrap();
    let (rows, number) = (rows(), |value: &Value| value.as_f64().unwrap());
    let gap = &expected["gap"];
    let gap_ends = EventTime::from_us(gap["t1_us"].as_i64().unwrap());

    let session = Session { track_length_m: expected["lap_length_m"].as_f64(), ..cup() };
    let start = EventTime::from_us(0);
    let mut stated =
        vec![(start, RaceEventKind::Session(session)), (start, RaceEventKind::Flag { flag: rows[0].flag })];
    let changes = rows.windows(2).filter(|pair| pair[0].flag != pair[1].flag);
    stated.extend(changes.map(|pair| (pair[1].at, RaceEventKind::Flag { flag: pair[1].flag })));

    let of_car = samples(&rows);
    let (before, after) = of_car.split_at(of_car.partition_point(|sample| sample.event_time < gap_ends));
    let mut follow = Follow::new(race(stated));
    let imputed = |fold: race::CarFold| fold.burned.unwrap().stint_imputed.mass().kg();
    let behind = |samples: &[Sample]| samples.last().unwrap().event_time + Span::from_us(1);
    let other_gap_kg = imputed(follow.close(behind(before), before).unwrap());
    let both_gaps_kg = imputed(follow.close(behind(after), after).unwrap());
    let imputed_g = (both_gaps_kg - other_gap_kg) * 1e3;

    let imputed_gal = FuelDensity::CUP.volume(Mass::from_kg(imputed_g * 1e-3)).us_gallons();
    let expected_gal = number(&expected["imputed_gal"]);
    assert!((imputed_gal / expected_gal - 1.0).abs() < 0.01, "{imputed_gal} gal, expected {expected_gal}");
    assert!(other_gap_kg > 0.0, "the short gap is one too: it spoils donor 2");

    // of all laps, eligible or not, the chosen one is what the imputed burn is like
    let gap_s = (gap_ends.us() - gap["t0_us"].as_i64().unwrap()) as f64 * 1e-6;
    let distances = [number(&gap["d0_laps"]), number(&gap["d1_laps"])];
    let candidates = (1..=5).map(|back| {
        let [from, to] = distances.map(|laps| laps - f64::from(back));
        let (grams, seconds) = stretch(&rows, from, to);
        (back, grams * gap_s / seconds)
    });
    let nearest = candidates.min_by(|(_, a), (_, b)| (a - imputed_g).abs().total_cmp(&(b - imputed_g).abs()));
    let (donor, donor_g) = nearest.unwrap();
    assert_eq!(i64::from(donor), expected["chosen_laps_back"].as_i64().unwrap());
    assert!(
        (imputed_g / donor_g - 1.0).abs() < 1e-3,
        "200 bins a lap cost little: {imputed_g} g, {donor_g} g"
    );
}
