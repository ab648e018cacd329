//! What cars did, laid beside what became known of their fuel: a race of the stream as calibration learns from it.

use crate::{FillToFill, PastRace};
use events::{RaceEvent, SessionId, VehicleId};
use fuel::{Engine, Histogram, knots};
use race::{Over, RaceState, Segment, Settings, Stints};
use std::collections::BTreeMap;
use std::sync::Arc;
use units::{EventTime, FuelDensity, Volume};

/// What the cars of one race did and what became known of their fuel.
pub struct Driven {
    cars: BTreeMap<VehicleId, Vec<Segment>>,
    stints: Stints,
    race: RaceState,
}

impl Driven {
    /// Nothing yet; `session` is the name of the race until an event names it.
    pub fn none(session: SessionId) -> Driven {
        let race = RaceState::new(session, Settings::default());
        Driven { cars: BTreeMap::new(), stints: Stints::default(), race }
    }

    /// Adds what one window of the stream gave: its race events, and the segments that became final in it.
    pub fn keep(&mut self, events: &[Arc<RaceEvent>], segments: &[(VehicleId, Box<Segment>)]) {
        for event in events {
            // all is read afterwards, when everything is known of its own time
            self.race.apply(event, EventTime::from_us(i64::MIN));
        }
        for (vehicle, segment) in segments {
            self.stints.file(*vehicle, segment);
            self.cars.entry(*vehicle).or_default().push((**segment).clone());
        }
    }

    /// The race as calibration learns from it: its fills-to-fill in the order in which they became known. `None` where no
    /// event names the session.
    pub fn past_race(&self) -> Option<PastRace> {
        let session = self.race.session()?;
        let mut fills = Vec::new();
        for (&vehicle, segments) in &self.cars {
            let Some(stints) = self.stints.of(vehicle) else { continue };
            let known =
                race::fills_to_fill(vehicle, stints, &self.race).into_iter().filter(|fill| !fill.is_bound);
            fills.extend(
                known.filter_map(|fill| Some((fill.known, vehicle, self.fill(vehicle, segments, &fill)?))),
            );
        }
        fills.sort_by_key(|(known, vehicle, _)| (*known, *vehicle));
        Some(PastRace {
            name: session.session.as_str().to_owned(),
            engine: Engine::of(session),
            fills: fills.into_iter().map(|(_, _, fill)| fill).collect(),
        })
    }

    /// `None` where nothing is known of what the engine did, or nothing was burned.
    fn fill(
        &self,
        vehicle: VehicleId,
        segments: &[Segment],
        known: &race::CarFillToFill,
    ) -> Option<FillToFill> {
        let driven = over(segments, known.over)?;
        let cup_gal = |density: FuelDensity, gal: f64| {
            FuelDensity::CUP.volume(density.mass(Volume::from_us_gallons(gal))).us_gallons()
        };
        let density = self.race.fuel_density();
        let imputed_sd_gal = driven.gap_var_g2.sqrt() / gallon_g();
        let sd_gal = cup_gal(density, known.burned.var_gal2.sqrt());
        let entry = self.race.entrants.entry(vehicle);
        let named = |name: &String| (!name.is_empty()).then(|| name.clone());
        let fill = FillToFill {
            vehicle,
            manufacturer: entry.and_then(|entry| named(&entry.manufacturer)),
            team: entry.and_then(|entry| named(&entry.team)),
            histogram: driven.histogram,
            y_gal: cup_gal(density, known.burned.gal),
            sd_gal: (sd_gal * sd_gal + imputed_sd_gal * imputed_sd_gal).sqrt(),
        };
        (fill.y_gal > 0.0 && fill.histogram.total_ns() > 0).then_some(fill)
    }
}

/// What an engine did over a fill-to-fill.
struct Driving {
    histogram: Histogram,
    gap_var_g2: f64,
}

/// The segments of a fill-to-fill, summed. A segment of which only a part counts is taken to be even.
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
    let (mut burned, mut sampled, mut gap_var_g2) = (0.0, 0.0, 0.0);
    for segment in segments {
        let share = share(segment);
        if share <= 0.0 {
            continue;
        }
        for (sum, &ns) in seconds.iter_mut().zip(segment.histogram.values()) {
            *sum += share * ns as f64;
        }
        burned += share * segment.burned.0 as f64;
        sampled += share * (segment.burned - segment.imputed).0 as f64;
        gap_var_g2 += share * segment.gap_var_g2;
    }
    // what was imputed is taken to have been burned as the rest was
    let with_imputed = if sampled > 0.0 { burned / sampled } else { return None };
    let knots = (0u8..).zip(seconds).map(|(knot, ns)| (knot, (ns * with_imputed).round() as i64));
    let histogram = Histogram::try_from(knots.collect::<Vec<_>>()).ok()?;
    Some(Driving { histogram, gap_var_g2 })
}

fn gallon_g() -> f64 {
    FuelDensity::CUP.mass(Volume::from_us_gallons(1.0)).kg() * 1e3
}
