//! What to run, and how it went.

use crate::checkpoint::CheckpointError;
use crate::grid::WindowNumber;
use crate::needle::NeedleListener;
use crate::sink::{OpenSink, nowhere};
use crate::supervise::{AttemptError, RunCounts, WindowHook};
use events::{Model, SessionId};
use journal::{LogError, OpenLog};
use race::Settings;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use thiserror::Error;
use units::Span;

/// What to run.
pub struct Job {
    /// The log.
    pub log: OpenLog,
    /// Where closed windows go.
    pub sink: OpenSink,
    /// The session's name until the log says it.
    pub session: SessionId,
    /// What the user chose about the numbers.
    pub settings: Settings,
    /// The model to begin with; priors alone without one. The log may take up others.
    pub model: Option<Arc<Model>>,
    /// Width of a window.
    pub window: Span,
    /// Worker threads, 1 or more.
    pub workers: usize,
    /// Where checkpoints are kept, if they are, and how often in event time.
    pub state: Option<(PathBuf, Span)>,
    /// Set it to let go of a run, such as one that follows a log without end.
    pub stop: Arc<AtomicBool>,
    /// Who may want the needle.
    pub needle: Option<Arc<dyn NeedleListener>>,
    /// Called as windows close.
    pub hook: Option<WindowHook>,
}

impl Job {
    /// `log` through the stream: windows of 1 s on one worker, to nowhere, nothing kept. `session` is its name until the
    /// log names it.
    pub fn new(log: OpenLog, session: SessionId) -> Job {
        Job {
            log,
            sink: nowhere(),
            session,
            settings: Settings::default(),
            model: None,
            window: Span::from_secs(1),
            workers: 1,
            state: None,
            stop: Arc::default(),
            needle: None,
            hook: None,
        }
    }
}

/// How a run went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunReport {
    /// What became of every entry.
    pub counts: RunCounts,
    /// The window from which it resumed, if it did.
    pub resumed_at: Option<WindowNumber>,
    /// How often a panicking worker was started again.
    pub restarts: u32,
    /// Whether the log breaks off: see [`Next::Cut`](journal::Next::Cut).
    pub is_cut: bool,
}

/// Why a run ended early.
#[derive(Debug, Error)]
pub enum RunError {
    /// The log cannot be opened.
    #[error("the log cannot be opened: {0}")]
    OpenLog(LogError),
    /// The folder of checkpoints cannot be used.
    #[error(transparent)]
    State(#[from] CheckpointError),
    /// An attempt failed.
    #[error(transparent)]
    Failed(#[from] AttemptError),
    /// The threads could not be started.
    #[error("the workers cannot be started: {0}")]
    Start(String),
    /// Not every entry is accounted for: our fault.
    #[error("entries were lost: {0:?}")]
    Lost(RunCounts),
}
