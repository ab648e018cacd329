//! The driver: how fast he wants to go here, and what his feet do about it.

use crate::motion::Pedals;
use crate::random::{Concern, Random};
use crate::track::{Point, Track};
use crate::traffic::Ahead;

/// Distance between cars in line under caution: two rows, 13 m from row to row.
pub(crate) const SPACING_M: f64 = 6.5;
/// How fast he closes a gap that is too wide, m/s per metre.
const CLOSING_PER_S: f64 = 0.12;
/// Who saves all he can lifts this far below the speed that still makes the corner.
const EARLY_MPS: f64 = 3.5;
/// Who saves at least this much lifts and coasts.
const COASTS_FROM: f64 = 0.25;
/// Grip lost over a long stint, and the laps of its decay. Source: docs/simulator.md §4.
const TYRE_WEAR: f64 = 0.038;
const TYRE_LAPS: f64 = 25.0;
/// Corner speed lost close behind another car.
const DIRTY_AIR: f64 = 0.008;
/// How far ahead his right foot thinks.
const PREVIEW_M: f64 = 30.0;

/// What a racing driver aims at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Aim {
    /// Faster than this the car slides: brake.
    pub limit_mps: f64,
    /// No throttle above this; below the limit for who lifts early.
    pub wanted_mps: f64,
    /// How that changes over the next [`PREVIEW_M`].
    pub change_mps: f64,
}

/// How he drives this lap.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Style {
    /// 0 nothing to 1 all he can.
    pub saving: f64,
    /// Races for the place, whatever it burns.
    pub hard: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Driver {
    random: Random,
    pace: f64,
    opening_per_s: f64,
    /// What he would save if nobody told him to: drawn anew at each restart.
    habit: f64,
    pub style: Style,
    lap_pace: f64,
    /// Slow wander of his aim, relative.
    wander: f64,
    tyre_laps: f64,
    /// Off the throttle early, until the corner's slowest point.
    coasting: bool,
}

impl Driver {
    pub fn new(seed: u64, car: usize) -> Self {
        let mut random = Random::new(seed, Concern::Driver, car);
        let mut driver = Driver {
            pace: 1.0 + random.normal(0.004),
            opening_per_s: random.between(1.8, 3.6),
            habit: 0.0,
            style: Style::default(),
            lap_pace: 1.0,
            wander: 0.0,
            tyre_laps: 0.0,
            coasting: false,
            random,
        };
        driver.restart();
        driver
    }

    /// One without a pace, a habit or a style of his own.
    pub fn steady(seed: u64, car: usize) -> Self {
        let style = Style::default();
        Driver { pace: 1.0, opening_per_s: 2.7, habit: 0.0, style, ..Driver::new(seed, car) }
    }

    /// The field goes green: he makes up his mind anew. Source of the distribution: docs/simulator.md §4.
    pub fn restart(&mut self) {
        self.habit = self.random.beta(0.8, 2.2);
        self.choose_style(0.0);
    }

    /// A new lap; the pit wall asks for at least this much saving.
    pub fn new_lap(&mut self, asked: f64, racing: bool) {
        self.lap_pace = 1.0 + self.random.normal(0.0012);
        self.choose_style(asked);
        if racing {
            self.tyre_laps += 1.0;
        }
    }

    pub fn new_tyres(&mut self) {
        self.tyre_laps = 0.0;
    }

    fn choose_style(&mut self, asked: f64) {
        self.style = Style { saving: self.habit.max(asked), hard: asked <= 0.0 && self.habit < 0.06 };
    }

    /// Speed to race at, here and now.
    pub fn race_aim(&mut self, track: &Track, distance_m: f64, ahead: Option<Ahead>) -> Aim {
        self.wander = 0.985 * self.wander + 0.0012 * (self.random.uniform() - 0.5);
        let wear = TYRE_WEAR * (1.0 - libm::exp(-self.tyre_laps / TYRE_LAPS));
        let behind = ahead.map_or(0.0, |ahead| DIRTY_AIR * libm::exp(-ahead.gap_m / 15.0));
        let effort = if self.style.hard { 1.003 } else { 1.0 - 0.012 * self.style.saving };
        let grip = self.pace * self.lap_pace * effort * (1.0 - wear) * (1.0 - behind) * (1.0 + self.wander);
        let wanted =
            |point: Point| grip * (point.limit_mps + self.style.saving * (point.coast_mps - point.limit_mps));
        let here = track.at(distance_m);
        let wanted_mps = wanted(here);
        let change_mps = wanted(track.at(distance_m + PREVIEW_M)) - wanted_mps;
        Aim { limit_mps: grip * here.limit_mps, wanted_mps, change_mps }
    }

    /// Speed to keep in line behind a car or the pace car, no more than `limit_mps`.
    pub fn following_mps(&mut self, limit_mps: f64, ahead: Option<Ahead>) -> f64 {
        self.wander = 0.985 * self.wander + 0.012 * (self.random.uniform() - 0.5);
        let free = limit_mps * (1.0 + self.wander);
        match ahead {
            Some(ahead) => free.min(ahead.speed_mps + CLOSING_PER_S * (ahead.gap_m - SPACING_M)).max(0.0),
            None => free,
        }
    }

    /// Closes the loop from speed wanted to pedals.
    pub fn race_pedals(&mut self, speed_mps: f64, aim: Aim) -> Pedals {
        let falling = aim.change_mps < -0.3;
        let lifts =
            self.style.saving > COASTS_FROM && speed_mps >= aim.wanted_mps - EARLY_MPS * self.style.saving;
        self.coasting = falling && (self.coasting || lifts);
        let lift = 0.18 * aim.change_mps.min(0.0);
        Pedals {
            throttle: if self.coasting { 0.0 } else { 0.45 + 0.30 * (aim.wanted_mps - speed_mps) + lift },
            brake: 0.12 * (speed_mps - aim.limit_mps - 0.8),
            opening_per_s: self.opening_per_s,
            racing: true,
        }
    }

    /// The same at caution or pit-road speed: gently. `firm`: for the pit road's limit and the box.
    pub fn cruise_pedals(&self, speed_mps: f64, wanted_mps: f64, firm: bool) -> Pedals {
        let error = wanted_mps - speed_mps;
        let brake = if firm { 0.35 * (-error - 0.2) } else { (0.10 * (-error - 0.7)).min(0.30) };
        Pedals {
            throttle: if brake > 0.0 { 0.0 } else { 0.0045 * wanted_mps + 0.05 * error },
            brake,
            opening_per_s: 1.5,
            racing: false,
        }
    }
}
