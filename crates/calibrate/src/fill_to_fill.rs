//! What is learned from: how much fuel cars are known to have burned between two moments.

use events::VehicleId;
use fuel::{Engine, Histogram};

/// The fills-to-fill of one race.
#[derive(Clone, Debug, PartialEq)]
pub struct PastRace {
    /// Its session. No two races of a calibration have the same.
    pub name: String,
    /// The engine of its cars.
    pub engine: Engine,
    /// In the order in which they became known.
    pub fills: Vec<FillToFill>,
}

/// Fuel that is known to have been burned between two moments, and the time on the knots between them
/// (`docs/fuel-model.md` §5). Several stints are one fill-to-fill where the tank was not filled between them.
#[derive(Clone, Debug, PartialEq)]
pub struct FillToFill {
    /// The vehicle that burned it.
    pub vehicle: VehicleId,
    /// Who made its engine, as the roster names it.
    pub manufacturer: Option<String>,
    /// Who enters it, as the roster names it.
    pub team: Option<String>,
    /// Density-weighted time on the knots.
    pub histogram: Histogram,
    /// Burned, as a volume of the Cup's fuel in US gallons; above 0.
    pub y_gal: f64,
    /// Standard deviation of `y_gal` by the evidence alone: the model's own error, tau, comes in a fit. Above 0.
    pub sd_gal: f64,
}

/// Why nothing can be learned.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Unusable {
    /// Nobody knows what was burned.
    #[error(
        "no race tells how much fuel went into a car that was full before and after: nothing can be learned"
    )]
    NoFillToFill,
    /// The same race twice would count its evidence twice.
    #[error("race {name} is given twice: give each race once")]
    Twice {
        /// Its name.
        name: String,
    },
    /// The same race again would count its evidence twice.
    #[error("the model before has learned from race {name} already: leave the race out, or the model")]
    Known {
        /// Its name.
        name: String,
    },
    /// A fill-to-fill that says nothing.
    #[error(
        "race {race}, vehicle {vehicle}: a fill-to-fill of {y_gal} ± {sd_gal} gal over {seconds} s says nothing"
    )]
    Empty {
        /// Which race.
        race: String,
        /// Which vehicle.
        vehicle: VehicleId,
        /// What was burned, US gallons.
        y_gal: f64,
        /// Standard deviation.
        sd_gal: f64,
        /// Time on the knots.
        seconds: f64,
    },
    /// No parameters give these fills-to-fill.
    #[error("the fit came to no end: its equations have no solution; look for evidence that is far off")]
    NoSolution,
    /// An engine that the rate law does not know.
    #[error(transparent)]
    Rate(#[from] fuel::RateError),
}
