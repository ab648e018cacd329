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
/// Time between one starting place and the next at the start that is tried, at most, ms.
const SPACING_MAX_MS: i64 = 300;

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
    space(&mut all);
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
        place: by_number.get(&0).and_then(|lap| lap.running_pos).unwrap_or(index as u32 + 1),
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

/// Lap 1 is timed from each car's own crossing of the line at the start, and no feed says when that was. The field
/// crosses it at one spacing from place to place: the one that contradicts the running order of later laps least.
fn space(cars: &mut [Timed]) {
    let mut bounds: Vec<(i64, i64)> = Vec::new();
    let ends: Vec<Vec<Span>> = cars.iter().map(Timed::lines).collect();
    let laps = cars.iter().map(|car| car.laps.len()).max().unwrap_or(0);
    for lap in 0..laps {
        let mut order: Vec<(u32, usize)> = Vec::new();
        for (index, car) in cars.iter().enumerate() {
            order.extend(car.positions.get(lap).copied().flatten().map(|position| (position, index)));
        }
        order.sort_unstable();
        for pair in order.windows(2) {
            let (ahead, behind) = (pair[0].1, pair[1].1);
            if let (Some(first), Some(second)) = (ends[ahead].get(lap + 1), ends[behind].get(lap + 1)) {
                let places = i64::from(cars[behind].place) - i64::from(cars[ahead].place);
                bounds.push((second.us() - first.us(), places));
            }
        }
    }
    let contradicted = |ms: &i64| bounds.iter().filter(|(gap, places)| gap + places * ms * 1_000 < 0).count();
    let spacing_ms = (0..=SPACING_MAX_MS).min_by_key(contradicted).unwrap_or(0);
    for car in cars {
        car.first_line = Span::from_us(i64::from(car.place.saturating_sub(1)) * spacing_ms * 1_000);
    }
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
