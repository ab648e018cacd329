//! Windows of telemetry, and what a model says that was burned in them.

use crate::{Refusal, Served};
use fuel::{Cell, Histogram, weighted_ns};
use serde::{Deserialize, Serialize};
use units::Span;

/// Fastest engine that is believed, rpm.
const RPM_MAX: f64 = 30_000.0;
/// Densest air that is believed, against that of the law.
const DENSITY_RATIO_MAX: f64 = 3.0;
/// Longest window, s.
const SECONDS_MAX: f64 = 1e6;
/// Rated powers that are believed, hp.
const PACKAGE_HP: std::ops::RangeInclusive<f64> = 50.0..=3_000.0;
/// Reference speeds that are believed, rpm.
const REFERENCE_RPM: std::ops::RangeInclusive<f64> = 500.0..=RPM_MAX;

/// Whose engine it is. Who is not named is a newcomer.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct Car {
    /// As the roster names it.
    pub vehicle_id: Option<String>,
    /// As the roster names it.
    pub manufacturer: Option<String>,
    /// As the roster names it.
    pub team: Option<String>,
    /// Rated power, hp. `None`: not a Cup engine.
    pub package_hp: Option<f64>,
    /// Engine speed that stands for 8 000 rpm in the law; a Cup engine's if missing.
    pub reference_rpm: Option<f64>,
}

/// One car's telemetry over some time.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Window {
    /// Whose.
    #[serde(flatten)]
    pub car: Car,
    /// Density of the air against that of the law; 1 if missing.
    pub density_ratio: Option<f64>,
    /// Throttle (0..=1), engine speed (rpm), how long (s).
    pub samples: Vec<[f64; 3]>,
}

/// A mean and its standard deviation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// g/s, or g.
    pub mean: f64,
    /// The same unit.
    pub sd: f64,
}

/// The mean flow of a car over a window.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Rate {
    /// Whose, if that was told.
    pub vehicle_id: Option<String>,
    /// Mean flow, g/s.
    pub rate_g_s: f64,
    /// Its standard deviation, g/s.
    pub sd_g_s: f64,
}

impl Car {
    /// The engine, if it is one.
    pub(crate) fn engine(&self) -> Result<fuel::Engine, Refusal> {
        let mut engine = fuel::Engine { package_hp: self.package_hp, ..fuel::Engine::CUP_670 };
        if let Some(hp) = self.package_hp {
            within("package_hp", hp, &PACKAGE_HP)?;
        }
        if let Some(rpm) = self.reference_rpm {
            within("reference_rpm", rpm, &REFERENCE_RPM)?;
            engine.reference_rpm = rpm;
        }
        Ok(engine)
    }
}

/// Mean flows over windows, in their order.
///
/// # Errors
/// A number that cannot be, with its place.
pub fn rates(served: &Served, windows: &[Window]) -> Result<Vec<Rate>, Refusal> {
    if windows.len() > crate::ROWS_MAX {
        return Err(Refusal::bad(format_args!(
            "{} windows: send at most {} at once",
            windows.len(),
            crate::ROWS_MAX
        )));
    }
    let rate = |(at, window)| {
        rate(served, window).map_err(|refusal| Refusal::bad(format_args!("windows[{at}].{refusal}")))
    };
    windows.iter().enumerate().map(rate).collect()
}

fn rate(served: &Served, window: &Window) -> Result<Rate, Refusal> {
    let engine = window.car.engine()?;
    let density_ratio = window.density_ratio.unwrap_or(1.0);
    within("density_ratio", density_ratio, &(0.0..=DENSITY_RATIO_MAX))?;
    let (mut histogram, mut seconds) = (Histogram::default(), 0.0);
    for (at, &[throttle, rpm, lasted_s]) in window.samples.iter().enumerate() {
        let named = |refusal| Refusal::bad(format_args!("samples[{at}]: {refusal}"));
        let cell = cell(&engine, throttle, rpm).map_err(named)?;
        within("seconds", lasted_s, &(0.0..=SECONDS_MAX)).map_err(named)?;
        seconds += lasted_s;
        histogram.add(&cell, weighted_ns(Span::from_secs_f64(lasted_s), density_ratio));
    }
    if !(1e-6..=SECONDS_MAX).contains(&seconds) {
        return Err(Refusal::bad(format_args!(
            "samples: {seconds} s together: a window lasts from 1e-6 to {SECONDS_MAX} s"
        )));
    }
    let burned = served.burned(&window.car, &engine, &histogram)?;
    let vehicle_id = window.car.vehicle_id.clone();
    Ok(Rate { vehicle_id, rate_g_s: burned.mean / seconds, sd_g_s: burned.sd / seconds })
}

/// Where a point lies on the knots.
pub(crate) fn cell(engine: &fuel::Engine, throttle: f64, rpm: f64) -> Result<Cell, Refusal> {
    within("throttle", throttle, &(0.0..=1.0))?;
    within("rpm", rpm, &(0.0..=RPM_MAX))?;
    Ok(Cell::locate(throttle, engine.normalised_rpm(rpm)))
}

/// The flow at one point, g/s.
pub(crate) fn flow(
    served: &Served,
    car: &Car,
    density_ratio: f64,
    (throttle, rpm): (f64, f64),
) -> Result<Estimate, Refusal> {
    let engine = car.engine()?;
    within("density_ratio", density_ratio, &(0.0..=DENSITY_RATIO_MAX))?;
    let mut second = Histogram::default();
    second.add(&cell(&engine, throttle, rpm)?, weighted_ns(Span::from_secs(1), density_ratio));
    served.burned(car, &engine, &second)
}

/// A histogram of density-weighted seconds on the knots, by flat index.
pub(crate) fn histogram(seconds: &[f64]) -> Result<Histogram, Refusal> {
    let mut pairs = Vec::with_capacity(seconds.len());
    for (knot, &seconds) in seconds.iter().enumerate() {
        within(&format!("knot {knot}"), seconds, &(0.0..=SECONDS_MAX))?;
        let knot = u8::try_from(knot).map_err(Refusal::bad)?;
        pairs.push((knot, weighted_ns(Span::from_secs_f64(seconds), 1.0)));
    }
    Histogram::try_from(pairs).map_err(Refusal::bad)
}

fn within(what: &str, value: f64, range: &std::ops::RangeInclusive<f64>) -> Result<(), Refusal> {
    if range.contains(&value) {
        return Ok(());
    }
    Err(Refusal::bad(format_args!("{what}: {value} is not within {} to {}", range.start(), range.end())))
}
