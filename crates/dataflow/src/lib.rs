//! From a log to insights: event-time windows, and the timely graph that runs them.
//!
//! Read `windows.rs` first (the operator, pure), then `graph.rs` (how it hangs on timely: one page), then `run.rs`.
//!
//! - Event time: `clock` (how far it has come, from the log alone), `source` (the log, stamped with when each entry takes
//!   effect), `grid` (windows and barriers).
//! - Operators, pure: `buffer` (what waits for its window), `windows` (the cars), `field_windows` (the field).
//! - On timely: `graph`, `holder` (the right to send), `pump` (reads the log into the graph), `run` (workers, attempts), `pool` (many sessions
//!   on a few threads).
//! - Out: `emit` (what is done with what leaves the graph), `sink`, `collect` (a run whose result is a value).
//! - Beside: `needle` and `scales` (flow and economy as samples pass).
//! - When something fails: `checkpoint` (state on disk), `resume` (where a run begins), `fingerprint`
//!   (whose log it is), `supervise` (how all workers stop).
//!
//! It is the only room that knows timely; it knows no SQL, no HTTP and no truth.
//!
//! ```
//! use dataflow::{Job, collect};
//! use events::{Entry, EntryBlock, EventId, RaceEvent, RaceEventKind, Record, Sample, Session, SessionId, Signal, VehicleId};
//! use journal::{Log, LogError, Next};
//! use units::EventTime;
//!
//! /// A log in memory.
//! struct Entries(Vec<Entry>);
//! impl Log for Entries {
//!     fn next(&mut self, block: &mut EntryBlock) -> Result<Next, LogError> {
//!         block.clear();
//!         block.extend(self.0.drain(..));
//!         Ok(if block.is_empty() { Next::End } else { Next::Entries })
//!     }
//!     fn seek(&mut self, _: u64) -> Result<(), LogError> { Err("it is read once".into()) }
//! }
//!
//! let (session, car, at) = (SessionId::new("race")?, VehicleId::new("24")?, EventTime::from_ms(100_000));
//! let opening = RaceEvent { event_time: at, id: EventId(1), kind: RaceEventKind::Session(Session::named(session)) };
//! let flat_out = Sample::new(car, at).with(Signal::Throttle, 1.0)?.with(Signal::Rpm, 8_000.0)?;
//! let records = [Record::Event(Box::new(opening)), Record::Sample(flat_out)];
//! let entries = records.map(|record| Entry { ingest_time: None, record });
//! let job = Job::new(Box::new(move || Ok(Box::new(Entries(entries.to_vec())))), session);
//!
//! // the car at the end of each window, up to where all of its laps would be settled
//! let cars = collect(job, Vec::new, |cars, closed| cars.extend(closed.board.cars.iter().map(|car| car.vehicle_id)))?;
//! assert_eq!(cars, [car; 6]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![forbid(unsafe_code)]

mod buffer;
mod checkpoint;
mod clock;
mod collect;
mod emit;
mod field_windows;
mod fingerprint;
mod graph;
mod grid;
mod holder;
mod job;
mod needle;
mod pool;
mod pump;
mod resume;
mod run;
mod scales;
mod sink;
mod source;
mod supervise;
mod windows;

pub use checkpoint::CheckpointError;
pub use clock::PartitionClock;
pub use collect::collect;
pub use fingerprint::OtherLog;
pub use grid::{Grid, LEAD, WindowNumber};
pub use job::{Job, RunError, RunReport};
pub use needle::NeedleListener;
pub use pool::{Pool, Running};
pub use run::run;
pub use sink::{ClosedWindow, OpenSink, Sink, nowhere};
pub use supervise::{AttemptError, RunCounts, WindowHook};
pub use windows::{CarOut, CarOutput, CarWindows, CarsState, VehicleKey};
