//! Walking a whole tape to tell what of it is good.

use crate::{Damage, Progress, ReadError, Reader};
use events::EntryBlock;
use std::path::Path;

/// What a walk over a tape found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Good blocks.
    pub blocks: u64,
    /// Entries in them.
    pub entries: u64,
    /// Whether the writer has finished it.
    pub finished: bool,
    /// Bytes behind the last good block of an unfinished tape: a block being written, or one that a crash has cut.
    pub torn_bytes: u64,
    /// Every damaged range, in order.
    pub damage: Vec<Damage>,
}

/// Reads the whole tape in the folder `dir`, decodes every entry and names every damaged range.
///
/// # Errors
/// As [`Reader::open`] and [`Reader::next_block`], but for damage.
pub fn check(dir: &Path) -> Result<Report, ReadError> {
    let mut reader = Reader::open(dir)?;
    let (mut report, mut entries) = (Report::default(), EntryBlock::default());
    loop {
        match reader.next_block(&mut entries) {
            Ok(Progress::Block { .. }) => {
                report.blocks += 1;
                report.entries += entries.len() as u64;
            }
            Ok(Progress::Pending) => return Ok(Report { torn_bytes: reader.bytes_left()?, ..report }),
            Ok(Progress::End) => return Ok(Report { finished: true, ..report }),
            Err(ReadError::Damaged(damage)) => report.damage.push(damage),
            Err(error) => return Err(error),
        }
    }
}
