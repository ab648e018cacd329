//! What a car burned from fill to fill, laid beside its stints: what calibration and the online filter learn from.

use super::stints::CarStints;
use super::stop_facts::StopFacts;
use super::tank::TankSize;
use crate::car::LATENESS_MAX;
use crate::session::{RaceState, StatedEconomy};
use events::VehicleId;
use fuel::fill_to_fill::{Anchor, FillsToFill, StopFuel};
use fuel::{Burned, prior};
use serde::{Deserialize, Serialize};
use units::{EventTime, METRES_PER_MILE};

/// Some running of a car, and what it burned there by something other than the telemetry.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CarFillToFill {
    /// The car.
    pub vehicle: VehicleId,
    /// When it was known: its running had ended, and all of its evidence was in.
    pub known: EventTime,
    /// Over which running.
    pub over: Over,
    /// What was burned.
    pub burned: Burned,
    /// It is only known that no more was burned.
    pub is_bound: bool,
}

/// The running over which burn is known.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Over {
    /// Whole stints, both included.
    Stints {
        /// The first.
        first: usize,
        /// The last.
        last: usize,
    },
    /// Whole stints, and of the next one what lay before a moment.
    StintsAndPart {
        /// The first.
        first: usize,
        /// The one that counts in part.
        part: usize,
        /// The moment.
        until: EventTime,
    },
    /// Between two moments.
    Between {
        /// The first moment.
        from: EventTime,
        /// The second.
        to: EventTime,
    },
}

/// All that is known by now of what a car burned, in the order in which it became known.
pub fn fills_to_fill(vehicle: VehicleId, stints: &CarStints, race: &RaceState) -> Vec<CarFillToFill> {
    let mut found = between_anchors(vehicle, stints, race);
    let economies = race.evidence.economies(vehicle);
    found.extend(economies.filter_map(|economy| by_economy(vehicle, &economy, stints, race)));
    found.extend(race.evidence.fuel_used(vehicle).map(|used| CarFillToFill {
        vehicle,
        known: used.known.max(used.to),
        over: Over::Between { from: used.from, to: used.to },
        burned: Burned::measured(used.gal, used.sd_gal.unwrap_or(prior::CANS_SD_GAL)),
        is_bound: false,
    }));
    found.sort_by_key(|fill| fill.known);
    found
}

/// From one known level of the tank to the next, stop by stop; and the most that can have gone by a moment at which the
/// car was seen to run.
fn between_anchors(vehicle: VehicleId, stints: &CarStints, race: &RaceState) -> Vec<CarFillToFill> {
    let facts = StopFacts::of(vehicle, race);
    let running: Vec<(EventTime, usize)> = race
        .evidence
        .still_running(vehicle)
        .filter_map(|(known, at)| Some((known.max(at), stints.stint_at(at)?)))
        .collect();
    let mut walk = FillsToFill::starting(0, Some(Anchor::START));
    let mut known_by = vec![EventTime::from_us(i64::MIN)];
    let mut found = Vec::new();
    for number in 0..=stints.closed() {
        for &(until, _) in running.iter().filter(|(_, stint)| *stint == number) {
            let bound = walk.at_most(&TankSize::at(until, race).gal());
            found.extend(bound.map(|fill| CarFillToFill {
                vehicle,
                known: until,
                over: Over::StintsAndPart { first: fill.first_stint as usize, part: number, until },
                burned: fill.burned,
                is_bound: true,
            }));
        }
        let Some(stint) = stints.all().get(number).filter(|stint| stint.is_closed) else { break };
        let (fuel, known) = facts.get(number).map_or((StopFuel::UNKNOWN, None), StopFacts::fuel);
        // a stint is final once nothing can change it any more: what comes at once keeps its order
        let known = known.map_or(stint.to + LATENESS_MAX, |known| known.max(stint.to + LATENESS_MAX));
        known_by.push(known);
        if let Some(fill) = walk.stop(&fuel, &TankSize::at(stint.to, race).gal()) {
            let (first, last) = (fill.first_stint as usize, fill.last_stint as usize);
            // what was added at its opening stop is no part of it, but that the tank was full then is
            let known = known_by[first..=last + 1].iter().copied().max().unwrap_or(known);
            let over = Over::Stints { first, last };
            found.push(CarFillToFill { vehicle, known, over, burned: fill.burned, is_bound: false });
        }
    }
    found
}

/// An economy that somebody stated, over the whole laps of its stint so far.
fn by_economy(
    vehicle: VehicleId,
    &StatedEconomy { known, mpg, sd_mpg }: &StatedEconomy,
    stints: &CarStints,
    race: &RaceState,
) -> Option<CarFillToFill> {
    let part = stints.stint_at(known)?;
    let (_, laps) = stints.burned_in_stint_g(part, known)?;
    let miles = f64::from(laps) * race.conditions.track_length_m()? / METRES_PER_MILE;
    let burned = Burned::by_economy(miles, mpg, sd_mpg.unwrap_or(prior::ECONOMY_SD_MPG))?;
    let over = Over::StintsAndPart { first: part, part, until: known };
    Some(CarFillToFill { vehicle, known, over, burned, is_bound: false })
}
