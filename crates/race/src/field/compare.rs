//! What makes a field, and the numbers by which cars are held against it: docs/fuel-model.md §7.

use crate::car::ClosedLap;

/// Burn per distance over some laps, kg/m; `None` if a length is unknown or there are none.
pub fn burn_kg_m<'a>(laps: impl IntoIterator<Item = &'a ClosedLap>) -> Option<f64> {
    let (mut burned_kg, mut distance_m) = (0.0, 0.0);
    for lap in laps {
        burned_kg += lap.burned.mass().kg();
        distance_m += lap.distance_m?;
    }
    (distance_m > 0.0 && burned_kg > 0.0).then(|| burned_kg / distance_m)
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
