//! What a window's insights have in common, and how each part of one is said.

use super::car::FieldCar;
use super::compare::burn_kg_m;
use super::detect::Detect;
use super::forecast::Leader;
use super::laps::{against_others_sd, share_pct};
use crate::car::CarFold;
use crate::car::ClosedLap;
use crate::scale::Scale;
use crate::scale::{Remaining, TankLevel};
use crate::session::RaceState;
use events::bounds::{GREEN_LAPS_MIN, LOST_AFTER, STALE_AFTER};
use events::{CarInsight, Flag, Mode, ModelId, Quality, SessionId, VehicleId};
use std::collections::BTreeSet;
use units::{EventTime, FuelMicrograms, Mass, Span, Volume, miles_per_gallon};

/// A signal silent this long, while the car is heard, is missing.
const SIGNAL_LOST_AFTER: Span = Span::from_secs(5);
/// More of a run imputed than this marks its numbers, percent.
const IMPUTED_NOTED_PCT: f64 = 2.0;

/// What a window's insights have in common.
pub(super) struct Window<'a> {
    pub race: &'a RaceState,
    pub session: SessionId,
    pub end: EventTime,
    pub flag: Flag,
    pub model: ModelId,
    pub detect: &'a Detect,
    pub field_kg_m: Option<f64>,
    pub leader: Option<Leader>,
}

/// Who leads: the car that has come furthest.
pub(super) fn leader(folds: &[CarFold], held: &BTreeSet<VehicleId>) -> Option<Leader> {
    let told = folds.iter().filter(|fold| !held.contains(&fold.vehicle));
    told.filter_map(|fold| Leader::of(fold.lap, fold.lap_distance)).max_by(Leader::order)
}

