//! What happens to the session rather than to one signal. Race events reach every car; they are never dropped as late.

use crate::{Answer, Model, SessionId, VehicleId};
use serde::{Deserialize, Serialize};
use units::{EventTime, FuelDensity, Volume};

/// Names a race event within its log. An event with the id of an earlier one replaces it: that is a correction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EventId(pub u64);

/// One race event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RaceEvent {
    /// When it happened; for [`RaceEventKind::Fuel`], when it became known.
    pub event_time: EventTime,
    /// Its name, for corrections and for order among equals.
    pub id: EventId,
    /// What happened.
    pub kind: RaceEventKind,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum RaceEventKind {
    /// The session and its conditions. May be stated again when they change.
    Session(Session),
    /// Who drives. May be stated again; a car that is not in the newest roster keeps its older entry.
    Roster {
        /// One entry a car.
        cars: Vec<RosterEntry>,
    },
    /// The flag shown to the whole field.
    Flag {
        /// The new flag.
        flag: Flag,
    },
    /// A car's progress through a pit stop.
    Stop {
        /// The car that it concerns.
        vehicle: VehicleId,
        /// What it did.
        phase: StopPhase,
    },
    /// The car will not come back.
    Retired {
        /// The car that it concerns.
        vehicle: VehicleId,
    },
    /// Something became known about the fuel of a car at a stop.
    Fuel(FuelEvidence),
    /// A car ran out of fuel: its tank held the reserve.
    RunOut {
        /// The car that it concerns.
        vehicle: VehicleId,
        /// When that was. `None`: at the event's time.
        at: Option<EventTime>,
    },
    /// A car still ran: its tank held more than the reserve.
    StillRunning {
        /// The car that it concerns.
        vehicle: VehicleId,
        /// When that was. `None`: at the event's time.
        at: Option<EventTime>,
    },
    /// Somebody stated a car's economy since its last stop, on the radio for instance.
    RadioMpg {
        /// The car that it concerns.
        vehicle: VehicleId,
        /// Miles per US gallon.
        mpg: f64,
        /// Standard deviation of `mpg`. `None`: the default of its kind (docs/fuel-model.md §4).
        mpg_sd: Option<f64>,
    },
    /// How much a car burned between two moments was measured.
    FuelUsed {
        /// The car that it concerns.
        vehicle: VehicleId,
        /// Start of the interval.
        from: EventTime,
        /// Its end.
        to: EventTime,
        /// Fuel that was burned in it.
        burned: Volume,
        /// Standard deviation of `burned`. `None`: the default of its kind.
        burned_sd: Option<Volume>,
    },
    /// The stream takes up another model.
    Model(Box<Model>),
    /// Somebody's own model has answered.
    Answer(Answer),
}

impl RaceEventKind {
    /// The car that it speaks of, if it speaks of one.
    pub fn vehicle(&self) -> Option<VehicleId> {
        match self {
            RaceEventKind::Stop { vehicle, .. }
            | RaceEventKind::Retired { vehicle }
            | RaceEventKind::RunOut { vehicle, .. }
            | RaceEventKind::StillRunning { vehicle, .. }
            | RaceEventKind::RadioMpg { vehicle, .. }
            | RaceEventKind::FuelUsed { vehicle, .. } => Some(*vehicle),
            RaceEventKind::Fuel(evidence) => Some(evidence.vehicle),
            RaceEventKind::Session(_)
            | RaceEventKind::Roster { .. }
            | RaceEventKind::Flag { .. }
            | RaceEventKind::Model(_)
            | RaceEventKind::Answer(_) => None,
        }
    }
}

/// The four moments of a pit stop, in order. `pit_in` and `pit_out` are the lines of the pit road.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StopPhase {
    /// Crossed the entry line of the pit road.
    PitIn,
    /// Stopped in its box.
    BoxStop,
    /// Left its box: fuel is in.
    BoxLeave,
    /// Crossed the exit line of the pit road.
    PitOut,
}

/// The flag shown to the whole field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Flag {
    /// None has been shown.
    #[default]
    Unknown,
    /// Racing, all round the track.
    Green,
    /// Caution: the field follows the pace car.
    Yellow,
    /// The race is stopped.
    Red,
    /// One lap to go; racing.
    White,
    /// The session is over.
    Checkered,
}

impl Flag {
    /// Whether cars race under it.
    pub const fn is_racing(self) -> bool {
        matches!(self, Flag::Green | Flag::White)
    }
}

/// A session and its conditions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Session {
    /// Its name.
    pub session: SessionId,
    /// The track's name.
    pub track: String,
    /// Length of a lap, metres.
    pub track_length_m: Option<f64>,
    /// Laps of the race as scheduled.
    pub laps: Option<u32>,
    /// The laps at which stages end, rising; the last stage ends with the race and is not listed.
    pub stages: Vec<u32>,
    /// Rated power of the engine package, hp. `None`: not a Cup engine, and then only ratios of burn mean anything.
    pub package_hp: Option<f64>,
    /// Engine speed that stands for 8 000 rpm in the rate law (docs/fuel-model.md §2). `None`: 8 000.
    pub reference_rpm: Option<f64>,
    /// Usable size of the tank.
    pub tank: Option<Volume>,
    /// Density of the fuel. `None`: the Cup's.
    pub fuel_density: Option<FuelDensity>,
    /// The air that the engines breathe. `None`: the reference air of the rate law.
    pub air: Option<Air>,
    /// Where its samples come from.
    #[serde(default)]
    pub origin: Origin,
}

impl Session {
    /// A session of which only the name is known.
    pub fn named(session: SessionId) -> Self {
        Session {
            session,
            track: String::new(),
            track_length_m: None,
            laps: None,
            stages: Vec::new(),
            package_hp: None,
            reference_rpm: None,
            tank: None,
            fuel_density: None,
            air: None,
            origin: Origin::Recorded,
        }
    }
}

/// Where the samples of a session come from. Whoever looks at numbers must be able to see it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// From cars, or from a game that somebody drove.
    #[default]
    Recorded,
    /// From `burnbar simulate` or `demo`: no such race was run.
    Simulated,
    /// A real race, but its samples were made up to fit what is known of it.
    Reconstructed,
}

/// The state of the air.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Air {
    /// Static pressure, pascal.
    pub pressure_pa: f64,
    /// Temperature, kelvin.
    pub temperature_k: f64,
    /// Partial pressure of water vapour, pascal.
    pub vapour_pressure_pa: f64,
}

/// A car in the roster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RosterEntry {
    /// Its key.
    pub vehicle: VehicleId,
    /// The number on its door: a label, kept as text.
    pub number: String,
    /// Who drives it.
    pub driver: String,
    /// Who enters it.
    pub team: String,
    /// Whose engine it has.
    pub manufacturer: String,
}

/// What became known about fuel at a stop. Every part is optional; `gallons` is what went in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FuelEvidence {
    /// The car that it concerns.
    pub vehicle: VehicleId,
    /// Which stop: the one whose box interval is nearest to this time. `None`: the car's last.
    pub stop_time: Option<EventTime>,
    /// Fuel added.
    pub added: Option<Volume>,
    /// Standard deviation of `added`. `None`: the default of its kind (docs/fuel-model.md §4).
    pub added_sd: Option<Volume>,
    /// Whether the tank was full afterwards. `None`: not stated.
    pub full: Option<bool>,
    /// Time the fuel flowed, seconds, where only that is known.
    pub fill_time_s: Option<f64>,
}
