//! The asking side: a session that runs asks a model elsewhere, or follows a model file that somebody serves.
//!
//! - [`Ask`]: one question a closed window, for all cars at once; the answers go into the log.
//! - [`Follow`]: looks again and again whether a served model has changed; each change goes into the log.
//! - [`Observed`]: what the log's writer has seen of each car lately, the features of a question.
//! - [`RemoteModel`]: fetches a served model file, unless it is the version that is known. [`Address`]: where it is.
//! - `answers`: which answers can be. `breaker`, `http`: when to leave a server alone, and how to talk to it.
//!
//! Whatever comes from outside is in the log before it counts, so a replay needs nobody to ask. The way into the log is a
//! [`journal::Appender`], and time is a [`journal::Timekeeper`]: this room opens no file and reads no wall clock.
//! `docs/external-models.md` is the contract.

mod answers;
mod ask;
mod breaker;
mod follow;
mod http;
mod observed;
mod remote_model;

pub use ask::{Ask, BoardSender};
pub use follow::Follow;
pub use http::Address;
pub use observed::Observed;
pub use remote_model::RemoteModel;
