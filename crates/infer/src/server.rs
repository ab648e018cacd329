//! The one port.

use crate::{Current, Refusal, Served, limits, oip, sagemaker, table};
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::serve::ListenerExt;
use axum::{Json, Router, middleware};
use serde_json::{Value, json};
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};

/// How long requests may go on after the end was asked for. A container is killed after 30 s.
const FINISH_MAX: Duration = Duration::from_secs(20);

/// A bound port, not yet answering: callers wait in the system's queue.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
}

type App = State<Arc<Current>>;
type Body = Result<Bytes, BytesRejection>;

impl Server {
    /// Binds an address; port 0 is any free one.
    ///
    /// # Errors
    /// The port is in use or not allowed.
    pub async fn bind(address: SocketAddr) -> io::Result<Server> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        Ok(Server { listener, address })
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
        let serving = axum::serve(listener, router(current)).with_graceful_shutdown(shutdown);
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

fn router(current: Arc<Current>) -> Router {
    let model = Router::new()
        .route("/", get(metadata))
        .route("/ready", get(model_ready))
        .route("/infer", post(infer))
        .route("/table", get(rates));
    Router::new()
        .route("/invocations", post(invocations))
        .route("/model", get(file))
        .nest("/v2/models/{name}", model.clone())
        .nest("/v2/models/{name}/versions/{version}", model)
        .layer(DefaultBodyLimit::max(limits::BODY_BYTES_MAX))
        .layer(middleware::from_fn_with_state(Arc::new(Semaphore::new(limits::IN_FLIGHT_MAX)), limits::limit))
        // whether it lives is answered however busy it is
        .route("/ping", get(StatusCode::OK))
        .route("/v2", get(|| async { Json(oip::server()) }))
        .route("/v2/health/live", get(|| async { Json(json!({ "live": true })) }))
        .route("/v2/health/ready", get(|| async { Json(json!({ "ready": true })) }))
        .fallback(|| async { Refusal::Unknown("no such path: docs/serving.md lists them".into()) })
        .with_state(current)
}

/// Which model a path names.
#[derive(serde::Deserialize)]
struct Which {
    name: String,
    version: Option<String>,
}

impl Which {
    fn of(self, current: &Current) -> Result<Arc<Served>, Refusal> {
        let served = current.get();
        if self.name != served.name() {
            return Err(Refusal::Unknown(format!("no model {}: {} is served", self.name, served.name())));
        }
        match self.version {
            Some(version) if version != served.version() => Err(Refusal::Unknown(format!(
                "no version {version} of {}: {} is served",
                self.name,
                served.version()
            ))),
            _ => Ok(served),
        }
    }
}

async fn invocations(State(current): App, body: Body) -> Result<Json<sagemaker::Answer>, Refusal> {
    sagemaker::answer(&current.get(), &whole(body)?).map(Json)
}

async fn infer(
    State(current): App,
    Path(which): Path<Which>,
    body: Body,
) -> Result<Json<oip::Answer>, Refusal> {
    oip::infer(&*which.of(&current)?, &whole(body)?).map(Json)
}

async fn metadata(State(current): App, Path(which): Path<Which>) -> Result<Json<Value>, Refusal> {
    Ok(Json(oip::model(&*which.of(&current)?)))
}

async fn model_ready(State(current): App, Path(which): Path<Which>) -> Result<Json<Value>, Refusal> {
    let served = which.of(&current)?;
    Ok(Json(json!({ "name": served.name(), "ready": true })))
}

async fn rates(
    State(current): App,
    Path(which): Path<Which>,
    asked: Result<Query<table::Asked>, axum::extract::rejection::QueryRejection>,
) -> Result<Json<table::Table>, Refusal> {
    let Query(asked) = asked.map_err(|error| Refusal::bad(error.body_text()))?;
    table::table(&*which.of(&current)?, asked).map(Json)
}

/// The model's file, whose version is its tag: a follower asks for it again and again.
async fn file(State(current): App, headers: HeaderMap) -> Response {
    let served = current.get();
    let tag = format!("\"{}\"", served.version());
    let known = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let mut known = known.flat_map(|value| value.split(',')).map(|one| one.trim().trim_start_matches("W/"));
    if known.any(|one| one == tag || one == "*") {
        return (StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response();
    }
    let json = (header::CONTENT_TYPE, "application/json".to_owned());
    ([json, (header::ETAG, tag)], served.text().to_owned()).into_response()
}

fn whole(body: Body) -> Result<Bytes, Refusal> {
    body.map_err(|error| match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Refusal::TooLong,
        _ => Refusal::bad(error.body_text()),
    })
}
