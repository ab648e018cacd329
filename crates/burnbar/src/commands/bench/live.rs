//! The system as it runs live, in a process of its own: it follows a tape that another process writes, keeps a store and
//! serves. So its CPU is that of the product, without cars and without screens.

use crate::args::FlowArgs;
use crate::config::{StreamConfig, session_of};
use crate::failure::Failure;
use crate::say::say;
use crate::session::{Audience, SessionRun, ShownUntil};
use journal::{AtBreak, follow_tape};
use std::path::Path;
use std::sync::Arc;
use store::Store;

/// How it tells where it serves.
pub const ADDRESS: &str = "address ";

/// Runs until the tape ends.
pub fn run(flow: &FlowArgs, tape: &Path, store: &Path) -> Result<(), Failure> {
    let audience = Audience {
        store: Arc::new(Store::open(store).map_err(Failure::run)?),
        port: 0,
        appender: None,
        boards: None,
        insights: None,
        writer: None,
    };
    let session =
        SessionRun::new(&StreamConfig::of(flow)?, session_of(tape)?, follow_tape(tape, AtBreak::Wait));
    session.show(audience, ShownUntil::LogEnds, |address| say(format_args!("{ADDRESS}{address}")))
}
