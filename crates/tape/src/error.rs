//! What can go wrong, with the data to act on it.

use crate::Offset;
use crate::segment::VERSION;
use events::IdError;
use std::io;
use std::ops::Range;
use std::path::PathBuf;
use thiserror::Error;

/// Why a tape cannot be written.
#[derive(Debug, Error)]
pub enum WriteError {
    /// The folder already holds a tape.
    #[error("{} already holds a tape: name another folder, or remove this one", dir.display())]
    Occupied {
        /// The folder.
        dir: PathBuf,
    },
    /// One entry is larger than a block may be. The tape stays as it was.
    #[error("an entry takes {bytes} bytes, more than the {max} that a tape holds in one entry: split it")]
    TooLarge {
        /// Its encoded size.
        bytes: usize,
        /// The limit.
        max: usize,
    },
    /// The system refused. What is on the disk is not known, so this writer takes nothing more.
    #[error("cannot write {}: {source}", path.display())]
    Io {
        /// File or folder.
        path: PathBuf,
        /// The answer of the system.
        source: io::Error,
    },
    /// An earlier write failed.
    #[error("{} failed to write before and takes nothing more: see the first error", path.display())]
    Broken {
        /// The segment file.
        path: PathBuf,
    },
}

/// Why a tape cannot be read, here.
#[derive(Debug, Error)]
pub enum ReadError {
    /// There is no tape there.
    #[error("{} is not a tape: {why}", dir.display())]
    NotATape {
        /// The path that was given.
        dir: PathBuf,
        /// What is there instead, and what would be right.
        why: &'static str,
    },
    /// It was written by a later version of this program.
    #[error(
        "{} has tape format {found}, and this program reads formats 1 to {VERSION}: use the burnbar that wrote it or a \
         newer one",
        segment.display()
    )]
    Version {
        /// The segment file.
        segment: PathBuf,
        /// Its format version.
        found: u32,
    },
    /// A range of bytes cannot be trusted. The reader already stands behind it: read on.
    #[error(transparent)]
    Damaged(#[from] Damage),
    /// The system refused.
    #[error("cannot read {}: {source}", path.display())]
    Io {
        /// File or folder.
        path: PathBuf,
        /// The answer of the system.
        source: io::Error,
    },
}

/// A range of a segment that cannot be trusted, and what was lost with it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "{} is damaged at bytes {} to {}: {cause}; {}",
    segment.display(), bytes.start, bytes.end, lost(*lost_from, *lost_to)
)]
pub struct Damage {
    /// The segment file.
    pub segment: PathBuf,
    /// The bytes of it; empty where bytes are missing.
    pub bytes: Range<u64>,
    /// The first entry that may be lost.
    pub lost_from: Offset,
    /// The first good entry after it: equal to `lost_from` when nothing is lost, `None` when not yet known.
    pub lost_to: Option<Offset>,
    /// What is wrong with the bytes.
    pub cause: Cause,
}

impl Damage {
    /// Whether it only lost entries before `start`.
    pub(crate) fn is_before(&self, start: Offset) -> bool {
        self.lost_from < start && self.lost_to.is_some_and(|to| to <= start)
    }
}

fn lost(from: Offset, to: Option<Offset>) -> String {
    match to {
        Some(to) if to == from => "no entry is lost".into(),
        Some(to) => format!("entries {from} up to but not {to} are lost"),
        None => format!("entries from {from} on are lost"),
    }
}

/// What is wrong with damaged bytes.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Cause {
    /// The segment file is not there.
    #[error("the file is missing")]
    Missing,
    /// The segment's header is not whole.
    #[error("the segment header is broken")]
    Header,
    /// There is no whole block head where one must begin.
    #[error("no block begins here")]
    Head,
    /// The body of a block does not have its checksum, or is cut.
    #[error("the block's checksum is wrong")]
    Body,
    /// Blocks that were here are gone.
    #[error("blocks are missing")]
    Gap,
    /// The checksum is right, but an entry cannot be understood.
    #[error("an entry cannot be understood: {0}")]
    Entry(#[from] EntryError),
}

/// Why bytes with the right checksum are not an entry: they were not written by [`crate::Writer`].
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum EntryError {
    /// The block ends within an entry.
    #[error("it ends too early")]
    Short,
    /// The block holds more than its entries.
    #[error("bytes are left over")]
    Long,
    /// A number is too large for its field.
    #[error("a number is out of range")]
    Range,
    /// A text is not UTF-8.
    #[error("a text is not UTF-8")]
    Text,
    /// A number that stands for one of a few things stands for none.
    #[error("there is no {what} {number}")]
    Unknown {
        /// Of what.
        what: &'static str,
        /// The number.
        number: u64,
    },
    /// The vehicles of a block are not those of its samples.
    #[error("a vehicle comes twice in its block, or has no sample there")]
    Vehicles,
    /// A text is not an id.
    #[error(transparent)]
    Id(#[from] IdError),
}
