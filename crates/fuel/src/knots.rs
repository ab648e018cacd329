//! The grid on which time is counted and the rate law is tabulated: 14 throttle positions by 15 engine speeds.
//!
//! Dense where the law bends (closed throttle, racing speeds), sparse elsewhere: `docs/fuel-model.md` §3.

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
#[derive(Clone, Copy, Debug, PartialEq)]
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
        let (i, a) = find(&THETA, &THETA_CELL, THETA_STEPS_PER_UNIT, theta);
        let (j, b) = find(&RPM, &RPM_CELL, RPM_STEPS_PER_UNIT, normalised_rpm);
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
fn find(knots: &[f64], cell_by_step: &[u8], steps_per_unit: f64, value: f64) -> (u8, f64) {
    let last = knots[knots.len() - 1];
    let value = value.max(0.0).min(last); // in this order NaN becomes 0
    let step = ((value * steps_per_unit) as usize).min(cell_by_step.len() - 1);
    let guess = cell_by_step[step];
    // A value less than a rounding below a knot may be scaled up onto it; never the other way (tested).
    let cell = guess - u8::from(value < knots[usize::from(guess)]);
    let (low, high) = (knots[usize::from(cell)], knots[usize::from(cell) + 1]);
    (cell, (value - low) / (high - low))
}
