//! What an import yields, and how it becomes a log.

use events::{Entry, EventId, Quarantined, RaceEvent, RaceEventKind, Record, Sample};
use std::collections::BTreeMap;
use std::iter::Peekable;
use std::mem::discriminant;
use truth::Truth;
use units::IngestTime;

/// Ids of race events that an importer makes itself start here, so that they never meet those of a file of race
/// events, which start at 1.
pub const IMPORTED_EVENT_IDS: u64 = 1 << 40;
/// Bytes of refused input that an import keeps; more is counted only.
const QUARANTINE_BYTES_MAX: usize = 16 * 1024 * 1024;

/// A recording, brought in. `received = samples + quarantine.count() + skipped`, exactly.
#[derive(Clone, Debug)]
pub struct Import {
    /// Session, roster and stops, in order of event time.
    pub events: Vec<RaceEvent>,
    /// In order of arrival where the file has that, else of event time; of equal times, in the order of the file.
    pub samples: Vec<Sample>,
    /// When each of them arrived, by an estimate from their order. `None`: the file is in no order of arrival.
    pub arrivals: Option<Vec<IngestTime>>,
    /// The true burn, for a file beside the tape. Nothing of it is in `samples` or `events`.
    pub truth: Vec<Truth>,
    /// Lines that were refused.
    pub quarantine: Quarantine,
    /// Lines or rows read.
    pub received: u64,
    /// Rows in which the car was not on the track: in the garage, or being put back.
    pub skipped: u64,
}

impl Import {
    /// The log: race events and samples interleaved by event time. Where `race_events` tell the session or the roster, the
    /// importer's own is left out: it knows less.
    pub fn log(&self, race_events: &[RaceEvent]) -> impl Iterator<Item = Entry> {
        let is_given = |kind: &RaceEventKind| {
            race_events.iter().any(|event| discriminant(&event.kind) == discriminant(kind))
        };
        let opens =
            |kind: &RaceEventKind| matches!(kind, RaceEventKind::Session(_) | RaceEventKind::Roster { .. });
        let own = self.events.iter().filter(|event| !(opens(&event.kind) && is_given(&event.kind)));
        let arrivals =
            (0..self.samples.len()).map(|i| self.arrivals.as_ref().and_then(|all| all.get(i).copied()));
        interleave(arrivals.zip(self.samples.iter().copied()), own.chain(race_events).cloned().collect())
    }
}

/// Interleaves samples and race events into one order: an event comes before the first sample at or after its time.
/// Events are put in order of (event time, id), samples keep their order.
pub fn merge(samples: impl Iterator<Item = Sample>, events: Vec<RaceEvent>) -> impl Iterator<Item = Entry> {
    interleave(samples.map(|sample| (None, sample)), events)
}

fn interleave<S: Iterator<Item = (Option<IngestTime>, Sample)>>(
    samples: S,
    mut events: Vec<RaceEvent>,
) -> Merge<S> {
    events.sort_by_key(|event| (event.event_time, event.id));
    Merge { samples: samples.peekable(), events: events.into_iter().peekable() }
}

struct Merge<S: Iterator<Item = (Option<IngestTime>, Sample)>> {
    samples: Peekable<S>,
    events: Peekable<std::vec::IntoIter<RaceEvent>>,
}

impl<S: Iterator<Item = (Option<IngestTime>, Sample)>> Iterator for Merge<S> {
    type Item = Entry;

    fn next(&mut self) -> Option<Entry> {
        let sample_time = self.samples.peek().map(|(arrived, sample)| match arrived {
            Some(arrived) => arrived.as_event_time(),
            None => sample.event_time,
        });
        let due = self.events.next_if(|event| sample_time.is_none_or(|time| event.event_time <= time));
        if let Some(event) = due {
            let ingest_time = self.samples.peek().and_then(|(arrived, _)| *arrived);
            return Some(Entry { ingest_time, record: Record::Event(Box::new(event)) });
        }
        let (ingest_time, sample) = self.samples.next()?;
        Some(Entry { ingest_time, record: Record::Sample(sample) })
    }
}

