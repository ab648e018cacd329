//! How far the fuel goes: what is left, for how many laps, whether it lasts to the end, and what to do about it.
//!
//! Pure functions of a [`Situation`] and [`Assumptions`]. The error of the scale acts on fuel burned and fuel to be
//! burned alike, so burn is taken in total, from the last moment at which the level was known to the end. Formulas and
//! sources: `docs/fuel-model.md` §11. Where something is not known, the answer says what.

mod assumptions;
mod plan;

pub use assumptions::{Assumptions, NoDistribution, Overtime};
pub use plan::{FuelToAdd, PitWindow, SaveTarget};

use crate::fill_to_fill::Tank;
use crate::normal::{self, Spread};
use crate::{LogScale, prior};

/// What is known of one car at one moment. `None`: not known. Burn is as predicted, the scale not yet applied; amounts
/// are US gallons.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Situation {
    /// Level at the last moment at which it was known, all fuel.
    pub level_gal: Option<Spread>,
    /// Burned since then.
    pub burned_gal: f64,
    /// Standard deviation of the part of that which was imputed across gaps, the scale applied.
    pub imputed_sd_gal: f64,
    /// The logarithm of true burn over predicted.
    pub scale: LogScale,
    /// Relative error of the law's shape over a stint (tau).
    pub shape_sd: f64,
    /// Burned in a green lap, recently.
    pub green_lap_gal: Option<f64>,
    /// Burned in a lap under caution.
    pub caution_lap_gal: Option<f64>,
    /// Laps run, with the part of the present one.
    pub laps_done: Option<f64>,
    /// Laps left, with the rest of the present one, that are expected to be green; without overtime.
    pub green_laps_left: Option<f64>,
    /// Laps left that are expected to be under caution.
    pub caution_laps_left: f64,
    /// Length of a lap, miles.
    pub lap_miles: Option<f64>,
    /// The tank.
    pub tank: Tank,
}

/// Not enough information, and what is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unknown {
    /// No full tank, and no amount after one that ran dry, is known.
    #[error("not enough information: no level of this tank has been known yet")]
    Level,
    /// No clean green lap.
    #[error("not enough information: this car has run no clean green lap yet")]
    GreenLap,
    /// No lap under caution.
    #[error("not enough information: nobody knows what this car burns in a lap under caution")]
    CautionLap,
    /// How long the race is, is not known.
    #[error("not enough information: nothing tells how many laps are left")]
    LapsLeft,
    /// Nobody counts its laps.
    #[error("not enough information: nobody knows how many laps this car has run")]
    LapsDone,
}

/// Chance to reach the end without another stop.
#[derive(Clone, Debug, PartialEq)]
pub struct MakeIt {
    /// Over all overtimes.
    pub p: f64,
    /// For each of [`Assumptions::overtime`], in their order.
    pub by_overtime: Vec<f64>,
    /// With no lap of overtime.
    pub without_overtime: f64,
    /// Burn from the last known level to the end without overtime, gallons.
    pub burn_to_end_gal: Spread,
}

/// One car's situation under assumptions.
#[derive(Clone, Copy, Debug)]
pub struct Forecast<'a> {
    /// The car.
    pub situation: &'a Situation,
    /// What is taken for granted.
    pub assumptions: &'a Assumptions,
}

