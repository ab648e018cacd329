//! Windows of telemetry, and what a model says that was burned in them.

use super::{ROWS_MAX, Refusal, Served};
use crate::wire::{CarDescription, CarRate, CarWindow};
use fuel::{Cell, Engine, Histogram, weighted_ns};
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

/// A mean and its standard deviation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The mean, g/s or g.
    pub mean: f64,
    /// Its standard deviation, in the same unit.
    pub sd: f64,
}

/// The engine of a car, if it is one that can be.
pub(super) fn engine(car: &CarDescription) -> Result<Engine, Refusal> {
    let mut engine = Engine { package_hp: car.package_hp, ..Engine::CUP_670 };
    if let Some(hp) = car.package_hp {
        within("package_hp", hp, &PACKAGE_HP)?;
    }
    if let Some(rpm) = car.reference_rpm {
        within("reference_rpm", rpm, &REFERENCE_RPM)?;
        engine.reference_rpm = rpm;
    }
    Ok(engine)
}

/// Mean flows over windows, in their order. A named car of which nothing was observed is left out.
///
/// # Errors
/// A number that cannot be, with its place.
pub fn rates(served: &Served, windows: &[CarWindow]) -> Result<Vec<CarRate>, Refusal> {
    if windows.len() > ROWS_MAX {
        let count = windows.len();
        return Err(Refusal::bad(format_args!("{count} windows: send at most {ROWS_MAX} at once")));
    }
    let mut rates = Vec::with_capacity(windows.len());
    for (at, window) in windows.iter().enumerate() {
        let in_place = |refusal| Refusal::bad(format_args!("windows[{at}].{refusal}"));
        match (&window.samples, &window.car.vehicle_id) {
            (Some(samples), _) => rates.push(rate(served, window, samples).map_err(in_place)?),
            (None, Some(_)) => {}
            // its sender finds rates by their order, so none may be missing
            (None, None) => {
                return Err(in_place(Refusal::bad("samples: missing, and the car has no vehicle_id")));
            }
        }
    }
    Ok(rates)
}

fn rate(served: &Served, window: &CarWindow, samples: &[[f64; 3]]) -> Result<CarRate, Refusal> {
    let engine = engine(&window.car)?;
    let density_ratio = window.density_ratio.unwrap_or(1.0);
    within("density_ratio", density_ratio, &(0.0..=DENSITY_RATIO_MAX))?;
    let (mut histogram, mut seconds) = (Histogram::default(), 0.0);
    for (at, &[throttle, rpm, held_s]) in samples.iter().enumerate() {
        let in_place = |refusal| Refusal::bad(format_args!("samples[{at}]: {refusal}"));
        let cell = cell(&engine, throttle, rpm).map_err(in_place)?;
        within("seconds", held_s, &(0.0..=SECONDS_MAX)).map_err(in_place)?;
        seconds += held_s;
        // an engine that stands burns nothing; the knots begin at idle
        if rpm > 0.0 {
            histogram.add(&cell, weighted_ns(Span::from_secs_f64(held_s), density_ratio));
        }
    }
    if !(1e-6..=SECONDS_MAX).contains(&seconds) {
        return Err(Refusal::bad(format_args!(
            "samples: {seconds} s together: a window lasts from 1e-6 to {SECONDS_MAX} s"
        )));
    }
    let burned = served.burned(&window.car, &engine, &histogram)?;
    let vehicle_id = window.car.vehicle_id.clone();
    Ok(CarRate { vehicle_id, rate_g_s: burned.mean / seconds, sd_g_s: burned.sd / seconds })
}

/// Where a point lies on the knots.
pub(super) fn cell(engine: &Engine, throttle: f64, rpm: f64) -> Result<Cell, Refusal> {
    within("throttle", throttle, &(0.0..=1.0))?;
    within("rpm", rpm, &(0.0..=RPM_MAX))?;
    Ok(Cell::locate(throttle, engine.normalised_rpm(rpm)))
}

/// The flow at one point, g/s.
pub(super) fn flow(
    served: &Served,
    car: &CarDescription,
    density_ratio: f64,
    (throttle, rpm): (f64, f64),
) -> Result<Estimate, Refusal> {
    let engine = engine(car)?;
    within("density_ratio", density_ratio, &(0.0..=DENSITY_RATIO_MAX))?;
    let mut second = Histogram::default();
    second.add(&cell(&engine, throttle, rpm)?, weighted_ns(Span::from_secs(1), density_ratio));
    served.burned(car, &engine, &second)
}

/// A histogram of density-weighted seconds on the knots, by flat index.
pub(super) fn histogram(seconds: &[f64]) -> Result<Histogram, Refusal> {
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
