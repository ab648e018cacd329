//! Calibration as a specification: the published vectors, and what must hold of any fit.
#![allow(clippy::unwrap_used, reason = "these are tests: a panic is how they fail")]

mod made_up;
mod model_file;
mod recovery;
mod vectors;
