//! What the stream estimates while a log runs through it, kept to be held against the truth afterwards.

use crate::naive::Covered;
use dataflow::{ClosedWindow, Job, RunError, collect};
use events::{CarInsight, Flag, Forecast, LapSummary, Quality, RaceEventKind, SessionId, VehicleId};
use fuel::Spread;
use race::{RaceState, Settings};
use std::collections::BTreeMap;
use units::EventTime;

/// What was estimated of each car, and the race by its events.
pub struct Estimates {
    /// By vehicle.
    pub cars: BTreeMap<VehicleId, CarEstimates>,
    /// With every event of the log.
    pub race: RaceState,
    /// When the leader had finished.
    pub checkered: Option<EventTime>,
}

/// What was estimated of one car.
#[derive(Default)]
pub struct CarEstimates {
    /// At window ends, in order.
    readings: Vec<Reading>,
    /// Final laps, in order.
    pub laps: Vec<LapSummary>,
    /// Forecasts at the first window's end of each lap, in order.
    pub forecasts: Vec<LapForecast>,
    /// Whether burn was ever without a known scale.
    pub uncalibrated: bool,
    scale_sd: f64,
    farthest_m: f64,
    covered: Covered,
    lap: Option<u32>,
}

/// A car at a window's end.
#[derive(Clone, Copy, Debug)]
pub struct Reading {
    at_us: i64,
    /// Burned since the start before any scale is applied, kg: what becomes known of fuel does not move it.
    raw_kg: f64,
    /// The factor on it, as it was believed then.
    scale: f64,
    /// Relative standard deviation of that.
    scale_sd: f64,
    /// In the tank, kg, and its standard deviation.
    pub tank_kg: Option<(f64, f64)>,
    /// Distance since the start.
    pub covered: Covered,
}

/// The forecast when a car had completed a lap.
#[derive(Clone, Copy, Debug)]
pub struct LapForecast {
    /// The window's end, event time in microseconds UTC.
    pub at_us: i64,
    /// Green laps left in the tank.
    pub laps_left: Option<Spread>,
    /// Of the end of the race.
    pub forecast: Option<Forecast>,
}

/// Burn between two times, as it was believed at the second.
#[derive(Clone, Copy, Debug)]
pub struct Burn {
    /// Burned, kg.
    pub kg: f64,
    /// The same before any scale is applied.
    pub raw_kg: f64,
    /// Relative standard deviation by its scale.
    pub scale_sd: f64,
    /// Distance covered.
    pub covered: Covered,
}

impl Estimates {
    /// Runs a job to the end of its log and keeps what it estimates.
    ///
    /// # Errors
    /// The run failed.
    pub fn of(job: Job) -> Result<Estimates, RunError> {
        let session = job.session;
        collect(job, move || Estimates::none(session), Estimates::keep)
    }

    fn none(session: SessionId) -> Estimates {
        let race = RaceState::new(session, Settings::default());
        Estimates { cars: BTreeMap::new(), race, checkered: None }
    }

    /// The length of a lap, metres, where it is known.
    pub fn lap_m(&self) -> Option<f64> {
        self.race.session().and_then(|session| session.track_length_m)
    }

    fn keep(&mut self, closed: &ClosedWindow) {
        for event in &closed.events {
            // all is read afterwards, when everything is known of its own time
            self.race.apply(event, EventTime::from_us(i64::MIN));
            if let RaceEventKind::Flag { flag: Flag::Checkered } = event.kind {
                self.checkered = self.checkered.or(Some(event.event_time));
            }
        }
        let (lap_m, racing) = (self.lap_m(), closed.board.flag.is_racing());
        for insight in &closed.board.cars {
            self.cars.entry(insight.vehicle_id).or_default().keep(insight, lap_m, racing);
        }
        for lap in &closed.laps {
            self.cars.entry(lap.vehicle_id).or_default().laps.push(lap.clone());
        }
    }
}

