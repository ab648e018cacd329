//! A recording as aggregates: what one car burned over each lap, or over each part, and what its engine went through.

use super::exposure::{Exposure, LawRow, rows};
use super::fit::Aggregate;
use crate::error::StudyError;
use events::{RaceEventKind, RosterEntry, Session, VehicleId};
use feed::{Import, Mapping};
use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use truth::{Truth, TruthKind, TruthUnit};
use units::{EventTime, FuelDensity, Volume};

/// Mappings of recordings that are met often, tried where none is given.
const KNOWN_MAPPINGS: [(&str, &str); 4] = [
    ("fsae_dallas.toml", include_str!("../../../../../docs/mappings/fsae_dallas.toml")),
    ("iracing_oulton_gt.toml", include_str!("../../../../../docs/mappings/iracing_oulton_gt.toml")),
    ("motec_calder.toml", include_str!("../../../../../docs/mappings/motec_calder.toml")),
    ("openxc_ford.toml", include_str!("../../../../../docs/mappings/openxc_ford.toml")),
];
/// Error of a reading of the tank, litres; of an unknown unit, as a share of the mean part instead: what that is of a
/// lap of a litre.
const READING_SD: f64 = 0.005;
/// A shorter remainder of a recording is left out.
const REST_MIN_S: f64 = 5.0;
/// A lap on which the car was slower has stood or been put there, m/s.
const FLYING_MIN_M_S: f64 = 8.0;

/// One car of one file.
#[derive(Clone, Debug)]
pub struct CarRecording {
    /// The file, without folder; and the vehicle, if there are several.
    pub name: String,
    /// Which car it is, where the recording says so.
    pub car: String,
    /// `l`, or `relative`.
    pub unit: &'static str,
    /// Its engine speeds, rising.
    pub rpm: Vec<f64>,
    /// What was burned, in disjoint segments in order of time: laps and what is beside them, or spans.
    pub segments: Vec<RecordedSegment>,
    /// The same as the recording's unbroken parts.
    pub parts: Vec<RecordedSegment>,
}

/// A part of a recording with what was burned in it.
#[derive(Clone, Debug)]
pub struct RecordedSegment {
    /// Its lap, or from when to when.
    pub name: String,
    /// Its burn and exposure.
    pub aggregate: Aggregate,
}

impl RecordedSegment {
    /// From line to line.
    pub fn is_lap(&self) -> bool {
        self.aggregate.laps > 0
    }

    /// A lap driven without standing.
    pub fn is_flying_lap(&self) -> bool {
        self.is_lap() && self.aggregate.exposure.speed_min.is_none_or(|speed| speed > FLYING_MIN_M_S)
    }
}

impl CarRecording {
    /// Reads one file: `.ibt`, else a table with its mapping: the given one, or the one beside it as NAME.toml, or the
    /// one of `docs/mappings` whose columns it has.
    ///
    /// # Errors
    /// It cannot be read, or holds no fuel.
    pub fn read(path: &Path, mapping: Option<&Path>) -> Result<Vec<CarRecording>, StudyError> {
        let import = import(path, mapping)?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let (session, roster) = opening(&import);
        let mut vehicles: Vec<VehicleId> = import.truth.iter().map(|truth| truth.vehicle_id).collect();
        vehicles.sort_unstable();
        vehicles.dedup();
        let of = |vehicle: &VehicleId| {
            let name = if vehicles.len() > 1 { format!("{name} {vehicle}") } else { name.clone() };
            let car = roster.iter().find(|entry| entry.vehicle == *vehicle);
            let car = car.map(|entry| entry.manufacturer.clone()).unwrap_or_default();
            CarRecording::of(name, car, session, &import, *vehicle)
        };
        let mut recordings: Vec<CarRecording> = vehicles.iter().map(of).collect();
        recordings.retain(|recording| !recording.segments.is_empty());
        if recordings.is_empty() {
            return Err(StudyError::NothingRecorded { path: path.to_owned() });
        }
        Ok(recordings)
    }

    fn of(
        name: String,
        car: String,
        session: Option<&Session>,
        import: &Import,
        vehicle: VehicleId,
    ) -> CarRecording {
        let mut samples: Vec<_> =
            import.samples.iter().copied().filter(|sample| sample.vehicle == vehicle).collect();
        samples.sort_by_key(|sample| sample.event_time);
        let rows = rows(&samples);
        let density = session.and_then(|session| session.fuel_density).unwrap_or(FuelDensity::CUP);
        let kg_per_l = density.mass(Volume::from_litres(1.0)).kg();
        let truth: Vec<&Truth> = import.truth.iter().filter(|truth| truth.vehicle_id == vehicle).collect();
        let is_relative = truth.iter().any(|truth| truth.unit == TruthUnit::Relative);
        let cutter = Cutter { rows: &rows, per_unit: if is_relative { 1.0 } else { 1.0 / kg_per_l } };
        let (mut segments, mut parts) = cutter.cut(&truth);
        for segments in [&mut segments, &mut parts] {
            let mean =
                segments.iter().map(|segment| segment.aggregate.burned).sum::<f64>() / segments.len() as f64;
            let reading_sd = if is_relative { READING_SD * mean } else { READING_SD };
            segments.iter_mut().for_each(|segment| segment.aggregate.reading_sd = reading_sd);
        }
        let mut rpm: Vec<f64> = samples.iter().filter_map(|sample| sample.get(events::Signal::Rpm)).collect();
        rpm.sort_by(f64::total_cmp);
        CarRecording { name, car, unit: if is_relative { "relative" } else { "l" }, rpm, segments, parts }
    }
}

