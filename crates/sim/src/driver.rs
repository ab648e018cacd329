//! The driver: how fast he wants to go here, and what his feet do about it.

mod pack;
mod style;

pub(crate) use style::{SavingWay, Style};

use crate::motion::{BRAKING_MPS2, Pedals, STEP_S};
use crate::random::{Concern, Random};
use crate::track::{Point, Track};
use crate::traffic::{APRON, Neighbour, SPACING_M, View};
use pack::Packing;
pub(crate) use pack::{Seat, tempo};
use style::Habit;

/// How fast he closes a gap that is too wide, m/s per metre.
const CLOSING_PER_S: f64 = 0.12;
/// Who saves all he can lifts this far below the speed that still makes the corner.
const EARLY_MPS: f64 = 3.5;
/// Who saves at least this much lifts and coasts.
const COASTS_FROM: f64 = 0.25;
/// Grip lost over a long stint, and the distance of its decay. Source: docs/simulator.md §4.
const TYRE_WEAR: f64 = 0.038;
const TYRE_M: f64 = 60_000.0;
/// Corner speed lost close behind another car.
const DIRTY_AIR: f64 = 0.008;
/// How far ahead his right foot thinks.
const PREVIEW_M: f64 = 30.0;
/// How much more than his pace his drag changes from lap to lap.
const LINE_DRAG: f64 = 14.0;
/// Slower than this a corner need not be prepared by the brake pedal: it follows the speed.
const ANTICIPATES_MPS2: f64 = 4.6;
/// A dead engine under caution is started again when the car has lost this much speed, and sooner or later switched
/// off once more.
const ROLLS_MPS: f64 = 3.5;
const RUNS_AGAIN_S: (f64, f64) = (8.0, 30.0);

/// What a racing driver aims at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Aim {
    /// Faster than this the car slides: brake.
    pub limit_mps: f64,
    /// No throttle above this; below the limit for who lifts early.
    pub wanted_mps: f64,
    /// How that changes over the next [`PREVIEW_M`].
    pub change_mps: f64,
    /// How hard the car has to slow to keep to the limit over the same.
    pub slowing_mps2: f64,
    /// How far he opens the throttle at most.
    pub top_throttle: f64,
}

#[derive(Clone, Debug)]
pub(crate) struct Driver {
    random: Random,
    pace: f64,
    opening_per_s: f64,
    habit: Habit,
    pub style: Style,
    packing: Packing,
    lap_pace: f64,
    /// Slow wander of his aim, relative.
    wander: f64,
    /// Run on these tyres.
    tyres_m: f64,
    /// Off the throttle early, until the corner's slowest point.
    coasting: bool,
    /// Rolls with a dead engine under caution.
    pub engine_off: bool,
    /// Until he may switch it off.
    runs_s: f64,
}

impl Driver {
    pub fn new(seed: u64, car: usize, track: &Track) -> Self {
        let mut random = Random::new(seed, Concern::Driver, car);
        let pace = 1.0 + random.normal(0.004);
        let opening_per_s = random.between(1.8, 3.6);
        let habit = Habit::draw(&mut random, track);
        Driver {
            pace,
            opening_per_s,
            habit,
            style: habit.style(0.0),
            packing: Packing::new(&mut random),
            lap_pace: 1.0,
            wander: 0.0,
            tyres_m: 0.0,
            coasting: false,
            engine_off: false,
            runs_s: 0.0,
            random,
        }
    }

    /// One without a pace, a habit or a style of his own.
    pub fn steady(seed: u64, car: usize, track: &Track) -> Self {
        let (habit, style) = (Habit::default(), Style::default());
        Driver { pace: 1.0, opening_per_s: 2.7, habit, style, ..Driver::new(seed, car, track) }
    }

    /// The field goes green: he makes up his mind anew. `tempo`: see [`tempo`].
    pub fn restart(&mut self, track: &Track, view: &View, tempo: f64) {
        self.habit = Habit::draw(&mut self.random, track);
        self.style = self.habit.style(0.0);
        self.packing.restart(view, tempo);
        self.engine_off = false;
    }

