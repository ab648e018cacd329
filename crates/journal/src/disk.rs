//! The log on disk: a tape, whole or still being written.

use crate::bell::Bell;
use crate::log::{Log, LogError, Next, OpenLog};
use events::EntryBlock;
use std::path::Path;
use std::task::Waker;
use std::time::Duration;

/// How often a tape that another process may write is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(5);
/// How often one is looked at of which a bell tells: in case its writer died before it rang.
const LOOK_ANYWAY_EVERY: Duration = Duration::from_millis(100);

/// A tape that is read.
struct TapeLog {
    tape: tape::Reader,
    bell: Option<Bell>,
}

impl Log for TapeLog {
    fn next(&mut self, block: &mut EntryBlock) -> Result<Next, LogError> {
        Ok(match self.tape.next_block(block)? {
            tape::Progress::Block { .. } => Next::Entries,
            tape::Progress::Pending if self.bell.is_some() => Next::Pending(LOOK_ANYWAY_EVERY),
            tape::Progress::Pending => Next::Pending(LOOK_EVERY),
            tape::Progress::End => Next::End,
        })
    }

    fn seek(&mut self, offset: u64) -> Result<(), LogError> {
        Ok(self.tape.seek(tape::Offset(offset))?)
    }

    fn wake(&mut self, waker: &Waker) {
        self.bell.iter().for_each(|bell| bell.wakes(waker));
    }
}

/// The tape in the folder `path`, as fast as it can be read.
pub fn open_tape(path: &Path) -> OpenLog {
    follow(path, None)
}

/// The tape in the folder `path`, which a writer of this process writes, and rings `bell`: see
/// [`JournalWriter::ringing`](crate::JournalWriter::ringing).
pub fn follow_tape(path: &Path, bell: Bell) -> OpenLog {
    follow(path, Some(bell))
}

fn follow(path: &Path, bell: Option<Bell>) -> OpenLog {
    let path = path.to_path_buf();
    Box::new(move || {
        let (tape, bell) = (tape::Reader::open(&path)?, bell.clone());
        Ok(Box::new(TapeLog { tape, bell }))
    })
}
