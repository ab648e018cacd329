//! What makes a field, and the numbers by which cars are held against it: docs/fuel-model.md §7.

use crate::car::{CarFold, ClosedLap};
use events::bounds::{FIELD_MIN, GREEN_LAPS_MIN};
use std::sync::Arc;

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

/// What the field's clean laps come to. They change once a lap, windows close every second.
#[derive(Clone, Debug, Default)]
pub(super) struct FieldBurn {
    /// Those laps, car by car.
    of: Vec<Arc<[ClosedLap]>>,
    /// Median burn per distance, kg/m; `None` while too few cars make a field.
    pub field_kg_m: Option<f64>,
}

impl FieldBurn {
    /// Takes the folds of the cars that take part.
    pub fn follow(&mut self, folds: &[CarFold]) {
        let same = |(laps, fold): (&Arc<_>, &CarFold)| Arc::ptr_eq(laps, &fold.clean_laps);
        if self.of.len() == folds.len() && self.of.iter().zip(folds).all(same) {
            return;
        }
        let enough = folds.iter().filter(|fold| fold.clean_laps.len() >= GREEN_LAPS_MIN);
        let burns: Vec<f64> = enough.filter_map(|fold| burn_kg_m(fold.clean_laps.iter())).collect();
        *self = FieldBurn {
            of: folds.iter().map(|fold| fold.clean_laps.clone()).collect(),
            field_kg_m: (burns.len() >= FIELD_MIN).then(|| median(burns.into_iter())).flatten(),
        };
    }
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
