//! The rate law: fuel flow as a function of throttle, engine speed and air density.
//!
//! An engine is metered by its air. Flow is the smooth minimum of what the engine can pump, what the throttle lets
//! through and what the spacer chokes at, scaled to the flow at full throttle and reference speed, cut on the
//! overrun. Source of the form and of every number: `docs/fuel-model.md` §2.

use crate::prior;
use events::Session;

/// The package at which [`Shape`] is stated, hp.
pub const REFERENCE_HP: f64 = 670.0;
/// The engine speed at which [`Shape::ln_f`] is stated, rpm.
pub const REFERENCE_RPM: f64 = 8_000.0;
/// Stand-in for the rated power of an engine that nobody described, hp: a GT car's. Only ratios of burn mean
/// anything then (`docs/fuel-model.md` §2).
pub const NOMINAL_HP: f64 = 300.0;
/// Fuel per power at full throttle, g/s per hp: 0.45 lb/hp·h (`docs/fuel-model.md` §1).
const BSFC_G_S_HP: f64 = 0.45 * 453.59237 / 3_600.0;

const GAMMA_RANGE: (f64, f64) = (0.3, 3.0);
const A0_RANGE: (f64, f64) = (0.002, 0.2);
const CHI_RANGE: (f64, f64) = (0.0, 1.2);

/// The six parameters of the law, stated for the 670 hp package.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Shape {
    /// Logarithm of the flow at full throttle and reference speed, g/s.
    pub ln_f: f64,
    /// Logarithm of the throttle's capacity relative to the choke.
    pub ln_kt: f64,
    /// Exponent from throttle position to open area; acts within 0.3..3.
    pub gamma: f64,
    /// Logarithm of the pump's flow at reference speed relative to the choke.
    pub ln_rho_p: f64,
    /// Share of the throttle's area that stays open when it is closed; acts within 0.002..0.2.
    pub a0: f64,
    /// Flow left on the full overrun, as a share; acts within 0..1.2.
    pub chi: f64,
}

impl Shape {
    /// What is believed before any calibration (`docs/fuel-model.md` §2). Real recordings bend the throttle more, and let
    /// less through a closed one, than was believed before they had been tried (`docs/recordings.md`); its capacity then
    /// follows from what 60 % of it is known to pass.
    pub fn prior() -> Self {
        Shape { ln_kt: libm::log(2.1), gamma: 1.50, a0: 0.015, ..Shape::first_prior() }
    }

    /// What was believed before that: test vectors are stated in it.
    pub fn first_prior() -> Self {
        Shape {
            ln_f: libm::log(BSFC_G_S_HP * REFERENCE_HP),
            ln_kt: libm::log(1.7),
            gamma: 1.25,
            ln_rho_p: libm::log(1.25),
            a0: 0.03,
            chi: 0.6,
        }
    }

    /// Standard deviations of [`Shape::prior`], parameter by parameter.
    pub const fn prior_sd() -> Self {
        Shape { ln_f: prior::SCALE_SD, ln_kt: 0.30, gamma: 0.30, ln_rho_p: 0.15, a0: 0.012, chi: 0.35 }
    }

    /// From an array in the order of the fields.
    pub const fn from_array([ln_f, ln_kt, gamma, ln_rho_p, a0, chi]: [f64; 6]) -> Self {
        Shape { ln_f, ln_kt, gamma, ln_rho_p, a0, chi }
    }

    /// In the order of the fields.
    pub const fn to_array(self) -> [f64; 6] {
        [self.ln_f, self.ln_kt, self.gamma, self.ln_rho_p, self.a0, self.chi]
    }
}

/// Which engine the law describes.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Engine {
    /// Rated power of the package, hp, above 0. `None`: not a Cup engine; then the law's shape is that of the 670 hp
    /// package, its flow that of [`NOMINAL_HP`], and only ratios of burn mean anything.
    pub package_hp: Option<f64>,
    /// Engine speed that stands for 8 000 rpm in the law, above 0.
    pub reference_rpm: f64,
}

