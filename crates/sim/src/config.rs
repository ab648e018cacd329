//! What race to run.

use crate::faults::{FaultError, Faults};
use events::{IdError, SessionId};
use std::fmt;
use std::str::FromStr;
use units::EventTime;

/// A race to simulate.
#[derive(Clone, Debug, PartialEq)]
pub struct RaceConfig {
    /// Every random draw follows from it.
    pub seed: u64,
    /// The kind of track.
    pub track: TrackKind,
    /// How many start: 1 to 60.
    pub cars: u32,
    /// About how long it takes from the start of the engines to the last car's finish: 1 to 600. The laps are planned
    /// so.
    pub minutes: f64,
    /// Samples per second and car: 1 to 120.
    pub hz: u32,
    /// What the log tells about the fuel added at stops.
    pub evidence: EvidenceMode,
    /// What is wrong with the telemetry. The race and its truth do not depend on it.
    pub faults: Faults,
    /// When the engines start.
    pub start: EventTime,
    /// The session's name.
    pub session: SessionId,
}

impl RaceConfig {
    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        if !(1..=60).contains(&self.cars) {
            return Err(ConfigError::Cars { cars: self.cars });
        }
        if !(1.0..=600.0).contains(&self.minutes) {
            return Err(ConfigError::Minutes { minutes: self.minutes });
        }
        if !(1..=120).contains(&self.hz) {
            return Err(ConfigError::Hz { hz: self.hz });
        }
        Ok(self.faults.check()?)
    }

    pub(crate) fn duration_s(&self) -> f64 {
        self.minutes * 60.0
    }
}

/// A track.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TrackKind {
    /// A 1.5-mile oval, `oval-1.5`: two straights, two banked ends.
    #[default]
    Oval15,
    /// A 2.5-mile triangle, `triangle-2.5`: three different corners, gears.
    Triangle25,
    /// A 2.5-mile superspeedway, `superspeedway-2.5`: flat out, in packs.
    Superspeedway25,
    /// A half-mile oval, `short-0.5`: hard braking.
    Short05,
    /// A 2.4-mile road course, `road-2.4`: twelve corners, left and right.
    Road24,
}

impl TrackKind {
    /// All of them.
    pub const ALL: [TrackKind; 5] = [
        TrackKind::Oval15,
        TrackKind::Triangle25,
        TrackKind::Superspeedway25,
        TrackKind::Short05,
        TrackKind::Road24,
    ];

    /// Its name, as [`FromStr`] reads it.
    pub const fn name(self) -> &'static str {
        match self {
            TrackKind::Oval15 => "oval-1.5",
            TrackKind::Triangle25 => "triangle-2.5",
            TrackKind::Superspeedway25 => "superspeedway-2.5",
            TrackKind::Short05 => "short-0.5",
            TrackKind::Road24 => "road-2.4",
        }
    }
}

impl FromStr for TrackKind {
    type Err = ConfigError;
    fn from_str(name: &str) -> Result<Self, ConfigError> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.name() == name)
            .ok_or_else(|| ConfigError::Track { name: name.into() })
    }
}

/// What the log tells about the fuel added at a stop, 20 to 120 seconds after the car has left its box.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EvidenceMode {
    /// Gallons by weighing cans (sd 0.15 gal), and whether the tank was full.
    #[default]
    Gallons,
    /// Only how long the fuel flowed.
    FillTime,
    /// Nothing becomes known.
    None,
}

/// Why a race cannot be run.
#[derive(Clone, Debug, PartialEq)]
pub enum ConfigError {
    /// No such track.
    Track {
        /// What was asked for.
        name: String,
    },
    /// Not 1 to 60 cars.
    Cars {
        /// What was asked for.
        cars: u32,
    },
    /// Not 1 to 600 minutes.
    Minutes {
        /// What was asked for.
        minutes: f64,
    },
    /// Not 1 to 120 samples per second.
    Hz {
        /// What was asked for.
        hz: u32,
    },
    /// Faults that cannot be had.
    Faults(FaultError),
    /// The ids of the cars cannot be made.
    Id(IdError),
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ConfigError::Track { name } => {
                write!(f, "no track {name:?}: give one of {}", TrackKind::ALL.map(TrackKind::name).join(", "))
            }
            ConfigError::Cars { cars } => write!(f, "{cars} cars cannot race: give 1 to 60"),
            ConfigError::Minutes { minutes } => write!(f, "a race of {minutes} minutes: give 1 to 600"),
            ConfigError::Hz { hz } => write!(f, "{hz} samples per second: give 1 to 120"),
            ConfigError::Faults(error) => error.fmt(f),
            ConfigError::Id(error) => write!(f, "cannot name the cars: {error}"),
        }
    }
}

impl std::error::Error for ConfigError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            ConfigError::Faults(error) => error.source(),
            ConfigError::Id(error) => Some(error),
            _ => None,
        }
    }
}

impl From<FaultError> for ConfigError {
    fn from(error: FaultError) -> Self {
        ConfigError::Faults(error)
    }
}
impl From<IdError> for ConfigError {
    fn from(error: IdError) -> Self {
        ConfigError::Id(error)
    }
}
