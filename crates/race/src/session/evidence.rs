//! What was told of fuel: at stops, on the radio, by a gauge. Each segment of it is known from its event's time on.

use events::{EventId, FuelEvidence, RaceEventKind, VehicleId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use units::{EventTime, Volume};

/// Everything told so far, corrections applied.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct StopFuel {
    at_stops: BTreeMap<Key, FuelEvidence>,
    /// Other than at a stop.
    said: BTreeMap<Key, Said>,
}

/// Whose, known when, by which event.
type Key = (VehicleId, EventTime, EventId);

/// What was told of a car's fuel other than at a stop.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
enum Said {
    RanOut { at: EventTime },
    Runs { at: EventTime },
    Economy { mpg: f64, sd_mpg: Option<f64> },
    Used(FuelUsed),
}

/// What a car was measured to burn between two moments.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct FuelUsed {
    /// When that became known.
    pub known: EventTime,
    /// From.
    pub from: EventTime,
    /// To.
    pub to: EventTime,
    /// US gallons.
    pub gal: f64,
    /// Standard deviation of `gal`, where it was told.
    pub sd_gal: Option<f64>,
}

impl StopFuel {
    /// Takes a race event of event time `at`, if it speaks of fuel; one with the id of an earlier one replaces it. Whether
    /// it did.
    pub fn hear(&mut self, id: EventId, at: EventTime, kind: &RaceEventKind) -> bool {
        let (vehicle, said) = match *kind {
            RaceEventKind::Fuel(ref evidence) => {
                let replaced = forget(&mut self.at_stops, id);
                self.at_stops.insert((evidence.vehicle, at, id), evidence.clone());
                return replaced;
            }
            RaceEventKind::RunOut { vehicle, at: when } => (vehicle, Said::RanOut { at: when.unwrap_or(at) }),
            RaceEventKind::StillRunning { vehicle, at: when } => {
                (vehicle, Said::Runs { at: when.unwrap_or(at) })
            }
            RaceEventKind::RadioMpg { vehicle, mpg, mpg_sd } => {
                (vehicle, Said::Economy { mpg, sd_mpg: mpg_sd })
            }
            RaceEventKind::FuelUsed { vehicle, from, to, burned, burned_sd } => {
                let (gal, sd_gal) = (burned.us_gallons(), burned_sd.map(Volume::us_gallons));
                (vehicle, Said::Used(FuelUsed { known: at, from, to, gal, sd_gal }))
            }
            _ => return false,
        };
        let replaced = forget(&mut self.said, id);
        self.said.insert((vehicle, at, id), said);
        replaced
    }

    /// What was told of a car's stops, each with when it became known, in that order.
    pub fn at_stops(&self, vehicle: VehicleId) -> impl Iterator<Item = (EventTime, &FuelEvidence)> + '_ {
        self.at_stops.range(of_car(vehicle)).map(|((_, at, _), evidence)| (*at, evidence))
    }
    /// What else was told of a car's fuel, and when.
    fn said(&self, vehicle: VehicleId) -> impl Iterator<Item = (EventTime, Said)> + '_ {
        self.said.range(of_car(vehicle)).map(|((_, at, _), said)| (*at, *said))
    }
    /// When a car ran out of fuel, each with when that became known.
    pub fn run_outs(&self, vehicle: VehicleId) -> impl Iterator<Item = (EventTime, EventTime)> + '_ {
        self.said(vehicle).filter_map(|(known, said)| match said {
            Said::RanOut { at } => Some((known, at)),
            _ => None,
        })
    }
    /// When a car was seen to run, likewise.
    pub fn still_running(&self, vehicle: VehicleId) -> impl Iterator<Item = (EventTime, EventTime)> + '_ {
        self.said(vehicle).filter_map(|(known, said)| match said {
            Said::Runs { at } => Some((known, at)),
            _ => None,
        })
    }
    /// Economies that somebody stated, miles per gallon with their standard deviation, likewise.
    pub fn radio_mpg(&self, vehicle: VehicleId) -> impl Iterator<Item = (EventTime, f64, Option<f64>)> + '_ {
        self.said(vehicle).filter_map(|(known, said)| match said {
            Said::Economy { mpg, sd_mpg } => Some((known, mpg, sd_mpg)),
            _ => None,
        })
    }
    /// What was measured.
    pub fn fuel_used(&self, vehicle: VehicleId) -> impl Iterator<Item = FuelUsed> + '_ {
        self.said(vehicle).filter_map(|(_, said)| match said {
            Said::Used(used) => Some(used),
            _ => None,
        })
    }
}

/// Forgets what was told by an event. Whether there was any.
fn forget<T>(told: &mut BTreeMap<Key, T>, id: EventId) -> bool {
    let before = told.len();
    told.retain(|(_, _, other), _| *other != id);
    told.len() < before
}

/// All that was told of a car, whenever.
fn of_car(vehicle: VehicleId) -> RangeInclusive<(VehicleId, EventTime, EventId)> {
    let first = (vehicle, EventTime::from_us(i64::MIN), EventId(0));
    let last = (vehicle, EventTime::from_us(i64::MAX), EventId(u64::MAX));
    first..=last
}
