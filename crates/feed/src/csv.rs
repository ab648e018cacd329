//! A table of separated values with a header line. Quotes are understood, line ends inside quotes are not: a line of
//! the file is a row of the table.

use crate::error::{ImportError, Problem};
use crate::import::Import;
use crate::judge::{Reason, Rejected, shortened};
use crate::lines::{Line, LineReader, Place};
use crate::mapping::{Mapping, Target};
use crate::recording::Recording;
use crate::row::{Draft, Row, RowMaker, Value};
use csv_core::ReadRecordResult;
use std::io::BufRead;

/// Reads a whole recording from a table by `mapping`.
///
/// # Errors
/// The file is empty, cannot be read, has no header with the columns of the mapping, or no good line.
pub fn import(file: &str, input: impl BufRead, mapping: &Mapping) -> Result<Import, ImportError> {
    let mut lines = LineReader::new(input);
    let mut splitter = Splitter::new(mapping.delimiter);
    let header = lines.next_line().map_err(|error| ImportError::read(file, 0, error))?;
    let header = header.ok_or_else(|| ImportError::new(file, Place::File, Problem::Empty))?;
    let at_header = |problem| ImportError::new(file, header.place, problem);
    let columns = columns(&header, &mut splitter, mapping).map_err(at_header)?;
    let mut table = Table { maker: RowMaker::new(mapping.clone()), splitter, columns };
    let mut recording = Recording::by_mapping(file, mapping);
    loop {
        let byte = lines.byte();
        let Some(line) = lines.next_line().map_err(|error| ImportError::read(file, byte, error))? else {
            break;
        };
        match table.row(&line) {
            Ok(row) => recording.push(row),
            Err(rejected) => recording.quarantine(rejected.quarantine(line.place, line.raw)),
        }
    }
    recording.finish()
}

/// Which column of the mapping each column of the table is.
fn columns(
    header: &Line<'_>,
    splitter: &mut Splitter,
    mapping: &Mapping,
) -> Result<Vec<Option<usize>>, Problem> {
    let names = header.text().and_then(|text| splitter.split(text));
    let names =
        names.map_err(|r| Problem::WrongType { expected: "table with a header line", why: r.detail })?;
    let names: Vec<&str> = names.iter().map(|name| name.trim()).collect();
    for column in &mapping.columns {
        match names.iter().filter(|name| **name == column.name).count() {
            0 if !column.optional => return Err(missing(&column.name, &names)),
            0 | 1 => {}
            _ => return Err(Problem::ColumnTwice { column: column.name.clone() }),
        }
    }
    let of_mapping = |name: &&str| mapping.columns.iter().position(|column| column.name == **name);
    Ok(names.iter().map(of_mapping).collect())
}

fn missing(column: &str, names: &[&str]) -> Problem {
    const SHOWN: usize = 12;
    let shown = names.iter().take(SHOWN).copied().collect::<Vec<_>>().join(", ");
    let more = names.len().saturating_sub(SHOWN);
    let has = if more > 0 { format!("{shown} and {more} more") } else { shown };
    Problem::MissingColumn { column: column.into(), has: shortened(&has) }
}

struct Table {
    maker: RowMaker,
    splitter: Splitter,
    columns: Vec<Option<usize>>,
}

impl Table {
    fn row(&mut self, line: &Line<'_>) -> Result<Row, Rejected> {
        let cells = self.splitter.split(line.text()?)?;
        if cells.len() != self.columns.len() {
            let detail = format!("{} cells where the header has {}", cells.len(), self.columns.len());
            return Err(Rejected::new(Reason::Schema, detail));
        }
        let mut draft = Draft::default();
        for (cell, column) in cells.iter().zip(&self.columns) {
            let (Some(column), false) = (*column, cell.trim().is_empty()) else { continue };
            let value = self
                .maker
                .mapping
                .columns
                .get(column)
                .map(|c| value(cell.trim(), c.target, &c.name))
                .transpose()?;
            value.map(|value| self.maker.set(&mut draft, column, value)).transpose()?;
        }
        self.maker.finish(&draft)
    }
}

/// Reads a cell as its target needs it.
fn value<'c>(cell: &'c str, target: Target, column: &str) -> Result<Value<'c>, Rejected> {
    let refused =
        |kind| Rejected::new(Reason::Parse, format!("`{column}` is `{}`, no {kind}", shortened(cell)));
    match target {
        Target::Vehicle | Target::Segment => Ok(Value::Text(cell)),
        Target::OnPitRoad | Target::InBox => match cell.to_ascii_lowercase().as_str() {
            "true" | "1" => Ok(Value::Flag(true)),
            "false" | "0" => Ok(Value::Flag(false)),
            _ => Err(refused("flag: write true or false")),
        },
        Target::Time | Target::Fuel | Target::Signal { .. } => {
            cell.parse().map(Value::Number).map_err(|_| refused("number"))
        }
    }
}

/// Splits a line into cells, in buffers that are used again.
struct Splitter {
    reader: csv_core::Reader,
    text: Vec<u8>,
    ends: Vec<usize>,
}

impl Splitter {
    fn new(delimiter: u8) -> Self {
        let reader = csv_core::ReaderBuilder::new().delimiter(delimiter).build();
        Splitter { reader, text: Vec::new(), ends: Vec::new() }
    }

    fn split(&mut self, line: &str) -> Result<Vec<&str>, Rejected> {
        self.reader.reset();
        self.text.resize(line.len() + 1, 0);
        self.ends.resize(line.len() + 2, 0);
        let mut written = 0;
        let mut cells = 0;
        for input in [line.as_bytes(), b"\n"] {
            let (text, ends) = (self.text.get_mut(written..), self.ends.get_mut(cells..));
            let (Some(text), Some(ends)) = (text, ends) else { break };
            let (result, _, bytes, ended) = self.reader.read_record(input, text, ends);
            written += bytes;
            cells += ended;
            if result == ReadRecordResult::Record {
                return Ok(self.cells(cells));
            }
        }
        Err(Rejected::new(Reason::Parse, "a quote is not closed on its line"))
    }

    fn cells(&self, cells: usize) -> Vec<&str> {
        let starts = std::iter::once(&0).chain(&self.ends);
        let ranges = starts.zip(&self.ends).take(cells);
        let text = |(from, to): (&usize, &usize)| std::str::from_utf8(self.text.get(*from..*to)?).ok();
        ranges.map(|range| text(range).unwrap_or_default()).collect()
    }
}
