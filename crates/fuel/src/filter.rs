//! The online filter: how much more than predicted the field burns, and each of its cars.
//!
//! The rate law stays frozen; what is learned are the deviations of its scale: one shared by the field in this race,
//! one for each car. Both burn the same fuel, so the first car's stop teaches about all of them. Between stops nothing
//! changes. Formulas and sources: `docs/fuel-model.md` §9.

use crate::belief::{Belief, LogScale, dot};
use crate::{Burned, normal, prior};
use serde::{Deserialize, Serialize};

/// Above this squared residual over its variance an observation is taken for spoilt, and made less sure.
const GATE: f64 = 16.0;
/// What the squared residual of a spoilt observation counts for.
const GATED: f64 = 6.0;
/// A bound this many standard deviations away says nothing (its update is under 2e-4 of one).
const BOUND_FAR: f64 = 4.0;

/// How sure one is of the scale before a race, and of the law's shape during it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScalePrior {
    /// Standard deviation of the logarithm of the scale that the field shares.
    pub race_sd: f64,
    /// Relative error of the law's shape over a stint.
    pub shape_sd: f64,
}

impl ScalePrior {
    /// No history at all.
    pub const UNCALIBRATED: ScalePrior =
        ScalePrior { race_sd: prior::SCALE_SD, shape_sd: prior::SHAPE_UNCALIBRATED_SD };
    /// After a calibration on the same engine package.
    pub const CALIBRATED: ScalePrior = ScalePrior { race_sd: prior::RACE_SD, shape_sd: prior::SHAPE_SD };
    /// After a calibration on another package.
    pub const NEW_PACKAGE: ScalePrior =
        ScalePrior { race_sd: prior::RACE_NEW_PACKAGE_SD, shape_sd: prior::SHAPE_UNCALIBRATED_SD };
}

/// What is believed of a car's own scale before its first stop.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CarPrior {
    own_var: f64,
    maker: Option<u32>,
}

impl CarPrior {
    /// A car without history. Cars of one manufacturer (any number that stands for it) share a part of their scale.
    pub const fn unseen(manufacturer: Option<u32>) -> CarPrior {
        let own_var = prior::CAR_SD * prior::CAR_SD;
        match manufacturer {
            Some(_) => CarPrior { own_var, maker: manufacturer },
            None => CarPrior { own_var: own_var + MANUFACTURER_VAR, maker: None },
        }
    }

    /// A car whose scale in this race a calibration knows, to this standard deviation; the prediction includes it already.
    /// `None` unless it is a finite number.
    pub fn calibrated(sd: f64) -> Option<CarPrior> {
        let own_var = sd * sd;
        own_var.is_finite().then_some(CarPrior { own_var, maker: None })
    }
}

const MANUFACTURER_VAR: f64 = prior::MANUFACTURER_SD * prior::MANUFACTURER_SD;

/// What a car was predicted to burn over some stints, and what the evidence says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Observation {
    /// Which car, as [`Filter::join`] numbered it.
    pub car: usize,
    /// The frozen prediction: with the scales of the history, without those of this filter. US gallons.
    pub predicted_gal: f64,
    /// Standard deviation of the part of it that was imputed across gaps, US gallons.
    pub imputed_sd_gal: f64,
    /// The evidence.
    pub burned: Burned,
}

/// What an observation did.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Update {
    /// What had been expected, with the scales learned before, US gallons.
    pub expected_gal: f64,
    /// Evidence less expectation, US gallons.
    pub residual_gal: f64,
    /// The squared residual over its expected variance: about 1 where all is well.
    pub q: f64,
    /// Evidence and telemetry contradict each other: the observation counts less. To be shown to somebody.
    pub gated: bool,
    /// Variance of the observation that was used, gallons².
    pub noise_gal2: f64,
    /// Its variance with that of the expectation, gallons².
    pub variance_gal2: f64,
}

/// Why an observation was not used.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum Unusable {
    /// Nobody has joined under this number.
    #[error("the filter has no car {car}: let it join first")]
    NoSuchCar {
        /// The number.
        car: usize,
    },
    /// A number that cannot be.
    #[error("{what} cannot be {value}: drop this observation")]
    Impossible {
        /// Which one.
        what: &'static str,
        /// Its value.
        value: f64,
    },
}

/// Scales of a field of cars. The state is `[race, car 0, car 1, …]`, logarithms, 0 where the prediction is right.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Filter {
    prior: ScalePrior,
    cars: Vec<CarPrior>,
    belief: Belief,
}

