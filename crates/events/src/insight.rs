//! What comes out: one [`CarInsight`] per vehicle and window, one [`LapSummary`] per closed lap.

use crate::{ActiveSign, Flag, Forecast, ModelId, SessionId, Story, VehicleId};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use units::EventTime;

/// What is known of one vehicle at the end of one window. Missing is `null`, never zero.
///
/// Burn is fuel mass since the start of the lap, stint, stage or race. A stint lies between two stops. Every `_sd` is one
/// standard deviation. `(session, vehicle_id, window_end_us)` names an insight: writing it twice writes it once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CarInsight {
    /// The session.
    pub session: SessionId,
    /// The vehicle.
    pub vehicle_id: VehicleId,
    /// End of the window, exclusive, microseconds UTC.
    pub window_end_us: EventTime,
    /// The lap the car is on, counted from 1.
    pub lap: Option<u32>,
    /// How far round that lap, 0..1.
    pub lap_distance: Option<f64>,
    /// Running order by distance, 1 leads.
    pub position: Option<u32>,
    /// The flag at the window's end.
    pub flag: Flag,
    /// Fuel flow at the window's end, g/s.
    pub rate_g_s: Option<f64>,
    /// Burned since the start of the lap, kg.
    pub burned_lap_kg: Option<f64>,
    /// Burned since the last stop, kg.
    pub burned_stint_kg: Option<f64>,
    /// Burned since the start of the stage, kg.
    pub burned_stage_kg: Option<f64>,
    /// Burned since the start of the session, kg.
    pub burned_race_kg: Option<f64>,
    /// Economy of the last whole lap, whatever its flag, miles per US gallon. `None` if more than 20 % of it was imputed.
    pub mpg_last_lap: Option<f64>,
    /// Share of the last whole lap's burn that was imputed across gaps, percent; above 20 the lap is but estimated.
    pub mpg_last_lap_imputed_pct: Option<f64>,
    /// Economy of the last N clean green laps of the stint (5 unless configured).
    pub mpg_5: Option<f64>,
    /// Standard deviation of `mpg_5`, the error common to the whole field apart: see `scale_sd_pct`.
    pub mpg_5_sd: Option<f64>,
    /// Share of the burn behind `mpg_5` that was imputed across gaps, percent.
    pub mpg_5_imputed_pct: Option<f64>,
    /// Economy of the stint so far.
    pub mpg_stint: Option<f64>,
    /// Whole laps in the stint so far.
    pub stint_laps: u32,
    /// Clean green laps in `mpg_5`, at most N.
    pub green_laps: u32,
    /// Stops so far.
    pub stops: u32,
    /// Fuel in the tank, kg.
    pub remaining_kg: Option<f64>,
    /// Standard deviation of `remaining_kg`.
    pub remaining_sd_kg: Option<f64>,
    /// Green laps left in the tank.
    pub laps_left: Option<f64>,
    /// Standard deviation of `laps_left`.
    pub laps_left_sd: Option<f64>,
    /// Burn per mile over the last N green laps against the field median, percent; negative burns less.
    pub relative_pct: Option<f64>,
    /// Standard deviation of `relative_pct`.
    pub relative_sd_pct: Option<f64>,
    /// The same for the last lap alone.
    pub relative_last_lap_pct: Option<f64>,
    /// Standard deviation of all absolute burn by its scale, which the whole field shares until stops have been seen,
    /// percent.
    pub scale_sd_pct: Option<f64>,
    /// The model that all this follows from; `priors` before any was told.
    #[serde(default)]
    pub model: ModelId,
    /// What the model and the stops so far have taught of this car: every burn above is the law's times this.
    #[serde(default)]
    pub scale: Option<f64>,
    /// Whether it makes the finish. `None`: not enough information.
    #[serde(default)]
    pub forecast: Option<Forecast>,
    /// Burn of the last laps saved against the car's own at the start of the stint, percent; negative burns more.
    #[serde(default)]
    pub save_amount_pct: Option<f64>,
    /// How plainly its driver saves fuel by how he drives, over his last two clean laps: 0 not at all, 1 about half of
    /// what a driver can do by one means. Sorts drivers; not a part of the fuel.
    #[serde(default)]
    pub save_score: Option<f64>,
    /// What else it is seen to do.
    #[serde(default)]
    pub signs: Vec<ActiveSign>,
    /// What the driver does.
    pub mode: Mode,
    /// Why that is said, in words; `None` where the mode needs no reason.
    #[serde(default)]
    pub mode_reason: Option<String>,
    /// Whether the numbers can be trusted, and if not, why.
    pub quality: Quality,
    /// Share of the stint's burn that was imputed across gaps, percent.
    pub imputed_pct: f64,
    /// Share of the open lap's burn that was imputed across gaps, percent.
    pub imputed_lap_pct: Option<f64>,
    /// From the newest sample to the window's end, milliseconds.
    pub age_ms: Option<i64>,
}

