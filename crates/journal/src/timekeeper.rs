//! Time that passes, as an argument: only the program's shell reads a clock.

use std::time::Duration;

/// Counts the time since it was made, and waits.
pub trait Timekeeper: Send {
    /// Time since it was made; it never goes back.
    fn elapsed(&self) -> Duration;
    /// Waits for as long as this.
    fn sleep(&self, time: Duration);
}
