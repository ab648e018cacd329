//! What crosses to clients: enums, the time scalar, and numbers in the unit that was asked for.

use async_graphql::{Enum, InputValueError, InputValueResult, Scalar, ScalarType, Value};
use units::{EventTime, FuelDensity, METRES_PER_MILE, Mass, Volume, litres_per_100_km};

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(name = "Flag", remote = "events::Flag")]
pub(crate) enum ShownFlag {
    Unknown,
    Green,
    Yellow,
    Red,
    White,
    Checkered,
}

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(name = "Origin", remote = "events::Origin")]
pub(crate) enum ShownOrigin {
    Recorded,
    Simulated,
    /// A real race, but its samples were made up to fit what is known of it.
    Reconstructed,
}

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(name = "Mode", remote = "events::Mode")]
pub(crate) enum ShownMode {
    Saving,
    Neutral,
    Hard,
    Caution,
    Pit,
    Off,
    Unknown,
}

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(name = "Quality", remote = "events::Quality")]
pub(crate) enum ShownQuality {
    Sound,
    NotYet,
    Imputed,
    LevelConflict,
    EvidenceConflict,
    Uncalibrated,
    NoThrottle,
    NoRpm,
    Stale,
    Lost,
    Unknown,
}

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(name = "LapLabel", remote = "events::LapLabel")]
pub(crate) enum ShownLapLabel {
    Green,
    Caution,
    Pit,
    Unknown,
}

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum FuelUnit {
    Kg,
    Litre,
    UsGallon,
}

impl FuelUnit {
    pub(crate) fn of(self, kg: f64, density: FuelDensity) -> f64 {
        let mass = Mass::from_kg(kg);
        match self {
            FuelUnit::Kg => mass.kg(),
            FuelUnit::Litre => density.volume(mass).litres(),
            FuelUnit::UsGallon => density.volume(mass).us_gallons(),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum EconomyUnit {
    Mpg,
    #[graphql(name = "LITRES_PER_100_KM")]
    LitresPer100Km,
}

impl EconomyUnit {
    pub(crate) fn of(self, mpg: f64) -> Option<f64> {
        match self {
            EconomyUnit::Mpg => Some(mpg),
            EconomyUnit::LitresPer100Km => {
                litres_per_100_km(mpg * METRES_PER_MILE, Volume::from_us_gallons(1.0))
            }
        }
    }

    /// The standard deviation of an economy. Consumption is a constant over economy, so to first order its relative
    /// deviation is the same.
    pub(crate) fn sd_of(self, mpg: f64, sd_mpg: f64) -> Option<f64> {
        match self {
            EconomyUnit::Mpg => Some(sd_mpg),
            EconomyUnit::LitresPer100Km => Some(self.of(mpg)? * sd_mpg / mpg),
        }
    }
}

/// A value whose numbers are shown in the unit that is asked for.
pub(crate) struct InUnits<T> {
    pub(crate) value: T,
    /// Of the fuel of the session that the value is of.
    pub(crate) density: FuelDensity,
}

impl<T> InUnits<T> {
    /// Another value of the same session.
    pub(crate) fn with<U>(&self, value: U) -> InUnits<U> {
        InUnits { value, density: self.density }
    }

    /// Fuel in a unit; missing where it is no number.
    pub(crate) fn fuel(&self, kg: Option<f64>, unit: FuelUnit) -> Option<f64> {
        finite(kg.map(|kg| unit.of(kg, self.density)))
    }
}

/// A value that is shown as it is.
pub(crate) struct AsIs<T>(pub(crate) T);

pub(crate) struct Micros(i64);

impl From<EventTime> for Micros {
    fn from(time: EventTime) -> Self {
        Micros(time.us())
    }
}

impl From<Micros> for EventTime {
    fn from(Micros(us): Micros) -> Self {
        EventTime::from_us(us)
    }
}

/// Microseconds since 1970-01-01 UTC, as text: they do not fit a GraphQL Int.
#[Scalar]
impl ScalarType for Micros {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) => Ok(Micros(text.parse()?)),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// NaN and infinity are missing: JSON has no word for them.
pub(crate) fn finite(number: Option<f64>) -> Option<f64> {
    number.filter(|number| number.is_finite())
}

/// A count as a GraphQL Int, which has 32 bits and a sign.
pub(crate) fn int(count: impl TryInto<i32>) -> i32 {
    count.try_into().unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fuel_in_the_units_of_a_cup_race() {
        // docs/fuel-model.md §1: a US gallon weighs 2766.913457 g and holds 3.785411784 L
        for (unit, expected) in
            [(FuelUnit::Kg, 2.766913457), (FuelUnit::Litre, 3.785411784), (FuelUnit::UsGallon, 1.0)]
        {
            let found = unit.of(2.766913457, FuelDensity::CUP);
            assert!((found - expected).abs() < 1e-12, "{found}");
        }
    }

    #[test]
    fn economy_and_its_spread_in_both_units() {
        // 235.214583 mpg·L/100 km: 378.5411784 L per 100 gal over 1.609344 km per mile
        let unit = EconomyUnit::LitresPer100Km;
        assert!((unit.of(4.0).unwrap() - 58.80364).abs() < 1e-5);
        // 235.214583 / 4² × 0.1
        assert!((unit.sd_of(4.0, 0.1).unwrap() - 1.47009).abs() < 1e-5);
        assert_eq!(unit.of(0.0), None);
        assert_eq!(unit.sd_of(0.0, 0.1), None);
        assert_eq!((EconomyUnit::Mpg.of(4.0), EconomyUnit::Mpg.sd_of(4.0, 0.1)), (Some(4.0), Some(0.1)));
    }

    #[test]
    fn counts_saturate_at_the_ends_of_an_int() {
        assert_eq!((int(7_u32), int(u32::MAX), int(i64::MAX)), (7, i32::MAX, i32::MAX));
    }
}
