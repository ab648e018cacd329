//! Writing a tape.

use crate::block::{Head, Kind, TimeRange};
use crate::columns::Encoder;
use crate::segment::{self, Header, SEGMENT_BYTES};
use crate::{Offset, WriteError};
use events::Entry;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Writes a tape. A tape has one writer at a time; dropping it loses what is not yet flushed.
///
/// After [`WriteError::Io`] it takes nothing more: a system that failed to write once may say that a second attempt
/// succeeded and yet have lost the first (Rebello et al., "Can Applications Recover from fsync Failures?", USENIX ATC
/// 2020).
pub struct Writer {
    dir: PathBuf,
    segment: Open,
    /// Of the open block's first entry.
    first: Offset,
    block: Encoder,
    broken: bool,
}

/// The segment being written.
struct Open {
    file: File,
    path: PathBuf,
    index: u32,
    bytes: u64,
    times: TimeRange,
}

impl Writer {
    /// A new, empty tape in the folder `dir`, which is made where it is not there.
    ///
    /// # Errors
    /// The folder holds a tape already, or the system refuses.
    pub fn create(dir: &Path) -> Result<Writer, WriteError> {
        make_folder(dir).map_err(io_error(dir))?;
        if !segment::list(dir).map_err(io_error(dir))?.is_empty() {
            return Err(WriteError::Occupied { dir: dir.into() });
        }
        let segment = Open::create(dir, 0, Offset(0))?;
        let (dir, first, block) = (dir.into(), Offset(0), Encoder::default());
        Ok(Writer { dir, segment, first, block, broken: false })
    }

    /// Appends an entry and says which of the tape it is. It reaches the file with its block: when that is full, or
    /// at the next [`Writer::flush`] or [`Writer::commit`].
    ///
    /// # Errors
    /// A race event takes more than 1 MiB (the tape goes on without it), or the system refuses.
    pub fn append(&mut self, entry: &Entry) -> Result<Offset, WriteError> {
        self.not_broken()?;
        let offset = Offset(self.first.0 + u64::from(self.block.count()));
        self.block.put(entry)?;
        if self.block.is_full() {
            self.flush()?;
        }
        Ok(offset)
    }

    /// Writes what was appended so far, so that readers see it; a crash of the machine may still lose it.
    ///
    /// # Errors
    /// The system refuses.
    pub fn flush(&mut self) -> Result<(), WriteError> {
        self.not_broken()?;
        let flushed = self.try_flush();
        self.broken |= flushed.is_err();
        flushed
    }

    /// Writes what was appended so far and returns when it is durable.
    ///
    /// # Errors
    /// The system refuses.
    pub fn commit(&mut self) -> Result<(), WriteError> {
        self.flush()?;
        let synced = self.segment.sync();
        self.broken |= synced.is_err();
        synced
    }

    /// Commits, and tells readers that nothing follows.
    ///
    /// # Errors
    /// The system refuses.
    pub fn finish(mut self) -> Result<(), WriteError> {
        self.flush()?;
        self.segment.close(Kind::End, self.first)
    }

    fn not_broken(&self) -> Result<(), WriteError> {
        if self.broken { Err(WriteError::Broken { path: self.segment.path.clone() }) } else { Ok(()) }
    }

    fn try_flush(&mut self) -> Result<(), WriteError> {
        if self.block.count() == 0 {
            return Ok(());
        }
        let (count, times) = (self.block.count(), self.block.times());
        let body = self.block.take_body();
        let head = Head::of_block(self.first, count, times, &body);
        self.segment.write(&[&head.to_bytes()[..], &body].concat())?;
        self.segment.times = self.segment.times.joined(times);
        self.first = head.end();
        if self.segment.bytes >= SEGMENT_BYTES {
            self.segment.close(Kind::Next, self.first)?;
            self.segment = Open::create(&self.dir, self.segment.index + 1, self.first)?;
        }
        Ok(())
    }
}

impl Open {
    /// A new segment with only its header, durable.
    fn create(dir: &Path, index: u32, first: Offset) -> Result<Self, WriteError> {
        let path = segment::path(dir, index);
        let file = File::create_new(&path).map_err(io_error(&path))?;
        let mut segment = Open { file, path, index, bytes: 0, times: TimeRange::EMPTY };
        segment.write(&Header::new(index, first).to_bytes())?;
        segment.sync()?;
        sync_folder(dir).map_err(io_error(dir))?;
        Ok(segment)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), WriteError> {
        self.file.write_all(bytes).map_err(io_error(&self.path))?;
        self.bytes += bytes.len() as u64;
        Ok(())
    }

    fn sync(&self) -> Result<(), WriteError> {
        self.file.sync_data().map_err(io_error(&self.path))
    }

    fn close(&mut self, kind: Kind, next: Offset) -> Result<(), WriteError> {
        self.write(&Head::of_mark(kind, next, self.times).to_bytes())?;
        self.sync()
    }
}

fn io_error(path: &Path) -> impl FnOnce(io::Error) -> WriteError {
    move |source| WriteError::Io { path: path.into(), source }
}

/// Makes a folder, and its parents, whose names survive a crash.
fn make_folder(dir: &Path) -> io::Result<()> {
    if dir.is_dir() {
        return Ok(());
    }
    let parent = dir.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    make_folder(parent)?;
    fs::create_dir(dir)?;
    sync_folder(parent)
}

/// Makes a new name in a folder durable.
#[cfg(unix)]
fn sync_folder(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

/// Windows has no such call; its file systems keep names by themselves.
#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}
