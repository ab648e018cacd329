//! One car of the field: what is kept of it from window to window.

use super::answers::Answered;
use super::laps::scale_closed;
use super::window::Window;
use crate::car::ClosedLap;
use crate::car::scaled;
use crate::car::{Burned, CarFold};
use crate::scale::Scale;
use crate::scale::{AtStop, Remaining, TankLevel};
use events::{CarInsight, Flag, Forecast, LapLabel, Mode, Quality, SessionId, VehicleId};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use units::EventTime;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct FieldCar {
    /// What it had burned at each stop at scale 0, as the newest fold tells it.
    at_stops: Vec<AtStop>,
    /// The level at the last stop, and for what it was walked.
    level: Option<(Walked, TankLevel)>,
    /// Burn of a green lap and of one under caution, kg, as the newest ones were.
    pub lap_kg: LapBurn,
    /// Its forecast, and what it follows from.
    pub forecast: Option<(Foreseen, Option<Forecast>)>,
    /// What is known of its scale.
    pub scale: Option<Scale>,
    pub answered: Answered,
    pub last: CarInsight,
    /// Its clean laps at scale 0 and as they are told, so that they are scaled once.
    #[serde(skip)]
    laps: ScaledLaps,
}

/// The newest laps as they were scaled.
#[derive(Clone, Debug, Default)]
struct ScaledLaps {
    /// At scale 0.
    of: Arc<[ClosedLap]>,
    by: Option<Scale>,
    told: Arc<[ClosedLap]>,
}

impl ScaledLaps {
    fn scaled(&mut self, laps: &Arc<[ClosedLap]>, scale: &Scale) -> Arc<[ClosedLap]> {
        if !Arc::ptr_eq(&self.of, laps) || self.by.as_ref() != Some(scale) {
            let told = laps.iter().map(|lap| scale_closed(lap, scale)).collect();
            *self = ScaledLaps { of: laps.clone(), by: Some(*scale), told };
        }
        self.told.clone()
    }
}

/// What the level at a stop follows from: what was told of the car, the burn, whether the car stands in its box, the scale.
pub(super) type Walked = (u64, AtStop, bool, Option<Scale>);

/// When a forecast is made again: when the level changes, or the scale, the lap that the car is on, or the flag.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Foreseen {
    pub walked: Walked,
    pub lap: Option<i32>,
    pub flag: Flag,
}

/// What a lap burned by its kind, kg.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct LapBurn {
    pub green_kg: Option<f64>,
    pub caution_kg: Option<f64>,
    /// The lap under caution that was counted last.
    caution_to: Option<EventTime>,
}

impl FieldCar {
    pub fn new(session: SessionId, vehicle: VehicleId, end: EventTime) -> Self {
        FieldCar {
            at_stops: Vec::new(),
            level: None,
            lap_kg: LapBurn::default(),
            forecast: None,
            scale: None,
            answered: Answered::default(),
            last: CarInsight::of_nothing(session, vehicle, end),
            laps: ScaledLaps::default(),
        }
    }

    /// A car with no fold in this window: as it was, but older.
    pub fn grow_old(&mut self, window: &Window) {
        let grown_ms = (window.end - self.last.window_end_us).us() / 1000;
        self.last.window_end_us = window.end;
        self.last.track.flag = window.flag;
        self.last.trust.age_ms = self.last.trust.age_ms.map(|ms| ms.saturating_add(grown_ms));
        self.last.burn.rate_g_s = None;
        (self.last.driving.mode, self.last.driving.reason) = (Mode::Off, None);
        self.last.driving.signs.clear();
        self.last.trust.quality = Quality::Lost;
    }