impl Engine {
    /// The package of superspeedways.
    pub const CUP_510: Engine = Engine::cup(510.0);
    /// Ovals from 1.5 miles.
    pub const CUP_670: Engine = Engine::cup(670.0);
    /// Road courses and shorter ovals, from 2026.
    pub const CUP_750: Engine = Engine::cup(750.0);

    /// A Cup engine with the spacer of this package.
    pub const fn cup(package_hp: f64) -> Engine {
        Engine { package_hp: Some(package_hp), reference_rpm: REFERENCE_RPM }
    }

    /// The engine of a session's cars.
    pub fn of(session: &Session) -> Engine {
        Engine {
            package_hp: session.package_hp,
            reference_rpm: session.reference_rpm.unwrap_or(REFERENCE_RPM),
        }
    }

    /// Engine speed on the law's own scale, on which the knots lie and 8 000 is the reference.
    pub fn normalised_rpm(&self, rpm: f64) -> f64 {
        rpm * (REFERENCE_RPM / self.reference_rpm)
    }
}

/// Power that friction takes of the engine at racing speed, hp: a mean effective pressure of 2.9 bar at 8 000 rpm.
const FRICTION_HP: f64 = 150.0;

/// The logarithm of a package's flow over the law's, which goes with rated power (hp, above 0): fuel feeds friction too, so
/// flow differs less between packages than power does (`docs/calibration.md`, "Packages").
pub fn package_ln(hp: f64) -> f64 {
    let fed = (hp + FRICTION_HP) / (REFERENCE_HP + FRICTION_HP);
    libm::log(fed * REFERENCE_HP / hp)
}

/// Why there is no rate. A bad input is never taken for "no flow".
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum RateError {
    /// NaN or infinite.
    #[error("the rate law needs a finite {input}, not {value}")]
    NotFinite {
        /// Which input.
        input: &'static str,
        /// Its value.
        value: f64,
    },
    /// Zero or below, of what must be above.
    #[error("the rate law needs a {input} above zero, not {value}")]
    NotPositive {
        /// Which input.
        input: &'static str,
        /// Its value.
        value: f64,
    },
    /// The engine turns backwards.
    #[error("the rate law needs an rpm of zero or more, not {rpm}: check the sensor")]
    NegativeRpm {
        /// The engine speed.
        rpm: f64,
    },
}

/// Fuel flow, g/s.
///
/// `theta` is the throttle position, a fraction, clamped to 0..1; `rpm` the engine's own speed; `density_ratio` air
/// density over [`crate::air::RHO_REF`]; `log_scale` the logarithm of a correction factor. Exactly 0 at 0 rpm.
///
/// # Errors
/// Any input not finite, rpm below 0, or power, reference speed or density not above 0; also inputs so extreme that
/// the flow is not finite.
pub fn rate_g_s(
    shape: &Shape,
    engine: &Engine,
    theta: f64,
    rpm: f64,
    density_ratio: f64,
    log_scale: f64,
) -> Result<f64, RateError> {
    let law = Law::new(shape, engine)?;
    finite("throttle", theta)?;
    finite("log scale", log_scale)?;
    positive("air density", density_ratio)?;
    judge_rpm(rpm)?;
    let rate = law.rate_g_s(theta, engine.normalised_rpm(rpm)) * density_ratio * libm::exp(log_scale);
    finite("product of its factors", rate)
}

/// Derivatives of ln(rate) by the six parameters, in the order of [`Shape`]'s fields. Exact. A parameter at or beyond
/// an end of the range in which it acts has derivative 0. At 0 rpm: the limit from above.
///
/// # Errors
/// As [`rate_g_s`].
pub fn log_rate_gradient(
    shape: &Shape,
    engine: &Engine,
    theta: f64,
    rpm: f64,
) -> Result<[f64; 6], RateError> {
    let law = Law::new(shape, engine)?;
    finite("throttle", theta)?;
    judge_rpm(rpm)?;
    Ok(law.log_gradient(shape, theta, engine.normalised_rpm(rpm)))
}

