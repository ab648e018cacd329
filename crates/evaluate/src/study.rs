//! Studies: many races or recordings, run and held against what is known to be true. Each returns a value; what becomes
//! known on the way is reported as it comes.

pub mod accuracy;
pub mod detectors;
pub mod recordings;
pub mod science;
