//! What a driver does, by his own car's signals: where he lifts, how long he coasts, at which engine speed he
//! shifts. docs/fuel-model.md §7. Held against the field by `field::detect`.

mod debounce;
mod engine;
mod in_force;
mod pedal;

pub use debounce::Debounced;
pub use engine::EngineSigns;
pub use in_force::InForce;

use events::{Sample, Signal};
use pedal::{Lift, Shift};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use units::EventTime;

/// Into how many equal parts by distance throttle and speed of a lap are kept.
pub const BINS: usize = 100;
const BIN_STEPS: i32 = Signal::LapDistance.steps_per_unit() as i32 / BINS as i32;
/// How many of the newest clean laps show what a driver does. Source: docs/fuel-model.md §7.
pub const LAPS: usize = 2;
/// More lifts than this in a lap are traffic, not corners.
const LIFTS_MAX: usize = 24;
/// Throttle below this and brake below that: coasting. Source: docs/fuel-model.md §7.
const COAST_THROTTLE_STEPS: i32 = 500;
const COAST_BRAKE_STEPS: i32 = 300;
/// Throttle above this: flat out.
const FLAT_OUT_STEPS: i32 = 9_500;

/// And above this the engine pulls.
const PULLING_STEPS: i32 = 5_000;

/// One clean lap as it was driven.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DrivenLap {
    /// The crossing that opened it.
    pub from: EventTime,
    /// The crossing that closed it.
    pub to: EventTime,
    /// Coasted: throttle under 5 %, brake under 3 %, metres.
    pub coasted_m: f64,
    /// Part of the time flat out, throttle over 95 %, 0..1.
    pub flat_out: f64,
    /// Part of the time in which the car drove the engine, 0..1.
    pub engine_braking: f64,
    /// Mean engine speed with the throttle more than half open, rpm; `None`: it never was.
    pub pulling_rpm: Option<f64>,
    /// Engine speed per speed likewise, rpm per m/s: which gears are used.
    pub gearing: Option<f64>,
    /// Mean engine speed before a shift up, rpm; `None`: no shift up.
    pub shift_rpm: Option<f64>,
    /// Where the throttle fell below half of what it had been, in steps of the lap.
    pub lifts: Vec<i32>,
    /// Mean throttle, part by part, 0..1; `None` where no sample fell. Empty for a feed without lap distance.
    pub throttle: Vec<Option<f32>>,
    /// Mean speed likewise, m/s.
    pub speed_m_s: Vec<Option<f32>>,
}

/// Sums over one part of the open lap.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Bin {
    us: i64,
    /// Throttle steps times µs, speed in mm/s times µs: exact.
    throttle_us: i64,
    driven_nm: i64,
}

/// The lap under way.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct OpenLap {
    /// Empty before the first is needed.
    bins: Vec<Bin>,
    us: i64,
    coasted_nm: i64,
    flat_out_us: i64,
    braking_us: i64,
    pulling_us: i64,
    /// Engine speed in steps times µs while pulling.
    pulling_rpm_us: i64,
    pulling_nm: i64,
    lifts: Vec<i32>,
    shifts: i64,
    shifted_rpm: i64,
}

/// Watches one car's driver.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DriverWatch {
    open: OpenLap,
    driven: Arc<[Arc<DrivenLap>]>,
    lift: Lift,
    shift: Shift,
    engine: EngineSigns,
}