/// The refused lines of one import.
#[derive(Clone, Debug, Default)]
pub struct Quarantine {
    /// The first of them, at most 16 MiB.
    pub kept: Vec<Quarantined>,
    /// How many there are in all, by reason.
    pub counts: BTreeMap<String, u64>,
    kept_bytes: usize,
}

impl Quarantine {
    /// How many lines were refused.
    pub fn count(&self) -> u64 {
        self.counts.values().sum()
    }

    pub(crate) fn add(&mut self, refused: Quarantined) {
        *self.counts.entry(refused.reason.clone()).or_default() += 1;
        self.kept_bytes += refused.raw.len() + refused.detail.len();
        if self.kept_bytes <= QUARANTINE_BYTES_MAX {
            self.kept.push(refused);
        }
    }
}

/// Numbers the events of an importer.
pub(crate) fn numbered(mut events: Vec<RaceEvent>) -> Vec<RaceEvent> {
    events.sort_by_key(|event| event.event_time);
    for (event, id) in events.iter_mut().zip(IMPORTED_EVENT_IDS..) {
        event.id = EventId(id);
    }
    events
}

#[cfg(test)]
mod tests {
    use super::*;
    use events::{Flag, Session, SessionId, VehicleId};
    use units::EventTime;

    fn sample(ms: i64) -> Sample {
        Sample::new(VehicleId::new("24").unwrap(), EventTime::from_ms(ms))
    }
    fn event(ms: i64, id: u64, kind: RaceEventKind) -> RaceEvent {
        RaceEvent { event_time: EventTime::from_ms(ms), id: EventId(id), kind }
    }
    fn flag(ms: i64, id: u64) -> RaceEvent {
        event(ms, id, RaceEventKind::Flag { flag: Flag::Green })
    }
    fn session(ms: i64, id: u64, name: &str) -> RaceEvent {
        event(ms, id, RaceEventKind::Session(Session::named(SessionId::new(name).unwrap())))
    }
    fn kinds(log: impl Iterator<Item = Entry>) -> Vec<String> {
        log.map(|entry| match entry.record {
            Record::Sample(sample) => format!("sample {}", sample.event_time.us() / 1000),
            Record::Event(event) => match event.kind {
                RaceEventKind::Session(session) => format!("session {}", session.session),
                _ => format!("event {} #{}", event.event_time.us() / 1000, event.id.0),
            },
            Record::Tick => "tick".into(),
        })
        .collect()
    }

    #[test]
    fn an_event_comes_before_the_first_sample_at_its_time() {
        let samples = [1, 2, 2, 3].map(sample).into_iter();
        let log = merge(samples, vec![flag(9, 4), flag(2, 3), flag(2, 1), flag(0, 2)]);
        let expected = [
            "event 0 #2",
            "sample 1",
            "event 2 #1",
            "event 2 #3",
            "sample 2",
            "sample 2",
            "sample 3",
            "event 9 #4",
        ];
        assert_eq!(kinds(log), expected);
    }

    #[test]
    fn what_the_race_events_tell_takes_the_place_of_the_importers() {
        let import = Import {
            events: numbered(vec![session(1, 0, "imported"), flag(1, 0)]),
            arrivals: None,
            samples: vec![sample(1)],
            truth: Vec::new(),
            quarantine: Quarantine::default(),
            received: 1,
            skipped: 0,
        };
        assert_eq!(kinds(import.log(&[])), ["session imported", "event 1 #1099511627777", "sample 1"]);
        assert_eq!(
            kinds(import.log(&[session(1, 1, "mine")])),
            ["session mine", "event 1 #1099511627777", "sample 1"]
        );
    }

    #[test]
    fn quarantine_counts_what_it_no_longer_keeps() {
        let mut quarantine = Quarantine::default();
        for _ in 0..300 {
            quarantine.add(Quarantined {
                reason: "size".into(),
                detail: String::new(),
                raw: vec![0; 64 * 1024],
            });
        }
        assert_eq!((quarantine.kept.len(), quarantine.count()), (256, 300));
    }
}