fn finite(input: &'static str, value: f64) -> Result<f64, RateError> {
    if value.is_finite() { Ok(value) } else { Err(RateError::NotFinite { input, value }) }
}

fn positive(input: &'static str, value: f64) -> Result<f64, RateError> {
    if finite(input, value)? > 0.0 { Ok(value) } else { Err(RateError::NotPositive { input, value }) }
}

fn judge_rpm(rpm: f64) -> Result<f64, RateError> {
    if finite("rpm", rpm)? >= 0.0 { Ok(rpm) } else { Err(RateError::NegativeRpm { rpm }) }
}

/// The law of one engine with its parameters unpacked and clipped.
pub(crate) struct Law {
    /// Flow at full throttle and reference speed over its own smooth minimum there, g/s.
    flow: f64,
    throttle_capacity: f64,
    pump_capacity: f64,
    gamma: f64,
    a0: f64,
    chi: f64,
}

impl Law {
    pub(crate) fn new(shape: &Shape, engine: &Engine) -> Result<Law, RateError> {
        for value in shape.to_array() {
            finite("shape parameter", value)?;
        }
        positive("reference rpm", engine.reference_rpm)?;
        let power = positive("package power", engine.package_hp.unwrap_or(NOMINAL_HP))? / REFERENCE_HP;
        // The spacer moves the choke; throttle and pump stay, so relative to the choke they move the other way.
        let choke = if engine.package_hp.is_some() { power } else { 1.0 };
        let clip = |value: f64, (low, high): (f64, f64)| value.clamp(low, high);
        let mut law = Law {
            flow: libm::exp(shape.ln_f) * power,
            throttle_capacity: libm::exp(shape.ln_kt) / choke,
            pump_capacity: libm::exp(shape.ln_rho_p) / choke,
            gamma: clip(shape.gamma, GAMMA_RANGE),
            a0: clip(shape.a0, A0_RANGE),
            chi: clip(shape.chi, CHI_RANGE),
        };
        law.flow /= law.limits(1.0, REFERENCE_RPM).smooth_min();
        finite("flow at full throttle", law.flow)?;
        Ok(law)
    }

    /// Flow at density ratio 1 and scale 0, g/s. `rpm` is normalised, both inputs are judged.
    pub(crate) fn rate_g_s(&self, theta: f64, rpm: f64) -> f64 {
        self.flow * self.limits(theta, rpm).smooth_min() * self.overrun(theta, rpm)
    }

    fn limits(&self, theta: f64, rpm: f64) -> Limits {
        Limits {
            pump: self.pump_capacity * rpm / REFERENCE_RPM,
            throttle: self.throttle_capacity * self.open_area(theta),
        }
    }

    fn open_area(&self, theta: f64) -> f64 {
        self.a0 + (1.0 - self.a0) * libm::pow(theta.clamp(0.0, 1.0), self.gamma)
    }

    /// Share of the flow that the overrun cut leaves.
    fn overrun(&self, theta: f64, rpm: f64) -> f64 {
        1.0 - (1.0 - self.chi) * overrun_depth(theta, rpm)
    }

    /// Derivatives of ln(rate) by the six parameters, as [`log_rate_gradient`].
    pub(crate) fn log_gradient(&self, shape: &Shape, theta: f64, rpm: f64) -> [f64; 6] {
        let (throttle, pump) = self.limits(theta, rpm).sensitivity();
        let (throttle_ref, pump_ref) = self.limits(1.0, REFERENCE_RPM).sensitivity();
        let theta = theta.clamp(0.0, 1.0);
        let area = self.open_area(theta);
        let opening = libm::pow(theta, self.gamma);
        let by_gamma = if theta > 0.0 { (1.0 - self.a0) * opening * libm::log(theta) / area } else { 0.0 };
        let depth = overrun_depth(theta, rpm);
        let acts = |value: f64, (low, high): (f64, f64)| value > low && value < high;
        [
            1.0,
            throttle - throttle_ref,
            if acts(shape.gamma, GAMMA_RANGE) { throttle * by_gamma } else { 0.0 },
            pump - pump_ref,
            if acts(shape.a0, A0_RANGE) { throttle * (1.0 - opening) / area } else { 0.0 },
            if acts(shape.chi, CHI_RANGE) { depth / self.overrun(theta, rpm) } else { 0.0 },
        ]
    }
}

