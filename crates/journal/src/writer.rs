//! The one writer of a log: each entry when it has arrived, and what others submit in between.

use crate::bell::Bell;
use crate::inbox::{AppendError, Inbox, SUBMITTED_EVENT_IDS};
use crate::log::{event_time, race_event};
use crate::timekeeper::Timekeeper;
use events::{Entry, EventId, RaceEventKind, Record};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tape::WriteError;
use units::{EventTime, IngestTime, Span};

/// How long an entry may lie before who follows the log sees it. The needle feels this; at 25 ms a block holds some
/// fifty samples of a full field.
const FLUSH_EVERY: Duration = Duration::from_millis(25);

/// Takes every record of the race as it is written.
type Observer = Box<dyn FnMut(&Record) + Send>;

/// Writes a log for somebody who follows it, in order of ingest time.
pub struct JournalWriter<T> {
    tape: tape::Writer,
    start: EventTime,
    speed: f64,
    time: T,
    stop: Arc<AtomicBool>,
    first: Option<RaceEventKind>,
    inbox: Option<Inbox>,
    observer: Option<Observer>,
    bell: Bell,
    /// Something was appended for which the bell has not rung.
    is_unrung: bool,
    /// Ingest time of the newest entry.
    newest: Option<IngestTime>,
}

impl<T: Timekeeper> JournalWriter<T> {
    /// Everything up to `start` at once, then `speed` times race speed by `time`, which starts now, until `stop` is set.
    pub fn new(tape: tape::Writer, start: EventTime, speed: f64, time: T, stop: Arc<AtomicBool>) -> Self {
        JournalWriter {
            tape,
            start,
            speed,
            time,
            stop,
            first: None,
            inbox: None,
            observer: None,
            bell: Bell::default(),
            is_unrung: false,
            newest: None,
        }
    }

    /// Writes this before the first entry, at the same time.
    pub fn beginning_with(self, first: Option<RaceEventKind>) -> Self {
        JournalWriter { first, ..self }
    }

    /// Writes what is submitted there as it comes.
    pub fn with_inbox(self, inbox: Inbox) -> Self {
        JournalWriter { inbox: Some(inbox), ..self }
    }

    /// Shows `observer` every record of the race that is written. It must not wait: the log does.
    pub fn observed_by(self, observer: impl FnMut(&Record) + Send + 'static) -> Self {
        JournalWriter { observer: Some(Box::new(observer)), ..self }
    }

    /// Rings `bell` when there is something new for whoever follows the tape.
    pub fn ringing(self, bell: Bell) -> Self {
        JournalWriter { bell, ..self }
    }

    /// Waits until an entry has arrived, and appends it. `false`: it was stopped instead.
    ///
    /// # Errors
    /// The tape refuses.
    pub fn append(&mut self, entry: &Entry) -> Result<bool, WriteError> {
        if let Some(kind) = self.first.take() {
            let at = event_time(entry).unwrap_or(self.start);
            self.write(&race_event(entry.ingest_time, at, EventId(SUBMITTED_EVENT_IDS - 1), kind))?;
        }
        loop {
            let now = self.now();
            if entry.ingest_time.is_none_or(|at| at.as_event_time() <= now) {
                break;
            }
            self.take_submissions(now)?;
            self.flush()?;
            if self.stop.load(Ordering::Relaxed) {
                return Ok(false);
            }
            self.time.sleep(FLUSH_EVERY);
        }
        self.write(entry)?;
        Ok(true)
    }

    /// The time in the race.
    fn now(&self) -> EventTime {
        self.start + Span::from_secs_f64(self.time.elapsed().as_secs_f64() * self.speed)
    }

    /// Writes what was submitted, between an entry that has arrived and one that has not: so ingest time never goes back.
    /// While the past is written in a rush, it waits: it is of now. All of it becomes durable at once, and then is
    /// answered.
    fn take_submissions(&mut self, now: EventTime) -> Result<(), WriteError> {
        let waiting = self.inbox.as_ref().map(Inbox::waiting).unwrap_or_default();
        if waiting.is_empty() {
            return Ok(());
        }
        let ingest_time = self.newest.max(Some(IngestTime::from_us(now.us())));
        let mut written = Vec::new();
        for one in waiting {
            match self.tape.append(&race_event(ingest_time, now, one.id, one.kind.clone())) {
                Ok(_) => written.push(one),
                Err(error @ WriteError::Io { .. }) => return Err(error),
                Err(error) => one.answer(Err(AppendError::Refused(error.to_string()))),
            }
        }
        self.newest = ingest_time;
        self.tape.commit()?;
        self.bell.ring();
        written.into_iter().for_each(|one| one.answer(Ok(())));
        Ok(())
    }

    fn flush(&mut self) -> Result<(), WriteError> {
        self.tape.flush()?;
        if std::mem::take(&mut self.is_unrung) {
            self.bell.ring();
        }
        Ok(())
    }

    fn write(&mut self, entry: &Entry) -> Result<(), WriteError> {
        self.is_unrung = true;
        self.newest = self.newest.max(entry.ingest_time);
        if let Some(observer) = &mut self.observer {
            observer(&entry.record);
        }
        self.tape.append(entry).map(drop)
    }