    /// A new lap; the pit wall asks for at least this much saving.
    pub fn new_lap(&mut self, asked: f64, racing: bool, track: &Track) {
        self.lap_pace = 1.0 + self.random.normal(0.0012);
        self.style = self.habit.style(asked);
        if racing {
            self.tyres_m += track.lap_m;
        }
    }

    pub fn new_tyres(&mut self) {
        self.tyres_m = 0.0;
    }

    /// The lane that he races in.
    pub fn lane(&self) -> usize {
        self.packing.lane
    }

    /// His drag this lap against his usual one, by the line that he takes.
    pub fn line_drag(&self) -> f64 {
        1.0 - LINE_DRAG * (self.lap_pace - 1.0)
    }

    /// Leaves the pack.
    pub fn leave_pack(&mut self) {
        self.packing.lane = APRON;
    }

    /// Looks for a better place in the pack.
    pub fn choose_lane(&mut self, view: &View, seat: Seat) {
        self.packing.choose_lane(&mut self.random, view, seat, self.style.pulls_out_per_s());
    }

    /// Speed to race at, here and now.
    pub fn race_aim(&mut self, track: &Track, distance_m: f64, view: &View) -> Aim {
        self.wander = 0.985 * self.wander + 0.0012 * (self.random.uniform() - 0.5);
        let wear = TYRE_WEAR * (1.0 - libm::exp(-self.tyres_m / TYRE_M));
        let behind = DIRTY_AIR * libm::exp(-view.own().gap_m() / 15.0);
        let effort = if self.style.hard { 1.003 } else { 1.0 - 0.012 * self.style.saving };
        let grip = self.pace * self.lap_pace * effort * (1.0 - wear) * (1.0 - behind) * (1.0 + self.wander);
        let early = self.style.early_lift();
        let wanted = |point: Point| grip * (point.limit_mps + early * (point.coast_mps - point.limit_mps));
        let (here, soon) = (track.at(distance_m), track.at(distance_m + PREVIEW_M));
        let (limit_mps, limit_soon_mps) = (grip * here.limit_mps, grip * soon.limit_mps);
        let aim = Aim {
            limit_mps,
            wanted_mps: wanted(here),
            change_mps: wanted(soon) - wanted(here),
            slowing_mps2: (limit_mps * limit_mps - limit_soon_mps * limit_soon_mps) / (2.0 * PREVIEW_M),
            top_throttle: self.top_throttle(track, view),
        };
        if track.in_packs { self.in_pack(aim, view) } else { aim }
    }

    /// How far he opens the throttle at most, here: in a pack as far as the tow asks, without one by its pace.
    pub fn top_throttle(&self, track: &Track, view: &View) -> f64 {
        let liked = self.style.top_throttle();
        if track.in_packs { self.packing.top_throttle(view, liked) } else { liked }
    }

    /// Keeps the gap, and the tow, whatever it burns: alone everything burns more.
    fn in_pack(&self, aim: Aim, view: &View) -> Aim {
        let following_mps = self.packing.following_mps(view);
        if following_mps > aim.wanted_mps {
            return aim;
        }
        Aim { limit_mps: aim.limit_mps.min(following_mps + 1.0), wanted_mps: following_mps, ..aim }
    }

    /// Speed to keep in line behind a car or the pace car, no more than `limit_mps`.
    pub fn following_mps(&mut self, limit_mps: f64, ahead: Option<Neighbour>) -> f64 {
        self.wander = 0.985 * self.wander + 0.012 * (self.random.uniform() - 0.5);
        let free = limit_mps * (1.0 + self.wander);
        match ahead {
            Some(ahead) => free.min(ahead.speed_mps + CLOSING_PER_S * (ahead.gap_m - SPACING_M)).max(0.0),
            None => free,
        }
    }

