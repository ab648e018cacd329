//! Reading a tape, finished or still written.

use crate::block::{Head, Kind};
use crate::columns::Decoder;
use crate::cursor::{Cursor, Step};
use crate::segment::{self, Segment};
use crate::vehicles::Vehicles;
use crate::{Cause, Offset, ReadError, format_1};
use events::EntryBlock;
use std::path::{Path, PathBuf};
use units::EventTime;

/// What [`Reader::next_block`] came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// The entries of a block.
    Block {
        /// The offset of the first of them.
        first: Offset,
    },
    /// The end of what is written so far: ask again later.
    Pending,
    /// The end of a finished tape.
    End,
}

/// Reads a tape block by block, also while another process writes it.
pub struct Reader {
    dir: PathBuf,
    cursor: Cursor,
    decoder: Decoder,
    vehicles: Vehicles,
    /// Entries before it are not wanted.
    start: Offset,
}

impl Reader {
    /// At the start of the tape in the folder `dir`.
    ///
    /// # Errors
    /// There is no tape, it has a newer format, or the system refuses.
    pub fn open(dir: &Path) -> Result<Reader, ReadError> {
        let not_a_tape = |why| ReadError::NotATape { dir: dir.into(), why };
        if dir.is_file() {
            return Err(not_a_tape("it is a file, and a tape is a folder with segment files"));
        }
        if !dir.exists() {
            return Err(not_a_tape("there is nothing of that name"));
        }
        let Some(&first) = segments(dir)?.first() else {
            return Err(not_a_tape("the folder holds no segment files (00000000.segment)"));
        };
        let begins = match Segment::open(dir, first)? {
            Some(mut segment) => segment.header()?.is_some() || segment.find_head(0, Offset(0))?.is_some(),
            None => false,
        };
        if !begins {
            return Err(not_a_tape("its first segment does not begin like one (BURNTAPE)"));
        }
        let (cursor, start) = (Cursor::new(dir, 0, Offset(0)), Offset(0));
        Ok(Reader {
            dir: dir.into(),
            cursor,
            decoder: Decoder::default(),
            vehicles: Vehicles::default(),
            start,
        })
    }

    /// Replaces `entries` by those of the next block; by none unless it is [`Progress::Block`].
    ///
    /// # Errors
    /// Damage, behind which the reader then stands; a newer format; or the system refuses.
    pub fn next_block(&mut self, entries: &mut EntryBlock) -> Result<Progress, ReadError> {
        entries.clear();
        let start = self.start;
        loop {
            match self.cursor.next(|head| head.end() > start) {
                Ok(Step::Block(_, head)) if head.end() <= start => {}
                Ok(Step::Block(position, head)) => return self.decode(position, &head, entries),
                Ok(Step::Pending) => return Ok(Progress::Pending),
                Ok(Step::End) => return Ok(Progress::End),
                Err(ReadError::Damaged(damage)) if damage.is_before(start) => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Goes to an entry: the next block begins with exactly this one, unless it is lost. It may be one that is not
    /// written yet.
    ///
    /// # Errors
    /// The system refuses, or a segment has a newer format.
    pub fn seek(&mut self, to: Offset) -> Result<(), ReadError> {
        let mut home = Cursor::new(&self.dir, 0, Offset(0));
        for index in segments(&self.dir)? {
            let header = Segment::open(&self.dir, index)?.map_or(Ok(None), |mut segment| segment.header())?;
            if let Some(header) = header.filter(|header| header.first <= to) {
                home = Cursor::new(&self.dir, index, header.first);
            }
        }
        (self.cursor, self.start) = (home, to);
        Ok(())
    }

    /// Goes to the last block from which on no entry with event time `at` or later is missed: the first that holds
    /// one, or the end of what is written. Earlier entries may follow too, as entries are in order of arrival. Only
    /// heads are read.
    ///
    /// # Errors
    /// The system refuses, or a segment has a newer format.
    pub fn seek_time(&mut self, at: EventTime) -> Result<(), ReadError> {
        self.cursor = self.first_segment_reaching(at)?;
        self.start = Offset(0);
        loop {
            match self.cursor.next(|_| false) {
                Ok(Step::Block(position, head)) if head.times.reaches(at) => {
                    self.cursor.back(position, &head);
                    return Ok(());
                }
                Ok(Step::Block(..)) | Err(ReadError::Damaged(_)) => {}
                Ok(Step::Pending | Step::End) => return Ok(()),
                Err(error) => return Err(error),
            }
        }
    }

    /// The offset of the next entry.
    pub fn offset(&self) -> Offset {
        self.cursor.expected.max(self.start)
    }

    /// Bytes behind the last good block of the segment that is read.
    ///
    /// # Errors
    /// The system refuses.
    pub fn bytes_left(&self) -> Result<u64, ReadError> {
        self.cursor.bytes_left()
    }

    fn decode(
        &mut self,
        position: u64,
        head: &Head,
        entries: &mut EntryBlock,
    ) -> Result<Progress, ReadError> {
        let (body, vehicles) = (&self.cursor.body, &mut self.vehicles);
        let decoded = match head.kind {
            Kind::Block1 => format_1::take(body, head.count, vehicles, entries),
            _ => self.decoder.take(body, head.count, vehicles, entries),
        };
        if let Err(error) = decoded {
            entries.clear();
            let bytes = position..position + head.bytes();
            let lost = (head.first, Some(head.end()));
            return Err(self.cursor.damage(bytes, lost, Cause::Entry(error)).into());
        }
        let first = head.first.max(self.start);
        if first > head.first {
            entries.drop_front((first.0 - head.first.0) as usize);
        }
        Ok(Progress::Block { first })
    }

    /// By the marks that close segments.
    fn first_segment_reaching(&self, at: EventTime) -> Result<Cursor, ReadError> {
        let mut cursor = Cursor::new(&self.dir, 0, Offset(0));
        for index in segments(&self.dir)? {
            let Some(mut segment) = Segment::open(&self.dir, index)? else { break };
            match segment.closing_mark()? {
                Some(mark) if mark.kind == Kind::Next && !mark.times.reaches(at) => {
                    cursor = Cursor::new(&self.dir, index + 1, mark.first);
                }
                _ => break,
            }
        }
        Ok(cursor)
    }
}

fn segments(dir: &Path) -> Result<Vec<u32>, ReadError> {
    segment::list(dir).map_err(|source| ReadError::Io { path: dir.into(), source })
}
