//! What was burned from fill to fill, by the evidence of stops.
//!
//! Nobody measures a tank, but at some moments its level is known: filled to the brim, or run dry. Between two such
//! anchors the car has burned what was added, plus the difference of the levels. A fill to less than full merely joins
//! two stints into one fill-to-fill; an unknown amount spoils it, and the next anchor opens a new one. Source of the rules
//! and of every default: `docs/fuel-model.md` §4 and §8. Amounts are US gallons, as at the stops.

mod contradiction;

pub use contradiction::Contradiction;

use crate::{Spread, prior};
use serde::{Deserialize, Serialize};

/// What is known of a car's tank.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tank {
    /// All the fuel that it holds, US gallons.
    pub size_gal: f64,
    /// Standard deviation of the size; 0 where a rule book has it.
    pub size_sd_gal: f64,
    /// Fuel that the pick-up cannot reach.
    pub reserve_gal: f64,
    /// Standard deviation of the reserve.
    pub reserve_sd_gal: f64,
}

impl Tank {
    /// A Cup car's, where nothing better is known.
    pub const CUP: Tank = Tank {
        size_gal: prior::TANK_GAL,
        size_sd_gal: prior::TANK_SD_GAL,
        reserve_gal: prior::RESERVE_GAL,
        reserve_sd_gal: prior::RESERVE_SD_GAL,
    };

    /// The same, once more is known of its size: the mean of both, weighted by how sure each is.
    pub fn with_size(self, seen_gal: Spread) -> Tank {
        let (var, seen_var) = (self.size_sd_gal * self.size_sd_gal, seen_gal.sd * seen_gal.sd);
        let sum = var + seen_var;
        if !(sum > 0.0 && seen_gal.mean.is_finite() && sum.is_finite()) {
            return self;
        }
        Tank {
            size_gal: (self.size_gal * seen_var + seen_gal.mean * var) / sum,
            size_sd_gal: (var * seen_var / sum).sqrt(),
            ..self
        }
    }
}

/// An amount of fuel put in.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Added {
    /// US gallons.
    pub gal: f64,
    /// Standard deviation, US gallons.
    pub sd_gal: f64,
}

impl Added {
    /// Tyres only.
    pub const NOTHING: Added = Added { gal: 0.0, sd_gal: 0.0 };

    /// By the weight of the cans before and after.
    pub fn weighed(gal: f64) -> Added {
        Added { gal, sd_gal: prior::CANS_SD_GAL }
    }

    /// By the time for which the can was plugged in, seconds.
    pub fn by_fill_time(seconds: f64) -> Added {
        let flowing_s = (seconds - prior::PLUG_IN_S).max(0.0);
        Added {
            gal: flowing_s * prior::FILL_GAL_S,
            sd_gal: (flowing_s * prior::FILL_SD_GAL_S).max(prior::FILL_TIME_SD_GAL),
        }
    }
}

/// What is known of the fuel of one stop. Stint k ends at stop k.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct StopFuel {
    /// What went in. `None`: nobody knows.
    pub added: Option<Added>,
    /// Whether the tank was full afterwards. `None`: nobody knows, so it opens no fill-to-fill.
    pub full: Option<bool>,
    /// Whether the car had run out of fuel on the way in.
    pub ran_out: bool,
}

impl StopFuel {
    /// A stop of which nobody knows anything.
    pub const UNKNOWN: StopFuel = StopFuel { added: None, full: None, ran_out: false };

    /// The size of the tank, gallons, where a dry one was filled with a known amount.
    pub fn tank_size_gal(&self, tank: &Tank) -> Option<Spread> {
        let added = self.added.filter(|_| self.ran_out && self.full == Some(true))?;
        let parts = [added.sd_gal, tank.reserve_sd_gal, prior::FULL_SD_GAL];
        let sd = parts.iter().map(|sd| sd * sd).sum::<f64>().sqrt();
        Some(Spread { mean: tank.reserve_gal + added.gal, sd })
    }
}

/// A moment at which the level of a tank was known.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Anchor {
    /// Full, but for a standard deviation in gallons.
    Full {
        /// How far from full it may be.
        sd_gal: f64,
    },
    /// Run dry: what is left, the pick-up cannot reach.
    RanOut,
}

