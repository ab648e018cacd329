//! Logs that are held back to race speed: one that is read, one that is written.

use crate::external::Heard;
use crate::failure::Failure;
use crate::journal::{Inbox, JournalError, TOLD_EVENT_IDS};
use crate::time::Stopwatch;
use dataflow::{Log, LogError, Next};
use events::{Entry, EventId, RaceEvent, RaceEventKind, Record};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;
use units::{EventTime, IngestTime, Span};

/// How long an entry may lie before who follows the tape sees it. The needle feels this; at 10 ms a block still holds some
/// twenty samples of a full field.
const FLUSH_EVERY: Duration = Duration::from_millis(10);

/// Hands out entries when their time has come, at a multiple of race speed from the first one on.
pub struct Paced<L> {
    log: L,
    times: f64,
    watch: Stopwatch,
    first: Option<EventTime>,
    /// A block that was read, from `next` on.
    block: std::collections::VecDeque<Entry>,
}

impl<L: Log> Paced<L> {
    /// `log` at `times` race speed.
    pub fn new(log: L, times: f64) -> Self {
        Paced { log, times, watch: Stopwatch::start(), first: None, block: Default::default() }
    }

    fn is_due(&self, at: EventTime) -> bool {
        let passed = Span::from_secs_f64(self.watch.elapsed().as_secs_f64() * self.times);
        self.first.is_none_or(|first| at - first <= passed)
    }
}

/// When an entry reached the log; without that, when it happened.
fn reached(entry: &Entry) -> Option<EventTime> {
    entry.ingest_time.map(|at| at.as_event_time()).or_else(|| happened(entry))
}

fn happened(entry: &Entry) -> Option<EventTime> {
    match &entry.record {
        Record::Sample(sample) => Some(sample.event_time),
        Record::Event(event) => Some(event.event_time),
        Record::Tick => None,
    }
}

impl<L: Log> Log for Paced<L> {
    fn next(&mut self, entries: &mut Vec<Entry>) -> Result<Next, LogError> {
        entries.clear();
        if self.block.is_empty() {
            let mut block = Vec::new();
            match self.log.next(&mut block)? {
                Next::Entries => self.block = block.into(),
                nothing => return Ok(nothing),
            }
        }
        self.first = self.first.or_else(|| self.block.front().and_then(reached));
        while let Some(entry) = self.block.front() {
            if !reached(entry).is_none_or(|at| self.is_due(at)) {
                break;
            }
            entries.extend(self.block.pop_front());
        }
        Ok(if entries.is_empty() { Next::Pending } else { Next::Entries })
    }

    fn seek(&mut self, offset: u64) -> Result<(), LogError> {
        self.block.clear();
        self.log.seek(offset)
    }
}

/// Writes a tape for somebody who follows it, each entry when it has arrived, and what others tell in between.
pub struct PacedWriter {
    tape: tape::Writer,
    start: EventTime,
    speed: f64,
    watch: Stopwatch,
    stop: Arc<AtomicBool>,
    first: Option<RaceEventKind>,
    inbox: Option<Inbox>,
    heard: Option<Heard>,
    /// Of the newest entry.
    newest: Option<IngestTime>,
}

impl PacedWriter {
    /// Everything up to `start` at once, then `speed` times race speed from now on, until `stop`.
    pub fn new(tape: tape::Writer, start: EventTime, speed: f64, stop: Arc<AtomicBool>) -> Self {
        let watch = Stopwatch::start();
        PacedWriter { tape, start, speed, watch, stop, first: None, inbox: None, heard: None, newest: None }
    }

    /// Writes this before the first entry, at the same time.
    pub fn beginning_with(self, first: Option<RaceEventKind>) -> Self {
        PacedWriter { first, ..self }
    }

    /// Writes what is told here as it comes.
    pub fn with_inbox(self, inbox: Inbox) -> Self {
        PacedWriter { inbox: Some(inbox), ..self }
    }

    /// Tells of every sample.
    pub fn heard_by(self, heard: Option<Heard>) -> Self {
        PacedWriter { heard, ..self }
    }

    /// Waits until an entry has arrived, and appends it. `false`: told to stop instead.
    pub fn append(&mut self, entry: &Entry) -> Result<bool, Failure> {
        if let Some(kind) = self.first.take() {
            let at = happened(entry).unwrap_or(self.start);
            self.write(&told(entry.ingest_time, at, EventId(TOLD_EVENT_IDS - 1), kind))?;
        }
        loop {
            let now = self.now();
            if entry.ingest_time.is_none_or(|at| at.as_event_time() <= now) {
                break;
            }
            self.take_told(now)?;
            self.tape.flush().map_err(Failure::run)?;
            if self.stop.load(Ordering::Relaxed) {
                return Ok(false);
            }
            thread::sleep(FLUSH_EVERY);
        }
        self.write(entry)?;
        Ok(true)
    }

