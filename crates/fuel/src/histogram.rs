//! Time on the knots, and burn from it.

use crate::{Cell, RateTable, knots};
use serde::{Deserialize, Serialize};
use units::{FuelMicrograms, Span};

/// Density-weighted nanoseconds of a length of time: its length times `density_ratio`, to the nearest.
pub fn weighted_ns(span: Span, density_ratio: f64) -> i64 {
    nearest(span.us() as f64 * 1e3 * density_ratio)
}

/// Fuel burned at a constant rate (g/s at density ratio 1) over density-weighted nanoseconds, to the nearest µg.
pub fn burned_ug(rate_g_s: f64, weighted_ns: i64) -> FuelMicrograms {
    FuelMicrograms(nearest(rate_g_s * weighted_ns as f64 * 1e-3))
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

    /// A share of it, 0 or more, knot by knot to the nearest nanosecond.
    pub fn share(&self, share: f64) -> Histogram {
        let mut part = self.clone();
        part.0.iter_mut().for_each(|ns| *ns = nearest(*ns as f64 * share));
        part
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

/// The nearest integer up to 2⁵² (as nanoseconds 52 days), halves away from zero; saturates, NaN gives 0. Not
/// `f64::round`: on x86-64 that is a library call, and was a third of the time of an add.
fn nearest(x: f64) -> i64 {
    (x + 0.5_f64.copysign(x)) as i64
}

/// `ns` in two parts that sum to it, the second `share` (0..=1) of it to the nearest.
fn split(ns: i64, share: f64) -> (i64, i64) {
    let second = nearest(ns as f64 * share);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Engine, Shape};
    use proptest::prelude::*;

    fn cells() -> impl Strategy<Value = Cell> {
        (0.0f64..1.0, 0.0f64..9_700.0).prop_map(|(theta, rpm)| Cell::locate(theta, rpm))
    }
    fn entries() -> impl Strategy<Value = Vec<(Cell, i64)>> {
        prop::collection::vec((cells(), 0i64..600_000_000_000), 0..40)
    }
    fn histogram(entries: &[(Cell, i64)]) -> Histogram {
        let mut histogram = Histogram::default();
        entries.iter().for_each(|(cell, ns)| histogram.add(cell, *ns));
        histogram
    }

    proptest! {
        #[test]
        fn no_nanosecond_is_lost_and_none_is_negative(entries in entries()) {
            let histogram = histogram(&entries);
            prop_assert_eq!(histogram.total_ns(), entries.iter().map(|(_, ns)| ns).sum::<i64>());
            prop_assert!(histogram.values().iter().all(|&ns| ns >= 0));
        }

        #[test]
        fn the_order_of_adding_does_not_matter(entries in entries(), cut in 0usize..40) {
            let reversed: Vec<_> = entries.iter().rev().copied().collect();
            prop_assert_eq!(histogram(&entries), histogram(&reversed));
            let (first, second) = entries.split_at(cut.min(entries.len()));
            let mut merged = histogram(second);
            merged.merge(&histogram(first));
            prop_assert_eq!(histogram(&entries), merged);
        }

        #[test]
        fn what_was_added_can_be_taken_back(entries in entries()) {
            let mut histogram = histogram(&entries);
            entries.iter().for_each(|(cell, ns)| histogram.add(cell, -ns));
            prop_assert_eq!(histogram, Histogram::default());
        }

        #[test]
        fn burn_is_the_sum_over_intervals_of_interpolated_rate_times_time(entries in entries()) {
            let table = RateTable::new(&Shape::prior(), &Engine::CUP_670).unwrap();
            let held: f64 = entries.iter().map(|(cell, ns)| table.rate_g_s(cell) * *ns as f64 * 1e-9).sum();
            let summed: f64 =
                entries.iter().map(|(cell, ns)| burned_ug(table.rate_g_s(cell), *ns).mass().kg() * 1e3).sum();
            let burned = histogram(&entries).burned_g(&table);
            // 1 ns a corner at 40 g/s is 0.16 µg an interval; µg are rounded by half of one
            let tolerance = 1e-6 * entries.len() as f64 + 1e-12 * held;
            prop_assert!((burned - held).abs() <= tolerance, "{burned} {held}");
            prop_assert!((burned - summed).abs() <= tolerance, "{burned} {summed}");
        }

        #[test]
        fn a_checkpoint_keeps_it(entries in entries()) {
            let histogram = histogram(&entries);
            let text = serde_json::to_string(&histogram).unwrap();
            prop_assert_eq!(serde_json::from_str::<Histogram>(&text).unwrap(), histogram);
        }
    }

    #[test]
    fn only_knots_with_time_are_stored() {
        let mut histogram = Histogram::default();
        assert_eq!(serde_json::to_string(&histogram).unwrap(), "[]");
        histogram.add(&Cell::locate(1.0, 8_250.0), 100);
        assert_eq!(serde_json::to_string(&histogram).unwrap(), "[[206,50],[207,50]]");
        histogram.clear();
        assert_eq!(histogram, Histogram::default());
    }

    #[test]
    fn a_stored_knot_that_does_not_exist_is_refused() {
        let error = serde_json::from_str::<Histogram>("[[210,1]]").unwrap_err();
        assert_eq!(error.to_string(), "a histogram has no knot 210: it has 210");
    }

    #[test]
    fn numbers_beyond_any_race_saturate() {
        let mut histogram = Histogram::default();
        let flat_out = Cell::locate(1.0, 9_700.0);
        histogram.add(&flat_out, i64::MAX);
        histogram.add(&flat_out, i64::MAX);
        assert_eq!(histogram.total_ns(), i64::MAX);
        assert_eq!(weighted_ns(Span::from_us(i64::MAX), 1.0), i64::MAX);
        assert_eq!(burned_ug(f64::NAN, 1), FuelMicrograms(0));
    }

    #[test]
    fn a_second_at_40_grams_a_second_is_40_million_micrograms() {
        assert_eq!(weighted_ns(Span::from_secs(1), 1.05), 1_050_000_000);
        assert_eq!(burned_ug(40.0, weighted_ns(Span::from_secs(1), 1.0)), FuelMicrograms(40_000_000));
    }
}
