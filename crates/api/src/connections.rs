//! Connections: so many at a time, each as long as it is of use.
//!
//! A caller that sends half a request, or none, holds a file handle that the log may need.

use axum::extract::Extension;
use axum::{Router, serve::Listener};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};

/// How soon the head of a request is whole; an idle connection is kept no longer either.
const HEAD_WITHIN: Duration = Duration::from_secs(10);

/// One connection among those that there may be; whoever goes on with it, as a socket does, keeps it.
#[derive(Clone)]
pub(crate) struct Held(#[allow(dead_code, reason = "it is held")] Arc<OwnedSemaphorePermit>);

/// Serves up to `most` connections at a time, whoever comes then waits, until `shutdown` is over; then until all have ended
/// that are not sockets.
pub(crate) async fn serve(
    mut listener: TcpListener,
    router: Router,
    most: usize,
    shutdown: impl Future<Output = ()>,
) {
    let permits = Arc::new(Semaphore::new(most));
    let ((stop, stopped), (under_way, mut all_ended)) = (watch::channel(()), mpsc::channel::<()>(1));
    let mut http = hyper::server::conn::http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD_WITHIN);
    tokio::pin!(shutdown);
    loop {
        let next = async {
            let permit = permits.clone().acquire_owned().await;
            // it waits a second where the system has no handle left
            (permit, Listener::accept(&mut listener).await)
        };
        let (permit, stream) = tokio::select! {
            (permit, (stream, _)) = next => (permit, stream),
            () = &mut shutdown => break,
        };
        let Ok(permit) = permit else { break };
        // a needle is small, and must not wait until more can be sent with it
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!("a connection may be slow: {error}");
        }
        let service = TowerToHyperService::new(router.clone().layer(Extension(Held(Arc::new(permit)))));
        let connection = http.serve_connection(TokioIo::new(stream), service).with_upgrades();
        let (mut stopped, under_way) = (stopped.clone(), under_way.clone());
        tokio::spawn(async move {
            tokio::pin!(connection);
            let ended = tokio::select! {
                ended = connection.as_mut() => ended,
                _ = stopped.changed() => {
                    connection.as_mut().graceful_shutdown();
                    connection.await
                }
            };
            if let Err(error) = ended {
                tracing::debug!("a connection ended: {error}");
            }
            drop(under_way);
        });
    }
    drop((stop, under_way));
    // nobody sends: it ends when the last has let go
    let _ = all_ended.recv().await;
}
