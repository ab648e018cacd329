//! Somebody who serves models, on any free port: a model file that changes, and answers to questions, now and then badly.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// Serves until it is dropped.
pub struct Models {
    pub address: SocketAddr,
    state: Arc<Served>,
    _runtime: tokio::runtime::Runtime,
}

#[derive(Default)]
struct Served {
    version: AtomicU32,
    asked: AtomicU32,
    answered: AtomicU32,
}

impl Models {
    pub fn serve() -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let state = Arc::new(Served { version: AtomicU32::new(1), ..Served::default() });
        let router = Router::new()
            .route("/model", get(model))
            .route("/invocations", post(answer))
            .with_state(state.clone());
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        runtime.spawn(async { axum::serve(listener, router).await });
        Models { address, state, _runtime: runtime }
    }

    /// Another model from now on.
    pub fn change(&self) {
        self.state.version.fetch_add(1, Ordering::SeqCst);
    }

    /// How many questions were answered.
    pub fn answered(&self) -> u32 {
        self.state.answered.load(Ordering::SeqCst)
    }
}

async fn model(State(served): State<Arc<Served>>, headers: HeaderMap) -> impl IntoResponse {
    let version = served.version.load(Ordering::SeqCst);
    let etag = format!("\"{version}\"");
    if headers.get("if-none-match").is_some_and(|known| known == etag.as_str()) {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    let mut model = fuel::model::priors();
    model.name = events::ModelId::new(&format!("served-{version}")).unwrap();
    model.shape.mean[0] += 0.01 * f64::from(version);
    ([("etag", etag)], calibrate::model_file::write(&model).unwrap()).into_response()
}

/// What the car's throttle and engine speed say, in a law of one line. Each fifth time it stumbles.
async fn answer(
    State(served): State<Arc<Served>>,
    Json(question): Json<Value>,
) -> Result<Json<Value>, StatusCode> {
    if served.asked.fetch_add(1, Ordering::SeqCst) % 5 == 4 {
        return Err(StatusCode::SERVICE_UNAVAILABLE);
    }
    let rates: Vec<_> = question["cars"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|car| {
            let rate = 30.0 * car["throttle"].as_f64()?.clamp(0.0, 1.0) * car["rpm"].as_f64()? / 9_000.0;
            Some(json!({ "vehicle_id": car["vehicle_id"], "rate_g_s": rate, "sd_g_s": 0.5 }))
        })
        .collect();
    served.answered.fetch_add(1, Ordering::SeqCst);
    Ok(Json(json!({ "model": "mine", "rates": rates })))
}
