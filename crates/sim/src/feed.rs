//! The way from the cars to the log: latency, order of arrival, what comes twice or late, ticks.

use crate::config::RaceConfig;
use crate::faults::Faults;
use crate::random::{Concern, Random};
use events::{Entry, EventId, RaceEvent, RaceEventKind, Record, Sample};
use std::cmp::Ordering;
use std::collections::BinaryHeap;
use units::{EventTime, IngestTime, Span};

/// Latency of one record, uniform. Records of different cars so overtake one another by at most the difference.
const LATENCY_MIN_US: f64 = 60_000.0;
const LATENCY_MAX_US: f64 = 200_000.0;
const TICK: Span = Span::from_secs(1);
/// Longer than any latency: what is still on its way at the end arrives.
const DRAIN: Span = Span::from_secs(1);
/// What reordering adds to a latency at most.
const REORDER_S: f64 = 4.0;
/// How much later a copy comes; one in ten comes much later. Source: docs/simulator.md §6.
const COPY_S: (f64, f64) = (0.0, 0.5);
const LATE_COPY_S: (f64, f64) = (5.0, 120.0);
const LATE_COPIES: f64 = 0.1;
/// The number of the other source; that of the cars themselves is 0.
const OTHER_SOURCE: u16 = 1;

/// Records on their way, in order of arrival.
#[derive(Debug)]
pub(crate) struct Feed {
    faults: Faults,
    latency: Random,
    reorder: Random,
    duplicate: Random,
    second_source: Random,
    on_the_way: BinaryHeap<Pending>,
    sent: u64,
    events: u64,
    next_tick: IngestTime,
}

impl Feed {
    pub fn new(config: &RaceConfig) -> Self {
        let of = |concern| Random::new(config.seed, concern, 0);
        Feed {
            faults: config.faults,
            latency: of(Concern::Latency),
            reorder: of(Concern::Reorder),
            duplicate: of(Concern::Duplicate),
            second_source: of(Concern::SecondSource),
            on_the_way: BinaryHeap::new(),
            sent: 0,
            events: 0,
            next_tick: IngestTime::from_us(config.start.us()) + TICK,
        }
    }

    /// How long after the last record was sent the log stays open.
    pub fn drain(&self) -> Span {
        if self.faults.reorder > 0.0 { DRAIN + Span::from_secs_f64(REORDER_S) } else { DRAIN }
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

    /// `at` is the true time; the sample's own may be wrong.
    pub fn sample(&mut self, at: EventTime, sample: Sample) {
        self.send(at, Record::Sample(sample));
        if self.duplicate.chance(self.faults.duplicate) {
            let (least_s, most_s) = if self.duplicate.chance(LATE_COPIES) { LATE_COPY_S } else { COPY_S };
            let later = Span::from_secs_f64(self.duplicate.between(least_s, most_s));
            let latency = latency(&mut self.duplicate);
            self.push(arrival(at, latency + later), Record::Sample(sample));
        }
        if self.second_source.chance(self.faults.second_source) {
            let latency = latency(&mut self.second_source);
            let mut copy = sample;
            copy.source = OTHER_SOURCE;
            self.push(arrival(at, latency), Record::Sample(copy));
        }
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
        let mut latency = latency(&mut self.latency);
        if self.reorder.chance(self.faults.reorder) {
            latency = latency + Span::from_secs_f64(self.reorder.between(0.0, REORDER_S));
        }
        self.push(arrival(at, latency), record);
    }

    fn push(&mut self, ingest_time: IngestTime, record: Record) {
        self.sent += 1;
        self.on_the_way.push(Pending { ingest_time, sent: self.sent, record });
    }
}

fn latency(random: &mut Random) -> Span {
    Span::from_us(random.between(LATENCY_MIN_US, LATENCY_MAX_US) as i64)
}

fn arrival(at: EventTime, latency: Span) -> IngestTime {
    IngestTime::from_us(at.us()) + latency
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
