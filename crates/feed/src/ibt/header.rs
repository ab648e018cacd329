//! The header of an `.ibt` file, checked before it is believed.

use crate::error::{ImportError, Problem};
use crate::lines::Place;
use std::io::{Read, Seek, SeekFrom};
use std::ops::RangeInclusive;

/// The newest version of the format that is read.
const VERSION: i32 = 2;
/// A first number above this is no version: the file is of another kind.
const VERSION_MAX: i32 = 255;
const HEADER_BYTES: u64 = 144;
const VARIABLE_BYTES: u64 = 144;
/// Most bytes of session info: 64 cars take 0.2 MB.
const SESSION_INFO_BYTES_MAX: i64 = 4 * 1024 * 1024;
/// Most variables: a car of 2025 has 300.
const VARIABLES_MAX: i64 = 10_000;
/// Most bytes of a row: 300 variables take 1.1 KB.
const ROW_BYTES_MAX: i64 = 1024 * 1024;

/// Where everything is.
#[derive(Debug)]
pub(super) struct Header {
    pub session_info: Vec<u8>,
    pub variables: Vec<Variable>,
    pub row_bytes: usize,
    pub rows_from: u64,
    pub rows: u64,
    /// When the recording began, seconds since 1970.
    pub start_date_s: i64,
}

/// A variable of each row.
#[derive(Debug)]
pub(super) struct Variable {
    pub name: String,
    offset: usize,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Bool,
    Int,
    BitField,
    Float,
    Double,
    /// Text, or a kind that the format does not have.
    Other,
}

impl Kind {
    const fn of(number: i32) -> Kind {
        match number {
            1 => Kind::Bool,
            2 => Kind::Int,
            3 => Kind::BitField,
            4 => Kind::Float,
            5 => Kind::Double,
            _ => Kind::Other,
        }
    }
}

impl Variable {
    /// Its value in a row; `None` where the row is too short or it is no number.
    pub fn read(&self, row: &[u8]) -> Option<f64> {
        let bytes = row.get(self.offset..)?;
        Some(match self.kind {
            Kind::Bool => f64::from(u8::from(*bytes.first()? != 0)),
            Kind::Int => f64::from(i32::from_le_bytes(*bytes.first_chunk()?)),
            Kind::BitField => f64::from(u32::from_le_bytes(*bytes.first_chunk()?)),
            Kind::Float => f64::from(f32::from_le_bytes(*bytes.first_chunk()?)),
            Kind::Double => f64::from_le_bytes(*bytes.first_chunk()?),
            Kind::Other => return None,
        })
    }
}

/// Reads the header and checks every number in it against the length of the file.
pub(super) fn read(file: &str, mut input: impl Read + Seek) -> Result<Header, ImportError> {
    let length = input.seek(SeekFrom::End(0)).map_err(|error| ImportError::read(file, 0, error))?;
    if length == 0 {
        return Err(ImportError::new(file, Place::File, Problem::Empty));
    }
    let mut parts = Parts { file, input, length };
    let version = parts.read("the version", 0, 4)?;
    check_version(int(&version, 0)).map_err(|problem| ImportError::new(file, Place::Byte(0), problem))?;
    let header = parts.read("the header", 0, HEADER_BYTES)?;
    let number = |what, at, range| {
        number(&header, what, at, range).map_err(|(place, p)| ImportError::new(file, place, p))
    };
    let any = 0..=i64::from(i32::MAX);
    let info_bytes = number("the length of the session info", 16, 0..=SESSION_INFO_BYTES_MAX)?;
    let info_from = number("the offset of the session info", 20, any.clone())?;
    let variables = number("the number of variables", 24, 1..=VARIABLES_MAX)?;
    let variables_from = number("the offset of the variables", 28, any.clone())?;
    let row_bytes = number("the length of a row", 36, 1..=ROW_BYTES_MAX)?;
    let rows_from = number("the offset of the rows", 52, any.clone())?;
    let rows = number("the number of rows", 140, 1..=*any.end())?;
    parts.check("the rows", rows_from + rows * row_bytes)?;
    let variables = parts.read("the variables", variables_from, variables * VARIABLE_BYTES)?;
    Ok(Header {
        session_info: parts.read("the session info", info_from, info_bytes)?,
        variables: variables.chunks_exact(VARIABLE_BYTES as usize).map(variable).collect(),
        row_bytes: row_bytes as usize,
        rows_from,
        rows,
        start_date_s: long(&header, 112),
    })
}

/// A file of known length, read part by part.
struct Parts<'f, I> {
    file: &'f str,
    input: I,
    length: u64,
}

impl<I: Read + Seek> Parts<'_, I> {
    /// Whether `what`, which reaches to byte `until`, is all there.
    fn check(&self, what: &'static str, until: u64) -> Result<(), ImportError> {
        match until > self.length {
            true => {
                Err(ImportError::new(self.file, Place::Byte(self.length), Problem::Truncated { what, until }))
            }
            false => Ok(()),
        }
    }

    fn read(&mut self, what: &'static str, from: u64, bytes: u64) -> Result<Vec<u8>, ImportError> {
        self.check(what, from.saturating_add(bytes))?;
        let mut part = vec![0; bytes as usize];
        let read = self.input.seek(SeekFrom::Start(from)).and_then(|_| self.input.read_exact(&mut part));
        read.map(|()| part).map_err(|error| ImportError::read(self.file, from, error))
    }
}

fn number(
    header: &[u8],
    what: &'static str,
    at: usize,
    range: RangeInclusive<i64>,
) -> Result<u64, (Place, Problem)> {
    let value = i64::from(int(header, at));
    let expected = match range.contains(&0) {
        true => "which is negative or too large",
        false => "which is too small or too large",
    };
    match u64::try_from(value).ok().filter(|_| range.contains(&value)) {
        Some(number) => Ok(number),
        None => Err((Place::Byte(at as u64), Problem::Header { what, value, expected })),
    }
}

fn check_version(version: i32) -> Result<(), Problem> {
    match version {
        1..=VERSION => Ok(()),
        found if (VERSION..=VERSION_MAX).contains(&found) => {
            Err(Problem::NewerVersion { found, known: VERSION })
        }
        found => Err(Problem::WrongType {
            expected: "iRacing telemetry",
            why: format!("its first number is {found}, not a version from 1 to {VERSION}"),
        }),
    }
}

fn variable(bytes: &[u8]) -> Variable {
    let name = bytes.get(16..48).unwrap_or_default();
    let name = name.split(|byte| *byte == 0).next().unwrap_or_default();
    Variable {
        name: String::from_utf8_lossy(name).into_owned(),
        offset: usize::try_from(int(bytes, 4)).unwrap_or(usize::MAX),
        kind: Kind::of(int(bytes, 0)),
    }
}

fn int(bytes: &[u8], at: usize) -> i32 {
    bytes
        .get(at..)
        .and_then(|bytes| bytes.first_chunk())
        .map(|chunk| i32::from_le_bytes(*chunk))
        .unwrap_or_default()
}

fn long(bytes: &[u8], at: usize) -> i64 {
    bytes
        .get(at..)
        .and_then(|bytes| bytes.first_chunk())
        .map(|chunk| i64::from_le_bytes(*chunk))
        .unwrap_or_default()
}