impl Window<'_> {
    pub fn volume(&self, mass: Mass) -> Volume {
        self.race.fuel_density().volume(mass)
    }

    fn mpg(&self, laps: &[ClosedLap]) -> Option<f64> {
        let kg_m = burn_kg_m(laps)?;
        miles_per_gallon(1.0, self.volume(Mass::from_kg(kg_m)))
    }

    pub fn nothing_known(&self, vehicle: VehicleId) -> CarInsight {
        let mut insight = CarInsight::of_nothing(self.session, vehicle, self.end);
        insight.track.flag = self.flag;
        insight.scale.model = self.model;
        insight
    }

    pub fn say_where(&self, fold: &CarFold, insight: &mut CarInsight) {
        insight.track.lap = fold.lap.and_then(|lap| u32::try_from(lap).ok());
        insight.track.lap_distance = fold.lap_distance;
        insight.stint.laps = fold.stint_laps;
        insight.stint.green_laps = fold.clean_laps.len() as u32;
        insight.stint.stops = fold.stint;
        insight.trust.age_ms = Some(fold.age.us() / 1000);
    }

    pub fn say_economy(&self, fold: &CarFold, scale: Option<&Scale>, insight: &mut CarInsight) {
        insight.burn.rate_g_s = fold.rate_g_s.filter(|_| fold.age <= STALE_AFTER);
        if let Some(burned) = fold.burned {
            insight.burn.lap_kg = Some(burned.lap.mass().kg());
            insight.burn.stint_kg = Some(burned.stint.mass().kg());
            insight.burn.stage_kg = Some(burned.stage.mass().kg());
            insight.burn.race_kg = Some(burned.race.mass().kg());
            insight.trust.imputed_pct = share_pct(burned.stint_imputed, burned.stint);
            insight.trust.imputed_lap_pct = Some(share_pct(burned.lap_imputed, burned.lap));
            insight.economy.mpg_stint = fold
                .stint_distance_m
                .and_then(|metres| miles_per_gallon(metres, self.volume(burned.stint.mass())));
        }
        if let Some(scale) = scale.filter(|_| fold.burned.is_some()) {
            insight.scale.factor = fold.calibrated.then_some(scale.factor);
            insight.scale.sd_pct = Some(100.0 * scale.sd());
        }
        insight.economy.mpg_last_lap =
            fold.last_lap.filter(|lap| !lap.is_estimated()).and_then(|lap| self.mpg(&[lap]));
        insight.economy.last_lap_imputed_pct = fold.last_lap.map(|lap| share_pct(lap.imputed, lap.burned));
        if fold.clean_laps.len() >= GREEN_LAPS_MIN.min(self.race.settings.green_laps) {
            insight.economy.mpg_5 = self.mpg(&fold.clean_laps);
            insight.economy.mpg_5_sd = insight
                .economy
                .mpg_5
                .zip(scale)
                .map(|(mpg, scale)| mpg * against_others_sd(&fold.clean_laps, scale));
            let sum = |of: fn(&ClosedLap) -> FuelMicrograms| {
                fold.clean_laps.iter().fold(FuelMicrograms::default(), |sum, lap| sum + of(lap))
            };
            insight.economy.mpg_5_imputed_pct =
                insight.economy.mpg_5.map(|_| share_pct(sum(|lap| lap.imputed), sum(|lap| lap.burned)));
        }
    }

    pub fn say_against_field(&self, fold: &CarFold, scale: Option<&Scale>, insight: &mut CarInsight) {
        let Some(field_kg_m) = self.field_kg_m else { return };
        let against = |kg_m: f64| 100.0 * (kg_m / field_kg_m - 1.0);
        insight.relative.last_lap_pct =
            fold.last_lap.filter(|lap| lap.clean).and_then(|lap| burn_kg_m(&[lap])).map(against);
        if fold.clean_laps.len() >= GREEN_LAPS_MIN {
            insight.relative.pct = burn_kg_m(fold.clean_laps.iter()).map(against);
            insight.relative.sd_pct = insight
                .relative
                .pct
                .zip(scale)
                .map(|(_, scale)| 100.0 * against_others_sd(&fold.clean_laps, scale));
        }
    }

    /// What is left, for how many laps, and whether that is enough.
    pub fn say_tank(
        &self,
        fold: &CarFold,
        car: &mut FieldCar,
        (level, remaining): (&TankLevel, &Remaining),
        insight: &mut CarInsight,
    ) {
        insight.tank.remaining_kg = Some(remaining.mean_kg);
        insight.tank.remaining_sd_kg = Some(remaining.sd_kg);
        insight.scale.sd_pct = Some(100.0 * remaining.scale_sd);
        let Some(forecast) = self.forecast(fold, car, (level, remaining)) else { return };
        if let Ok(laps) = forecast.laps_left() {
            insight.tank.laps_left = Some(laps.mean.max(0.0));
            insight.tank.laps_left_sd = Some(laps.sd);
        }
        insight.forecast = self.foreseen(fold, car).and_then(|foreseen| match &car.forecast {
            Some((before, forecast)) if *before == foreseen => *forecast,
            _ => {
                let forecast = forecast.forecast();
                car.forecast = Some((foreseen, forecast));
                forecast
            }
        });
    }

    /// What the driver does, and what else is to be seen of the car.
    pub fn say_driving(&self, fold: &CarFold, insight: &mut CarInsight) {
        self.detect.tell(fold, insight);
        let retired = self.race.entrants.retired(fold.vehicle).is_some_and(|at| at < self.end);
        let is_elsewhere = if retired || (fold.engine_off && !fold.in_pit) {
            Some(Mode::Off)
        } else if fold.in_pit {
            Some(Mode::Pit)
        } else {
            matches!(self.flag, Flag::Yellow | Flag::Red).then_some(Mode::Caution)
        };
        if let Some(mode) = is_elsewhere {
            (insight.driving.mode, insight.driving.reason) = (mode, None);
            insight.driving.signs.retain(|seen| seen.sign.is_of_engine());
        }
    }

    /// The worst that can be said of the numbers of a car.
    pub fn quality(
        &self,
        fold: &CarFold,
        imputed_pct: f64,
        level_in_conflict: bool,
        is_contradicted: bool,
    ) -> Quality {
        let missing =
            |silence: Option<Span>| silence.is_none_or(|silence| silence > fold.age + SIGNAL_LOST_AFTER);
        if fold.age > LOST_AFTER {
            Quality::Lost
        } else if fold.age >= STALE_AFTER {
            Quality::Stale
        } else if missing(fold.rpm_silence) {
            Quality::NoRpm
        } else if missing(fold.throttle_silence) {
            Quality::NoThrottle
        } else if !fold.calibrated {
            Quality::Uncalibrated
        } else if is_contradicted {
            Quality::EvidenceConflict
        } else if level_in_conflict {
            Quality::LevelConflict
        } else if imputed_pct > IMPUTED_NOTED_PCT {
            Quality::Imputed
        } else if fold.clean_laps.len() < GREEN_LAPS_MIN {
            Quality::NotYet
        } else {
            Quality::Sound
        }
    }
}
