//! The figures that a race gets, beside those of the real thing. Prints them:
//! `cargo test -p sim --test lib realism -- --nocapture`.

use crate::config;
use events::truth::{Truth, TruthKind};
use events::{Flag, RaceEventKind, Record, VehicleId};
use sim::{Emission, Race};
use std::collections::BTreeMap;
use units::{EventTime, FuelDensity, Mass, miles_per_gallon};

#[derive(Default)]
struct Figures {
    flags: Vec<(EventTime, Flag)>,
    laps: Vec<Truth>,
    stops: BTreeMap<VehicleId, Vec<Truth>>,
    retired: usize,
    planned: Option<u32>,
    fast_mps: f64,
}

fn figures(seed: u64, cars: u32, minutes: f64) -> Figures {
    let mut figures = Figures::default();
    for emission in Race::new(config(seed, cars, minutes, 2)).unwrap() {
        match emission {
            Emission::Truth(truth) => match truth.kind {
                TruthKind::Lap => figures.laps.push(truth),
                TruthKind::Stop => figures.stops.entry(truth.vehicle_id).or_default().push(truth),
                _ => {}
            },
            Emission::Log(entry) => match entry.record {
                Record::Event(event) => match event.kind {
                    RaceEventKind::Flag { flag } => figures.flags.push((event.event_time, flag)),
                    RaceEventKind::Retired { .. } => figures.retired += 1,
                    RaceEventKind::Session(session) => figures.planned = session.laps,
                    _ => {}
                },
                Record::Sample(sample) => {
                    figures.fast_mps = figures.fast_mps.max(sample.get(events::Signal::Speed).unwrap())
                }
                Record::Tick => {}
            },
        }
    }
    figures
}

fn seconds(truth: &Truth) -> f64 {
    (truth.to_us - truth.from_us) as f64 * 1e-6
}

impl Figures {
    /// Whether the whole lap was run while `racing` held.
    fn under(&self, lap: &Truth, racing: bool) -> bool {
        let at = |us: i64| {
            let shown = self.flags.iter().take_while(|(at, _)| at.us() <= us);
            shown.last().is_some_and(|(_, flag)| flag.is_racing())
        };
        let changes = self.flags.iter().any(|(at, flag)| {
            (lap.from_us..=lap.to_us - 10_000_000).contains(&at.us()) && flag.is_racing() != racing
        });
        at(lap.from_us) == racing && !changes
    }

    fn in_pit(&self, lap: &Truth) -> bool {
        self.stops.get(&lap.vehicle_id).is_some_and(|stops| {
            stops
                .iter()
                .any(|stop| stop.from_us < lap.to_us + 20_000_000 && stop.to_us > lap.from_us - 20_000_000)
        })
    }

    fn select(&self, racing: bool) -> Vec<&Truth> {
        self.laps.iter().filter(|lap| self.under(lap, racing) && !self.in_pit(lap)).collect()
    }
}

fn mpg(laps: &[&Truth]) -> f64 {
    let burned_kg: f64 = laps.iter().filter_map(|lap| lap.burned).sum();
    let distance_m = laps.len() as f64 * 1.5 * units::METRES_PER_MILE;
    miles_per_gallon(distance_m, FuelDensity::CUP.volume(Mass::from_kg(burned_kg))).unwrap_or(f64::NAN)
}

fn quantile(mut values: Vec<f64>, share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    values[((values.len() - 1) as f64 * share) as usize]
}

#[test]
fn realism() {
    let minutes = std::env::var("MINUTES").map_or(30.0, |text| text.parse().unwrap());
    let seed = std::env::var("SEED").map_or(1, |text| text.parse().unwrap());
    let figures = figures(seed, 38, minutes);
    let (green, caution) = (figures.select(true), figures.select(false));
    let times: Vec<f64> = green.iter().map(|lap| seconds(lap)).collect();
    println!(
        "planned {:?} flags {:?}",
        figures.planned,
        figures
            .flags
            .iter()
            .map(|(at, f)| ((at.us() - 1_780_000_000_000_000) as f64 * 1e-6, *f))
            .collect::<Vec<_>>()
    );
    println!(
        "green mpg {:.2} caution mpg {:.2}  n {} {}",
        mpg(&green),
        mpg(&caution),
        green.len(),
        caution.len()
    );
    println!(
        "green lap s {:.2} {:.2} {:.2}",
        quantile(times.clone(), 0.05),
        quantile(times.clone(), 0.5),
        quantile(times, 0.95)
    );
    let ct: Vec<f64> = caution.iter().map(|lap| seconds(lap)).collect();
    println!(
        "caution lap s {:.2} {:.2} {:.2}",
        quantile(ct.clone(), 0.05),
        quantile(ct.clone(), 0.5),
        quantile(ct, 0.95)
    );
    let stops: Vec<&Truth> = figures.stops.values().flatten().collect();
    println!(
        "stops/car {:.2} box s {:.1}..{:.1} retired {}",
        stops.len() as f64 / 38.0,
        quantile(stops.iter().map(|s| seconds(s)).collect(), 0.05),
        quantile(stops.iter().map(|s| seconds(s)).collect(), 0.95),
        figures.retired
    );
    println!(
        "added gal {:?}",
        [0.0, 0.25, 0.5, 0.75, 1.0]
            .map(|q| quantile(stops.iter().map(|s| s.added_kg.unwrap() / 2.7669).collect(), q))
    );
    println!(
        "before gal {:?}",
        [0.0, 0.25, 0.5, 0.75, 1.0]
            .map(|q| quantile(stops.iter().map(|s| s.tank_before_kg.unwrap() / 2.7669).collect(), q))
    );
    println!("fast mph {:.1}", figures.fast_mps / 0.44704);
}
