//! What makes a field, and the numbers by which cars are held against it: docs/fuel-model.md §7.

use crate::car::ClosedLap;
use events::bounds::FIELD_MIN;

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
    let mut numbers = gathered(numbers);
    let is_even = numbers.len().is_multiple_of(2);
    let place = numbers.len() / 2;
    numbers.get(place)?;
    let (below, &mut upper, _) = numbers.select_nth_unstable_by(place, f64::total_cmp);
    let lower = below.iter().copied().max_by(f64::total_cmp).filter(|_| is_even).unwrap_or(upper);
    Some((lower + upper) / 2.0)
}

/// The number below which a part of some finite numbers lies; `None` of none.
pub fn quantile(numbers: impl Iterator<Item = f64>, part: f64) -> Option<f64> {
    let mut numbers = gathered(numbers);
    let place = quantile_place(numbers.len(), part)?;
    Some(*numbers.select_nth_unstable_by(place, f64::total_cmp).1)
}

/// Its place among `count` in order; `None` of none.
pub fn quantile_place(count: usize, part: f64) -> Option<usize> {
    Some((count.checked_sub(1)? as f64 * part).round() as usize)
}

/// All at once: an iterator that filters does not know how many it has, and a vector would grow under it.
fn gathered(numbers: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut gathered = Vec::with_capacity(numbers.size_hint().1.unwrap_or(0));
    gathered.extend(numbers);
    gathered
}

/// The middle of the cars' burn per distance, kg/m; `None` while too few of them make a field.
pub fn field_kg_m(burns: impl Iterator<Item = f64>) -> Option<f64> {
    let burns = gathered(burns);
    (burns.len() >= FIELD_MIN).then(|| median(burns.into_iter())).flatten()
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
