//! Models that run elsewhere: docs/external-models.md. Whatever they say is in the log before it counts.

mod ask;
mod breaker;
mod follow;
mod heard;
mod http;
mod source;

pub use ask::{Asker, BoardSender};
pub use follow::Follower;
pub use heard::Heard;
pub use http::Address;
pub use source::ModelSource;
