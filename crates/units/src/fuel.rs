//! Fuel as mass, volume and economy.

use crate::METRES_PER_MILE;
use serde::{Deserialize, Serialize};

/// Litres in a US gallon (exact by definition: 231 cubic inches).
const LITRES_PER_US_GALLON: f64 = 3.785411784;
/// Kilograms in an avoirdupois pound (exact by definition).
const KG_PER_POUND: f64 = 0.45359237;

/// A mass in kilograms.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Mass(f64);

impl Mass {
    /// From kilograms.
    pub const fn from_kg(kg: f64) -> Self {
        Self(kg)
    }
    /// In kilograms.
    pub const fn kg(self) -> f64 {
        self.0
    }
}

/// A volume in litres.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Volume(f64);

impl Volume {
    /// From litres.
    pub const fn from_litres(litres: f64) -> Self {
        Self(litres)
    }
    /// From US gallons.
    pub const fn from_us_gallons(gallons: f64) -> Self {
        Self(gallons * LITRES_PER_US_GALLON)
    }
    /// In litres.
    pub const fn litres(self) -> f64 {
        self.0
    }
    /// In US gallons.
    pub const fn us_gallons(self) -> f64 {
        self.0 / LITRES_PER_US_GALLON
    }
}

/// Density of a fuel, in kilograms per litre. Valid range for petrol and ethanol blends: 0.70 to 0.80.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FuelDensity(f64);

impl FuelDensity {
    /// The race fuel of the NASCAR Cup (E15): 6.1 lb per US gallon, 0.731 kg/L. Source: docs/fuel-model.md §1.
    pub const CUP: FuelDensity = FuelDensity(6.1 * KG_PER_POUND / LITRES_PER_US_GALLON);

    /// From kilograms per litre; `None` unless finite and positive.
    pub fn from_kg_per_litre(density: f64) -> Option<Self> {
        (density.is_finite() && density > 0.0).then_some(Self(density))
    }
    /// In kilograms per litre.
    pub const fn kg_per_litre(self) -> f64 {
        self.0
    }
    /// The mass of a volume.
    pub const fn mass(self, volume: Volume) -> Mass {
        Mass(volume.0 * self.0)
    }
    /// The volume of a mass.
    pub const fn volume(self, mass: Mass) -> Volume {
        Volume(mass.0 / self.0)
    }
}

/// Burned fuel as the stream sums it: integer micrograms, so that a sum does not depend on its order.
/// The range, ±9.2 million kg, outlasts any race.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FuelMicrograms(pub i64);

impl FuelMicrograms {
    /// As a mass.
    pub const fn mass(self) -> Mass {
        Mass(self.0 as f64 / 1e9)
    }
}

impl std::ops::Add for FuelMicrograms {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}
impl std::ops::AddAssign for FuelMicrograms {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}
impl std::ops::Sub for FuelMicrograms {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

/// Fuel economy in miles per US gallon; `None` unless both are positive.
pub fn miles_per_gallon(distance_m: f64, burned: Volume) -> Option<f64> {
    (distance_m > 0.0 && burned.0 > 0.0).then(|| distance_m / METRES_PER_MILE / burned.us_gallons())
}

/// Fuel consumption in litres per 100 km; `None` unless the distance is positive.
pub fn litres_per_100_km(distance_m: f64, burned: Volume) -> Option<f64> {
    (distance_m > 0.0).then(|| burned.litres() / distance_m * 1e5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gallon_of_cup_fuel_weighs_2766_9_grams() {
        // the constant G of docs/fuel-model.md §1
        let g = FuelDensity::CUP.mass(Volume::from_us_gallons(1.0)).kg() * 1e3;
        assert!((g - 2766.913457).abs() < 1e-6, "{g}");
    }

    #[test]
    fn economy_is_missing_rather_than_infinite() {
        assert_eq!(miles_per_gallon(1000.0, Volume::from_litres(0.0)), None);
        assert_eq!(miles_per_gallon(0.0, Volume::from_litres(1.0)), None);
        assert_eq!(litres_per_100_km(0.0, Volume::from_litres(1.0)), None);
        let mpg = miles_per_gallon(METRES_PER_MILE * 5.0, Volume::from_us_gallons(1.0));
        assert!((mpg.unwrap() - 5.0).abs() < 1e-12);
        let l = litres_per_100_km(100_000.0, Volume::from_litres(47.0));
        assert!((l.unwrap() - 47.0).abs() < 1e-12);
    }
}
