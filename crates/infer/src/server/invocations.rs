//! `/invocations`, the body of SageMaker's container contract and of a session that asks.

use super::{Refusal, Served, window};
use crate::wire::{Question, RateAnswer};

/// The mean flow of every car of a question.
pub(super) fn answer(served: &Served, body: &[u8]) -> Result<RateAnswer, Refusal> {
    let question: Question = serde_json::from_slice(body)
        .map_err(|error| Refusal::bad(format_args!("the body: {error}; docs/serving.md shows one")))?;
    let rates = window::rates(served, &question.cars)?;
    Ok(RateAnswer { model: served.name().into(), version: Some(served.version().into()), rates })
}
