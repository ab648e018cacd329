//! Drives the simulator's car so that it comes where it was, when it was there.

use super::trace::Trace;
use crate::driver::Driver;
use crate::engine::EngineMap;
use crate::motion::{Motion, Pedals, STEP_S, STEP_US, Surroundings};
use crate::timetable::TimedStop;
use crate::track::Track;
use crate::traffic::View;
use events::Flag;
use units::Span;

/// Invented and the same for every car: fuel on board, kg, and 0.5 x air density x drag area, kg/m.
const FUEL_KG: f64 = 30.0;
const DRAG_KG_M: f64 = 0.5 * 1.15 * 1.06;
/// Of the drag, what a tow saves every car; a pace beyond which grip no longer explains a lap time, and the most that a
/// car is then given.
const DRAFT: f64 = 0.10;
const TOWED_FROM: f64 = 1.05;
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
    /// Mean speed of a fast lap.
    pub fast_mps: f64,
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

/// What is varied to meet a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum How {
    /// The pace of a car that races all the way.
    Race,
    /// The speed under caution of a car that races under green.
    Cruise,
    /// The pace under green of a car that keeps its mean speed under caution.
    Limp,
}

/// How a car is driven in one attempt.
#[derive(Clone, Copy, Debug)]
struct Effort {
    pace: f64,
    /// Speed under caution; `None`: it races on.
    cruise_mps: Option<f64>,
}

/// One attempt, and the logarithm of its time against the wanted one.
struct LegFit {
    off: f64,
    trace: Trace,
    driver: Driver,
    pace: f64,
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

    /// Drives the leg in the way that comes nearest to its time; the rest is taken up by stretching time. Returns the
    /// pace as well.
    pub fn drive(&self, leg: &Leg, driver: &mut Driver) -> (Trace, f64) {
        let racing = self.is_racing(leg.from_us, leg.to_us);
        let first = if racing { How::Race } else { How::Cruise };
        let mut best = self.fit(leg, driver, first);
        if !racing && best.off.abs() > NEAR {
            // a car that was slow before the caution, or one that raced on to the line
            let other = self.fit(leg, driver, if best.off < 0.0 { How::Limp } else { How::Race });
            if other.off.abs() < best.off.abs() {
                best = other;
            }
        }
        *driver = best.driver;
        best.trace.stretch(leg.to_us);
        (best.trace, if racing { best.pace } else { leg.pace })
    }

    /// Varies what `how` says until the simulated time is near.
    fn fit(&self, leg: &Leg, driver: &Driver, how: How) -> LegFit {
        let wanted_s = ((leg.to_us - leg.from_us) * 1e-6).max(1e-6);
        let mean_mps = (leg.to_m - leg.from.distance_m) / wanted_s;
        let (mut knob, (low, high), mut elasticity) = match how {
            How::Race | How::Limp => (leg.pace, PACE, -0.7),
            How::Cruise => (mean_mps, CRUISE_MPS, -1.0),
        };
        let mut last: Option<(f64, f64)> = None;
        let mut best: Option<LegFit> = None;
        for _ in 0..ATTEMPTS {
            knob = knob.clamp(low, high);
            let effort = match how {
                How::Race => Effort { pace: knob, cruise_mps: None },
                How::Limp => Effort { pace: knob, cruise_mps: Some(mean_mps) },
                How::Cruise => Effort { pace: leg.pace, cruise_mps: Some(knob) },
            };
            let fit = self.attempt(leg, driver.clone(), effort, 2.0 * wanted_s + 30.0, wanted_s);
            let here = (libm::log(knob), fit.off);
            best = match best {
                Some(best) if best.off.abs() <= fit.off.abs() => Some(best),
                _ => Some(fit),
            };
            if here.1.abs() < NEAR {
                break;
            }
            if let Some(last) = last.filter(|last| (here.0 - last.0).abs() > 1e-6) {
                elasticity = ((here.1 - last.1) / (here.0 - last.0)).clamp(-1.5, -0.1);
            }
            last = Some(here);
            knob *= libm::exp(-here.1 / elasticity);
        }
        best.unwrap_or_else(|| LegFit {
            off: f64::INFINITY,
            trace: Trace::starting(leg.from_us, leg.from),
            driver: driver.clone(),
            pace: leg.pace,
        })
    }

