//! What is to come for a car, from what is in its tank: docs/fuel-model.md §11.

use super::laps::CleanLaps;
use super::tank_account::{LevelInputs, TankReading};
use super::window::FieldWindow;
use crate::car::CarFold;
use crate::scale::Scale;
use events::{Flag, Forecast, LapLabel};
use fuel::forecast::{Assumptions, FuelToAdd, SaveTarget, Situation, Unknown};
use fuel::{LogScale, Spread, forecast, prior};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use units::{EventTime, METRES_PER_MILE, Mass, Volume};

/// Laps under caution at the end of a stage, and until a green flag when it is shown now. Assumed; see
/// docs/fuel-model.md §11.
const STAGE_CAUTION_LAPS: f64 = 5.0;
/// How long cars race, on average, until a caution that nobody planned, seconds; and for how many laps. Assumed: a Cup race
/// sees some five or six of them in three hours.
const CAUTION_EVERY_S: f64 = 1_800.0;
const CAUTION_LAPS: f64 = 5.0;
/// More of them than this are not reckoned with.
const CAUTIONS_MAX: u32 = 3;
const CAUTION_LAPS_AHEAD: f64 = 3.0;

/// When a forecast is made again: when the level changes, or the scale, the lap that the car is on, or the flag.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct ForecastInputs {
    /// What the level in the tank follows from.
    pub level: LevelInputs,
    /// The lap that the car is on.
    pub lap: Option<i32>,
    /// The flag in force.
    pub flag: Flag,
}

/// What a lap burned by its kind, kg.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct LapBurn {
    green_kg: Option<f64>,
    caution_kg: Option<f64>,
    /// The lap under caution that was counted last.
    caution_to: Option<EventTime>,
}

impl LapBurn {
    /// The newest clean laps are how it burns now. Of laps under caution a running mean: no two are alike.
    pub fn follow(&mut self, fold: &CarFold, clean: &CleanLaps) {
        self.green_kg = clean.lap_kg.or(self.green_kg);
        if let Some(lap) =
            fold.last_lap.as_ref().filter(|lap| lap.label == LapLabel::Caution && !lap.is_estimated())
            && self.caution_to != Some(lap.to)
        {
            self.caution_to = Some(lap.to);
            let kg = lap.burned.mass().kg();
            self.caution_kg = Some(self.caution_kg.map_or(kg, |before| before + 0.3 * (kg - before)));
        }
    }
}

/// What forecasts take for granted, in words: written again when the flag changes, or the race.
#[derive(Clone, Debug, Default)]
pub(super) struct WrittenAssumptions {
    /// Under which flag and revision of the race.
    written_for: Option<(Flag, u64)>,
    list: Arc<[String]>,
}

impl WrittenAssumptions {
    /// A sentence for each.
    pub fn of(&mut self, window: &FieldWindow) -> Arc<[String]> {
        let now = Some((window.flag, window.race.revisions.newest()));
        if self.written_for != now {
            (self.written_for, self.list) = (now, assumptions(window).into());
        }
        self.list.clone()
    }
}

/// A car's situation, and what is taken for granted about the rest of its race.
pub(super) struct RestOfRace<'a> {
    situation: Situation,
    window: &'a FieldWindow<'a>,
    laps_to_go: Option<u32>,
    /// How many cautions that nobody planned are to be expected.
    cautions: f64,
}

fn assumptions(window: &FieldWindow) -> Vec<String> {
    if window.race.session().is_none_or(|session| session.laps.is_none()) {
        return Vec::new();
    }
    let mut list: Vec<String> = Assumptions::default().overtime().iter().map(ToString::to_string).collect();
    list.push(format!("{STAGE_CAUTION_LAPS} laps under caution at the end of every stage to come"));
    if window.flag == Flag::Yellow {
        list.push(format!("{CAUTION_LAPS_AHEAD} more laps under this caution"));
    }
    let minutes = CAUTION_EVERY_S / 60.0;
    list.push(format!(
        "a caution of {CAUTION_LAPS} laps in every {minutes} minutes of racing, once one has been seen"
    ));
    list.push("laps to come burn what this car's newest clean laps did".into());
    let (reserve, sd) = (prior::RESERVE_GAL, prior::RESERVE_SD_GAL);
    list.push(format!("the last {reserve} ± {sd} gal of a tank cannot be used"));
    list.push("sure means a chance of 90 %".into());
    list
}

/// Laps that the car will still drive itself, and how many of them under caution. It takes the flag when it crosses the
/// line next after the leader has finished.
fn laps_to_go(fold: &CarFold, window: &FieldWindow) -> Option<(f64, f64)> {
    if window.flag == Flag::Checkered {
        return None;
    }
    let session = window.race.session()?;
    let leader_left = f64::from(session.laps?) - window.leader?.laps;
    let own = fold.lap_distance.unwrap_or(0.0);
    let laps = ((leader_left + own).ceil() - own).max(0.0);
    let leader_lap = window.leader?.laps;
    let stages = session.stages.iter().filter(|end| f64::from(**end) > leader_lap).count();
    let ahead = if window.flag == Flag::Yellow { CAUTION_LAPS_AHEAD } else { 0.0 };
    let caution = (stages as f64 * STAGE_CAUTION_LAPS + ahead).min(laps);
    Some((laps, caution))
}

