//! How a driver means to drive: how much he saves, and by which means.

use crate::random::Random;
use crate::track::Track;

/// What it takes to switch the engine off under caution: an inclination to, and this much saving.
const SWITCHES_OFF: f64 = 0.35;
const SWITCHES_OFF_FROM: f64 = 0.35;
/// Who saves all he can opens the throttle this much less.
const HELD_BACK: f64 = 0.50;
/// Below this inclination to save he races for the place, whatever it burns.
const HARD_BELOW: f64 = 0.06;

/// How often drivers who race hard, and all others, pull out of a tow, 1/s; who saves this much never does.
const EAGER_PER_S: f64 = 0.5;
const PATIENT_PER_S: f64 = 0.08;
const PATIENT_BELOW: f64 = 0.4;

/// By which means a driver saves. Source: docs/simulator.md §4.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum SavingWay {
    /// Lifts long before the corner and rolls into it.
    #[default]
    LiftAndCoast,
    /// Never opens the throttle fully.
    PartThrottle,
    /// Shifts up early and lets the engine pull at low speed.
    ShortShift,
}

/// How he drives this lap.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Style {
    /// 0 nothing to 1 all he can.
    pub saving: f64,
    pub way: SavingWay,
    /// Races for the place, whatever it burns.
    pub hard: bool,
    /// Rolls with a dead engine under caution where he can.
    pub switches_off: bool,
}

impl Style {
    /// How far he opens the throttle. A little less than full changes nothing behind a spacer.
    pub fn top_throttle(&self) -> f64 {
        if self.way == SavingWay::PartThrottle { 1.0 - HELD_BACK * self.saving.sqrt() } else { 1.0 }
    }

    /// How often he leaves the tow to pass when he is held up, 1/s.
    pub fn pulls_out_per_s(&self) -> f64 {
        if self.hard { EAGER_PER_S } else { PATIENT_PER_S * (1.0 - self.saving / PATIENT_BELOW).max(0.0) }
    }

    /// How much earlier he shifts up, 0 to 1.
    pub fn early_shift(&self) -> f64 {
        if self.way == SavingWay::ShortShift { self.saving } else { 0.0 }
    }

    /// How early he lifts, 0 to 1.
    pub fn early_lift(&self) -> f64 {
        if self.way == SavingWay::LiftAndCoast { self.saving } else { 0.0 }
    }
}

/// What a driver would do if nobody asked him to save: drawn anew at each restart.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Habit {
    saving: f64,
    way: SavingWay,
    switches_off: bool,
}

impl Habit {
    /// Source of the distribution: docs/simulator.md §4.
    pub fn draw(random: &mut Random, track: &Track) -> Self {
        let saving = random.beta(0.8, 2.2);
        let drawn = (random.uniform() * track.ways.len() as f64) as usize;
        let way = track.ways.get(drawn).copied().unwrap_or_default();
        Habit { saving, way, switches_off: random.chance(SWITCHES_OFF) }
    }

    /// What becomes of it when the pit wall asks for at least this much saving.
    pub fn style(self, asked: f64) -> Style {
        let saving = self.saving.max(asked);
        Style {
            saving,
            way: self.way,
            hard: asked <= 0.0 && self.saving < HARD_BELOW,
            switches_off: self.switches_off && saving >= SWITCHES_OFF_FROM,
        }
    }
}
