//! The figures that a race gets, within bands around those of the real thing (docs/simulator.md says where those come
//! from). Prints them: `cargo test -p sim realism -- --nocapture`.

use crate::{LAP_M, config};
use events::truth::{Truth, TruthKind};
use events::{Flag, Mode, RaceEventKind, Record, Signal, VehicleId};
use sim::{Emission, Race};
use std::collections::BTreeMap;
use units::{EventTime, FuelDensity, METRES_PER_MILE, Mass, miles_per_gallon};

const CARS: u32 = 30;

/// What one race left behind.
#[derive(Default)]
struct Seen {
    flags: Vec<(EventTime, Flag)>,
    laps: Vec<Truth>,
    stops: BTreeMap<VehicleId, Vec<Truth>>,
    modes: Vec<Truth>,
    full_fills: usize,
    retired: usize,
    top_mps: f64,
}

fn see(seed: u64, minutes: f64) -> Seen {
    let mut seen = Seen::default();
    for emission in Race::new(config(seed, CARS, minutes, 1)).unwrap() {
        match emission {
            Emission::Truth(truth) => match truth.kind {
                TruthKind::Lap => seen.laps.push(truth),
                TruthKind::Stop => seen.stops.entry(truth.vehicle_id).or_default().push(truth),
                TruthKind::Mode => seen.modes.push(truth),
                TruthKind::Span => {}
            },
            Emission::Log(entry) => match entry.record {
                Record::Sample(sample) => seen.top_mps = seen.top_mps.max(sample.get(Signal::Speed).unwrap()),
                Record::Event(event) => match event.kind {
                    RaceEventKind::Flag { flag } => seen.flags.push((event.event_time, flag)),
                    RaceEventKind::Retired { .. } => seen.retired += 1,
                    RaceEventKind::Fuel(evidence) => {
                        seen.full_fills += usize::from(evidence.full == Some(true))
                    }
                    _ => {}
                },
                Record::Tick => {}
            },
        }
    }
    seen
}

impl Seen {
    /// Laps of one car in one mode from line to line (a change may come within a step of the line).
    fn laps_in(&self, wanted: &[Mode]) -> Vec<&Truth> {
        let covers = |mode: &&Truth, lap: &Truth| {
            mode.vehicle_id == lap.vehicle_id
                && mode.from_us <= lap.from_us + 50_000
                && lap.to_us <= mode.to_us + 50_000
        };
        let modes: Vec<&Truth> =
            self.modes.iter().filter(|truth| truth.mode.is_some_and(|mode| wanted.contains(&mode))).collect();
        self.laps.iter().filter(|lap| modes.iter().any(|mode| covers(mode, lap))).collect()
    }

    /// Laps between stops where the tank, not a caution, ended the stint: full at its start, nearly empty at its end.
    fn tank_stints(&self) -> Vec<f64> {
        let yellow_within = |from_us, to_us| {
            self.flags.iter().any(|(at, flag)| *flag == Flag::Yellow && (from_us..to_us).contains(&at.us()))
        };
        let mut stints = Vec::new();
        for pair in self.stops.values().flat_map(|stops| stops.windows(2)) {
            let (from, to) = (&pair[0], &pair[1]);
            let filled_gal = gallons(from.tank_before_kg.unwrap() + from.added_kg.unwrap());
            let empty = gallons(to.tank_before_kg.unwrap()) < 2.5;
            if filled_gal > 19.6 && empty && !yellow_within(from.to_us, to.from_us) {
                let own = self.laps.iter().filter(|lap| lap.vehicle_id == from.vehicle_id);
                stints.push(
                    own.filter(|lap| lap.from_us > from.from_us && lap.to_us < to.from_us).count() as f64
                );
            }
        }
        stints
    }

    fn run_outs(&self) -> usize {
        let off = |truth: &&Truth| truth.mode == Some(Mode::Off);
        self.modes.iter().filter(off).count() - self.retired
    }
}

fn gallons(kg: f64) -> f64 {
    FuelDensity::CUP.volume(Mass::from_kg(kg)).us_gallons()
}

fn seconds(truth: &Truth) -> f64 {
    (truth.to_us - truth.from_us) as f64 * 1e-6
}

fn mpg(laps: &[&Truth]) -> f64 {
    let burned_kg: f64 = laps.iter().filter_map(|lap| lap.burned).sum();
    let burned = FuelDensity::CUP.volume(Mass::from_kg(burned_kg));
    miles_per_gallon(laps.len() as f64 * LAP_M, burned).unwrap()
}

fn quantile(values: impl IntoIterator<Item = f64>, share: f64) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    values[((values.len() - 1) as f64 * share).round() as usize]
}

/// Prints a figure beside its band and remembers whether it lies within.
struct Table {
    outside: Vec<String>,
}

impl Table {
    fn row(&mut self, name: &str, figure: f64, low: f64, high: f64) {
        println!("{name:<34} {figure:>8.2}   {low} to {high}");
        if !(low..=high).contains(&figure) {
            self.outside.push(format!("{name}: {figure}, not {low} to {high}"));
        }
    }
}

fn check(seed: u64, minutes: f64, stops_per_car: (f64, f64)) -> Seen {
    let seen = see(seed, minutes);
    println!("\n{minutes} minutes, {CARS} cars, seed {seed}");
    let green = seen.laps_in(&[Mode::Neutral, Mode::Saving, Mode::Hard]);
    let stops: Vec<&Truth> = seen.stops.values().flatten().collect();
    let length_min = (seen.flags.last().unwrap().0 - seen.flags[0].0).secs() / 60.0;
    let mut table = Table { outside: Vec::new() };
    let mut row = |name, figure, (low, high)| table.row(name, figure, low, high);
    row("race length, share of planned", length_min / minutes, (0.95, 1.02));
    row("green mpg", mpg(&green), (4.4, 4.75));
    row(
        "  saving against hard",
        mpg(&seen.laps_in(&[Mode::Saving])) / mpg(&seen.laps_in(&[Mode::Hard])),
        (1.03, 1.12),
    );
    row("caution mpg", mpg(&seen.laps_in(&[Mode::Caution])), (10.0, 13.5));
    row("green lap, s, 5 %", quantile(green.iter().map(|lap| seconds(lap)), 0.05), (29.0, 32.0));
    row("green lap, s, 95 %", quantile(green.iter().map(|lap| seconds(lap)), 0.95), (30.0, 33.0));
    row("top speed, mph", seen.top_mps * 3600.0 / METRES_PER_MILE, (180.0, 195.0));
    row("stops per car", stops.len() as f64 / f64::from(CARS), stops_per_car);
    row("box time, s, median", quantile(stops.iter().map(|stop| seconds(stop)), 0.5), (10.0, 15.0));
    row("full fills, share", seen.full_fills as f64 / stops.len() as f64, (0.30, 0.85));
    row("run-outs", seen.run_outs() as f64, (0.0, 10.0));
    row("retired", seen.retired as f64, (0.0, 6.0));
    assert!(table.outside.is_empty(), "{:?}", table.outside);
    seen
}

#[test]
fn realism_of_an_hour() {
    check(1, 60.0, (1.5, 3.5));
}

#[test]
fn realism_of_a_full_race() {
    let stints = check(2, 180.0, (4.5, 7.5)).tank_stints();
    let median = quantile(stints.iter().copied(), 0.5);
    println!("{:<34} {median:>8.2}   50 to 64 ({} of them)", "laps to a tank, median", stints.len());
    assert!((50.0..=64.0).contains(&median) && stints.len() > 20, "{median} {}", stints.len());
}
