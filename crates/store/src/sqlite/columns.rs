//! A flat record as a row: a column for each of its fields, of the same name. A list or a struct within it is JSON text.
//!
//! So lie the insights, of which there are forty a second: as JSON text each takes six times the room, and a replay into a store
//! half as much CPU again. A float is the same eight bytes here and there.

use rusqlite::types::{Null, Type, ValueRef};
use rusqlite::{Row, Statement, ToSql};
use serde::de::DeserializeOwned;
use serde::ser::{Impossible, SerializeStruct, Serializer};
use serde::{Serialize, ser};
use serde_json::{Map, Value};
use std::fmt;

/// Writes a record as the parameters of a statement, in the order of its fields.
pub(super) fn write(record: &impl Serialize, statement: &mut Statement<'_>) -> rusqlite::Result<()> {
    record.serialize(&mut Cell { statement, at: RECORD }).map_err(|error| match error {
        CellError::Sql(error) => error,
        other => rusqlite::Error::ToSqlConversionFailure(other.into()),
    })?;
    statement.raw_execute().map(|_| ())
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
struct Cell<'s, 'c> {
    statement: &'s mut Statement<'c>,
    /// Which parameter, from 1; or [`RECORD`].
    at: usize,
}

impl Cell<'_, '_> {
    fn bind(&mut self, value: impl ToSql) -> Result<(), CellError> {
        self.statement.raw_bind_parameter(self.at, value).map_err(CellError::Sql)
    }
}

impl SerializeStruct for &mut Cell<'_, '_> {
    type Ok = ();
    type Error = CellError;
    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        _: &'static str,
        value: &T,
    ) -> Result<(), CellError> {
        self.at += 1;
        match value.serialize(&mut **self) {
            Err(CellError::Compound) => {
                let text = serde_json::to_string(value).map_err(ser::Error::custom)?;
                self.bind(text)
            }
            bound => bound,
        }
    }
    fn end(self) -> Result<(), CellError> {
        Ok(())
    }
}

type Refused = Impossible<(), CellError>;

impl<'a, 's, 'c> Serializer for &'a mut Cell<'s, 'c> {
    type Ok = ();
    type Error = CellError;
    type SerializeSeq = Refused;
    type SerializeTuple = Refused;
    type SerializeTupleStruct = Refused;
    type SerializeTupleVariant = Refused;
    type SerializeMap = Refused;
    type SerializeStruct = &'a mut Cell<'s, 'c>;
    type SerializeStructVariant = Refused;

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeStruct, CellError> {
        if self.at == RECORD { Ok(self) } else { Err(CellError::Compound) }
    }
    fn serialize_bool(self, v: bool) -> Result<(), CellError> {
        self.bind(v)
    }
    fn serialize_i8(self, v: i8) -> Result<(), CellError> {
        self.bind(v)
    }
    fn serialize_i16(self, v: i16) -> Result<(), CellError> {
        self.bind(v)
    }
    fn serialize_i32(self, v: i32) -> Result<(), CellError> {
        self.bind(v)
    }
    fn serialize_i64(self, v: i64) -> Result<(), CellError> {
        self.bind(v)
    }
    fn serialize_u8(self, v: u8) -> Result<(), CellError> {
        self.bind(v)
    }
    fn serialize_u16(self, v: u16) -> Result<(), CellError> {
        self.bind(v)
    }
    fn serialize_u32(self, v: u32) -> Result<(), CellError> {
        self.bind(v)
    }
    fn serialize_u64(self, v: u64) -> Result<(), CellError> {
        self.bind(v.cast_signed())
    }
    fn serialize_f32(self, v: f32) -> Result<(), CellError> {
        self.serialize_f64(v.into())
    }
    /// A number that is none is missing.
    fn serialize_f64(self, v: f64) -> Result<(), CellError> {
        self.bind(v.is_finite().then_some(v))
    }
    fn serialize_char(self, v: char) -> Result<(), CellError> {
        self.bind(v.to_string())
    }
    fn serialize_str(self, v: &str) -> Result<(), CellError> {
        self.bind(v)
    }
    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<(), CellError> {
        self.bind(variant)
    }
    fn serialize_none(self) -> Result<(), CellError> {
        self.bind(Null)
    }
    fn serialize_some<T: Serialize + ?Sized>(self, v: &T) -> Result<(), CellError> {
        v.serialize(self)
    }
    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        v: &T,
    ) -> Result<(), CellError> {
        v.serialize(self)
    }
    fn serialize_unit(self) -> Result<(), CellError> {
        self.bind(Null)
    }
    fn serialize_unit_struct(self, _: &'static str) -> Result<(), CellError> {
        self.bind(Null)
    }
    fn serialize_bytes(self, _: &[u8]) -> Result<(), CellError> {
        Err(CellError::Compound)
    }
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<(), CellError> {
        Err(CellError::Compound)
    }
    fn serialize_seq(self, _: Option<usize>) -> Result<Refused, CellError> {
        Err(CellError::Compound)
    }
    fn serialize_tuple(self, _: usize) -> Result<Refused, CellError> {
        Err(CellError::Compound)
    }
    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Refused, CellError> {
        Err(CellError::Compound)
    }
    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Refused, CellError> {
        Err(CellError::Compound)
    }
    fn serialize_map(self, _: Option<usize>) -> Result<Refused, CellError> {
        Err(CellError::Compound)
    }
    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Refused, CellError> {
        Err(CellError::Compound)
    }
}

#[derive(Debug)]
enum CellError {
    /// The value is no number, text or nothing.
    Compound,
    Sql(rusqlite::Error),
    Other(String),
}

impl fmt::Display for CellError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CellError::Compound => write!(f, "a record is a struct of fields"),
            CellError::Sql(error) => error.fmt(f),
            CellError::Other(why) => why.fmt(f),
        }
    }
}
impl std::error::Error for CellError {}
impl ser::Error for CellError {
    fn custom<T: fmt::Display>(why: T) -> Self {
        CellError::Other(why.to_string())
    }
}
