//! More throttle never burns less: the nearest map of which that is true.

use fuel::knots;

const ROWS: usize = knots::THETA.len();
const COLUMNS: usize = knots::RPM.len();
/// Packages disagree by little, so bending for one and then another comes to an end soon.
const SWEEPS_MAX: usize = 100;

/// The least-squares non-decreasing sequence, equal weights: neighbours that fall are pooled (Ayer et al. 1955).
pub fn non_decreasing(values: &[f64]) -> Vec<f64> {
    let mut pools: Vec<(f64, usize)> = Vec::with_capacity(values.len());
    for &value in values {
        pools.push((value, 1));
        while let [.., (low, low_n), (high, high_n)] = pools[..] {
            if low <= high {
                break;
            }
            let n = low_n + high_n;
            pools.truncate(pools.len() - 2);
            pools.push(((low * low_n as f64 + high * high_n as f64) / n as f64, n));
        }
    }
    pools.into_iter().flat_map(|(value, n)| std::iter::repeat_n(value, n)).collect()
}

/// The logarithm of a factor on the knots, bent so that each of these laws (gal/s by flat index) times the factor never
/// falls with throttle. Where a law has no flow, at 0 rpm, it stays.
pub fn bent(log_factor: &[f64], laws: &[Vec<f64>]) -> Vec<f64> {
    let mut bent = log_factor.to_vec();
    for _ in 0..SWEEPS_MAX {
        let before = bent.clone();
        for law in laws {
            for column in 0..COLUMNS {
                bend_column(&mut bent, law, column);
            }
        }
        if bent.iter().zip(&before).all(|(a, b)| (a - b).abs() < 1e-12) {
            break;
        }
    }
    bent
}

fn bend_column(log_factor: &mut [f64], law: &[f64], column: usize) {
    let flat = |row| row * COLUMNS + column;
    let flow: Vec<f64> = (0..ROWS).map(|row| law[flat(row)] * libm::exp(log_factor[flat(row)])).collect();
    for (row, (&was, flow)) in flow.iter().zip(non_decreasing(&flow)).enumerate() {
        if was > 0.0 && flow > 0.0 {
            log_factor[flat(row)] += libm::log(flow / was);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_rises_stays_and_what_falls_is_pooled() {
        for (what, values, expected) in [
            ("rises", vec![1.0, 2.0, 3.0], vec![1.0, 2.0, 3.0]),
            ("one dip", vec![1.0, 3.0, 2.0, 4.0], vec![1.0, 2.5, 2.5, 4.0]),
            ("falls", vec![3.0, 2.0, 1.0], vec![2.0, 2.0, 2.0]),
            ("a dip that pulls the pool before it down", vec![1.0, 4.0, 3.0, 0.5], vec![1.0, 2.5, 2.5, 2.5]),
            ("nothing", vec![], vec![]),
        ] {
            assert_eq!(non_decreasing(&values), expected, "{what}");
        }
    }

    #[test]
    fn a_bent_factor_rises_with_throttle_on_every_package() {
        let laws =
            [510.0, 670.0, 750.0].map(|hp| crate::rates::gal_s(&fuel::Shape::prior(), Some(hp)).unwrap());
        let wavy: Vec<f64> = (0..knots::COUNT).map(|k| 0.4 * libm::sin(k as f64)).collect();
        let bent = bent(&wavy, &laws);
        for law in &laws {
            for column in 1..COLUMNS {
                let flow = |row: usize| law[row * COLUMNS + column] * libm::exp(bent[row * COLUMNS + column]);
                assert!((1..ROWS).all(|row| flow(row) >= flow(row - 1) * (1.0 - 1e-9)), "column {column}");
            }
        }
    }
}
