//! A log that is written nowhere: entries as they come, once.

use crate::log::{Log, LogError, Next};
use events::{Entry, EntryBlock};

/// Entries handed over at once.
const BLOCK: usize = 4096;

/// Hands out what an iterator gives. It cannot be read again from its middle, so a run of it cannot be resumed.
pub struct OnePassLog<I>(I);

impl<I: Iterator<Item = Entry>> OnePassLog<I> {
    /// Of `entries`, in their order.
    pub fn new(entries: I) -> Self {
        OnePassLog(entries)
    }
}

impl<I: Iterator<Item = Entry>> Log for OnePassLog<I> {
    fn next(&mut self, block: &mut EntryBlock) -> Result<Next, LogError> {
        block.clear();
        block.extend(self.0.by_ref().take(BLOCK));
        Ok(if block.is_empty() { Next::End } else { Next::Entries })
    }

    fn seek(&mut self, _: u64) -> Result<(), LogError> {
        Err("a log that is not written down cannot be read again from its middle".into())
    }
}
