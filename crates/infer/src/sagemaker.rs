//! `/invocations`, the body of SageMaker's container contract.

use crate::window::{self, Rate, Window};
use crate::{Refusal, Served};
use serde::{Deserialize, Serialize};

#[derive(Debug, Deserialize)]
struct Asked {
    windows: Vec<Window>,
}

/// The mean flow of every window, and who says so.
#[derive(Debug, Serialize)]
pub(crate) struct Answer {
    model: String,
    version: String,
    rates: Vec<Rate>,
}

pub(crate) fn answer(served: &Served, body: &[u8]) -> Result<Answer, Refusal> {
    let asked: Asked = serde_json::from_slice(body)
        .map_err(|error| Refusal::bad(format_args!("the body: {error}; docs/serving.md shows one")))?;
    let rates = window::rates(served, &asked.windows)?;
    Ok(Answer { model: served.name().into(), version: served.version().into(), rates })
}
