//! Logs by hand: what happens on the track, and how it arrives.

use events::{
    Entry, EntryBlock, EventId, Flag, FuelEvidence, RaceEvent, RaceEventKind, Record, Sample, Session,
    SessionId, Signal, StopPhase, VehicleId,
};
use journal::{LogError, Next};
use std::num::NonZeroU64;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use units::{EventTime, IngestTime, Span, Volume};

/// A multiple of every window and of every checkpoint interval that the tests use.
pub const START: EventTime = EventTime::from_ms(1_780_000_000_000);
/// From event time to ingest time where a test does not say.
pub const LATENCY: Span = Span::from_ms(100);
/// A lap of [`drive`].
pub const LAP_MS: i64 = 20_000;
/// Its length.
pub const LAP_M: f64 = 1_500.0;
/// Between two samples of [`drive`].
pub const PERIOD_MS: i64 = 200;

/// `ms` after the start.
pub fn at(ms: i64) -> EventTime {
    START + Span::from_ms(ms)
}

pub fn vehicle(name: &str) -> VehicleId {
    VehicleId::new(name).unwrap()
}

/// A sample with a throttle, at a steady engine speed and without anything else.
pub fn sample(name: &str, ms: i64, throttle: f64) -> Sample {
    let bare = Sample::new(vehicle(name), at(ms));
    bare.with(Signal::Throttle, throttle).unwrap().with(Signal::Rpm, 8_000.0).unwrap()
}

/// The same with a place in its publisher's count.
pub fn numbered(mut sample: Sample, sequence: u64) -> Sample {
    sample.sequence = NonZeroU64::new(sequence);
    sample
}

/// The same by another publisher, or by its next start.
pub fn published(mut sample: Sample, source: u16, boot: u32) -> Sample {
    (sample.source, sample.boot) = (source, boot);
    sample
}

/// A car from `from_ms` to `to_ms`: a lap of 20 s, flat out on its first half and lifting on its second, by an amount
/// that differs from lap to lap and from car to car. Complete samples, counted from 1.
pub fn drive(name: &str, from_ms: i64, to_ms: i64) -> Vec<Sample> {
    let own = vehicle(name).stable_hash();
    // each car starts elsewhere on the track, so no two cross the line together
    let ahead_ms = (own % 97) as i64 * 100;
    let lift = move |lap: i64| 0.1 + 0.05 * ((own + lap as u64) % 7) as f64;
    let throttle = move |lap, part| if part < 0.5 { 1.0 } else { lift(lap) };
    lapping(name, from_ms..to_ms, LAP_MS, ahead_ms, throttle)
}

/// A car that starts on the line and never lifts: its flow is one number.
pub fn steady(name: &str, from_ms: i64, to_ms: i64, lap_ms: i64) -> Vec<Sample> {
    lapping(name, from_ms..to_ms, lap_ms, 0, |_, _| 0.8)
}

fn lapping(
    name: &str,
    ms: std::ops::Range<i64>,
    lap_ms: i64,
    ahead_ms: i64,
    throttle: impl Fn(i64, f64) -> f64,
) -> Vec<Sample> {
    let samples = ms.step_by(PERIOD_MS as usize).zip(1..).map(|(ms, sequence)| {
        let travelled_ms = ms + ahead_ms;
        let (lap, part) = (travelled_ms / lap_ms, (travelled_ms % lap_ms) as f64 / lap_ms as f64);
        numbered(sample(name, ms, throttle(lap, part)), sequence)
            .with(Signal::Speed, LAP_M / lap_ms as f64 * 1e3)
            .and_then(|sample| sample.with(Signal::Lap, (lap + 1) as f64))
            .and_then(|sample| sample.with(Signal::LapDistance, part))
            .unwrap()
    });
    samples.collect()
}

/// A race event; `id` names it.
pub fn event(ms: i64, id: u64, kind: RaceEventKind) -> Record {
    Record::Event(Box::new(RaceEvent { event_time: at(ms), id: EventId(id), kind }))
}

/// The session that every log here opens with: a Cup engine, a known track and a tank of 20 gallons.
pub fn session() -> Record {
    event(0, 1, RaceEventKind::Session(cup_session()))
}

pub fn cup_session() -> Session {
    Session {
        track: "by hand".into(),
        track_length_m: Some(LAP_M),
        package_hp: Some(670.0),
        tank: Some(Volume::from_us_gallons(20.0)),
        ..Session::named(SessionId::new("by hand").unwrap())
    }
}

pub fn flag(ms: i64, id: u64, flag: Flag) -> Record {
    event(ms, id, RaceEventKind::Flag { flag })
}

