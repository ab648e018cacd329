//! What an operator tells of a car's fuel while a session runs: docs/evidence.md.

use events::EventId;
use serde::Serialize;
use std::fmt::Debug;

/// Something that became known. Serialized, it is a race event in the form of docs/import.md, which happens now.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Evidence {
    /// What is known of the fuel of a stop: at least one of `gallons`, `full` and `fill_time_s`.
    #[serde(rename = "fuel_added")]
    StopFuel {
        /// Whose.
        vehicle_id: String,
        /// Which stop, by a time near it, milliseconds UTC. `None`: the car's last.
        stop_time_ms: Option<f64>,
        /// US gallons that went in.
        gallons: Option<f64>,
        /// Their standard deviation.
        sigma_gal: Option<f64>,
        /// Whether the tank was full afterwards.
        full: Option<bool>,
        /// For how long fuel flowed, seconds.
        fill_time_s: Option<f64>,
    },
    /// The car ran out of fuel.
    RunOut {
        /// Whose.
        vehicle_id: String,
        /// When, milliseconds UTC. `None`: now.
        at_ms: Option<f64>,
    },
    /// The car still ran.
    StillRunning {
        /// Whose.
        vehicle_id: String,
        /// When, milliseconds UTC. `None`: now.
        at_ms: Option<f64>,
    },
    /// An economy since its last stop that somebody stated.
    RadioMpg {
        /// Whose.
        vehicle_id: String,
        /// Miles per US gallon.
        mpg: f64,
        /// Its standard deviation.
        sigma_mpg: Option<f64>,
    },
    /// What a car burned between two moments, measured.
    FuelUsed {
        /// Whose.
        vehicle_id: String,
        /// From, milliseconds UTC.
        from_ms: f64,
        /// To, milliseconds UTC.
        to_ms: f64,
        /// US gallons.
        gallons: f64,
        /// Their standard deviation.
        sigma_gal: Option<f64>,
    },
}

impl Evidence {
    /// The car that it speaks of.
    pub fn vehicle_id(&self) -> &str {
        match self {
            Evidence::StopFuel { vehicle_id, .. }
            | Evidence::RunOut { vehicle_id, .. }
            | Evidence::StillRunning { vehicle_id, .. }
            | Evidence::RadioMpg { vehicle_id, .. }
            | Evidence::FuelUsed { vehicle_id, .. } => vehicle_id,
        }
    }
}

/// The log of the session that runs, as far as this room knows of it.
pub trait Journal: Debug + Send + Sync {
    /// Appends what was told and returns when it is durable. May wait.
    ///
    /// # Errors
    /// It cannot be so, or the log takes nothing more: then it is not in the log, and the text says why.
    fn submit(&self, evidence: &Evidence) -> Result<EventId, String>;
}
