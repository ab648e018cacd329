//! A model behind HTTP: windows of telemetry in, mean flows with their spread out. `docs/serving.md` is the contract.
//!
//! - [`Served`]: one version of a model, ready to answer. [`Current`]: the one that answers now; it can be exchanged while
//!   requests run.
//! - [`window`]: what is asked, and what is answered.
//! - [`Server`]: the port. It speaks SageMaker's container contract and the Open Inference Protocol v2.
//!
//! Files and signals are the caller's.
#![forbid(unsafe_code)]

mod limits;
mod oip;
mod refusal;
mod sagemaker;
mod served;
mod server;
mod table;
mod tensor;
pub mod window;

pub use limits::{BODY_BYTES_MAX, IN_FLIGHT_MAX, ROWS_MAX};
pub use refusal::Refusal;
pub use served::{Current, Served};
pub use server::Server;