impl Anchor {
    /// A race's start, after pace laps.
    pub const START: Anchor = Anchor::Full { sd_gal: prior::START_SD_GAL };
    /// A fill to full at a stop.
    pub const FILLED: Anchor = Anchor::Full { sd_gal: prior::FULL_SD_GAL };
}

/// What was burned, by something other than the telemetry.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Burned {
    /// US gallons. May be a little below 0, by the errors of its evidence.
    pub gal: f64,
    /// Variance of that by the evidence alone, gallons². The model's own error over a stint comes on top.
    pub var_gal2: f64,
}

impl Burned {
    /// Fuel used between two moments, as somebody measured it.
    pub fn measured(gal: f64, sd_gal: f64) -> Burned {
        Burned { gal, var_gal2: sd_gal * sd_gal }
    }

    /// An economy stated over the radio (miles per US gallon; its standard deviation is usually
    /// [`prior::ECONOMY_SD_MPG`]) over a distance in miles. `None` unless both are above 0.
    pub fn by_economy(miles: f64, mpg: f64, sd_mpg: f64) -> Option<Burned> {
        let gal = miles / mpg;
        (miles > 0.0 && mpg > 0.0 && gal.is_finite()).then(|| Burned::measured(gal, gal * sd_mpg / mpg))
    }

    /// Standard deviation, gallons, where the model errs by a share `shape_sd` of a stint: constant in the model's
    /// parameters, as a fit needs it (`docs/fuel-model.md` §10).
    pub fn sigma_gal(&self, shape_sd: f64) -> f64 {
        let by_shape = shape_sd * self.gal;
        (self.var_gal2 + by_shape * by_shape).sqrt()
    }
}

/// Stints between two anchors, and what they burned together.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct FillToFill {
    /// Its first stint.
    pub first_stint: u32,
    /// Its last stint, included.
    pub last_stint: u32,
    /// How many amounts of fuel went in between.
    pub adds: u32,
    /// Whether it ended with a dry tank.
    pub ran_out: bool,
    /// What was burned.
    pub burned: Burned,
}

/// Follows one car from stop to stop.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct FillsToFill {
    stint: u32,
    open: Option<OpenFill>,
}

/// A fill-to-fill that waits for its second anchor.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct OpenFill {
    anchor: Anchor,
    first_stint: u32,
    adds: u32,
    added_gal: f64,
    added_var_gal2: f64,
}

impl FillsToFill {
    /// From a stint on, at whose start the level is known or not.
    pub fn starting(stint: u32, anchor: Option<Anchor>) -> FillsToFill {
        FillsToFill { stint, open: anchor.map(|anchor| OpenFill::at(anchor, stint)) }
    }

    /// The stint that the next stop ends.
    pub fn stint(&self) -> u32 {
        self.stint
    }

    /// The next stop of this car: ends the stint, and returns the fill-to-fill that it closes. A car that ran dry closes
    /// it before anything is added; what is added then counts in the next.
    pub fn stop(&mut self, stop: &StopFuel, tank: &Tank) -> Option<FillToFill> {
        let ended = self.stint;
        self.stint += 1;
        let dry = if stop.ran_out { self.meet(Anchor::RanOut, ended, tank) } else { None };
        self.open = self.open.zip(stop.added).map(|(open, added)| open.with(added));
        let full = if stop.full == Some(true) { self.meet(Anchor::FILLED, ended, tank) } else { None };
        dry.or(full)
    }

    /// The most that the stints of the open fill-to-fill may have burned until now, since the car still runs: its level
    /// is above the reserve. `None` where no fill-to-fill is open. The last such moment of a stint says all that earlier ones did.
    pub fn at_most(&self, tank: &Tank) -> Option<FillToFill> {
        let fill = self.open?.closed(Anchor::RanOut, self.stint, tank)?;
        Some(FillToFill { ran_out: false, ..fill })
    }

    fn meet(&mut self, anchor: Anchor, ended: u32, tank: &Tank) -> Option<FillToFill> {
        let fill = self.open.and_then(|open| open.closed(anchor, ended, tank));
        self.open = Some(OpenFill::at(anchor, self.stint));
        fill
    }
}