impl DriverWatch {
    /// So long these values were in force; `silent`: within a gap, where nothing is known.
    pub fn hold(&mut self, us: i64, now: &InForce, silent: bool) {
        if silent {
            self.lift = Lift::default();
            self.shift = Shift::default();
            self.engine.forget();
            return;
        }
        let Some(throttle) = now.throttle else { return };
        let open = &mut self.open;
        let driven_nm = i64::from(now.speed_mm_s.unwrap_or(0)) * us;
        open.us += us;
        if throttle > FLAT_OUT_STEPS {
            open.flat_out_us += us;
        } else if throttle < COAST_THROTTLE_STEPS && now.brake.unwrap_or(0) < COAST_BRAKE_STEPS {
            open.coasted_nm += driven_nm;
        }
        if self.engine.is_braking() {
            open.braking_us += us;
        }
        if throttle > PULLING_STEPS {
            open.pulling_us += us;
            open.pulling_rpm_us += i64::from(now.rpm.unwrap_or(0)) * us;
            open.pulling_nm += driven_nm;
        }
        let Some(place) = now.lap_steps.and_then(|steps| usize::try_from(steps / BIN_STEPS).ok()) else {
            return;
        };
        if open.bins.is_empty() {
            open.bins.resize(BINS, Bin::default());
        }
        if let Some(bin) = open.bins.get_mut(place) {
            bin.us += us;
            bin.throttle_us += i64::from(throttle) * us;
            bin.driven_nm += driven_nm;
        }
    }

    /// Signals change. `lap_steps`: where the car is.
    pub fn observe(&mut self, sample: &Sample, lap_steps: Option<i32>) {
        let at = sample.event_time;
        self.engine.observe(sample);
        if let Some(throttle) = sample.steps(Signal::Throttle)
            && self.lift.observe(at, throttle)
            && let Some(steps) = lap_steps
        {
            let lifts = &mut self.open.lifts;
            if lifts.len() < LIFTS_MAX {
                lifts.push(steps);
            }
        }
        if let Some(rpm) = self.shift.observe(sample) {
            self.open.shifts += 1;
            self.open.shifted_rpm += i64::from(rpm);
        }
    }

    /// The open lap ends. It is kept where it is `clean`; where racing was interrupted, what was seen before is forgotten.
    pub fn close_lap(&mut self, from: EventTime, to: EventTime, clean: bool, interrupted: bool) {
        let open = std::mem::take(&mut self.open);
        if clean {
            let kept = self.driven.len().saturating_sub(LAPS - 1);
            let driven = Arc::new(open.driven(from, to));
            self.driven = self.driven[kept..].iter().cloned().chain([driven]).collect();
        } else if interrupted {
            self.forget_laps();
        }
    }

    /// What was seen so far does not count for what follows.
    pub fn forget_laps(&mut self) {
        self.driven = Arc::default();
    }

    /// The newest clean laps, at most [`LAPS`], the newest last.
    pub fn driven(&self) -> &Arc<[Arc<DrivenLap>]> {
        &self.driven
    }
    /// What the engine is seen to do.
    pub fn engine(&self) -> &EngineSigns {
        &self.engine
    }
}

impl OpenLap {
    fn driven(&self, from: EventTime, to: EventTime) -> DrivenLap {
        let share = |us: i64| us as f64 / self.us.max(1) as f64;
        let mean = |sum: fn(&Bin) -> i64, unit: f64| {
            let of = |bin: &Bin| (bin.us > 0).then(|| (sum(bin) as f64 / bin.us as f64 * unit) as f32);
            self.bins.iter().map(of).collect()
        };
        let pulling_rpm_s = self.pulling_rpm_us as f64 * 1e-6 / Signal::Rpm.steps_per_unit();
        DrivenLap {
            from,
            to,
            coasted_m: self.coasted_nm as f64 * 1e-9,
            flat_out: share(self.flat_out_us),
            engine_braking: share(self.braking_us),
            pulling_rpm: (self.pulling_us > 0).then(|| pulling_rpm_s / (self.pulling_us as f64 * 1e-6)),
            gearing: (self.pulling_nm > 0).then(|| pulling_rpm_s / (self.pulling_nm as f64 * 1e-9)),
            shift_rpm: (self.shifts > 0)
                .then(|| self.shifted_rpm as f64 / self.shifts as f64 / Signal::Rpm.steps_per_unit()),
            lifts: self.lifts.clone(),
            throttle: mean(|bin| bin.throttle_us, 1.0 / Signal::Throttle.steps_per_unit()),
            speed_m_s: mean(|bin| bin.driven_nm, 1e-3),
        }
    }
}
