//! The figures that a race gets on each track, within bands around those of the real thing (docs/simulator.md says
//! where those come from), and beside those of real races where recordings are found. Prints them:
//! `cargo test -p sim realism -- --nocapture`; full races with `BURNBAR_FULL=1`.

mod real;
mod seen;

use crate::config;
use real::Real;
use seen::{Seen, quantile, see};
use sim::{RaceConfig, TrackKind};

/// A figure's name, its band, and what is known of the real thing.
type Band = (&'static str, f64, f64, &'static str);

/// Where a track has no band of its own.
const EVERYWHERE: [Band; 8] = [
    ("race length, share of planned", 0.93, 1.05, ""),
    ("saver's mpg against hard", 1.01, 1.18, "up to 1.18 (Texas)"),
    ("box time, s, median", 10.0, 15.0, "10 to 15; a can empties in 6.5 to 10"),
    ("full fills, share", 0.0, 0.90, "unknown"),
    ("run-outs", 0.0, 10.0, "a few a season"),
    ("retired", 0.0, 6.0, "0 to 6"),
    ("engine off under caution, s a car", 1.0, 120.0, "some do; unknown"),
    ("follower's mpg against leader", 0.95, 1.10, ""),
];

struct Case {
    track: TrackKind,
    bands: &'static [Band],
    /// Of a race of three hours.
    full_stops: (f64, f64),
    tank_stint: (f64, f64),
}

const CASES: [Case; 5] = [
    Case {
        track: TrackKind::Oval15,
        bands: &[
            ("green mpg", 4.4, 4.8, "4 to 5; Texas 4.1 hard, 4.8 saved"),
            ("caution mpg", 10.0, 13.5, "10 to 18"),
            ("green lap, s, 5 %", 29.0, 32.0, ""),
            ("green lap, s, 95 %", 30.0, 33.5, ""),
            ("top speed, mph", 180.0, 195.0, "180 to 195"),
            ("laps to a tank, median", 55.0, 64.0, "60 to 64 (Las Vegas)"),
            ("stops per car", 1.5, 3.5, ""),
            ("lead changes an hour", 2.0, 60.0, ""),
            ("laps ended in a pack, share", 0.3, 0.8, ""),
        ],
        full_stops: (4.5, 7.5),
        tank_stint: (50.0, 65.0),
    },
    Case {
        track: TrackKind::Triangle25,
        bands: &[
            ("green mpg", 4.4, 5.1, "4 to 5"),
            ("caution mpg", 10.0, 15.0, "10 to 18"),
            ("green lap, s, 5 %", 52.0, 54.5, "52 to 56"),
            ("green lap, s, 95 %", 53.5, 57.0, "52 to 56"),
            ("top speed, mph", 185.0, 205.0, "near 200"),
            ("laps to a tank, median", 34.0, 42.0, ""),
            ("stops per car", 1.0, 3.5, ""),
            ("lead changes an hour", 1.0, 60.0, ""),
            ("laps ended in a pack, share", 0.3, 0.8, ""),
        ],
        full_stops: (3.5, 6.5),
        tank_stint: (31.0, 41.0),
    },
    Case {
        track: TrackKind::Superspeedway25,
        bands: &[
            // in a pack the tow decides what a car burns, not the driver's wish
            ("saver's mpg against hard", 0.96, 1.18, ""),
            ("green mpg", 5.0, 6.3, "5.0 to 5.5 on 20 gal (Daytona)"),
            ("caution mpg", 10.0, 17.0, "10 to 18"),
            ("green lap, s, 5 %", 47.0, 50.0, "47.5 raced, 51.3 saved (Daytona 2024)"),
            ("green lap, s, 95 %", 48.0, 52.0, "47.5 raced, 51.3 saved (Daytona 2024)"),
            ("top speed, mph", 185.0, 200.0, "near 200 in the draft"),
            ("laps to a tank, median", 40.0, 50.0, "40 to 44 (Daytona)"),
            ("stops per car", 1.0, 3.5, ""),
            ("lead changes an hour", 4.0, 60.0, ""),
            ("follower's mpg against leader", 1.12, 1.45, "same pace at 60 % throttle (Hamlin)"),
            ("laps ended in a pack, share", 0.85, 1.0, "all in packs"),
        ],
        full_stops: (3.5, 7.5),
        tank_stint: (38.0, 52.0),
    },
    Case {
        track: TrackKind::Short05,
        bands: &[
            ("green mpg", 3.6, 4.6, ""),
            ("caution mpg", 8.0, 13.0, "10 to 18 at 65 mph"),
            ("green lap, s, 5 %", 18.0, 19.5, "15 to 22"),
            ("green lap, s, 95 %", 18.5, 20.5, "15 to 22"),
            ("top speed, mph", 110.0, 130.0, "near 120"),
            ("laps to a tank, median", 140.0, 180.0, ""),
            ("stops per car", 1.0, 3.5, ""),
            ("lead changes an hour", 1.0, 60.0, ""),
            ("laps ended in a pack, share", 0.3, 0.8, ""),
        ],
        full_stops: (2.5, 6.5),
        tank_stint: (115.0, 175.0),
    },
    Case {
        track: TrackKind::Road24,
        bands: &[
            ("green mpg", 3.2, 4.3, ""),
            ("caution mpg", 8.0, 14.0, "10 to 18"),
            ("green lap, s, 5 %", 86.0, 91.0, "80 to 95"),
            ("green lap, s, 95 %", 88.0, 95.0, "80 to 95"),
            ("top speed, mph", 145.0, 175.0, "150 to 170"),
            ("laps to a tank, median", 26.0, 34.0, ""),
            ("stops per car", 0.5, 3.5, ""),
            ("lead changes an hour", 0.0, 60.0, ""),
            ("laps ended in a pack, share", 0.2, 0.8, ""),
        ],
        full_stops: (2.5, 5.5),
        tank_stint: (24.0, 34.0),
    },
];