impl<'a> RestOfRace<'a> {
    /// By the tank of a car at its scale, and what its laps burn.
    pub fn of(
        fold: &CarFold,
        tank: &TankReading,
        scale: &Scale,
        laps: &LapBurn,
        window: &'a FieldWindow<'a>,
    ) -> Option<RestOfRace<'a>> {
        let (burned, density) = (fold.burned.as_ref()?, window.density);
        let TankReading { level, remaining, .. } = tank;
        let gal = |kg: f64| density.volume(Mass::from_kg(kg)).us_gallons();
        // everything here is at the car's scale already; the forecast wants it before that
        let unscaled = |kg: f64| gal(kg) / scale.factor;
        let to_go = laps_to_go(fold, window);
        let (green, caution) = to_go.map_or((None, 0.0), |(laps, caution)| (Some(laps - caution), caution));
        let has_caution = laps.caution_kg.is_some();
        let situation = Situation {
            level_gal: Some(Spread { mean: gal(level.anchored_kg()), sd: gal(level.sd_kg()) }),
            burned_gal: unscaled(remaining.since_anchor_kg),
            imputed_sd_gal: gal(burned.stint_gap_var_g2.sqrt() * 1e-3),
            scale: LogScale { var: remaining.scale_sd * remaining.scale_sd, ..scale.ln },
            shape_sd: 0.0, // it is part of the above
            green_lap_gal: laps.green_kg.map(unscaled),
            caution_lap_gal: laps.caution_kg.map(unscaled),
            laps_done: fold.lap.map(|lap| f64::from(lap.max(1) - 1) + fold.lap_distance.unwrap_or(0.0)),
            green_laps_left: if has_caution { green } else { green.map(|green| green + caution) },
            caution_laps_left: if has_caution { caution } else { 0.0 },
            lap_miles: window.race.conditions.track_length_m().map(|metres| metres / METRES_PER_MILE),
            tank: window.tank,
        };
        Some(RestOfRace {
            situation,
            window,
            laps_to_go: to_go.map(|(laps, _)| laps.ceil() as u32),
            cautions: match (green, fold.clean_laps.last()) {
                (Some(green), Some(lap)) if has_caution => {
                    green * (lap.to - lap.from).secs() / CAUTION_EVERY_S
                }
                _ => 0.0,
            },
        })
    }

    fn model(&self) -> forecast::Forecast<'_> {
        forecast::Forecast { situation: &self.situation, assumptions: self.window.taken_for_granted }
    }

    /// Green laps of fuel.
    ///
    /// # Errors
    /// What is missing.
    pub fn laps_left(&self) -> Result<Spread, Unknown> {
        self.model().laps_left()
    }

    /// Chance to reach the finish, over overtime and over cautions that nobody planned: so many as a Poisson distribution
    /// expects, each in place of green laps.
    fn make_it(&self) -> Result<f64, Unknown> {
        let green = self.situation.green_laps_left.unwrap_or(0.0);
        let (mut sum, mut weights, mut weight) = (0.0, 0.0, 1.0);
        for cautions in 0..=CAUTIONS_MAX {
            let laps = (f64::from(cautions) * CAUTION_LAPS).min(green);
            let situation = Situation {
                green_laps_left: self.situation.green_laps_left.map(|green| green - laps),
                caution_laps_left: self.situation.caution_laps_left + laps,
                ..self.situation
            };
            let model =
                forecast::Forecast { situation: &situation, assumptions: self.window.taken_for_granted };
            (sum, weights) = (sum + weight * model.make_it()?.p, weights + weight);
            weight *= self.cautions / f64::from(cautions + 1);
            if weight <= 0.0 {
                break;
            }
        }
        Ok(sum / weights)
    }

    /// Everything about the end of the race; `None` where not enough is known.
    pub fn forecast(&self) -> Option<Forecast> {
        let (model, kg) =
            (self.model(), |gal: f64| self.window.density.mass(Volume::from_us_gallons(gal)).kg());
        let long = model.laps_long().ok()?;
        let window = model.pit_window().ok();
        let (mut mpg, mut save_kg, mut save_pct) = (None, None, None);
        if let Ok(SaveTarget::Burn { mpg: target, save_lap_gal, save_pct: pct, .. }) = model.save_target() {
            (mpg, save_kg, save_pct) = (target, Some(kg(save_lap_gal)), Some(pct));
        }
        let add_gal = match model.fuel_to_add(prior::CANS_SD_GAL).ok()? {
            FuelToAdd::Nothing => Some(0.0),
            FuelToAdd::Add { gal } | FuelToAdd::Fill { room_gal: gal } => Some(gal),
            FuelToAdd::NotOnThisStop { .. } => None,
        };
        Some(Forecast {
            laps_to_go: self.laps_to_go?,
            make_it: self.make_it().ok()?,
            laps_long: long.mean,
            laps_long_sd: long.sd,
            save_target_mpg: mpg,
            save_per_lap_kg: save_kg,
            save_pct,
            window_opens_lap: window.map(|window| window.opens),
            window_closes_lap: window.and_then(|window| window.closes),
            one_stop_is_enough: window.map(|window| window.one_stop_is_enough()),
            fuel_to_add_kg: add_gal.map(kg),
        })
    }
}
