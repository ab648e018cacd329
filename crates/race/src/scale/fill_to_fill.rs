//! What was told of a car's fuel, laid beside its runs: the fills that calibration and the online filter learn from.

use super::stints::CarStints;
use super::tank::{self, TankSize};
use crate::car::LATENESS_MAX;
use crate::session::RaceState;
use events::VehicleId;
use fuel::fill_to_fill::{Added, Anchor, FillsToFill, Stop};
use fuel::{Burned, prior};
use serde::{Deserialize, Serialize};
use units::{EventTime, METRES_PER_MILE};

/// Some running of a car, and what it burned there as told by something other than the telemetry.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CarFillToFill {
    /// Whose.
    pub vehicle: VehicleId,
    /// When it was known: its running had ended, and all of its evidence had been told.
    pub known: EventTime,
    /// Over which running.
    pub over: Over,
    /// What was burned.
    pub burned: Burned,
    /// It is only known that no more was burned.
    pub is_bound: bool,
}

/// The running that a fill-to-fill speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Over {
    /// Whole runs, both included.
    Stints {
        /// The first.
        first: usize,
        /// The last.
        last: usize,
    },
    /// Whole runs, and of the next one what lay before a moment.
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
        /// From.
        from: EventTime,
        /// To.
        to: EventTime,
    },
}

/// Every fill-to-fill of a car that is known by now, in the order in which they became known.
pub fn fills_to_fill(vehicle: VehicleId, stints: &CarStints, race: &RaceState) -> Vec<CarFillToFill> {
    let stops = tank::stops(vehicle, race);
    let mut found = Vec::new();
    let mut told = vec![EventTime::from_us(i64::MIN)];
    let mut walk = FillsToFill::starting(0, Some(Anchor::START));
    let running: Vec<(EventTime, usize)> = race
        .told()
        .still_running(vehicle)
        .filter_map(|(known, at)| Some((known.max(at), stints.run_at(at)?)))
        .collect();
    for number in 0..=stints.closed() {
        for &(until, _) in running.iter().filter(|(_, stint)| *stint == number) {
            let tank = TankSize::at(until, race).gal();
            found.extend(walk.at_most(&tank).map(|fill| CarFillToFill {
                vehicle,
                known: until,
                over: Over::StintsAndPart { first: fill.first_stint as usize, part: number, until },
                burned: fill.burned,
                is_bound: true,
            }));
        }
        let Some(stint) = stints.all().get(number).filter(|stint| stint.is_closed) else { break };
        let ran_out = race
            .told()
            .run_outs(vehicle)
            .filter(|(_, at)| stints.run_at(*at) == Some(number))
            .map(|(known, _)| known)
            .min();
        let (stop, known) = facts(vehicle, number, &stops, race);
        // a run is final once nothing can change it any more: fills that come at once keep their order
        let known =
            [Some(stint.to + LATENESS_MAX), ran_out, known].into_iter().flatten().max().unwrap_or(stint.to);
        told.push(known);
        let tank = TankSize::at(stint.to, race).gal();
        if let Some(fill) = walk.stop(&Stop { ran_out: ran_out.is_some(), ..stop }, &tank) {
            let (first, last) = (fill.first_stint as usize, fill.last_stint as usize);
            // what was added at its opening stop is no part of it, but that the tank was full then is
            let known = told[first..=last + 1].iter().copied().max().unwrap_or(known);
            let over = Over::Stints { first, last };
            found.push(CarFillToFill { vehicle, known, over, burned: fill.burned, is_bound: false });
        }
    }
    found.extend(race.told().radio_mpg(vehicle).filter_map(|(known, mpg, sd)| {
        let part = stints.run_at(known)?;
        let (_, laps) = stints.burned_in_stint_g(part, known)?;
        let miles = f64::from(laps) * race.track_length_m()? / METRES_PER_MILE;
        let burned = Burned::by_economy(miles, mpg, sd.unwrap_or(prior::ECONOMY_SD_MPG))?;
        let over = Over::StintsAndPart { first: part, part, until: known };
        Some(CarFillToFill { vehicle, known, over, burned, is_bound: false })
    }));
    found.extend(race.told().fuel_used(vehicle).map(|used| CarFillToFill {
        vehicle,
        known: used.known.max(used.to),
        over: Over::Between { from: used.from, to: used.to },
        burned: Burned::measured(used.gal, used.sd_gal.unwrap_or(prior::CANS_SD_GAL)),
        is_bound: false,
    }));
    found.sort_by_key(|fill| fill.known);
    found
}

/// What is known of a stop, and since when.
fn facts(
    vehicle: VehicleId,
    number: usize,
    stops: &[tank::StopTimes],
    race: &RaceState,
) -> (Stop, Option<EventTime>) {
    let mut stop = Stop { added: None, full: None, ran_out: false };
    let mut since = None;
    for (known, evidence) in
        race.told().at_stops(vehicle).filter(|(known, e)| tank::names(e, *known, number, stops))
    {
        since = Some(known);
        stop.full = evidence.full.or(stop.full);
        if let Some(more) = tank::added(evidence) {
            let before = stop.added.unwrap_or(Added::NOTHING);
            let sd_gal = (before.sd_gal * before.sd_gal + more.sd_gal * more.sd_gal).sqrt();
            stop.added = Some(Added { gal: before.gal + more.gal, sd_gal });
        }
    }
    (stop, since)
}
