//! The way from the cars to the log: latency, order of arrival, ticks.

use crate::random::{Concern, Random};
use events::{Entry, EventId, RaceEvent, RaceEventKind, Record, Sample};
use std::cmp::Ordering;
use std::collections::BinaryHeap;
use units::{EventTime, IngestTime, Span};

/// Latency of one record, uniform. Records of different cars so overtake one another by at most the difference.
const LATENCY_MIN_US: f64 = 60_000.0;
const LATENCY_MAX_US: f64 = 200_000.0;
const TICK: Span = Span::from_secs(1);

/// Records on their way, in order of arrival.
#[derive(Debug)]
pub(crate) struct Feed {
    random: Random,
    on_the_way: BinaryHeap<Pending>,
    sent: u64,
    events: u64,
    next_tick: IngestTime,
}

impl Feed {
    pub fn new(seed: u64, start: EventTime) -> Self {
        Feed {
            random: Random::new(seed, Concern::Latency, 0),
            on_the_way: BinaryHeap::new(),
            sent: 0,
            events: 0,
            next_tick: IngestTime::from_us(start.us()) + TICK,
        }
    }

    /// Sends what the log opens with: it is there before anything else.
    pub fn open(&mut self, at: EventTime, kind: RaceEventKind) {
        let record = self.name(at, kind);
        self.push(IngestTime::from_us(at.us()), record);
    }

    pub fn event(&mut self, at: EventTime, kind: RaceEventKind) {
        let record = self.name(at, kind);
        self.send(at, record);
    }

    pub fn sample(&mut self, sample: Sample) {
        self.send(sample.event_time, Record::Sample(sample));
    }

    /// The next entry that has arrived by the time the cars have reached `now`. Call until `None`.
    pub fn next(&mut self, now: EventTime) -> Option<Entry> {
        // whatever is sent from now on arrives later than this
        let arrived = IngestTime::from_us(now.us()) + Span::from_us(LATENCY_MIN_US as i64);
        let first = self.on_the_way.peek().map(|pending| pending.ingest_time);
        if first.is_none_or(|ingest_time| ingest_time > self.next_tick) && self.next_tick < arrived {
            let ingest_time = self.next_tick;
            self.next_tick = ingest_time + TICK;
            return Some(Entry { ingest_time: Some(ingest_time), record: Record::Tick });
        }
        if first? >= arrived {
            return None;
        }
        self.on_the_way
            .pop()
            .map(|pending| Entry { ingest_time: Some(pending.ingest_time), record: pending.record })
    }

    fn name(&mut self, at: EventTime, kind: RaceEventKind) -> Record {
        self.events += 1;
        Record::Event(Box::new(RaceEvent { event_time: at, id: EventId(self.events), kind }))
    }

    fn send(&mut self, at: EventTime, record: Record) {
        let latency_us = self.random.between(LATENCY_MIN_US, LATENCY_MAX_US) as i64;
        self.push(IngestTime::from_us(at.us()) + Span::from_us(latency_us), record);
    }

    fn push(&mut self, ingest_time: IngestTime, record: Record) {
        self.sent += 1;
        self.on_the_way.push(Pending { ingest_time, sent: self.sent, record });
    }
}

/// Ordered so that the heap's greatest is the first to arrive.
#[derive(Debug)]
struct Pending {
    ingest_time: IngestTime,
    sent: u64,
    record: Record,
}

impl Pending {
    fn key(&self) -> (IngestTime, u64) {
        (self.ingest_time, self.sent)
    }
}
impl Ord for Pending {
    fn cmp(&self, other: &Self) -> Ordering {
        other.key().cmp(&self.key())
    }
}
impl PartialOrd for Pending {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl PartialEq for Pending {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}
impl Eq for Pending {}
