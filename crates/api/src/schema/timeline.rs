//! What happened in a session.

use super::LIST;
use super::wire::{AsIs, FuelUnit, InUnits, Micros, ShownFlag, int};
use async_graphql::{ID, Object};
use store::{FlagSpan, PitStop, Retirement, StageEnd, Timeline};
use units::Volume;

/// Each list is in order of time.
#[Object(name = "Timeline")]
impl InUnits<Timeline> {
    #[graphql(complexity = "LIST * child_complexity")]
    async fn flags(&self) -> Vec<AsIs<&FlagSpan>> {
        self.value.flags.iter().map(AsIs).collect()
    }
    /// Every time that a car stood in its box.
    #[graphql(complexity = "LIST * child_complexity")]
    async fn stops(&self) -> Vec<InUnits<&PitStop>> {
        self.value.stops.iter().map(|stop| self.with(stop)).collect()
    }
    /// The ends of the stages, reached or not. The last stage ends with the race and is not among them.
    #[graphql(complexity = "LIST * child_complexity")]
    async fn stage_ends(&self) -> Vec<AsIs<&StageEnd>> {
        self.value.stage_ends.iter().map(AsIs).collect()
    }
    #[graphql(complexity = "LIST * child_complexity")]
    async fn retirements(&self) -> Vec<AsIs<&Retirement>> {
        self.value.retirements.iter().map(AsIs).collect()
    }
}

#[Object(name = "FlagSpan")]
impl AsIs<&FlagSpan> {
    async fn flag(&self) -> ShownFlag {
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

fn mass(stop: &InUnits<&PitStop>, volume: Option<Volume>, unit: FuelUnit) -> Option<f64> {
    stop.fuel(volume.map(|volume| stop.density.mass(volume).kg()), unit)
}

#[Object(name = "Stop")]
impl InUnits<&PitStop> {
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
        mass(self, self.value.added, unit)
    }
    async fn added_sd(&self, #[graphql(default_with = "FuelUnit::Kg")] unit: FuelUnit) -> Option<f64> {
        mass(self, self.value.added_sd, unit)
    }
    async fn full(&self) -> Option<bool> {
        self.value.full
    }
}

#[Object(name = "StageEnd")]
impl AsIs<&StageEnd> {
    async fn lap(&self) -> i32 {
        int(self.0.lap)
    }
    /// When the first car closed that lap; null before.
    async fn at_us(&self) -> Option<Micros> {
        self.0.at.map(Into::into)
    }
}

#[Object(name = "Retirement")]
impl AsIs<&Retirement> {
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
