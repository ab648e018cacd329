//! The needle is read where the log is read: before the exchange, by the one worker that has the partition and its
//! clock. No operator knows of it, so it can change no insight.

use crate::source::StampedEntry;
use events::Needle;
use race::{NeedleTap, RaceState};
use std::sync::Arc;
use units::EventTime;

/// Somebody who may want the needle.
pub trait NeedleListener: Send + Sync {
    /// Whether anybody wants it now; while nobody does, nothing is done for it.
    fn is_listening(&self) -> bool;
    /// Takes one. It must not wait: the stream does.
    fn hear(&self, needle: Needle);
}

/// Reads the needle off what passes, if there is a listener.
pub struct NeedleReader(Option<(Arc<dyn NeedleListener>, NeedleTap)>);

impl NeedleReader {
    /// For `listener`, in a race that has told `race` so far.
    pub fn new(listener: Option<Arc<dyn NeedleListener>>, race: &RaceState) -> Self {
        NeedleReader(listener.map(|listener| (listener, NeedleTap::new(race.clone()))))
    }

    /// Whether samples are worth showing to [`NeedleReader::pass`].
    pub fn is_wanted(&self) -> bool {
        self.0.as_ref().is_some_and(|(listener, _)| listener.is_listening())
    }

    /// What passes into the graph; `reached` is how far event time has come with it. Samples count while `is_wanted`,
    /// race events always.
    pub fn pass(&mut self, stamped: &StampedEntry, reached: EventTime, is_wanted: bool) {
        let Some((listener, tap)) = &mut self.0 else { return };
        match stamped {
            StampedEntry::Event(_, event) => tap.event(event),
            StampedEntry::Sample(effective) if is_wanted => {
                if let Some(needle) = tap.sample(&effective.sample, reached) {
                    listener.hear(needle);
                }
            }
            StampedEntry::Sample(_) => {}
        }
    }
}
