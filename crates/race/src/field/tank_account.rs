//! What a car burned up to each of its stops, and the level that follows.

use crate::car::CarFold;
use crate::scale::{AnchoredLevel, AtStop, Remaining, Scale};
use crate::session::RaceState;
use serde::{Deserialize, Serialize};

/// The tank of one car between windows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct TankAccount {
    /// What it had burned at each stop at scale 0, by the newest fold.
    at_stops: Vec<AtStop>,
    /// The level at the last stop, and what it follows from.
    level: Option<(LevelInputs, AnchoredLevel)>,
}

/// What the level at a stop follows from: it is walked anew where one of these changes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct LevelInputs {
    /// Of the race, when it last concerned the car.
    revision: u64,
    newest: AtStop,
    in_box: bool,
    scale: Scale,
}

/// What is in the tank, and what that follows from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct TankReading {
    /// What the level follows from.
    pub inputs: LevelInputs,
    /// At the last stop.
    pub level: AnchoredLevel,
    /// At the window's end.
    pub remaining: Remaining,
}

impl TankAccount {
    /// Takes a fold at scale 0: where a stint has begun, what was burned until then is kept.
    pub fn follow(&mut self, fold: &CarFold) {
        let Some(burned) = &fold.burned else { return };
        let gap_var_g2 = (burned.race_gap_var_g2 - burned.stint_gap_var_g2).max(0.0);
        let at_stop = AtStop { burned: burned.race - burned.stint, gap_var_g2 };
        self.at_stops.resize(fold.stint as usize, at_stop);
        if let Some(newest) = self.at_stops.last_mut() {
            *newest = at_stop;
        }
    }

    /// What is left by a fold at scale, in a race that concerned the car last at `revision`; `None` where burn is not in
    /// real grams.
    pub fn read(
        &mut self,
        fold: &CarFold,
        scale: Scale,
        revision: u64,
        race: &RaceState,
    ) -> Option<TankReading> {
        let burned = fold.burned.as_ref().filter(|_| fold.calibrated)?;
        let inputs = LevelInputs {
            revision,
            newest: self.at_stops.last().copied().unwrap_or_default(),
            // a feed that has no more of a stop than its beginning does not leave a car in its box for ever
            in_box: fold.in_box && fold.stint_laps == 0,
            scale,
        };
        let level = match self.level {
            Some((before, level)) if before == inputs => level,
            _ => {
                let at_stops: Vec<AtStop> = self.at_stops.iter().map(|at| at.scaled(scale.factor)).collect();
                AnchoredLevel::walk(fold.vehicle, &at_stops, inputs.in_box, race)
            }
        };
        self.level = Some((inputs, level));
        let remaining = level.after(burned.stint.mass(), burned.stint_gap_var_g2 * 1e-6, scale.sd());
        Some(TankReading { inputs, level, remaining })
    }
}