/// How far the engine is driven by the car with its throttle closed: 0 not at all, 1 fully. Ramps, because maps blend
/// (`docs/fuel-model.md` §2).
fn overrun_depth(theta: f64, rpm: f64) -> f64 {
    ((0.035 - theta) / 0.03).clamp(0.0, 1.0) * ((rpm - 3_300.0) / 800.0).clamp(0.0, 1.0)
}

/// What limits the flow, each relative to the choke of the spacer, which is 1.
struct Limits {
    pump: f64,
    throttle: f64,
}

impl Limits {
    /// (pump⁻⁴ + throttle⁻⁴ + 1)^(−1/4), which is 0 where one of them is.
    fn smooth_min(&self) -> f64 {
        let least = self.least();
        if least > 0.0 { least / libm::sqrt(libm::sqrt(self.terms(least).iter().sum())) } else { 0.0 }
    }

    /// d ln(smooth min) by d ln(throttle) and by d ln(pump): each limit's share of the sum.
    fn sensitivity(&self) -> (f64, f64) {
        if self.pump <= 0.0 {
            return (0.0, 1.0); // as the engine stops, only the pump limits
        }
        let terms = self.terms(self.least());
        let sum: f64 = terms.iter().sum();
        (terms[1] / sum, terms[0] / sum)
    }

    fn least(&self) -> f64 {
        self.pump.min(self.throttle).min(1.0)
    }

