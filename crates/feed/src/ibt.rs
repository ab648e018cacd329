//! iRacing telemetry (`.ibt`): what the simulator of the player's own car writes to disk, 60 rows a second, with the
//! level of a real fuel tank. The level goes into the truth; samples carry what a car broadcasts.
//!
//! | Bytes | What |
//! |---|---|
//! | 0..112 | header: version, offsets and sizes of the parts below |
//! | 112..144 | disk sub-header: when the recording began, how many rows it has |
//! | anywhere | session info, YAML text |
//! | anywhere | one header of 144 bytes per variable: type, offset in a row, name, unit |
//! | anywhere | the rows, all of one length |
//!
//! Source: iRacing SDK, `irsdk_defines.h`, `irsdk_header`, `irsdk_diskSubHeader` and `irsdk_varHeader`.

mod header;
mod session_info;

use crate::error::{ImportError, Problem};
use crate::import::Import;
use crate::judge::{Rejected, TIME_END, TIME_MIN, TimeUnit, relative_time};
use crate::lines::Place;
use crate::mapping::{DEFAULT_START, FuelKind, FuelTruth};
use crate::recording::{Known, Recording, session_of};
use crate::row::Row;
use events::{IdError, RosterEntry, Sample, Session, Signal, VehicleId};
use header::{Header, Variable};
use session_info::SessionInfo;
use std::io::{BufReader, Read, Seek, SeekFrom};
use units::{EventTime, FuelDensity, Span, Volume};

const SIGNALS: [(Signal, &str); 7] = [
    (Signal::Throttle, "Throttle"),
    (Signal::Brake, "Brake"),
    (Signal::Rpm, "RPM"),
    (Signal::Speed, "Speed"),
    (Signal::Gear, "Gear"),
    (Signal::Lap, "Lap"),
    (Signal::LapDistance, "LapDistPct"),
];
/// Value of `PlayerTrackSurface` while the car is in no place of the world.
const NOT_IN_WORLD: f64 = -1.0;

/// Reads a whole `.ibt` file. Its clock is kept: event time is the date in its header plus the session time since its
/// first row. A row in which the car is not on the track is skipped, and what follows is another stretch.
///
/// # Errors
/// The file is empty, no iRacing telemetry, of a later version, damaged, shorter than its header says, lacks `SessionTime`,
/// `Throttle` or `RPM`, or holds no good row.
pub fn import(file: &str, mut input: impl Read + Seek) -> Result<Import, ImportError> {
    let header = header::read(file, &mut input)?;
    let columns = Columns::find(&header).map_err(|problem| ImportError::new(file, Place::File, problem))?;
    let info = session_info::read(&header.session_info);
    let car = car(&info)
        .map_err(|error| ImportError::new(file, Place::File, Problem::BadLine(error.to_string())))?;
    let mut maker = Maker {
        columns,
        vehicle: car.vehicle,
        start: start(&header),
        zero: None,
        segment: 0,
        on_track: false,
    };
    let mut recording = Recording::new(file, known(file, &info, car)?);
    let read_error = |byte| move |error| ImportError::read(file, byte, error);
    input.seek(SeekFrom::Start(header.rows_from)).map_err(read_error(header.rows_from))?;
    let mut input = BufReader::with_capacity(1 << 20, input);
    let mut bytes = vec![0; header.row_bytes];
    for index in 0..header.rows {
        let byte = header.rows_from + index * header.row_bytes as u64;
        input.read_exact(&mut bytes).map_err(read_error(byte))?;
        match maker.row(&bytes) {
            Ok(Some(row)) => recording.push(row),
            Ok(None) => recording.skip(),
            Err(rejected) => recording.quarantine(rejected.quarantine(Place::Byte(byte), &bytes)),
        }
    }
    recording.finish()
}

/// The date in the header where it is believable.
fn start(header: &Header) -> EventTime {
    let date = EventTime::from_us(0) + Span::from_secs(header.start_date_s);
    if (TIME_MIN..TIME_END).contains(&date) { date } else { DEFAULT_START }
}

fn car(info: &SessionInfo) -> Result<RosterEntry, IdError> {
    let vehicle = VehicleId::new(&info.car_number).or_else(|_| VehicleId::new("car"))?;
    Ok(RosterEntry {
        vehicle,
        number: info.car_number.clone(),
        driver: info.driver.clone(),
        team: info.team.clone(),
        manufacturer: info.car.clone(),
    })
}

