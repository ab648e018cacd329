//! One car through the public interface: the published vectors, and what its state may weigh.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests are tests")]

mod follow;
mod gap_vector;
mod held_vectors;
mod windows;
