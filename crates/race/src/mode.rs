//! What each driver does, held against the field: docs/fuel-model.md §7.

use crate::fold::CarFold;
use crate::sums::ClosedLap;
use events::Mode;

/// Fewest cars with a sound estimate that make a field. Source: docs/fuel-model.md §7.
pub const FIELD_MIN: usize = 8;
/// Fewest clean green laps of a run that make an estimate. Source: docs/fuel-model.md §7.
pub const CLEAN_LAPS_MIN: usize = 3;
/// What a driver does must show in this many laps.
const LAPS: usize = 2;
/// Coasting further than the field by less than this is no saving, metres.
const COAST_EXCESS_MIN_M: f64 = 25.0;
/// Weights of the three signs: coasting, flat out, burn.
const WEIGHTS: [f64; 3] = [0.6, 0.25, 0.15];
/// A median absolute deviation times this estimates a standard deviation of a normal distribution.
const MAD_TO_SD: f64 = 1.4826;
/// Least spread of each sign (metres, share, kg/m relative): a field that drives alike must not turn noise into news.
const SPREAD_MIN: [f64; 3] = [8.0, 0.01, 0.01];

/// The three signs of one car over its newest clean laps.
type Signs = [f64; 3];

/// Medians and spreads of the field at one window.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldSigns {
    median: Signs,
    spread: Signs,
}

fn signs(fold: &CarFold) -> Option<Signs> {
    let clean = &fold.clean_laps;
    if clean.len() < CLEAN_LAPS_MIN {
        return None;
    }
    let newest = &clean[clean.len() - LAPS..];
    let mean = |of: fn(&crate::watch::Driven) -> f64| fold.driven.iter().map(|l| of(l)).sum::<f64>() / LAPS as f64;
    Some([mean(|lap| lap.coasted_m), mean(|lap| lap.flat_out), burn_kg_m(newest)?])
}

/// Burn per distance over some laps, kg/m; `None` if a length is unknown or there are none.
pub fn burn_kg_m<'a>(laps: impl IntoIterator<Item = &'a ClosedLap>) -> Option<f64> {
    let (mut burned_kg, mut distance_m) = (0.0, 0.0);
    for lap in laps {
        burned_kg += lap.burned.mass().kg();
        distance_m += lap.distance_m?;
    }
    (distance_m > 0.0 && burned_kg > 0.0).then(|| burned_kg / distance_m)
}

impl FieldSigns {
    /// Of all cars that have an estimate; `None` if they are fewer than [`FIELD_MIN`].
    pub fn of(folds: &[CarFold]) -> Option<FieldSigns> {
        let all: Vec<Signs> = folds.iter().filter_map(signs).collect();
        if all.len() < FIELD_MIN {
            return None;
        }
        let (mut centre, mut spread) = ([0.0; 3], [0.0; 3]);
        for i in 0..3 {
            centre[i] = median(all.iter().map(|s| s[i]))?;
            let deviation = median(all.iter().map(|s| (s[i] - centre[i]).abs()))? * MAD_TO_SD;
            let least = if i == 2 { SPREAD_MIN[i] * centre[i] } else { SPREAD_MIN[i] };
            spread[i] = deviation.max(least);
        }
        Some(FieldSigns { median: centre, spread })
    }

    /// Saving, neutral or hard; `None` for a car without an estimate.
    pub fn mode(&self, fold: &CarFold) -> Option<Mode> {
        let signs = signs(fold)?;
        let z = |i: usize| (signs[i] - self.median[i]) / self.spread[i];
        let score = WEIGHTS[0] * z(0) - WEIGHTS[1] * z(1) - WEIGHTS[2] * z(2);
        let excess_m = signs[0] - self.median[0];
        let burns_less = signs[2] < self.median[2];
        Some(if score > 1.0 && excess_m > COAST_EXCESS_MIN_M && burns_less {
            Mode::Saving
        } else if score < -1.0 && !burns_less {
            Mode::Hard
        } else {
            Mode::Neutral
        })
    }
}

/// The middle of some finite numbers; `None` of none.
pub fn median(numbers: impl Iterator<Item = f64>) -> Option<f64> {
    let mut numbers: Vec<f64> = numbers.collect();
    numbers.sort_unstable_by(f64::total_cmp);
    let upper = *numbers.get(numbers.len() / 2)?;
    let lower = *numbers.get((numbers.len() - 1) / 2)?;
    Some((lower + upper) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_an_even_count_is_the_mean_of_the_middle_two() {
        for (numbers, expected) in
            [(vec![], None), (vec![3.0], Some(3.0)), (vec![4.0, 1.0, 2.0, 9.0], Some(3.0))]
        {
            assert_eq!(median(numbers.into_iter()), expected);
        }
    }
}
