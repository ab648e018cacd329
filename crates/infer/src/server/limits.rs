//! How much anybody may ask at once.

use super::Refusal;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// Longest request body. Forty cars with twenty samples each take 20 KiB.
pub const BODY_BYTES_MAX: usize = 4 << 20;
/// Requests that are answered at the same time; one more is refused at once.
pub const IN_FLIGHT_MAX: usize = 64;
/// Windows, or rows of a tensor, in one request.
pub const ROWS_MAX: usize = 4096;
/// How long a request may take, its arrival included.
pub(super) const TIME_MAX: Duration = Duration::from_secs(5);

/// Answers within the limits of [`IN_FLIGHT_MAX`] and [`TIME_MAX`], or refuses.
pub(super) async fn limit(State(free): State<Arc<Semaphore>>, request: Request, next: Next) -> Response {
    let Ok(_permit) = free.try_acquire() else { return Refusal::Busy.into_response() };
    match tokio::time::timeout(TIME_MAX, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Refusal::Late.into_response(),
    }
}
