//! What crosses to clients: enums, the time scalar, and numbers in the unit that was asked for.

use async_graphql::{Enum, InputValueError, InputValueResult, Scalar, ScalarType, Value};
use units::{EventTime, FuelDensity, METRES_PER_MILE, Mass, Volume, litres_per_100_km};

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "events::Flag")]
pub(crate) enum Flag {
    Unknown,
    Green,
    Yellow,
    Red,
    White,
    Checkered,
}

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "events::Origin")]
pub(crate) enum Origin {
    Recorded,
    Simulated,
    /// A real race, but its samples were made up to fit what is known of it.
    Reconstructed,
}

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "events::Mode")]
pub(crate) enum Mode {
    Saving,
    Neutral,
    Hard,
    Caution,
    Pit,
    Off,
    Unknown,
}

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "events::Quality")]
pub(crate) enum Quality {
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
#[graphql(remote = "events::LapLabel")]
pub(crate) enum LapLabel {
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

/// NaN and infinity are missing: JSON cannot say them.
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
