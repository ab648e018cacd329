//! The one format of journal and recordings, byte by byte: the journal is a tape being written.
//!
//! A tape is a folder of segment files. A segment is a header and then blocks of [`events::Entry`]s; each block is
//! checksummed and decodes alone, and its head tells which entries and which event times it holds. So a reader seeks
//! without decoding, follows a tape while another process writes it, and names every damaged range and reads on after
//! it. The bytes are drawn in docs/tape-format.md.
//!
//! - `varint`, `series`, `columns`, `race_event`: entries as bytes; `format_1`: as they once were;
//! - `block`, `segment`: what frames them in a file;
//! - `writer`, `cursor`, `reader`, `check`: the folder.
//!
//! ```
//! use events::{Entry, EntryBlock, Record};
//! use tape::{Progress, Reader, Writer};
//! use units::IngestTime;
//!
//! # let dir = std::env::temp_dir().join(format!("burnbar-tape-example-{}", std::process::id()));
//! let tick = Entry { ingest_time: Some(IngestTime::from_ms(1_000)), record: Record::Tick };
//! let mut writer = Writer::create(&dir)?;
//! writer.append(&tick)?;
//! writer.finish()?;
//!
//! let mut reader = Reader::open(&dir)?;
//! let mut block = EntryBlock::default();
//! assert!(matches!(reader.next_block(&mut block)?, Progress::Block { .. }));
//! assert!(block.entries().eq([tick]));
//! assert_eq!(reader.next_block(&mut block)?, Progress::End);
//! # std::fs::remove_dir_all(&dir)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![forbid(unsafe_code)]

mod block;
mod check;
mod columns;
mod cursor;
mod error;
mod format_1;
mod race_event;
mod reader;
mod segment;
mod series;
mod varint;
mod vehicles;
mod writer;

pub use check::{Report, check};
pub use error::{Cause, Damage, EntryError, ReadError, WriteError};
pub use reader::{Progress, Reader};
pub use writer::Writer;

use std::fmt;

/// Which entry of the whole tape, counted from 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Offset(pub u64);

impl Offset {
    /// As a number.
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl From<u64> for Offset {
    fn from(ordinal: u64) -> Self {
        Offset(ordinal)
    }
}

impl fmt::Display for Offset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
