//! Which path asks for what.

use super::{BODY_BYTES_MAX, Current, IN_FLIGHT_MAX, Refusal, Served, invocations, limits, oip, table};
use crate::wire::RateAnswer;
use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, QueryRejection};
use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router, middleware};
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::sync::Semaphore;

type CurrentModel = State<Arc<Current>>;
type Body = Result<Bytes, BytesRejection>;

/// All paths, each answered by the version that is current when its request has come.
pub(super) fn router(current: Arc<Current>) -> Router {
    let model = Router::new()
        .route("/", get(metadata))
        .route("/ready", get(model_ready))
        .route("/infer", post(infer))
        .route("/table", get(rates));
    Router::new()
        .route("/invocations", post(invoke))
        .route("/model", get(file))
        .nest("/v2/models/{name}", model.clone())
        .nest("/v2/models/{name}/versions/{version}", model)
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(middleware::from_fn_with_state(Arc::new(Semaphore::new(IN_FLIGHT_MAX)), limits::limit))
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
struct ModelPath {
    name: String,
    version: Option<String>,
}

impl ModelPath {
    fn find(self, current: &Current) -> Result<Arc<Served>, Refusal> {
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

async fn invoke(State(current): CurrentModel, body: Body) -> Result<Json<RateAnswer>, Refusal> {
    invocations::answer(&current.get(), &whole(body)?).map(Json)
}

async fn infer(
    State(current): CurrentModel,
    Path(path): Path<ModelPath>,
    body: Body,
) -> Result<Json<oip::InferResponse>, Refusal> {
    oip::infer(&*path.find(&current)?, &whole(body)?).map(Json)
}

async fn metadata(State(current): CurrentModel, Path(path): Path<ModelPath>) -> Result<Json<Value>, Refusal> {
    Ok(Json(oip::model(&*path.find(&current)?)))
}

async fn model_ready(
    State(current): CurrentModel,
    Path(path): Path<ModelPath>,
) -> Result<Json<Value>, Refusal> {
    let served = path.find(&current)?;
    Ok(Json(json!({ "name": served.name(), "ready": true })))
}

async fn rates(
    State(current): CurrentModel,
    Path(path): Path<ModelPath>,
    query: Result<Query<table::TableQuery>, QueryRejection>,
) -> Result<Json<table::TableAnswer>, Refusal> {
    let Query(query) = query.map_err(|error| Refusal::bad(error.body_text()))?;
    table::table(&*path.find(&current)?, query).map(Json)
}

/// The model's file, whose version is its tag: a follower asks for it again and again.
async fn file(State(current): CurrentModel, headers: HeaderMap) -> Response {
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
