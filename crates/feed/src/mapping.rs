//! What the columns of a feed mean: a TOML file, so that another provider's feed needs no code. Every key is explained
//! in `docs/import.md`.

mod file;

use crate::judge::TimeUnit;
use events::{RosterEntry, Session, SessionId, Signal, VehicleId};
use truth::TruthUnit;
use units::EventTime;

/// The newest version of the mapping format that this program reads.
pub const MAPPING_FORMAT: u32 = 1;
/// When a recording starts that does not say: 2020-01-01T00:00:00Z.
pub const DEFAULT_START: EventTime = EventTime::from_ms(1_577_836_800_000);

/// What the columns of a feed mean.
///
/// ```
/// let mapping = feed::Mapping::parse("my.toml", r#"
///     format = 1
///     [time]
///     column = "t_s"
///     unit = "s"
///     clock = "relative"
///     [vehicle]
///     id = "24"
///     [signals]
///     throttle = { column = "tps_pct", unit = "percent" }
///     rpm = { column = "rpm", unit = "rpm" }
/// "#)?;
/// # Ok::<(), feed::MappingError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Mapping {
    /// The session's name; `None`: the file's.
    pub(crate) session_name: Option<SessionId>,
    /// What else it says of the session.
    pub(crate) facts: Session,
    /// The one vehicle of the recording; `None`: a column names them.
    pub(crate) vehicle: Option<RosterEntry>,
    pub(crate) clock: Clock,
    pub(crate) columns: Vec<Column>,
    pub(crate) fuel: Option<FuelTruth>,
    pub(crate) delimiter: u8,
}

impl Mapping {
    /// Reads the text of a mapping file.
    ///
    /// # Errors
    /// Not TOML, an unknown key, a newer format, a unit that its signal does not have, or facts that are missing.
    pub fn parse(file: &str, text: &str) -> Result<Self, MappingError> {
        file::parse(text).map_err(|(line, problem)| MappingError { file: file.into(), line, problem })
    }

    /// The mapping that is used where none is given; see `standard.toml` beside this file.
    ///
    /// # Errors
    /// None in practice: a test reads it.
    pub fn standard() -> Result<Self, MappingError> {
        Self::parse("standard.toml", include_str!("standard.toml"))
    }
}

/// How a recording tells the time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    pub unit: TimeUnit,
    /// Where a relative clock has its zero; `None`: it counts from 1970.
    pub start: Option<EventTime>,
    /// A step back starts a new stretch.
    pub restarts: bool,
}

/// A column and where it goes.
#[derive(Clone, Debug)]
pub(crate) struct Column {
    pub name: String,
    pub target: Target,
    pub optional: bool,
}

/// Where a column goes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Target {
    Time,
    Vehicle,
    Segment,
    /// To a signal, after multiplication by `factor`.
    Signal {
        signal: Signal,
        factor: f64,
    },
    Fuel,
    OnPitRoad,
    InBox,
}

/// How a recording tells its true burn. It ends in the truth file and nowhere else.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct FuelTruth {
    pub kind: FuelKind,
    /// Kilograms per unit of the reading; `None`: the unit is unknown.
    pub kg: Option<f64>,
    /// Steps back of the burned fuel up to this, in the unit of the reading, are noise.
    pub noise: f64,
}

/// What the fuel column reads.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum FuelKind {
    /// What is in the tank.
    Level,
    /// What was burned since some start.
    Counter,
    /// What burns an hour.
    Rate,
    /// How long the injectors are open each cycle, ms; they spray nothing for the first `dead_time_ms`.
    Injector { dead_time_ms: f64 },
}

/// Why a mapping file cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{file}{}: {problem}", .line.map(|l| format!(", line {l}")).unwrap_or_default())]
pub struct MappingError {
    /// The file as it was named.
    pub file: String,
    /// The line, where it is known.
    pub line: Option<usize>,
    /// What is wrong.
    pub problem: MappingProblem,
}

/// What is wrong with a mapping file.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum MappingProblem {
    /// Not TOML, or not of the shape in `docs/import.md`.
    #[error("{0}")]
    Toml(String),
    /// Written for another program.
    #[error(
        "has format {found}, this program reads {MAPPING_FORMAT}: use the program that it was written for"
    )]
    Version {
        /// The format it has.
        found: u32,
    },
    /// A quantity in a unit that it does not have.
    #[error("{key} has no unit `{unit}`: use {known}")]
    Unit {
        /// The key of the quantity.
        key: &'static str,
        /// The unit found.
        unit: String,
        /// The units that it has.
        known: &'static str,
    },
    /// Another key is needed too.
    #[error("{key} needs {needs}")]
    Needs {
        /// The key that is there.
        key: &'static str,
        /// The key that is not.
        needs: &'static str,
    },
    /// One column for two things.
    #[error("column `{0}` is used twice: each column has one meaning")]
    ColumnTwice(String),
    /// A value that cannot be true.
    #[error("{key} is {value}: {expected}")]
    Value {
        /// The key.
        key: &'static str,
        /// Its value.
        value: String,
        /// What it should be.
        expected: &'static str,
    },
}

impl FuelTruth {
    /// The unit in which truth is given.
    pub(crate) fn unit(&self) -> TruthUnit {
        match self.kg {
            Some(_) => TruthUnit::Kg,
            None => TruthUnit::Relative,
        }
    }
}

/// The roster entry of a vehicle of which only the key is known: the key serves as its number.
pub(crate) fn unnamed(vehicle: VehicleId) -> RosterEntry {
    RosterEntry {
        vehicle,
        number: vehicle.as_str().into(),
        driver: String::new(),
        team: String::new(),
        manufacturer: String::new(),
    }
}
