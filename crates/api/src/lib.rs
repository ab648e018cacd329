//! GraphQL over the store and the live board, and the pages that show them: one port, on this machine only.
//!
//! - `schema`: the contract web/schema.graphql, resolver by resolver; all conversion of units is here.
//! - [`Live`]: from the stream's sink to every subscriber, newest board only.
//! - [`Needles`]: the same, ten times a second, past the windows.
//! - [`Journal`]: the way of evidence into the log of the session that runs.
//! - [`Server`]: `POST /graphql`, `GET /graphql` as a `graphql-transport-ws` socket, `GET /healthz`, `GET /readyz`, and
//!   the pages.
//!
//! How to talk to it is in docs/api.md.
//!
//! ```
//! use api::{Live, Needles, Server};
//! use std::sync::Arc;
//! use store::Store;
//!
//! # tokio::runtime::Runtime::new().unwrap().block_on(async {
//! let live = Live::default(); // the sink keeps a clone and publishes boards to it
//! let server = Server::bind("127.0.0.1:0".parse()?).await?;
//! println!("http://{}", server.address());
//! let ctrl_c = async {}; // whatever should end it
//! server.run(Arc::new(Store::in_memory()?), live.clone(), Needles::default(), ctrl_c).await;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # }).unwrap();
//! ```
#![forbid(unsafe_code)]

mod connections;
mod cost;
mod evidence;
mod guard;
mod live;
mod needles;
mod pages;
mod schema;
mod server;
mod socket;

pub use evidence::Journal;
pub use live::Live;
pub use needles::Needles;
pub use schema::sdl;
pub use server::{BindError, Server};
