//! What a driver does, lap by lap: saves, races, or neither, and by which means.

use super::reference::Reference;
use super::save::SaveAmount;
use super::technique::{Lap, Means, Technique};
use super::traffic::Place;
use crate::fold::CarFold;
use events::{CarInsight, Mode, Seen, Sign};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use units::{EventTime, Span};

/// A driver saves from this score on, and no longer below that. Source of all bounds: docs/fuel-model.md §7.
const SAVES: f64 = 1.0;
const SAVES_STILL: f64 = 0.8;
/// Who saves less than this and burns so much more than the field races hard, and no longer below that.
const HARD_BELOW: f64 = 0.15;
const HARD_BURN: f64 = 0.010;
const HARD_STILL: f64 = 0.005;
/// The road ahead is clear: nobody within this.
const CLEAR_S: f64 = 1.0;
/// So much of it must have been seen, and a driver holds back who opens the throttle less far there on the mean.
const CLEAR_MIN: Span = Span::from_secs(10);
const CLEAR_HELD: f64 = 0.90;

/// One driver.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Judge {
    /// The lap that was judged last, by its end.
    judged: Option<EventTime>,
    /// The newest laps, at most two, the newest last.
    laps: Vec<Judged>,
    mode: Option<Mode>,
    clear: Clear,
    save: SaveAmount,
}

/// A lap and what it says.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Judged {
    from: EventTime,
    technique: Technique,
    /// Mean throttle with a clear road ahead; `None`: hardly any of it.
    clear: Option<f64>,
    mode: Mode,
}

/// Throttle with a clear road ahead, since the lap that was judged last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Clear {
    at: Option<EventTime>,
    us: i64,
    /// Throttle in parts of 10 000 times µs.
    throttle_us: i64,
}

impl Judge {
    /// Takes the fold of a window, and with it the lap that has closed since the last.
    pub fn see(&mut self, fold: &CarFold, place: Option<&Place>, field: Option<&Reference>, lap: Option<Lap>) {
        self.clear.see(fold, place);
        let Some(driven) = fold.driven.last() else {
            // racing was interrupted, or the car has stopped: what he did before says nothing of what follows
            *self = Judge { clear: self.clear, save: std::mem::take(&mut self.save), ..Judge::default() };
            return;
        };
        let (Some(field), Some(lap)) = (field, lap) else { return };
        if self.judged.replace(driven.to) == Some(driven.to) {
            return;
        }
        let clear = self.clear.take();
        let Some(own) = Means::of(std::iter::once(Arc::as_ref(driven)), &fold.clean_laps, &field.flat) else { return };
        let technique = Technique::of(driven, &own, field, lap);
        self.save.lap(fold.run, technique.burn);
        let (clear, mode) = (clear.filter(|_| lap.in_packs), self.says(&technique));
        self.take(Judged { from: driven.from, technique, clear, mode });
    }

    fn take(&mut self, lap: Judged) {
        self.laps.push(lap);
        if self.laps.len() > 2 {
            self.laps.remove(0);
        }
        self.mode = match self.laps[..] {
            [before, newest] if before.mode == newest.mode => Some(newest.mode),
            [_, _] => self.mode.or(Some(Mode::Neutral)),
            _ => self.mode,
        };
    }

    /// What a lap says, seen from the mode in force.
    fn says(&self, lap: &Technique) -> Mode {
        let is = |mode| self.mode == Some(mode);
        let burn = lap.burn.unwrap_or(0.0);
        if lap.score >= if is(Mode::Saving) { SAVES_STILL } else { SAVES } {
            Mode::Saving
        } else if lap.score < HARD_BELOW && burn > if is(Mode::Hard) { HARD_STILL } else { HARD_BURN } {
            Mode::Hard
        } else {
            Mode::Neutral
        }
    }

    /// Tells the mode and why; `None` before two laps have been seen.
    pub fn tell(&self, insight: &mut CarInsight) {
        insight.save_amount_pct = self.save.percent();
        insight.save_score = self.score();
        insight.mode = self.mode.unwrap_or_default();
        insight.mode_reason = self.laps.last().and_then(|lap| match insight.mode {
            Mode::Saving => lap.technique.says_saving(),
            Mode::Hard => lap.technique.says_hard(),
            _ => None,
        });
    }

