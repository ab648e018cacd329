//! Drives the simulator's car so that it comes where it was, when it was there.

use super::trace::Trace;
use crate::driver::Driver;
use crate::engine::EngineMap;
use crate::motion::{Motion, Pedals, STEP_S, STEP_US, Surroundings};
use crate::timetable::TimedStop;
use crate::track::Track;
use events::Flag;
use units::Span;

/// Invented and the same for every car: fuel on board, kg, and 0.5 x air density x drag area, kg/m.
const FUEL_KG: f64 = 30.0;
const DRAG_KG_M: f64 = 0.5 * 1.15 * 1.06;
/// Of the drag, what a tow saves a car that keeps the reference pace, and the most that a faster one is given.
const DRAFT: f64 = 0.10;
const DRAFT_MAX: f64 = 0.40;
/// Deceleration towards the pit road, and towards the box, m/s².
const ENTRY_DECELERATION: f64 = 4.5;
const BOX_DECELERATION: f64 = 3.5;
/// Attempts to meet a time, and how near is near enough for the rest to be stretched.
const ATTEMPTS: usize = 7;
const NEAR: f64 = 0.002;
/// Least and greatest pace against the reference car's, and speed under caution, m/s.
const PACE: (f64, f64) = (0.1, 1.6);
const CRUISE_MPS: (f64, f64) = (0.5, 75.0);

/// What all cars share.
pub(super) struct World {
    pub track: Track,
    pub engine: EngineMap,
    /// Race times and what was shown from then on, rising.
    pub flags: Vec<(Span, Flag)>,
}

/// From where the car is to a place on the track, at a time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Leg {
    pub from_us: f64,
    pub from: Motion,
    pub to_us: f64,
    pub to_m: f64,
    /// It has to be no faster than this at the end: the pit road begins.
    pub end_mps: Option<f64>,
    /// The pace to try first.
    pub pace: f64,
}

impl World {
    fn flag(&self, us: f64) -> Flag {
        let shown = self.flags.partition_point(|(at, _)| at.us() as f64 <= us);
        shown.checked_sub(1).and_then(|index| self.flags.get(index)).map_or(Flag::Yellow, |&(_, flag)| flag)
    }

    /// Whether cars raced from one moment to the other.
    pub fn is_racing(&self, from_us: f64, to_us: f64) -> bool {
        let between = self.flags.iter().filter(|(at, _)| (from_us..to_us).contains(&(at.us() as f64)));
        races(self.flag(from_us)) && between.into_iter().all(|&(_, flag)| races(flag))
    }

    /// Drives the leg. A racing car's pace is varied, under caution its speed, until the simulated time is near; the
    /// rest is taken up by stretching time. Returns the pace as well.
    pub fn drive(&self, leg: &Leg, driver: &mut Driver) -> (Trace, f64) {
        let racing = self.is_racing(leg.from_us, leg.to_us);
        let wanted_s = ((leg.to_us - leg.from_us) * 1e-6).max(1e-6);
        let (mut knob, (low, high), mut elasticity) = if racing {
            (leg.pace, PACE, -0.7)
        } else {
            ((leg.to_m - leg.from.distance_m) / wanted_s, CRUISE_MPS, -1.0)
        };
        let mut best: Option<(f64, Trace, Driver, f64)> = None;
        let mut last: Option<(f64, f64)> = None;
        for _ in 0..ATTEMPTS {
            knob = knob.clamp(low, high);
            let mut tried = driver.clone();
            let pace = if racing { knob } else { leg.pace };
            let (trace, took_s) = self.attempt(leg, &mut tried, pace, knob, 2.0 * wanted_s + 30.0);
            let off = libm::log(took_s / wanted_s);
            let here = (libm::log(knob), off);
            if best.as_ref().is_none_or(|(least, ..)| off.abs() < least.abs()) {
                best = Some((off, trace, tried, pace));
            }
            if off.abs() < NEAR {
                break;
            }
            if let Some(last) = last.filter(|last| (here.0 - last.0).abs() > 1e-6) {
                elasticity = ((here.1 - last.1) / (here.0 - last.0)).clamp(-1.5, -0.1);
            }
            last = Some(here);
            knob *= libm::exp(-off / elasticity);
        }
        let Some((_, mut trace, tried, pace)) = best else { return (Trace::default(), leg.pace) };
        *driver = tried;
        trace.stretch(leg.to_us);
        (trace, pace)
    }

    /// One drive to the end of the leg, no longer than `longest_s`. Returns what it took, or would have taken.
    fn attempt(
        &self,
        leg: &Leg,
        driver: &mut Driver,
        pace: f64,
        cruise_mps: f64,
        longest_s: f64,
    ) -> (Trace, f64) {
        let mut motion = leg.from;
        let mut trace = Trace::starting(leg.from_us, motion);
        let mut steps = 0.0;
        while steps * STEP_S < longest_s {
            let from_us = leg.from_us + steps * STEP_US as f64;
            let before = motion;
            let left_m = leg.to_m - motion.distance_m;
            let cap_mps = leg
                .end_mps
                .map_or(f64::INFINITY, |v| (v * v + 2.0 * ENTRY_DECELERATION * left_m.max(0.0)).sqrt());
            let pedals = match self.flag(from_us) {
                Flag::Red => driver.cruise_pedals(motion.speed_mps, 0.0, true),
                flag if races(flag) => self.race(driver, &motion, pace, cap_mps),
                _ => {
                    let wanted_mps = driver.following_mps(cruise_mps, None).min(cap_mps);
                    driver.cruise_pedals(motion.speed_mps, wanted_mps, cap_mps < cruise_mps)
                }
            };
            self.step(&mut motion, pedals, pace);
            if motion.distance_m >= leg.to_m {
                let share = ((leg.to_m - before.distance_m) / (motion.distance_m - before.distance_m))
                    .clamp(0.0, 1.0);
                let mut last = Motion::between(&before, &motion, share);
                last.distance_m = leg.to_m;
                trace.push(from_us + share * STEP_US as f64, last);
                return (trace, ((steps + share) * STEP_S).max(1e-3));
            }
            steps += 1.0;
            trace.push(leg.from_us + steps * STEP_US as f64, motion);
        }
        // too slow: it jumps to where it has to be, which no better attempt leaves standing
        let left_s = (leg.to_m - motion.distance_m) / motion.speed_mps.max(0.5);
        let end_us = leg.from_us + (longest_s + left_s) * 1e6;
        motion.distance_m = leg.to_m;
        trace.push(end_us, motion);
        (trace, longest_s + left_s)
    }

