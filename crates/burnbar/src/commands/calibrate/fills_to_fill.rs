//! A tape's bags: it is stint through the stream, and what cars did is laid beside what was told of their fuel.

use crate::args::FlowArgs;
use crate::commands::replay;
use crate::failure::Failure;
use calibrate::{FillToFill, Race};
use dataflow::{ClosedWindow, Job, OpenSink, Sink};
use events::{SessionId, VehicleId};
use fuel::{Engine, Histogram, knots};
use race::{Over, RaceState, Segment, Settings, Stints};
use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use units::{EventTime, FuelDensity, Volume};

/// The bags of a race, in the order in which they became known.
pub fn of_tape(tape: &Path, flow: &FlowArgs) -> Result<Race, Failure> {
    tape::Reader::open(tape).map_err(Failure::input)?;
    let session = SessionId::new("unnamed").map_err(Failure::run)?;
    let kept = Arc::new(Mutex::new(Driven::none(session)));
    let job = replay::job(flow, tape, journal::open_tape(tape), sink(kept.clone(), session))?;
    // what is kept lies in memory: it cannot be resumed
    let report = dataflow::run(Job { state: None, ..job }).map_err(replay::failure)?;
    if !report.counts.are_conserved() {
        return Err(Failure::run("entries were lost"));
    }
    let kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
    kept.race(tape)
}

/// What was driven and told.
struct Driven {
    cars: BTreeMap<VehicleId, Vec<Segment>>,
    stints: Stints,
    race: RaceState,
}

impl Driven {
    fn none(session: SessionId) -> Driven {
        let race = RaceState::new(session, Settings::default());
        Driven { cars: BTreeMap::new(), stints: Stints::default(), race }
    }

    fn keep(&mut self, closed: &ClosedWindow) {
        for event in &closed.events {
            // all is read afterwards, when everything is known of its own time
            self.race.apply(event, EventTime::from_us(i64::MIN));
        }
        for (vehicle, segment) in &closed.segments {
            self.stints.file(*vehicle, segment);
            self.cars.entry(*vehicle).or_default().push((**segment).clone());
        }
    }

    fn race(&self, tape: &Path) -> Result<Race, Failure> {
        let Some(session) = self.race.session() else {
            return Err(Failure::input(format!("{} tells of no session", tape.display())));
        };
        let mut bags = Vec::new();
        for (&vehicle, segments) in &self.cars {
            let Some(stints) = self.stints.of(vehicle) else { continue };
            let told =
                race::fills_to_fill(vehicle, stints, &self.race).into_iter().filter(|bag| !bag.is_bound);
            bags.extend(
                told.filter_map(|told| Some((told.known, vehicle, self.bag(vehicle, segments, &told)?))),
            );
        }
        bags.sort_by_key(|(known, vehicle, _)| (*known, *vehicle));
        Ok(Race {
            name: session.session.as_str().to_owned(),
            engine: Engine::of(session),
            bags: bags.into_iter().map(|(_, _, bag)| bag).collect(),
        })
    }

    /// `None` where nothing is known of what the engine did, or nothing was burned.
    fn bag(
        &self,
        vehicle: VehicleId,
        segments: &[Segment],
        told: &race::CarFillToFill,
    ) -> Option<FillToFill> {
        let driven = over(segments, told.over)?;
        let cup_gal = |density: FuelDensity, gal: f64| {
            FuelDensity::CUP.volume(density.mass(Volume::from_us_gallons(gal))).us_gallons()
        };
        let density = self.race.fuel_density();
        let imputed_sd_gal = driven.gap_var_g2.sqrt() / gallon_g();
        let sd_gal = cup_gal(density, told.burned.var_gal2.sqrt());
        let entry = self.race.entrants.entry(vehicle);
        let named = |name: &String| (!name.is_empty()).then(|| name.clone());
        let bag = FillToFill {
            vehicle,
            manufacturer: entry.and_then(|entry| named(&entry.manufacturer)),
            team: entry.and_then(|entry| named(&entry.team)),
            histogram: driven.histogram,
            y_gal: cup_gal(density, told.burned.gal),
            sd_gal: (sd_gal * sd_gal + imputed_sd_gal * imputed_sd_gal).sqrt(),
        };
        (bag.y_gal > 0.0 && bag.histogram.total_ns() > 0).then_some(bag)
    }
}

/// What an engine did over a bag.
struct Driving {
    histogram: Histogram,
    gap_var_g2: f64,
}

/// The segments of a bag, summed. A segment of which only a part counts is taken to be even.
fn over(segments: &[Segment], over: Over) -> Option<Driving> {
    let whole = |is: bool| if is { 1.0 } else { 0.0 };
    let share = |segment: &Segment| match over {
        Over::Stints { first, last } => whole((first..=last).contains(&(segment.stint as usize))),
        Over::StintsAndPart { first, part, until } => {
            let stint = segment.stint as usize;
            whole((first..part).contains(&stint) || (stint == part && segment.to <= until))
        }
        Over::Between { from, to } => {
            let Some(start) = segment.from else { return 0.0 };
            let inside = (segment.to.min(to) - start.max(from)).us().max(0);
            inside as f64 / (segment.to - start).us().max(1) as f64
        }
    };
    let mut seconds = vec![0.0; knots::COUNT];
    let (mut burned, mut heard, mut gap_var_g2) = (0.0, 0.0, 0.0);
    for segment in segments {
        let share = share(segment);
        if share <= 0.0 {
            continue;
        }
        for (sum, &ns) in seconds.iter_mut().zip(segment.histogram.values()) {
            *sum += share * ns as f64;
        }
        burned += share * segment.burned.0 as f64;
        heard += share * (segment.burned - segment.imputed).0 as f64;
        gap_var_g2 += share * segment.gap_var_g2;
    }
    // what was imputed is taken to have been burned as the rest was
    let with_imputed = if heard > 0.0 { burned / heard } else { return None };
    let knots = (0u8..).zip(seconds).map(|(knot, ns)| (knot, (ns * with_imputed).round() as i64));
    let histogram = Histogram::try_from(knots.collect::<Vec<_>>()).ok()?;
    Some(Driving { histogram, gap_var_g2 })
}

fn gallon_g() -> f64 {
    FuelDensity::CUP.mass(Volume::from_us_gallons(1.0)).kg() * 1e3
}

struct Keep(Arc<Mutex<Driven>>);

fn sink(kept: Arc<Mutex<Driven>>, session: SessionId) -> OpenSink {
    Box::new(move |_| {
        *kept.lock().unwrap_or_else(PoisonError::into_inner) = Driven::none(session);
        Ok(Box::new(Keep(kept.clone())))
    })
}

impl Sink for Keep {
    fn window(&mut self, closed: &ClosedWindow) -> io::Result<()> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).keep(closed);
        Ok(())
    }
    fn position(&mut self) -> io::Result<Vec<u8>> {
        Ok(Vec::new())
    }
}