impl Forecast<'_> {
    /// All fuel in the tank, the reserve with it. May be below 0, by its error.
    ///
    /// # Errors
    /// No level is known.
    pub fn fuel_left_gal(&self) -> Result<Spread, Unknown> {
        let level = self.situation.level_gal.ok_or(Unknown::Level)?;
        let burned_gal = self.situation.burned_gal * self.factor();
        let imputed = self.situation.imputed_sd_gal;
        let var = level.sd * level.sd + burned_gal * burned_gal * self.scale_var() + imputed * imputed;
        Ok(Spread { mean: level.mean - burned_gal, sd: var.sqrt() })
    }

    /// Green laps until the pick-up runs dry. May be below 0: show 0.
    ///
    /// # Errors
    /// No level or no green lap is known.
    pub fn laps_left(&self) -> Result<Spread, Unknown> {
        let usable = self.usable_gal()?;
        let lap_gal = self.green_lap_gal()?;
        let scaled_lap_gal = lap_gal * self.factor();
        let laps_of_tank = usable.mean / scaled_lap_gal;
        let mean = laps_of_tank - self.situation.burned_gal / lap_gal;
        let by_scale = laps_of_tank * laps_of_tank * self.scale_var();
        let by_level = usable.var / (scaled_lap_gal * scaled_lap_gal);
        let by_future = self.assumptions.future_lap_sd * mean;
        let by_gaps = self.situation.imputed_sd_gal / scaled_lap_gal;
        let var = by_level + by_scale + by_future * by_future + by_gaps * by_gaps;
        Ok(Spread { mean, sd: var.sqrt() })
    }

    /// Laps by which the fuel goes beyond the end (long), or not as far (short, below 0), if no lap is under caution.
    ///
    /// # Errors
    /// No level, green lap or end is known.
    pub fn laps_long(&self) -> Result<Spread, Unknown> {
        let laps = self.laps_left()?;
        Ok(Spread { mean: laps.mean - self.laps_to_end()?.green, ..laps })
    }

    /// Chance to reach the end on the fuel in the tank.
    ///
    /// # Errors
    /// What is missing.
    pub fn make_it(&self) -> Result<MakeIt, Unknown> {
        self.make_it_on(self.usable_gal()?)
    }

    fn make_it_on(&self, usable: Usable) -> Result<MakeIt, Unknown> {
        let by_overtime: Vec<f64> = self.totals()?.iter().map(|(_, total)| total.p_within(usable)).collect();
        let p = self.assumptions.overtime().iter().zip(&by_overtime).map(|(more, p)| more.p * p).sum();
        let total = self.total(self.laps_to_end()?)?;
        Ok(MakeIt { p, by_overtime, without_overtime: total.p_within(usable), burn_to_end_gal: total.gal })
    }

    /// Burn from the last known level through each overtime, behind the chance of that.
    fn totals(&self) -> Result<Vec<(f64, Total)>, Unknown> {
        let laps = self.laps_to_end()?;
        let total = |more: &Overtime| {
            let (green, caution) = (laps.green + more.green_laps, laps.caution + more.caution_laps);
            Ok((more.p, self.total(Laps { green, caution })?))
        };
        self.assumptions.overtime().iter().map(total).collect()
    }

    fn laps_to_end(&self) -> Result<Laps, Unknown> {
        let Situation { green_laps_left, caution_laps_left: caution, .. } = *self.situation;
        let green =
            green_laps_left.filter(|laps| *laps >= 0.0 && laps.is_finite()).ok_or(Unknown::LapsLeft)?;
        Ok(Laps { green, caution })
    }

    /// Burn from the last known level through more laps.
    fn total(&self, laps: Laps) -> Result<Total, Unknown> {
        let green_gal = if laps.green > 0.0 { laps.green * self.green_lap_gal()? } else { 0.0 };
        let caution_gal = self.caution_gal(laps.caution)?;
        let mean = (self.situation.burned_gal + green_gal + caution_gal) * self.factor();
        let by_future = self.assumptions.future_lap_sd * green_gal * self.factor();
        let imputed = self.situation.imputed_sd_gal;
        let var = mean * mean * self.scale_var() + by_future * by_future + imputed * imputed;
        Ok(Total { gal: Spread { mean, sd: var.sqrt() }, ln_mean: libm::log(mean) })
    }

    fn caution_gal(&self, laps: f64) -> Result<f64, Unknown> {
        if laps > 0.0 {
            let lap_gal = self.situation.caution_lap_gal.filter(|gal| gal.is_finite());
            Ok(laps * lap_gal.ok_or(Unknown::CautionLap)?)
        } else {
            Ok(0.0)
        }
    }

    fn green_lap_gal(&self) -> Result<f64, Unknown> {
        self.situation.green_lap_gal.filter(|&gal| gal > 0.0 && gal.is_finite()).ok_or(Unknown::GreenLap)
    }

    /// The last known level without the reserve.
    fn usable_gal(&self) -> Result<Usable, Unknown> {
        let level = self.situation.level_gal.ok_or(Unknown::Level)?;
        let Tank { reserve_gal, reserve_sd_gal, .. } = self.situation.tank;
        let var = level.sd * level.sd + reserve_sd_gal * reserve_sd_gal;
        Ok(Usable { mean: level.mean - reserve_gal, var })
    }

    /// What a tank filled to full holds without the reserve.
    fn usable_when_full(&self) -> Usable {
        let Tank { size_gal, size_sd_gal, reserve_gal, reserve_sd_gal } = self.situation.tank;
        let full_sd = prior::FULL_SD_GAL;
        let var = full_sd * full_sd + reserve_sd_gal * reserve_sd_gal + size_sd_gal * size_sd_gal;
        Usable { mean: size_gal - reserve_gal, var }
    }

    /// True burn over predicted.
    fn factor(&self) -> f64 {
        libm::exp(self.situation.scale.mean)
    }

    /// Variance of the logarithm of burn: of the scale, and of the law's shape.
    fn scale_var(&self) -> f64 {
        self.situation.scale.var + self.situation.shape_sd * self.situation.shape_sd
    }
}

