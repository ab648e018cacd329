//! What is to be seen of a car, as the simulator knows it: the truth for whoever detects signs. Source of the bounds:
//! docs/simulator.md §6.

use super::{Scene, SimulatedCar, Spot};
use crate::traffic::View;
use events::Sign;

/// Faster than this the air matters, m/s: 120 mph.
const FAST_MPS: f64 = 53.6;
/// A car in the tow of others loses at least this share of its drag to them.
const TOW_MIN: f64 = 0.10;
/// Shifting up early: at least this part of how much earlier a saver can; 300 rpm.
const EARLY_SHIFT_MIN: f64 = 0.2;
/// Throttle held back to this or less where others open it fully.
const HELD_BACK_MAX: f64 = 0.95;
/// Lifting early: at least this part of how early a saver can.
const EARLY_LIFT_MIN: f64 = 0.25;

impl SimulatedCar {
    pub(super) fn enter_signs(&mut self, scene: &Scene, view: &View) {
        let races = self.is_racing(scene) && self.place == Spot::Track && !self.dry;
        let fast = races && self.motion.speed_mps > FAST_MPS;
        let tow = view.tow(scene.track.draft);
        let style = self.driver.style;
        let top_throttle = self.driver.top_throttle(scene.track, view);
        for (sign, holds) in [
            (Sign::Drafting, fast && tow >= TOW_MIN),
            (Sign::Pack, fast && view.in_group),
            (Sign::LiftAndCoast, races && style.early_lift() >= EARLY_LIFT_MIN),
            (Sign::PartThrottle, races && top_throttle <= HELD_BACK_MAX),
            (Sign::ShortShift, races && style.early_shift() >= EARLY_SHIFT_MIN),
            (Sign::EngineOff, self.is_on_track() && self.driver.engine_off),
        ] {
            self.books.sign(scene.from, sign, holds);
        }
    }
}
