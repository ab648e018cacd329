//! The log of a session that writes its own, and the models that write into it from beside.

use super::join;
use crate::failure::Failure;
use crate::model_source::remote;
use crate::time::Stopwatch;
use events::{Model, RaceEventKind};
use infer::client::{Address, Ask, BoardSender, Follow, Observed};
use journal::{Appender, Bell, JournalWriter, inbox};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::thread::JoinHandle;
use std::time::Duration;
use units::{EventTime, Span};

/// The models of a session; each is taken up by a record of its log, so that the log alone gives its numbers.
#[derive(Clone, Debug)]
pub struct ModelsBeside {
    /// The one to begin with; priors alone without one.
    pub first: Option<Arc<Model>>,
    /// Who serves it, if it is served, and how often to look whether it has changed.
    pub served: Option<(Address, Duration)>,
    /// Somebody's own model, which is asked once a window of this width.
    pub asked: Option<(Address, Span)>,
}

/// A log that is being written.
pub struct LiveLog {
    /// Its one writer.
    pub writer: JournalWriter<Stopwatch>,
    /// Rings when something was written.
    pub bell: Bell,
    /// The way into it.
    pub appender: Appender,
    /// Takes boards, where a model is asked about them.
    pub boards: Option<BoardSender>,
    /// Whoever looks after the models; they end with the log or with `stop`.
    pub helpers: Helpers,
}

/// Threads beside a session.
pub struct Helpers(Vec<JoinHandle<()>>);

impl LiveLog {
    /// A new log on tape: everything up to `joined` at once, then at `speed` times race speed until `stop` is set.
    pub fn create(
        tape: &Path,
        joined: EventTime,
        speed: f64,
        models: ModelsBeside,
        stop: Arc<AtomicBool>,
    ) -> Result<LiveLog, Failure> {
        let tape = tape::Writer::create(tape).map_err(Failure::input)?;
        let (appender, inbox) = inbox();
        let bell = Bell::default();
        let first = models.first.as_ref().map(|model| RaceEventKind::Model(Box::new((**model).clone())));
        let mut writer = JournalWriter::new(tape, joined, speed, Stopwatch::start(), stop.clone())
            .beginning_with(first)
            .with_inbox(inbox)
            .ringing(bell.clone());
        let (mut boards, mut helpers) = (None, Vec::new());
        if let Some((address, window)) = &models.asked {
            let observed = Observed::new(*window);
            let ask = Ask::new(address, joined, *window, observed.clone(), Stopwatch::start());
            writer = writer.observed_by(move |sample| observed.observe(sample));
            let (sender, thread) = ask.spawn(appender.clone());
            boards = Some(sender);
            helpers.push(thread);
        }
        if let (Some((address, every)), Some(known)) = (&models.served, models.first) {
            let follow = Follow::new(remote(address), known, *every, stop);
            helpers.push(follow.spawn(appender.clone()));
        }
        Ok(LiveLog { writer, bell, appender, boards, helpers: Helpers(helpers) })
    }
}

impl Helpers {
    /// Waits until they have ended.
    pub fn join(self) -> Result<(), Failure> {
        self.0.into_iter().try_for_each(join)
    }
}
