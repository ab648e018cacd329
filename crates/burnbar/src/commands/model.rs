//! `burnbar model serve`, and `burnbar serve` as a container is started.

use crate::args::{ModelArgs, ModelServeArgs, ModelTo};
use crate::failure::Failure;
use crate::say::say;
use calibrate::model_file;
use infer::{Current, ModelServer, Served};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tokio::signal::unix::{SignalKind, signal};

/// Where a container finds its model, if `BURNBAR_MODEL` names none.
const CONTAINER_MODEL: &str = "/opt/ml/model/model.json";
/// The port of a container.
const CONTAINER_PORT: u16 = 8080;
/// How often the file is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Runs the command until a signal ends it.
pub fn run(args: &ModelArgs) -> Result<(), Failure> {
    let ModelTo::Serve(ModelServeArgs { model, port, host }) = &args.to;
    serve(model, SocketAddr::from((*host, *port)))
}

/// Serves the model of a container on all its addresses.
pub fn serve_container() -> Result<(), Failure> {
    let model =
        std::env::var_os("BURNBAR_MODEL").map_or_else(|| PathBuf::from(CONTAINER_MODEL), PathBuf::from);
    serve(&model, SocketAddr::from((IpAddr::V4(Ipv4Addr::UNSPECIFIED), CONTAINER_PORT)))
}

fn serve(path: &Path, address: SocketAddr) -> Result<(), Failure> {
    // its age is taken first: a file that changes while it is read is read again
    let changed = changed(path);
    let current = Arc::new(Current::new(read(path).map_err(Failure::input)?));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.map_err(Failure::run)?.block_on(async {
        let cannot = |error| Failure::run(format!("cannot serve on {address}: {error}"));
        let server = ModelServer::bind(address).await.map_err(cannot)?;
        let mut terminated = signal(SignalKind::terminate()).map_err(Failure::run)?;
        let served = current.get();
        say(format_args!("model    {} {}", served.name(), served.version()))?;
        say(format_args!("serving  http://{}", server.address()))?;
        tokio::spawn(follow(path.to_owned(), changed, current.clone()));
        let ended = async move {
            tokio::select! {
                _ = terminated.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
        };
        server.run(current, ended).await.map_err(Failure::run)
    })
}

/// Takes up the file whenever it changes. One that cannot be used is reported, and what is served stays.
async fn follow(path: PathBuf, mut seen: Option<SystemTime>, current: Arc<Current>) {
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        let now = changed(&path);
        if now == seen {
            continue;
        }
        seen = now;
        match read(&path) {
            Ok(served) if served.version() == current.get().version() => {}
            Ok(served) => {
                tracing::warn!("{}: version {} is served from now on", path.display(), served.version());
                current.set(served);
            }
            Err(error) => tracing::error!("{error}; version {} stays", current.get().version()),
        }
    }
}

fn changed(path: &Path) -> Option<SystemTime> {
    std::fs::metadata(path).and_then(|file| file.modified()).ok()
}

fn read(path: &Path) -> Result<Served, String> {
    let named = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let text = std::fs::read_to_string(path).map_err(|error| named(&error))?;
    let model = model_file::read(&text).map_err(|error| named(&error))?;
    Ok(Served::new(model, text))
}
