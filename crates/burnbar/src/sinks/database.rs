//! The store and, behind it, the live bus: a board is published only once it is at rest.

use api::Live;
use dataflow::{ClosedWindow, Sink};
use events::SessionId;
use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use store::{Store, Window};
use units::EventTime;

/// How often a write is tried, and how long to wait in between: for about a minute, as each waits for a lock too.
const TRIES: usize = 40;
const PAUSE: Duration = Duration::from_millis(500);

/// Writes closed windows to a store.
pub struct Database {
    store: Arc<Store>,
    live: Option<Live>,
    waiting: Vec<Window>,
    /// How many windows a write may wait for: one where somebody watches, many where nobody does.
    batch: usize,
    /// Set when nobody waits for it any more.
    stop: Arc<AtomicBool>,
    written_to: Option<(SessionId, EventTime)>,
    /// Those that this run has begun, or goes on with.
    sessions: BTreeSet<SessionId>,
}

impl Database {
    /// A sink that goes on from `position`; without one it writes each session anew.
    pub fn open(
        store: Arc<Store>,
        live: Option<Live>,
        batch: usize,
        stop: Arc<AtomicBool>,
        position: Option<&[u8]>,
    ) -> io::Result<Self> {
        let (waiting, sessions) = (Vec::new(), BTreeSet::new());
        let mut sink = Database { store, live, waiting, batch, stop, written_to: None, sessions };
        if let Some(bytes) = position {
            sink.written_to = serde_json::from_slice(bytes).map_err(io::Error::other)?;
        }
        if let Some((session, at)) = sink.written_to {
            let held = sink.store.position(session).map_err(io::Error::other)?;
            if held < Some(at) {
                let held = held.map_or("nothing".into(), |held| format!("nothing behind {held}"));
                return Err(io::Error::other(format!(
                    "the store holds {held} of session {session}, and the state says that it was written to {at}: put the \
                     store back, or remove the folder of the state, and all is written anew from the log"
                )));
            }
            sink.store.cut_after(session, at).map_err(io::Error::other)?;
            sink.sessions.insert(session);
        }
        Ok(sink)
    }

    /// A session that is not gone on with begins empty, whatever log brought one of its name before.
    fn begin(&mut self, session: SessionId) -> io::Result<()> {
        if self.sessions.insert(session)
            && let Some(at) = self.store.position(session).map_err(io::Error::other)?
        {
            tracing::warn!(%session, %at, "the store holds this session already: it is written anew");
            self.store.forget(session).map_err(io::Error::other)?;
        }
        Ok(())
    }

    /// Writes what waits. A store that is locked, or on a disk that is full, may be so for a while: it is tried again for as
    /// long as that, and the log is read on afterwards.
    fn flush(&mut self) -> io::Result<()> {
        let mut tries = 1..TRIES;
        let written = loop {
            match self.store.write(&self.waiting) {
                Ok(written) => break written,
                Err(error) if self.stop.load(Ordering::Relaxed) || tries.next().is_none() => {
                    self.waiting.clear(); // what is not written follows from the log
                    return Err(io::Error::other(error));
                }
                Err(error) => {
                    if tries.start == 2 {
                        tracing::warn!("{error}. It is tried again for a minute");
                        self.live.iter().for_each(|live| live.hold_up(Some(error.to_string())));
                    }
                    std::thread::sleep(PAUSE);
                }
            }
        };
        if tries.start > 1 {
            tracing::warn!("the store is written again");
            self.live.iter().for_each(|live| live.hold_up(None));
        }
        if written.refused > 0 {
            tracing::error!(
                refused = written.refused,
                "rows with a number that is none were left out of the store"
            );
        }
        if let (Some(live), Some(newest)) = (&self.live, self.waiting.last()) {
            live.publish(newest.board.clone());
        }
        self.waiting.clear();
        Ok(())
    }
}

impl Sink for Database {
    fn window(&mut self, closed: &ClosedWindow) -> io::Result<()> {
        self.begin(closed.board.session)?;
        self.written_to = Some((closed.board.session, closed.board.window_end_us));
        let (board, laps, events) = (closed.board.clone(), closed.laps.clone(), closed.events.clone());
        self.waiting.push(Window { board, laps, events });
        if self.waiting.len() >= self.batch { self.flush() } else { Ok(()) }
    }

    fn position(&mut self) -> io::Result<Vec<u8>> {
        self.flush()?;
        serde_json::to_vec(&self.written_to).map_err(io::Error::other)
    }

    fn finish(&mut self) -> io::Result<()> {
        self.flush()
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Err(error) = self.flush() {
            tracing::error!("the last windows could not be stored: {error}");
        }
    }
}
