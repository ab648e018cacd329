//! The right foot and the gear lever: lifts, and shifts up.

use events::{Sample, Signal};
use serde::{Deserialize, Serialize};
use units::{EventTime, Span};

/// Throttle counts as lifted below this part of its highest in the last seconds. Source: docs/fuel-model.md §7.
const LIFTED: f64 = 0.5;
/// And as opened again above this part.
const OPENED: f64 = 0.6;
/// Nobody lifts from less than this, in steps.
const OPEN_STEPS: i32 = 3_000;
/// The highest throttle of the last 1.5 to 3 s counts: it is kept for two spans of this length.
const TOP_FOR: Span = Span::from_ms(1_500);

/// Finds where the throttle falls below half of what it was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Lift {
    top: i32,
    top_before: i32,
    top_from: Option<EventTime>,
    lifted: bool,
}

impl Lift {
    /// Takes the throttle, in steps. Whether the driver lifts here.
    pub fn observe(&mut self, at: EventTime, throttle: i32) -> bool {
        let from = *self.top_from.get_or_insert(at);
        if at - from > TOP_FOR {
            self.top_before = self.top;
            self.top = throttle;
            self.top_from = Some(at);
        }
        self.top = self.top.max(throttle);
        let top = self.top.max(self.top_before);
        let part = |of: f64| (f64::from(top) * of) as i32;
        if self.lifted {
            self.lifted = throttle < part(OPENED);
            return false;
        }
        self.lifted = top > OPEN_STEPS && throttle < part(LIFTED);
        self.lifted
    }
}

/// Without a gear signal a fall of engine speed by this part while the throttle is open is a shift up.
const FALL: f64 = 0.08;
const OPEN_AT_SHIFT_STEPS: i32 = 5_000;
/// The highest engine speed this soon before counts: it falls over a sample or two.
const BEFORE: Span = Span::from_ms(600);

/// Finds shifts up, and the engine speed just before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Shift {
    gear: Option<i32>,
    throttle: Option<i32>,
    high: Option<(EventTime, i32)>,
}

impl Shift {
    /// Takes a sample. The engine speed before a shift up, in steps of its signal, if there was one.
    pub fn observe(&mut self, sample: &Sample) -> Option<i32> {
        let at = sample.event_time;
        self.throttle = sample.steps(Signal::Throttle).or(self.throttle);
        let high = self.high.filter(|(high_at, _)| at - *high_at <= BEFORE);
        let shifted = match sample.steps(Signal::Gear) {
            Some(gear) => self.gear.replace(gear).is_some_and(|before| before >= 1 && gear == before + 1),
            None if self.gear.is_none() => {
                let fallen = sample
                    .steps(Signal::Rpm)
                    .zip(high)
                    .is_some_and(|(rpm, (_, high))| f64::from(rpm) < f64::from(high) * (1.0 - FALL));
                fallen && self.throttle.is_some_and(|throttle| throttle > OPEN_AT_SHIFT_STEPS)
            }
            None => false,
        };
        if let Some(rpm) = sample.steps(Signal::Rpm) {
            let rises = shifted || high.is_none_or(|(_, high)| rpm >= high);
            self.high = if rises { Some((at, rpm)) } else { high };
        }
        high.map(|(_, rpm)| rpm).filter(|_| shifted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use events::VehicleId;

    #[test]
    fn a_lift_is_where_the_throttle_falls_below_half_of_what_it_was() {
        // ten a second; a saver who never opens fully lifts too
        for (what, throttles, lifts) in [
            (
                "flat out, then closed",
                &[10_000, 10_000, 6_000, 4_000, 0, 0, 8_000, 10_000, 0][..],
                &[3, 8][..],
            ),
            ("held at 60 %", &[6_000, 6_000, 6_000, 2_900, 3_100, 6_000][..], &[3][..]),
            ("a breathe", &[10_000, 7_000, 10_000][..], &[][..]),
            ("cruising", &[1_000, 300, 1_000][..], &[][..]),
        ] {
            let mut lift = Lift::default();
            let lifted: Vec<usize> = (0..throttles.len())
                .filter(|&i| lift.observe(EventTime::from_ms(100 * i as i64), throttles[i]))
                .collect();
            assert_eq!(lifted, lifts, "{what}");
        }
    }

    #[test]
    fn a_shift_up_shows_in_the_gear_or_by_the_fall_of_engine_speed() {
        let rpm = [8_000.0, 8_500.0, 8_900.0, 7_600.0, 7_800.0];
        for (what, gears, throttle, expected) in [
            ("by gear", Some([3.0, 3.0, 3.0, 4.0, 4.0]), 1.0, Some(89_000)),
            ("without gear", None, 1.0, Some(89_000)),
            ("a corner, without gear", None, 0.0, None),
            ("a shift down", Some([3.0, 3.0, 3.0, 2.0, 2.0]), 1.0, None),
        ] {
            let mut shift = Shift::default();
            let mut shifted = Vec::new();
            for (i, rpm) in rpm.into_iter().enumerate() {
                let at = EventTime::from_ms(100 * i as i64);
                let mut sample = Sample::new(VehicleId::new("24").unwrap(), at)
                    .with(Signal::Rpm, rpm)
                    .and_then(|sample| sample.with(Signal::Throttle, throttle))
                    .unwrap();
                if let Some(gears) = gears {
                    sample = sample.with(Signal::Gear, gears[i]).unwrap();
                }
                shifted.extend(shift.observe(&sample));
            }
            assert_eq!(shifted, expected.into_iter().collect::<Vec<_>>(), "{what}");
        }
    }
}
