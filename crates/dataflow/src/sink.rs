//! Where closed windows go.

use events::{Board, LapSummary, RaceEvent, VehicleId};
use race::{LateSample, Segment};
use std::io;
use std::sync::Arc;

/// Everything that one window gives.
#[derive(Clone, Debug)]
pub struct ClosedWindow {
    /// The field at its end.
    pub board: Arc<Board>,
    /// Laps that have become final, in order of vehicle and time.
    pub laps: Vec<LapSummary>,
    /// Segments of the cars' ways that have become final, in order of vehicle and time.
    pub segments: Vec<(VehicleId, Box<Segment>)>,
    /// Samples that came too late to count.
    pub late: Vec<LateSample>,
    /// Race events that took effect in it.
    pub events: Vec<Arc<RaceEvent>>,
}

/// Takes closed windows in order, once each between two calls of [`Sink::position`].
pub trait Sink {
    /// Takes the next window.
    ///
    /// # Errors
    /// It cannot be written: the run stops.
    fn window(&mut self, closed: &ClosedWindow) -> io::Result<()>;

    /// Makes all windows so far durable and names the place behind them, for [`OpenSink`] to truncate to.
    ///
    /// # Errors
    /// It cannot be made durable: the run stops.
    fn position(&mut self) -> io::Result<Vec<u8>>;

    /// Nothing comes any more: whatever waits is written.
    ///
    /// # Errors
    /// It cannot be written.
    fn finish(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Opens a sink at a position that it gave before, dropping what lies behind; at its start without one.
pub type OpenSink = Box<dyn Fn(Option<&[u8]>) -> io::Result<Box<dyn Sink>> + Send + Sync>;

/// A sink that keeps nothing.
pub fn nowhere() -> OpenSink {
    struct Nowhere;
    impl Sink for Nowhere {
        fn window(&mut self, _: &ClosedWindow) -> io::Result<()> {
            Ok(())
        }
        fn position(&mut self) -> io::Result<Vec<u8>> {
            Ok(Vec::new())
        }
    }
    Box::new(|_| Ok(Box::new(Nowhere)))
}
