//! The same figures of real races, computed where recordings of them are found: beside the checkout or in
//! `BURNBAR_SHARED`. Their fuel is nobody's to see; their laps and stops are.

use super::seen::quantile;
use sim::TrackKind;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

const LAPS: &str = "cup2025_lap_times_12races.csv";
const FLAGS: &str = "cup2025_flags_12races.csv";
const STOPS: &str = "2022_cup_7races__pit_stops.csv";
const GREEN: &str = "1";

/// A table of the shared folder, row by row; `None`, and a line that says so, where it is absent.
fn table(name: &str) -> Option<Vec<Vec<String>>> {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let shared = std::env::var_os("BURNBAR_SHARED").map_or(beside, PathBuf::from);
    let path = shared.join("data/nascar").join(name);
    let Ok(text) = std::fs::read_to_string(&path) else {
        println!("skipped: {} is absent", path.display());
        return None;
    };
    let row = |line: &str| line.split(',').map(|field| field.trim_matches('"').to_string()).collect();
    Some(text.lines().skip(1).map(row).collect())
}

/// The races of 2025, and of 2022, on tracks like ours.
fn like(kind: TrackKind) -> (&'static [&'static str], &'static [&'static str]) {
    match kind {
        TrackKind::Oval15 => (&["05_Las_Vegas", "06_Homestead", "11_Texas", "12_Kansas"], &["Pennzoil 400"]),
        TrackKind::Triangle25 => (&[], &[]),
        TrackKind::Superspeedway25 => (&["01_Daytona", "10_Talladega"], &["Daytona 500"]),
        TrackKind::Short05 => (&["07_Martinsville", "09_Bristol"], &["TOYOTA OWNERS 400"]),
        TrackKind::Road24 => (&["03_COTA"], &["EchoPark Automotive Grand Prix"]),
    }
}

/// What real races had, by the name of the figure: each race in a few words.
pub struct Real {
    laps: BTreeMap<String, RealRace>,
    stops: BTreeMap<String, (BTreeSet<String>, Vec<f64>)>,
}

/// Green laps after the first of each green flag, and who led at each line.
#[derive(Default)]
struct RealRace {
    green_s: Vec<f64>,
    leaders: BTreeMap<u32, String>,
    led_s: f64,
}

impl Real {
    pub fn read() -> Self {
        let laps = table(LAPS).zip(table(FLAGS)).map(|(laps, flags)| races(&laps, &flags));
        Real {
            laps: laps.unwrap_or_default(),
            stops: table(STOPS).map(|rows| stops(&rows)).unwrap_or_default(),
        }
    }

    /// Empty where no recording tells it.
    pub fn figure(&self, kind: TrackKind, name: &str) -> String {
        let (of_2025, of_2022) = like(kind);
        let of_laps = |what: &dyn Fn(&RealRace) -> f64| {
            let races = of_2025.iter().filter_map(|name| Some((&name[3..], self.laps.get(*name)?)));
            races.map(|(name, race)| format!("{name} {:.1}", what(race))).collect::<Vec<_>>().join(", ")
        };
        let of_stops = |what: &dyn Fn(usize, &[f64]) -> f64| {
            let races = of_2022.iter().filter_map(|name| Some((name, self.stops.get(*name)?)));
            races
                .map(|(name, (cars, s))| format!("{name} {:.1}", what(cars.len(), s)))
                .collect::<Vec<_>>()
                .join(", ")
        };
        match name {
            "green lap, s, 5 %" => of_laps(&|race| quantile(race.green_s.iter().copied(), 0.05)),
            "green lap, s, 95 %" => of_laps(&|race| quantile(race.green_s.iter().copied(), 0.95)),
            "lead changes an hour" => of_laps(&RealRace::lead_changes_an_hour),
            "stops per car" => of_stops(&|cars, s| s.len() as f64 / cars as f64),
            "box time, s, median" => of_stops(&|_, s| quantile(s.iter().copied(), 0.5)),
            _ => String::new(),
        }
    }
}

impl RealRace {
    fn lead_changes_an_hour(&self) -> f64 {
        let leaders: Vec<&String> = self.leaders.values().collect();
        leaders.windows(2).filter(|pair| pair[0] != pair[1]).count() as f64 * 3600.0 / self.led_s
    }
}

/// Columns: race, car, driver, make, driver id, lap, lap time, speed, position; and race, laps completed, flag.
fn races(laps: &[Vec<String>], flags: &[Vec<String>]) -> BTreeMap<String, RealRace> {
    let is_green = |flag: &&Vec<String>| flag[2] == GREEN;
    let green: BTreeSet<(&str, u32)> =
        flags.iter().filter(is_green).map(|flag| (flag[0].as_str(), flag[1].parse().unwrap())).collect();
    let mut races: BTreeMap<String, RealRace> = BTreeMap::new();
    for row in laps {
        let race = races.entry(row[0].clone()).or_default();
        let (Ok(lap), Ok(s)) = (row[5].parse::<u32>(), row[6].parse::<f64>()) else { continue };
        if row[8] == "1" {
            race.leaders.insert(lap, row[1].clone());
            race.led_s += s;
        }
        if lap > 1 && green.contains(&(&row[0], lap)) && green.contains(&(&row[0], lap - 1)) {
            race.green_s.push(s);
        }
    }
    races
}

/// Columns: number, driver, race, ..., duration of the stop in the ninth.
fn stops(rows: &[Vec<String>]) -> BTreeMap<String, (BTreeSet<String>, Vec<f64>)> {
    let mut races: BTreeMap<String, (BTreeSet<String>, Vec<f64>)> = BTreeMap::new();
    for row in rows {
        if let Ok(s) = row[8].parse() {
            let race = races.entry(row[2].clone()).or_default();
            race.0.insert(row[1].clone());
            race.1.push(s);
        }
    }
    races
}
