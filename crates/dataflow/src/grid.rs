//! How event time is cut into windows: half-open, `[number * width, (number + 1) * width)`, aligned to the epoch.

use race::LATENESS_MAX;
use serde::{Deserialize, Serialize};
use units::{EventTime, Span};

/// The number of a window: what timely calls a time.
pub type WindowNumber = u64;

/// How event time is cut into windows, and where barriers of checkpoints lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grid {
    width: Span,
    barrier_every: Option<u64>,
}

impl Grid {
    /// Windows of `width`, at least 1 ms; checkpoints every `barrier_every` (rounded up to whole windows), if at all.
    pub fn new(width: Span, barrier_every: Option<Span>) -> Self {
        let width = width.max(Span::from_ms(1));
        let windows = |every: Span| (every.us().max(1) as u64).div_ceil(width.us() as u64);
        Grid { width, barrier_every: barrier_every.map(windows) }
    }
    /// Whether checkpoints are taken at all.
    pub fn has_barriers(&self) -> bool {
        self.barrier_every.is_some()
    }
    /// The window that holds `at`. Times before the epoch fall into the first.
    pub fn window(&self, at: EventTime) -> WindowNumber {
        at.us().max(0) as u64 / self.width.us() as u64
    }
    /// Its start, inclusive.
    pub fn start(&self, window: WindowNumber) -> EventTime {
        EventTime::from_us((window as i64).saturating_mul(self.width.us()))
    }
    /// Its end, exclusive.
    pub fn end(&self, window: WindowNumber) -> EventTime {
        EventTime::from_us((window as i64 + 1).saturating_mul(self.width.us()))
    }
    /// No sample or event that takes effect in the window changes what lies before this.
    pub fn settled_to(&self, window: WindowNumber) -> EventTime {
        self.start(window) - LATENESS_MAX
    }
    /// The newest barrier in `(after, until]`, as the number of the first window behind it.
    pub fn barrier(&self, after: WindowNumber, until: WindowNumber) -> Option<WindowNumber> {
        let every = self.barrier_every?;
        let newest = until / every * every;
        (newest > after).then_some(newest)
    }
}

/// How far the log may be read ahead of what has left the graph, in windows: it bounds memory, and makes the boards of
/// windows further back than this known wherever the log is read.
pub const LEAD: WindowNumber = 4;
