//! A segment file: its name, its header, and reading heads and bodies out of it.

use crate::block::{HEAD_BYTES, Head};
use crate::varint::Input;
use crate::{EntryError, Offset, ReadError};
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// The version that this program writes; it reads those before too. Any change that an older reader would misread
/// raises it.
pub(crate) const VERSION: u32 = 2;
/// What every segment begins with.
const MAGIC: [u8; 8] = *b"BURNTAPE";
/// Bytes of the header.
pub(crate) const HEADER_BYTES: usize = 28;
/// The tape goes on in a new segment when one reaches this: a race is a dozen files, one is copied in a blink.
pub(crate) const SEGMENT_BYTES: u64 = 16 << 20;

/// The greatest number of a segment: eight digits.
const INDEX_MAX: u32 = 99_999_999;

/// The file of a segment within its tape.
pub(crate) fn path(dir: &Path, index: u32) -> PathBuf {
    dir.join(format!("{index:08}.segment"))
}

/// The segments in a folder, rising. Other files are none of ours.
pub(crate) fn list(dir: &Path) -> io::Result<Vec<u32>> {
    let mut indices = Vec::new();
    for file in fs::read_dir(dir)? {
        let name = file?.file_name();
        let index = name.to_str().and_then(|name| name.strip_suffix(".segment")?.parse().ok());
        indices.extend(index.filter(|&index| index <= INDEX_MAX && path(dir, index).ends_with(&name)));
    }
    indices.sort_unstable();
    Ok(indices)
}

/// The first bytes of a segment. They stay where they are in every version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) version: u32,
    pub(crate) index: u32,
    /// Of the segment's first entry.
    pub(crate) first: Offset,
}

impl Header {
    pub(crate) fn new(index: u32, first: Offset) -> Self {
        Header { version: VERSION, index, first }
    }

    pub(crate) fn to_bytes(self) -> [u8; HEADER_BYTES] {
        let mut bytes = [0; HEADER_BYTES];
        bytes[0..8].copy_from_slice(&MAGIC);
        bytes[8..12].copy_from_slice(&self.version.to_le_bytes());
        bytes[12..16].copy_from_slice(&self.index.to_le_bytes());
        bytes[16..24].copy_from_slice(&self.first.0.to_le_bytes());
        let crc = crc32fast::hash(&bytes[..24]);
        bytes[24..28].copy_from_slice(&crc.to_le_bytes());
        bytes
    }

    fn parse(bytes: &[u8; HEADER_BYTES]) -> Option<Self> {
        let header = Self::fields(&mut Input::new(&bytes[8..])).ok()?;
        (header.to_bytes() == *bytes).then_some(header)
    }

    fn fields(input: &mut Input<'_>) -> Result<Self, EntryError> {
        Ok(Header {
            version: u32::from_le_bytes(input.array()?),
            index: u32::from_le_bytes(input.array()?),
            first: Offset(u64::from_le_bytes(input.array()?)),
        })
    }
}

/// An open segment file. Its writer may be adding to it, so nothing here remembers its length.
pub(crate) struct Segment {
    file: File,
    pub(crate) path: PathBuf,
    index: u32,
}

impl Segment {
    /// The segment `index` of the tape in `dir`; `None` where there is no such file.
    pub(crate) fn open(dir: &Path, index: u32) -> Result<Option<Self>, ReadError> {
        if index > INDEX_MAX {
            return Ok(None); // as in `list`, or a hostile tape would never end
        }
        let path = path(dir, index);
        match File::open(&path) {
            Ok(file) => Ok(Some(Segment { file, path, index })),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(ReadError::Io { path, source }),
        }
    }

    /// Its header; `None` unless whole and its own.
    pub(crate) fn header(&mut self) -> Result<Option<Header>, ReadError> {
        let mut bytes = [0; HEADER_BYTES];
        let whole = self.read(0, &mut bytes)? == HEADER_BYTES;
        let header = Header::parse(&bytes).filter(|header| whole && header.index == self.index);
        match header {
            Some(Header { version, .. }) if !(1..=VERSION).contains(&version) => {
                Err(ReadError::Version { segment: self.path.clone(), found: version })
            }
            header => Ok(header),
        }
    }

    /// The head at `position`; `None` where no whole head is.
    pub(crate) fn head(&mut self, position: u64) -> Result<Option<Head>, ReadError> {
        let mut bytes = [0; HEAD_BYTES];
        let whole = self.read(position, &mut bytes)? == HEAD_BYTES;
        Ok(Head::parse(&bytes).filter(|_| whole))
    }

    /// Reads the body of the block at `position` into `body`; says whether it is the one that was written.
    pub(crate) fn body(&mut self, position: u64, head: &Head, body: &mut Vec<u8>) -> Result<bool, ReadError> {
        body.resize(head.body_bytes as usize, 0); // `Head::parse` has bounded it
        let whole = self.read(position + HEAD_BYTES as u64, body)? == body.len();
        Ok(whole && crc32fast::hash(body) == head.body_crc)
    }

    /// The first head at or after `position` that continues the tape from `expected`, and where it is.
    pub(crate) fn find_head(
        &mut self,
        mut position: u64,
        expected: Offset,
    ) -> Result<Option<(u64, Head)>, ReadError> {
        let mut chunk = vec![0; 64 << 10];
        loop {
            let length = self.read(position, &mut chunk)?;
            let mut windows = chunk[..length].windows(HEAD_BYTES).enumerate();
            let found = windows.find_map(|(at, bytes)| {
                let head = Head::parse(bytes.first_chunk()?)?;
                (head.first >= expected).then_some((position + at as u64, head))
            });
            if found.is_some() || length < chunk.len() {
                return Ok(found);
            }
            position += (length - (HEAD_BYTES - 1)) as u64;
        }
    }

    /// The mark that closes it; `None` where it is still written or its end is damaged.
    pub(crate) fn closing_mark(&mut self) -> Result<Option<Head>, ReadError> {
        let position = self.bytes()?.saturating_sub(HEAD_BYTES as u64);
        Ok(self.head(position)?.filter(Head::is_mark))
    }

    /// Its length now.
    pub(crate) fn bytes(&self) -> Result<u64, ReadError> {
        self.file.metadata().map(|metadata| metadata.len()).map_err(|error| self.io_error(error))
    }

    /// Fills `buffer` from `position`; less only where the file ends.
    fn read(&mut self, position: u64, buffer: &mut [u8]) -> Result<usize, ReadError> {
        fill(&mut self.file, position, buffer).map_err(|error| self.io_error(error))
    }

    fn io_error(&self, source: io::Error) -> ReadError {
        ReadError::Io { path: self.path.clone(), source }
    }
}

fn fill(file: &mut File, position: u64, buffer: &mut [u8]) -> io::Result<usize> {
    file.seek(SeekFrom::Start(position))?;
    let mut filled = 0;
    while filled < buffer.len() {
        match file.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(bytes) => filled += bytes,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}
