//! The one port.

use crate::connections::{self, Held};
use crate::schema::{self, MaySubmit, Schema};
use crate::{Journal, Live, Needles, guard, pages, socket};
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{DefaultBodyLimit, Extension, Request, State};
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router, middleware};
use std::future::Future;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use store::Store;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};

/// Largest request body. A query with every field takes 2 KiB.
const BODY_BYTES_MAX: usize = 256 << 10;

/// Connections and sockets at a time; whoever comes then waits.
const CONNECTIONS_MAX: usize = 12_000;
/// How soon a request is whole, and answered.
const REQUEST_WITHIN: Duration = Duration::from_secs(15);
/// Requests that are answered at a time; whoever comes then is asked to come again.
const ANSWERING_MAX: usize = 64;
/// No answer takes longer: a query reads what is at hand.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);
/// How long callers have to end once the server is stopped. Some never do: half a request keeps a connection open.
const STOP_WITHIN: Duration = Duration::from_millis(1_500);

/// Why an address cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    /// Anybody could reach it, and there are no passwords yet.
    #[error("{address} can be reached from other machines: serve on 127.0.0.1 or [::1]")]
    NotLoopback {
        /// The address asked for.
        address: SocketAddr,
    },
    /// Some program has it.
    #[error("port {} of {} is in use: end the program that has it, or choose another port", address.port(), address.ip())]
    Busy {
        /// The address asked for.
        address: SocketAddr,
    },
    /// The system refused.
    #[error("cannot serve on {address}: {source}")]
    Io {
        /// The address asked for.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
}

/// A bound port, not yet answering: callers wait in the system's queue.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    journal: Option<Arc<dyn Journal>>,
    connections: usize,
}

#[derive(Clone)]
struct App {
    schema: Schema,
    live: Live,
    answering: Arc<Semaphore>,
    stopped: watch::Receiver<()>,
}

impl Server {
    /// Binds a loopback address; port 0 is any free one.
    ///
    /// # Errors
    /// Not a loopback address, or the port is in use or not allowed.
    pub async fn bind(address: SocketAddr) -> Result<Self, BindError> {
        if !address.ip().is_loopback() {
            return Err(BindError::NotLoopback { address });
        }
        let refused = |source: io::Error| match source.kind() {
            ErrorKind::AddrInUse => BindError::Busy { address },
            _ => BindError::Io { address, source },
        };
        let listener = TcpListener::bind(address).await.map_err(refused)?;
        let address = listener.local_addr().map_err(refused)?;
        Ok(Server { listener, address, journal: None, connections: CONNECTIONS_MAX })
    }

    /// The address bound, with the port the system chose.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Takes evidence of the session that runs into its log. Without one, mutations answer that nothing runs.
    pub fn with_journal(self, journal: Arc<dyn Journal>) -> Self {
        Server { journal: Some(journal), ..self }
    }

    /// Holds at most so many connections and sockets at a time, where fewer files may be open than that takes.
    pub fn with_connections(self, most: usize) -> Self {
        Server { connections: most.min(CONNECTIONS_MAX), ..self }
    }

    /// Answers until `shutdown` is over, then ends all sockets, finishes the requests under way and returns, within two
    /// seconds whatever callers hold.
    pub async fn run(
        self,
        store: Arc<Store>,
        live: Live,
        needles: Needles,
        shutdown: impl Future<Output = ()>,
    ) {
        let (stop, stopped) = watch::channel(());
        let schema = schema::schema(store, live.clone(), needles, self.journal);
        let app = App { schema, live, answering: Arc::new(Semaphore::new(ANSWERING_MAX)), stopped };
        let mut late = app.stopped.clone();
        let shutdown = async {
            shutdown.await;
            drop(stop);
        };
        let too_late = async {
            // it never changes: it ends
            let _ = late.changed().await;
            tokio::time::sleep(STOP_WITHIN).await;
        };
        tracing::info!(address = %self.address, "serving");
        tokio::select! {
            () = connections::serve(self.listener, router(app), self.connections, shutdown) => {}
            () = too_late => tracing::warn!("some connections were still open, and are cut"),
        }
    }
}

fn router(app: App) -> Router {
    Router::new()
        .route("/graphql", get(subscribe).post(answer))
        .route("/healthz", get("ok\n"))
        .route("/readyz", get(ready))
        .fallback_service(get(pages::page))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(middleware::from_fn(guard::guard))
        .layer(middleware::from_fn(within))
        .with_state(app)
}

/// Whether boards come; if not, why.
async fn ready(State(app): State<App>) -> Response {
    match app.live.is_held_up() {
        None => "ok\n".into_response(),
        Some(why) => (StatusCode::SERVICE_UNAVAILABLE, why + "\n").into_response(),
    }
}

/// A body that trickles in is not waited for.
async fn within(request: Request, next: Next) -> Response {
    match tokio::time::timeout(REQUEST_WITHIN, next.run(request)).await {
        Ok(response) => response,
        Err(_) => (StatusCode::REQUEST_TIMEOUT, "the request takes too long to come\n").into_response(),
    }
}

/// `Json` is more than a parser here: it refuses other content types, which a foreign page could send unasked, and reads no
/// more than the limit.
async fn answer(
    State(app): State<App>,
    headers: HeaderMap,
    Json(request): Json<async_graphql::Request>,
) -> Response {
    let Ok(_permit) = app.answering.try_acquire() else {
        return refusal(StatusCode::SERVICE_UNAVAILABLE, "too many ask at a time: ask again in a second\n");
    };
    let may_submit = MaySubmit(guard::is_same_origin(&headers));
    match tokio::time::timeout(ANSWER_WITHIN, app.schema.execute(request.data(may_submit))).await {
        Ok(answer) => Json(answer).into_response(),
        Err(_) => refusal(StatusCode::GATEWAY_TIMEOUT, "it takes too long: ask for less\n"),
    }
}

fn refusal(status: StatusCode, advice: &'static str) -> Response {
    (status, [(RETRY_AFTER, "1")], advice).into_response()
}

async fn subscribe(
    State(app): State<App>,
    Extension(held): Extension<Held>,
    upgrade: WebSocketUpgrade,
) -> Response {
    socket::subscribe(upgrade, app.schema, app.stopped, held)
}
