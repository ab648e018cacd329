//! Cars and when they crossed the line.

use super::files::{LapTimes, LapsOfCar, Named};
use crate::error::{ImportError, Problem};
use crate::judge::label;
use crate::lines::Place;
use events::{RosterEntry, VehicleId};
use std::collections::BTreeMap;
use units::Span;

/// A lap that takes less, or more, was not driven, s.
const LAP_S: std::ops::RangeInclusive<f64> = 5.0..=20_000.0;
/// More cars never started.
const PLACES: u32 = 100;
/// Between one starting place and the next at the start, before anything is known.
const SPACING_US: f64 = 90_000.0;
/// How often the running order is gone through, and how much of what is wrong is put right each time.
const PASSES: usize = 200;
const PART: f64 = 0.02;

/// The laps of one car as far as its times reach without a gap.
#[derive(Debug)]
pub(super) struct Timed {
    pub entry: RosterEntry,
    pub driver_id: Option<i64>,
    /// Starting place, from 1.
    pub place: u32,
    pub laps: Vec<Span>,
    /// Running order at the end of each of them.
    pub positions: Vec<Option<u32>>,
    pub first_line: Span,
}

impl Timed {
    /// Race times of its crossings of the line, at the start and after each lap.
    pub fn lines(&self) -> Vec<Span> {
        let mut us = self.first_line.us();
        let ends = self.laps.iter().map(|lap| {
            us += lap.us();
            Span::from_us(us)
        });
        std::iter::once(self.first_line).chain(ends).collect()
    }
}

/// The cars in the order of the file.
///
/// # Errors
/// There are none, a number is no name for a car or stands twice, or no lap was timed.
pub(super) fn cars(file: &Named<LapTimes>, notes: &mut Vec<String>) -> Result<Vec<Timed>, ImportError> {
    let failed = |why: String| ImportError::new(&file.file, Place::File, Problem::BadLine(why));
    let mut all: Vec<Timed> = Vec::new();
    let mut untimed = Vec::new();
    for (index, car) in file.content.laps.iter().enumerate() {
        let vehicle = VehicleId::new(car.number.trim())
            .map_err(|error| failed(format!("car {} of the list: its Number: {error}", index + 1)))?;
        if all.iter().any(|before| before.entry.vehicle == vehicle) {
            return Err(failed(format!("car {vehicle} stands twice: give the laps of one race")));
        }
        let timed = timed(car, vehicle, index);
        if car.laps.iter().filter(|lap| lap.lap > 0).count() > timed.laps.len() {
            untimed.push(format!("{vehicle} after lap {}", timed.laps.len()));
        }
        all.push(timed);
    }
    if all.iter().all(|car| car.laps.is_empty()) {
        return Err(failed("it holds no lap with a time: give the lap-times of a race that was run".into()));
    }
    if !untimed.is_empty() {
        notes.push(format!("laps without a time end a car's race: {}", untimed.join(", ")));
    }
    cross_at_the_start(&mut all);
    Ok(all)
}

fn timed(car: &LapsOfCar, vehicle: VehicleId, index: usize) -> Timed {
    let by_number: BTreeMap<u32, _> = car.laps.iter().map(|lap| (lap.lap, lap)).collect();
    let times = (1..).map_while(|number| {
        let lap = by_number.get(&number)?;
        let seconds = lap.lap_time.filter(|seconds| LAP_S.contains(seconds))?;
        Some((Span::from_secs_f64(seconds), lap.running_pos))
    });
    let (laps, positions) = times.unzip();
    Timed {
        entry: RosterEntry {
            vehicle,
            number: vehicle.as_str().into(),
            driver: label(driver(&car.full_name)),
            team: String::new(),
            manufacturer: label(manufacturer(&car.manufacturer)),
        },
        driver_id: car.driver_id,
        place: by_number
            .get(&0)
            .and_then(|lap| lap.running_pos)
            .filter(|place| *place <= PLACES)
            .unwrap_or(index as u32 + 1),
        laps,
        positions,
        first_line: Span::ZERO,
    }
}

/// Without the marks for rookies and for drivers who earn no points.
fn driver(name: &str) -> &str {
    name.trim_start_matches('*').trim_end_matches("(i)").trim_end_matches('#').trim()
}

fn manufacturer(code: &str) -> &str {
    match code {
        "Chv" => "Chevrolet",
        "Frd" => "Ford",
        "Tyt" => "Toyota",
        other => other,
    }
}

/// Lap 1 is timed from each car's own crossing of the line at the start, and no feed says when that was; but the running
/// order at the end of each lap bounds it. Begins with even spacing and takes cars that come out in the wrong order apart,
/// a little each time, until hardly any do.
fn cross_at_the_start(cars: &mut [Timed]) {
    let mut first_us: Vec<f64> =
        cars.iter().map(|car| f64::from(car.place.saturating_sub(1)) * SPACING_US).collect();
    let pairs = neighbours(cars);
    for _ in 0..PASSES {
        for &(ahead, behind, gap_us) in &pairs {
            let wrong_us = first_us[ahead] - first_us[behind] - gap_us;
            if wrong_us > 0.0 {
                let apart_us = PART * wrong_us + 50.0;
                first_us[behind] += apart_us;
                first_us[ahead] -= apart_us;
            }
        }
    }
    let zero_us = first_us.iter().copied().fold(f64::INFINITY, f64::min);
    for (car, us) in cars.iter_mut().zip(first_us) {
        car.first_line = Span::from_us((us - zero_us) as i64);
    }
}

/// Cars next to each other in the order at the end of a lap: who is ahead, who behind, and by how much as far as their
/// lap times tell, microseconds.
fn neighbours(cars: &[Timed]) -> Vec<(usize, usize, f64)> {
    let ends: Vec<Vec<Span>> = cars.iter().map(Timed::lines).collect();
    let laps = cars.iter().map(|car| car.laps.len()).max().unwrap_or(0);
    let mut pairs = Vec::new();
    for lap in 0..laps {
        let positions = cars.iter().map(|car| car.positions.get(lap).copied().flatten());
        let mut order: Vec<(u32, usize)> =
            positions.zip(0..).filter_map(|(position, car)| Some((position?, car))).collect();
        order.sort_unstable();
        for pair in order.windows(2) {
            let (ahead, behind) = (pair[0].1, pair[1].1);
            pairs.push((ahead, behind, (ends[behind][lap + 1].us() - ends[ahead][lap + 1].us()) as f64));
        }
    }
    pairs
}

/// When the first car completed each lap, lap 0 being the start: race times, rising.
pub(super) fn leader(cars: &[Timed]) -> Vec<Span> {
    let mut first: Vec<Span> = Vec::new();
    for car in cars {
        for (lap, at) in car.lines().into_iter().enumerate() {
            match first.get_mut(lap) {
                Some(leader) => *leader = at.min(*leader),
                None => first.push(at),
            }
        }
    }
    first
}
