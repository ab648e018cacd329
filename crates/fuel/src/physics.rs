//! The rate law: fuel flow as a function of throttle, engine speed and air density.
//!
//! An engine is metered by its air. Flow is the smooth minimum of what the engine can pump, what the throttle lets
//! through and what the spacer chokes at, scaled to the flow at full throttle and reference speed, cut on the
//! overrun. Source of the form and of every number: `docs/fuel-model.md` §2.

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
    /// What is believed before any calibration (`docs/fuel-model.md` §2).
    pub fn prior() -> Self {
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
        Shape { ln_f: 0.06, ln_kt: 0.30, gamma: 0.30, ln_rho_p: 0.15, a0: 0.012, chi: 0.35 }
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
    /// Superspeedways.
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
/// Any input not finite, rpm below 0, or power, reference speed or density not above 0.
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
    Ok(law.rate_g_s(theta, engine.normalised_rpm(rpm)) * density_ratio * libm::exp(log_scale))
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
        Ok(law)
    }

    /// Flow at density ratio 1 and scale 0, g/s. `rpm` is normalised, both inputs are judged.
    pub(crate) fn rate_g_s(&self, theta: f64, rpm: f64) -> f64 {
        if rpm <= 0.0 {
            return 0.0;
        }
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

    fn log_gradient(&self, shape: &Shape, theta: f64, rpm: f64) -> [f64; 6] {
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
    /// (pump⁻⁴ + throttle⁻⁴ + 1)^(−1/4), factored by the least so that no power overflows.
    fn smooth_min(&self) -> f64 {
        let least = self.pump.min(self.throttle).min(1.0);
        least / libm::sqrt(libm::sqrt(self.terms(least).iter().sum()))
    }

    /// d ln(smooth min) by d ln(throttle) and by d ln(pump): each limit's share of the sum.
    fn sensitivity(&self) -> (f64, f64) {
        if self.pump <= 0.0 {
            return (0.0, 1.0); // the limit as the engine stops: only the pump limits
        }
        let terms = self.terms(self.pump.min(self.throttle).min(1.0));
        let sum: f64 = terms.iter().sum();
        (terms[1] / sum, terms[0] / sum)
    }

    fn terms(&self, least: f64) -> [f64; 3] {
        let fourth_power = |x: f64| (x * x) * (x * x);
        [fourth_power(least / self.pump), fourth_power(least / self.throttle), fourth_power(least)]
    }
}
