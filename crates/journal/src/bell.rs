//! Wakes whoever follows a log in the same process when something has been written.

use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, Thread};

/// Rung by the writer of a log, heard by the one thread that follows it. Clones are the same bell.
#[derive(Clone, Debug, Default)]
pub struct Bell(Arc<Mutex<Option<Thread>>>);

impl Bell {
    /// From now on this thread is woken from [`thread::park`].
    pub(crate) fn listen(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(thread::current());
    }

    /// Wakes whoever listens.
    pub(crate) fn ring(&self) {
        if let Some(listener) = &*self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            listener.unpark();
        }
    }
}