    /// The terms of the sum, multiplied by `least`⁴ so that none overflows.
    fn terms(&self, least: f64) -> [f64; 3] {
        let fourth_power = |x: f64| (x * x) * (x * x);
        [fourth_power(least / self.pump), fourth_power(least / self.throttle), fourth_power(least)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shapes() -> impl Strategy<Value = Shape> {
        // four prior standard deviations either way, so far beyond the ranges in which parameters act
        prop::array::uniform6(-4.0f64..4.0).prop_map(|z| {
            let (mean, sd) = (Shape::prior().to_array(), Shape::prior_sd().to_array());
            let at = |k: usize| mean[k] + z[k] * sd[k];
            Shape { ln_f: at(0), ln_kt: at(1), gamma: at(2), ln_rho_p: at(3), a0: at(4), chi: at(5) }
        })
    }

    fn engines() -> impl Strategy<Value = Engine> {
        (prop::option::of(300.0f64..900.0), 4_000.0f64..19_000.0)
            .prop_map(|(package_hp, reference_rpm)| Engine { package_hp, reference_rpm })
    }

    proptest! {
        #[test]
        fn flow_is_finite_and_never_negative(
            shape in shapes(), engine in engines(), theta in -0.5f64..1.5, rpm in 0.0f64..25_000.0,
        ) {
            let rate = rate_g_s(&shape, &engine, theta, rpm, 1.0, 0.0).unwrap();
            prop_assert!(rate.is_finite() && rate >= 0.0, "{rate}");
        }

        #[test]
        fn no_input_whatever_gives_nan(
            shape in prop::array::uniform6(any::<f64>()), package_hp in any::<Option<f64>>(),
            reference_rpm in any::<f64>(), theta in any::<f64>(), rpm in any::<f64>(),
            density_ratio in any::<f64>(), log_scale in any::<f64>(),
        ) {
            let [ln_f, ln_kt, gamma, ln_rho_p, a0, chi] = shape;
            let engine = Engine { package_hp, reference_rpm };
            for shape in [Shape { ln_f, ln_kt, gamma, ln_rho_p, a0, chi }, Shape::prior()] {
                for engine in [engine, Engine::CUP_670] {
                    if let Ok(rate) = rate_g_s(&shape, &engine, theta, rpm, density_ratio, log_scale) {
                        prop_assert!(rate.is_finite() && rate >= 0.0, "{rate}");
                    }
                }
            }
        }

        #[test]
        fn more_throttle_never_burns_less(
            shape in shapes(), engine in engines(), rpm in 0.0f64..20_000.0, from in 0.0f64..1.0, to in 0.0f64..1.0,
        ) {
            // chi above 1 says that the overrun burns more than a closed throttle on the bench: there it may
            let shape = Shape { chi: shape.chi.min(1.0), ..shape };
            let rate = |theta| rate_g_s(&shape, &engine, theta, rpm, 1.0, 0.0).unwrap();
            prop_assert!(rate(from.min(to)) <= rate(from.max(to)) * (1.0 + 1e-12));
        }

        #[test]
        fn the_gradient_is_the_slope_of_the_law(
            shape in shapes(), engine in engines(), theta in 0.04f64..1.0, rpm in 500.0f64..12_000.0, k in 0usize..5,
        ) {
            let inside = shape.gamma > 0.31 && shape.gamma < 2.99 && shape.a0 > 0.0021 && shape.a0 < 0.199;
            prop_assume!(inside);
            let h = 1e-5 * Shape::prior_sd().to_array()[k];
            let moved = |by: f64| {
                let mut x = shape.to_array();
                x[k] += by;
                let shape = Shape { ln_f: x[0], ln_kt: x[1], gamma: x[2], ln_rho_p: x[3], a0: x[4], chi: x[5] };
                libm::log(rate_g_s(&shape, &engine, theta, rpm, 1.0, 0.0).unwrap())
            };
            let slope = (moved(h) - moved(-h)) / (2.0 * h);
            let exact = log_rate_gradient(&shape, &engine, theta, rpm).unwrap()[k];
            prop_assert!((slope - exact).abs() <= 1e-5 * (1.0 + exact.abs()), "{slope} {exact}");
        }
    }

    #[test]
    fn an_engine_that_stands_burns_nothing_but_a_bad_input_is_an_error_even_then() {
        let shape = Shape::prior();
        let rate = |theta, rpm| rate_g_s(&shape, &Engine::CUP_670, theta, rpm, 1.0, 0.0);
        assert_eq!(rate(1.0, 0.0), Ok(0.0));
        assert_eq!(
            rate(f64::INFINITY, 0.0),
            Err(RateError::NotFinite { input: "throttle", value: f64::INFINITY })
        );
        let error = rate(1.0, -1.0).unwrap_err();
        assert_eq!(error.to_string(), "the rate law needs an rpm of zero or more, not -1: check the sensor");
    }

    #[test]
    fn a_session_without_a_package_has_the_nominal_flow_at_its_own_reference_speed() {
        let mut session = Session::named(events::SessionId::new("gt").unwrap());
        assert_eq!(Engine::of(&session), Engine { package_hp: None, reference_rpm: 8_000.0 });
        session.reference_rpm = Some(7_200.0);
        let flat_out = rate_g_s(&Shape::prior(), &Engine::of(&session), 1.0, 7_200.0, 1.0, 0.0).unwrap();
        assert!((flat_out - 0.45 * 453.59237 / 3_600.0 * NOMINAL_HP).abs() < 1e-9, "{flat_out}");
        session.package_hp = Some(510.0);
        assert_eq!(Engine::of(&session).package_hp, Some(510.0));
    }

    #[test]
    fn the_gradient_at_standstill_is_the_limit_from_above() {
        let gradient = |rpm| log_rate_gradient(&Shape::prior(), &Engine::CUP_670, 0.3, rpm).unwrap();
        for (at, above) in gradient(0.0).into_iter().zip(gradient(1e-3)) {
            assert!((at - above).abs() < 1e-12, "{at} {above}");
        }
    }
}
