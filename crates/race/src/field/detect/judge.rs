//! What a driver does, lap by lap: saves, races, or neither, and by which means.

use super::means::SavingMeans;
use super::reference::Reference;
use super::road::Road;
use super::save::SaveAmount;
use super::technique::Technique;
use super::track::TrackShape;
use super::traffic::TrafficPlace;
use crate::car::CarFold;
use crate::driver::LAPS;
use events::{ActiveSign, DrivingStyle, Mode, Sign};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use units::EventTime;

/// A driver saves from this score on, and no longer below that. Source of all bounds: docs/fuel-model.md §7.
const SAVES: f64 = 1.0;
const SAVES_STILL: f64 = 0.8;
/// Who saves less than this and burns so much more than the field races hard, and no longer below that.
const HARD_BELOW: f64 = 0.15;
const HARD_BURN: f64 = 0.010;
const HARD_STILL: f64 = 0.005;

/// One driver.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Judge {
    /// The lap that was judged last, by its end.
    judged: Option<EventTime>,
    /// The newest laps, at most [`LAPS`], the newest last.
    laps: Vec<LapVerdict>,
    mode: Option<Mode>,
    /// Why, in words: made once a lap.
    reason: Option<String>,
    road: Road,
    save: SaveAmount,
    /// Whether cars race in packs here.
    in_packs: bool,
}

/// A lap and the mode that it speaks for.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct LapVerdict {
    from: EventTime,
    technique: Technique,
    mode: Mode,
}

impl Judge {
    /// Takes the fold of a window, and with it the lap that has closed since the last.
    pub fn see(
        &mut self,
        fold: &CarFold,
        place: Option<&TrafficPlace>,
        field: Option<&Reference>,
        lap: Option<TrackShape>,
    ) {
        self.road.see(fold, place);
        let Some(driven) = fold.driven.last() else {
            // racing was interrupted, or the car has stopped: what he did before does not count for what follows
            *self = Judge { road: self.road, save: std::mem::take(&mut self.save), ..Judge::default() };
            return;
        };
        let (Some(field), Some(lap)) = (field, lap) else { return };
        if self.judged.replace(driven.to) == Some(driven.to) {
            return;
        }
        let tow = self.road.take_tow();
        let Some(own) = SavingMeans::of(std::iter::once(Arc::as_ref(driven)), &fold.clean_laps, &field.flat)
        else {
            return;
        };
        let technique = Technique { tow, ..Technique::of(driven, &own, field, lap) };
        self.in_packs = lap.in_packs;
        self.save.lap(fold.stint, technique.burn);
        let mode = self.mode_of(&technique);
        self.take(LapVerdict { from: driven.from, technique, mode });
    }

    fn take(&mut self, lap: LapVerdict) {
        self.laps.push(lap);
        if self.laps.len() > LAPS {
            self.laps.remove(0);
        }
        self.mode = match self.laps[..] {
            [before, newest] if before.mode == newest.mode => Some(newest.mode),
            [_, _] => self.mode.or(Some(Mode::Neutral)),
            _ => self.mode,
        };
        self.reason = match self.mode {
            Some(Mode::Saving) => lap.technique.says_saving(),
            Some(Mode::Hard) => Some(lap.technique.says_hard(self.mean(|lap| lap.burn.unwrap_or(0.0)))),
            _ => None,
        };
    }

    /// The mode that a lap speaks for, seen from the mode in force.
    fn mode_of(&self, lap: &Technique) -> Mode {
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

    /// The mode and why; unknown before two laps have been seen. Its signs are those of [`Judge::signs`] alone.
    pub fn style(&self) -> DrivingStyle {
        DrivingStyle {
            save_amount_pct: self.save.percent(),
            save_score: (!self.laps.is_empty()).then(|| self.mean(|lap| lap.score)),
            signs: Vec::new(),
            mode: self.mode.unwrap_or_default(),
            reason: self.reason.clone(),
        }
    }

    /// Over his newest laps.
    fn mean(&self, of: fn(&Technique) -> f64) -> f64 {
        self.laps.iter().map(|lap| of(&lap.technique)).sum::<f64>() / self.laps.len().max(1) as f64
    }

    /// What shows in both of the newest laps; and, where cars race in packs, on a clear road.
    pub fn signs(&self) -> impl Iterator<Item = ActiveSign> + '_ {
        let both = |shows: fn(&Technique) -> bool| {
            self.laps.len() == LAPS && self.laps.iter().all(|lap| shows(&lap.technique))
        };
        let newest = self.laps.last().map(|lap| &lap.technique);
        let since = |shows: bool| self.laps.first().filter(|_| shows).map(|lap| lap.from);
        let held = newest.and_then(|lap| Some(100.0 * lap.held?.0));
        let on_clear_road = self.road.holds_back().filter(|_| self.in_packs);
        let part_throttle = match on_clear_road {
            Some((since, held)) => (Some(since), Some(100.0 * held)),
            None => (since(both(|lap| lap.held.is_some())), held),
        };
        [
            (Sign::LiftAndCoast, since(both(|lap| lap.coasts)), newest.map(|lap| lap.coasted_m)),
            (Sign::PartThrottle, part_throttle.0, part_throttle.1),
            (Sign::ShortShift, since(both(|lap| lap.shifts_early)), newest.map(|lap| lap.early_rpm)),
        ]
        .into_iter()
        .filter_map(|(sign, since, amount)| Some(ActiveSign { sign, since_us: since?, amount }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The modes that a driver is in after each of some laps, given as (score, burn against the field).
    fn modes(laps: &[(f64, f64)]) -> Vec<Option<Mode>> {
        let mut judge = Judge::default();
        let mut judged = |(score, burn)| {
            let technique = Technique { score, burn: Some(burn), ..Technique::default() };
            let mode = judge.mode_of(&technique);
            judge.take(LapVerdict { from: EventTime::from_us(0), technique, mode });
            judge.mode
        };
        laps.iter().copied().map(&mut judged).collect()
    }

    #[test]
    fn two_laps_must_agree_before_the_word_changes() {
        let (saves, races, neither) = ((1.2, -0.03), (0.0, 0.02), (0.4, 0.0));
        let [saving, hard, neutral] = [Mode::Saving, Mode::Hard, Mode::Neutral].map(Some);
        for (what, laps, expected) in [
            ("a saver", vec![saves, saves], vec![None, saving]),
            ("one lap", vec![neither, neither, saves, neither], vec![None, neutral, neutral, neutral]),
            ("he stops saving", vec![saves, saves, neither, neither], vec![None, saving, saving, neutral]),
            (
                "a little less is saving still",
                vec![saves, saves, (0.9, 0.0), (0.9, 0.0)],
                vec![None, saving, saving, saving],
            ),
            ("and not enough to begin with", vec![(0.9, 0.0), (0.9, 0.0)], vec![None, neutral]),
            ("hard", vec![races, races, saves, saves], vec![None, hard, hard, saving]),
            ("at odds", vec![saves, races], vec![None, neutral]),
        ] {
            assert_eq!(modes(&laps), expected, "{what}");
        }
    }
}
