//! Reads the log into the graph and steps it, a few windows or blocks ahead at most.

use crate::checkpoint::Shard;
use crate::emit::PassedBarriers;
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
/// And so many windows: of a small field eight blocks are the whole race, and a checkpoint waits for what is written.
const WINDOWS_AHEAD: WindowNumber = 48;

/// What the worker that reads the log has.
pub struct Pump {
    attempt: Arc<Attempt>,
    source: LogSource,
    /// Reads the needle off what passes, where somebody may want it.
    needle: Option<NeedleReader>,
    ends: Ends,
    barriers: PassedBarriers,
    /// Everything before has been sent.
    frontier: WindowNumber,
    /// The frontiers of the newest [`BLOCKS_AHEAD`] blocks.
    read: VecDeque<WindowNumber>,
}

impl Pump {
    /// From the stamped log `source` into the graph, whose emitter fills `barriers`.
    pub fn new(
        attempt: Arc<Attempt>,
        source: LogSource,
        needle: Option<NeedleReader>,
        mut ends: Ends,
        barriers: PassedBarriers,
    ) -> Self {
        let frontier = attempt.resumed_at().unwrap_or(0);
        ends.advance_to(frontier);
        Pump {
            attempt,
            source,
            needle,
            ends,
            barriers,
            frontier,
            read: VecDeque::from([frontier; BLOCKS_AHEAD]),
        }
    }

    /// Reads the next block, if there is one, and steps the graph until enough has left it.
    ///
    /// # Errors
    /// The log cannot be read on.
    pub fn turn(&mut self, worker: &mut Worker) -> Result<Next, AttemptError> {
        let next = self.feed()?;
        let ended = matches!(next, Next::End | Next::Cut);
        if next == Next::Cut {
            // what was decided so far may be written; that nothing follows may not
            self.wait_for(self.frontier, worker);
            self.mark_places(worker.peers());
            self.attempt.cut();
        }
        let reached = if ended { self.source.last_frontier() } else { self.source.frontier() };
        if reached > self.frontier {
            // everything before has been sent
            self.ends.advance_to(reached);
            self.frontier = reached;
        }
        match next {
            Next::Entries => {
                worker.step();
                self.read.push_back(self.frontier);
                let oldest = self.read.pop_front().unwrap_or(self.frontier);
                let ahead = if self.needle.is_some() { LEAD } else { WINDOWS_AHEAD };
                let behind = self.frontier.saturating_sub(ahead);
                let left = if self.needle.is_some() { behind } else { behind.max(oldest) };
                self.wait_for(left, worker);
            }
            Next::Pending(_) => self.wait_for(self.frontier, worker),
            Next::End | Next::Cut => {}
        }
        self.mark_places(worker.peers());
        self.attempt.count_source(self.source.counts());
        Ok(next)
    }

    /// Until all that was read has left the graph.
    pub fn finish(mut self, worker: &mut Worker) {
        // an operator that saw the end before the last frontier would not know where to stop
        self.wait_for(self.frontier, worker);
        self.mark_places(worker.peers());
        let probe = self.ends.close();
        while !probe.done() && !self.attempt.is_stopped() {
            worker.step_or_park(Some(PARK));
        }
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

    /// Adds the place in the log to the checkpoints at the barriers that the field has passed.
    fn mark_places(&mut self, workers: usize) {
        for boundary in self.barriers.take() {
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