impl Case {
    fn band(&self, name: &str) -> Band {
        let mut bands = self.bands.iter().chain(&EVERYWHERE);
        *bands.find(|band| band.0 == name).unwrap_or_else(|| panic!("no band for {name}"))
    }
}

/// Prints each figure beside its band, what is known and what real races had; returns what lies outside.
fn outside(case: &Case, seen: &Seen, real: &Real, stops: Option<(f64, f64)>) -> Vec<String> {
    println!("\n{}, {} minutes, {} cars", case.track.name(), seen.minutes, seen.cars);
    let mut outside = Vec::new();
    for (name, figure) in seen.figures() {
        let (_, mut low, mut high, known) = case.band(name);
        if let Some(stops) = stops.filter(|_| name == "stops per car") {
            (low, high) = stops;
        }
        let real = real.figure(case.track, name);
        println!("{name:<34} {figure:>8.2}   {low:>6} to {high:<6} {known:<40} {real}");
        if !(low..=high).contains(&figure) {
            outside.push(format!("{} {name}: {figure}, not {low} to {high}", case.track.name()));
        }
    }
    outside
}

fn race(track: TrackKind, cars: u32, minutes: f64) -> Seen {
    see(RaceConfig { track, ..config(1, cars, minutes, 1) })
}

#[test]
fn realism_of_an_hour_on_every_track() {
    let real = Real::read();
    let judge = |case| outside(case, &race(case.track, 20, 60.0), &real, None);
    let outside: Vec<String> = CASES.iter().flat_map(judge).collect();
    assert!(outside.is_empty(), "{outside:#?}");
}

#[test]
fn realism_of_full_races() {
    if std::env::var_os("BURNBAR_FULL").is_none() {
        println!("skipped: three hours on every track only with BURNBAR_FULL=1");
        return;
    }
    let real = Real::read();
    let mut all_outside = Vec::new();
    for case in &CASES {
        let seen = race(case.track, 38, 180.0);
        all_outside.extend(outside(case, &seen, &real, Some(case.full_stops)));
        let stints = seen.tank_stints();
        let median = quantile(stints.iter().copied(), 0.5);
        let (low, high) = case.tank_stint;
        println!(
            "{:<34} {median:>8.2}   {low:>6} to {high:<6} {} of them",
            "laps between full and empty",
            stints.len()
        );
        if !stints.is_empty() && !(low..=high).contains(&median) {
            all_outside.push(format!("{} stint {median}, not {low} to {high}", case.track.name()));
        }
    }
    assert!(all_outside.is_empty(), "{all_outside:#?}");
}

#[test]
fn realism_of_the_tow() {
    let alone = race(TrackKind::Superspeedway25, 1, 12.0).median_green_lap();
    let pack = race(TrackKind::Superspeedway25, 20, 12.0).median_green_lap();
    println!("superspeedway, median green lap: alone {:.2} s, in a pack {:.2} s", alone.0, pack.0);
    println!("superspeedway, median green lap: alone {:.3} kg, in a pack {:.3} kg", alone.1, pack.1);
    assert!(alone.0 > 1.01 * pack.0, "alone {alone:?}, in a pack {pack:?}");
    assert!(alone.1 > 1.10 * pack.1, "alone {alone:?}, in a pack {pack:?}");
}