    /// Lets the follower know that nothing comes any more.
    ///
    /// # Errors
    /// The tape refuses.
    pub fn finish(self) -> Result<(), WriteError> {
        self.tape.finish()?;
        self.bell.ring();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::{AtBreak, follow_tape};
    use crate::inbox::inbox;
    use crate::log::Next;
    use events::{EntryBlock, Flag, Sample, VehicleId};
    use std::sync::Mutex;
    use std::task::{Wake, Waker};
    use std::thread;

    struct ThisThread(thread::Thread);

    impl Wake for ThisThread {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }

    /// Time that passes only while somebody sleeps.
    #[derive(Default)]
    struct Slept(Mutex<Duration>);

    impl Timekeeper for Slept {
        fn elapsed(&self) -> Duration {
            *self.0.lock().unwrap()
        }
        fn sleep(&self, time: Duration) {
            *self.0.lock().unwrap() += time;
            thread::yield_now();
        }
    }

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
        let (mut reader, mut all, mut block) =
            (tape::Reader::open(tape).unwrap(), Vec::new(), EntryBlock::default());
        while reader.next_block(&mut block).unwrap() != tape::Progress::End {
            all.extend(block.entries());
        }
        all
    }

    #[test]
    fn what_several_threads_submit_lies_in_the_log_in_order_of_ingest_each_with_its_own_id() {
        let folder = std::env::temp_dir().join(format!("burnbar-journal-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        let (appender, inbox) = inbox();
        let start = EventTime::from_ms(10_000);
        let tape = tape::Writer::create(&folder).unwrap();
        let writer = JournalWriter::new(tape, start, 1.0, Slept::default(), Arc::default());
        let mut writer = writer.beginning_with(Some(flag(Flag::Red))).with_inbox(inbox);
        let threads = [Flag::Green, Flag::Yellow].map(|shown| {
            let appender = appender.clone();
            thread::spawn(move || (0..20).map(|_| appender.append(flag(shown)).unwrap()).collect::<Vec<_>>())
        });
        let mut ms = -500;
        while ms < 600 || !threads.iter().all(|thread| thread.is_finished()) {
            assert!(writer.append(&sample(ms)).unwrap());
            ms += 20;
        }
        let mut ids: Vec<_> = threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect();
        writer.finish().unwrap();
        assert_eq!(appender.append(flag(Flag::White)), Err(AppendError::Ended));

        let entries = read(&folder);
        let ingested: Vec<_> = entries.iter().map(|entry| entry.ingest_time.unwrap()).collect();
        assert!(ingested.is_sorted(), "{ingested:?}");
        let events: Vec<_> = entries
            .iter()
            .filter_map(|entry| match &entry.record {
                Record::Event(event) => Some(event),
                _ => None,
            })
            .collect();
        assert_eq!(events[0].event_time, EventTime::from_ms(9_500), "the first, with the first entry");
        assert!(events[1..].iter().all(|event| event.event_time >= start), "of now, not of the past");
        ids.sort();
        let mut found: Vec<_> = events[1..].iter().map(|event| event.id).collect();
        found.sort();
        assert_eq!((ids.len(), found), (40, ids.clone()));
        ids.dedup();
        assert_eq!(ids.len(), 40);
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn whoever_follows_in_this_process_is_woken_by_what_is_written() {
        let folder = std::env::temp_dir().join(format!("burnbar-journal-bell-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        let (bell, (appender, inbox)) = (Bell::default(), inbox());
        let tape = tape::Writer::create(&folder).unwrap();
        let start = EventTime::from_ms(10_000);
        let writer = JournalWriter::new(tape, start, 1.0, Slept::default(), Arc::default());
        let mut writer = writer.with_inbox(inbox).ringing(bell.clone());
        let open = follow_tape(&folder, AtBreak::WaitFor(bell));
        let follower = thread::spawn(move || {
            let (mut log, mut read, mut block) = (open().unwrap(), 0, EntryBlock::default());
            log.wake(&Waker::from(Arc::new(ThisThread(thread::current()))));
            loop {
                match log.next(&mut block).unwrap() {
                    Next::Entries => read += block.len(),
                    // without the bell it would wait for ever
                    Next::Pending(_) => thread::park(),
                    Next::End | Next::Cut => return read,
                }
            }
        });
        let submitting = thread::spawn(move || appender.append(flag(Flag::Green)).is_ok());
        let mut written = 0;
        while written < 10 || !submitting.is_finished() {
            assert!(writer.append(&sample(20 * written)).unwrap());
            written += 1;
        }
        assert!(submitting.join().unwrap());
        writer.finish().unwrap();
        assert_eq!(follower.join().unwrap(), written as usize + 1);
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_writer_that_is_stopped_lets_go_of_what_has_not_arrived() {
        let folder = std::env::temp_dir().join(format!("burnbar-journal-stop-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        let tape = tape::Writer::create(&folder).unwrap();
        let stop = Arc::new(AtomicBool::new(true));
        let start = EventTime::from_ms(10_000);
        let mut writer = JournalWriter::new(tape, start, 1.0, Slept::default(), stop);
        assert!(writer.append(&sample(0)).unwrap(), "the past is written all the same");
        assert!(!writer.append(&sample(1)).unwrap());
        writer.finish().unwrap();
        assert_eq!(read(&folder), [sample(0)]);
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