fn known(file: &str, info: &SessionInfo, car: RosterEntry) -> Result<Known, ImportError> {
    let session = session_of(file);
    let session =
        session.map_err(|error| ImportError::new(file, Place::File, Problem::BadLine(error.to_string())))?;
    Ok(Known {
        session: Session {
            track: info.track.clone(),
            track_length_m: info.track_length_m,
            tank: info.tank_l.map(Volume::from_litres),
            fuel_density: info.fuel_kg_per_l.and_then(FuelDensity::from_kg_per_litre),
            ..Session::named(session)
        },
        roster: vec![car],
        relative: true,
        restarts: true,
        fuel: Some(FuelTruth { kind: FuelKind::Level, kg: info.fuel_kg_per_l, noise: 0.0 }),
    })
}

/// The variables that are read.
struct Columns<'h> {
    time: &'h Variable,
    signals: Vec<(Signal, &'h Variable)>,
    fuel: Option<&'h Variable>,
    on_pit_road: Option<&'h Variable>,
    in_box: Option<&'h Variable>,
    on_track: Option<&'h Variable>,
    in_garage: Option<&'h Variable>,
    surface: Option<&'h Variable>,
}

impl<'h> Columns<'h> {
    fn find(header: &'h Header) -> Result<Self, Problem> {
        let empty_row = vec![0; header.row_bytes];
        let find = |name: &str| match header.variables.iter().find(|variable| variable.name == name) {
            Some(variable) if variable.read(&empty_row).is_none() => {
                Err(Problem::NoNumber { variable: name.into() })
            }
            found => Ok(found),
        };
        let missing = |name: &str| Problem::MissingVariable { variable: name.into() };
        let required = |name: &str| find(name)?.ok_or_else(|| missing(name));
        required("Throttle").and(required("RPM"))?;
        let signals =
            SIGNALS.iter().filter_map(|(signal, name)| Some(find(name).transpose()?.map(|v| (*signal, v))));
        Ok(Columns {
            time: required("SessionTime")?,
            signals: signals.collect::<Result<_, _>>()?,
            fuel: find("FuelLevel")?,
            on_pit_road: find("OnPitRoad")?,
            in_box: find("PlayerCarInPitStall")?,
            on_track: find("IsOnTrack")?,
            in_garage: find("IsInGarage")?,
            surface: find("PlayerTrackSurface")?,
        })
    }
}

/// Makes rows of the bytes of rows.
struct Maker<'h> {
    columns: Columns<'h>,
    vehicle: VehicleId,
    start: EventTime,
    /// Session time of the first row.
    zero: Option<f64>,
    segment: u32,
    on_track: bool,
}

impl Maker<'_> {
    /// The row, or `None` while the car is not on the track.
    fn row(&mut self, bytes: &[u8]) -> Result<Option<Row>, Rejected> {
        let columns = &self.columns;
        let read = |variable: Option<&Variable>| variable.and_then(|variable| variable.read(bytes));
        let flag = |variable| read(variable).map(|value| value > 0.0);
        let away = flag(columns.on_track) == Some(false)
            || flag(columns.in_garage) == Some(true)
            || read(columns.surface).is_some_and(|surface| surface <= NOT_IN_WORLD);
        if away {
            self.on_track = false;
            return Ok(None);
        }
        let seconds = read(Some(columns.time)).unwrap_or(f64::NAN);
        let zero = *self.zero.get_or_insert(if seconds.is_finite() { seconds } else { 0.0 });
        let time = relative_time(seconds - zero, TimeUnit::S, self.start)?;
        let mut sample = Sample::new(self.vehicle, time);
        for (signal, variable) in &columns.signals {
            sample = sample.with(*signal, read(Some(variable)).unwrap_or(f64::NAN))?;
        }
        self.segment += u32::from(!self.on_track);
        self.on_track = true;
        Ok(Some(Row {
            sample,
            fuel: read(columns.fuel).filter(|level| level.is_finite()),
            on_pit_road: flag(columns.on_pit_road),
            in_box: flag(columns.in_box),
            segment: self.segment,
            line: 0,
        }))
    }
}
