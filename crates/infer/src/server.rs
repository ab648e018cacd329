//! The answering side: a model behind one port, for SageMaker's container contract, for the Open Inference Protocol v2, and
//! for a session that asks (`client`).
//!
//! - [`ModelServer`]: the port; `routes`: which path asks for what; `limits`, [`Refusal`]: what is not answered, and why.
//! - [`Served`]: one version of a model, ready to answer. [`Current`]: the one that answers now; it can be exchanged while
//!   requests run.
//! - [`window`]: flows over windows, the inference itself; `invocations`, `oip` (with `tensor`), `table`: how it is asked for.
//!
//! `docs/serving.md` is the contract.

mod invocations;
mod limits;
mod oip;
mod refusal;
mod routes;
mod served;
mod table;
mod tensor;
pub mod window;

pub use limits::{BODY_BYTES_MAX, IN_FLIGHT_MAX, ROWS_MAX};
pub use refusal::Refusal;
pub use served::{Current, Served};

use axum::serve::ListenerExt;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// How long requests may go on after the end was asked for. A container is killed after 30 s.
const FINISH_MAX: Duration = Duration::from_secs(20);

/// A bound port, not yet answering: callers wait in the system's queue.
#[derive(Debug)]
pub struct ModelServer {
    listener: TcpListener,
    address: SocketAddr,
}

impl ModelServer {
    /// Binds an address; port 0 is any free one.
    ///
    /// # Errors
    /// The port is in use or not allowed.
    pub async fn bind(address: SocketAddr) -> io::Result<ModelServer> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        Ok(ModelServer { listener, address })
    }

    /// The address bound, with the port the system chose.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers until `shutdown` is over, then finishes the requests under way and returns.
    ///
    /// # Errors
    /// The system took the listener away.
    pub async fn run(
        self,
        current: Arc<Current>,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> io::Result<()> {
        let (stop, mut stopped) = watch::channel(());
        let shutdown = async {
            shutdown.await;
            drop(stop);
        };
        let listener = self.listener.tap_io(|stream| {
            if let Err(error) = stream.set_nodelay(true) {
                tracing::debug!("a connection may be slow: {error}");
            }
        });
        let serving = axum::serve(listener, routes::router(current)).with_graceful_shutdown(shutdown);
        let too_long = async {
            while stopped.changed().await.is_ok() {}
            tokio::time::sleep(FINISH_MAX).await;
        };
        tokio::select! {
            ended = serving.into_future() => ended,
            () = too_long => Ok(()),
        }
    }
}
