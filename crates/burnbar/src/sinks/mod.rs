//! Where closed windows go: files of lines, the store, the live bus, or several of them.

mod database;
mod json;
mod lines;

use crate::failure::Failure;
use api::{Live, Needles};
use database::Database;
use dataflow::{ClosedWindow, NeedleListener, OpenSink, Sink};
use events::Needle;
use infer::client::BoardSender;
use lines::{LineFile, LineFormat};
use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use store::Store;

/// Standard output, as a file.
pub const STDOUT: &str = "/dev/stdout";
/// Windows in one write to a store that nobody watches.
const STORE_BATCH: usize = 60;

/// What is written while nobody watches, each if it has a path.
#[derive(Clone, Debug, Default)]
pub struct Outputs {
    /// Insights, one a line and car and window.
    pub insights: Option<PathBuf>,
    /// Final laps, one a line.
    pub laps: Option<PathBuf>,
    /// Samples that came too late to count, one a line.
    pub quarantine: Option<PathBuf>,
    /// A store of sessions, laps and insights.
    pub store: Option<PathBuf>,
}

impl Outputs {
    /// Insights alone.
    pub fn insights(path: Option<PathBuf>) -> Outputs {
        Outputs { insights: path, ..Outputs::default() }
    }

    /// Those that there are, by their flags.
    pub fn named(&self) -> impl Iterator<Item = (&'static str, &PathBuf)> {
        let all = [
            ("--out", &self.insights),
            ("--laps", &self.laps),
            ("--quarantine", &self.quarantine),
            ("--store", &self.store),
        ];
        all.into_iter().filter_map(|(flag, path)| Some((flag, path.as_ref()?)))
    }

    /// Whether one is standard output, which then holds nothing else.
    pub fn are_on_stdout(&self) -> bool {
        self.named().any(|(_, path)| path.as_os_str() == STDOUT)
    }

    /// All of them as one sink. Opens the store.
    pub fn sink(&self) -> Result<OpenSink, Failure> {
        let files = [
            (&self.insights, lines::insights as LineFormat),
            (&self.laps, lines::laps),
            (&self.quarantine, lines::late),
        ];
        let names = ["--out", "--laps", "--quarantine"];
        let named = names.into_iter().zip(files);
        let mut parts: Vec<Part> =
            named.filter_map(|(name, (path, format))| Some((name, file(path.clone()?, format)))).collect();
        if let Some(path) = &self.store {
            let store = Arc::new(Store::open(path).map_err(Failure::input)?);
            parts.push(("--store", database(store, None, STORE_BATCH, Arc::default())));
        }
        Ok(all(parts))
    }
}

/// Where the windows of a session go that is watched: the store and, behind it, the bus; then whoever takes boards, and
/// insights as lines. `stop` is set when nobody waits for them any more.
pub fn live(
    store: Arc<Store>,
    live: Live,
    boards: Option<BoardSender>,
    insights: Option<PathBuf>,
    stop: Arc<AtomicBool>,
) -> OpenSink {
    let mut parts: Vec<Part> = vec![("--store", database(store, Some(live), 1, stop))];
    if let Some(boards) = boards {
        parts.push(("--ask", Box::new(move |_| Ok(Box::new(BoardOffer(boards.clone()))))));
    }
    parts.extend(insights.map(|path| ("--out", file(path, lines::insights))));
    all(parts)
}

fn file(path: PathBuf, format: LineFormat) -> OpenSink {
    Box::new(move |position| Ok(Box::new(LineFile::open(&path, position, format)?)))
}

fn database(store: Arc<Store>, live: Option<Live>, batch: usize, stop: Arc<AtomicBool>) -> OpenSink {
    Box::new(move |position| {
        Ok(Box::new(Database::open(store.clone(), live.clone(), batch, stop.clone(), position)?))
    })
}

/// Offers each board to somebody who may be busy.
struct BoardOffer(BoardSender);

impl Sink for BoardOffer {
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

/// A sink, by the flag that asks for it.
type Part = (&'static str, OpenSink);

/// Several sinks as one; its position is those of all, by name. One that a checkpoint does not know cannot go on with the
/// others: it would lack what came before.
fn all(parts: Vec<Part>) -> OpenSink {
    Box::new(move |position| {
        let known: Option<BTreeMap<String, Vec<u8>>> =
            position.map(serde_json::from_slice).transpose().map_err(io::Error::other)?;
        let open = |(name, part): &Part| match &known {
            None => Ok((*name, part(None)?)),
            Some(positions) => {
                let position = positions.get(*name).ok_or_else(|| added(name))?;
                Ok((*name, part(Some(position))?))
            }
        };
        let sinks = parts.iter().map(open).collect::<io::Result<Vec<_>>>()?;
        for name in known.iter().flat_map(BTreeMap::keys) {
            if !parts.iter().any(|(part, _)| part == name) {
                tracing::warn!("{name} was written before, and is not any more: what it wrote ends there");
            }
        }
        Ok(Box::new(SeveralSinks(sinks)))
    })
}

fn added(name: &str) -> io::Error {
    io::Error::other(format!(
        "{name} was not written up to the checkpoint, and would lack all before: leave it out, or remove the folder of the \
         state, and all is written anew from the log"
    ))
}

struct SeveralSinks(Vec<(&'static str, Box<dyn Sink>)>);

impl Sink for SeveralSinks {
    fn window(&mut self, closed: &ClosedWindow) -> io::Result<()> {
        self.0.iter_mut().try_for_each(|(_, sink)| sink.window(closed))
    }
    fn finish(&mut self) -> io::Result<()> {
        self.0.iter_mut().try_for_each(|(_, sink)| sink.finish())
    }
    fn position(&mut self) -> io::Result<Vec<u8>> {
        let positions = self.0.iter_mut().map(|(name, sink)| Ok((*name, sink.position()?)));
        serde_json::to_vec(&positions.collect::<io::Result<BTreeMap<_, _>>>()?).map_err(io::Error::other)
    }
}
