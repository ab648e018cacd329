//! Where the start line was crossed, from lap distance and lap counter, whichever a feed has.

use serde::{Deserialize, Serialize};
use units::EventTime;

/// A lap, in steps of [`events::Signal::LapDistance`].
pub const LAP_STEPS: i64 = 1_000_000;
/// A feed's lap counter overrules ours when it repeats itself this often. Source: docs/fuel-model.md §6.
const CONVINCING: u8 = 3;
/// Over a longer silence than this the counter decides how many laps went by; over a shorter one distance alone does,
/// because counters switch a few samples beside the line.
const LONG_SILENCE_US: i64 = 5_000_000;
/// No car covers more than this part of a lap within [`LONG_SILENCE_US`], but a reset to the garage does.
pub const JUMP_STEPS: i64 = LAP_STEPS / 2;

/// A car that falls back by less than this part of a lap has not: its position is noisy, or its clock has stepped back,
/// by up to 1.5 s on a lap of 15 s. Its distance waits until it has passed the place again.
const NOISE_STEPS: i64 = LAP_STEPS / 10;

/// Whether the lap distance `now` lies a little behind `before`, or behind the start line that a car at `before` has
/// crossed.
pub fn is_noise(before: i32, now: i32) -> bool {
    let moved = i64::from(now) - i64::from(before);
    (-NOISE_STEPS..0).contains(&moved) || moved > LAP_STEPS - NOISE_STEPS
}

/// Follows one car round the track.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LapTracker {
    /// The newest lap distance and its time.
    newest: Option<(EventTime, i32)>,
    /// Start lines crossed since the first sample.
    lines: i64,
    /// The lap that is open, as the feed counts.
    number: Option<i32>,
    disagreed: u8,
}

/// What becomes of the laps of a car at one event time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Crossing {
    /// The start line, at this time.
    Line {
        /// Interpolated between the samples on either side.
        at: EventTime,
        /// The lap that closes; `None` before a feed has named one.
        closes: Option<i32>,
    },
    /// The car was put elsewhere: the open lap is no lap.
    Reset {
        /// The first sample at the new place.
        at: EventTime,
    },
}

impl Crossing {
    /// Its event time.
    pub fn at(&self) -> EventTime {
        match *self {
            Crossing::Line { at, .. } | Crossing::Reset { at } => at,
        }
    }
}

impl LapTracker {
    /// The time of the newest lap distance, for a feed that has it.
    pub fn newest_at(&self) -> Option<EventTime> {
        self.newest.map(|(at, _)| at)
    }

    /// Distance since the start line that opened lap zero of this tracker, in [`LAP_STEPS`] a lap.
    pub fn travelled_steps(&self) -> Option<i64> {
        let (_, steps) = self.newest?;
        Some(self.lines * LAP_STEPS + i64::from(steps))
    }

    /// The newest lap distance.
    pub fn newest_steps(&self) -> Option<i32> {
        self.newest.map(|(_, steps)| steps)
    }

    /// The car has come to `steps` without crossing anything; `agrees`: its counter named the lap that is open.
    pub fn pass(&mut self, at: EventTime, steps: i32, agrees: bool) {
        self.newest = Some((at, steps));
        if agrees {
            self.disagreed = 0;
        }
    }

    /// The lap that is open.
    pub fn number(&self) -> Option<i32> {
        self.number
    }

    /// Takes a sample's lap distance (steps) and counter; calls `out` for each crossing since the sample before, in
    /// order of time.
    pub fn observe(
        &mut self,
        at: EventTime,
        distance: Option<i32>,
        counter: Option<i32>,
        mut out: impl FnMut(Crossing),
    ) {
        match (distance, self.newest) {
            (Some(steps), Some((before_at, before)))
                if (at - before_at).us() <= LONG_SILENCE_US && is_noise(before, steps) =>
            {
                self.newest = Some((at, before));
            }
            (Some(steps), Some((before_at, before))) => {
                self.newest = Some((at, steps));
                self.by_distance((before_at, before), (at, steps), counter, &mut out);
            }
            (Some(steps), None) => self.newest = Some((at, steps)),
            (None, None) => self.by_counter(at, counter, &mut out),
            (None, Some(_)) => {}
        }
        self.agree(counter);
    }

    fn by_distance(
        &mut self,
        (from, before): (EventTime, i32),
        (to, now): (EventTime, i32),
        counter: Option<i32>,
        out: &mut impl FnMut(Crossing),
    ) {
        let moved = i64::from(now) - i64::from(before);
        let long = (to - from).us() > LONG_SILENCE_US;
        if !long && (0..JUMP_STEPS).contains(&moved) {
            return;
        }
        let wrapped = i64::from(moved < -JUMP_STEPS);
        let counted = match (counter, self.number) {
            (Some(counter), Some(number)) if long => i64::from(counter) - i64::from(number),
            _ => wrapped,
        };
        let backward = counted < 0 || (counted == 0 && moved < -NOISE_STEPS);
        let jumped = !long && wrapped == 0 && moved.abs() > JUMP_STEPS;
        if backward || jumped {
            self.number = counter.or(self.number);
            out(Crossing::Reset { at: to });
            return;
        }
        let total = counted * LAP_STEPS + moved;
        for line in 1..=counted {
            let part = (line * LAP_STEPS - i64::from(before)) as f64 / total.max(1) as f64;
            let us = ((to - from).us() as f64 * part.clamp(0.0, 1.0)).round() as i64;
            self.lines += 1;
            let closes = self.number;
            self.number = Some(closes.map_or(1, |number| number.saturating_add(1)));
            out(Crossing::Line { at: from + units::Span::from_us(us), closes });
        }
    }

