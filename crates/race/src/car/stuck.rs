//! When a signal that still comes is broken: it repeats a number for too long while the car goes on.

use events::{Sample, Signal};
use serde::{Deserialize, Serialize};
use units::{EventTime, Span};

/// A signal is not stuck before it has repeated the very same number for longer than this. Source: docs/fuel-model.md §6.
const STUCK_AFTER: Span = Span::from_secs(5);
/// Over a longer silence it may have had another.
const SILENCE_MAX: Span = Span::from_ms(2_500);
/// Within so much of an end of its travel, or of what the car has shown, a pedal rests on a stop: a foot holds it there
/// as long as it likes.
const STOP_STEPS: i32 = 500;
/// Less travel than this does not show where a car's own stops are.
const TRAVEL_MIN_STEPS: i32 = 5_000;
const CLOSED_STEPS: i32 = 500;
const OPEN_STEPS: i32 = 9_500;
/// A coasting car does not gain this much speed: a quarter, and 5 m/s.
const GAIN_MIN_MM_S: i32 = 5_000;

/// How far a signal has ranged since some time.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct StepRange {
    least: i32,
    most: i32,
    /// The deepest fall from what it had been before, and the highest rise.
    fall: i32,
    rise: i32,
}

impl Default for StepRange {
    /// Of a signal that has not come.
    fn default() -> Self {
        StepRange { least: i32::MAX, most: i32::MIN, fall: 0, rise: 0 }
    }
}

impl StepRange {
    fn of(steps: Option<i32>) -> StepRange {
        steps.map_or_else(StepRange::default, |at| StepRange { least: at, most: at, fall: 0, rise: 0 })
    }
    fn widen(&mut self, steps: Option<i32>) {
        if let Some(steps) = steps {
            self.least = self.least.min(steps);
            self.most = self.most.max(steps);
            self.fall = self.fall.max(self.most - steps);
            self.rise = self.rise.max(steps - self.least);
        }
    }
    /// From the least to the greatest; `None` if it has not come.
    fn bounds(&self) -> Option<(i32, i32)> {
        (self.least <= self.most).then_some((self.least, self.most))
    }
}

/// A number that has not changed, and what else has meanwhile.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Flat {
    steps: i32,
    since: Option<EventTime>,
    newest: Option<EventTime>,
}

impl Flat {
    /// Whether `steps` is another number than before, or may have been meanwhile.
    fn moves(&mut self, at: EventTime, steps: i32) -> bool {
        let is_after_silence = self.newest.is_none_or(|newest| at - newest > SILENCE_MAX);
        self.newest = Some(at);
        let moves = self.steps != steps || is_after_silence;
        if moves {
            (self.steps, self.since) = (steps, Some(at));
        }
        moves
    }
    fn is_long(&self, at: EventTime) -> bool {
        self.since.is_some_and(|since| at - since > STUCK_AFTER)
    }
}

/// Watches throttle and engine speed of one car, each by what the other signals do meanwhile.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Stuck {
    throttle: Flat,
    rpm: Flat,
    /// All that the throttle has shown.
    travel: StepRange,
    /// While the throttle was flat.
    rpm_meanwhile: StepRange,
    speed_meanwhile: StepRange,
    /// While engine speed was flat.
    throttle_of_rpm: StepRange,
    speed_of_rpm: StepRange,
    /// Once found, a fault lasts until the signal moves.
    throttle_is_stuck: bool,
    rpm_is_stuck: bool,
}

impl Stuck {
    /// Takes a sample: whether its throttle and its engine speed are to be believed.
    pub fn observe(&mut self, sample: &Sample) -> [bool; 2] {
        let at = sample.event_time;
        let (throttle, rpm) = (sample.steps(Signal::Throttle), sample.steps(Signal::Rpm));
        let speed = sample.steps(Signal::Speed);
        if throttle.is_some_and(|steps| self.throttle.moves(at, steps)) {
            self.travel.widen(throttle);
            (self.rpm_meanwhile, self.speed_meanwhile) = (StepRange::of(rpm), StepRange::of(speed));
            self.throttle_is_stuck = false;
        } else {
            self.rpm_meanwhile.widen(rpm);
            self.speed_meanwhile.widen(speed);
            self.throttle_is_stuck =
                self.throttle_is_stuck || (self.throttle.is_long(at) && self.throttle_must_be(speed));
        }
        if rpm.is_some_and(|steps| self.rpm.moves(at, steps)) {
            (self.throttle_of_rpm, self.speed_of_rpm) = (StepRange::of(throttle), StepRange::of(speed));
            self.rpm_is_stuck = false;
        } else {
            self.throttle_of_rpm.widen(throttle);
            self.speed_of_rpm.widen(speed);
            self.rpm_is_stuck = self.rpm_is_stuck || (self.rpm.is_long(at) && self.rpm_must_be());
        }
        [!self.throttle_is_stuck, !self.rpm_is_stuck]
    }

    /// Between its stops no foot keeps a throttle still while the car loses a tenth of its speed and gains it; one that
    /// only gains may have a driver who saves on the straight. At a stop a foot rests, so only what cannot be counts: a
    /// car that is flat out and loses a quarter of its speed, or coasts and gains it.
    fn throttle_must_be(&self, speed: Option<i32>) -> bool {
        let (Some((least_rpm, _)), Some((closed, open))) =
            (self.rpm_meanwhile.bounds(), self.travel.bounds())
        else {
            return false;
        };
        let (Some((slowest, fastest)), Some(speed)) = (self.speed_meanwhile.bounds(), speed) else {
            return false;
        };
        let engine_runs = least_rpm > 0;
        let steps = self.throttle.steps;
        let (mut at_closed, mut at_open) = (steps <= CLOSED_STEPS, steps >= OPEN_STEPS);
        if open - closed > TRAVEL_MIN_STEPS {
            at_closed |= steps <= closed + STOP_STEPS;
            at_open |= steps >= open - STOP_STEPS;
        }
        if !at_closed && !at_open {
            let StepRange { fall, rise, .. } = self.speed_meanwhile;
            return engine_runs && i64::from(fall.min(rise)) * 10 > i64::from(fastest);
        }
        let loses = i64::from(speed) * 4 < i64::from(fastest) * 3;
        let gains = speed - slowest > GAIN_MIN_MM_S && i64::from(slowest) * 4 < i64::from(speed) * 3;
        engine_runs && ((at_open && loses) || (at_closed && gains))
    }

    /// Wheels and engine turn together while the throttle is open: one does not stand still while the other ranges over
    /// a tenth. An engine that is off, and one that idles with the clutch in, may.
    fn rpm_must_be(&self) -> bool {
        let (Some((slowest, fastest)), Some((_, open))) =
            (self.speed_of_rpm.bounds(), self.throttle_of_rpm.bounds())
        else {
            return false;
        };
        self.rpm.steps > 0
            && open > CLOSED_STEPS
            && fastest - slowest > GAIN_MIN_MM_S
            && i64::from(fastest - slowest) * 10 > i64::from(fastest)
    }
}
