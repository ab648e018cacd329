//! The server as its clients meet it: real requests and real sockets, on any free port.
#![allow(clippy::unwrap_used)]

mod client;
mod contract;
mod evidence;
mod http;
#[path = "../../../store/tests/lib/race.rs"]
#[allow(dead_code)]
mod race;
mod socket;
mod timeline;
