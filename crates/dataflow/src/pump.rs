//! Reads the log into the graph and steps it, a few windows or blocks ahead at most.

use crate::checkpoint::Shard;
use crate::graph::Ends;
use crate::grid::{LEAD, WindowNumber};
use crate::needle::NeedleReader;
use crate::source::{LogSource, Passing};
use crate::supervise::{Attempt, AttemptError};
use journal::Next;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;
use timely::worker::Worker;

/// How long a worker with nothing to do waits before it looks whether it is stopped; what other workers send wakes it.
pub const PARK: Duration = Duration::from_millis(50);

/// So many blocks of the log may be in the graph, where no needle asks for less: enough for each worker to have one while
/// the next is read and the last is written.
const BLOCKS_AHEAD: usize = 8;

/// What the worker that reads the log has.
pub struct Pump {
    /// What all workers share.
    pub attempt: Arc<Attempt>,
    /// The log, stamped.
    pub source: LogSource,
    /// Reads the needle off what passes, where somebody may want it.
    pub needle: Option<NeedleReader>,
    /// The graph.
    pub ends: Ends,
}

impl Pump {
    /// Until the log ends or the run is stopped.
    ///
    /// # Errors
    /// The log cannot be read on.
    pub fn run(mut self, worker: &mut Worker) -> Result<(), AttemptError> {
        let mut frontier = self.attempt.resumed_at().unwrap_or(0);
        let mut read = VecDeque::from([frontier; BLOCKS_AHEAD]);
        self.ends.advance_to(frontier);
        while !self.attempt.is_stopped() {
            let next = self.feed()?;
            let ended = next == Next::End;
            let reached = if ended { self.source.last_frontier() } else { self.source.frontier() };
            if reached > frontier {
                self.advance(frontier, reached, worker.peers());
                frontier = reached;
            }
            match next {
                Next::Entries => drop(worker.step()),
                Next::Pending(again) => drop(worker.step_or_park(Some(again))),
                Next::End => break,
            }
            read.push_back(frontier);
            let oldest = read.pop_front().unwrap_or(frontier);
            let left = if self.needle.is_some() { frontier.saturating_sub(LEAD) } else { oldest };
            self.wait_for(left, worker);
            self.attempt.count_source(self.source.counts());
        }
        // an operator that saw the end before the last frontier would not know where to stop
        self.wait_for(frontier, worker);
        self.attempt.count_source(self.source.counts());
        let probe = self.ends.close();
        while !probe.done() && !self.attempt.is_stopped() {
            worker.step_or_park(Some(PARK));
        }
        Ok(())
    }

    /// Hands over a block. Where the needle is read it ends with its window: so every entry is read while the boards of
    /// all windows further back than [`LEAD`] are there.
    fn feed(&mut self) -> Result<Next, AttemptError> {
        let Pump { source, needle, ends, .. } = self;
        let fed = match needle {
            None => source.feed(None, |_, _| {}, |stamped| ends.send(stamped)),
            Some(needle) => {
                let (window, is_wanted) = (source.window(), needle.is_wanted());
                let pass = |passing: Passing<'_>, reached| needle.pass(passing, reached, window, is_wanted);
                source.feed(Some(window), pass, |stamped| ends.send(stamped))
            }
        };
        fed.map_err(AttemptError::Log)
    }

    /// Promises that everything before `reached` has been sent, and checkpoints the places of the barriers on the way.
    fn advance(&mut self, frontier: WindowNumber, reached: WindowNumber, workers: usize) {
        self.ends.advance_to(reached);
        let behind = if frontier == 0 { self.source.first_window() } else { frontier };
        for boundary in self.attempt.grid().barriers(behind, reached) {
            let place = self.source.place_before(boundary);
            self.attempt.checkpoint(boundary, Shard::Source, workers, &place);
        }
    }

    /// Until every window before `window` has left the graph.
    fn wait_for(&self, window: WindowNumber, worker: &mut Worker) {
        while self.ends.probe.less_than(&window) && !self.attempt.is_stopped() {
            worker.step_or_park(Some(PARK));
        }
    }
}
