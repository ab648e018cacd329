//! Several recordings as one import.

use crate::import::Import;
use crate::recording::STRETCH_GAP;
use events::EventId;
use units::{EventTime, Span};

/// Ids of race events of different files lie this far apart, so that none corrects another's.
const IDS_PER_FILE: u64 = 1 << 32;

impl Import {
    /// Adds recording number `index`, from 0, whose clock is that of those before: they are merged by it. The files share
    /// no order of arrival.
    pub fn merge(&mut self, mut next: Import, index: u64) {
        next.events.iter_mut().for_each(|event| event.id = EventId(event.id.0 + index * IDS_PER_FILE));
        self.events.append(&mut next.events);
        self.events.sort_by_key(|event| (event.event_time, event.id));
        self.arrivals = None;
        self.samples.append(&mut next.samples);
        self.samples.sort_by_key(|sample| sample.event_time);
        self.truth.append(&mut next.truth);
        self.quarantine.kept.append(&mut next.quarantine.kept);
        for (reason, count) in next.quarantine.counts {
            *self.quarantine.counts.entry(reason).or_default() += count;
        }
        self.received += next.received;
        self.skipped += next.skipped;
    }

    /// Adds recording number `index`, from 0, which has no clock in common with those before: it follows them.
    pub fn follow(&mut self, mut next: Import, index: u64) {
        if let (Some(last), Some(first)) = (self.samples.last(), next.samples.first()) {
            let by: Span = last.event_time + STRETCH_GAP - first.event_time;
            next.move_by(by);
        }
        self.merge(next, index);
    }

    fn move_by(&mut self, by: Span) {
        let moved = |at: EventTime| at + by;
        self.samples.iter_mut().for_each(|sample| sample.event_time = moved(sample.event_time));
        self.events.iter_mut().for_each(|event| event.event_time = moved(event.event_time));
        for truth in &mut self.truth {
            truth.from_us += by.us();
            truth.to_us += by.us();
        }
    }
}
