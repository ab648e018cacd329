//! A flat record as a row: a column for each of its fields, of the same name. A struct within it has a column for each of its
//! own fields, named after both; a list is JSON text.
//!
//! So lie the insights, of which there are forty a second: as JSON text each takes six times the room, and a replay into a store
//! half as much CPU again. A float is the same eight bytes here and there.

use rusqlite::types::{Type, ValueRef};
use rusqlite::{Row, Statement, ToSql};
use serde::de::DeserializeOwned;
use serde::ser::{Impossible, SerializeStruct, Serializer};
use serde::{Serialize, ser};
use serde_json::{Map, Value};
use std::fmt;

/// How the fields of a record lie in columns.
pub(super) struct ColumnLayout {
    /// The fields of the record, in order.
    pub fields: &'static [&'static str],
    /// Which of them are structs, and the fields of those. The first of these is never missing where the struct is there.
    pub structs: &'static [(&'static str, &'static [&'static str])],
    /// Columns of lists.
    pub lists: &'static [&'static str],
    /// Columns of what is true or false, which SQL keeps as 1 or 0.
    pub bools: &'static [&'static str],
}

impl ColumnLayout {
    /// The names of the columns, in order.
    pub fn columns(&self) -> Vec<String> {
        let columns_of = |field: &&'static str| match self.fields_of(field) {
            Some(inner) => inner.iter().map(|inner| format!("{field}_{inner}")).collect(),
            None => vec![(*field).to_owned()],
        };
        self.fields.iter().flat_map(columns_of).collect()
    }

    fn fields_of(&self, field: &str) -> Option<&'static [&'static str]> {
        self.structs.iter().find(|(name, _)| *name == field).map(|(_, fields)| *fields)
    }

    /// Which field a column is, and of which struct if it is of one.
    fn place<'c>(&self, column: &'c str) -> (Option<&'static str>, &'c str) {
        let within = self.structs.iter().find_map(|(name, fields)| {
            let inner = column.strip_prefix(name)?.strip_prefix('_')?;
            fields.contains(&inner).then_some((Some(*name), inner))
        });
        within.unwrap_or((None, column))
    }

    /// Writes a record as the parameters of a statement, in the order of [`ColumnLayout::columns`].
    pub fn write(&self, record: &impl Serialize, statement: &mut Statement<'_>) -> rusqlite::Result<()> {
        statement.clear_bindings(); // what is missing is not bound
        let mut parameter = Parameter { layout: self, statement, at: RECORD };
        record.serialize(&mut parameter).map_err(|error| match error {
            ParameterError::Sql(error) => error,
            other => rusqlite::Error::ToSqlConversionFailure(other.into()),
        })?;
        statement.raw_execute().map(|_| ())
    }

    /// Reads the record of a row.
    pub fn read<T: DeserializeOwned>(&self, row: &Row<'_>) -> rusqlite::Result<T> {
        let mut record = Map::new();
        for (column, mut value) in fields(row, |column| column, self.lists)? {
            if self.bools.contains(&column.as_str()) {
                value = Value::Bool(value != 0);
            }
            match self.place(&column) {
                (Some(within), field) => {
                    let inner = record.entry(within).or_insert_with(|| Value::Object(Map::new()));
                    inner[field] = value;
                }
                (None, _) => drop(record.insert(column, value)),
            }
        }
        self::record(record)
    }
}

/// The fields of a row, each named as `field_of` names its column; `json` are those that hold JSON text. A column that is null
/// is a field that is missing.
pub(super) fn fields(
    row: &Row<'_>,
    field_of: impl Fn(&str) -> &str,
    json: &[&str],
) -> rusqlite::Result<Map<String, Value>> {
    let mut fields = Map::new();
    for (at, column) in row.as_ref().column_names().enumerate() {
        let field = field_of(column);
        let value = match row.get_ref(at)? {
            ValueRef::Integer(integer) => integer.into(),
            ValueRef::Real(real) => real.into(),
            ValueRef::Text(text) if json.contains(&field) => {
                serde_json::from_slice(text).map_err(not_understood)?
            }
            ValueRef::Text(text) => String::from_utf8_lossy(text).into(),
            ValueRef::Null | ValueRef::Blob(_) => continue,
        };
        fields.insert(field.into(), value);
    }
    Ok(fields)
}

/// The record of these fields.
pub(super) fn record<T: DeserializeOwned>(fields: Map<String, Value>) -> rusqlite::Result<T> {
    serde_json::from_value(Value::Object(fields)).map_err(not_understood)
}

fn not_understood(error: serde_json::Error) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(0, Type::Text, error.into())
}

/// Before the first parameter: here a record is expected, behind it the values of its fields.
const RECORD: usize = 0;

/// One parameter of a statement, or the record that goes into all of them.
struct Parameter<'s, 'c> {
    layout: &'s ColumnLayout,
    statement: &'s mut Statement<'c>,
    /// Which parameter, from 1; or [`RECORD`].
    at: usize,
}

impl Parameter<'_, '_> {
    fn bind(&mut self, value: impl ToSql) -> Result<(), ParameterError> {
        self.statement.raw_bind_parameter(self.at, value).map_err(ParameterError::Sql)
    }
}

