//! The lap counter that a car tells.

use crate::faults::Faults;
use crate::random::Random;
use crate::spells::Spells;
use units::{EventTime, Span};

/// After a crossing of the line, when the old lap comes back and for how long, s. Source: docs/simulator.md §6.
const BACK_AFTER_S: (f64, f64) = (0.2, 2.0);
const BACK_FOR_S: (f64, f64) = (0.3, 3.0);
/// How long a jump lasts, s, and over how many laps it goes.
const JUMP_S: (f64, f64) = (0.1, 2.0);
const JUMP_LAPS: (f64, f64) = (2.0, 10.0);

#[derive(Debug)]
pub(super) struct Counter {
    back: Random,
    rollback: f64,
    lap: f64,
    /// When the lap before this one is reported.
    back_from: EventTime,
    back_until: EventTime,
    jump: Random,
    jumps: Spells,
    jumped: Option<u32>,
    ahead: f64,
}

impl Counter {
    pub fn new(back: Random, mut jump: Random, start: EventTime, faults: Faults) -> Self {
        Counter {
            back,
            rollback: faults.lap_rollback,
            lap: 0.0,
            back_from: start,
            back_until: start,
            jumps: Spells::per_hour(jump.branch(), start, faults.lap_jump, JUMP_S),
            jump,
            jumped: None,
            ahead: 0.0,
        }
    }

    /// What the counter shows in lap `lap`, at a time that never goes back.
    pub fn tell(&mut self, lap: f64, at: EventTime) -> f64 {
        if lap > self.lap {
            self.lap = lap;
            self.cross_line(at);
        }
        let jumped = self.jumps.at(at);
        if jumped != self.jumped {
            self.jumped = jumped;
            self.ahead = self.jump.between(JUMP_LAPS.0, JUMP_LAPS.1).floor();
        }
        if jumped.is_some() {
            lap + self.ahead
        } else if self.back_from <= at && at < self.back_until {
            lap - 1.0
        } else {
            lap
        }
    }

    fn cross_line(&mut self, at: EventTime) {
        let after_s = self.back.between(BACK_AFTER_S.0, BACK_AFTER_S.1);
        let for_s = self.back.between(BACK_FOR_S.0, BACK_FOR_S.1);
        if self.back.chance(self.rollback) {
            self.back_from = at + Span::from_secs_f64(after_s);
            self.back_until = self.back_from + Span::from_secs_f64(for_s);
        }
    }
}
