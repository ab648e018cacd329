//! The system as it runs live, in a process of its own: it follows a tape that another process writes, keeps a store and
//! serves. So its CPU is that of the product, without cars and without screens.

use crate::args::FlowArgs;
use crate::commands::replay;
use crate::failure::Failure;
use crate::say::say;
use crate::sinks;
use api::{Live, Needles, Server};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::thread;
use store::Store;
use tokio::sync::oneshot;

/// How it tells where it serves.
pub const ADDRESS: &str = "address ";

/// Runs until the tape ends.
pub fn run(flow: &FlowArgs, tape: &Path, store: &Path) -> Result<(), Failure> {
    let store = Arc::new(Store::open(store).map_err(Failure::run)?);
    let (live, needles) = (Live::default(), Needles::default());
    let mut job =
        replay::job(flow, tape, journal::open_tape(tape), sinks::live(store.clone(), live.clone()))?;
    job.needle = Some(sinks::needle(needles.clone()));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    runtime.map_err(Failure::run)?.block_on(async {
        let server = Server::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await.map_err(Failure::run)?;
        say(format_args!("{ADDRESS}{}", server.address()))?;
        let (end, ended) = oneshot::channel();
        let follower = thread::spawn(move || {
            let report = dataflow::run(job);
            // the server may have failed before: then nobody waits
            let _ = end.send(());
            report
        });
        let until = async { drop(ended.await) };
        server.run(store, live, needles, until).await.map_err(Failure::run)?;
        let report =
            follower.join().map_err(|_| Failure::run("a thread panicked: see the messages above"))?;
        let counts = report.map_err(replay::failure)?.counts;
        if counts.are_conserved() { Ok(()) } else { Err(Failure::run("entries were lost")) }
    })
}
