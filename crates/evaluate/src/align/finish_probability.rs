//! Lays forecasts beside what came: whether a car makes the finish, and how far its fuel goes.

use super::{CarSides, TwoEstimates, measured};
use crate::estimates::LapForecast;
use crate::metrics::ln;
use crate::naive::Covered;
use crate::probability_scores::Called;
use events::Flag;
use fuel::fill_to_fill::Tank;
use fuel::forecast::{Assumptions, Forecast, Situation};
use fuel::{LogScale, Spread, prior};
use truth::{Truth, TruthKind};
use units::{EventTime, Mass, Volume};

/// A make-it is open while fuel and need are within this of each other, as a logarithm: what is beyond is plain to all.
const OPEN_LN: f64 = 0.25;
/// Who has less usable fuel at the finish may have run dry and rolled: such a car burned just what it had, and no two
/// pick-ups leave the same.
const DRY_GAL: f64 = 0.15;
/// So many clean laps must follow to say what a lap would have burned.
const LAPS_AHEAD_MIN: usize = 5;

/// Whether a car reaches the end without more fuel, as estimated when it had completed a lap, and as it was.
#[derive(Clone, Copy, Debug)]
pub struct FinishCall {
    /// The stream's probability.
    pub stream: Called,
    /// The baseline's, where it has one.
    pub naive: Option<Called>,
    /// Whether it was not plain.
    pub is_open: bool,
    /// Whether no caution came from there to the end.
    pub is_green: bool,
}

/// Fuel and burn of a car as they truly were.
struct TrueTank<'a> {
    side: &'a CarSides<'a>,
    segments: Vec<&'a Truth>,
    stops: Vec<&'a Truth>,
    /// Its last crossing of the line.
    end_us: i64,
}

impl<'a> TrueTank<'a> {
    fn of(side: &'a CarSides<'a>) -> Option<TrueTank<'a>> {
        let laps = side.truth.iter().filter(|truth| truth.kind == TruthKind::Lap);
        let end_us = laps.map(|lap| lap.to_us).max()?;
        Some(TrueTank { side, segments: side.segments(), stops: side.stops(), end_us })
    }

    fn has_finished(&self) -> bool {
        self.side.estimates.checkered.is_some_and(|flag| flag.us() <= self.end_us)
    }

    /// Burn between two times, kg. A part of a lap has burned that part of its burn which the stream says: truth knows
    /// whole laps only.
    fn burned_kg(&self, from_us: i64, to_us: i64) -> Option<f64> {
        let overlap =
            self.segments.iter().filter(|segment| segment.from_us < to_us && from_us < segment.to_us);
        overlap
            .map(|segment| {
                let (start, end) = (segment.from_us.max(from_us), segment.to_us.min(to_us));
                let share = match (start, end) == (segment.from_us, segment.to_us) {
                    true => 1.0,
                    false => {
                        let raw = |from, to| self.side.car.burned(from, to).map(|burn| burn.raw_kg);
                        raw(start, end)? / raw(segment.from_us, segment.to_us).filter(|kg| *kg > 0.0)?
                    }
                };
                Some(segment.burned? * share)
            })
            .sum()
    }

    /// What was in the tank, kg, by the truth at the end of each lap; else what there was after the last stop,
    /// less the burn since; before the first stop, what there was at that, and the burn until then.
    fn tank_kg(&self, us: i64) -> Option<f64> {
        let line = self.segments.iter().rev().find(|segment| segment.to_us <= us);
        if let Some((line_us, kg)) = line.and_then(|segment| Some((segment.to_us, segment.tank_kg?)))
            && !self.stops.iter().any(|stop| line_us < stop.to_us && stop.from_us < us)
        {
            return Some(kg - self.burned_kg(line_us, us)?);
        }
        match self.stops.iter().rev().find(|stop| stop.to_us <= us) {
            Some(stop) => {
                Some(stop.tank_before_kg? + stop.added_kg.unwrap_or(0.0) - self.burned_kg(stop.to_us, us)?)
            }
            None => {
                let stop = self.stops.first().filter(|stop| us <= stop.from_us)?;
                Some(stop.tank_before_kg? + self.burned_kg(us, stop.from_us)?)
            }
        }
    }

    fn usable_kg(&self, us: i64) -> Option<f64> {
        Some((self.tank_kg(us)? - self.side.kg(prior::RESERVE_GAL)).max(0.0))
    }

    /// Mean burn of the clean green laps from a time until the next stop.
    fn lap_ahead_kg(&self, us: i64) -> Option<f64> {
        let until_us = self.stops.iter().map(|stop| stop.from_us).find(|stop| *stop > us);
        let laps = self.side.truth.iter().filter(|truth| truth.kind == TruthKind::Lap && truth.from_us >= us);
        let own = laps.filter(|lap| until_us.is_none_or(|until| lap.to_us <= until));
        let clean = own.filter(|lap| {
            self.side.car.lap_of(lap.from_us, lap.to_us).is_some_and(|estimated| estimated.clean)
        });
        let burned: Vec<f64> = clean.filter_map(|lap| lap.burned).collect();
        (burned.len() >= LAPS_AHEAD_MIN).then(|| burned.iter().sum::<f64>() / burned.len() as f64)
    }
}

