//! What somebody knows of a car's fuel while a session runs: `docs/evidence.md`.

use crate::VehicleId;
use units::EventTime;

/// Something that became known of a car's fuel, as it was typed: whether it can be is decided by
/// `feed::race_events::validate`, which makes it a race event.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Evidence {
    /// The fuel of a stop: at least one of `gallons`, `full` and `fill_time_s`.
    StopFuel {
        /// The car that stopped.
        vehicle: VehicleId,
        /// Names the stop by a time near it. `None`: the car's last.
        stop_time: Option<EventTime>,
        /// What went in, US gallons, not below 0.
        gallons: Option<f64>,
        /// Standard deviation of `gallons`, above 0.
        gallons_sd: Option<f64>,
        /// Whether the tank was full afterwards.
        full: Option<bool>,
        /// For how long fuel flowed, seconds, above 0.
        fill_time_s: Option<f64>,
    },
    /// The car ran out of fuel: its tank held the reserve.
    RunOut {
        /// The car that ran out.
        vehicle: VehicleId,
        /// When that was. `None`: now.
        at: Option<EventTime>,
    },
    /// The car still ran: its tank held more than the reserve.
    StillRunning {
        /// The car that ran.
        vehicle: VehicleId,
        /// When that was. `None`: now.
        at: Option<EventTime>,
    },
    /// An economy since the car's last stop that somebody stated.
    RadioMpg {
        /// The car it was stated of.
        vehicle: VehicleId,
        /// Miles per US gallon, above 0.
        mpg: f64,
        /// Standard deviation of `mpg`, above 0.
        mpg_sd: Option<f64>,
    },
    /// What a car burned between two moments, measured.
    FuelUsed {
        /// The car that burned it.
        vehicle: VehicleId,
        /// Start of the interval.
        from: EventTime,
        /// End of the interval, behind `from`.
        to: EventTime,
        /// What was burned, US gallons, above 0.
        gallons: f64,
        /// Standard deviation of `gallons`, above 0.
        gallons_sd: Option<f64>,
    },
}

impl Evidence {
    /// The car that it is of.
    pub fn vehicle(&self) -> VehicleId {
        match *self {
            Evidence::StopFuel { vehicle, .. }
            | Evidence::RunOut { vehicle, .. }
            | Evidence::StillRunning { vehicle, .. }
            | Evidence::RadioMpg { vehicle, .. }
            | Evidence::FuelUsed { vehicle, .. } => vehicle,
        }
    }
}
