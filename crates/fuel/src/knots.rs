//! The grid on which time is counted and the rate law is tabulated: 14 throttle positions by 15 engine speeds.
//!
//! Dense where the law bends (closed throttle, racing speeds), sparse elsewhere: `docs/fuel-model.md` §3.

use serde::{Deserialize, Serialize};

/// Throttle positions of the knots, fractions.
pub const THETA: [f64; 14] = [0.0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0];
/// Normalised engine speeds of the knots, rpm (see [`crate::Engine::normalised_rpm`]).
pub const RPM: [f64; 15] = [
    0.0, 700.0, 1400.0, 2200.0, 3000.0, 4000.0, 5000.0, 6000.0, 6500.0, 7000.0, 7500.0, 8000.0, 8500.0,
    9000.0, 9700.0,
];
/// How many knots there are. A knot's flat index is `15 i + j`, throttle knot `i`, speed knot `j`.
pub const COUNT: usize = THETA.len() * RPM.len();

const THETA_STEPS_PER_UNIT: f64 = 100.0;
const RPM_STEPS_PER_UNIT: f64 = 0.01;

/// For every hundredth of throttle, the last knot at or below it; the last knot opens no cell.
static THETA_CELL: [u8; 101] = cells_by_step(&THETA, THETA_STEPS_PER_UNIT);
/// The same for every hundred rpm.
static RPM_CELL: [u8; 98] = cells_by_step(&RPM, RPM_STEPS_PER_UNIT);

/// One over the width of each cell: multiplying is cheaper than dividing, and happens for every sample.
static PER_THETA_WIDTH: [f64; THETA.len()] = per_width(&THETA);
static PER_RPM_WIDTH: [f64; RPM.len()] = per_width(&RPM);

const fn per_width<const KNOTS: usize>(knots: &[f64; KNOTS]) -> [f64; KNOTS] {
    let mut per_width = [0.0; KNOTS];
    let mut cell = 0;
    while cell + 1 < KNOTS {
        per_width[cell] = 1.0 / (knots[cell + 1] - knots[cell]);
        cell += 1;
    }
    per_width
}

const fn cells_by_step<const KNOTS: usize, const STEPS: usize>(
    knots: &[f64; KNOTS],
    steps_per_unit: f64,
) -> [u8; STEPS] {
    let mut cells = [0; STEPS];
    let (mut step, mut cell) = (0, 0);
    while step < STEPS {
        // half a step of slack: the products are whole numbers but for rounding
        while cell + 2 < KNOTS && knots[cell + 1] * steps_per_unit < step as f64 + 0.5 {
            cell += 1;
        }
        cells[step] = cell as u8;
        step += 1;
    }
    cells
}

/// Where a point lies between the knots: a cell and how far into it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cell {
    i: u8,
    j: u8,
    a: f64,
    b: f64,
}

impl Cell {
    /// The cell of a throttle position and a normalised engine speed (rpm), each clamped into the grid. What is not a
    /// number lies at the grid's lower edge; judged samples never hold such a value.
    pub fn locate(theta: f64, normalised_rpm: f64) -> Cell {
        let (i, a) = find(&THETA, &PER_THETA_WIDTH, &THETA_CELL, THETA_STEPS_PER_UNIT, theta);
        let (j, b) = find(&RPM, &PER_RPM_WIDTH, &RPM_CELL, RPM_STEPS_PER_UNIT, normalised_rpm);
        Cell { i, j, a, b }
    }

    /// The throttle knot at or below the point, 0..=12.
    pub fn i(&self) -> u8 {
        self.i
    }
    /// The speed knot at or below the point, 0..=13.
    pub fn j(&self) -> u8 {
        self.j
    }
    /// How far the point is from throttle knot `i` to the next, 0..=1.
    pub fn a(&self) -> f64 {
        self.a
    }
    /// How far the point is from speed knot `j` to the next, 0..=1.
    pub fn b(&self) -> f64 {
        self.b
    }

    /// Flat indices of the four knots around: (i, j), (i, j+1), (i+1, j), (i+1, j+1).
    pub fn corners(&self) -> [usize; 4] {
        let low = usize::from(self.i) * RPM.len() + usize::from(self.j);
        let high = low + RPM.len();
        [low, low + 1, high, high + 1]
    }