pub fn stop(name: &str, ms: i64, id: u64, phase: StopPhase) -> Record {
    event(ms, id, RaceEventKind::Stop { vehicle: vehicle(name), phase })
}

/// A stop of 12 s on the pit road, 6 s of them in the box; its four events are `id` and those that follow.
pub fn whole_stop(name: &str, ms: i64, id: u64) -> [Record; 4] {
    use StopPhase::{BoxLeave, BoxStop, PitIn, PitOut};
    [(0, 0, PitIn), (1, 3_000, BoxStop), (2, 9_000, BoxLeave), (3, 12_000, PitOut)]
        .map(|(next, after_ms, phase)| stop(name, ms + after_ms, id + next, phase))
}

pub fn evidence(ms: i64, id: u64, evidence: FuelEvidence) -> Record {
    event(ms, id, RaceEventKind::Fuel(evidence))
}

pub fn no_evidence(name: &str) -> FuelEvidence {
    FuelEvidence {
        vehicle: vehicle(name),
        stop_time: None,
        added: None,
        added_sd: None,
        full: None,
        fill_time_s: None,
    }
}

pub fn event_time(record: &Record) -> Option<EventTime> {
    match record {
        Record::Sample(sample) => Some(sample.event_time),
        Record::Event(event) => Some(event.event_time),
        Record::Tick => None,
    }
}

/// An entry that arrives at `ingest_ms` after the start.
pub fn entry(ingest_ms: i64, record: Record) -> Entry {
    Entry { ingest_time: Some(ingested(at(ingest_ms))), record }
}

pub fn ingested(at: EventTime) -> IngestTime {
    IngestTime::from_us(at.us())
}

/// The orderly log: the session, then everything in order of event time, each [`LATENCY`] after it happened, and a
/// tick every second.
pub fn orderly(records: impl IntoIterator<Item = Record>) -> Vec<Entry> {
    delayed(records, |_| LATENCY)
}

/// The same with a delay of its own for each record.
pub fn delayed(
    records: impl IntoIterator<Item = Record>,
    mut delay: impl FnMut(&Record) -> Span,
) -> Vec<Entry> {
    let arrive = |record: Record| {
        let at = event_time(&record).unwrap() + delay(&record);
        Entry { ingest_time: Some(ingested(at)), record }
    };
    let mut entries: Vec<Entry> = records.into_iter().map(arrive).collect();
    entries.sort_by_key(|entry| entry.ingest_time);
    let opening = Entry { ingest_time: Some(ingested(START)), record: session() };
    with_ticks(std::iter::once(opening).chain(entries))
}

fn with_ticks(entries: impl Iterator<Item = Entry>) -> Vec<Entry> {
    let mut ticked = Vec::new();
    let mut next = ingested(START) + Span::from_secs(1);
    for entry in entries {
        while entry.ingest_time.unwrap() >= next {
            ticked.push(Entry { ingest_time: Some(next), record: Record::Tick });
            next = next + Span::from_secs(1);
        }
        ticked.push(entry);
    }
    ticked
}

pub fn samples(cars: impl IntoIterator<Item = Vec<Sample>>) -> impl Iterator<Item = Record> {
    cars.into_iter().flatten().map(Record::Sample)
}

/// A list of entries, read as a log.
pub struct InMemory {
    entries: Arc<[Entry]>,
    block: usize,
    next: usize,
    /// For a log that does not end: it stops its run when it has been asked in vain this often.
    stop: Option<(u32, Arc<AtomicBool>)>,
}

impl InMemory {
    /// In blocks of so many entries.
    pub fn new(entries: Arc<[Entry]>, block: usize, stop_when_drained: Option<Arc<AtomicBool>>) -> Self {
        InMemory { entries, block, next: 0, stop: stop_when_drained.map(|stop| (100, stop)) }
    }
}

impl journal::Log for InMemory {
    fn next(&mut self, block: &mut EntryBlock) -> Result<Next, LogError> {
        block.clear();
        block.extend(self.entries.iter().skip(self.next).take(self.block).cloned());
        self.next += block.len();
        if !block.is_empty() {
            return Ok(Next::Entries);
        }
        let Some((patience, stop)) = &mut self.stop else { return Ok(Next::End) };
        *patience -= 1;
        if *patience == 0 {
            stop.store(true, Ordering::Relaxed);
        }
        Ok(Next::Pending(std::time::Duration::from_millis(1)))
    }

    fn seek(&mut self, offset: u64) -> Result<(), LogError> {
        self.next = usize::try_from(offset)?;
        Ok(())
    }
}