    /// The time in the race.
    fn now(&self) -> EventTime {
        self.start + Span::from_secs_f64(self.watch.elapsed().as_secs_f64() * self.speed)
    }

    /// Writes what was told, between an entry that has arrived and one that has not: so ingest time never goes back.
    /// While the past is written in a rush, what is told waits: it is of now.
    fn take_told(&mut self, now: EventTime) -> Result<(), Failure> {
        let waiting = self.inbox.as_ref().map(Inbox::waiting).unwrap_or_default();
        if waiting.is_empty() {
            return Ok(());
        }
        let ingest_time = self.newest.max(Some(IngestTime::from_us(now.us())));
        let mut written = Vec::new();
        for one in waiting {
            match self.tape.append(&told(ingest_time, now, one.id, one.kind.clone())) {
                Ok(_) => written.push(one),
                Err(error @ tape::WriteError::Io { .. }) => return Err(Failure::run(error)),
                Err(error) => one.answer(Err(JournalError::Refused(error.to_string()))),
            }
        }
        self.newest = ingest_time;
        self.tape.commit().map_err(Failure::run)?;
        written.into_iter().for_each(|one| one.answer(Ok(())));
        Ok(())
    }

    fn write(&mut self, entry: &Entry) -> Result<(), Failure> {
        self.newest = self.newest.max(entry.ingest_time);
        if let (Some(heard), Record::Sample(sample)) = (&self.heard, &entry.record) {
            heard.hear(sample);
        }
        self.tape.append(entry).map(drop).map_err(Failure::run)
    }

    /// Tells the follower that nothing comes any more.
    pub fn finish(self) -> Result<(), Failure> {
        self.tape.finish().map_err(Failure::run)
    }
}

fn told(ingest_time: Option<IngestTime>, event_time: EventTime, id: EventId, kind: RaceEventKind) -> Entry {
    Entry { ingest_time, record: Record::Event(Box::new(RaceEvent { event_time, id, kind })) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::journal;
    use events::{Flag, Sample, VehicleId};

    /// A sample that arrives some time after the start, ms.
    fn sample(ms: i64) -> Entry {
        let at = EventTime::from_ms(10_000 + ms);
        let sample = Sample::new(VehicleId::new("24").unwrap(), at);
        Entry { ingest_time: Some(IngestTime::from_us(at.us())), record: Record::Sample(sample) }
    }
    fn flag(flag: Flag) -> RaceEventKind {
        RaceEventKind::Flag { flag }
    }
    fn read(tape: &std::path::Path) -> Vec<Entry> {
        let (mut reader, mut all, mut block) = (tape::Reader::open(tape).unwrap(), Vec::new(), Vec::new());
        while reader.next_block(&mut block).unwrap() != tape::Progress::End {
            all.append(&mut block);
        }
        all
    }

    #[test]
    fn what_several_threads_tell_lies_in_the_log_in_order_of_ingest_each_with_its_own_name() {
        let folder = std::env::temp_dir().join(format!("burnbar-journal-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        let (journal, inbox) = journal();
        let stop = Arc::new(AtomicBool::new(false));
        let start = EventTime::from_ms(10_000);
        let writer = PacedWriter::new(tape::Writer::create(&folder).unwrap(), start, 1.0, stop);
        let mut writer = writer.beginning_with(Some(flag(Flag::Red))).with_inbox(inbox);
        let tellers: Vec<_> = [Flag::Green, Flag::Yellow]
            .map(|shown| {
                let journal = journal.clone();
                thread::spawn(move || {
                    (0..20).map(|_| journal.append(flag(shown)).unwrap()).collect::<Vec<_>>()
                })
            })
            .into();
        for ms in (-500..600).step_by(20) {
            assert!(writer.append(&sample(ms)).unwrap());
        }
        let mut ids: Vec<_> = tellers.into_iter().flat_map(|teller| teller.join().unwrap()).collect();
        writer.finish().unwrap();
        assert_eq!(journal.append(flag(Flag::White)), Err(JournalError::Ended));

        let entries = read(&folder);
        let ingested: Vec<_> = entries.iter().map(|entry| entry.ingest_time.unwrap()).collect();
        assert!(ingested.is_sorted(), "{ingested:?}");
        let told: Vec<_> = entries
            .iter()
            .filter_map(|entry| match &entry.record {
                Record::Event(event) => Some(event),
                _ => None,
            })
            .collect();
        assert_eq!(told[0].event_time, EventTime::from_ms(9_500), "the first, with the first entry");
        assert!(told[1..].iter().all(|event| event.event_time >= start), "of now, not of the past");
        ids.sort();
        let mut found: Vec<_> = told[1..].iter().map(|event| event.id).collect();
        found.sort();
        assert_eq!((ids.len(), found), (40, ids.clone()));
        ids.dedup();
        assert_eq!(ids.len(), 40);
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
