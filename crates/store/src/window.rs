//! What is handed to a store, and what became of it.

use events::{Board, LapSummary, RaceEvent};
use std::sync::Arc;

/// What one closed window of one session brought. All of it is of the board's session.
#[derive(Clone, Debug, PartialEq)]
pub struct Window {
    /// The field at its end, which is the sink position once it is written.
    pub board: Arc<Board>,
    /// Laps that became final in it.
    pub laps: Vec<LapSummary>,
    /// Race events that took effect in it, in the order in which they act. One with the id of an earlier one of its kind
    /// replaces it; a car that a roster does not name keeps its older entry.
    pub events: Vec<Arc<RaceEvent>>,
}

impl Window {
    /// A window that brought a board and nothing else.
    pub fn new(board: Arc<Board>) -> Self {
        Window { board, laps: Vec::new(), events: Vec::new() }
    }
}

/// What became of a write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[must_use = "a refused row is a defect upstream: count it where people look"]
pub struct Written {
    /// Insights and laps now at rest.
    pub rows: usize,
    /// Insights, laps and race events left out, because a number that may not be missing is NaN or infinite.
    pub refused: usize,
}
