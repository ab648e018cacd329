//! One car's motion: pedals, gearbox and engine in, speed and fuel flow out.

use crate::engine::EngineMap;

/// Length of a step of the simulation.
pub(crate) const STEP_US: i64 = 50_000;
pub(crate) const STEP_S: f64 = STEP_US as f64 * 1e-6;

const GRAVITY_MPS2: f64 = 9.80665;
/// Car and driver. Source: docs/simulator.md §1.
const DRY_MASS_KG: f64 = 1667.0;
const ROLLING: f64 = 0.014;
/// Share of the lateral force that a sliding tyre drags backwards.
const SCRUB: f64 = 0.026;
const DRIVELINE_EFFICIENCY: f64 = 0.91;
/// Grip of the driven wheels, and of all wheels under braking.
const TRACTION_N: f64 = 9_500.0;
pub(crate) const BRAKING_MPS2: f64 = 11.0;
/// The overrun cut acts on a throttle closed this long, this far, above this speed. Source: docs/simulator.md §2.
const OVERRUN_DELAY_S: f64 = 0.5;
const OVERRUN_THROTTLE: f64 = 0.03;
const OVERRUN_RPM: f64 = 3300.0;
/// Extra fuel for opening the throttle fully, g.
const ENRICHMENT_G: f64 = 0.6;

/// Engine speed at which racing drivers shift down and up, and how much earlier those do who save by it.
const RACING_SHIFTS_RPM: (f64, f64) = (6500.0, 8850.0);
const EARLY_SHIFTS_RPM: (f64, f64) = (1300.0, 1500.0);
const CRUISING_SHIFTS_RPM: (f64, f64) = (3300.0, 4400.0);

/// Engine speed per road speed, rpm per m/s, first to fifth gear. Ratios are not public: docs/simulator.md §1.
pub(crate) type Gears = [f64; 5];

/// What the driver does with his feet; rates are limited by [`Motion::step`].
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Pedals {
    pub throttle: f64,
    pub brake: f64,
    /// How fast the throttle may open, 1/s.
    pub opening_per_s: f64,
    /// Racing gears; else the highest gear that pulls.
    pub racing: bool,
    /// 0 to 1: how much earlier than others he shifts up while racing.
    pub early_shift: f64,
}

/// What the car pushes against during a step.
pub(crate) struct Surroundings<'a> {
    pub engine: &'a EngineMap,
    pub gears: &'a Gears,
    pub fuel_kg: f64,
    /// 0.5 x air density x drag area, draft taken off, kg/m.
    pub drag_kg_m: f64,
    /// 1/m, to either side.
    pub curvature: f64,
    /// False: no fuel reaches the engine, or it is switched off; it stands still.
    pub engine_on: bool,
    /// A dead car is pushed at this speed, m/s.
    pub pushed_mps: f64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Motion {
    /// Since the start line of lap 0.
    pub distance_m: f64,
    pub speed_mps: f64,
    pub throttle: f64,
    pub brake: f64,
    /// 0 is neutral.
    pub gear: usize,
    pub rpm: f64,
    /// How long the throttle has been closed.
    closed_s: f64,
}

impl Motion {
    pub fn at_rest(distance_m: f64, idle_rpm: f64) -> Self {
        Motion { distance_m, rpm: idle_rpm, ..Motion::default() }
    }

    /// One step. Returns the fuel burned, grams, before the car's own scale.
    pub fn step(&mut self, pedals: Pedals, around: &Surroundings) -> f64 {
        let before = *self;
        self.press(pedals, around.engine_on);
        self.shift(pedals, around);
        let mid_throttle = 0.5 * (before.throttle + self.throttle);
        let power_w = if self.gear == 0 { 0.0 } else { around.engine.at(mid_throttle, self.rpm).power_w };
        self.roll(power_w, around);
        self.rpm = self.engine_rpm(around);
        if !around.engine_on {
            return 0.0;
        }
        let opened = (self.throttle - before.throttle).max(0.0);
        let flow_g_s = around.engine.at(mid_throttle, 0.5 * (before.rpm + self.rpm)).fuel_g_s;
        flow_g_s * self.overrun(mid_throttle, around.engine) * STEP_S + ENRICHMENT_G * opened
    }

