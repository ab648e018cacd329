//! Models that run elsewhere: docs/external-models.md. Whatever they say is in the log before it counts.

mod ask;
mod breaker;
mod follow;
mod http;
mod observed;
mod source;

pub use ask::{Asker, BoardSender};
pub use follow::Follower;
pub use http::Address;
pub use observed::Heard;
pub use source::ModelSource;
