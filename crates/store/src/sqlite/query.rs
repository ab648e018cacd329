//! Any `SELECT`, for people.

use super::Store;
use rusqlite::types::ValueRef;
use serde_json::Value;

/// An answer: column names and rows of as many cells. A cell is null, a number or a text.
#[derive(Clone, Debug, PartialEq)]
pub struct QueryAnswer {
    /// The names of the columns, left to right.
    pub columns: Vec<String>,
    /// The rows.
    pub rows: Vec<Vec<Value>>,
}

/// Why a query has no answer.
#[derive(Debug, thiserror::Error)]
#[error("cannot answer the query: {source}")]
pub struct QueryError {
    /// SQLite's own words.
    #[from]
    pub source: rusqlite::Error,
}

impl Store {
    /// Answers one SQL statement, on a connection of its own that cannot write.
    ///
    /// # Errors
    /// The statement is wrong, or would write.
    pub fn query(&self, sql: &str) -> Result<QueryAnswer, QueryError> {
        let connection = self.new_reader()?;
        let mut statement = connection.prepare(sql)?;
        let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
        let mut rows = Vec::new();
        let mut found = statement.query([])?;
        while let Some(row) = found.next()? {
            let cells = (0..columns.len()).map(|i| row.get_ref(i).map(cell));
            rows.push(cells.collect::<rusqlite::Result<_>>()?);
        }
        drop(found);
        Ok(QueryAnswer { columns, rows })
    }
}

fn cell(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(integer) => integer.into(),
        ValueRef::Real(real) => real.into(), // null if infinite, for which JSON has no word
        ValueRef::Text(text) | ValueRef::Blob(text) => String::from_utf8_lossy(text).into(),
    }
}
