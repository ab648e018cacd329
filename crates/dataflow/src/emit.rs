//! What leaves the graph: closed windows to the sink, barriers to the checkpoints, scales to the needle.

use crate::checkpoint::Shard;
use crate::field_windows::{FieldOutput, FieldState};
use crate::grid::WindowNumber;
use crate::needle::SharedScales;
use crate::sink::Sink;
use crate::supervise::Attempt;
use events::VehicleId;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

/// Barriers that the field has passed, for the source beside it to add its place in the log.
pub type PassedBarriers = Rc<RefCell<Vec<WindowNumber>>>;

/// Performs what the field's windows give, on the one worker that keeps the field.
pub struct Emitter {
    attempt: Arc<Attempt>,
    workers: usize,
    sink: Box<dyn Sink>,
    scales: SharedScales,
    passed: PassedBarriers,
    /// Cars that a user has been warned of: no roster names them.
    warned: BTreeSet<VehicleId>,
}

impl Emitter {
    /// To `sink`, of an attempt of so many workers; `scales` is kept up to date, and `passed` filled.
    pub fn new(
        attempt: Arc<Attempt>,
        workers: usize,
        sink: Box<dyn Sink>,
        scales: SharedScales,
        passed: PassedBarriers,
    ) -> Self {
        Emitter { attempt, workers, sink, scales, passed, warned: BTreeSet::new() }
    }

    /// Performs one output; whatever fails stops the attempt.
    pub fn emit(&mut self, state: &FieldState, output: FieldOutput) {
        match output {
            FieldOutput::Barrier(boundary) => {
                self.passed.borrow_mut().push(boundary);
                self.attempt.checkpoint(boundary, Shard::Field, self.workers, state);
                match self.sink.position() {
                    Ok(position) => self.attempt.checkpoint(boundary, Shard::Sink, self.workers, &position),
                    Err(error) => self.attempt.fail(error.into()),
                }
            }
            FieldOutput::Window(closed) => {
                self.warn(state);
                self.scales.replace(state.scales.clone());
                if let Err(error) = self.sink.window(&closed) {
                    self.attempt.fail(error.into());
                }
            }
        }
    }

    /// Nothing comes any more.
    pub fn finish(&mut self) {
        if let Err(error) = self.sink.finish() {
            self.attempt.fail(error.into());
        }
    }

    fn warn(&mut self, state: &FieldState) {
        for &vehicle in state.field.unlisted() {
            if self.warned.insert(vehicle) {
                tracing::warn!(%vehicle, "no roster names this car: it is followed, and shown once one does");
            }
        }
    }
}
