//! Insights at rest, in SQLite.