impl CarInsight {
    /// An insight into a car of which nothing is known.
    pub fn of_nothing(session: SessionId, vehicle_id: VehicleId, window_end_us: EventTime) -> Self {
        CarInsight {
            session,
            vehicle_id,
            window_end_us,
            lap: None,
            lap_distance: None,
            position: None,
            flag: Flag::Unknown,
            rate_g_s: None,
            burned_lap_kg: None,
            burned_stint_kg: None,
            burned_stage_kg: None,
            burned_race_kg: None,
            mpg_last_lap: None,
            mpg_last_lap_imputed_pct: None,
            mpg_5: None,
            mpg_5_sd: None,
            mpg_5_imputed_pct: None,
            mpg_stint: None,
            stint_laps: 0,
            green_laps: 0,
            stops: 0,
            remaining_kg: None,
            remaining_sd_kg: None,
            laps_left: None,
            laps_left_sd: None,
            relative_pct: None,
            relative_sd_pct: None,
            relative_last_lap_pct: None,
            scale_sd_pct: None,
            model: ModelId::default(),
            scale: None,
            forecast: None,
            save_amount_pct: None,
            save_score: None,
            signs: Vec::new(),
            mode: Mode::Unknown,
            mode_reason: None,
            quality: Quality::Unknown,
            imputed_pct: 0.0,
            imputed_lap_pct: None,
            age_ms: None,
        }
    }
}

/// What the driver does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Saves fuel by how he drives: coasts, holds back, shifts early.
    Saving,
    /// As the field.
    Neutral,
    /// Burns more than the field, and holds nothing back.
    Hard,
    /// Under caution or a red flag.
    Caution,
    /// On the pit road.
    Pit,
    /// Engine off, or out of the race.
    Off,
    /// Not enough information.
    #[default]
    Unknown,
}

/// Whether numbers can be trusted, and if not, why. The worst that applies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quality {
    /// They can.
    Sound,
    /// Fewer than three clean green laps in the stint.
    NotYet,
    /// More than 2 % of the stint was imputed across gaps.
    Imputed,
    /// The tank would be empty and more by these numbers, yet the car runs: a stop added more than is known, or the scale
    /// is off. What is left in the tank is not to be trusted.
    LevelConflict,
    /// Fuel told of it contradicts what it burned by far more than both can err: it was not applied in full.
    EvidenceConflict,
    /// The absolute scale is unknown: only ratios mean anything.
    Uncalibrated,
    /// No throttle, or it is stuck.
    NoThrottle,
    /// No engine speed, or it is stuck.
    NoRpm,
    /// Nothing heard for two seconds.
    Stale,
    /// Nothing heard for ten seconds.
    Lost,
    /// Nothing known.
    #[default]
    Unknown,
}

/// A closed lap, final: every sample that can still count is in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LapSummary {
    /// The session.
    pub session: SessionId,
    /// The vehicle.
    pub vehicle_id: VehicleId,
    /// The lap, as the car counts.
    pub lap: u32,
    /// Which stint of the car, from 0.
    pub stint: u32,
    /// Crossing that opened it.
    pub from_us: EventTime,
    /// Crossing that closed it.
    pub to_us: EventTime,
    /// Under which flag it was run.
    pub label: LapLabel,
    /// Whole, off the pit road, under green or in a session that shows no flags, with at most 20 % imputed: fit for mpg
    /// windows.
    pub clean: bool,
    /// Fuel burned, kg.
    pub burned_kg: f64,
    /// Part of `burned_kg` that was imputed across gaps, kg.
    pub imputed_kg: f64,
    /// Standard deviation of `burned_kg`, scale error apart.
    pub burned_sd_kg: f64,
    /// Length, metres.
    pub distance_m: Option<f64>,
    /// Miles per US gallon. `None` if more than 20 % was imputed: the lap is but estimated.
    pub mpg: Option<f64>,
    /// Part of `burned_kg` that was burned in each of 40 equal parts of the lap by distance, from line to line, grams.
    /// Empty where a feed has no lap distance, or did not tell it all the way round.
    #[serde(default)]
    pub burned_parts_g: Vec<f64>,
}

/// Under which flag a lap was run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LapLabel {
    /// Racing from line to line.
    Green,
    /// Some of it under caution or red.
    Caution,
    /// Some of it on the pit road.
    Pit,
    /// Nobody has shown a flag.
    #[default]
    Unknown,
}

/// The field at the end of one window: what a screen shows at once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Board {
    /// The session.
    pub session: SessionId,
    /// End of the window, exclusive, microseconds UTC.
    pub window_end_us: EventTime,
    /// The flag at the window's end.
    pub flag: Flag,
    /// The leader's lap.
    pub lap: Option<u32>,
    /// Field median of burn per mile over the last N green laps, as miles per US gallon.
    pub field_mpg: Option<f64>,
    /// The model in force.
    #[serde(default)]
    pub model: ModelId,
    /// What forecasts take for granted, a sentence each.
    #[serde(default)]
    pub assumptions: Arc<[String]>,
    /// What is worth telling, what matters most first.
    #[serde(default)]
    pub stories: Vec<Story>,
    /// One insight a car, in order of vehicle id.
    pub cars: Vec<CarInsight>,
}

impl Board {
    /// A board of a session of which nothing is known.
    pub fn of_nothing(session: SessionId, window_end_us: EventTime) -> Self {
        Board {
            session,
            window_end_us,
            flag: Flag::Unknown,
            lap: None,
            field_mpg: None,
            model: ModelId::default(),
            assumptions: Arc::default(),
            stories: Vec::new(),
            cars: Vec::new(),
        }
    }
}