    fn press(&mut self, pedals: Pedals, engine_on: bool) {
        let wanted = if engine_on { pedals.throttle.clamp(0.0, 1.0) } else { 0.0 };
        let change = (wanted - self.throttle).clamp(-7.0 * STEP_S, pedals.opening_per_s * STEP_S);
        self.throttle = (self.throttle + change).clamp(0.0, 1.0);
        let squeeze = (pedals.brake.clamp(0.0, 1.0) - self.brake).clamp(-8.0 * STEP_S, 5.0 * STEP_S);
        self.brake = (self.brake + squeeze).clamp(0.0, 1.0);
    }

    fn shift(&mut self, pedals: Pedals, around: &Surroundings) {
        if !around.engine_on || (self.speed_mps < 0.3 && self.throttle <= 0.0) {
            self.gear = 0;
            return;
        }
        let (down_rpm, up_rpm) = shifts_rpm(pedals);
        let rpm = |gear: usize| self.speed_mps * around.gears[gear - 1];
        let was_rolling = self.gear == 0;
        self.gear = self.gear.max(1);
        if rpm(self.gear) > up_rpm && self.gear < around.gears.len() {
            self.gear += 1;
        } else if rpm(self.gear) < down_rpm && self.gear > 1 && rpm(self.gear - 1) < up_rpm {
            self.gear -= 1;
        }
        // an engine that is started while rolling takes the gear that fits
        while was_rolling && rpm(self.gear) > up_rpm && self.gear < around.gears.len() {
            self.gear += 1;
        }
    }

    fn roll(&mut self, power_w: f64, around: &Surroundings) {
        let mass_kg = DRY_MASS_KG + around.fuel_kg;
        let v = self.speed_mps;
        let drive_n = if power_w > 0.0 {
            (power_w * DRIVELINE_EFFICIENCY / v.max(4.0)).min(TRACTION_N)
        } else {
            power_w / DRIVELINE_EFFICIENCY / v.max(25.0)
        };
        let lateral_n = mass_kg * v * v * around.curvature.abs();
        let resist_n = around.drag_kg_m * v * v + ROLLING * mass_kg * GRAVITY_MPS2 + SCRUB * lateral_n;
        let tyres_mps2 = (drive_n / mass_kg - BRAKING_MPS2 * self.brake).max(-BRAKING_MPS2);
        let acceleration = tyres_mps2 - resist_n / mass_kg;
        let mut speed = (v + acceleration * STEP_S).max(0.0);
        if !around.engine_on && self.brake <= 0.0 {
            speed = speed.max(around.pushed_mps.min(v + 2.0 * STEP_S));
        }
        self.distance_m += 0.5 * (v + speed) * STEP_S;
        self.speed_mps = speed;
    }

    fn engine_rpm(&self, around: &Surroundings) -> f64 {
        if !around.engine_on {
            return 0.0;
        }
        let idle_rpm = around.engine.design.idle_rpm;
        match self.gear {
            0 => idle_rpm + 2500.0 * self.throttle,
            // the clutch slips below the speed of first gear's launch
            gear => (self.speed_mps * around.gears[gear - 1]).max(idle_rpm + 2500.0 * self.throttle),
        }
    }

    fn overrun(&mut self, throttle: f64, engine: &EngineMap) -> f64 {
        let closed = throttle < OVERRUN_THROTTLE && self.rpm > OVERRUN_RPM;
        self.closed_s = if closed { self.closed_s + STEP_S } else { 0.0 };
        if self.closed_s > OVERRUN_DELAY_S { engine.design.overrun } else { 1.0 }
    }

    /// Comes to a stand in its box.
    pub fn stop(&mut self) {
        self.speed_mps = 0.0;
    }

    /// Linear between two steps: what a sensor sees at `share` 0..1 of the way.
    pub fn between(before: &Motion, after: &Motion, share: f64) -> Motion {
        let blend = |a: f64, b: f64| a + (b - a) * share;
        Motion {
            distance_m: blend(before.distance_m, after.distance_m),
            speed_mps: blend(before.speed_mps, after.speed_mps),
            throttle: blend(before.throttle, after.throttle),
            brake: blend(before.brake, after.brake),
            rpm: blend(before.rpm, after.rpm),
            ..*after
        }
    }
}

/// Engine speeds at which he shifts down and up.
fn shifts_rpm(pedals: Pedals) -> (f64, f64) {
    if !pedals.racing {
        return CRUISING_SHIFTS_RPM;
    }
    let early = pedals.early_shift;
    (RACING_SHIFTS_RPM.0 - EARLY_SHIFTS_RPM.0 * early, RACING_SHIFTS_RPM.1 - EARLY_SHIFTS_RPM.1 * early)
}
