//! What comes out of good, bad and real recordings.
#![allow(missing_docs, clippy::unwrap_used, clippy::print_stderr)]

mod support {
    pub mod ibt_file;
    pub mod nascar_files;
    pub mod outcome;
}
mod bad_input {
    mod csv;
    mod ibt;
    mod mapping;
    mod nascar;
    mod ndjson;
    mod race_events;
}
mod recordings {
    mod made;
    mod nascar;
    mod real;
}