impl CarSides<'_> {
    /// Of each lap from which one full tank reaches the end; only of cars that saw the end.
    pub(super) fn make_its(&self) -> Vec<FinishCall> {
        let Some(truth) = TrueTank::of(self).filter(TrueTank::has_finished) else { return Vec::new() };
        self.car.forecasts.iter().filter_map(|forecast_then| self.make_it(forecast_then, &truth)).collect()
    }

    fn make_it(&self, forecast_then: &LapForecast, truth: &TrueTank) -> Option<FinishCall> {
        let (at_us, forecast) = (forecast_then.at_us, forecast_then.forecast?);
        let usable_kg = truth.usable_kg(at_us)?;
        let need_kg = truth.burned_kg(at_us, truth.end_us).filter(|kg| *kg > 0.0)?;
        let full_kg = self.kg(self.tank().size_gal);
        let happened = usable_kg - need_kg > self.kg(DRY_GAL);
        let naive = self.naive_situation(forecast_then).and_then(|situation| {
            let green_laps_left = Some(f64::from(forecast.laps_to_go));
            let situation = Situation { green_laps_left, ..situation };
            let assumptions = Assumptions::default();
            Forecast { situation: &situation, assumptions: &assumptions }.make_it().ok()
        });
        (need_kg <= full_kg).then(|| FinishCall {
            stream: Called { p: forecast.make_it, happened },
            naive: naive.map(|make_it| Called { p: make_it.p, happened }),
            is_green: self
                .estimates
                .race
                .flags
                .within(EventTime::from_us(at_us), EventTime::from_us(truth.end_us))
                .all(|flag| flag.is_racing() || flag == Flag::Checkered),
            is_open: usable_kg > 0.0 && ln(usable_kg / need_kg).abs() <= OPEN_LN,
        })
    }

    /// Green laps left in the tank, as estimated and as they would have been.
    pub(super) fn laps_left(&self) -> Vec<TwoEstimates> {
        let Some(truth) = TrueTank::of(self) else { return Vec::new() };
        let beside = |forecast_then: &LapForecast| {
            let own = forecast_then.laps_left?;
            let laps = truth.usable_kg(forecast_then.at_us)? / truth.lap_ahead_kg(forecast_then.at_us)?;
            let naive = self.naive_situation(forecast_then).and_then(|situation| {
                let assumptions = Assumptions::default();
                let laps_left =
                    Forecast { situation: &situation, assumptions: &assumptions }.laps_left().ok()?;
                measured((laps_left.mean, laps_left.sd), laps)
            });
            Some(TwoEstimates { stream: measured((own.mean, own.sd), laps)?, naive })
        };
        self.car.forecasts.iter().filter_map(beside).collect()
    }

    /// What somebody knows who looks at distance alone; green laps all the way.
    fn naive_situation(&self, forecast_then: &LapForecast) -> Option<Situation> {
        let (naive, lap_m) = self.naive?;
        let stops = self.stops();
        let covered: Vec<Option<Covered>> = stops
            .iter()
            .take_while(|stop| stop.to_us <= forecast_then.at_us)
            .map(|stop| self.car.before(stop.from_us).map(|reading| reading.covered))
            .collect();
        let now = self.car.before(forecast_then.at_us)?.covered;
        let (level, left) = self.naive_level(&covered, now)?;
        let scale_sd = naive.scale_sd();
        let (lap_kg, _) = naive.burned_kg(Covered { racing_m: lap_m, other_m: 0.0 });
        Some(Situation {
            level_gal: Some(Spread {
                mean: self.gallons(level.anchored_kg()),
                sd: self.gallons(level.sd_kg()),
            }),
            burned_gal: self.gallons(left.since_anchor_kg),
            imputed_sd_gal: 0.0,
            scale: LogScale { mean: 0.0, var: scale_sd * scale_sd },
            shape_sd: 0.0,
            green_lap_gal: Some(self.gallons(lap_kg)),
            caution_lap_gal: None,
            laps_done: None,
            green_laps_left: None,
            caution_laps_left: 0.0,
            lap_miles: None,
            tank: self.tank(),
        })
    }

    fn tank(&self) -> Tank {
        match self.estimates.race.session().and_then(|session| session.tank) {
            Some(size) => Tank { size_gal: size.us_gallons(), size_sd_gal: 0.0, ..Tank::CUP },
            None => Tank::CUP,
        }
    }

    pub(super) fn gallons(&self, kg: f64) -> f64 {
        self.estimates.race.fuel_density().volume(Mass::from_kg(kg)).us_gallons()
    }

    fn kg(&self, gallons: f64) -> f64 {
        self.estimates.race.fuel_density().mass(Volume::from_us_gallons(gallons)).kg()
    }
}