/// The fields of the record, or of a struct within it, each into the next parameter.
struct Fields<'a, 's, 'c> {
    parameter: &'a mut Parameter<'s, 'c>,
    is_within: bool,
}

impl SerializeStruct for Fields<'_, '_, '_> {
    type Ok = ();
    type Error = ParameterError;
    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        field: &'static str,
        value: &T,
    ) -> Result<(), ParameterError> {
        self.parameter.at += 1;
        let first = self.parameter.at;
        match value.serialize(&mut *self.parameter) {
            Err(ParameterError::Compound) => {
                let text = serde_json::to_string(value).map_err(ser::Error::custom)?;
                self.parameter.bind(text)?;
            }
            bound => bound?,
        }
        let inner = if self.is_within { None } else { self.parameter.layout.fields_of(field) };
        self.parameter.at = first + inner.map_or(1, <[_]>::len) - 1;
        Ok(())
    }
    fn end(self) -> Result<(), ParameterError> {
        Ok(())
    }
}

type Refused = Impossible<(), ParameterError>;

impl<'a, 's, 'c> Serializer for &'a mut Parameter<'s, 'c> {
    type Ok = ();
    type Error = ParameterError;
    type SerializeSeq = Refused;
    type SerializeTuple = Refused;
    type SerializeTupleStruct = Refused;
    type SerializeTupleVariant = Refused;
    type SerializeMap = Refused;
    type SerializeStruct = Fields<'a, 's, 'c>;
    type SerializeStructVariant = Refused;

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeStruct, ParameterError> {
        let is_within = self.at != RECORD;
        self.at -= usize::from(is_within); // its first field goes where it would go itself
        Ok(Fields { parameter: self, is_within })
    }
    fn serialize_bool(self, v: bool) -> Result<(), ParameterError> {
        self.bind(v)
    }
    fn serialize_i8(self, v: i8) -> Result<(), ParameterError> {
        self.bind(v)
    }
    fn serialize_i16(self, v: i16) -> Result<(), ParameterError> {
        self.bind(v)
    }
    fn serialize_i32(self, v: i32) -> Result<(), ParameterError> {
        self.bind(v)
    }
    fn serialize_i64(self, v: i64) -> Result<(), ParameterError> {
        self.bind(v)
    }
    fn serialize_u8(self, v: u8) -> Result<(), ParameterError> {
        self.bind(v)
    }
    fn serialize_u16(self, v: u16) -> Result<(), ParameterError> {
        self.bind(v)
    }
    fn serialize_u32(self, v: u32) -> Result<(), ParameterError> {
        self.bind(v)
    }
    fn serialize_u64(self, v: u64) -> Result<(), ParameterError> {
        self.bind(v.cast_signed())
    }
    fn serialize_f32(self, v: f32) -> Result<(), ParameterError> {
        self.serialize_f64(v.into())
    }
    /// A number that is none is missing.
    fn serialize_f64(self, v: f64) -> Result<(), ParameterError> {
        if v.is_finite() { self.bind(v) } else { Ok(()) }
    }
    fn serialize_char(self, v: char) -> Result<(), ParameterError> {
        self.bind(v.to_string())
    }
    fn serialize_str(self, v: &str) -> Result<(), ParameterError> {
        self.bind(v)
    }
    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<(), ParameterError> {
        self.bind(variant)
    }
    fn serialize_none(self) -> Result<(), ParameterError> {
        Ok(())
    }
    fn serialize_some<T: Serialize + ?Sized>(self, v: &T) -> Result<(), ParameterError> {
        v.serialize(self)
    }
    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        v: &T,
    ) -> Result<(), ParameterError> {
        v.serialize(self)
    }
    fn serialize_unit(self) -> Result<(), ParameterError> {
        Ok(())
    }
    fn serialize_unit_struct(self, _: &'static str) -> Result<(), ParameterError> {
        Ok(())
    }
    fn serialize_bytes(self, _: &[u8]) -> Result<(), ParameterError> {
        Err(ParameterError::Compound)
    }
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<(), ParameterError> {
        Err(ParameterError::Compound)
    }
    fn serialize_seq(self, _: Option<usize>) -> Result<Refused, ParameterError> {
        Err(ParameterError::Compound)
    }
    fn serialize_tuple(self, _: usize) -> Result<Refused, ParameterError> {
        Err(ParameterError::Compound)
    }
    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Refused, ParameterError> {
        Err(ParameterError::Compound)
    }
    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Refused, ParameterError> {
        Err(ParameterError::Compound)
    }
    fn serialize_map(self, _: Option<usize>) -> Result<Refused, ParameterError> {
        Err(ParameterError::Compound)
    }
    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Refused, ParameterError> {
        Err(ParameterError::Compound)
    }
}

#[derive(Debug)]
enum ParameterError {
    /// The value is no number, text or nothing.
    Compound,
    Sql(rusqlite::Error),
    Other(String),
}

impl fmt::Display for ParameterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ParameterError::Compound => write!(f, "a record is a struct of fields"),
            ParameterError::Sql(error) => error.fmt(f),
            ParameterError::Other(why) => why.fmt(f),
        }
    }
}
impl std::error::Error for ParameterError {}
impl ser::Error for ParameterError {
    fn custom<T: fmt::Display>(why: T) -> Self {
        ParameterError::Other(why.to_string())
    }
}
