//! What was told of a car's fuel, laid beside its runs: the bags that calibration and the online filter learn from.

use crate::car::LATENESS_MAX;
use crate::runs::CarRuns;
use crate::state::RaceState;
use crate::tank::{self, TankSize};
use events::VehicleId;
use fuel::bag::{Added, Anchor, Bags, Stop};
use fuel::{Burned, prior};
use serde::{Deserialize, Serialize};
use units::{EventTime, METRES_PER_MILE};

/// Some running of a car, and what it burned there as told by something other than the telemetry.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CarBag {
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

/// The running that a bag speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Over {
    /// Whole runs, both included.
    Runs {
        /// The first.
        first: usize,
        /// The last.
        last: usize,
    },
    /// Whole runs, and of the next one what lay before a moment.
    RunsAndPart {
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

/// Every bag of a car that is known by now, in the order in which they became known.
pub fn bags(vehicle: VehicleId, runs: &CarRuns, race: &RaceState) -> Vec<CarBag> {
    let stops = tank::stops(vehicle, race);
    let mut found = Vec::new();
    let mut told = vec![EventTime::from_us(i64::MIN)];
    let mut walk = Bags::starting(0, Some(Anchor::START));
    let running: Vec<(EventTime, usize)> = race
        .told()
        .still_running(vehicle)
        .filter_map(|(known, at)| Some((known.max(at), runs.run_at(at)?)))
        .collect();
    for number in 0..=runs.closed() {
        for &(until, _) in running.iter().filter(|(_, run)| *run == number) {
            let tank = TankSize::at(until, race).gal();
            found.extend(walk.at_most(&tank).map(|bag| CarBag {
                vehicle,
                known: until,
                over: Over::RunsAndPart { first: bag.first_stint as usize, part: number, until },
                burned: bag.burned,
                is_bound: true,
            }));
        }
        let Some(run) = runs.all().get(number).filter(|run| run.is_closed) else { break };
        let ran_out = race
            .told()
            .run_outs(vehicle)
            .filter(|(_, at)| runs.run_at(*at) == Some(number))
            .map(|(known, _)| known)
            .min();
        let (stop, known) = facts(vehicle, number, &stops, race);
        // a run is final once nothing can change it any more: bags that come at once keep their order
        let known =
            [Some(run.to + LATENESS_MAX), ran_out, known].into_iter().flatten().max().unwrap_or(run.to);
        told.push(known);
        let tank = TankSize::at(run.to, race).gal();
        if let Some(bag) = walk.stop(&Stop { ran_out: ran_out.is_some(), ..stop }, &tank) {
            let (first, last) = (bag.first_stint as usize, bag.last_stint as usize);
            // what was added at its opening stop is no part of it, but that the tank was full then is
            let known = told[first..=last + 1].iter().copied().max().unwrap_or(known);
            let over = Over::Runs { first, last };
            found.push(CarBag { vehicle, known, over, burned: bag.burned, is_bound: false });
        }
    }
    found.extend(race.told().radio_mpg(vehicle).filter_map(|(known, mpg, sd)| {
        let part = runs.run_at(known)?;
        let (_, laps) = runs.burned_in_run_g(part, known)?;
        let miles = f64::from(laps) * race.track_length_m()? / METRES_PER_MILE;
        let burned = Burned::by_economy(miles, mpg, sd.unwrap_or(prior::ECONOMY_SD_MPG))?;
        let over = Over::RunsAndPart { first: part, part, until: known };
        Some(CarBag { vehicle, known, over, burned, is_bound: false })
    }));
    found.extend(race.told().fuel_used(vehicle).map(|used| CarBag {
        vehicle,
        known: used.known.max(used.to),
        over: Over::Between { from: used.from, to: used.to },
        burned: Burned::measured(used.gal, used.sd_gal.unwrap_or(prior::CANS_SD_GAL)),
        is_bound: false,
    }));
    found.sort_by_key(|bag| bag.known);
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