    /// A feed without lap distance: the line is where the counter went up.
    fn by_counter(&mut self, at: EventTime, counter: Option<i32>, out: &mut impl FnMut(Crossing)) {
        let (Some(counter), Some(number)) = (counter, self.number) else { return };
        if counter == number {
            return;
        }
        self.number = Some(counter);
        if counter == number.saturating_add(1) {
            self.lines += 1;
            out(Crossing::Line { at, closes: Some(number) });
        } else {
            out(Crossing::Reset { at });
        }
    }

    fn agree(&mut self, counter: Option<i32>) {
        let Some(counter) = counter else { return };
        if self.number.is_none_or(|number| number == counter) {
            self.number = Some(counter);
            self.disagreed = 0;
            return;
        }
        self.disagreed += 1;
        if self.disagreed >= CONVINCING {
            self.number = Some(counter);
            self.disagreed = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn crossings(samples: &[(i64, Option<f64>, Option<i32>)]) -> Vec<Crossing> {
        let (mut tracker, mut out) = (LapTracker::default(), Vec::new());
        for &(ms, distance, counter) in samples {
            let steps = distance.map(|d| (d * LAP_STEPS as f64) as i32);
            tracker.observe(EventTime::from_ms(ms), steps, counter, |c| out.push(c));
        }
        out
    }
    fn line(ms: i64, closes: i32) -> Crossing {
        Crossing::Line { at: EventTime::from_ms(ms), closes: Some(closes) }
    }

    #[test]
    fn a_line_is_interpolated_between_two_samples() {
        let got =
            crossings(&[(0, Some(0.97), Some(4)), (100, Some(0.99), Some(4)), (200, Some(0.03), Some(5))]);
        assert_eq!(got, [line(125, 4)], "a quarter of the way from .99 to 1.03");
    }

    #[test]
    fn noise_of_the_position_crosses_no_line_twice() {
        let noisy = [0.97, 0.99, 0.004, 0.998, 0.002, 0.999, 0.006, 0.003, 0.03];
        let samples: Vec<_> = (0..).zip(noisy).map(|(i, part)| (i * 100, Some(part), None)).collect();
        let got = crossings(&samples);
        assert!(matches!(got[..], [Crossing::Line { closes: None, .. }]), "{got:?}");
    }

    /// A lap of 20 s, whose clock is 1 s fast until it steps back at `ms`: event times of both clocks interleave.
    #[test]
    fn a_clock_that_steps_back_costs_no_lap() {
        for step_ms in [5_000, 19_500, 20_500] {
            let part = |ms: i64| Some((ms % 20_000) as f64 / 20_000.0);
            let fast = (0..step_ms).step_by(100).map(|ms| (ms + 1_000, part(ms), None));
            let true_time = (step_ms..45_000).step_by(100).map(|ms| (ms, part(ms), None));
            let mut samples: Vec<_> = fast.chain(true_time).collect();
            samples.sort_by_key(|&(ms, ..)| ms);
            let got = crossings(&samples);
            assert!(matches!(got[..], [Crossing::Line { .. }, Crossing::Line { .. }]), "{step_ms}: {got:?}");
        }
    }

    #[test]
    fn a_counter_that_switches_beside_the_line_moves_nothing() {
        for (before, after) in [(4, 4), (5, 5), (4, 5)] {
            let got = crossings(&[
                (0, Some(0.97), Some(4)),
                (100, Some(0.99), Some(before)),
                (200, Some(0.01), Some(after)),
                (300, Some(0.03), Some(5)),
            ]);
            assert_eq!(got, [line(150, 4)], "counter {before} then {after}");
        }
    }

    #[test]
    fn a_long_silence_counts_laps_by_the_counter() {
        let got = crossings(&[(0, Some(0.5), Some(4)), (90_000, Some(0.5), Some(7))]);
        assert_eq!(got, [line(15_000, 4), line(45_000, 5), line(75_000, 6)]);
    }

    #[test]
    fn a_jump_or_a_lower_counter_is_a_reset_not_a_lap() {
        let reset = [Crossing::Reset { at: EventTime::from_ms(1_000) }];
        assert_eq!(crossings(&[(0, Some(0.2), Some(3)), (1_000, Some(0.9), Some(3))]), reset);
        assert_eq!(crossings(&[(0, Some(0.6), Some(3)), (1_000, Some(0.3), Some(3))]), reset);
        assert_eq!(crossings(&[(0, None, Some(3)), (1_000, None, Some(0))]), reset);
    }

    #[test]
    fn a_feed_without_distance_crosses_where_its_counter_rises() {
        assert_eq!(crossings(&[(0, None, Some(3)), (100, None, Some(4))]), [line(100, 3)]);
    }

    #[test]
    fn a_counter_that_falls_back_is_believed_at_the_third_time() {
        let mut tracker = LapTracker::default();
        for (i, counter) in [9, 9, 8, 8].into_iter().enumerate() {
            tracker.observe(EventTime::from_ms(i as i64 * 50), Some(1000 * i as i32), Some(counter), |_| {});
        }
        assert_eq!(tracker.number(), Some(9));
        tracker.observe(EventTime::from_ms(200), Some(4000), Some(8), |_| {});
        assert_eq!(tracker.number(), Some(8));
    }
}
