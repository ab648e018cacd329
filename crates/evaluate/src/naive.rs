//! The baseline: what somebody can estimate who knows flags, laps and the size of the engine, but looks at no telemetry.
//! One figure for green laps, one for the rest. Reasons and sources: docs/accuracy.md.

use units::{FuelDensity, METRES_PER_MILE, Volume};

/// Green-flag miles per gallon of a package up to [`RESTRICTED_HP`], and of any other.
const GREEN_MPG: [f64; 2] = [5.2, 4.6];
const RESTRICTED_HP: f64 = 600.0;
/// Behind the pace car and on the pit road.
const CAUTION_MPG: f64 = 13.0;
/// How sure these figures are, relative.
const GREEN_SD: f64 = 0.08;
const CAUTION_SD: f64 = 0.30;

/// Distance covered, metres.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Covered {
    /// While cars raced.
    pub racing_m: f64,
    /// At all other times.
    pub other_m: f64,
}

impl Covered {
    /// What lies between an earlier reading and this one.
    pub fn since(self, earlier: Covered) -> Covered {
        Covered { racing_m: self.racing_m - earlier.racing_m, other_m: self.other_m - earlier.other_m }
    }
    /// A `part` of the way from an earlier reading to this one.
    pub fn between(self, earlier: Covered, part: f64) -> Covered {
        let step = self.since(earlier);
        Covered {
            racing_m: earlier.racing_m + part * step.racing_m,
            other_m: earlier.other_m + part * step.other_m,
        }
    }
}

/// Turns distance into fuel.
#[derive(Clone, Copy, Debug)]
pub struct Naive {
    green_kg_m: f64,
    caution_kg_m: f64,
}

impl Naive {
    /// For an engine package, as far as it is known, and a fuel.
    pub fn new(package_hp: Option<f64>, density: FuelDensity) -> Self {
        let green = GREEN_MPG[usize::from(package_hp.is_none_or(|hp| hp > RESTRICTED_HP))];
        let kg_m = |mpg: f64| density.mass(Volume::from_us_gallons(1.0 / mpg)).kg() / METRES_PER_MILE;
        Naive { green_kg_m: kg_m(green), caution_kg_m: kg_m(CAUTION_MPG) }
    }
    /// Mean and standard deviation of the burn, kg.
    pub fn burned_kg(&self, covered: Covered) -> (f64, f64) {
        let (green, caution) = (covered.racing_m * self.green_kg_m, covered.other_m * self.caution_kg_m);
        (green + caution, (green * GREEN_SD).hypot(caution * CAUTION_SD))
    }
    /// The relative standard deviation of all that is burned since the tank was full: racing burns nearly all of it.
    pub fn scale_sd(&self) -> f64 {
        GREEN_SD
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn burn_is_miles_over_miles_per_gallon() {
        let gallon_kg = FuelDensity::CUP.mass(Volume::from_us_gallons(1.0)).kg();
        for (hp, green_miles, other_miles, gallons) in
            [(Some(670.0), 46.0, 0.0, 10.0), (Some(510.0), 52.0, 0.0, 10.0), (None, 4.6, 26.0, 3.0)]
        {
            let covered =
                Covered { racing_m: green_miles * METRES_PER_MILE, other_m: other_miles * METRES_PER_MILE };
            let (kg, _) = Naive::new(hp, FuelDensity::CUP).burned_kg(covered);
            assert!((kg - gallons * gallon_kg).abs() < 1e-9, "{hp:?}: {kg}");
        }
    }
}