    /// The fold at the scale of the car; what it had burned at its stops is kept at scale 0.
    pub fn scaled(&mut self, fold: CarFold, scale: Option<Scale>) -> CarFold {
        self.scale = scale;
        if let Some(burned) = fold.burned {
            let gap_var_g2 = (burned.race_gap_var_g2 - burned.stint_gap_var_g2).max(0.0);
            let at_stop = AtStop { burned: burned.race - burned.stint, gap_var_g2 };
            self.at_stops.resize(fold.stint as usize, at_stop);
            if let Some(newest) = self.at_stops.last_mut() {
                *newest = at_stop;
            }
        }
        let Some(scale) = scale.filter(|_| fold.calibrated) else { return fold };
        let factor = scale.factor;
        self.answered.correct(CarFold {
            rate_g_s: fold.rate_g_s.map(|rate| rate * factor),
            burned: fold.burned.map(|burned| burned.scaled(factor)),
            last_lap: fold.last_lap.map(|lap| scale_closed(&lap, &scale)),
            clean_laps: self.laps.scaled(&fold.clean_laps, &scale),
            ..fold
        })
    }

    /// Takes the window's fold, at scale.
    pub fn fold(&mut self, fold: &CarFold, window: &Window) {
        self.lap_kg.hear(fold);
        let mut insight = window.nothing_known(fold.vehicle);
        window.say_where(fold, &mut insight);
        window.say_economy(fold, self.scale.as_ref(), &mut insight);
        window.say_against_field(fold, self.scale.as_ref(), &mut insight);
        let tank = self.remaining(fold, window);
        if let Some((level, remaining)) = &tank {
            window.say_tank(fold, self, (level, remaining), &mut insight);
        }
        insight.scale.model = self.answered.model(window.end).unwrap_or(insight.scale.model);
        window.say_driving(fold, &mut insight);
        let conflict = tank.is_some_and(|(_, remaining)| remaining.is_in_conflict);
        insight.trust.quality =
            window.quality(fold, insight.trust.imputed_pct, conflict, self.is_contradicted());
        self.last = insight;
    }

    /// What the level at the last stop was walked for.
    pub fn walked(&self) -> Option<Walked> {
        self.level.as_ref().map(|(walked, _)| *walked)
    }

    fn is_contradicted(&self) -> bool {
        self.scale.is_some_and(|scale| scale.is_contradicted)
    }

    /// What is in the tank, and the level at its last stop.
    fn remaining(&mut self, fold: &CarFold, window: &Window) -> Option<(TankLevel, Remaining)> {
        let burned = fold.burned.filter(|_| fold.calibrated)?;
        let scale = self.scale?;
        // a feed that tells no more of a stop than its beginning does not leave a car in its box for ever
        let in_box = fold.in_box && fold.stint_laps == 0;
        let newest = self.at_stops.last().copied().unwrap_or_default();
        let walked_for = (window.race.revisions.of(fold.vehicle), newest, in_box, self.scale);
        let level = match self.level {
            Some((before, level)) if before == walked_for => level,
            _ => {
                let factor = scale.factor;
                let at_stops: Vec<AtStop> = self.at_stops.iter().map(|at| at.scaled(factor)).collect();
                TankLevel::walk(fold.vehicle, &at_stops, in_box, window.race)
            }
        };
        self.level = Some((walked_for, level));
        Some((level, level.after(burned.stint.mass(), burned.stint_gap_var_g2 * 1e-6, scale.sd())))
    }
}

impl LapBurn {
    /// The newest clean laps are how it burns now. Of laps under caution a running mean: no two are alike.
    fn hear(&mut self, fold: &CarFold) {
        if !fold.clean_laps.is_empty() {
            let laps = fold.clean_laps.len() as f64;
            self.green_kg =
                Some(fold.clean_laps.iter().map(|lap| lap.burned.mass().kg()).sum::<f64>() / laps);
        }
        if let Some(lap) = fold.last_lap.filter(|lap| lap.label == LapLabel::Caution && !lap.is_estimated())
            && self.caution_to != Some(lap.to)
        {
            self.caution_to = Some(lap.to);
            let kg = lap.burned.mass().kg();
            self.caution_kg = Some(self.caution_kg.map_or(kg, |before| before + 0.3 * (kg - before)));
        }
    }
}

impl Burned {
    fn scaled(&self, factor: f64) -> Burned {
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
}

impl AtStop {
    fn scaled(&self, factor: f64) -> AtStop {
        AtStop { burned: scaled(self.burned, factor), gap_var_g2: self.gap_var_g2 * factor * factor }
    }
}