    /// Whether he rolls with a dead engine. `wanted_mps`: the speed that keeps his place in line.
    pub fn roll_or_run(&mut self, allowed: bool, speed_mps: f64, wanted_mps: f64) {
        if self.engine_off {
            self.engine_off = allowed && speed_mps > wanted_mps - ROLLS_MPS;
            if !self.engine_off {
                self.runs_s = self.random.between(RUNS_AGAIN_S.0, RUNS_AGAIN_S.1);
            }
            return;
        }
        self.runs_s -= STEP_S;
        let up_to_speed = speed_mps > wanted_mps - 0.3;
        self.engine_off = allowed && self.style.switches_off && self.runs_s <= 0.0 && up_to_speed;
    }

    /// Closes the loop from speed wanted to pedals.
    pub fn race_pedals(&mut self, speed_mps: f64, aim: Aim) -> Pedals {
        let falling = aim.change_mps < -0.3;
        let early = self.style.early_lift();
        let lifts = early > COASTS_FROM && speed_mps >= aim.wanted_mps - EARLY_MPS * early;
        // a lift from before the caution, or the pit road, is over
        let is_slow = speed_mps < aim.wanted_mps - 3.0 * EARLY_MPS;
        self.coasting = falling && !is_slow && (self.coasting || lifts);
        let lift = 0.18 * aim.change_mps.min(0.0);
        let opened = 0.45 + 0.30 * (aim.wanted_mps - speed_mps) + lift;
        let over_mps = speed_mps - aim.limit_mps;
        let prepared = if over_mps > -1.0 { (aim.slowing_mps2 - ANTICIPATES_MPS2).max(0.0) } else { 0.0 };
        Pedals {
            throttle: if self.coasting { 0.0 } else { opened.min(aim.top_throttle) },
            brake: 0.12 * (over_mps - 0.8) + prepared / BRAKING_MPS2,
            opening_per_s: self.opening_per_s,
            racing: true,
            early_shift: self.style.early_shift(),
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
            ..Pedals::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::TrackKind;
    use crate::engine::{DESIGNS, EngineMap};
    use crate::motion::{Motion, Surroundings};
    use events::Air;

    const AIR: Air = Air { pressure_pa: 99_000.0, temperature_k: 298.15, vapour_pressure_pa: 1_200.0 };

    /// Seconds and grams of a flying lap alone, driven in this style.
    fn lap(kind: TrackKind, style: Style) -> (f64, f64) {
        let track = Track::new(kind);
        let engine = EngineMap::new(DESIGNS[0], track.package, AIR);
        let mut driver = Driver::new(1, 0, &track);
        driver.style = style;
        let mut motion = Motion::at_rest(0.0, 1_000.0);
        let (mut s, mut burned_g) = (0.0, 0.0);
        while motion.distance_m < 2.0 * track.lap_m {
            let aim = driver.race_aim(&track, motion.distance_m, &View::default());
            let around = Surroundings {
                engine: &engine,
                gears: &track.gears,
                fuel_kg: 30.0,
                drag_kg_m: 0.613,
                curvature: track.at(motion.distance_m).curvature,
                engine_on: true,
                pushed_mps: 0.0,
            };
            let burned = motion.step(driver.race_pedals(motion.speed_mps, aim), &around);
            if motion.distance_m > track.lap_m {
                s += STEP_S;
                burned_g += burned;
            }
        }
        (s, burned_g)
    }

    #[test]
    fn every_way_to_save_burns_less_and_costs_time() {
        for kind in TrackKind::ALL {
            let (hard_s, hard_g) = lap(kind, Style { hard: true, ..Style::default() });
            println!("{:<18} {:<13} {hard_s:6.2} s {hard_g:7.1} g", kind.name(), "hard");
            for &way in Track::new(kind).ways {
                let (s, g) = lap(kind, Style { saving: 1.0, way, ..Style::default() });
                let less = 1.0 - g / hard_g;
                println!("{:<18} {way:<13?} {s:6.2} s {g:7.1} g {:6.1} % less", kind.name(), 100.0 * less);
                assert!((0.04..0.25).contains(&less), "{kind:?} {way:?} {less}");
                assert!((1.01..1.12).contains(&(s / hard_s)), "{kind:?} {way:?} {s} {hard_s}");
            }
        }
    }
}