impl OpenFill {
    fn at(anchor: Anchor, first_stint: u32) -> OpenFill {
        OpenFill { anchor, first_stint, adds: 0, added_gal: 0.0, added_var_gal2: 0.0 }
    }

    fn with(mut self, added: Added) -> OpenFill {
        self.adds += u32::from(added != Added::NOTHING);
        self.added_gal += added.gal;
        self.added_var_gal2 += added.sd_gal * added.sd_gal;
        self
    }

    /// `None` where no stint lies between the anchors: a dry tank filled says nothing about burn.
    fn closed(self, close: Anchor, last_stint: u32, tank: &Tank) -> Option<FillToFill> {
        let (from, to) = (AnchorLevel::of(self.anchor, tank), AnchorLevel::of(close, tank));
        // the same tank at both ends: its size matters only where one of them is not full
        let by_size = if from.counts_size == to.counts_size { 0.0 } else { tank.size_sd_gal };
        let burned = Burned {
            gal: self.added_gal + (from.gal - to.gal),
            var_gal2: self.added_var_gal2 + from.var_gal2 + to.var_gal2 + by_size * by_size,
        };
        let OpenFill { first_stint, adds, .. } = self;
        let fill =
            FillToFill { first_stint, last_stint, adds, ran_out: matches!(close, Anchor::RanOut), burned };
        (first_stint <= last_stint).then_some(fill)
    }
}

/// The level at an anchor, and its variance without that of the tank's size.
struct AnchorLevel {
    gal: f64,
    var_gal2: f64,
    counts_size: bool,
}

