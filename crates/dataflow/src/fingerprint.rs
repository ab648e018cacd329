//! Which log it is: a checkpoint goes on only with the one whose entries it holds.

use events::{Entry, EntryBlock};
use journal::{LogError, Next, OpenLog};
use serde::{Deserialize, Serialize};

/// So many entries at the start of a log tell it from others: a few seconds of a race.
const HEAD_ENTRIES: u64 = 1_024;

/// Of the entries of a log around one of its places.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fingerprint {
    /// Of the first [`HEAD_ENTRIES`], or of all before the place where that are fewer.
    head: u32,
    /// Of the entry at the place, where one was there.
    next: Option<u32>,
}

/// Why a log is not the one of a checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OtherLog {
    /// Other entries at its start.
    #[error("it begins with other entries")]
    Head,
    /// Another entry where the run would go on.
    #[error("its entry {at} is another")]
    Entry {
        /// Its number.
        at: u64,
    },
    /// Too few entries.
    #[error("it has not even {entries} entries")]
    Short {
        /// So many are in the state.
        entries: u64,
    },
}

impl Fingerprint {
    /// Takes the entry `number`, which lies behind the place so far; it is made only where it is looked at.
    pub fn pass(&mut self, number: u64, entry: impl FnOnce() -> Entry) {
        if number < HEAD_ENTRIES {
            self.head = chain(self.head, digest(&entry()));
        }
    }

    /// With the entry at the place.
    pub fn before(self, entry: &Entry) -> Fingerprint {
        Fingerprint { next: Some(digest(entry)), ..self }
    }

    /// Whether a log is the one of which this was taken at `offset`.
    ///
    /// # Errors
    /// The log cannot be read.
    pub fn check(&self, open: &OpenLog, offset: u64) -> Result<Result<(), OtherLog>, LogError> {
        let short = OtherLog::Short { entries: offset };
        let head = first(open, 0, offset.min(HEAD_ENTRIES))?;
        if (head.len() as u64) < offset.min(HEAD_ENTRIES) {
            return Ok(Err(short));
        }
        if head.into_iter().fold(0, chain) != self.head {
            return Ok(Err(OtherLog::Head));
        }
        let last = offset.saturating_sub(1);
        let around = first(open, last, offset - last + 1)?;
        let has_last = around.len() as u64 >= offset - last;
        let next = around.get((offset - last) as usize).copied();
        Ok(match self.next {
            _ if !has_last => Err(short),
            Some(expected) if next != Some(expected) => match next {
                Some(_) => Err(OtherLog::Entry { at: offset }),
                None => Err(short),
            },
            _ => Ok(()),
        })
    }
}

/// The digests of up to `count` entries from `offset` on, as far as there are.
fn first(open: &OpenLog, offset: u64, count: u64) -> Result<Vec<u32>, LogError> {
    let (mut log, mut block, mut digests) = (open()?, EntryBlock::default(), Vec::new());
    if offset > 0 {
        log.seek(offset)?;
    }
    while (digests.len() as u64) < count && log.next(&mut block)? == Next::Entries {
        let wanted = count as usize - digests.len();
        digests.extend(block.entries().take(wanted).map(|entry| digest(&entry)));
    }
    Ok(digests)
}

/// Of one entry.
pub fn digest(entry: &Entry) -> u32 {
    crc32fast::hash(&postcard::to_stdvec(entry).unwrap_or_default())
}

fn chain(before: u32, digest: u32) -> u32 {
    crc32fast::hash(&[before.to_le_bytes(), digest.to_le_bytes()].concat())
}
