//! Follows a served model while a session runs.

use super::http::Address;
use super::source::Served;
use events::{Model, RaceEventKind};
use journal::{AppendError, Appender};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// How long a stop may go unnoticed.
const NAP: Duration = Duration::from_millis(50);

/// Asks for the model again and again, and has each change written into the log: there the stream finds it.
pub struct Follower {
    served: Served,
    journal: Appender,
    /// What is in the log.
    known: Arc<Model>,
    every: Duration,
    stop: Arc<AtomicBool>,
}

impl Follower {
    /// Follows `address`, whose model `known` is in the log already.
    pub fn new(
        address: &Address,
        known: Arc<Model>,
        journal: Appender,
        every: Duration,
        stop: Arc<AtomicBool>,
    ) -> Self {
        Follower { served: Served::new(address), journal, known, every, stop }
    }

    /// Until it is told to stop, or the log has ended.
    pub fn spawn(mut self) -> JoinHandle<()> {
        thread::spawn(move || {
            let mut is_there = true;
            while self.rest() {
                match self.look() {
                    Ok(()) => is_there = true,
                    Err(Trouble::Log(AppendError::Ended)) => return,
                    Err(Trouble::Log(refused)) => tracing::error!("a new model was lost: {refused}"),
                    // once, not every few seconds; the model that is known goes on
                    Err(Trouble::Server(error)) if is_there => {
                        is_there = false;
                        tracing::warn!(
                            "the served model cannot be followed: {error}; the last one stays in force"
                        );
                    }
                    Err(Trouble::Server(_)) => {}
                }
            }
        })
    }

    fn look(&mut self) -> Result<(), Trouble> {
        let Some(model) = self.served.newer().map_err(Trouble::Server)? else { return Ok(()) };
        if model == *self.known {
            return Ok(());
        }
        self.journal.append(RaceEventKind::Model(Box::new(model.clone()))).map_err(Trouble::Log)?;
        tracing::info!(model = model.name.as_str(), "another model was taken up");
        self.known = Arc::new(model);
        Ok(())
    }

    /// `false`: told to stop.
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

enum Trouble {
    Server(String),
    Log(AppendError),
}
