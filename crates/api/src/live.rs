//! The live bus: latest wins.

use events::Board;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::watch;

/// Carries the newest board from the stream's sink to every subscriber. Clones are ends of the same bus.
///
/// A subscriber gets the newest board at once and, however slow it is, never an older one: boards it had no time for are
/// gone, and a board older than the newest of its session, as a restarted stream repeats them, is not passed on.
#[derive(Clone, Debug, Default)]
pub struct Live {
    boards: watch::Sender<Option<Arc<Board>>>,
    /// Why no board comes, while one is held up.
    held_up: Arc<Mutex<Option<String>>>,
}

impl Live {
    /// Passes a board on. Never waits, and needs no runtime: any thread may call it. Publish what the store already has.
    pub fn publish(&self, board: Arc<Board>) {
        self.boards.send_if_modified(|newest| {
            let repeated = newest.as_ref().is_some_and(|newest| {
                newest.session == board.session && newest.window_end_us > board.window_end_us
            });
            if !repeated {
                *newest = Some(board);
            }
            !repeated
        });
    }

    /// The newest board, if there was any.
    pub fn newest(&self) -> Option<Arc<Board>> {
        self.boards.borrow().clone()
    }

    /// Boards are held up, for this reason; `None`: no longer.
    pub fn hold_up(&self, why: Option<String>) {
        *self.held_up.lock().unwrap_or_else(PoisonError::into_inner) = why;
    }

    /// Why no board comes; `None` while boards come.
    pub(crate) fn is_held_up(&self) -> Option<String> {
        match &*self.held_up.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(why) => Some(why.clone()),
            None if self.newest().is_none() => Some("no window has closed yet".into()),
            None => None,
        }
    }

    pub(crate) fn listen(&self) -> Boards {
        let mut receiver = self.boards.subscribe();
        receiver.mark_changed(); // so that the newest comes at once
        Boards(receiver)
    }
}

/// One subscriber's end of the bus.
pub(crate) struct Boards(watch::Receiver<Option<Arc<Board>>>);

impl Boards {
    /// The newest board, as soon as it is one that this subscriber has not had.
    pub(crate) async fn next(&mut self) -> Option<Arc<Board>> {
        loop {
            self.0.changed().await.ok()?;
            if let Some(board) = self.0.borrow_and_update().clone() {
                return Some(board);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use events::{Flag, SessionId};
    use units::EventTime;

    fn board(session: &str, second: i64) -> Arc<Board> {
        Arc::new(Board {
            session: SessionId::new(session).unwrap(),
            window_end_us: EventTime::from_ms(second * 1_000),
            flag: Flag::Green,
            lap: None,
            field_mpg: None,
            model: events::ModelId::PRIORS,
            assumptions: Default::default(),
            stories: Vec::new(),
            cars: Vec::new(),
        })
    }

    #[tokio::test]
    async fn the_newest_comes_at_once_and_then_only_newer_ones() {
        let live = Live::default();
        live.publish(board("race", 1));
        live.publish(board("race", 2));
        let mut boards = live.listen();
        assert_eq!(boards.next().await, Some(board("race", 2)));
        for second in [3, 4, 3] {
            live.publish(board("race", second));
        }
        assert_eq!(boards.next().await, Some(board("race", 4)));
        live.publish(board("another race", 1));
        assert_eq!(boards.next().await, Some(board("another race", 1)));
    }

    #[tokio::test]
    async fn it_ends_when_nobody_can_publish_any_more() {
        let live = Live::default();
        let mut boards = live.listen();
        drop(live);
        assert_eq!(boards.next().await, None);
    }
}
