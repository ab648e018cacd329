//! Where closed windows go: files of lines, the store, the live bus, or several of them.

mod lines;

use crate::args::ReplayArgs;
use dataflow::{ClosedWindow, OpenSink, Sink};
use lines::Lines;
use std::io;

/// Opens one sink at its part of a position.
type OpenPart = Box<dyn Fn(Option<&[u8]>) -> io::Result<Box<dyn Sink>> + Send + Sync>;

/// The files that `replay` was asked for.
pub fn files(args: &ReplayArgs) -> OpenSink {
    let mut parts: Vec<OpenPart> = Vec::new();
    if let Some(path) = args.out.clone() {
        parts.push(Box::new(move |position| Ok(Box::new(Lines::open(&path, position, lines::insights)?))));
    }
    if let Some(path) = args.laps.clone() {
        parts.push(Box::new(move |position| Ok(Box::new(Lines::open(&path, position, lines::laps)?))));
    }
    if let Some(path) = args.quarantine.clone() {
        parts.push(Box::new(move |position| Ok(Box::new(Lines::open(&path, position, lines::late)?))));
    }
    all(parts)
}

/// Several sinks as one.
pub fn all(parts: Vec<OpenPart>) -> OpenSink {
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
