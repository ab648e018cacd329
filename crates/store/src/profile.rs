//! Where round the track a car burns its fuel, against the field.

/// Burn in equal parts of the lap by distance, from line to line.
#[derive(Clone, Debug, PartialEq)]
pub struct BurnProfile {
    /// How many clean laps it is the mean of: the car's newest, at most five.
    pub laps: u32,
    /// Burn in each part, grams.
    pub parts_g: Vec<f64>,
    /// Median over the cars of the same, grams; `None` with fewer than eight cars.
    pub field_g: Option<Vec<f64>>,
}
