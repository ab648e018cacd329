//! The normal distribution, through `libm::erfc`.

use core::f64::consts::{FRAC_1_SQRT_2, PI};
use serde::{Deserialize, Serialize};

/// How sure "sure" is: one-sided, so that an interval between both ends holds 80 %.
pub const SURE: f64 = 0.90;
/// The point below which [`SURE`] of a standard normal distribution lies: Φ⁻¹(0.90).
pub const SURE_Z: f64 = 1.281_551_565_544_600_4;

/// The share of a standard normal distribution below `z`.
pub fn below(z: f64) -> f64 {
    0.5 * libm::erfc(-z * FRAC_1_SQRT_2)
}

/// Density over share below, φ(z)/Φ(z): how far the mean of what lies *above* −z is above 0. Falls, always positive.
pub(crate) fn mills(z: f64) -> f64 {
    if z < -30.0 {
        // Φ soon underflows; the first terms of its expansion (Abramowitz and Stegun, 26.2.12) are exact to 1e-8 here
        let t = -z;
        return t + 1.0 / t - 2.0 / (t * t * t);
    }
    libm::exp(-0.5 * z * z) / libm::sqrt(2.0 * PI) / below(z)
}

/// A mean and a standard deviation of something taken as normal.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// The mean of the distribution.
    pub mean: f64,
    /// Standard deviation.
    pub sd: f64,
}

impl Spread {
    /// The ends between which 80 % lies.
    pub fn interval80(&self) -> (f64, f64) {
        (self.mean - SURE_Z * self.sd, self.mean + SURE_Z * self.sd)
    }

    /// The value below which a share lies. `None` unless the share is above 0 and below 1.
    pub fn quantile(&self, share: f64) -> Option<f64> {
        if !(share > 0.0 && share < 1.0) {
            return None;
        }
        let (mut low, mut high) = (-39.0, 39.0); // beyond them Φ is 0 or 1
        for _ in 0..64 {
            let middle = 0.5 * (low + high);
            *(if below(middle) < share { &mut low } else { &mut high }) = middle;
        }
        Some(self.mean + self.sd * 0.5 * (low + high))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_those_of_the_tables() {
        // Abramowitz and Stegun, table 26.1
        for (z, share) in [(0.0, 0.5), (1.0, 0.841_344_746_068_543), (-2.0, 0.022_750_131_948_179)] {
            assert!((below(z) - share).abs() < 1e-14, "{z}");
        }
        assert!((below(SURE_Z) - SURE).abs() < 1e-15);
    }

    #[test]
    fn the_mean_above_a_bound_joins_its_expansion() {
        assert!((mills(0.0) - (2.0 / PI).sqrt()).abs() < 1e-15);
        assert!((mills(-30.000_001) / mills(-29.999_999) - 1.0).abs() < 1e-6);
        assert!(mills(-1e9).is_finite() && mills(40.0) >= 0.0);
    }

    #[test]
    fn quantiles_are_where_their_share_lies_below() {
        let laps = Spread { mean: 35.2, sd: 1.16 };
        let (low, high) = laps.interval80();
        assert!((laps.quantile(0.1).unwrap() - low).abs() < 1e-12);
        assert!((laps.quantile(0.9).unwrap() - high).abs() < 1e-12);
        assert!((laps.quantile(0.5).unwrap() - 35.2).abs() < 1e-12);
        assert_eq!(laps.quantile(1.0), None);
    }
}