    /// How plainly he saves, over his newest laps.
    fn score(&self) -> Option<f64> {
        let sum: f64 = self.laps.iter().map(|lap| lap.technique.score).sum();
        (!self.laps.is_empty()).then(|| sum / self.laps.len() as f64)
    }

    /// What shows in both of the newest laps.
    pub fn signs(&self) -> impl Iterator<Item = Seen> + '_ {
        let both = |shows: fn(&Judged) -> bool| self.laps.len() == 2 && self.laps.iter().all(shows);
        let newest = self.laps.last();
        let told = [
            (Sign::LiftAndCoast, both(|lap| lap.technique.coasts), newest.map(|lap| lap.technique.coasted_m)),
            (Sign::PartThrottle, both(Judged::holds_back), newest.and_then(|lap| Some(100.0 * lap.held()?))),
            (Sign::ShortShift, both(|lap| lap.technique.shifts_early), newest.map(|lap| lap.technique.early_rpm)),
        ];
        let since_us = self.laps.first().map(|lap| lap.from);
        told.into_iter()
            .filter(|(_, shows, _)| *shows)
            .filter_map(move |(sign, _, amount)| Some(Seen { sign, since_us: since_us?, amount }))
    }
}

impl Judged {
    fn holds_back(&self) -> bool {
        self.technique.held.is_some() || self.clear.is_some_and(|held| held < CLEAR_HELD)
    }
    fn held(&self) -> Option<f64> {
        self.technique.held.map(|(own, _)| own).or(self.clear)
    }
}

impl Clear {
    fn see(&mut self, fold: &CarFold, place: Option<&Place>) {
        let before = self.at.replace(fold.window_end);
        let is_clear = place.is_some_and(|place| place.fast && place.gap_s.is_none_or(|gap| gap > CLEAR_S));
        if let (true, Some(before), Some(throttle)) = (is_clear, before, fold.throttle) {
            let us = (fold.window_end - before).us();
            self.us += us;
            self.throttle_us += (throttle * 1e4) as i64 * us;
        }
    }

    fn take(&mut self) -> Option<f64> {
        let Clear { at, us, throttle_us } = *self;
        *self = Clear { at, ..Clear::default() };
        (us >= CLEAR_MIN.us()).then(|| throttle_us as f64 / us as f64 * 1e-4)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The modes that a driver is said to be in after each of some laps, told as (score, burn against the field).
    fn modes(laps: &[(f64, f64)]) -> Vec<Option<Mode>> {
        let mut judge = Judge::default();
        let mut judged = |(score, burn)| {
            let technique = Technique { score, burn: Some(burn), ..Technique::default() };
            let mode = judge.says(&technique);
            judge.take(Judged { from: EventTime::from_us(0), technique, clear: None, mode });
            judge.mode
        };
        laps.iter().copied().map(&mut judged).collect()
    }

    #[test]
    fn two_laps_must_agree_before_the_word_changes() {
        let (saves, races, neither) = ((1.2, -0.03), (0.0, 0.02), (0.4, 0.0));
        let [saving, hard, neutral] = [Mode::Saving, Mode::Hard, Mode::Neutral].map(Some);
        for (what, laps, told) in [
            ("a saver", vec![saves, saves], vec![None, saving]),
            ("one lap", vec![neither, neither, saves, neither], vec![None, neutral, neutral, neutral]),
            ("he stops saving", vec![saves, saves, neither, neither], vec![None, saving, saving, neutral]),
            ("a little less is saving still", vec![saves, saves, (0.9, 0.0), (0.9, 0.0)], vec![None, saving, saving, saving]),
            ("and not enough to begin with", vec![(0.9, 0.0), (0.9, 0.0)], vec![None, neutral]),
            ("hard", vec![races, races, saves, saves], vec![None, hard, hard, saving]),
            ("at odds", vec![saves, races], vec![None, neutral]),
        ] {
            assert_eq!(modes(&laps), told, "{what}");
        }
    }
}
