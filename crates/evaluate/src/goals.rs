//! What the estimate aims at. Sources and reasons: docs/accuracy.md.

use crate::figures::{Accuracy, Compared};
use serde::Serialize;

/// What is aimed at: a figure and where it should lie.
pub struct Goal {
    /// The figure it is about.
    pub what: &'static str,
    /// Where it should lie.
    aim: GoalRange,
    figure: Figure,
}

/// A figure of the first, which is held against the second.
type Figure = fn(&Accuracy, &Accuracy) -> Option<f64>;

#[derive(Clone, Copy)]
enum GoalRange {
    AtMost(f64),
    AtLeast(f64),
    Within(f64, f64),
}

/// What a car's past races can have taught.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taught {
    /// Something: their races were calibrated.
    ByHistory,
    /// Nothing: its first stint follows from priors.
    Nothing,
}

/// The goals for engines of which so much is known.
pub fn goals(taught: Taught) -> [Goal; 10] {
    let (first, later) = match taught {
        Taught::ByHistory => (1.2, 1.0),
        Taught::Nothing => (4.0, 2.2),
    };
    let goal = |what, aim, figure: Figure| Goal { what, aim, figure };
    [
        goal("first stint, rms %", GoalRange::AtMost(first), |a, _| a.first_stint_rms_pct),
        goal("later stints, rms %", GoalRange::AtMost(later), |a, _| a.later_stint_rms_pct),
        goal("mpg of a green lap, sd %", GoalRange::AtMost(1.1), |a, _| a.lap_mpg_sd_pct),
        goal("two cars over 5 laps, rms %", GoalRange::AtMost(1.3), |a, _| a.pair_rmse_pct),
        goal("  against the baseline's", GoalRange::AtMost(1.0 / 3.0), |a, naive| {
            Some(a.pair_rmse_pct? / naive.pair_rmse_pct.filter(|rmse| *rmse > 0.0)?)
        }),
        goal("  right of those 4 % apart", GoalRange::AtLeast(0.99), |a, _| a.pair_sign_at_4pct),
        goal("tank before a stop, rms gal", GoalRange::AtMost(0.20), |a, _| a.tank_rms_gal),
        goal("80 % intervals, stints", GoalRange::Within(0.78, 0.83), |a, _| a.coverage80),
        goal("80 % intervals, tanks", GoalRange::Within(0.78, 0.83), |a, _| a.tank_coverage80),
        goal("makes the finish, Brier skill", GoalRange::AtLeast(0.65), |a, _| a.make_it_brier_skill),
    ]
}

/// A goal, and what was reached.
#[derive(Debug, Serialize)]
pub struct Reached {
    /// The figure it is about.
    pub what: &'static str,
    /// Where it should lie, in words.
    pub goal: String,
    /// Where it lies.
    pub figure: Option<f64>,
    /// Whether it lies there; `None` where it has no value.
    pub is_met: Option<bool>,
}

impl Goal {
    /// What the baseline reaches.
    pub fn of_baseline(&self, by: &Compared<Accuracy>) -> Option<f64> {
        (self.figure)(&by.naive, &by.naive)
    }

    /// By some figures.
    pub fn reached(&self, by: &Compared<Accuracy>) -> Reached {
        let figure = (self.figure)(&by.stream, &by.naive);
        let goal = match self.aim {
            GoalRange::AtMost(most) => format!("≤ {most:.2}"),
            GoalRange::AtLeast(least) => format!("≥ {least:.2}"),
            GoalRange::Within(least, most) => format!("{least:.2} to {most:.2}"),
        };
        let is_met = figure.map(|figure| match self.aim {
            GoalRange::AtMost(most) => figure <= most,
            GoalRange::AtLeast(least) => figure >= least,
            GoalRange::Within(least, most) => (least..=most).contains(&figure),
        });
        Reached { what: self.what, goal, figure, is_met }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_goal_is_met_missed_or_cannot_be_judged() {
        let mut figures = Compared::of(&[]);
        let verdict = |figures: &Compared<Accuracy>, taught| {
            let reached = goals(taught).map(|goal| goal.reached(figures));
            reached.into_iter().find(|reached| reached.what == "later stints, rms %").unwrap().is_met
        };
        assert_eq!(verdict(&figures, Taught::ByHistory), None);
        figures.stream.later_stint_rms_pct = Some(1.5);
        assert_eq!(verdict(&figures, Taught::ByHistory), Some(false));
        assert_eq!(verdict(&figures, Taught::Nothing), Some(true));
    }
}