/// Laps to run.
#[derive(Clone, Copy)]
struct Laps {
    green: f64,
    caution: f64,
}

/// Fuel that can be used, gallons and gallons².
#[derive(Clone, Copy)]
struct Usable {
    mean: f64,
    var: f64,
}

/// Fuel that will have been used.
#[derive(Clone, Copy)]
struct Total {
    gal: Spread,
    /// The logarithm of its mean.
    ln_mean: f64,
}

impl Total {
    /// Relative standard deviation of fuel usable over fuel used.
    fn spread_against(&self, usable: Usable) -> f64 {
        let (relative, var) = (self.gal.sd / self.gal.mean, usable.var);
        (relative * relative + var / (usable.mean * usable.mean)).sqrt()
    }

    /// Chance that fuel usable suffices: both are taken as log-normal.
    fn p_within(&self, usable: Usable) -> f64 {
        if usable.mean <= 0.0 {
            0.0
        } else if self.gal.mean <= 0.0 {
            1.0
        } else {
            let margin = libm::log(usable.mean) - self.ln_mean;
            normal::below(margin / self.spread_against(usable))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Filled with 267 - 233 laps to go, 8.2 gallons ago (vector 06, first case, with a tank of unknown size).
    fn situation() -> Situation {
        Situation {
            level_gal: Some(Spread { mean: 20.0, sd: 0.1 }),
            burned_gal: 8.2,
            imputed_sd_gal: 0.0,
            scale: LogScale { mean: 0.006, var: 5.625e-5 },
            shape_sd: 0.007,
            green_lap_gal: Some(0.326),
            caution_lap_gal: Some(0.13),
            laps_done: Some(233.0),
            green_laps_left: Some(34.0),
            caution_laps_left: 0.0,
            lap_miles: Some(1.5),
            tank: Tank { size_sd_gal: 0.0, ..Tank::CUP },
        }
    }

    fn on<T>(situation: &Situation, ask: impl Fn(&Forecast) -> T) -> T {
        ask(&Forecast { situation, assumptions: &Assumptions::default() })
    }

    proptest! {
        #[test]
        fn the_chance_falls_with_the_laps_to_go_and_rises_with_the_fuel(
            laps in 0.0f64..80.0, more in 0.0f64..40.0, level in 2.0f64..20.0, fuel in 0.0f64..5.0,
        ) {
            let p = |laps, level| {
                let level_gal = Some(Spread { mean: level, sd: 0.1 });
                let situation = Situation { level_gal, green_laps_left: Some(laps), burned_gal: 1.0, ..situation() };
                on(&situation, |forecast| forecast.make_it().unwrap().p)
            };
            prop_assert!((0.0..=1.0).contains(&p(laps, level)));
            prop_assert!(p(laps + more, level) <= p(laps, level) + 1e-12);
            prop_assert!(p(laps, level + fuel) >= p(laps, level) - 1e-12);
        }

        #[test]
        fn what_it_says_to_add_is_enough_and_hardly_less_would_be(green in 10.0f64..70.0, burned in 0.0f64..19.0) {
            let situation = Situation { green_laps_left: Some(green), burned_gal: burned, ..situation() };
            let sure_with = |gal: f64| {
                let level_gal = Some(Spread { mean: 20.0 + gal, sd: 0.1f64.hypot(0.15) });
                on(&Situation { level_gal, ..situation }, |forecast| forecast.make_it().unwrap().p >= normal::SURE)
            };
            match on(&situation, |forecast| forecast.fuel_to_add(0.15).unwrap()) {
                FuelToAdd::Nothing => prop_assert!(on(&situation, |f| f.make_it().unwrap().p) >= normal::SURE),
                FuelToAdd::Add { gal } => prop_assert!(sure_with(gal) && !sure_with(gal - 1e-6), "{gal}"),
                FuelToAdd::Fill { room_gal } => prop_assert!(!sure_with(room_gal)),
                FuelToAdd::NotOnThisStop { room_gal, p_when_full } => {
                    prop_assert!(!sure_with(room_gal) && p_when_full < normal::SURE);
                }
            }
        }

        #[test]
        fn the_window_closes_on_the_last_lap_that_is_sure(burned in 0.0f64..19.0, done in 180.0f64..260.0) {
            let green_laps_left = Some(267.0 - done);
            let situation = Situation { burned_gal: burned, laps_done: Some(done), green_laps_left, ..situation() };
            let sure_at = |lap: f64| {
                let there = Situation { green_laps_left: Some(lap - done), ..situation };
                on(&there, |forecast| forecast.make_it().unwrap().without_overtime >= normal::SURE)
            };
            let last = (done.ceil() as u32..=267).rev().find(|&lap| sure_at(f64::from(lap)));
            prop_assert_eq!(on(&situation, |forecast| forecast.pit_window().unwrap()).closes, last);
        }

        #[test]
        fn saving_as_much_as_the_target_says_makes_it_sure(green in 35.0f64..60.0) {
            let situation = Situation { green_laps_left: Some(green), ..situation() };
            if let SaveTarget::Burn { lap_gal, .. } = on(&situation, |forecast| forecast.save_target().unwrap()) {
                let burn = Some(lap_gal / libm::exp(situation.scale.mean));
                let saving = Situation { green_lap_gal: burn, ..situation };
                let p = on(&saving, |forecast| forecast.make_it().unwrap().without_overtime);
                // a little more than sure: the spread is held at that of today's burn, and less burn has less
                prop_assert!((normal::SURE..0.93).contains(&p), "{p}");
            }
        }
    }

    #[test]
    fn what_is_not_known_is_refused() {
        let known = situation();
        let make_it = |situation: Situation| on(&situation, |forecast| forecast.make_it());
        assert!(make_it(known).is_ok());
        assert_eq!(make_it(Situation { level_gal: None, ..known }), Err(Unknown::Level));
        assert_eq!(make_it(Situation { green_lap_gal: None, ..known }), Err(Unknown::GreenLap));
        assert_eq!(make_it(Situation { green_laps_left: None, ..known }), Err(Unknown::LapsLeft));
        let caution = Situation { caution_laps_left: 3.0, caution_lap_gal: None, ..known };
        assert_eq!(make_it(caution), Err(Unknown::CautionLap));
        // and what does not need it is forecast all the same
        assert!(on(&caution, |forecast| forecast.laps_left()).is_ok());
        let uncounted = Situation { laps_done: None, lap_miles: None, ..known };
        assert_eq!(on(&uncounted, |forecast| forecast.pit_window()), Err(Unknown::LapsDone));
        let target = on(&uncounted, |forecast| forecast.save_target()).unwrap();
        assert!(matches!(target, SaveTarget::Burn { mpg: None, .. }));
        assert_eq!(
            Unknown::LapsLeft.to_string(),
            "not enough information: nothing tells how many laps are left"
        );
    }

    #[test]
    fn a_stop_too_early_is_not_the_last_one() {
        let early = Situation { laps_done: Some(157.0), green_laps_left: Some(110.0), ..situation() };
        let window = on(&early, |forecast| forecast.pit_window().unwrap());
        assert!(!window.one_stop_is_enough(), "{window:?}");
        let add = on(&early, |forecast| forecast.fuel_to_add(0.15).unwrap());
        assert!(matches!(add, FuelToAdd::NotOnThisStop { .. }), "{add:?}");
    }

    #[test]
    fn a_tank_of_unknown_size_is_trusted_for_fewer_laps() {
        let vague = Situation { tank: Tank::CUP, ..situation() };
        let laps = |situation: &Situation| on(situation, |f| f.pit_window().unwrap().full_tank_laps);
        assert!(laps(&vague) < laps(&situation()));
    }

    #[test]
    fn assumptions_are_sentences() {
        let list = Assumptions::default().list(&Situation { caution_laps_left: 4.0, ..situation() });
        assert_eq!(
            list,
            [
                "no overtime: 75.0 %",
                "2 more green laps: 8.5 %",
                "3 more green laps: 8.5 %",
                "5 more green laps: 8.0 %",
                "laps to come burn what recent clean ones did, to 2.5 %",
                "4 of the laps left are under caution",
                "the tank holds 20 ± 0 gal, of which the last 0.2 ± 0.1 gal cannot be used",
                "burn is known to 0.8 %, and the law's shape over a stint to 0.7 %",
                "sure means a chance of 90 %",
            ]
        );
    }

    #[test]
    fn chances_that_are_no_distribution_are_refused() {
        let half = Overtime { p: 0.5, green_laps: 0.0, caution_laps: 0.0 };
        let error = Assumptions::with_overtime(vec![half]).unwrap_err();
        assert_eq!(error.to_string(), "chances of overtime must each be 0 to 1 and sum to 1, not to 0.5");
        assert!(Assumptions::with_overtime(vec![half, Overtime { green_laps: 2.0, ..half }]).is_ok());
    }
}
