//! The store in one SQLite file. Nothing outside this folder knows SQL.
//!
//! What the stream found out is kept whole, by its `serde` form: insights as rows with a column for each field (`columns`);
//! boards, laps and race events, of which there are few, as JSON beside the keys by which they are found (`json`), with views
//! over it for other tools. A session's conditions and its roster are tables.

mod columns;
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
