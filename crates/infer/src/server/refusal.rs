//! A request that is not answered, and what its sender can do about it.

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// Why a request is not answered: `{"error": …}`, the error of the Open Inference Protocol.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Refusal {
    /// It cannot be understood: what, where, and what would be.
    #[error("{0}")]
    Bad(String),
    /// Nothing of that name is served.
    #[error("{0}")]
    Unknown(String),
    /// Its body is too long.
    #[error("the body is longer than {} bytes: send fewer windows at once", super::BODY_BYTES_MAX)]
    TooLong,
    /// Too many others are being answered.
    #[error("{} requests are being answered: ask again in a second", super::IN_FLIGHT_MAX)]
    Busy,
    /// It took too long to arrive or to be answered.
    #[error("not done in {} s: send fewer windows at once", super::limits::TIME_MAX.as_secs())]
    Late,
}

impl Refusal {
    /// A request that cannot be understood.
    pub(super) fn bad(what: impl std::fmt::Display) -> Refusal {
        Refusal::Bad(what.to_string())
    }

    fn status(&self) -> StatusCode {
        match self {
            Refusal::Bad(_) => StatusCode::BAD_REQUEST,
            Refusal::Unknown(_) => StatusCode::NOT_FOUND,
            Refusal::TooLong => StatusCode::PAYLOAD_TOO_LARGE,
            Refusal::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Refusal::Late => StatusCode::REQUEST_TIMEOUT,
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let body = Json(json!({ "error": self.to_string() }));
        match self {
            Refusal::Busy => (self.status(), [(header::RETRY_AFTER, "1")], body).into_response(),
            _ => (self.status(), body).into_response(),
        }
    }
}
