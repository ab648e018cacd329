//! A seeded race with its own truth and faults.