fn import(path: &Path, mapping: Option<&Path>) -> Result<Import, StudyError> {
    let name = path.display().to_string();
    let open = || File::open(path).map_err(unusable(path));
    if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("ibt")) {
        return Ok(feed::ibt::import(&name, open()?)?);
    }
    let table =
        |mapping: &Mapping| Ok::<_, StudyError>(feed::csv::import(&name, BufReader::new(open()?), mapping));
    let beside = path.with_extension("toml");
    if let Some(given) = mapping.or_else(|| beside.exists().then_some(beside.as_path())) {
        let text = std::fs::read_to_string(given).map_err(unusable(given))?;
        return Ok(table(&Mapping::parse(&given.display().to_string(), &text)?)??);
    }
    for (file, text) in KNOWN_MAPPINGS {
        if let Ok(import) = table(&Mapping::parse(file, text)?)? {
            return Ok(import);
        }
    }
    Err(StudyError::NoMapping { path: path.to_owned(), beside })
}

fn unusable(path: &Path) -> impl Fn(std::io::Error) -> StudyError {
    move |source| StudyError::File { path: path.to_owned(), source }
}

fn opening(import: &Import) -> (Option<&Session>, &[RosterEntry]) {
    let (mut session, mut roster) = (None, [].as_slice());
    for event in &import.events {
        match &event.kind {
            RaceEventKind::Session(own) => session = Some(own),
            RaceEventKind::Roster { cars } => roster = cars,
            _ => {}
        }
    }
    (session, roster)
}

/// Cuts rows where truth is known.
struct Cutter<'a> {
    rows: &'a [LawRow],
    /// From the unit of the truth to that of an aggregate.
    per_unit: f64,
}

impl Cutter<'_> {
    /// Segments and parts. A line that lasts over others is a part; what they leave of it is a segment of its own.
    fn cut(&self, truth: &[&Truth]) -> (Vec<RecordedSegment>, Vec<RecordedSegment>) {
        let burns = |truth: &&&Truth| matches!(truth.kind, TruthKind::Lap | TruthKind::Span);
        let mut lines: Vec<&Truth> = truth.iter().filter(burns).copied().collect();
        lines.dedup();
        let length = |line: &Truth| (line.to_us - line.from_us, line.kind == TruthKind::Span);
        let holds = |out: &Truth, inner: &Truth| {
            out.from_us <= inner.from_us && inner.to_us <= out.to_us && length(out) > length(inner)
        };
        let (mut segments, mut parts) = (Vec::new(), Vec::new());
        for part in lines.iter().filter(|line| !lines.iter().any(|out| holds(out, line))) {
            let inner: Vec<&Truth> = lines.iter().copied().filter(|line| holds(part, line)).collect();
            segments.extend(inner.iter().filter_map(|line| self.segment(line)));
            segments.extend(self.rest(part, &inner));
            parts.extend(self.segment(part));
        }
        (segments, parts)
    }

    fn segment(&self, truth: &Truth) -> Option<RecordedSegment> {
        let name = match truth.lap {
            Some(lap) => format!("lap {lap}"),
            None => self.name(truth),
        };
        let exposure = self.exposure(truth.from_us, truth.to_us);
        self.of(name, truth.kind == TruthKind::Lap, exposure, truth.burned?)
    }

    /// What lines inside leave of a part, before, between and after them.
    fn rest(&self, part: &Truth, inner: &[&Truth]) -> Option<RecordedSegment> {
        let (mut from, mut burned, mut exposure) = (part.from_us, part.burned?, Exposure::default());
        exposure.metres = Some(0.0);
        for line in inner {
            exposure = exposure.and(&self.exposure(from, line.from_us));
            burned -= line.burned?;
            from = line.to_us;
        }
        exposure = exposure.and(&self.exposure(from, part.to_us));
        let name = if inner.is_empty() { self.name(part) } else { format!("rest of {}", self.name(part)) };
        (exposure.seconds >= REST_MIN_S).then(|| self.of(name, false, exposure, burned))?
    }

    fn of(&self, name: String, is_lap: bool, exposure: Exposure, burned: f64) -> Option<RecordedSegment> {
        let aggregate =
            Aggregate { exposure, burned: burned * self.per_unit, reading_sd: 0.0, laps: is_lap.into() };
        let teaches = burned > 0.0 && aggregate.exposure.throttle_rpm_s() > 0.0;
        teaches.then_some(RecordedSegment { name, aggregate })
    }

    /// Seconds since the first row.
    fn name(&self, truth: &Truth) -> String {
        let zero = self.rows.first().map_or(0, |row| row.at.us());
        let since = |us: i64| (us - zero) as f64 * 1e-6;
        format!("{:.0} to {:.0} s", since(truth.from_us), since(truth.to_us))
    }

    fn exposure(&self, from_us: i64, to_us: i64) -> Exposure {
        let [from, to] = [from_us, to_us].map(EventTime::from_us);
        let start = self.rows.partition_point(|row| row.at < from);
        let end = self.rows.partition_point(|row| row.at <= to);
        Exposure::of(self.rows.get(start..end).unwrap_or_default())
    }
}
