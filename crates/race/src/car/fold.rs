//! A car at the end of a window: what `Field` gets of it.

use super::counters::{ClosedLap, CounterReading};
use super::flow::scaled;
use super::lap::LAP_STEPS;
use super::rows::Rows;
use super::sums::Sums;
use super::trace::Trace;
use crate::driver::{DrivenLap, EngineSigns};
use crate::session::RaceState;
use events::VehicleId;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use units::{EventTime, FuelMicrograms, Span};

/// One car at the end of one window, before it is held against the field.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CarFold {
    /// The vehicle.
    pub vehicle: VehicleId,
    /// End of the window, exclusive.
    pub window_end: EventTime,
    /// The lap it is on, as the feed counts.
    pub lap: Option<i32>,
    /// Part of that lap behind it, 0..1.
    pub lap_distance: Option<f64>,
    /// Flow, g/s.
    pub rate_g_s: Option<f64>,
    /// Burned so far; `None` while nothing could be known.
    pub burned: Option<Burned>,
    /// The number of its stint, from 0.
    pub stint: u32,
    /// Whole laps in the stint.
    pub stint_laps: u32,
    /// Distance of the stint, metres.
    pub stint_distance_m: Option<f64>,
    /// The newest whole lap.
    pub last_lap: Option<ClosedLap>,
    /// The newest clean green laps of the stint, oldest first.
    pub clean_laps: Arc<[ClosedLap]>,
    /// How its newest clean laps since the last stop or caution were driven, the newest last.
    pub driven: Arc<[Arc<DrivenLap>]>,
    /// What its engine is seen to do.
    pub engine: EngineSigns,
    /// Speed, m/s.
    pub speed_m_s: Option<f64>,
    /// Throttle, 0..1.
    pub throttle: Option<f64>,
    /// Between the lines of the pit road.
    pub in_pit: bool,
    /// In its box.
    pub in_box: bool,
    /// The engine stands still.
    pub engine_off: bool,
    /// From the newest sample to the window's end.
    pub age: Span,
    /// How long throttle has been silent; `None`: it never came.
    pub throttle_silence: Option<Span>,
    /// How long engine speed has been silent; `None`: it never came.
    pub rpm_silence: Option<Span>,
    /// Whether burn is in real grams: the engine package is known, or the model has seen this very car.
    pub calibrated: bool,
}

/// Fuel burned since various beginnings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Burned {
    /// Since the first sample.
    pub race: FuelMicrograms,
    /// Since the start of the stage.
    pub stage: FuelMicrograms,
    /// Since the last stop.
    pub stint: FuelMicrograms,
    /// Since the start line.
    pub lap: FuelMicrograms,
    /// Part of `stint` that was imputed.
    pub stint_imputed: FuelMicrograms,
    /// Part of `lap` that was imputed.
    pub lap_imputed: FuelMicrograms,
    /// Variance of `race` by imputation, g².
    pub race_gap_var_g2: f64,
    /// Variance of `stint` by imputation, g².
    pub stint_gap_var_g2: f64,
}

impl CarFold {
    /// Reads `trace`, which is of the car whose rows these are, at `end`.
    pub fn of(vehicle: VehicleId, end: EventTime, trace: &Trace, rows: &Rows, race: &RaceState) -> Self {
        let sums = &*trace.provisional(rows, race);
        let [throttle_silence, rpm_silence] = trace.silences(end);
        let conditions = race.conditions.get(sums.in_force.conditions);
        CarFold {
            vehicle,
            window_end: end,
            lap: trace.lap_number(),
            lap_distance: trace.lap_distance(),
            rate_g_s: sums.in_force.rate_g_s(),
            burned: sums.in_force.rate_g_s().map(|_| Burned::at(end, trace, sums)),
            stint: sums.stint.number,
            stint_laps: sums.stint.laps,
            stint_distance_m: stint_distance_m(trace, sums, conditions.and_then(|c| c.track_length_m)),
            last_lap: sums.laps.last,
            clean_laps: sums.laps.clean.clone(),
            driven: sums.driver.driven().clone(),
            engine: *sums.driver.engine(),
            speed_m_s: sums.in_force.speed_m_s(),
            throttle: sums.in_force.throttle(),
            in_pit: sums.stint.in_pit,
            in_box: sums.stint.in_box,
            engine_off: sums.in_force.engine_is_off(),
            age: trace.newest().map_or(Span::ZERO, |newest| end - newest),
            throttle_silence,
            rpm_silence,
            calibrated: conditions.is_some_and(|c| {
                c.engine.package_hp.is_some()
                    || (c.rates.is_known_package() && c.rates.knows(vehicle.as_str()))
            }),
        }
    }
}

impl Burned {
    /// The same at another scale.
    pub(crate) fn scaled(&self, factor: f64) -> Burned {
        Burned {
            race: scaled(self.race, factor),
            stage: scaled(self.stage, factor),
            stint: scaled(self.stint, factor),
            lap: scaled(self.lap, factor),
            stint_imputed: scaled(self.stint_imputed, factor),
            lap_imputed: scaled(self.lap_imputed, factor),
            race_gap_var_g2: self.race_gap_var_g2 * factor * factor,
            stint_gap_var_g2: self.stint_gap_var_g2 * factor * factor,
        }
    }

    fn at(end: EventTime, trace: &Trace, sums: &Sums) -> Self {
        let (now, stint) = (trace.burned_at(sums, end), &sums.stint.start.counters);
        let since = |mark: &CounterReading| now - mark.counters.burned;
        Burned {
            race: now,
            stage: since(&sums.stage),
            stint: since(&sums.stint.start),
            lap: since(&sums.laps.open),
            stint_imputed: sums.counters.imputed - stint.imputed,
            lap_imputed: sums.counters.imputed - sums.laps.open.counters.imputed,
            race_gap_var_g2: sums.gaps.race_g2(),
            stint_gap_var_g2: sums.gaps.stint_g2(),
        }
    }
}

/// By the track where its length and the lap distance are known, else by speed.
fn stint_distance_m(trace: &Trace, sums: &Sums, track_length_m: Option<f64>) -> Option<f64> {
    let steps = trace.track_steps().zip(sums.stint.start.track_steps).map(|(now, then)| now - then);
    let by_track = steps.zip(track_length_m).map(|(steps, length)| steps as f64 / LAP_STEPS as f64 * length);
    let by_speed = (sums.counters.driven_nm - sums.stint.start.counters.driven_nm) as f64 * 1e-9;
    by_track.or((by_speed > 0.0).then_some(by_speed))
}
