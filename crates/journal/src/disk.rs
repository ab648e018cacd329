//! The log on disk: a tape, whole or still being written.

use crate::log::{Log, LogError, Next, OpenLog};
use events::EntryBlock;
use std::path::Path;

impl Log for tape::Reader {
    fn next(&mut self, block: &mut EntryBlock) -> Result<Next, LogError> {
        Ok(match self.next_block(block)? {
            tape::Progress::Block { .. } => Next::Entries,
            tape::Progress::Pending => Next::Pending,
            tape::Progress::End => Next::End,
        })
    }

    fn seek(&mut self, offset: u64) -> Result<(), LogError> {
        Ok(tape::Reader::seek(self, tape::Offset(offset))?)
    }
}

/// The tape in the folder `path`, as fast as it can be read.
pub fn open_tape(path: &Path) -> OpenLog {
    let path = path.to_path_buf();
    Box::new(move || Ok(Box::new(tape::Reader::open(&path)?)))
}
