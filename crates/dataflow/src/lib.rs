//! From a log to insights: event-time windows, and the timely graph that runs them.
//!
//! Read [`windows`](Windows) first (the operator, pure), then `graph.rs` (how it hangs on timely: one page), then
//! `run.rs` (feeding, checkpoints, supervision).
#![forbid(unsafe_code)]

mod checkpoint;
mod clock;
mod collect;
mod graph;
mod needle;
mod run;
mod sink;
mod source;
mod supervise;
mod windows;

pub use checkpoint::CheckpointError;
pub use clock::PartitionClock;
pub use collect::collect;
pub use journal::{Log, LogError, Next, OpenLog};
pub use needle::NeedleListener;
pub use run::{Job, Report, RunError, run};
pub use sink::{ClosedWindow, OpenSink, Sink, nowhere};
pub use supervise::{Counts, Failure, WindowHook};
pub use windows::{CarOut, Grid, Key, Output, State, WindowNumber, Windows};
