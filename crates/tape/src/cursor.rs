//! Walking a tape from head to head, over what is damaged.
//!
//! What makes it safe beside a writer: that one only appends, and closes a segment with a mark before it makes the
//! next. So bad bytes with nothing good beyond them are a tail still being written; bad bytes with something good
//! beyond them are damage, unless a second look finds that they have become good meanwhile.

use crate::block::{Head, Kind};
use crate::segment::{self, HEADER_BYTES, Segment};
use crate::{Cause, Damage, Offset, ReadError};
use std::ops::Range;
use std::path::{Path, PathBuf};

/// What the cursor met.
pub(crate) enum Step {
    /// A block, and where it begins. The cursor stands behind it.
    Block(u64, Head),
    /// The end of what is written so far.
    Pending,
    /// The end.
    End,
}

/// A place where no good head is, nor before `resume`.
struct Bad {
    cause: Cause,
    resume: u64,
}

/// Where the tape goes on.
enum Beyond {
    Head(u64, Head),
    /// In the next segment, whose first offset may be known.
    Segment(Option<Offset>),
}

/// A place in a tape.
pub(crate) struct Cursor {
    dir: PathBuf,
    index: u32,
    /// The file of `index`, once it is open.
    segment: Option<Segment>,
    /// 0 until the header has been seen.
    position: u64,
    /// The offset that the next block should begin with.
    pub(crate) expected: Offset,
    /// Of the last block that was wanted.
    pub(crate) body: Vec<u8>,
    /// The segment, and its length, when nothing was found beyond its last good head.
    searched: Option<(u32, u64)>,
}

impl Cursor {
    /// At the start of the segment `index`, which should begin with `expected`.
    pub(crate) fn new(dir: &Path, index: u32, expected: Offset) -> Self {
        Cursor {
            dir: dir.into(),
            index,
            segment: None,
            position: 0,
            expected,
            body: Vec::new(),
            searched: None,
        }
    }

    /// Steps over the next block, and reads its body where that is `wanted`.
    ///
    /// # Errors
    /// After [`ReadError::Damaged`] the cursor stands behind the damage, after others where it was.
    pub(crate) fn next(&mut self, wanted: impl Fn(&Head) -> bool) -> Result<Step, ReadError> {
        loop {
            let head = match self.look(&wanted)? {
                Ok(head) => head,
                Err(_) if self.is_searched()? => return Ok(Step::Pending),
                Err(bad) => {
                    let Some(beyond) = self.beyond(bad.resume)? else { return Ok(Step::Pending) };
                    match self.look(&wanted)? {
                        Ok(head) => head,
                        Err(bad) => return Err(self.jump(beyond, bad.cause)?.into()),
                    }
                }
            };
            if head.first > self.expected {
                let here = Beyond::Head(self.position, head);
                return Err(self.jump(here, Cause::Gap)?.into());
            }
            match head.kind {
                Kind::Block | Kind::Block1 => return Ok(self.pass(head)),
                Kind::Next => self.enter_next(),
                Kind::End => return Ok(Step::End),
            }
        }
    }

    /// Back before the block that was just stepped over.
    pub(crate) fn back(&mut self, position: u64, head: &Head) {
        (self.position, self.expected) = (position, head.first);
    }

    /// A report of damage in the present segment.
    pub(crate) fn damage(
        &self,
        bytes: Range<u64>,
        (lost_from, lost_to): (Offset, Option<Offset>),
        cause: Cause,
    ) -> Damage {
        let segment = segment::path(&self.dir, self.index);
        Damage { segment, bytes, lost_from, lost_to, cause }
    }

    /// Bytes from here to the end of the present segment.
    pub(crate) fn bytes_left(&self) -> Result<u64, ReadError> {
        let bytes = self.segment.as_ref().map_or(Ok(0), Segment::bytes)?;
        Ok(bytes.saturating_sub(self.position))
    }

    fn look(&mut self, wanted: impl Fn(&Head) -> bool) -> Result<Result<Head, Bad>, ReadError> {
        if self.segment.is_none() {
            self.segment = Segment::open(&self.dir, self.index)?;
        }
        let Some(segment) = &mut self.segment else {
            return Ok(Err(Bad { cause: Cause::Missing, resume: 0 }));
        };
        if self.position == 0 {
            if segment.header()?.is_none() {
                return Ok(Err(Bad { cause: Cause::Header, resume: 0 }));
            }
            self.position = HEADER_BYTES as u64;
        }
        let Some(head) = segment.head(self.position)?.filter(|head| head.first >= self.expected) else {
            return Ok(Err(Bad { cause: Cause::Head, resume: self.position + 1 }));
        };
        if wanted(&head) && !segment.body(self.position, &head, &mut self.body)? {
            return Ok(Err(Bad { cause: Cause::Body, resume: self.position + head.bytes() }));
        }
        Ok(Ok(head))
    }

    /// Whether nothing has been written since nothing was found. Who follows a tape asks a hundred times a second: that must
    /// neither search the segment again nor open the folder.
    fn is_searched(&self) -> Result<bool, ReadError> {
        let Some(segment) = &self.segment else { return Ok(false) };
        let is_unchanged = self.searched == Some((self.index, segment.bytes()?));
        Ok(is_unchanged && !segment::path(&self.dir, self.index + 1).exists())
    }

    /// What lies beyond bad bytes; `None`: nothing yet.
    fn beyond(&mut self, resume: u64) -> Result<Option<Beyond>, ReadError> {
        let bytes = self.segment.as_ref().map(Segment::bytes).transpose()?;
        if let Some(segment) = &mut self.segment
            && let Some((position, head)) = segment.find_head(resume, self.expected)?
        {
            return Ok(Some(Beyond::Head(position, head)));
        }
        let io_error = |source| ReadError::Io { path: self.dir.clone(), source };
        if segment::list(&self.dir).map_err(io_error)?.last() <= Some(&self.index) {
            self.searched = bytes.map(|bytes| (self.index, bytes));
            return Ok(None);
        }
        let next = Segment::open(&self.dir, self.index + 1)?;
        let header = next.map_or(Ok(None), |mut next| next.header())?;
        let first = header.map(|header| header.first).filter(|&first| first >= self.expected);
        Ok(Some(Beyond::Segment(first)))
    }

    fn jump(&mut self, beyond: Beyond, cause: Cause) -> Result<Damage, ReadError> {
        let from = self.position;
        Ok(match beyond {
            Beyond::Head(position, head) => {
                let damage = self.damage(from..position, (self.expected, Some(head.first)), cause);
                (self.position, self.expected) = (position, head.first);
                damage
            }
            Beyond::Segment(first) => {
                let damage = self.damage(from..from + self.bytes_left()?, (self.expected, first), cause);
                self.expected = first.unwrap_or(self.expected);
                self.enter_next();
                damage
            }
        })
    }

    fn enter_next(&mut self) {
        (self.index, self.segment, self.position) = (self.index + 1, None, 0);
    }

    fn pass(&mut self, head: Head) -> Step {
        let position = self.position;
        self.position += head.bytes();
        self.expected = head.end();
        Step::Block(position, head)
    }
}
