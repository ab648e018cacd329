//! How the stream is run whose estimates are judged.

use dataflow::Job;
use events::{Model, SessionId};
use journal::OpenLog;
use race::Settings;
use std::sync::Arc;
use units::Span;

/// How the stream is run. Of all this, only the settings, the model and the window change an estimate.
#[derive(Clone, Debug)]
pub struct StreamSettings {
    /// What the user chose about the numbers.
    pub settings: Settings,
    /// The model to begin with; priors alone without one.
    pub model: Option<Arc<Model>>,
    /// Width of a window.
    pub window: Span,
    /// Worker threads, 1 or more.
    pub workers: usize,
}

impl Default for StreamSettings {
    /// Priors alone, windows of a second, one worker.
    fn default() -> Self {
        StreamSettings { settings: Settings::default(), model: None, window: Span::from_secs(1), workers: 1 }
    }
}

impl StreamSettings {
    /// The same with other windows: burn between any two times is read off at their ends.
    pub fn with_window(&self, window: Span) -> StreamSettings {
        StreamSettings { window, ..self.clone() }
    }

    /// The job of running a log; `session` is its name until the log names it.
    pub fn job(&self, log: OpenLog, session: SessionId) -> Job {
        Job {
            settings: self.settings,
            model: self.model.clone(),
            window: self.window,
            workers: self.workers,
            ..Job::new(log, session)
        }
    }
}
