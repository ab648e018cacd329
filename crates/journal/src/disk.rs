//! The log on disk: a tape, whole or still being written.

use crate::bell::Bell;
use crate::log::{Log, LogError, Next, OpenLog};
use events::EntryBlock;
use std::path::{Path, PathBuf};
use std::task::Waker;
use std::time::Duration;

/// How often a tape that another process may write is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(5);
/// How often one is looked at of which a bell tells: in case its writer died before it rang.
const LOOK_ANYWAY_EVERY: Duration = Duration::from_millis(100);

/// What is done where a tape has nothing more, but no end either.
#[derive(Clone, Debug)]
pub enum AtBreak {
    /// Read what is whole, and say so: its writer died, or still writes.
    Stop,
    /// Wait: another process writes it.
    Wait,
    /// Wait for a writer of this process, which rings: see [`JournalWriter::ringing`](crate::JournalWriter::ringing).
    WaitFor(Bell),
}

/// A tape that is read.
struct TapeLog {
    path: PathBuf,
    tape: tape::Reader,
    at_break: AtBreak,
    has_warned: bool,
}

impl Log for TapeLog {
    fn next(&mut self, block: &mut EntryBlock) -> Result<Next, LogError> {
        let progress = self.tape.next_block(block).map_err(|error| match error {
            tape::ReadError::Damaged(damage) => {
                format!("{damage}. `burnbar tape repair` copies what is whole to another tape").into()
            }
            other => LogError::from(other),
        })?;
        Ok(match (progress, &self.at_break) {
            (tape::Progress::Block { .. }, _) => Next::Entries,
            (tape::Progress::End, _) => Next::End,
            (tape::Progress::Pending, AtBreak::Wait) => Next::Pending(LOOK_EVERY),
            (tape::Progress::Pending, AtBreak::WaitFor(_)) => Next::Pending(LOOK_ANYWAY_EVERY),
            (tape::Progress::Pending, AtBreak::Stop) => {
                self.warn()?;
                Next::Cut
            }
        })
    }

    fn seek(&mut self, offset: u64) -> Result<(), LogError> {
        Ok(self.tape.seek(tape::Offset(offset))?)
    }

    fn wake(&mut self, waker: &Waker) {
        if let AtBreak::WaitFor(bell) = &self.at_break {
            bell.wakes(waker);
        }
    }
}

impl TapeLog {
    fn warn(&mut self) -> Result<(), LogError> {
        if !std::mem::replace(&mut self.has_warned, true) {
            let (entries, bytes) = (self.tape.offset().0, self.tape.bytes_left()?);
            tracing::warn!(
                "{} breaks off: its writer died, or still writes. Its {entries} whole entries are read; {bytes} bytes behind \
                 them are not",
                self.path.display()
            );
        }
        Ok(())
    }
}

/// The tape in the folder `path`, as fast as it can be read, to its end or to where it breaks off.
pub fn open_tape(path: &Path) -> OpenLog {
    follow_tape(path, AtBreak::Stop)
}

/// The tape in the folder `path`, as fast as it can be read.
pub fn follow_tape(path: &Path, at_break: AtBreak) -> OpenLog {
    let path = path.to_path_buf();
    Box::new(move || {
        let tape = tape::Reader::open(&path)?;
        Ok(Box::new(TapeLog { path: path.clone(), tape, at_break: at_break.clone(), has_warned: false }))
    })
}
