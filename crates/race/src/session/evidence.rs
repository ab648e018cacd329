//! Evidence of fuel: at stops, on the radio, by a gauge. Each is known from its event's time on.

use events::{EventId, FuelEvidence, RaceEventKind, VehicleId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use units::{EventTime, Volume};

/// All evidence so far, corrections applied.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RaceEvidence {
    at_stops: ByCar<FuelEvidence>,
    beside_stops: ByCar<BesideStops>,
}

/// Evidence of one sort, car by car in the order in which it became known.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct ByCar<T> {
    evidence: BTreeMap<EvidenceKey, T>,
    /// Where that of each event is.
    keys: BTreeMap<EventId, EvidenceKey>,
}

/// The car, when it became known, and the event that states it.
type EvidenceKey = (VehicleId, EventTime, EventId);

/// Evidence of a car's fuel other than at a stop.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
enum BesideStops {
    RanOut { at: EventTime },
    Runs { at: EventTime },
    Economy(StatedEconomy),
    Used(FuelUsed),
}

/// An economy that somebody stated.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct StatedEconomy {
    /// When that became known.
    pub known: EventTime,
    /// Miles per US gallon.
    pub mpg: f64,
    /// Standard deviation of `mpg`, where it was stated.
    pub sd_mpg: Option<f64>,
}

/// What a car was measured to burn between two moments.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct FuelUsed {
    /// When that became known.
    pub known: EventTime,
    /// The first moment.
    pub from: EventTime,
    /// The second.
    pub to: EventTime,
    /// US gallons.
    pub gal: f64,
    /// Standard deviation of `gal`, where it was stated.
    pub sd_gal: Option<f64>,
}

impl RaceEvidence {
    /// Takes a race event of event time `known`, if it is evidence of fuel; one with the id of an earlier one replaces it.
    /// Whether it did.
    pub(super) fn apply(&mut self, id: EventId, known: EventTime, kind: &RaceEventKind) -> bool {
        let (vehicle, evidence) = match *kind {
            RaceEventKind::Fuel(ref evidence) => {
                return self.at_stops.put((evidence.vehicle, known, id), evidence.clone());
            }
            RaceEventKind::RunOut { vehicle, at } => {
                (vehicle, BesideStops::RanOut { at: at.unwrap_or(known) })
            }
            RaceEventKind::StillRunning { vehicle, at } => {
                (vehicle, BesideStops::Runs { at: at.unwrap_or(known) })
            }
            RaceEventKind::RadioMpg { vehicle, mpg, mpg_sd } => {
                (vehicle, BesideStops::Economy(StatedEconomy { known, mpg, sd_mpg: mpg_sd }))
            }
            RaceEventKind::FuelUsed { vehicle, from, to, burned, burned_sd } => {
                let (gal, sd_gal) = (burned.us_gallons(), burned_sd.map(Volume::us_gallons));
                (vehicle, BesideStops::Used(FuelUsed { known, from, to, gal, sd_gal }))
            }
            _ => return false,
        };
        self.beside_stops.put((vehicle, known, id), evidence)
    }

    /// Evidence of a car's stops, each with when it became known, in that order.
    pub fn at_stops(&self, vehicle: VehicleId) -> impl Iterator<Item = (EventTime, &FuelEvidence)> + '_ {
        self.at_stops.of(vehicle)
    }
    /// When a car ran out of fuel, each behind when that became known.
    pub fn run_outs(&self, vehicle: VehicleId) -> impl Iterator<Item = (EventTime, EventTime)> + '_ {
        self.beside_stops.of(vehicle).filter_map(|(known, evidence)| match evidence {
            BesideStops::RanOut { at } => Some((known, *at)),
            _ => None,
        })
    }
    /// When a car was seen to run, likewise.
    pub fn still_running(&self, vehicle: VehicleId) -> impl Iterator<Item = (EventTime, EventTime)> + '_ {
        self.beside_stops.of(vehicle).filter_map(|(known, evidence)| match evidence {
            BesideStops::Runs { at } => Some((known, *at)),
            _ => None,
        })
    }
    /// Economies that somebody stated of a car.
    pub fn economies(&self, vehicle: VehicleId) -> impl Iterator<Item = StatedEconomy> + '_ {
        self.beside_stops.of(vehicle).filter_map(|(_, evidence)| match evidence {
            BesideStops::Economy(economy) => Some(*economy),
            _ => None,
        })
    }
    /// What a car was measured to burn.
    pub fn fuel_used(&self, vehicle: VehicleId) -> impl Iterator<Item = FuelUsed> + '_ {
        self.beside_stops.of(vehicle).filter_map(|(_, evidence)| match evidence {
            BesideStops::Used(used) => Some(*used),
            _ => None,
        })
    }
}

impl<T> Default for ByCar<T> {
    fn default() -> Self {
        ByCar { evidence: BTreeMap::new(), keys: BTreeMap::new() }
    }
}

impl<T> ByCar<T> {
    /// Keeps what an event states; what it stated before is forgotten. Whether it had stated something.
    fn put(&mut self, key: EvidenceKey, evidence: T) -> bool {
        let before = self.keys.insert(key.2, key);
        if let Some(before) = before {
            self.evidence.remove(&before);
        }
        self.evidence.insert(key, evidence);
        before.is_some()
    }

    /// Evidence of a car, each behind when it became known, in that order.
    fn of(&self, vehicle: VehicleId) -> impl Iterator<Item = (EventTime, &T)> + '_ {
        self.evidence.range(of_car(vehicle)).map(|((_, known, _), evidence)| (*known, evidence))
    }
}

/// All evidence of a car, whenever.
fn of_car(vehicle: VehicleId) -> RangeInclusive<EvidenceKey> {
    let first = (vehicle, EventTime::from_us(i64::MIN), EventId(0));
    let last = (vehicle, EventTime::from_us(i64::MAX), EventId(u64::MAX));
    first..=last
}
