//! Insights at rest, in SQLite: plain tables and views that any SQL tool can read while they are written.
//!
//! - [`Store::write`] files whole [`Window`]s, rows and sink position in one transaction; writing twice writes once.
//! - [`Store::position`] and [`Store::cut_after`] let a restarted stream go on where it was, [`Store::forget`] one begin anew.
//! - [`Store::sessions`], [`Store::board`], [`Store::laps`] … read in the words of `events`, on a connection of their own:
//!   readers never wait for the writer, nor it for them.
//! - [`Store::query`] is for people: any `SELECT`, read-only. The columns are in docs/store.md.
//!
//! What is handed in and out are values of `events` and of three modules here: `window` (what is written at once, and what
//! became of it), `timeline` (what happened in a session) and `profile` (burn round the track). `sqlite` holds all the rest, and
//! all the SQL; another backend would lie beside it. A `Store` may be shared between threads.
//!
//! ```
//! use events::{Board, Flag, SessionId};
//! use store::{Store, Window};
//! use units::EventTime;
//!
//! let session = SessionId::new("michigan-2026")?;
//! let window_end_us = EventTime::from_ms(1_000);
//! let board = Board { flag: Flag::Green, lap: Some(1), ..Board::of_nothing(session, window_end_us) };
//!
//! let store = Store::in_memory()?;
//! let written = store.write(&[Window::new(board.clone().into())])?;
//! assert_eq!((written.rows, written.refused), (0, 0)); // no cars yet
//! assert_eq!(store.position(session)?, Some(window_end_us));
//! assert_eq!(store.board(session.as_str())?, Some(board));
//! assert_eq!(store.query("SELECT session, flag FROM windows")?.rows, [["michigan-2026", "green"]]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![forbid(unsafe_code)]

mod profile;
mod sqlite;
mod timeline;
mod window;

pub use profile::BurnProfile;
pub use sqlite::{OpenError, QueryAnswer, QueryError, ReadError, Store, WriteError};
pub use timeline::{FlagSpan, PitStop, Retirement, StageEnd, Timeline};
pub use window::{Window, Written};
