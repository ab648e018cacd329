//! What happened in a session.

use super::LIST;
use super::wire::{Flag, FuelUnit, Micros, int};
use async_graphql::{ID, Object};
use units::{FuelDensity, Volume};

pub(crate) struct Timeline {
    pub(super) value: store::Timeline,
    pub(super) density: FuelDensity,
}

/// Each list is in order of time.
#[Object]
impl Timeline {
    #[graphql(complexity = "LIST * child_complexity")]
    async fn flags(&self) -> Vec<FlagSpan<'_>> {
        self.value.flags.iter().map(FlagSpan).collect()
    }
    /// Every time that a car stood in its box.
    #[graphql(complexity = "LIST * child_complexity")]
    async fn stops(&self) -> Vec<Stop<'_>> {
        self.value.stops.iter().map(|value| Stop { value, density: self.density }).collect()
    }
    /// The ends of the stages, reached or not. The last stage ends with the race and is not among them.
    #[graphql(complexity = "LIST * child_complexity")]
    async fn stage_ends(&self) -> Vec<StageEnd<'_>> {
        self.value.stage_ends.iter().map(StageEnd).collect()
    }
    #[graphql(complexity = "LIST * child_complexity")]
    async fn retirements(&self) -> Vec<Retirement<'_>> {
        self.value.retirements.iter().map(Retirement).collect()
    }
}

pub(crate) struct FlagSpan<'t>(&'t store::FlagSpan);

#[Object]
impl FlagSpan<'_> {
    async fn flag(&self) -> Flag {
        self.0.flag.into()
    }
    async fn from_us(&self) -> Micros {
        self.0.from.into()
    }
    /// Null while it is shown.
    async fn to_us(&self) -> Option<Micros> {
        self.0.to.map(Into::into)
    }
    /// The leader's lap when it was shown.
    async fn lap(&self) -> Option<i32> {
        self.0.lap.map(int)
    }
    async fn to_lap(&self) -> Option<i32> {
        self.0.to_lap.map(int)
    }
}

pub(crate) struct Stop<'t> {
    value: &'t store::PitStop,
    density: FuelDensity,
}

impl Stop<'_> {
    fn mass(&self, volume: Option<Volume>, unit: FuelUnit) -> Option<f64> {
        Some(unit.of(self.density.mass(volume?).kg(), self.density))
    }
}

#[Object]
impl Stop<'_> {
    async fn vehicle_id(&self) -> ID {
        self.value.vehicle.as_str().into()
    }
    /// Which stop of the car, from 1.
    async fn number(&self) -> i32 {
        int(self.value.number)
    }
    /// The lap on which it came in.
    async fn lap(&self) -> Option<i32> {
        self.value.lap.map(int)
    }
    async fn pit_in_us(&self) -> Option<Micros> {
        self.value.pit_in.map(Into::into)
    }
    async fn box_stop_us(&self) -> Option<Micros> {
        self.value.box_stop.map(Into::into)
    }
    async fn box_leave_us(&self) -> Option<Micros> {
        self.value.box_leave.map(Into::into)
    }
    async fn pit_out_us(&self) -> Option<Micros> {
        self.value.pit_out.map(Into::into)
    }
    /// Null where nobody stated it.
    async fn added(&self, #[graphql(default_with = "FuelUnit::Kg")] unit: FuelUnit) -> Option<f64> {
        self.mass(self.value.added, unit)
    }
    async fn added_sd(&self, #[graphql(default_with = "FuelUnit::Kg")] unit: FuelUnit) -> Option<f64> {
        self.mass(self.value.added_sd, unit)
    }
    async fn full(&self) -> Option<bool> {
        self.value.full
    }
}

pub(crate) struct StageEnd<'t>(&'t store::StageEnd);

#[Object]
impl StageEnd<'_> {
    async fn lap(&self) -> i32 {
        int(self.0.lap)
    }
    /// When the first car closed that lap; null before.
    async fn at_us(&self) -> Option<Micros> {
        self.0.at.map(Into::into)
    }
}

pub(crate) struct Retirement<'t>(&'t store::Retirement);

#[Object]
impl Retirement<'_> {
    async fn vehicle_id(&self) -> ID {
        self.0.vehicle.as_str().into()
    }
    async fn at_us(&self) -> Micros {
        self.0.at.into()
    }
    /// The lap it was on.
    async fn lap(&self) -> Option<i32> {
        self.0.lap.map(int)
    }
}
