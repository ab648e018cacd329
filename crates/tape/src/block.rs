//! The head in front of each block, and the bodiless marks that close a segment: same 44 bytes, other first four.

use crate::columns::EVENT_BYTES_MAX;
use crate::varint::Input;
use crate::{EntryError, Offset};
use units::EventTime;

/// Bytes of a head.
pub(crate) const HEAD_BYTES: usize = 44;
/// A block is sealed when its race events reach this: small enough that a seek decodes little in vain.
pub(crate) const EVENT_BYTES: usize = 64 << 10;
/// A block is sealed when it has so many entries, which bounds what a reader allocates for one. Samples of a race then
/// take about half of what its race events may.
pub(crate) const ENTRIES_MAX: u32 = 4096;
/// No sample takes more, with its share of what its vehicle takes: an id of 65 bytes, and every number at its widest.
pub(crate) const SAMPLE_BYTES_MAX: usize = 160;
/// No body is longer.
const BODY_BYTES_MAX: u32 = 2 << 20;

const _: () = assert!(
    EVENT_BYTES + EVENT_BYTES_MAX + ENTRIES_MAX as usize * SAMPLE_BYTES_MAX <= BODY_BYTES_MAX as usize,
    "readers take every block that the writer seals"
);

/// What follows a head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The body of a block.
    Block,
    /// The body of a block in format 1.
    Block1,
    /// Nothing: the tape goes on in the next segment.
    Next,
    /// Nothing: the tape has ended.
    End,
}

impl Kind {
    const fn marker(self) -> [u8; 4] {
        match self {
            Kind::Block => *b"\xBBBL2",
            Kind::Block1 => *b"\xBBBLK",
            Kind::Next => *b"\xBBNXT",
            Kind::End => *b"\xBBEND",
        }
    }

    fn of(marker: [u8; 4]) -> Option<Self> {
        [Kind::Block, Kind::Block1, Kind::Next, Kind::End].into_iter().find(|kind| kind.marker() == marker)
    }
}

/// What is known of a block without reading it; or, for a mark, of the whole segment that it closes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) kind: Kind,
    pub(crate) body_bytes: u32,
    pub(crate) body_crc: u32,
    pub(crate) count: u32,
    /// Of the first entry in the block, or of the first entry after the mark.
    pub(crate) first: Offset,
    pub(crate) times: TimeRange,
}

impl Head {
    /// Of a block.
    pub(crate) fn of_block(first: Offset, count: u32, times: TimeRange, body: &[u8]) -> Self {
        let (body_bytes, body_crc) = (body.len() as u32, crc32fast::hash(body));
        Head { kind: Kind::Block, body_bytes, body_crc, count, first, times }
    }

    /// Of a mark that closes a segment.
    pub(crate) fn of_mark(kind: Kind, next: Offset, times: TimeRange) -> Self {
        Head { kind, body_bytes: 0, body_crc: crc32fast::hash(&[]), count: 0, first: next, times }
    }

    /// Whether it closes a segment.
    pub(crate) fn is_mark(&self) -> bool {
        matches!(self.kind, Kind::Next | Kind::End)
    }

    /// The offset after the last entry.
    pub(crate) fn end(&self) -> Offset {
        Offset(self.first.0 + u64::from(self.count)) // cannot overflow: `parse` has looked
    }

    /// Bytes of head and body.
    pub(crate) fn bytes(&self) -> u64 {
        HEAD_BYTES as u64 + u64::from(self.body_bytes)
    }

    pub(crate) fn to_bytes(self) -> [u8; HEAD_BYTES] {
        let mut bytes = [0; HEAD_BYTES];
        bytes[0..4].copy_from_slice(&self.kind.marker());
        bytes[4..8].copy_from_slice(&self.body_bytes.to_le_bytes());
        bytes[8..12].copy_from_slice(&self.body_crc.to_le_bytes());
        bytes[12..16].copy_from_slice(&self.count.to_le_bytes());
        bytes[16..24].copy_from_slice(&self.first.0.to_le_bytes());
        bytes[24..32].copy_from_slice(&self.times.earliest_us.to_le_bytes());
        bytes[32..40].copy_from_slice(&self.times.latest_us.to_le_bytes());
        let crc = crc32fast::hash(&bytes[..40]);
        bytes[40..44].copy_from_slice(&crc.to_le_bytes());
        bytes
    }

