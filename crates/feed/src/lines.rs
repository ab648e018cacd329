//! Lines of a text file, each with its place, none longer than [`RAW_BYTES_MAX`] in memory.

use crate::judge::{RAW_BYTES_MAX, Reason, Rejected};
use std::fmt;
use std::io::{self, BufRead};

/// Where in a file something stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the file as a whole.
    File,
    /// At an offset, bytes from the start.
    Byte(u64),
    /// On a line.
    Line {
        /// Counted from 1.
        line: u64,
        /// Offset of its first byte.
        byte: u64,
    },
}

impl Place {
    /// As it follows the name of its file.
    pub(crate) fn within_file(&self) -> String {
        match self {
            Place::File => String::new(),
            place => format!(", {place}"),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::File => write!(f, "the file"),
            Place::Byte(byte) => write!(f, "byte {byte}"),
            Place::Line { line, byte } => write!(f, "line {line} (byte {byte})"),
        }
    }
}

/// One line without its line end.
pub(crate) struct Line<'a> {
    pub place: Place,
    /// At most [`RAW_BYTES_MAX`] of its bytes.
    pub raw: &'a [u8],
    bytes: u64,
}

impl<'a> Line<'a> {
    /// The line as text.
    ///
    /// # Errors
    /// `size` where it was cut, `parse` where it is not UTF-8.
    pub fn text(&self) -> Result<&'a str, Rejected> {
        if self.bytes > RAW_BYTES_MAX as u64 {
            let detail = format!("the line has {} bytes, at most {RAW_BYTES_MAX} are read", self.bytes);
            return Err(Rejected::new(Reason::Size, detail));
        }
        std::str::from_utf8(self.raw).map_err(|error| {
            Rejected::new(Reason::Parse, format!("not UTF-8 from column {}", error.valid_up_to() + 1))
        })
    }
}

/// Reads lines one by one into one buffer. White lines are passed over; a byte order mark is dropped.
#[derive(Debug)]
pub(crate) struct LineReader<R> {
    input: R,
    buffer: Vec<u8>,
    line: u64,
    next_byte: u64,
}

impl<R: BufRead> LineReader<R> {
    pub fn new(input: R) -> Self {
        LineReader { input, buffer: Vec::new(), line: 0, next_byte: 0 }
    }

    /// Offset of the byte after the last line read.
    pub fn byte(&self) -> u64 {
        self.next_byte
    }

    /// The next line that is not white; `None` at the end.
    ///
    /// # Errors
    /// Whatever the input says.
    pub fn next_line(&mut self) -> io::Result<Option<Line<'_>>> {
        loop {
            let byte = self.next_byte;
            let Some(bytes) = self.fill()? else { return Ok(None) };
            self.line += 1;
            let raw_from = if self.line == 1 && self.buffer.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
            if self.buffer.iter().skip(raw_from).all(u8::is_ascii_whitespace) {
                continue;
            }
            let raw = self.buffer.get(raw_from..).unwrap_or_default();
            return Ok(Some(Line { place: Place::Line { line: self.line, byte }, raw, bytes }));
        }
    }

    /// Puts one line into the buffer and says how long it was, without its end.
    fn fill(&mut self) -> io::Result<Option<u64>> {
        self.buffer.clear();
        let start = self.next_byte;
        loop {
            let chunk = match self.input.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                chunk => chunk?,
            };
            if chunk.is_empty() && self.next_byte == start {
                return Ok(None);
            }
            let end = memchr::memchr(b'\n', chunk);
            let part = chunk.get(..end.unwrap_or(chunk.len())).unwrap_or_default();
            let room = RAW_BYTES_MAX - self.buffer.len();
            self.buffer.extend_from_slice(part.get(..room).unwrap_or(part));
            let bytes = self.next_byte - start + part.len() as u64;
            let last = end.is_some() || chunk.is_empty();
            let used = part.len() + usize::from(end.is_some());
            self.input.consume(used);
            self.next_byte += used as u64;
            if last {
                let ended_by_cr =
                    bytes == self.buffer.len() as u64 && self.buffer.pop_if(|b| *b == b'\r').is_some();
                return Ok(Some(bytes - u64::from(ended_by_cr)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn lines(input: &[u8], capacity: usize) -> Vec<(String, Result<String, &'static str>)> {
        let mut reader = LineReader::new(io::BufReader::with_capacity(capacity, input));
        let mut lines = Vec::new();
        while let Some(line) = reader.next_line().unwrap() {
            let text = line.text().map(str::to_owned).map_err(|r| r.reason.as_str());
            lines.push((line.place.to_string(), text));
        }
        lines
    }

    #[test]
    fn each_line_knows_its_place() {
        let expected = [
            ("line 1 (byte 0)".into(), Ok("a".into())),
            ("line 3 (byte 8)".into(), Ok("b".into())),
            ("line 4 (byte 10)".into(), Err("parse")),
            ("line 5 (byte 12)".into(), Ok("c".into())),
        ];
        assert_eq!(lines(b"\xef\xbb\xbfa\r\n \nb\n\xff\nc", 3), expected);
    }

    #[test]
    fn a_long_line_costs_64_kib_and_the_next_is_read() {
        let input = [vec![b'x'; RAW_BYTES_MAX], vec![b'x'; RAW_BYTES_MAX + 1], b"end".to_vec()].join(&b'\n');
        let read = lines(&input, 8192);
        assert!(read[0].1.is_ok(), "the limit itself is allowed");
        assert_eq!(read[1].1, Err("size"));
        assert_eq!(read[2], ("line 3 (byte 131075)".into(), Ok("end".into())));
    }

    proptest! {
        #[test]
        fn the_size_of_the_reads_does_not_matter(input in proptest::collection::vec(prop::sample::select(b"a\r\n ".to_vec()), 0..60), capacity in 1usize..20) {
            prop_assert_eq!(lines(&input, capacity), lines(&input, 1000));
        }
    }
}