    /// One drive to the end of the leg, no longer than `longest_s`.
    fn attempt(
        &self,
        leg: &Leg,
        mut driver: Driver,
        effort: Effort,
        longest_s: f64,
        wanted_s: f64,
    ) -> LegFit {
        let mut motion = leg.from;
        let mut trace = Trace::starting(leg.from_us, motion);
        let mut steps = 0.0;
        let took_s = loop {
            let from_us = leg.from_us + steps * STEP_US as f64;
            if steps * STEP_S >= longest_s {
                // far too slow: it jumps to where it has to be, which no better attempt leaves standing
                let left_s = (leg.to_m - motion.distance_m) / motion.speed_mps.max(0.5);
                motion.distance_m = leg.to_m;
                trace.push(from_us + left_s * 1e6, motion);
                break longest_s + left_s;
            }
            let before = motion;
            let pedals = self.pedals(leg, &mut driver, &motion, effort, from_us);
            self.step(&mut motion, pedals, effort.pace);
            if motion.distance_m >= leg.to_m {
                let share = ((leg.to_m - before.distance_m) / (motion.distance_m - before.distance_m))
                    .clamp(0.0, 1.0);
                let mut last = Motion::between(&before, &motion, share);
                last.distance_m = leg.to_m;
                trace.push(from_us + share * STEP_US as f64, last);
                break (steps + share) * STEP_S;
            }
            steps += 1.0;
            trace.push(leg.from_us + steps * STEP_US as f64, motion);
        };
        LegFit { off: libm::log(took_s.max(1e-3) / wanted_s), trace, driver, pace: effort.pace }
    }

    fn pedals(&self, leg: &Leg, driver: &mut Driver, motion: &Motion, effort: Effort, us: f64) -> Pedals {
        let left_m = (leg.to_m - motion.distance_m).max(0.0);
        let cap_mps =
            leg.end_mps.map_or(f64::INFINITY, |v| (v * v + 2.0 * ENTRY_DECELERATION * left_m).sqrt());
        match (self.flag(us), effort.cruise_mps) {
            (Flag::Red, _) => driver.cruise_pedals(motion.speed_mps, 0.0, true),
            (flag, Some(cruise_mps)) if !races(flag) => {
                let wanted_mps = driver.following_mps(cruise_mps, None).min(cap_mps);
                driver.cruise_pedals(motion.speed_mps, wanted_mps, cap_mps < cruise_mps)
            }
            _ => self.race(driver, motion, effort.pace, cap_mps),
        }
    }

    fn race(&self, driver: &mut Driver, motion: &Motion, pace: f64, cap_mps: f64) -> Pedals {
        let mut aim = driver.race_aim(&self.track, motion.distance_m, &View::default());
        aim.limit_mps = (aim.limit_mps * pace).min(cap_mps);
        aim.wanted_mps = (aim.wanted_mps * pace).min(cap_mps);
        aim.change_mps = if aim.wanted_mps < cap_mps { aim.change_mps * pace } else { -1.0 };
        aim.slowing_mps2 *= pace * pace;
        driver.race_pedals(motion.speed_mps, aim)
    }

    fn step(&self, motion: &mut Motion, pedals: Pedals, pace: f64) {
        let draft = (DRAFT + 2.0 * (pace - TOWED_FROM).max(0.0)).min(DRAFT_MAX);
        let around = Surroundings {
            engine: &self.engine,
            gears: &self.track.gears,
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
            self.attempt(&leg, driver.clone(), Effort { pace: 1.0, cruise_mps: None }, 600.0, 1.0)
        };
        let first = lap(self.rolling(0.0, 50.0));
        first.trace.end().map_or(f64::INFINITY, |(_, motion)| libm::exp(lap(motion).off))
    }
}

fn races(flag: Flag) -> bool {
    flag.is_racing() || flag == Flag::Checkered
}