    /// The head in these bytes; `None` where there is none with a right checksum and believable numbers.
    pub(crate) fn parse(bytes: &[u8; HEAD_BYTES]) -> Option<Self> {
        let kind = Kind::of(*bytes.first_chunk()?)?;
        let head = Self::fields(kind, &mut Input::new(&bytes[4..])).ok()?;
        let believable = head.to_bytes() == *bytes
            && head.body_bytes <= BODY_BYTES_MAX
            && head.count <= ENTRIES_MAX
            && head.is_mark() == (head.count == 0)
            && !(head.is_mark() && head.body_bytes > 0)
            && head.first.0.checked_add(head.count.into()).is_some();
        believable.then_some(head)
    }

    fn fields(kind: Kind, input: &mut Input<'_>) -> Result<Self, EntryError> {
        Ok(Head {
            kind,
            body_bytes: u32::from_le_bytes(input.array()?),
            body_crc: u32::from_le_bytes(input.array()?),
            count: u32::from_le_bytes(input.array()?),
            first: Offset(u64::from_le_bytes(input.array()?)),
            times: TimeRange {
                earliest_us: i64::from_le_bytes(input.array()?),
                latest_us: i64::from_le_bytes(input.array()?),
            },
        })
    }
}

/// The earliest and the latest event time among entries. Ticks have none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TimeRange {
    earliest_us: i64,
    latest_us: i64,
}

impl TimeRange {
    /// Of no entries: the earliest is later than the latest.
    pub(crate) const EMPTY: TimeRange = TimeRange { earliest_us: i64::MAX, latest_us: i64::MIN };

    pub(crate) fn including(self, time: EventTime) -> Self {
        self.joined(TimeRange { earliest_us: time.us(), latest_us: time.us() })
    }

    pub(crate) fn joined(self, other: Self) -> Self {
        TimeRange {
            earliest_us: self.earliest_us.min(other.earliest_us),
            latest_us: self.latest_us.max(other.latest_us),
        }
    }

    /// Whether an entry may be at `time` or later.
    pub(crate) fn reaches(self, time: EventTime) -> bool {
        self.latest_us >= time.us() && self != Self::EMPTY
    }
}

impl Default for TimeRange {
    fn default() -> Self {
        Self::EMPTY
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block() -> Head {
        let times = TimeRange::EMPTY.including(EventTime::from_us(5)).including(EventTime::from_us(-7));
        Head::of_block(Offset(3), 2, times, b"body")
    }

    #[test]
    fn a_head_reads_back() {
        for head in [block(), Head::of_mark(Kind::Next, Offset(9), block().times)] {
            assert_eq!(Head::parse(&head.to_bytes()), Some(head));
        }
    }

    #[test]
    fn numbers_that_a_reader_must_not_follow_are_no_head() {
        for (what, head) in [
            ("a long body", Head { body_bytes: BODY_BYTES_MAX + 1, ..block() }),
            ("many entries", Head { count: ENTRIES_MAX + 1, ..block() }),
            ("offsets beyond the last", Head { first: Offset(u64::MAX), ..block() }),
            ("no entries", Head { count: 0, ..block() }),
            ("a mark with a body", Head { kind: Kind::End, count: 0, ..block() }),
        ] {
            assert_eq!(Head::parse(&head.to_bytes()), None, "{what}");
        }
    }

    #[test]
    fn no_entries_reach_no_time() {
        assert!(!TimeRange::EMPTY.reaches(EventTime::from_us(i64::MIN)));
        assert!(block().times.reaches(EventTime::from_us(5)));
        assert!(!block().times.reaches(EventTime::from_us(6)));
        assert_eq!(TimeRange::EMPTY.joined(block().times), block().times);
    }
}