    /// Bilinear weights of [`Cell::corners`], in their order. Each 0..=1, together 1.
    pub fn weights(&self) -> [f64; 4] {
        let (a, b) = (self.a, self.b);
        [(1.0 - a) * (1.0 - b), (1.0 - a) * b, a * (1.0 - b), a * b]
    }
}

/// The cell of `value` on one axis and the fraction into it, in constant time.
fn find<const KNOTS: usize, const STEPS: usize>(
    knots: &[f64; KNOTS],
    per_width: &[f64; KNOTS],
    cell_by_step: &[u8; STEPS],
    steps_per_unit: f64,
    value: f64,
) -> (u8, f64) {
    let last = knots[KNOTS - 1];
    let value = value.max(0.0).min(last); // in this order NaN becomes 0
    let step = ((value * steps_per_unit) as usize).min(STEPS - 1);
    let guess = cell_by_step[step];
    // A value less than a rounding below a knot may be scaled up onto it; never the other way (tested).
    let cell = guess - u8::from(value < knots[usize::from(guess)]);
    let low = knots[usize::from(cell)];
    (cell, (value - low) * per_width[usize::from(cell)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The definition: the last knot at or below the value that still opens a cell.
    fn search(knots: &[f64], value: f64) -> u8 {
        knots[1..knots.len() - 1].iter().filter(|&&knot| knot <= value).count() as u8
    }

    fn agrees_with_the_definition(theta: f64, rpm: f64) -> Result<(), TestCaseError> {
        let cell = Cell::locate(theta, rpm);
        prop_assert_eq!((cell.i(), cell.j()), (search(&THETA, theta), search(&RPM, rpm)));
        prop_assert!((0.0..=1.0).contains(&cell.a()) && (0.0..=1.0).contains(&cell.b()), "{cell:?}");
        let sum: f64 = cell.weights().iter().sum();
        prop_assert!((sum - 1.0).abs() < 1e-15, "{sum}");
        Ok(())
    }

    proptest! {
        #[test]
        fn a_point_lies_where_a_plain_search_finds_it(theta in -0.1f64..1.1, rpm in -100.0f64..12_000.0) {
            agrees_with_the_definition(theta, rpm)?;
        }

        #[test]
        fn at_the_resolution_of_samples_too(theta in -2_000i32..13_000, rpm in 0i32..250_000) {
            agrees_with_the_definition(f64::from(theta) / 1e4, f64::from(rpm) / 10.0)?;
        }

        #[test]
        fn and_a_few_roundings_beside_a_knot(i in 0..THETA.len(), j in 0..RPM.len(), ulps in -4i64..=4) {
            let beside = |knot: f64| f64::from_bits((knot.to_bits() as i64).saturating_add(ulps).max(0) as u64);
            agrees_with_the_definition(beside(THETA[i]), beside(RPM[j]))?;
        }
    }

    #[test]
    fn scaling_never_pushes_a_knot_below_its_step() {
        for (knots, steps_per_unit) in [(&THETA[..], THETA_STEPS_PER_UNIT), (&RPM[..], RPM_STEPS_PER_UNIT)] {
            for &knot in knots {
                let scaled = knot * steps_per_unit;
                assert!(scaled >= scaled.round(), "{knot} scales to {scaled}");
            }
        }
    }

    #[test]
    fn a_point_on_a_knot_has_that_knot_alone() {
        for (i, &theta) in THETA.iter().enumerate() {
            for (j, &rpm) in RPM.iter().enumerate() {
                let cell = Cell::locate(theta, rpm);
                let weight_there: f64 = cell
                    .corners()
                    .into_iter()
                    .zip(cell.weights())
                    .filter(|&(k, _)| k == i * RPM.len() + j)
                    .map(|(_, weight)| weight)
                    .sum();
                assert!((weight_there - 1.0).abs() < 1e-15, "{theta} {rpm}");
            }
        }
    }

    #[test]
    fn what_is_not_a_number_is_at_the_lower_edge_and_infinity_at_an_end() {
        let origin = Cell::locate(0.0, 0.0);
        assert_eq!(Cell::locate(f64::NAN, f64::NAN), origin);
        assert_eq!(Cell::locate(f64::NEG_INFINITY, -1.0), origin);
        assert_eq!(Cell::locate(f64::INFINITY, f64::INFINITY), Cell::locate(1.0, 9_700.0));
    }
}
