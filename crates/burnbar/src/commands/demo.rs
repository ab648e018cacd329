//! `burnbar demo`: a race is simulated to a tape at race speed, the dataflow follows the tape, and the pages show it.

use super::truth::TruthFile;
use super::{replay, simulate};
use crate::args::DemoArgs;
use crate::failure::Failure;
use crate::paced::PacedWriter;
use crate::say::say;
use crate::sinks;
use crate::time;
use api::{Live, Needles, Server};
use sim::{Emission, Race};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use store::Store;
use units::Span;

/// Runs the command until it is told to stop.
pub fn run(args: &DemoArgs) -> Result<(), Failure> {
    if !(args.speed.is_finite() && args.speed > 0.0) {
        return Err(Failure::input("--speed is a positive number"));
    }
    let joined = Span::from_secs_f64(args.join_minute.clamp(0.0, args.race.minutes) * 60.0);
    let config = simulate::config(&args.race, time::now() - joined)?;
    let race = Race::new(config.clone()).map_err(Failure::input)?;
    let folder = Folder::open(args.dir.as_deref())?;
    let tape = folder.path.join("race.tape");
    let writer = tape::Writer::create(&tape).map_err(Failure::input)?;
    let truth = TruthFile::create(&tape)?;
    let stop = Arc::new(AtomicBool::new(false));
    let writer = PacedWriter::new(writer, config.start + joined, args.speed, stop.clone());
    let simulator = thread::spawn(move || write(race, writer, truth));

    let store = Arc::new(Store::open(&folder.path.join("burnbar.sqlite")).map_err(Failure::run)?);
    let (live, needles) = (Live::default(), Needles::default());
    let mut job =
        replay::job(&args.flow, &tape, replay::tape_log(&tape), sinks::live(store.clone(), live.clone()))?;
    job.session = config.session;
    job.stop = stop.clone();
    job.needle = Some(sinks::needle(needles.clone()));
    let follower = thread::spawn(move || dataflow::run(job));

    let served = serve(args.port, store, (live, needles));
    stop.store(true, Ordering::Relaxed);
    served?;
    let panicked = |_| Failure::run("a thread panicked: see the messages above");
    simulator.join().map_err(panicked)??;
    follower.join().map_err(panicked)?.map_err(replay::failure)?;
    Ok(())
}

fn serve(port: u16, store: Arc<Store>, (live, needles): (Live, Needles)) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    runtime.map_err(Failure::run)?.block_on(async {
        let wanted = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let server = match Server::bind(wanted).await {
            Err(api::BindError::Busy { .. }) => {
                Server::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await
            }
            other => other,
        };
        let server = server.map_err(Failure::run)?;
        let address = server.address();
        say(format_args!("board    http://{address}/"))?;
        say(format_args!("graphic  http://{address}/graphic/single?car=24&preview"))?;
        say(format_args!("API      http://{address}/graphql"))?;
        say(format_args!("Ctrl-C ends it."))?;
        server.run(store, live, needles, interrupted()).await.map_err(Failure::run)
    })
}

/// Ends at Ctrl-C, or when it is asked to terminate.
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
        tracing::error!("Ctrl-C cannot be heard: {error}");
    }
}

/// Writes the race as its time comes.
fn write(race: Race, mut tape: PacedWriter, mut truth: TruthFile) -> Result<(), Failure> {
    for emission in race {
        match emission {
            Emission::Log(entry) => {
                if !tape.append(&entry)? {
                    return Ok(());
                }
            }
            Emission::Truth(line) => truth.write(&line)?,
        }
    }
    tape.finish()?;
    truth.finish()
}

/// The folder of a demo; a temporary one goes with it.
struct Folder {
    path: PathBuf,
    temporary: bool,
}

impl Folder {
    fn open(wanted: Option<&Path>) -> Result<Self, Failure> {
        let path = match wanted {
            Some(path) => path.to_path_buf(),
            None => std::env::temp_dir().join(format!("burnbar-demo-{}", std::process::id())),
        };
        std::fs::create_dir_all(&path).map_err(|e| Failure::input(format!("{}: {e}", path.display())))?;
        Ok(Folder { path, temporary: wanted.is_none() })
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if self.temporary
            && let Err(error) = std::fs::remove_dir_all(&self.path)
        {
            tracing::warn!("{} could not be removed: {error}", self.path.display());
        }
    }
}
