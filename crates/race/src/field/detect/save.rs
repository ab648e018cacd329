//! How much less a car burns now than at the start of its run, tyres and weather apart.

use crate::field::compare::median;
use serde::{Deserialize, Serialize};

/// The first so many clean laps of a run are what later ones are held against, and the least of them that will do.
/// Source: docs/fuel-model.md §7.
const BASE: usize = 10;
const BASE_MIN: usize = 5;
/// The newest so many laps count.
const NEWEST: usize = 2;

/// Burn against the field's at the same time: what the whole field gains or loses drops out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SaveAmount {
    stint: u32,
    base: Vec<f64>,
    newest: Vec<f64>,
    percent: Option<f64>,
}

impl SaveAmount {
    /// A clean lap of `run` with its burn over the field's, less 1.
    pub fn lap(&mut self, stint: u32, burn: Option<f64>) {
        if self.stint != stint {
            *self = SaveAmount { stint, ..SaveAmount::default() };
        }
        let Some(ratio) = burn.map(|burn| 1.0 + burn).filter(|ratio| *ratio > 0.0) else { return };
        self.newest.push(ratio);
        if self.newest.len() > NEWEST {
            let settled = self.newest.remove(0);
            if self.base.len() < BASE {
                self.base.push(settled);
            }
        }
        self.percent = self.computed();
    }

    /// Percent saved; negative burns more. `None`: too few laps of the run.
    pub fn percent(&self) -> Option<f64> {
        self.percent
    }

    fn computed(&self) -> Option<f64> {
        if self.newest.len() < NEWEST || self.base.len() < BASE_MIN {
            return None;
        }
        let now = self.newest.iter().sum::<f64>() / NEWEST as f64;
        Some(100.0 * (1.0 - now / median(self.base.iter().copied())?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_saved_is_held_against_the_first_laps_of_the_stint() {
        let mut save = SaveAmount::default();
        for _ in 0..6 {
            save.lap(0, Some(0.02));
            assert_eq!(save.percent(), None, "too few laps to compare with");
        }
        for burn in [0.02, -0.05, -0.05] {
            save.lap(0, Some(burn));
        }
        // 0.95 of the field's burn after 1.02
        assert!((save.percent().unwrap() - 100.0 * (1.0 - 0.95 / 1.02)).abs() < 1e-9);
        save.lap(1, Some(0.0));
        assert_eq!(save.percent(), None, "another stint");
    }
}