    fn race(&self, driver: &mut Driver, motion: &Motion, pace: f64, cap_mps: f64) -> Pedals {
        let mut aim = driver.race_aim(&self.track, motion.distance_m, None);
        aim.limit_mps = (aim.limit_mps * pace).min(cap_mps);
        aim.wanted_mps = (aim.wanted_mps * pace).min(cap_mps);
        aim.change_mps = if aim.wanted_mps < cap_mps { aim.change_mps * pace } else { -1.0 };
        driver.race_pedals(motion.speed_mps, aim)
    }

    fn step(&self, motion: &mut Motion, pedals: Pedals, pace: f64) {
        let draft = (DRAFT + 2.0 * (pace - 1.0)).clamp(0.0, DRAFT_MAX);
        let around = Surroundings {
            engine: &self.engine,
            fuel_kg: FUEL_KG,
            drag_kg_m: DRAG_KG_M * (1.0 - draft),
            curvature: self.track.at(motion.distance_m).curvature,
            engine_on: true,
            pushed_mps: 0.0,
        };
        motion.step(pedals, &around);
    }

    /// Drives through the pit road by the clock, from distance 0: in at no more than `pit_mps`, to a stand in the box
    /// for as long as it stood, and out.
    pub fn visit(&self, stop: &TimedStop, pit_mps: f64, driver: &Driver) -> Trace {
        let (from_us, end_us) = (stop.pit_in.us() as f64, stop.end().us() as f64);
        let (stand_us, leave_us) = stop
            .stood
            .map_or((f64::INFINITY, f64::INFINITY), |(from, to)| (from.us() as f64, to.us() as f64));
        let mut motion = self.rolling(0.0, pit_mps);
        let mut trace = Trace::starting(from_us, motion);
        let mut us = from_us;
        while us < end_us {
            let standing = (stand_us..leave_us).contains(&us);
            let before = motion;
            let pedals = if standing {
                motion.stop();
                Pedals::default()
            } else {
                let left_s = if us < stand_us { (stand_us - us) * 1e-6 } else { f64::INFINITY };
                let wanted_mps = pit_mps.min(BOX_DECELERATION * left_s);
                driver.cruise_pedals(motion.speed_mps, wanted_mps, true)
            };
            self.step(&mut motion, pedals, 1.0);
            let share = ((end_us - us) / STEP_US as f64).min(1.0);
            us += share * STEP_US as f64;
            trace.push(us, Motion::between(&before, &motion, share));
        }
        trace
    }

    /// Goes on by the clock for `s`, towards a steady speed, from where a trace ended.
    pub fn slow_down(&self, (from_us, from): (f64, Motion), to_mps: f64, s: f64, driver: &Driver) -> Trace {
        let mut motion = from;
        let mut trace = Trace::starting(from_us, motion);
        for step in 1..=(s / STEP_S) as i64 {
            let pedals = driver.cruise_pedals(motion.speed_mps, to_mps, to_mps <= 0.0);
            self.step(&mut motion, pedals, 1.0);
            trace.push(from_us + (step * STEP_US) as f64, motion);
        }
        trace
    }

    /// A car at a place and a steady speed, in the gear for it.
    pub fn rolling(&self, distance_m: f64, speed_mps: f64) -> Motion {
        let mut motion = Motion::at_rest(distance_m, self.engine.design.idle_rpm);
        motion.speed_mps = speed_mps;
        for _ in 0..5 {
            let pedals = Pedals { throttle: 0.1, opening_per_s: 2.0, ..Pedals::default() };
            self.step(&mut motion, pedals, 1.0);
        }
        motion.distance_m = distance_m;
        motion
    }

    /// Time of a lap that the reference car begins at racing speed, s. Race time 0 is green.
    pub fn reference_lap_s(&self, driver: &Driver) -> f64 {
        let lap_m = self.track.lap_m;
        let lap = |from: Motion| {
            let to_m = from.distance_m + lap_m;
            let leg = Leg { from_us: 0.0, from, to_us: 0.0, to_m, end_mps: None, pace: 1.0 };
            self.attempt(&leg, &mut driver.clone(), 1.0, 1.0, 600.0)
        };
        let (first, _) = lap(self.rolling(0.0, 50.0));
        first.end().map_or(f64::INFINITY, |(_, motion)| lap(motion).1)
    }
}

fn races(flag: Flag) -> bool {
    flag.is_racing() || flag == Flag::Checkered
}
