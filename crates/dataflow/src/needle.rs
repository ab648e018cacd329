//! The needle is read where the log is read: before the exchange, by the one worker that has the partition and its
//! clock. No operator knows of it, so it can change no insight; what it takes from the windows, the scales of cars, it
//! takes in the log's order: see `scales.rs`.

use crate::grid::WindowNumber;
use crate::scales::ScaleHistory;
use crate::source::Passing;
use events::Needle;
use race::{NeedleTap, RaceState};
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use units::EventTime;

/// Somebody who may want the needle.
pub trait NeedleListener: Send + Sync {
    /// Whether anybody wants it now; while nobody does, nothing is done for it.
    fn is_listening(&self) -> bool;
    /// Takes one. It must not wait: the stream does.
    fn take(&self, needle: Needle);
}

/// The scales as the field's operator leaves them, on the same worker.
pub type SharedScales = Rc<RefCell<ScaleHistory>>;

/// Reads the needle off what passes.
pub struct NeedleReader {
    listener: Arc<dyn NeedleListener>,
    tap: NeedleTap,
    scales: SharedScales,
}

impl NeedleReader {
    /// For `listener`, in a race whose events so far are in `race`.
    pub fn new(listener: Arc<dyn NeedleListener>, race: &RaceState, scales: SharedScales) -> Self {
        NeedleReader { listener, tap: NeedleTap::new(race.clone()), scales }
    }

    /// Whether samples are worth showing to [`NeedleReader::pass`].
    pub fn is_wanted(&self) -> bool {
        self.listener.is_listening()
    }

    /// What passes into the graph; `reached` is how far event time has come with it, and `frontier` the window that it
    /// had reached before. Samples count while `is_wanted`, race events always.
    pub fn pass(
        &mut self,
        passing: Passing<'_>,
        reached: EventTime,
        frontier: WindowNumber,
        is_wanted: bool,
    ) {
        match passing {
            Passing::Event(event) => self.tap.event(event),
            Passing::Sample(block, row) if is_wanted => {
                if let Some(mut needle) = self.tap.sample(&block.get(row), reached) {
                    self.scales.borrow().scale(&mut needle, frontier);
                    self.listener.take(needle);
                }
            }
            Passing::Sample(..) => {}
        }
    }
}
