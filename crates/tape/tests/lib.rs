//! What the tape promises, through its public interface.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests are tests")]

mod arbitrary;
mod damage;
mod folder;
mod follow;
mod format;
mod refused;
mod round_trip;
mod seek;
mod stream;
