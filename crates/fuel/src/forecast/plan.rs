//! What to do: how much to save, when to stop, how much to add.

use super::{Forecast, Laps, Unknown, Usable};
use crate::normal::{SURE, SURE_Z};

/// Halvings of the interval in which the fuel to add is sought: to 1e-9 of a tank.
const BISECTIONS: u32 = 30;

/// The burn at which a car would be sure to reach the end, without overtime.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SaveTarget {
    /// Burn this much.
    Burn {
        /// In a green lap, gallons.
        lap_gal: f64,
        /// As an economy, miles per gallon. `None` where the length of a lap is not known.
        mpg: Option<f64>,
        /// Less than now in a lap, gallons; below 0 it may burn more.
        save_lap_gal: f64,
        /// The same, percent of what it burns now.
        save_pct: f64,
    },
    /// Not even by burning nothing.
    NotReachable,
    /// No green lap is left, or no fuel: there is nothing to choose.
    Nothing,
}

/// The laps on which a car may stop for the last time: counted when complete, all to come at green burn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PitWindow {
    /// Laps that a full tank is sure to last.
    pub full_tank_laps: u32,
    /// From here on one full tank lasts to the end.
    pub opens: u32,
    /// The last lap that it is sure to complete. `None`: it is not even sure of the line ahead.
    pub closes: Option<u32>,
}

impl PitWindow {
    /// Whether one more stop is enough.
    pub fn one_stop_is_enough(&self) -> bool {
        self.closes.is_some_and(|closes| self.opens <= closes)
    }
}

/// How much to add, if the car stopped now, to be sure of the end over all overtimes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum FuelToAdd {
    /// It is sure already.
    Nothing,
    /// This much, gallons.
    Add {
        /// US gallons to add.
        gal: f64,
    },
    /// As much as fits: filled to full it is sure.
    Fill {
        /// Room in the tank, gallons.
        room_gal: f64,
    },
    /// Not even a full tank makes it sure.
    NotOnThisStop {
        /// Room in the tank, gallons.
        room_gal: f64,
        /// Chance with a full tank.
        p_when_full: f64,
    },
}

impl Forecast<'_> {
    /// What to burn from now on to be sure of the end.
    ///
    /// # Errors
    /// What is missing.
    pub fn save_target(&self) -> Result<SaveTarget, Unknown> {
        let usable = self.usable_gal()?;
        let laps = self.laps_to_end()?;
        let total = self.total(laps)?;
        if laps.green <= 0.0 || usable.mean <= 0.0 {
            return Ok(SaveTarget::Nothing);
        }
        let now_gal = self.green_lap_gal()?;
        let sure_gal = usable.mean * libm::exp(-SURE_Z * total.spread_against(usable)) / self.factor();
        let target_gal =
            (sure_gal - self.situation.burned_gal - self.caution_gal(laps.caution)?) / laps.green;
        if target_gal <= 0.0 {
            return Ok(SaveTarget::NotReachable);
        }
        let lap_gal = target_gal * self.factor();
        Ok(SaveTarget::Burn {
            lap_gal,
            mpg: self.situation.lap_miles.map(|miles| miles / lap_gal),
            save_lap_gal: (now_gal - target_gal) * self.factor(),
            save_pct: 100.0 * (1.0 - target_gal / now_gal),
        })
    }

    /// When the last stop may be.
    ///
    /// # Errors
    /// What is missing.
    pub fn pit_window(&self) -> Result<PitWindow, Unknown> {
        let usable = self.usable_gal()?;
        let laps = self.laps_to_end()?;
        let now = self.situation.laps_done.ok_or(Unknown::LapsDone)?;
        let end = (now + laps.green + laps.caution).round();
        let full_tank_laps = self.full_tank_laps()?;
        let ahead = now.ceil();
        let opens = (end - full_tank_laps).max(ahead) as u32;
        // the car cannot be sure of more laps than its fuel lasts on average, and of no more than are left
        let last = (now + self.laps_left()?.mean.max(0.0)).floor().min(end);
        let (mut from, mut unsure) = (ahead as u32, (last as u32).saturating_add(1));
        let mut closes = None;
        while from < unsure {
            let middle = from + (unsure - from) / 2;
            let total = self.total(Laps { green: f64::from(middle) - now, caution: 0.0 })?;
            if total.p_within(usable) >= SURE {
                (closes, from) = (Some(middle), middle + 1);
            } else {
                unsure = middle;
            }
        }
        Ok(PitWindow { full_tank_laps: full_tank_laps as u32, opens, closes })
    }

    /// Green laps that a full tank is sure to last; a whole number.
    fn full_tank_laps(&self) -> Result<f64, Unknown> {
        let Usable { mean, var } = self.usable_when_full();
        if mean <= 0.0 {
            return Ok(0.0);
        }
        let future = self.assumptions.future_lap_sd;
        let spread = (self.scale_var() + future * future + var / (mean * mean)).sqrt();
        let sure_gal = mean * libm::exp(-self.situation.scale.mean - SURE_Z * spread);
        Ok((sure_gal / self.green_lap_gal()?).floor())
    }

    /// How much to add now, with this standard deviation, to be sure of the end. The tank's size limits it.
    ///
    /// # Errors
    /// What is missing.
    pub fn fuel_to_add(&self, added_sd_gal: f64) -> Result<FuelToAdd, Unknown> {
        let usable = self.usable_gal()?;
        if self.make_it()?.p >= SURE {
            return Ok(FuelToAdd::Nothing);
        }
        let size_gal = self.situation.tank.size_gal;
        let room_gal = (size_gal - self.fuel_left_gal()?.mean).min(size_gal).max(0.0);
        let totals = self.totals()?;
        let sure_with = |gal: f64| {
            let usable = Usable { mean: usable.mean + gal, var: usable.var + added_sd_gal * added_sd_gal };
            totals.iter().map(|(p, total)| p * total.p_within(usable)).sum::<f64>() >= SURE
        };
        if !sure_with(room_gal) {
            let p_when_full = self.p_when_full()?;
            let enough = p_when_full >= SURE;
            return Ok(if enough {
                FuelToAdd::Fill { room_gal }
            } else {
                FuelToAdd::NotOnThisStop { room_gal, p_when_full }
            });
        }
        let (mut little, mut enough) = (0.0, room_gal);
        for _ in 0..BISECTIONS {
            let middle = 0.5 * (little + enough);
            *(if sure_with(middle) { &mut enough } else { &mut little }) = middle;
        }
        Ok(FuelToAdd::Add { gal: enough })
    }

    /// Chance to reach the end on a tank that is filled now: its level is known again, and what was burned is past.
    fn p_when_full(&self) -> Result<f64, Unknown> {
        let filled = super::Situation { burned_gal: 0.0, imputed_sd_gal: 0.0, ..*self.situation };
        let filled = Forecast { situation: &filled, ..*self };
        Ok(filled.make_it_on(self.usable_when_full())?.p)
    }
}
