//! One JSON object a line.
//!
//! A line becomes a sample without an intermediate tree or an allocation: keys are compared where they lie, and the
//! key at each position is expected to be the one of the line before.

use crate::error::{ImportError, Problem};
use crate::import::Import;
use crate::judge::{Reason, Rejected, shortened};
use crate::lines::{Line, LineReader, Place};
use crate::mapping::{Column, Mapping};
use crate::recording::Recording;
use crate::row::{Draft, Row, RowMaker, Value};
use events::{Quarantined, Sample};
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use std::fmt;
use std::io::{self, BufRead};

/// Reads a whole recording of one JSON object a line.
///
/// # Errors
/// The file is empty, cannot be read, or no line of it is good; or a column that the mapping does not call optional is
/// in no line.
pub fn import(file: &str, input: impl BufRead, mapping: &Mapping) -> Result<Import, ImportError> {
    let mut lines = Lines::new(input, mapping.clone());
    let mut recording = Recording::by_mapping(file, mapping);
    while let Some(row) =
        lines.next_row().map_err(|error| ImportError::read(file, lines.reader.byte(), error))?
    {
        match row {
            Ok(row) => recording.push(row),
            Err(quarantined) => recording.quarantine(quarantined),
        }
    }
    let import = recording.finish()?;
    let absent = mapping
        .columns
        .iter()
        .zip(0..)
        .find(|(column, i)| !column.optional && lines.parser.seen & (1 << i) == 0);
    match absent {
        Some((column, _)) => {
            Err(ImportError::new(file, Place::File, Problem::ColumnNeverSeen { column: column.name.clone() }))
        }
        None => Ok(import),
    }
}

/// Samples as they stand in a stream of lines, for use without a tape. Ends at the first read error.
#[derive(Debug)]
pub struct Lines<R> {
    reader: LineReader<R>,
    parser: Parser,
    failed: bool,
}

impl<R: BufRead> Lines<R> {
    /// Reads `input` by `mapping`.
    pub fn new(input: R, mapping: Mapping) -> Self {
        let order = vec![0; mapping.columns.len()];
        let parser = Parser { maker: RowMaker::new(mapping), order, seen: 0 };
        Lines { reader: LineReader::new(input), parser, failed: false }
    }

    fn next_row(&mut self) -> io::Result<Option<Result<Row, Quarantined>>> {
        let Some(line) = self.reader.next_line()? else { return Ok(None) };
        Ok(Some(self.parser.row(&line).map_err(|rejected| rejected.quarantine(line.place, line.raw))))
    }
}

impl<R: BufRead> Iterator for Lines<R> {
    type Item = io::Result<Result<Sample, Quarantined>>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        let row = self.next_row().transpose()?;
        self.failed = row.is_err();
        Some(row.map(|row| row.map(|row| row.sample)))
    }
}

#[derive(Debug)]
struct Parser {
    maker: RowMaker,
    /// Which column stood at each position of the last object.
    order: Vec<usize>,
    /// One bit per column of the mapping that some line had.
    seen: u32,
}

impl Parser {
    fn row(&mut self, line: &Line<'_>) -> Result<Row, Rejected> {
        let text = line.text()?;
        let Parser { maker, order, .. } = self;
        let mut object = Object { maker, order, draft: Draft::default(), present: 0, rejected: None };
        let mut json = serde_json::Deserializer::from_str(text);
        let parsed = json.deserialize_map(&mut object).and_then(|()| json.end());
        let Object { draft, present, rejected, .. } = object;
        self.seen |= present;
        match (parsed, rejected) {
            (Err(error), _) => Err(refused(text, &error)),
            (Ok(()), Some(rejected)) => Err(rejected),
            (Ok(()), None) => self.maker.finish(&draft),
        }
    }
}

/// Names the rule that a JSON error breaks.
fn refused(text: &str, error: &serde_json::Error) -> Rejected {
    let message = error.to_string();
    let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(message, _)| message);
    let column = error.column();
    let here = text.get(column.saturating_sub(1)..).unwrap_or_default();
    let not_finite = ["NaN", "Infinity", "nan", "inf", "Inf"].iter().any(|word| here.starts_with(word));
    let reason = match message {
        "number out of range" => Reason::NotFinite,
        _ if not_finite => Reason::NotFinite,
        _ if error.is_data() => Reason::Schema,
        _ => Reason::Parse,
    };
    let place = if column > 0 { format!(" at column {column}") } else { String::new() };
    Rejected::new(reason, shortened(message) + &place)
}

/// The object of one line, while it is read.
struct Object<'m> {
    maker: &'m mut RowMaker,
    order: &'m mut Vec<usize>,
    draft: Draft,
    /// One bit per column of the mapping that this line has.
    present: u32,
    rejected: Option<Rejected>,
}

impl Object<'_> {
    #[inline]
    fn put(&mut self, column: usize, value: Option<Value<'_>>) {
        let bit = 1 << column;
        let put = match value {
            _ if self.present & bit != 0 => {
                let name =
                    self.maker.mapping.columns.get(column).map(|c| c.name.as_str()).unwrap_or_default();
                Err(Rejected::new(Reason::DuplicateKey, format!("`{name}` stands twice")))
            }
            None => Ok(()),
            Some(value) => self.maker.set(&mut self.draft, column, value),
        };
        self.present |= bit;
        if let Err(rejected) = put {
            self.rejected.get_or_insert(rejected);
        }
    }
}

impl<'de> Visitor<'de> for &mut Object<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut position = 0;
        loop {
            let expected = self.order.get(position).copied().unwrap_or_default();
            match map.next_key_seed(Key { columns: &self.maker.mapping.columns, expected })? {
                None => return Ok(()),
                Some(None) => map.next_value::<IgnoredAny>().map(|_| ())?,
                Some(Some(column)) => {
                    self.order.get_mut(position).into_iter().for_each(|slot| *slot = column);
                    map.next_value_seed(KeyedValue { object: self, column })?;
                }
            }
            position += 1;
        }
    }
}

/// Finds the column of a key.
struct Key<'m> {
    columns: &'m [Column],
    expected: usize,
}

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = Option<usize>;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<Self::Value, E> {
        match self.columns.get(self.expected) {
            Some(column) if column.name == key => Ok(Some(self.expected)),
            _ => Ok(self.columns.iter().position(|column| column.name == key)),
        }
    }
}

/// Reads the value of a mapped key.
struct KeyedValue<'o, 'm> {
    object: &'o mut Object<'m>,
    column: usize,
}

impl<'de> DeserializeSeed<'de> for KeyedValue<'_, '_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Visitor<'_> for KeyedValue<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number, a text, a flag or null")
    }
    fn visit_f64<E: Error>(self, value: f64) -> Result<(), E> {
        self.object.put(self.column, Some(Value::Number(value)));
        Ok(())
    }
    fn visit_i64<E: Error>(self, value: i64) -> Result<(), E> {
        self.visit_f64(value as f64)
    }
    fn visit_u64<E: Error>(self, value: u64) -> Result<(), E> {
        self.visit_f64(value as f64)
    }
    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        self.object.put(self.column, Some(Value::Flag(value)));
        Ok(())
    }
    fn visit_str<E: Error>(self, value: &str) -> Result<(), E> {
        self.object.put(self.column, Some(Value::Text(value)));
        Ok(())
    }
    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.object.put(self.column, None);
        Ok(())
    }
}