impl Filter {
    /// Of a field that has no cars yet.
    pub fn new(prior: ScalePrior) -> Filter {
        Filter { prior, cars: Vec::new(), belief: Belief::independent(&[(0.0, prior.race_sd)]) }
    }

    /// A car joins, at any time, and gets the next number. What has been learned about its manufacturer is its own from
    /// now on: it is as if it had been there from the start.
    pub fn join(&mut self, car: CarPrior) -> usize {
        let number = self.cars.len();
        // given the scales of its kin, the manufacturer's part is their weighted sum, shrunk, and 1/precision unsure
        let of_maker = |other: &CarPrior| car.maker.is_some() && other.maker == car.maker;
        let kin = (1..).zip(&self.cars).filter(|(_, other)| of_maker(other));
        let kin: Vec<(usize, f64)> = kin.map(|(state, other)| (state, 1.0 / other.own_var)).collect();
        let precision = kin.iter().map(|(_, weight)| weight).sum::<f64>() + 1.0 / MANUFACTURER_VAR;
        let shared: Vec<(usize, f64)> =
            kin.iter().map(|&(state, weight)| (state, weight / precision)).collect();
        let column = self.belief.column(&shared);
        let maker_var = if car.maker.is_some() { 1.0 / precision + dot(&shared, &column) } else { 0.0 };
        self.belief.grow(dot(&shared, self.belief.mean()), &column, maker_var + car.own_var);
        self.cars.push(car);
        number
    }

    /// How many cars have joined.
    pub fn cars(&self) -> usize {
        self.cars.len()
    }

    /// The logarithm of a car's burn over its prediction: the field's part and its own. `None` if it has not joined.
    pub fn scale(&self, car: usize) -> Option<LogScale> {
        (car < self.cars.len()).then(|| self.belief.sum(&[0, car + 1]))
    }

    /// The part that the whole field shares.
    pub fn race_scale(&self) -> LogScale {
        self.belief.sum(&[0])
    }

    /// The part of one car alone: what holds between cars. `None` if it has not joined.
    pub fn own_scale(&self, car: usize) -> Option<LogScale> {
        (car < self.cars.len()).then(|| self.belief.sum(&[car + 1]))
    }

    /// Relative error of the law's shape over a stint (tau).
    pub fn shape_sd(&self) -> f64 {
        self.prior.shape_sd
    }

    /// The state and its covariance.
    pub fn belief(&self) -> &Belief {
        &self.belief
    }

    /// A car's stints burned this much.
    ///
    /// # Errors
    /// The car has not joined, or a number cannot be. Nothing has changed then.
    pub fn observe(&mut self, observation: &Observation) -> Result<Update, Unusable> {
        let (update, column) = self.expect(observation)?;
        self.belief.learn(&column, update.variance_gal2, update.residual_gal, 1.0);
        Ok(update)
    }

    /// A car's stints burned at most this much, as it still ran afterwards: a bound that is itself uncertain. What is
    /// expected beyond it is cut off, and the rest taken as normal again. `gated` only if more was expected.
    ///
    /// # Errors
    /// As [`Filter::observe`].
    pub fn observe_at_most(&mut self, bound: &Observation) -> Result<Update, Unusable> {
        let (update, column) = self.expect(bound)?;
        let sd = update.variance_gal2.sqrt();
        let room = update.residual_gal / sd;
        let contradicts = update.gated && room < 0.0;
        if room < BOUND_FAR {
            let beyond = normal::mills(room);
            self.belief.learn(
                &column,
                update.variance_gal2,
                -beyond * sd,
                (beyond * (beyond + room)).min(1.0),
            );
        }
        Ok(Update { gated: contradicts, ..update })
    }

    /// The update that an observation would be, and the covariance of the state with what it observes.
    fn expect(&self, observation: &Observation) -> Result<(Update, Vec<f64>), Unusable> {
        let Observation { car, predicted_gal, imputed_sd_gal, burned } = *observation;
        let scale = self.scale(car).ok_or(Unusable::NoSuchCar { car })?;
        judge("the predicted burn", predicted_gal, predicted_gal > 0.0)?;
        judge("the deviation of imputed burn", imputed_sd_gal, imputed_sd_gal >= 0.0)?;
        judge("the burn", burned.gal, true)?;
        judge("the variance of the burn", burned.var_gal2, burned.var_gal2 > 0.0)?;
        let factor = libm::exp(scale.mean);
        let expected_gal = predicted_gal * factor;
        judge("the burn expected", expected_gal, true)?;
        let slopes = [(0, expected_gal), (car + 1, expected_gal)];
        let column = self.belief.column(&slopes);
        let (by_shape, imputed) = (self.prior.shape_sd * expected_gal, imputed_sd_gal * factor);
        let mut noise_gal2 = burned.var_gal2 + imputed * imputed + by_shape * by_shape;
        let by_scale = dot(&slopes, &column);
        let residual_gal = burned.gal - expected_gal;
        let q = residual_gal * residual_gal / (by_scale + noise_gal2);
        let gated = q > GATE;
        if gated {
            noise_gal2 *= q / GATED;
        }
        let variance_gal2 = by_scale + noise_gal2;
        Ok((Update { expected_gal, residual_gal, q, gated, noise_gal2, variance_gal2 }, column))
    }
}

