//! Time on the knots, and burn from it.

use crate::{Cell, RateTable, knots};
use serde::{Deserialize, Serialize};
use units::{FuelMicrograms, Span};

/// Density-weighted nanoseconds of a length of time: its length times `density_ratio`, to the nearest.
pub fn weighted_ns(span: Span, density_ratio: f64) -> i64 {
    (span.us() as f64 * 1e3 * density_ratio).round() as i64
}

/// Fuel burned at a constant rate (g/s at density ratio 1) over density-weighted nanoseconds, to the nearest µg.
pub fn burned_ug(rate_g_s: f64, weighted_ns: i64) -> FuelMicrograms {
    FuelMicrograms((rate_g_s * weighted_ns as f64 * 1e-3).round() as i64)
}

/// Density-weighted time that an engine spent near each knot, in integer nanoseconds: sums are exact and do not
/// depend on their order. With a table it gives the fuel burned; so a new model never needs the telemetry again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Vec<(u8, i64)>", try_from = "Vec<(u8, i64)>")]
pub struct Histogram(Box<[i64; knots::COUNT]>);

impl Default for Histogram {
    fn default() -> Self {
        Histogram(Box::new([0; knots::COUNT]))
    }
}

impl Histogram {
    /// Adds time spent at one point. The four parts sum to `weighted_ns` exactly; adding its negative takes it back
    /// exactly.
    pub fn add(&mut self, cell: &Cell, weighted_ns: i64) {
        let (low, high) = split(weighted_ns, cell.a());
        let (low, low_fast) = split(low, cell.b());
        let (high, high_fast) = split(high, cell.b());
        for (k, part) in cell.corners().into_iter().zip([low, low_fast, high, high_fast]) {
            self.0[k] = self.0[k].saturating_add(part);
        }
    }

    /// Adds another histogram.
    pub fn merge(&mut self, other: &Histogram) {
        for (ns, more) in self.0.iter_mut().zip(other.0.iter()) {
            *ns = ns.saturating_add(*more);
        }
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.0.fill(0);
    }

    /// Fuel burned at scale 0, grams: the sum over knots, in order of flat index, of time times rate.
    pub fn burned_g(&self, table: &RateTable) -> f64 {
        self.0.iter().zip(table.values()).map(|(&ns, rate)| ns as f64 * 1e-9 * rate).sum()
    }

    /// All its time, density-weighted nanoseconds.
    pub fn total_ns(&self) -> i64 {
        self.0.iter().fold(0, |sum: i64, &ns| sum.saturating_add(ns))
    }

    /// Time on every knot, density-weighted nanoseconds, by flat index.
    pub fn values(&self) -> &[i64; knots::COUNT] {
        &self.0
    }
}

/// `ns` in two parts that sum to it, the second `share` (0..=1) of it to the nearest.
fn split(ns: i64, share: f64) -> (i64, i64) {
    let second = (ns as f64 * share).round() as i64;
    (ns.saturating_sub(second), second)
}

/// The knots that hold time, by rising flat index: a checkpoint stays small.
impl From<Histogram> for Vec<(u8, i64)> {
    fn from(histogram: Histogram) -> Self {
        (0u8..).zip(*histogram.0).filter(|&(_, ns)| ns != 0).collect()
    }
}

/// Stored time on a knot that does not exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a histogram has no knot {knot}: it has {}", knots::COUNT)]
pub struct NoSuchKnot {
    /// Its flat index.
    pub knot: u8,
}

impl TryFrom<Vec<(u8, i64)>> for Histogram {
    type Error = NoSuchKnot;
    fn try_from(pairs: Vec<(u8, i64)>) -> Result<Self, NoSuchKnot> {
        let mut histogram = Histogram::default();
        for (knot, ns) in pairs {
            *histogram.0.get_mut(usize::from(knot)).ok_or(NoSuchKnot { knot })? = ns;
        }
        Ok(histogram)
    }
}
