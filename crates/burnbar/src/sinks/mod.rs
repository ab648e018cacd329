//! Where closed windows go: files of lines, the store, the live bus, or several of them.

mod database;
mod lines;

use crate::args::ReplayArgs;
use crate::failure::Failure;
use api::{Live, Needles};
use database::Database;
use dataflow::{ClosedWindow, NeedleListener, OpenSink, Sink};
use events::Needle;
use infer::client::BoardSender;
use lines::Lines;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use store::Store;

/// Windows in one write to a store that nobody watches.
const STORE_BATCH: usize = 60;

/// Opens one sink at its part of a position.
type OpenPart = Box<dyn Fn(Option<&[u8]>) -> io::Result<Box<dyn Sink>> + Send + Sync>;

/// What `replay` was asked for.
pub fn of_replay(args: &ReplayArgs) -> Result<OpenSink, Failure> {
    let files = [
        (&args.out, lines::insights as lines::Format),
        (&args.laps, lines::laps),
        (&args.quarantine, lines::late),
    ];
    let mut parts: Vec<OpenPart> = Vec::new();
    for (path, format) in files {
        if let Some(path) = path.clone() {
            parts.push(Box::new(move |position| Ok(Box::new(Lines::open(&path, position, format)?))));
        }
    }
    if let Some(path) = &args.store {
        let store = Arc::new(Store::open(path).map_err(Failure::input)?);
        parts.push(Box::new(move |position| {
            Ok(Box::new(Database::open(store.clone(), None, STORE_BATCH, position)?))
        }));
    }
    Ok(all(parts))
}

/// Insights alone, if anywhere.
pub fn insights(path: Option<PathBuf>) -> OpenSink {
    let open = |path: PathBuf| -> OpenPart {
        Box::new(move |position| Ok(Box::new(Lines::open(&path, position, lines::insights)?)))
    };
    all(path.map(open).into_iter().collect())
}

/// A store, each window at once, and the bus behind it.
pub fn live(store: Arc<Store>, live: Live) -> OpenSink {
    Box::new(move |position| Ok(Box::new(Database::open(store.clone(), Some(live.clone()), 1, position)?)))
}

/// The store and the bus; behind them whoever takes boards, and insights as lines.
pub fn live_and(
    store: Arc<Store>,
    live: Live,
    boards: Option<BoardSender>,
    out: Option<PathBuf>,
) -> OpenSink {
    let mut parts: Vec<OpenPart> = vec![Box::new(move |position| {
        Ok(Box::new(Database::open(store.clone(), Some(live.clone()), 1, position)?))
    })];
    if let Some(boards) = boards {
        parts.push(Box::new(move |_| Ok(Box::new(Boards(boards.clone())))));
    }
    if let Some(path) = out {
        parts.push(Box::new(move |position| Ok(Box::new(Lines::open(&path, position, lines::insights)?))));
    }
    all(parts)
}

/// Offers each board to somebody who may be busy.
struct Boards(BoardSender);

impl Sink for Boards {
    fn window(&mut self, closed: &ClosedWindow) -> io::Result<()> {
        // who is busy misses it
        let _ = self.0.try_send(closed.board.clone());
        Ok(())
    }
    fn position(&mut self) -> io::Result<Vec<u8>> {
        Ok(Vec::new())
    }
}

/// The bus of the needle, as the stream knows it.
pub fn needle(needles: Needles) -> Arc<dyn NeedleListener> {
    struct NeedleBus(Needles);
    impl NeedleListener for NeedleBus {
        fn is_listening(&self) -> bool {
            self.0.is_wanted()
        }
        fn take(&self, needle: Needle) {
            self.0.publish(Arc::new(needle));
        }
    }
    Arc::new(NeedleBus(needles))
}

/// Several sinks as one.
fn all(parts: Vec<OpenPart>) -> OpenSink {
    Box::new(move |position| {
        let positions: Vec<Vec<u8>> = match position {
            Some(bytes) => serde_json::from_slice(bytes).map_err(io::Error::other)?,
            None => Vec::new(),
        };
        let open = |(i, part): (usize, &OpenPart)| part(positions.get(i).map(Vec::as_slice));
        let sinks = parts.iter().enumerate().map(open).collect::<io::Result<Vec<_>>>()?;
        Ok(Box::new(All(sinks)))
    })
}

struct All(Vec<Box<dyn Sink>>);

impl Sink for All {
    fn window(&mut self, closed: &ClosedWindow) -> io::Result<()> {
        self.0.iter_mut().try_for_each(|sink| sink.window(closed))
    }
    fn position(&mut self) -> io::Result<Vec<u8>> {
        let positions = self.0.iter_mut().map(|sink| sink.position()).collect::<io::Result<Vec<_>>>()?;
        serde_json::to_vec(&positions).map_err(io::Error::other)
    }
}
