//! What arrives waits here for its window to close.

use crate::grid::WindowNumber;
use std::collections::VecDeque;

/// Records by window. Few windows are open at a time, so they are looked up in order; batches are used again.
#[derive(Debug)]
pub struct WindowBuffer<T> {
    batches: VecDeque<(WindowNumber, Vec<T>)>,
    spare: Vec<Vec<T>>,
}

impl<T> Default for WindowBuffer<T> {
    fn default() -> Self {
        WindowBuffer { batches: VecDeque::new(), spare: Vec::new() }
    }
}

impl<T> WindowBuffer<T> {
    /// Keeps a record for its window.
    pub fn push(&mut self, window: WindowNumber, record: T) {
        if let Some((_, batch)) = self.batches.iter_mut().rev().find(|(number, _)| *number == window) {
            return batch.push(record);
        }
        let mut batch = self.spare.pop().unwrap_or_default();
        batch.push(record);
        self.batches.push_back((window, batch));
    }

    /// The first window that has records.
    pub fn first(&self) -> Option<WindowNumber> {
        self.batches.iter().map(|(window, _)| *window).min()
    }

    /// Takes the records of a window out, in order of arrival.
    pub fn take(&mut self, window: WindowNumber) -> Vec<T> {
        let index = self.batches.iter().position(|(number, _)| *number == window);
        index.and_then(|index| self.batches.remove(index)).map(|(_, batch)| batch).unwrap_or_default()
    }

    /// Takes a batch to use again. One that never held anything was not taken from here: kept, they would add up, one
    /// a window in which nothing arrives.
    pub fn give_back(&mut self, mut batch: Vec<T>) {
        if batch.capacity() > 0 {
            batch.clear();
            self.spare.push(batch);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_leave_with_their_window_in_order_of_arrival() {
        let mut buffer = WindowBuffer::default();
        for (window, record) in [(7, 'a'), (9, 'b'), (7, 'c'), (8, 'd')] {
            buffer.push(window, record);
        }
        assert_eq!((buffer.first(), buffer.take(6)), (Some(7), vec![]));
        assert_eq!((buffer.take(7), buffer.take(7), buffer.first()), (vec!['a', 'c'], vec![], Some(8)));
    }

    #[test]
    fn batches_are_used_again_and_do_not_add_up() {
        let mut buffer = WindowBuffer::default();
        for window in 0..100 {
            if window % 3 == 0 {
                buffer.push(window, window);
            }
            let batch = buffer.take(window);
            buffer.give_back(batch);
        }
        assert_eq!((buffer.spare.len(), buffer.batches.len()), (1, 0));
    }
}
