//! The log of a session: what it is, its one writer, and the way into it.
//!
//! What is not in the log did not happen: the stream is a function of it alone. So operators and models that are asked
//! do not speak to the stream; they append to the log, where the stream finds what they appended.
//!
//! - `log`: what a log is to whoever reads it ([`Log`]);
//! - `disk`: the log on disk, a tape ([`open_tape`]); other backends go beside it;
//! - `bell`: wakes whoever follows a log that is written in the same process ([`Bell`]);
//! - `one_pass`: a log that is written nowhere ([`OnePassLog`]);
//! - `paced`: a log that is held back to race speed ([`paced`]);
//! - `writer`: the one writer: stamp, commit of many at once, answer ([`JournalWriter`]);
//! - `inbox`: the way into the log of a session that runs ([`Appender`]);
//! - `timekeeper`: time that passes, as an argument ([`Timekeeper`]).
//!
//! It knows no timely, no SQL and no HTTP.
//!
//! ```
//! use events::{Entry, EntryBlock, Record};
//! use journal::{JournalWriter, Next, Timekeeper, open_tape};
//! use std::time::Duration;
//! use units::{EventTime, IngestTime};
//!
//! struct Standing;
//! impl Timekeeper for Standing {
//!     fn elapsed(&self) -> Duration { Duration::ZERO }
//!     fn sleep(&self, _: Duration) {}
//! }
//!
//! # let dir = std::env::temp_dir().join(format!("burnbar-journal-example-{}", std::process::id()));
//! let tick = Entry { ingest_time: Some(IngestTime::from_ms(1_000)), record: Record::Tick };
//! let (tape, start) = (tape::Writer::create(&dir)?, EventTime::from_ms(1_000));
//! let mut writer = JournalWriter::new(tape, start, 1.0, Standing, Default::default());
//! assert!(writer.append(&tick)?);
//! writer.finish()?;
//!
//! let mut log = open_tape(&dir)()?;
//! let mut block = EntryBlock::default();
//! assert_eq!(log.next(&mut block)?, Next::Entries);
//! assert!(block.entries().eq([tick]));
//! # std::fs::remove_dir_all(&dir)?;
//! # Ok::<(), Box<dyn std::error::Error + Send + Sync>>(())
//! ```
#![forbid(unsafe_code)]

mod bell;
mod disk;
mod inbox;
mod log;
mod one_pass;
mod paced;
mod timekeeper;
mod writer;

pub use bell::Bell;
pub use disk::{AtBreak, follow_tape, open_tape};
pub use inbox::{AppendError, Appender, Inbox, SUBMITTED_EVENT_IDS, Submission, inbox};
pub use log::{Log, LogError, Next, OpenLog};
pub use one_pass::OnePassLog;
pub use paced::{PacedLog, paced};
pub use timekeeper::Timekeeper;
pub use writer::JournalWriter;
