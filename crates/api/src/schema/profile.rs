//! Burn round the track.

use super::wire::{AsIs, int};
use async_graphql::Object;
use store::BurnProfile;

/// Burn in equal parts of the lap by distance, from line to line, in grams a part.
#[Object(name = "BurnProfile")]
impl AsIs<BurnProfile> {
    /// How many clean laps the parts are the mean of: the car's newest, at most five.
    async fn laps(&self) -> i32 {
        int(self.0.laps)
    }
    async fn parts(&self) -> &[f64] {
        &self.0.parts_g
    }
    /// Median over the cars of the same; null with fewer than eight cars.
    async fn field(&self) -> Option<&[f64]> {
        self.0.field_g.as_deref()
    }
}
