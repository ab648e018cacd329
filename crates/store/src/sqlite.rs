//! The store in one SQLite file. Nothing outside this folder knows SQL.
//!
//! Insights, boards, laps and race events are kept whole, as the JSON that `serde` makes of them, beside the keys by which
//! they are found; what other tools read are views over that. A session's conditions and its roster are tables.

mod event;
mod json;
mod open;
mod profile;
mod query;
mod read;
mod session;
mod timeline;
mod upgrade;
mod word;
mod write;

pub use open::{OpenError, Store};
pub use query::{QueryAnswer, QueryError};
pub use read::ReadError;
pub use write::WriteError;