impl CarEstimates {
    fn keep(&mut self, insight: &CarInsight, lap_m: Option<f64>, racing: bool) {
        self.uncalibrated |= insight.trust.quality == Quality::Uncalibrated;
        self.scale_sd = insight.scale.sd_pct.map_or(self.scale_sd, |pct| pct / 100.0);
        if let (Some(lap), Some(part), Some(lap_m)) = (insight.track.lap, insight.track.lap_distance, lap_m) {
            let here_m = (f64::from(lap) + part) * lap_m;
            // where it is seen first it has covered nothing
            let before_m = if self.farthest_m > 0.0 { self.farthest_m } else { here_m };
            let ahead_m = (here_m - before_m).max(0.0);
            let covered = if racing { &mut self.covered.racing_m } else { &mut self.covered.other_m };
            *covered += ahead_m;
            self.farthest_m = before_m.max(here_m);
        }
        if let Some(burned_kg) = insight.burn.race_kg {
            let scale = insight.scale.factor.unwrap_or(1.0);
            self.readings.push(Reading {
                at_us: insight.window_end_us.us(),
                raw_kg: burned_kg / scale,
                scale,
                scale_sd: self.scale_sd,
                tank_kg: insight.tank.remaining_kg.zip(insight.tank.remaining_sd_kg),
                covered: self.covered,
            });
        }
        if self.lap.is_some_and(|lap| insight.track.lap.is_some_and(|now| now > lap)) {
            let spread = |(mean, sd)| Spread { mean, sd };
            self.forecasts.push(LapForecast {
                at_us: insight.window_end_us.us(),
                laps_left: insight.tank.laps_left.zip(insight.tank.laps_left_sd).map(spread),
                forecast: insight.forecast,
            });
        }
        self.lap = insight.track.lap.or(self.lap);
    }

    /// The last reading at or before a time.
    pub fn before(&self, us: i64) -> Option<&Reading> {
        self.readings[..self.readings.partition_point(|reading| reading.at_us <= us)].last()
    }

    /// What was burned from one time to another, as estimated at the second: what becomes known later does not count.
    pub fn burned(&self, from_us: i64, to_us: i64) -> Option<Burn> {
        let ((from_kg, from), (to_kg, to)) = (self.at(from_us)?, self.at(to_us)?);
        let believed = self.before(to_us).or(self.readings.first())?;
        let raw_kg = to_kg - from_kg;
        Some(Burn {
            kg: raw_kg * believed.scale,
            raw_kg,
            scale_sd: believed.scale_sd,
            covered: to.since(from),
        })
    }

    /// Burn without a scale, kg, and distance since the start, at a time: between two window ends both are taken to be
    /// even.
    fn at(&self, us: i64) -> Option<(f64, Covered)> {
        let place = self.readings.partition_point(|reading| reading.at_us < us);
        let after = self.readings.get(place)?;
        let Some(before) = place.checked_sub(1).and_then(|place| self.readings.get(place)) else {
            // the recording begins within the first window
            let next = self.readings.get(1).map_or(0, |second| second.at_us - after.at_us);
            return (after.at_us - us <= next).then(|| (0.0, Covered::default()));
        };
        let part = (us - before.at_us) as f64 / (after.at_us - before.at_us) as f64;
        let raw_kg = before.raw_kg + part * (after.raw_kg - before.raw_kg);
        Some((raw_kg, after.covered.between(before.covered, part)))
    }

    /// The final lap that was run when a truth says so: the middle of each lies within the other.
    pub fn lap_of(&self, from_us: i64, to_us: i64) -> Option<&LapSummary> {
        let middle = EventTime::from_us(from_us + (to_us - from_us) / 2);
        let holds_middle = |lap: &&LapSummary| lap.from_us <= middle && middle < lap.to_us;
        self.laps.iter().find(holds_middle).filter(|lap| {
            let middle_us = lap.from_us.us() + (lap.to_us - lap.from_us).us() / 2;
            (from_us..to_us).contains(&middle_us)
        })
    }
}