impl AnchorLevel {
    fn of(anchor: Anchor, tank: &Tank) -> AnchorLevel {
        match anchor {
            Anchor::Full { sd_gal } => {
                AnchorLevel { gal: tank.size_gal, var_gal2: sd_gal * sd_gal, counts_size: true }
            }
            Anchor::RanOut => AnchorLevel {
                gal: tank.reserve_gal,
                var_gal2: tank.reserve_sd_gal * tank.reserve_sd_gal,
                counts_size: false,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FULL: StopFuel = StopFuel { added: None, full: Some(true), ran_out: false };

    fn added(gal: f64) -> StopFuel {
        StopFuel { added: Some(Added::weighed(gal)), full: None, ran_out: false }
    }

    fn close(got: f64, expected: f64) {
        assert!((got - expected).abs() < 1e-12, "{got}, expected {expected}");
    }

    #[test]
    fn nothing_is_known_before_the_first_full_tank() {
        let mut fills = FillsToFill::starting(1, None);
        assert_eq!(fills.stop(&StopFuel { full: Some(true), ..added(15.0) }, &Tank::CUP), None);
        let fill = fills.stop(&StopFuel { full: Some(true), ..added(16.0) }, &Tank::CUP).unwrap();
        assert_eq!((fill.first_stint, fill.last_stint, fill.adds), (2, 2, 1));
        close(fill.burned.gal, 16.0);
        close(fill.burned.var_gal2, 0.15 * 0.15 + 2.0 * 0.10 * 0.10);
    }

    #[test]
    fn a_fill_that_nobody_calls_full_joins_stints_and_tyres_alone_add_no_error() {
        let mut fills = FillsToFill::starting(1, Some(Anchor::START));
        let tyres = StopFuel { added: Some(Added::NOTHING), ..added(0.0) };
        assert_eq!(fills.stop(&added(6.0), &Tank::CUP), None);
        assert_eq!(fills.stop(&tyres, &Tank::CUP), None);
        let fill = fills.stop(&StopFuel { full: Some(true), ..added(14.0) }, &Tank::CUP).unwrap();
        assert_eq!((fill.first_stint, fill.last_stint, fill.adds), (1, 3, 2));
        close(fill.burned.gal, 20.0);
        close(fill.burned.var_gal2, 2.0 * 0.15 * 0.15 + 0.12 * 0.12 + 0.10 * 0.10);
    }

    #[test]
    fn an_unknown_amount_spoils_its_fill_and_a_full_tank_opens_the_next() {
        let mut fills = FillsToFill::starting(1, Some(Anchor::START));
        assert_eq!(fills.stop(&FULL, &Tank::CUP), None);
        let fill = fills.stop(&StopFuel { full: Some(true), ..added(14.0) }, &Tank::CUP).unwrap();
        assert_eq!((fill.first_stint, fill.last_stint), (2, 2));
    }

    #[test]
    fn a_car_that_ran_dry_burned_its_tank_and_what_it_is_given_counts_from_dry() {
        let tank = Tank { size_sd_gal: 0.3, ..Tank::CUP };
        let mut fills = FillsToFill::starting(1, Some(Anchor::FILLED));
        let dry = fills.stop(&StopFuel { ran_out: true, ..added(12.0) }, &tank).unwrap();
        assert!(dry.ran_out && dry.adds == 0);
        close(dry.burned.gal, 20.0 - 0.2);
        close(dry.burned.var_gal2, 0.1 * 0.1 + 0.3 * 0.3 + 0.1 * 0.1);
        // 0.2 + 12 gal went in, 18 more filled it: 30.2 gal - 20 gal were burned
        let fill = fills.stop(&StopFuel { full: Some(true), ..added(18.0) }, &tank).unwrap();
        assert_eq!((fill.first_stint, fill.last_stint, fill.ran_out), (2, 2, false));
        close(fill.burned.gal, 10.2);
    }

    #[test]
    fn a_dry_tank_filled_to_the_brim_is_one_fill_not_two() {
        let mut fills = FillsToFill::starting(4, Some(Anchor::FILLED));
        let fill =
            fills.stop(&StopFuel { ran_out: true, full: Some(true), ..added(19.7) }, &Tank::CUP).unwrap();
        assert!(fill.ran_out && (fill.first_stint, fill.last_stint) == (4, 4));
        assert_eq!(fills.stint(), 5);
    }

    #[test]
    fn a_dry_tank_filled_with_a_known_amount_tells_its_size() {
        let stop = StopFuel { ran_out: true, full: Some(true), ..added(18.1) };
        let seen = stop.tank_size_gal(&Tank::CUP).unwrap();
        close(seen.mean, 18.3);
        close(seen.sd * seen.sd, 0.15 * 0.15 + 0.1 * 0.1 + 0.1 * 0.1);
        let tank = Tank::CUP.with_size(seen);
        assert!((18.3..18.6).contains(&tank.size_gal) && tank.size_sd_gal < seen.sd, "{tank:?}");
        assert_eq!(StopFuel { full: None, ..stop }.tank_size_gal(&Tank::CUP), None);
        // a rule book is not corrected
        let stated = Tank { size_sd_gal: 0.0, ..Tank::CUP };
        close(stated.with_size(seen).size_gal, 20.0);
    }

    #[test]
    fn a_car_that_still_runs_has_burned_less_than_its_tank_and_what_was_added() {
        let mut fills = FillsToFill::starting(1, Some(Anchor::START));
        assert_eq!(fills.stop(&added(6.0), &Tank::CUP), None);
        let bound = fills.at_most(&Tank::CUP).unwrap();
        assert_eq!((bound.first_stint, bound.last_stint, bound.ran_out), (1, 2, false));
        close(bound.burned.gal, 20.0 - 0.2 + 6.0);
        assert_eq!(FillsToFill::starting(1, None).at_most(&Tank::CUP), None);
    }

    #[test]
    fn amounts_by_time_and_economies_have_their_own_errors() {
        let by_time = Added::by_fill_time(9.0);
        close(by_time.gal, 8.0 * 1.4);
        close(by_time.sd_gal, 8.0 * 0.25);
        close(Added::by_fill_time(0.5).sd_gal, 0.6);
        let stated = Burned::by_economy(60.0, 4.8, prior::ECONOMY_SD_MPG).unwrap();
        close(stated.gal, 12.5);
        close(stated.var_gal2.sqrt(), 12.5 * 0.15 / 4.8);
        assert_eq!(Burned::by_economy(60.0, 0.0, 0.15), None);
    }
}
