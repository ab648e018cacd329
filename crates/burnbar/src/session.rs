//! The only wiring: a log through the stream to its outputs and, where somebody watches, the pages beside.

mod live_log;

pub use live_log::{LiveLog, ModelsBeside};

use crate::config::StreamConfig;
use crate::failure::Failure;
use crate::operators::Operators;
use crate::sinks::{self, Outputs};
use api::{Live, Needles, Server};
use dataflow::{Job, RunReport};
use events::SessionId;
use infer::client::BoardSender;
use journal::{Appender, OpenLog};
use nix::sys::resource::{Resource, getrlimit};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use store::Store;
use tokio::sync::oneshot;

/// Files that a session itself has open, at most: segments, checkpoints, the store's connections, outputs.
const OWN_FILES: usize = 64;

/// A log on its way through the stream.
pub struct SessionRun(Job);

/// What shows a session while it runs, and where its windows are kept.
pub struct Audience {
    /// Where sessions, laps and insights are kept.
    pub store: Arc<Store>,
    /// Where the pages are asked for, on this machine; any free port if that is taken. 0 is any.
    pub port: u16,
    /// The way into the log, if it takes anything.
    pub appender: Option<Appender>,
    /// Whoever takes boards as they close.
    pub boards: Option<BoardSender>,
    /// Insights as lines.
    pub insights: Option<PathBuf>,
    /// Of whoever writes the log, if this process does: sends, when it ends, whether it has failed.
    pub writer: Option<oneshot::Receiver<bool>>,
}

/// When a session that is shown has been shown long enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShownUntil {
    /// Its log has ended.
    LogEnds,
    /// Ctrl-C, or a request to terminate.
    Interrupted,
}

impl SessionRun {
    /// Of `log`; `name` is its name until the log names it.
    pub fn new(config: &StreamConfig, name: SessionId, log: OpenLog) -> SessionRun {
        SessionRun(config.job(log, name))
    }

    /// Lets go when `stop` is set.
    pub fn stopped_by(self, stop: Arc<AtomicBool>) -> SessionRun {
        SessionRun(Job { stop, ..self.0 })
    }

    /// Runs it to the end of its log.
    pub fn run(self, outputs: &Outputs) -> Result<RunReport, Failure> {
        conserved(dataflow::run(Job { sink: outputs.sink()?, ..self.0 })?)
    }

    /// Runs it behind pages. `announce` gets their address before anything runs.
    pub fn show(
        self,
        audience: Audience,
        until: ShownUntil,
        announce: impl FnOnce(SocketAddr) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let Audience { store, port, appender, boards, insights, writer } = audience;
        let (live, needles, stop) = (Live::default(), Needles::default(), self.0.stop.clone());
        let job = Job {
            needle: Some(sinks::needle(needles.clone())),
            sink: sinks::live(store.clone(), live.clone(), boards, insights, stop.clone()),
            ..self.0
        };
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        runtime.map_err(Failure::run)?.block_on(async {
            let mut server = bind(port).await?;
            if let Some(appender) = appender {
                server = server.with_journal(Arc::new(Operators(appender)));
            }
            announce(server.address())?;
            let (end, ended) = oneshot::channel();
            let stream = thread::spawn(move || {
                let report = dataflow::run(job);
                // the server may have failed before: then nobody waits
                let _ = end.send(report.is_err());
                report
            });
            let shown = shown(until, ended, writer, stop.clone());
            server.run(store, live, needles, shown).await;
            stop.store(true, Ordering::Relaxed);
            let report = join(stream);
            match until {
                ShownUntil::LogEnds => conserved(report??).map(drop),
                // it was let go of on its way
                ShownUntil::Interrupted => Ok(report?.map(drop)?),
            }
        })
    }
}

/// Until a session has been shown long enough; then the stream lets go while callers still end.
async fn shown(
    until: ShownUntil,
    stream: oneshot::Receiver<bool>,
    writer: Option<oneshot::Receiver<bool>>,
    stop: Arc<AtomicBool>,
) {
    match until {
        ShownUntil::LogEnds => drop(stream.await),
        // pages that never move again would say nothing of what failed
        ShownUntil::Interrupted => tokio::select! {
            () = interrupted() => {}
            () = failure(Some(stream)) => {}
            () = failure(writer) => {}
        },
    }
    stop.store(true, Ordering::Relaxed);
}

/// What a thread came to.
pub fn join<T>(thread: thread::JoinHandle<T>) -> Result<T, Failure> {
    thread.join().map_err(|_| Failure::run("a thread panicked: see the messages above"))
}

fn conserved(report: RunReport) -> Result<RunReport, Failure> {
    if report.counts.are_conserved() { Ok(report) } else { Err(Failure::run("entries were lost")) }
}

/// How many callers may hold connections: the log, the store and the outputs need files of their own.
fn connections() -> Result<usize, Failure> {
    let (files, _) = getrlimit(Resource::RLIMIT_NOFILE).map_err(Failure::run)?;
    Ok(usize::try_from(files).unwrap_or(usize::MAX).saturating_sub(OWN_FILES).max(1))
}

async fn bind(port: u16) -> Result<Server, Failure> {
    let on = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let server = match Server::bind(on(port)).await {
        Err(api::BindError::Busy { .. }) => Server::bind(on(0)).await,
        other => other,
    };
    Ok(server.map_err(Failure::run)?.with_connections(connections()?))
}

/// Ends when a thread fails; never where it has only come to its end, or where there is none.
async fn failure(ended: Option<oneshot::Receiver<bool>>) {
    let has_failed = match ended {
        Some(ended) => ended.await != Ok(false),
        None => false,
    };
    if !has_failed {
        std::future::pending().await
    }
}

/// Ends at Ctrl-C, or when the process is asked to terminate.
async fn interrupted() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => return,
                _ = terminate.recv() => return,
            }
        }
    }
    if let Err(error) = tokio::signal::ctrl_c().await {
        tracing::error!("Ctrl-C cannot be waited for: {error}");
    }
}
