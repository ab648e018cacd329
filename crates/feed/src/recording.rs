//! Rows of one file become a log: put in order, cut into stretches, cast as samples, stops and truth.
//!
//! A **stretch** is a part of a recording in which the car drove without being put elsewhere. A new one starts where the
//! segment changes, where a restarting clock steps back, and at a garage reset: the car is elsewhere, or fuller, than it
//! can have got by itself. On a relative clock, stretches follow each other [`STRETCH_GAP`] apart, so that the stream
//! sees a silence that is too long to bridge, and no lap or burn spans it.

use crate::arrival;
use crate::error::{ImportError, Problem};
use crate::import::{Import, Quarantine, numbered};
use crate::judge::label;
use crate::lines::Place;
use crate::mapping::{FuelKind, FuelTruth, Mapping, unnamed};
use crate::row::Row;
use crate::{stops, truth};
use events::{
    EventId, IdError, Quarantined, RaceEvent, RaceEventKind, RosterEntry, Sample, Session, SessionId, Signal,
    VehicleId,
};
use std::collections::{BTreeMap, BTreeSet};
use units::{EventTime, Span};

/// Silence between two stretches of one car. More than the 60 s up to which the stream bridges a gap.
pub const STRETCH_GAP: Span = Span::from_secs(90);
/// Rows further apart than this say nothing about whether the car was moved.
const MOVE_JUDGED_MAX: Span = Span::from_secs(1);
/// No car is faster, m/s: the upper end of the range of the speed signal.
const SPEED_MAX_M_S: f64 = 150.0;
/// Play in the position between two rows, metres: transponder loops, GPS and the rounding of a fraction of a lap.
const POSITION_PLAY_M: f64 = 25.0;
/// No hose fills faster, kg/s: the pressure rigs of Formula 1 gave 12 L/s, a gravity can gives 5 to 7.
const FILL_MAX_KG_S: f64 = 9.0;
/// Play in the level between two rows, kg.
const LEVEL_PLAY_KG: f64 = 0.1;

/// What a recording is known to be before its first row.
pub(crate) struct Known {
    pub session: Session,
    /// Cars of which more than the key is known.
    pub roster: Vec<RosterEntry>,
    /// Its clock counts from its start, so that stretches may be moved apart.
    pub relative: bool,
    /// Its clock may step back; otherwise the rows of a car are put in order of time.
    pub restarts: bool,
    pub fuel: Option<FuelTruth>,
}

/// The rows of one file, still in the order of the file.
pub(crate) struct Recording {
    file: String,
    known: Known,
    vehicles: BTreeMap<VehicleId, Vec<Row>>,
    quarantine: Quarantine,
    received: u64,
    skipped: u64,
}

impl Recording {
    pub fn new(file: &str, known: Known) -> Self {
        let (vehicles, quarantine) = (BTreeMap::new(), Quarantine::default());
        Recording { file: file.into(), known, vehicles, quarantine, received: 0, skipped: 0 }
    }

    pub fn by_mapping(file: &str, mapping: &Mapping) -> Self {
        let own = || session_of(file).unwrap_or(mapping.facts.session);
        let session = mapping.session_name.unwrap_or_else(own);
        let known = Known {
            session: Session { session, ..mapping.facts.clone() },
            roster: mapping.vehicle.iter().cloned().collect(),
            relative: mapping.clock.start.is_some(),
            restarts: mapping.clock.restarts,
            fuel: mapping.fuel,
        };
        Self::new(file, known)
    }

    pub fn push(&mut self, row: Row) {
        self.received += 1;
        let line = self.received;
        self.vehicles.entry(row.sample.vehicle).or_default().push(Row { line, ..row });
    }

    pub fn quarantine(&mut self, refused: Quarantined) {
        self.received += 1;
        self.quarantine.add(refused);
    }

    pub fn skip(&mut self) {
        self.received += 1;
        self.skipped += 1;
    }

    /// Puts everything in order.
    ///
    /// # Errors
    /// There is no row, or none is good.
    pub fn finish(mut self) -> Result<Import, ImportError> {
        let (mut events, mut samples, mut true_burn) = (Vec::new(), Vec::new(), Vec::new());
        for (vehicle, rows) in std::mem::take(&mut self.vehicles) {
            for stretch in self.stretches(rows) {
                let phases = stops::of_stretch(&stretch);
                true_burn.extend(
                    self.known.fuel.iter().flat_map(|fuel| truth::of_stretch(&stretch, &phases, fuel)),
                );
                events.extend(phases.into_iter().map(|stop| stop.event(vehicle)));
                samples.extend(stretch.into_iter().map(|row| (row.line, row.sample)));
            }
        }
        let (samples, arrivals) = arrival::order(samples, self.known.relative || self.known.restarts);
        let Some(first) = samples.iter().min_by_key(|sample| sample.event_time) else {
            return Err(self.nothing_good());
        };
        let opening = [RaceEventKind::Session(self.session(&samples)), self.roster(&samples)];
        let opening =
            opening.into_iter().map(|kind| RaceEvent { event_time: first.event_time, id: EventId(0), kind });
        let events = numbered(opening.chain(events).collect());
        let Recording { quarantine, received, skipped, .. } = self;
        Ok(Import { events, samples, arrivals, truth: true_burn, quarantine, received, skipped })
    }

