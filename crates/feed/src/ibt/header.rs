//! The header of an `.ibt` file, checked before it is believed.

use crate::error::{ImportError, Problem};
use crate::lines::Place;
use std::io::{self, Read, Seek, SeekFrom};

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
pub(super) fn read(file: &str, input: &mut (impl Read + Seek)) -> Result<Header, ImportError> {
    let error = |place, problem| ImportError::new(file, place, problem);
    let read_error = |byte| move |e: io::Error| error(Place::Byte(byte), Problem::Read(e));
    let length = input.seek(SeekFrom::End(0)).map_err(read_error(0))?;
    if length == 0 {
        return Err(error(Place::File, Problem::Empty));
    }
    let mut part = |what, from: u64, bytes: u64| {
        let until = from.saturating_add(bytes);
        if until > length {
            return Err(error(Place::Byte(length), Problem::Truncated { what, until }));
        }
        let mut part = vec![0; bytes as usize];
        let read = input.seek(SeekFrom::Start(from)).and_then(|_| input.read_exact(&mut part));
        read.map(|()| part).map_err(read_error(from))
    };
    let version = part("the version", 0, 4)?;
    check_version(int(&version, 0)).map_err(|problem| error(Place::Byte(0), problem))?;
    let bytes = part("the header", 0, HEADER_BYTES)?;
    let number = |what, at, low, high| {
        let value = i64::from(int(&bytes, at));
        let expected =
            if low > 0 { "which is too small or too large" } else { "which is negative or too large" };
        let problem = Problem::Header { what, value, expected };
        if (low..=high).contains(&value) {
            Ok(value as u64)
        } else {
            Err(error(Place::Byte(at as u64), problem))
        }
    };
    let any = i64::from(i32::MAX);
    let info_bytes = number("the length of the session info", 16, 0, SESSION_INFO_BYTES_MAX)?;
    let info_from = number("the offset of the session info", 20, 0, any)?;
    let variables = number("the number of variables", 24, 1, VARIABLES_MAX)?;
    let variables_from = number("the offset of the variables", 28, 0, any)?;
    let row_bytes = number("the length of a row", 36, 1, ROW_BYTES_MAX)?;
    let rows_from = number("the offset of the rows", 52, 0, any)?;
    let rows = number("the number of rows", 140, 1, any)?;
    let session_info = part("the session info", info_from, info_bytes)?;
    let variables = part("the variables", variables_from, variables * VARIABLE_BYTES)?;
    let until = rows_from + rows * row_bytes;
    if until > length {
        return Err(error(Place::Byte(length), Problem::Truncated { what: "the rows", until }));
    }
    Ok(Header {
        session_info,
        variables: variables.chunks_exact(VARIABLE_BYTES as usize).map(variable).collect(),
        row_bytes: row_bytes as usize,
        rows_from,
        rows,
        start_date_s: long(&bytes, 112),
    })
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
