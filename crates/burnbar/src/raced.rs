//! A simulated race as a log, written nowhere.

use events::Entry;
use journal::{Log, LogError, Next};
use sim::{Emission, Race};

/// Entries handed over at once.
const BLOCK: usize = 4096;

/// Hands out the log of a race as it is run, and what is not of the log to somebody beside.
pub struct Raced<F> {
    race: Race,
    beside: F,
}

impl<F: FnMut(Emission)> Raced<F> {
    /// `race`, from its start.
    pub fn new(race: Race, beside: F) -> Self {
        Raced { race, beside }
    }
}

impl<F: FnMut(Emission)> Log for Raced<F> {
    fn next(&mut self, entries: &mut Vec<Entry>) -> Result<Next, LogError> {
        entries.clear();
        while entries.len() < BLOCK {
            match self.race.next() {
                Some(Emission::Log(entry)) => entries.push(entry),
                Some(other) => (self.beside)(other),
                None => break,
            }
        }
        Ok(if entries.is_empty() { Next::End } else { Next::Entries })
    }
    fn seek(&mut self, _: u64) -> Result<(), LogError> {
        Err("a race that is not written down cannot be read again from its middle".into())
    }
}
