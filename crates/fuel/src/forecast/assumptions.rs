//! What a forecast takes for granted.

use super::Situation;
use crate::{normal, prior};

/// A race that goes beyond its distance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Overtime {
    /// How probable it is.
    pub p: f64,
    /// Further green laps. Extra laps burn what green laps burn, unless they are known to be under caution.
    pub green_laps: f64,
    /// Further laps under caution.
    pub caution_laps: f64,
}

/// What is taken for granted, to be shown beside every chance.
#[derive(Clone, Debug, PartialEq)]
pub struct Assumptions {
    overtime: Vec<Overtime>,
    /// Relative spread of laps to come about recent ones.
    pub future_lap_sd: f64,
}

/// Chances that are no distribution.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error("chances of overtime must each be 0 to 1 and sum to 1, not to {sum}")]
pub struct NoDistribution {
    /// What they sum to.
    pub sum: f64,
}

impl Default for Assumptions {
    /// Until fitted from history (`docs/fuel-model.md` §11).
    fn default() -> Self {
        let more = |p, green_laps| Overtime { p, green_laps, caution_laps: 0.0 };
        Assumptions {
            overtime: vec![more(0.75, 0.0), more(0.085, 2.0), more(0.085, 3.0), more(0.08, 5.0)],
            future_lap_sd: prior::FUTURE_LAP_SD,
        }
    }
}

impl Assumptions {
    /// With these overtimes.
    ///
    /// # Errors
    /// Their chances do not sum to 1, or laps are not numbers of 0 or more.
    pub fn with_overtime(overtime: Vec<Overtime>) -> Result<Assumptions, NoDistribution> {
        let sum: f64 = overtime.iter().map(|more| more.p).sum();
        let possible = |more: &Overtime| {
            let laps = [more.green_laps, more.caution_laps];
            (0.0..=1.0).contains(&more.p) && laps.iter().all(|laps| *laps >= 0.0 && laps.is_finite())
        };
        if overtime.iter().all(possible) && (sum - 1.0).abs() < 1e-9 {
            Ok(Assumptions { overtime, ..Assumptions::default() })
        } else {
            Err(NoDistribution { sum })
        }
    }

    /// The overtimes and their chances.
    pub fn overtime(&self) -> &[Overtime] {
        &self.overtime
    }

    /// All of them for one car, a sentence each.
    pub fn list(&self, situation: &Situation) -> Vec<String> {
        let percent = |share: f64| share * 100.0;
        let mut list: Vec<String> = self.overtime.iter().map(Overtime::to_string).collect();
        list.push(format!(
            "laps to come burn what recent clean ones did, to {:.1} %",
            percent(self.future_lap_sd)
        ));
        if situation.caution_laps_left > 0.0 {
            list.push(format!("{} of the laps left are under caution", situation.caution_laps_left));
        }
        let tank = situation.tank;
        list.push(format!(
            "the tank holds {} ± {} gal, of which the last {} ± {} gal cannot be used",
            tank.size_gal, tank.size_sd_gal, tank.reserve_gal, tank.reserve_sd_gal
        ));
        list.push(format!(
            "burn is known to {:.1} %, and the law's shape over a stint to {:.1} %",
            percent(situation.scale.var.max(0.0).sqrt()),
            percent(situation.shape_sd)
        ));
        list.push(format!("sure means a chance of {:.0} %", percent(normal::SURE)));
        list
    }
}

impl core::fmt::Display for Overtime {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let chance = self.p * 100.0;
        match (self.green_laps > 0.0, self.caution_laps > 0.0) {
            (false, false) => write!(f, "no overtime: {chance:.1} %"),
            (true, false) => write!(f, "{} more green laps: {chance:.1} %", self.green_laps),
            (false, true) => write!(f, "{} more laps under caution: {chance:.1} %", self.caution_laps),
            (true, true) => write!(
                f,
                "{} more green laps and {} under caution: {chance:.1} %",
                self.green_laps, self.caution_laps
            ),
        }
    }
}
