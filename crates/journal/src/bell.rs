//! Wakes whoever follows a log in the same process when something has been written.

use std::sync::{Arc, Mutex, PoisonError};
use std::task::Waker;

/// Rung by the writer of a log, for the one that follows it. Clones are the same bell.
#[derive(Clone, Debug, Default)]
pub struct Bell(Arc<Mutex<Option<Waker>>>);

impl Bell {
    /// From now on it wakes `waker`.
    pub(crate) fn wakes(&self, waker: &Waker) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(waker.clone());
    }

    /// Wakes whoever listens.
    pub(crate) fn ring(&self) {
        if let Some(waker) = &*self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            waker.wake_by_ref();
        }
    }
}
