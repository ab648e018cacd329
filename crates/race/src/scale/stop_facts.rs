//! What is known of each stop of a car: when it was, and its fuel. Evidence is laid beside stops here, once, for the level
//! of the tank and for what was burned from fill to fill.

use crate::session::{PitStop, RaceState};
use events::{FuelEvidence, VehicleId};
use fuel::fill_to_fill::{Added, StopFuel};
use fuel::prior;
use units::{EventTime, Volume};

/// One stop, and what is known of its fuel by now.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct StopFacts<'a> {
    /// When the car stood in its box.
    pub times: PitStop,
    /// Evidence of what went in, each behind when it became known, in that order.
    pub evidence: Vec<(EventTime, &'a FuelEvidence)>,
    /// When it became known that the car had run out of fuel on the way in.
    pub ran_out: Option<EventTime>,
}

impl StopFacts<'_> {
    /// Every stop of a car, in order.
    pub fn of(vehicle: VehicleId, race: &RaceState) -> Vec<StopFacts<'_>> {
        let stops = race.stops.of(vehicle).into_iter();
        let mut facts: Vec<StopFacts> =
            stops.map(|times| StopFacts { times, evidence: Vec::new(), ran_out: None }).collect();
        for (known, evidence) in race.evidence.at_stops(vehicle) {
            if let Some(stop) = named(evidence, known, &mut facts) {
                stop.evidence.push((known, evidence));
            }
        }
        for (known, at) in race.evidence.run_outs(vehicle) {
            // the stint in which it happened ends with the next stop
            let next = facts.partition_point(|stop| stop.times.box_stop < at);
            if let Some(stop) = facts.get_mut(next) {
                stop.ran_out = stop.ran_out.into_iter().chain([known]).min();
            }
        }
        facts
    }

    /// All evidence of its fuel together, and when the last of it became known.
    pub fn fuel(&self) -> (StopFuel, Option<EventTime>) {
        let mut fuel = StopFuel { added: None, full: None, ran_out: self.ran_out.is_some() };
        for (_, evidence) in &self.evidence {
            fuel.full = evidence.full.or(fuel.full);
            if let Some(more) = added(evidence) {
                let before = fuel.added.unwrap_or(Added::NOTHING);
                let sd_gal = (before.sd_gal * before.sd_gal + more.sd_gal * more.sd_gal).sqrt();
                fuel.added = Some(Added { gal: before.gal + more.gal, sd_gal });
            }
        }
        let known = self.evidence.iter().map(|(known, _)| *known).chain(self.ran_out).max();
        (fuel, known)
    }
}

/// The stop that evidence speaks of: the one nearest to the time it names, or the newest begun before it became known.
/// Stops are in order, and none begins before the last one's end.
fn named<'a, 'b>(
    evidence: &FuelEvidence,
    known: EventTime,
    stops: &'a mut [StopFacts<'b>],
) -> Option<&'a mut StopFacts<'b>> {
    let begun = stops.partition_point(|stop| stop.times.box_stop <= evidence.stop_time.unwrap_or(known));
    let Some(at) = evidence.stop_time else {
        return begun.checked_sub(1).and_then(|newest| stops.get_mut(newest));
    };
    let distance_us = |stop: &StopFacts| stop.times.distance_us(at);
    let (before, next) = stops.split_at(begun);
    let nearest_us = before.last().into_iter().chain(next.first()).map(distance_us).min()?;
    // before it they come nearer, one by one
    let nearest = before.partition_point(|stop| distance_us(stop) > nearest_us);
    stops.get_mut(nearest)
}

/// What went in by one piece of evidence.
pub(super) fn added(evidence: &FuelEvidence) -> Option<Added> {
    let sd_gal = evidence.added_sd.map_or(prior::CANS_SD_GAL, Volume::us_gallons);
    let weighed = evidence.added.map(|added| Added { gal: added.us_gallons(), sd_gal });
    weighed.or_else(|| evidence.fill_time_s.map(Added::by_fill_time))
}
