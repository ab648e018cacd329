//! The clock that a car stamps its samples with, and the count it keeps of them.

use crate::random::Random;
use crate::spells::Spells;
use std::num::NonZeroU64;
use units::{EventTime, Span};

/// How long the clock is fast, and by how much, s. Source: docs/simulator.md §6.
const FAST_S: (f64, f64) = (20.0, 120.0);
const AHEAD_S: (f64, f64) = (0.6, 1.5);

/// When a sample was taken, as its car believes.
pub(super) struct Stamp {
    pub event_time: EventTime,
    pub boot: u32,
    pub sequence: Option<NonZeroU64>,
}

/// Right, but for spells in which it is fast. At half of the steps the box starts anew: another boot, counting from 1.
#[derive(Debug)]
pub(super) struct SensorClock {
    random: Random,
    fast: Spells,
    spell: Option<u32>,
    ahead: Span,
    boot: u32,
    counted: u64,
}

impl SensorClock {
    pub fn new(mut random: Random, start: EventTime, spells_per_hour: f64) -> Self {
        let fast = Spells::per_hour(random.branch(), start, spells_per_hour, FAST_S);
        SensorClock { random, fast, spell: None, ahead: Span::ZERO, boot: 1, counted: 0 }
    }

    pub fn stamp(&mut self, at: EventTime) -> Stamp {
        let spell = self.fast.at(at);
        if spell != self.spell {
            self.spell = spell;
            self.step(spell.is_some());
        }
        self.counted += 1;
        Stamp { event_time: at + self.ahead, boot: self.boot, sequence: NonZeroU64::new(self.counted) }
    }

    fn step(&mut self, is_fast: bool) {
        let ahead_s = if is_fast { self.random.between(AHEAD_S.0, AHEAD_S.1) } else { 0.0 };
        self.ahead = Span::from_secs_f64(ahead_s);
        if self.random.chance(0.5) {
            self.boot += 1;
            self.counted = 0;
        }
    }
}
