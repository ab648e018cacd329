//! One car of the field: what is kept of it from window to window, and the insight that a window gives of it.

use super::answers::ModelAnswers;
use super::detect::CarDetect;
use super::economy;
use super::forecast::{ForecastInputs, LapBurn, RestOfRace};
use super::laps::{CleanLaps, scale_closed};
use super::tank_account::{TankAccount, TankReading};
use super::trust;
use super::window::FieldWindow;
use crate::car::CarFold;
use crate::scale::Scale;
use events::{BurnScale, CarInsight, Forecast, FuelLeft, Mode, Quality, SessionId, VehicleId};
use fuel::Spread;
use serde::{Deserialize, Serialize};
use units::EventTime;

/// The state of one car between windows.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct FieldCar {
    /// What somebody's own model answered of it.
    pub answers: ModelAnswers,
    /// Its newest insight, without what is not shown any more once it is silent.
    last: CarInsight,
    /// What is known of its scale.
    pub scale: Option<Scale>,
    /// Of the race, when it last concerned the car.
    pub revision: u64,
    /// What the detectors remember of it, while it takes part.
    pub detect: CarDetect,
    tank: TankAccount,
    lap_burn: LapBurn,
    /// Its forecast, and what it follows from.
    forecast: Option<(ForecastInputs, Option<Forecast>)>,
    /// Its newest clean laps at scale.
    #[serde(skip)]
    pub clean: CleanLaps,
}

impl FieldCar {
    /// A car of which nothing is known.
    pub fn new(session: SessionId, vehicle: VehicleId, end: EventTime) -> Self {
        FieldCar {
            answers: ModelAnswers::default(),
            last: CarInsight::of_nothing(session, vehicle, end),
            scale: None,
            revision: 0,
            detect: CarDetect::default(),
            tank: TankAccount::default(),
            lap_burn: LapBurn::default(),
            forecast: None,
            clean: CleanLaps::default(),
        }
    }

    /// Whose it is.
    pub fn vehicle(&self) -> VehicleId {
        self.last.vehicle_id
    }

    /// Its insight with no fold in this window: as it was, but older.
    pub fn grow_old(&mut self, window: &FieldWindow) -> CarInsight {
        let grown_ms = (window.end - self.last.window_end_us).us() / 1000;
        self.last.window_end_us = window.end;
        self.last.track.flag = window.flag;
        self.last.trust.age_ms = self.last.trust.age_ms.map(|ms| ms.saturating_add(grown_ms));
        self.last.burn.rate_g_s = None;
        self.last.driving.mode = Mode::Off;
        self.last.trust.quality = Quality::Lost;
        self.last.clone()
    }

    /// Brings a fold to the scale of the car; what it had burned at its stops is kept at scale 0.
    pub fn bring_to_scale(&mut self, fold: &mut CarFold) {
        self.tank.follow(fold);
        let scale = self.scale.as_ref();
        fold.clean_laps = self.clean.follow(&fold.clean_laps, scale, fold.calibrated);
        let Some(scale) = scale.filter(|_| fold.calibrated) else { return };
        fold.rate_g_s = fold.rate_g_s.map(|rate| rate * scale.factor);
        fold.burned = fold.burned.as_ref().map(|burned| burned.scaled(scale.factor));
        fold.last_lap = fold.last_lap.as_ref().map(|lap| scale_closed(lap, scale));
        self.answers.correct(fold);
    }

    /// Takes the window's fold, at scale: each part of the insight follows from it by itself.
    pub fn fold(&mut self, fold: &CarFold, window: &FieldWindow) -> CarInsight {
        self.lap_burn.follow(fold, &self.clean);
        let scale = self.scale;
        let tank = scale.and_then(|scale| self.tank.read(fold, scale, self.revision, window.race));
        let (laps_left, forecast) = match (&tank, scale) {
            (Some(tank), Some(scale)) => self.rest_of_race(fold, tank, &scale, window),
            _ => (None, None),
        };
        let remaining = tank.map(|tank| tank.remaining);
        let trust_inputs = trust::Conflicts {
            level: remaining.is_some_and(|remaining| remaining.is_in_conflict),
            evidence: scale.is_some_and(|scale| scale.is_contradicted),
        };
        let mut driving = window.driving(fold, self.detect.style(fold));
        // these are of now: what is kept of the car until it is silent has none, and costs no allocation
        let (signs, reason) = (std::mem::take(&mut driving.signs), driving.reason.take());
        self.last = CarInsight {
            session: window.session,
            vehicle_id: fold.vehicle,
            window_end_us: window.end,
            track: window.track(fold),
            burn: economy::burn(fold),
            economy: economy::economy(fold, &self.clean, window),
            stint: economy::stint(fold),
            tank: FuelLeft {
                remaining_kg: remaining.map(|remaining| remaining.mean_kg),
                remaining_sd_kg: remaining.map(|remaining| remaining.sd_kg),
                laps_left: laps_left.map(|laps| laps.mean.max(0.0)),
                laps_left_sd: laps_left.map(|laps| laps.sd),
            },
            relative: economy::against_field(fold, &self.clean, window),
            scale: self.burn_scale(fold, tank.as_ref(), window),
            forecast,
            driving,
            trust: trust::of(fold, &trust_inputs),
        };
        let mut insight = self.last.clone();
        (insight.driving.signs, insight.driving.reason) = (signs, reason);
        insight
    }

    /// What the law is multiplied by, and who answers for it.
    fn burn_scale(&self, fold: &CarFold, tank: Option<&TankReading>, window: &FieldWindow) -> BurnScale {
        let scale = self.scale.filter(|_| fold.burned.is_some());
        let sd = tank.map(|tank| tank.remaining.scale_sd).or(scale.map(|scale| scale.sd()));
        BurnScale {
            sd_pct: sd.map(|sd| 100.0 * sd),
            model: self.answers.model(window.end).unwrap_or(window.model),
            factor: scale.filter(|_| fold.calibrated).map(|scale| scale.factor),
        }
    }

    /// Green laps of fuel, and the forecast: made anew once a lap, and when something else than distance changes.
    fn rest_of_race(
        &mut self,
        fold: &CarFold,
        tank: &TankReading,
        scale: &Scale,
        window: &FieldWindow,
    ) -> (Option<Spread>, Option<Forecast>) {
        let Some(rest) = RestOfRace::of(fold, tank, scale, &self.lap_burn, window) else {
            return (None, None);
        };
        let inputs = ForecastInputs { level: tank.inputs, lap: fold.lap, flag: window.flag };
        let forecast = match self.forecast {
            Some((before, forecast)) if before == inputs => forecast,
            _ => rest.forecast(),
        };
        self.forecast = Some((inputs, forecast));
        (rest.laps_left().ok(), forecast)
    }
}
