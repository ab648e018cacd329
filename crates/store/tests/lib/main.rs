//! The store as its users meet it: a stream that writes and restarts, readers beside it, and people with SQL.
#![allow(clippy::unwrap_used)]

mod documented;
mod folder;
mod older;
mod race;
mod records;
mod sink;
mod timeline;
