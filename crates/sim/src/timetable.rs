//! What the clocks of a real race recorded: the input of [`crate::Reconstruction`].

use events::{Flag, RosterEntry, Session, VehicleId};
use std::fmt;
use units::{EventTime, Span};

/// A race as its clocks saw it. Times of the race count from its green flag.
#[derive(Clone, Debug, PartialEq)]
pub struct Timetable {
    /// The session, as the log will tell it.
    pub session: Session,
    /// Length of a lap, metres, 200 to 10 000.
    pub lap_m: f64,
    /// Speed of the pace car, m/s, 5 to 60.
    pub pace_mps: f64,
    /// When the race went green.
    pub start: EventTime,
    /// Flags and the race times at which they were shown, rising.
    pub flags: Vec<(Span, Flag)>,
    /// The cars, at least one.
    pub cars: Vec<TimedCar>,
}

/// What was timed of one car.
#[derive(Clone, Debug, PartialEq)]
pub struct TimedCar {
    /// Who it is.
    pub entry: RosterEntry,
    /// When it crossed the line at the start, within ten minutes of the green flag.
    pub first_line: Span,
    /// How long each lap took, from lap 1.
    pub laps: Vec<Span>,
    /// Its stops, in order, none reaching into the next.
    pub stops: Vec<TimedStop>,
    /// Whether it took the chequered flag. Otherwise it retires after its last lap or stop.
    pub finished: bool,
}

/// What was timed of one stop.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TimedStop {
    /// Crossed the entry line of the pit road.
    pub pit_in: Span,
    /// Stood in the box, from and to; `None` for a drive-through.
    pub stood: Option<(Span, Span)>,
    /// Crossed the exit line of the pit road; `None`: it never came out.
    pub pit_out: Option<Span>,
}

impl TimedStop {
    /// When it is over: out again, or given up in the box.
    pub(crate) fn end(&self) -> Span {
        self.pit_out.or(self.stood.map(|(_, to)| to)).unwrap_or(self.pit_in)
    }

    fn is_in_order(&self) -> bool {
        let (stood, left) = self.stood.unwrap_or((self.pit_in, self.pit_in));
        self.pit_in <= stood && stood <= left && left <= self.end() && self.pit_in < self.end()
    }
}

impl TimedCar {
    /// The race times at which it crossed the line: at the start, then after each lap.
    pub(crate) fn lines(&self) -> Vec<Span> {
        let mut at = self.first_line;
        let ends = self.laps.iter().map(|&lap| {
            at = sum(at, lap);
            at
        });
        std::iter::once(self.first_line).chain(ends).collect()
    }

    fn check(&self) -> Result<(), TimetableError> {
        let vehicle = self.entry.vehicle;
        if let Some(lap) = self.laps.iter().position(|&lap| !(Span::from_secs(1)..LAP_MAX).contains(&lap)) {
            return Err(TimetableError::LapTime { vehicle, lap: lap + 1 });
        }
        if !(Span::ZERO..FIRST_LINE_MAX).contains(&self.first_line) {
            return Err(TimetableError::LapTime { vehicle, lap: 0 });
        }
        let lines = self.lines();
        let mut free_from = self.first_line;
        for (index, stop) in self.stops.iter().enumerate() {
            let during = |line: &&Span| (stop.pit_in..=stop.end()).contains(*line);
            let standing = |line: &Span| stop.stood.is_some_and(|(from, to)| (from..=to).contains(line));
            let lines_passed = lines.iter().filter(during).count();
            let ends_there = stop.pit_out.is_none() && index + 1 < self.stops.len();
            let sound = stop.is_in_order() && free_from < stop.pit_in && lines_passed <= 1;
            if !sound || ends_there || lines.iter().any(standing) {
                return Err(TimetableError::Stop { vehicle, stop: index + 1 });
            }
            free_from = stop.end();
        }
        Ok(())
    }
}

const FIRST_LINE_MAX: Span = Span::from_secs(600);
const LAP_MAX: Span = Span::from_secs(6 * 3600);

impl Timetable {
    pub(crate) fn check(&self) -> Result<(), TimetableError> {
        if !(200.0..=10_000.0).contains(&self.lap_m) {
            return Err(TimetableError::Lap { lap_m: self.lap_m });
        }
        if !(5.0..=60.0).contains(&self.pace_mps) {
            return Err(TimetableError::Pace { pace_mps: self.pace_mps });
        }
        if self.cars.is_empty() || self.cars.len() > CARS_MAX {
            return Err(TimetableError::Cars { cars: self.cars.len() });
        }
        self.cars.iter().try_for_each(TimedCar::check)
    }
}

const CARS_MAX: usize = 100;

/// Why a race cannot be reconstructed.
#[derive(Clone, Debug, PartialEq)]
pub enum TimetableError {
    /// A lap of a length that no track has.
    Lap {
        /// Its length.
        lap_m: f64,
    },
    /// A pace car that nobody follows.
    Pace {
        /// Its speed.
        pace_mps: f64,
    },
    /// No cars, or more than any race has.
    Cars {
        /// How many.
        cars: usize,
    },
    /// A lap that takes no time, or too much.
    LapTime {
        /// The vehicle that it is about.
        vehicle: VehicleId,
        /// Which, from 1; 0 is the way to the start.
        lap: usize,
    },
    /// A stop out of order, or in contradiction to the laps.
    Stop {
        /// The vehicle that it is about.
        vehicle: VehicleId,
        /// Which, from 1.
        stop: usize,
    },
    /// Not 1 to 120 samples a second.
    Hz {
        /// What was asked for.
        hz: u32,
    },
}

impl fmt::Display for TimetableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TimetableError::Lap { lap_m } => write!(f, "a lap of {lap_m} m: give 200 to 10000"),
            TimetableError::Pace { pace_mps } => {
                write!(f, "a pace car at {pace_mps} m/s: give 5 to 60")
            }
            TimetableError::Cars { cars } => write!(f, "{cars} cars: give 1 to {CARS_MAX}"),
            TimetableError::LapTime { vehicle, lap } => {
                write!(f, "car {vehicle}, lap {lap}: a lap takes a second to six hours")
            }
            TimetableError::Stop { vehicle, stop } => {
                write!(
                    f,
                    "car {vehicle}, stop {stop}: its times are out of order or contradict the laps: leave it out"
                )
            }
            TimetableError::Hz { hz } => write!(f, "{hz} samples per second: give 1 to 120"),
        }
    }
}

impl std::error::Error for TimetableError {}

pub(crate) fn sum(at: Span, by: Span) -> Span {
    Span::from_us(at.us().saturating_add(by.us()))
}
