//! Models over HTTP, both ways: a model that is served, and a session that asks one. Between them lies one contract.
//!
//! - [`wire`]: the contract of `POST /invocations`, a question about cars over a window and its answer.
//! - [`server`]: a model behind a port: [`ModelServer`] with the [`Current`] version of a [`Served`] model.
//! - [`client`]: what a session asks: [`client::Ask`] a model of somebody's own, [`client::Follow`] a model file that changes.
//!
//! Files, signals, the wall clock and the log are the caller's, and nothing of the stream knows this room: what comes from
//! outside reaches it as an entry of its log.
//!
//! ```
//! use events::VehicleId;
//! use infer::wire::{CarDescription, CarWindow, Question, RateAnswer};
//! use infer::{Current, ModelServer, Served};
//! use std::io::{Read, Write};
//! use std::{net::TcpStream, sync::Arc};
//!
//! let runtime = tokio::runtime::Runtime::new()?;
//! let server = runtime.block_on(ModelServer::bind("127.0.0.1:0".parse()?))?;
//! let mut stream = TcpStream::connect(server.address())?;
//! let model = Served::new(fuel::model::priors(), "the text of its file".into());
//! runtime.spawn(server.run(Arc::new(Current::new(model)), std::future::pending()));
//!
//! // flat out at 8 000 rpm for a second
//! let car = CarDescription { package_hp: Some(670.0), ..CarDescription::named(VehicleId::new("24")?) };
//! let window = CarWindow { car, samples: Some(vec![[1.0, 8_000.0, 1.0]]), ..CarWindow::default() };
//! let question = serde_json::to_string(&Question { window: None, cars: vec![window] })?;
//! let length = question.len();
//! write!(stream, "POST /invocations HTTP/1.0\r\nhost: x\r\ncontent-length: {length}\r\n\r\n{question}")?;
//! let mut reply = String::new();
//! stream.read_to_string(&mut reply)?;
//! let (_, body) = reply.split_once("\r\n\r\n").ok_or(reply.clone())?;
//! let answer: RateAnswer = serde_json::from_str(body)?;
//! assert!((answer.rates[0].rate_g_s - 37.99).abs() < 0.01); // docs/fuel-model.md
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![forbid(unsafe_code)]

pub mod client;
pub mod server;
pub mod wire;

pub use server::{BODY_BYTES_MAX, Current, IN_FLIGHT_MAX, ModelServer, ROWS_MAX, Refusal, Served};