fn judge(what: &'static str, value: f64, possible: bool) -> Result<(), Unusable> {
    if possible && value.is_finite() { Ok(()) } else { Err(Unusable::Impossible { what, value }) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const STINT: Observation = Observation {
        car: 0,
        predicted_gal: 17.0,
        imputed_sd_gal: 0.0,
        burned: Burned { gal: 17.5, var_gal2: 0.0425 },
    };

    /// Cars of two manufacturers, and one of a manufacturer that nobody knows.
    fn field(makers: &[Option<u32>]) -> Filter {
        let mut filter = Filter::new(ScalePrior::UNCALIBRATED);
        makers.iter().for_each(|&maker| {
            filter.join(CarPrior::unseen(maker));
        });
        filter
    }
    const MAKERS: [Option<u32>; 5] = [Some(1), Some(2), Some(1), None, Some(2)];

    fn observations(cars: usize) -> impl Strategy<Value = Vec<Observation>> {
        let one = (0..cars, 2.0f64..20.0, -0.1f64..0.1, 0.02f64..0.6).prop_map(|(car, gal, off, sd)| {
            let burned = Burned::measured(gal * (1.0 + off), sd);
            Observation { car, predicted_gal: gal, imputed_sd_gal: 0.0, burned }
        });
        prop::collection::vec(one, 0..12)
    }

    fn assert_same(a: LogScale, b: LogScale) -> Result<(), TestCaseError> {
        prop_assert!((a.mean - b.mean).abs() < 1e-12 && (a.var - b.var).abs() < 1e-14, "{a:?} {b:?}");
        Ok(())
    }

    proptest! {
        #[test]
        fn the_covariance_stays_positive_and_nobody_becomes_less_sure(seen in observations(5), at_most in any::<bool>()) {
            let mut filter = field(&MAKERS);
            for observation in &seen {
                let before: Vec<_> = (0..5).map(|car| filter.scale(car).unwrap().var).collect();
                if at_most { filter.observe_at_most(observation) } else { filter.observe(observation) }.unwrap();
                for (car, before) in before.iter().enumerate() {
                    let after = filter.scale(car).unwrap().var;
                    prop_assert!(after > 0.0 && after <= before * (1.0 + 1e-12), "{after} {before}");
                }
                prop_assert!(filter.belief().covariance().factor().is_some());
            }
        }

        #[test]
        fn a_car_that_joins_late_is_as_if_it_had_been_there_and_changes_nobody(
            seen in observations(4), more in observations(5),
        ) {
            let (mut early, mut late) = (field(&MAKERS), field(&MAKERS[..4]));
            for observation in &seen {
                early.observe(observation).unwrap();
                late.observe(observation).unwrap();
            }
            let before: Vec<_> = (0..4).map(|car| late.scale(car)).collect();
            prop_assert_eq!(late.join(CarPrior::unseen(MAKERS[4])), 4);
            prop_assert_eq!(before, (0..4).map(|car| late.scale(car)).collect::<Vec<_>>());
            for observation in &more {
                early.observe(observation).unwrap();
                late.observe(observation).unwrap();
            }
            for car in 0..5 {
                assert_same(early.scale(car).unwrap(), late.scale(car).unwrap())?;
            }
        }

        #[test]
        fn it_does_not_matter_how_cars_are_numbered(seen in observations(5)) {
            let reversed: Vec<_> = MAKERS.into_iter().rev().collect();
            let (mut forth, mut back) = (field(&MAKERS), field(&reversed));
            for observation in &seen {
                forth.observe(observation).unwrap();
                back.observe(&Observation { car: 4 - observation.car, ..*observation }).unwrap();
            }
            for car in 0..5 {
                assert_same(forth.scale(car).unwrap(), back.scale(4 - car).unwrap())?;
            }
        }

        #[test]
        fn a_spoilt_observation_moves_less_than_a_good_one(off in 0.75f64..5.0) {
            let move_by = |share: f64| {
                let mut filter = Filter::new(ScalePrior::CALIBRATED);
                filter.join(CarPrior::calibrated(0.006).unwrap());
                let burned = Burned { gal: STINT.predicted_gal * (1.0 + share), ..STINT.burned };
                let update = filter.observe(&Observation { burned, ..STINT }).unwrap();
                (filter.scale(0).unwrap().mean, update.gated)
            };
            let (good, gated) = move_by(0.07);
            prop_assert!(!gated);
            let (spoilt, gated) = move_by(off);
            prop_assert!(gated && spoilt > 0.0 && spoilt < good, "{spoilt} {good}");
        }

        #[test]
        fn a_checkpoint_keeps_it(seen in observations(5)) {
            let mut filter = field(&MAKERS);
            for observation in &seen {
                filter.observe(observation).unwrap();
            }
            let text = serde_json::to_string(&filter).unwrap();
            let kept: Filter = serde_json::from_str(&text).unwrap();
            for car in 0..5 {
                assert_same(kept.scale(car).unwrap(), filter.scale(car).unwrap())?;
            }
        }
    }

    #[test]
    fn the_first_cars_stop_teaches_about_the_whole_field_and_most_about_its_own_make() {
        let mut filter = field(&MAKERS);
        filter.observe(&STINT).unwrap();
        let mean = |car| filter.scale(car).unwrap().mean;
        assert!(mean(0) > mean(2) && mean(2) > mean(1) && mean(1) > 0.02, "{:?}", filter.belief().mean());
        assert!((mean(1) - mean(3)).abs() < 1e-15 && mean(0) < libm::log(17.5 / 17.0));
    }

    #[test]
    fn a_car_that_still_runs_teaches_only_where_it_should_have_run_dry() {
        let moved = |bound_gal: f64| {
            let mut filter = field(&[None]);
            let burned = Burned { gal: bound_gal, ..STINT.burned };
            let update = filter.observe_at_most(&Observation { burned, ..STINT }).unwrap();
            (filter.scale(0).unwrap(), update.gated)
        };
        let before = field(&[None]).scale(0).unwrap();
        let (far, _) = moved(25.0);
        assert_eq!(far, before);
        let (near, gated) = moved(17.0);
        assert!(!gated && near.mean < 0.0 && near.var < before.var);
        let (beyond, _) = moved(16.0);
        assert!(beyond.mean < near.mean);
        let (impossible, gated) = moved(8.0);
        assert!(gated && impossible.mean.is_finite() && impossible.var > 0.0);
    }

    #[test]
    fn a_bound_leaves_the_mean_and_variance_of_what_it_cuts_off() {
        // a scale alone, with a bound that is sure: a normal distribution cut at its mean keeps 1 - 2/pi of its
        // variance and moves by sqrt(2/pi) of its deviation
        let mut filter = Filter::new(ScalePrior { race_sd: 0.01, shape_sd: 0.0 });
        filter.join(CarPrior { own_var: 1e-18, maker: None });
        let burned = Burned { gal: 17.0, var_gal2: 1e-18 };
        filter.observe_at_most(&Observation { burned, ..STINT }).unwrap();
        let pi = core::f64::consts::PI;
        let LogScale { mean, var } = filter.scale(0).unwrap();
        assert!((mean / 0.01 + (2.0 / pi).sqrt()).abs() < 1e-9, "{mean}");
        assert!((var / 1e-4 - (1.0 - 2.0 / pi)).abs() < 1e-9, "{var}");
    }

    #[test]
    fn what_cannot_be_changes_nothing() {
        let mut filter = field(&[None]);
        let before = filter.clone();
        for bad in [
            Observation { car: 1, ..STINT },
            Observation { predicted_gal: 0.0, ..STINT },
            Observation { predicted_gal: f64::NAN, ..STINT },
            Observation { imputed_sd_gal: -1.0, ..STINT },
            Observation { burned: Burned { var_gal2: 0.0, ..STINT.burned }, ..STINT },
            Observation { burned: Burned { gal: f64::INFINITY, ..STINT.burned }, ..STINT },
        ] {
            assert!(filter.observe(&bad).is_err() && filter.observe_at_most(&bad).is_err(), "{bad:?}");
        }
        assert_eq!(filter, before);
        let error = filter.observe(&Observation { car: 1, ..STINT }).unwrap_err();
        assert_eq!(error.to_string(), "the filter has no car 1: let it join first");
    }
}
