//! What happened in a session.

use events::{Flag, VehicleId};
use units::{EventTime, Volume};

/// What happened in a session, each list in order of time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Timeline {
    /// The flags, one after the other.
    pub flags: Vec<FlagSpan>,
    /// Every time that a car stood in its box.
    pub stops: Vec<PitStop>,
    /// The ends of the stages, reached or not.
    pub stage_ends: Vec<StageEnd>,
    /// The cars that will not come back.
    pub retirements: Vec<Retirement>,
}

/// A flag, from when it was shown to when another was.
#[derive(Clone, Debug, PartialEq)]
pub struct FlagSpan {
    /// The flag that was shown.
    pub flag: Flag,
    /// When it was shown.
    pub from: EventTime,
    /// When another was; `None` while it is shown.
    pub to: Option<EventTime>,
    /// The leader's lap when it was shown.
    pub lap: Option<u32>,
    /// The leader's lap when the next one was.
    pub to_lap: Option<u32>,
}

/// One stop of one car.
#[derive(Clone, Debug, PartialEq)]
pub struct PitStop {
    /// The car.
    pub vehicle: VehicleId,
    /// Which stop of the car, from 1.
    pub number: u32,
    /// The lap on which it came in.
    pub lap: Option<u32>,
    /// Crossed the entry line of the pit road.
    pub pit_in: Option<EventTime>,
    /// Stopped in its box.
    pub box_stop: Option<EventTime>,
    /// Left its box.
    pub box_leave: Option<EventTime>,
    /// Crossed the exit line of the pit road.
    pub pit_out: Option<EventTime>,
    /// Fuel added, where somebody stated it.
    pub added: Option<Volume>,
    /// Standard deviation of `added`, where one item of evidence states it.
    pub added_sd: Option<Volume>,
    /// Whether the tank was full afterwards, where somebody stated it.
    pub full: Option<bool>,
}

/// The end of a stage.
#[derive(Clone, Debug, PartialEq)]
pub struct StageEnd {
    /// Its last lap.
    pub lap: u32,
    /// When the first car closed that lap; `None` before.
    pub at: Option<EventTime>,
}

/// A car that will not come back.
#[derive(Clone, Debug, PartialEq)]
pub struct Retirement {
    /// The car.
    pub vehicle: VehicleId,
    /// When it was known to be out.
    pub at: EventTime,
    /// The lap it was on.
    pub lap: Option<u32>,
}
