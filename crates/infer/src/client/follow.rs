//! Follows a served model while a session runs.

use super::RemoteModel;
use events::{Model, RaceEventKind};
use journal::{AppendError, Appender};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// How long a stop may go unnoticed.
const NAP: Duration = Duration::from_millis(50);

/// Looks again and again whether a served model has changed, and has each change written into the log: there the stream
/// finds it.
#[derive(Debug)]
pub struct Follow {
    remote: RemoteModel,
    /// What is in the log.
    known: Arc<Model>,
    every: Duration,
    stop: Arc<AtomicBool>,
}

/// Why a look came to nothing.
enum FollowError {
    Server(String),
    Log(AppendError),
}

impl Follow {
    /// Follows `remote`, whose model `known` is in the log already, and looks `every` so often until `stop` is true.
    pub fn new(remote: RemoteModel, known: Arc<Model>, every: Duration, stop: Arc<AtomicBool>) -> Follow {
        Follow { remote, known, every, stop }
    }

    /// Follows on a thread of its own, which ends at `stop`, or when the log has ended.
    pub fn spawn(mut self, log: Appender) -> JoinHandle<()> {
        thread::spawn(move || {
            let mut is_reachable = true;
            while self.rest() {
                match self.look(&log) {
                    Ok(()) => is_reachable = true,
                    Err(FollowError::Log(AppendError::Ended)) => return,
                    Err(FollowError::Log(refused)) => tracing::error!("a new model was lost: {refused}"),
                    // once, not every few seconds; the model that is known goes on
                    Err(FollowError::Server(error)) if is_reachable => {
                        is_reachable = false;
                        tracing::warn!(
                            "the served model cannot be followed: {error}; the last one stays in force"
                        );
                    }
                    Err(FollowError::Server(_)) => {}
                }
            }
        })
    }

    fn look(&mut self, log: &Appender) -> Result<(), FollowError> {
        let Some(model) = self.remote.fetch_newer().map_err(FollowError::Server)? else { return Ok(()) };
        if model == *self.known {
            return Ok(());
        }
        log.append(RaceEventKind::Model(Box::new(model.clone()))).map_err(FollowError::Log)?;
        tracing::info!(model = model.name.as_str(), "another model was taken up");
        self.known = Arc::new(model);
        Ok(())
    }

    /// Whether to go on after the wait.
    fn rest(&self) -> bool {
        let mut left = self.every;
        while !left.is_zero() && !self.stop.load(Ordering::Relaxed) {
            let nap = left.min(NAP);
            thread::sleep(nap);
            left -= nap;
        }
        !self.stop.load(Ordering::Relaxed)
    }
}