    fn nothing_good(self) -> ImportError {
        let lines = self.quarantine.count();
        let problem = match self.quarantine.kept.into_iter().next() {
            Some(Quarantined { reason, detail, .. }) => Problem::NothingGood { lines, reason, detail },
            None if self.skipped > 0 => Problem::NeverOnTrack { rows: self.skipped },
            None => Problem::Empty,
        };
        ImportError::new(&self.file, Place::File, problem)
    }

    /// The session with the reference engine speed of its cars, where it is no Cup session.
    fn session(&self, samples: &[Sample]) -> Session {
        let mut session = self.known.session.clone();
        if session.package_hp.is_none() && session.reference_rpm.is_none() {
            session.reference_rpm = reference_rpm(samples);
        }
        session
    }

    fn roster(&self, samples: &[Sample]) -> RaceEventKind {
        let vehicles: BTreeSet<VehicleId> = samples.iter().map(|sample| sample.vehicle).collect();
        let named = |vehicle| self.known.roster.iter().find(|entry| entry.vehicle == vehicle).cloned();
        RaceEventKind::Roster {
            cars: vehicles.into_iter().map(|v| named(v).unwrap_or_else(|| unnamed(v))).collect(),
        }
    }

    /// The rows of one car as stretches on the time line of the log. A single row between two cuts is what a recorder
    /// writes while it puts a car elsewhere: it is skipped.
    fn stretches(&mut self, mut rows: Vec<Row>) -> Vec<Vec<Row>> {
        if !self.known.restarts {
            rows.sort_by_key(|row| (row.segment, row.sample.event_time));
        }
        let driven = rows.chunk_by(|row, next| self.can_drive(row, next));
        let mut stretches: Vec<Vec<Row>> = driven.map(<[Row]>::to_vec).collect();
        if stretches.iter().any(|stretch| stretch.len() > 1) {
            stretches.retain(|stretch| stretch.len() > 1);
            self.skipped += (rows.len() - stretches.iter().map(Vec::len).sum::<usize>()) as u64;
        }
        if self.known.relative {
            move_apart(&mut stretches);
        }
        stretches
    }

    /// Whether the car can have got from one row to the next by itself.
    fn can_drive(&self, row: &Row, next: &Row) -> bool {
        let dt = next.sample.event_time - row.sample.event_time;
        row.segment == next.segment
            && dt >= Span::ZERO
            && !self.is_moved(row, next, dt)
            && !self.is_refilled(row, next, dt)
    }

    fn is_moved(&self, row: &Row, next: &Row, dt: Span) -> bool {
        let position = |row: &Row| row.sample.get(Signal::LapDistance);
        let (Some(from), Some(to), Some(lap_m)) =
            (position(row), position(next), self.known.session.track_length_m)
        else {
            return false;
        };
        let ahead = (to - from).rem_euclid(1.0);
        dt <= MOVE_JUDGED_MAX && ahead.min(1.0 - ahead) * lap_m > SPEED_MAX_M_S * dt.secs() + POSITION_PLAY_M
    }

    fn is_refilled(&self, row: &Row, next: &Row, dt: Span) -> bool {
        let (Some(from), Some(to), Some(fuel)) = (row.fuel, next.fuel, self.known.fuel) else { return false };
        let added_kg = fuel.kg.map(|kg| (to - from) * kg);
        fuel.kind == FuelKind::Level
            && added_kg.is_some_and(|added| added > LEVEL_PLAY_KG + FILL_MAX_KG_S * dt.secs())
    }
}

/// Moves each stretch so far that it follows the one before by [`STRETCH_GAP`] at least. A move is kept for what follows.
fn move_apart(stretches: &mut [Vec<Row>]) {
    let (mut moved, mut earliest) = (Span::ZERO, EventTime::from_us(i64::MIN));
    for stretch in stretches {
        if let Some(first) = stretch.first().map(|row| row.sample.event_time) {
            moved = moved.max(earliest - first);
        }
        for row in stretch.iter_mut() {
            row.sample.event_time = row.sample.event_time + moved;
            earliest = row.sample.event_time + STRETCH_GAP;
        }
    }
}

/// 0.92 of the 99.8th percentile of engine speed, by linear interpolation: the engine speed that stands for 8 000 rpm
/// where there is no Cup engine. Source: docs/fuel-model.md §2.
fn reference_rpm(samples: &[Sample]) -> Option<f64> {
    let mut rpm: Vec<i32> = samples.iter().filter_map(|sample| sample.steps(Signal::Rpm)).collect();
    rpm.sort_unstable();
    let rank = 0.998 * rpm.len().checked_sub(1)? as f64;
    let step = |rank: f64| rpm.get(rank as usize).copied().map(f64::from);
    let (low, high) = (step(rank.floor())?, step(rank.ceil())?);
    let percentile = low + (high - low) * (rank - rank.floor());
    let reference = 0.92 * percentile / Signal::Rpm.steps_per_unit();
    (reference > 0.0).then_some(reference)
}

/// The session that a file without another name is: the file's name without folder and ending.
pub(crate) fn session_of(file: &str) -> Result<SessionId, IdError> {
    let stem = std::path::Path::new(file).file_stem().unwrap_or_default().to_string_lossy();
    SessionId::new(&label(&stem)).or_else(|_| SessionId::new("unnamed"))
}
