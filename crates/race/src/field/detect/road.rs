//! What the road ahead of a car was like: a tow, or clear air, and what the driver did with it.

use super::traffic::TrafficPlace;
use crate::car::CarFold;
use serde::{Deserialize, Serialize};
use units::{EventTime, Span};

/// So much of a clear road is judged at once. Source of all bounds: docs/fuel-model.md §7.
const CLEAR_BLOCK: Span = Span::from_secs(10);
/// A driver holds back who opens the throttle less far than this there on the mean.
const CLEAR_HELD: f64 = 0.90;

/// Follows the road ahead of a car. Sums are integers: throttle in parts of 10 000 times µs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Road {
    at: Option<EventTime>,
    block: Block,
    /// Since when he holds back on a clear road, and the throttle he holds, 0..1.
    holds_back: Option<(EventTime, f64)>,
    fast_us: i64,
    tow_us: i64,
}

/// A stretch of clear road.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Block {
    from: Option<EventTime>,
    us: i64,
    throttle_us: i64,
    /// How long the road has not been clear since.
    other_us: i64,
}

impl Road {
    /// Takes the fold of a window with the car's place; `None`: not racing.
    pub fn see(&mut self, fold: &CarFold, place: Option<&TrafficPlace>) {
        let Some(before) = self.at.replace(fold.window_end) else { return };
        let us = (fold.window_end - before).us();
        let Some(place) = place.filter(|place| place.fast) else {
            (self.block, self.holds_back) = (Block::default(), None);
            return;
        };
        self.fast_us += us;
        self.tow_us += if place.drafts { us } else { 0 };
        let is_clear = !place.drafts;
        match fold.throttle.filter(|_| is_clear) {
            Some(throttle) => self.clear(before, us, throttle),
            None => {
                self.block.other_us += us;
                if self.block.other_us >= CLEAR_BLOCK.us() {
                    (self.block, self.holds_back) = (Block::default(), None);
                }
            }
        }
    }

    fn clear(&mut self, before: EventTime, us: i64, throttle: f64) {
        let from = *self.block.from.get_or_insert(before);
        self.block.us += us;
        self.block.throttle_us += (throttle * 1e4).round() as i64 * us;
        self.block.other_us = 0;
        if self.block.us >= CLEAR_BLOCK.us() {
            let held = self.block.throttle_us as f64 / self.block.us as f64 * 1e-4;
            let since = self.holds_back.map_or(from, |(since, _)| since);
            self.holds_back = (held < CLEAR_HELD).then_some((since, held));
            self.block = Block::default();
        }
    }

    /// Since when he holds back on a clear road, and the throttle he holds, 0..1.
    pub fn holds_back(&self) -> Option<(EventTime, f64)> {
        self.holds_back
    }

    /// The part of the time since the last call in which the car was in a tow; `None`: it was never fast.
    pub fn take_tow(&mut self) -> Option<f64> {
        let tow = (self.fast_us > 0).then(|| self.tow_us as f64 / self.fast_us as f64);
        (self.fast_us, self.tow_us) = (0, 0);
        tow
    }
}
