//! Folders for tapes, and short ways to fill and read them.

use events::{Entry, EntryBlock};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use tape::{Damage, Progress, ReadError, Reader, Writer};

/// The first segment of a tape.
pub const FIRST: &str = "00000000.segment";

/// A name of its own under the system's folder for such; whatever comes to be there goes with it.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        Folder(std::env::temp_dir().join(format!("tape-test-{}-{count}", std::process::id())))
    }

    /// With a finished tape, flushed after every `block` entries.
    pub fn with_tape(entries: &[Entry], block: usize) -> Self {
        let folder = Folder::new();
        write(&folder, entries, block).finish().unwrap();
        folder
    }

    /// With a finished tape in segments of `blocks` blocks: the format's own way to be large, made small by hand.
    pub fn with_segments(entries: &[Entry], block: usize, blocks: usize) -> Self {
        let whole = fs::read(Folder::with_tape(entries, block).join(FIRST)).unwrap();
        let all = split(&whole);
        let folder = Folder::new();
        fs::create_dir(&*folder).unwrap();
        for (index, some) in all.chunks(blocks).enumerate() {
            let first = (index * block * blocks) as u64;
            let next = entries.len().min((index + 1) * block * blocks) as u64;
            let kind = if next < entries.len() as u64 { b"\xBBNXT" } else { b"\xBBEND" };
            let segment = [header(2, index as u32, first), some.concat(), mark(kind, next, some)].concat();
            fs::write(folder.join(format!("{index:08}.segment")), segment).unwrap();
        }
        folder
    }

    /// With a tape of one segment with these bytes.
    pub fn with_segment(bytes: &[u8]) -> Self {
        let folder = Folder::new();
        fs::create_dir(&*folder).unwrap();
        folder.put_segment(bytes);
        folder
    }

    /// Puts other bytes into its first segment. Thousands of times: so the file is not cut to nothing first, which
    /// some file systems answer by waiting for the disk.
    pub fn put_segment(&self, bytes: &[u8]) {
        let path = self.join(FIRST);
        let mut file = File::options().write(true).create(true).truncate(false).open(path).unwrap();
        file.write_all(bytes).unwrap();
        file.set_len(bytes.len() as u64).unwrap();
    }
}

impl std::ops::Deref for Folder {
    type Target = Path;
    fn deref(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A segment's header, as docs/tape-format.md draws it.
pub fn header(version: u32, index: u32, first: u64) -> Vec<u8> {
    let numbers = [&version.to_le_bytes()[..], &index.to_le_bytes(), &first.to_le_bytes()].concat();
    with_crc([&b"BURNTAPE"[..], &numbers].concat())
}

/// The mark that closes a segment with these blocks, as docs/tape-format.md draws it.
pub fn mark(kind: &[u8; 4], next: u64, blocks: &[&[u8]]) -> Vec<u8> {
    let time = |block: &[u8], at: usize| i64::from_le_bytes(block[at..at + 8].try_into().unwrap());
    let earliest = blocks.iter().map(|block| time(block, 24)).min().unwrap_or(i64::MAX);
    let latest = blocks.iter().map(|block| time(block, 32)).max().unwrap_or(i64::MIN);
    let times = [earliest.to_le_bytes(), latest.to_le_bytes()].concat();
    with_crc([&kind[..], &[0; 12], &next.to_le_bytes(), &times].concat())
}

/// With their checksum behind them.
pub fn with_crc(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.extend(crc32fast::hash(&bytes).to_le_bytes());
    bytes
}

/// The blocks of the only segment of a finished tape.
pub fn split(segment: &[u8]) -> Vec<&[u8]> {
    let mut rest = &segment[28..segment.len() - 44];
    let mut blocks = Vec::new();
    while !rest.is_empty() {
        let body_bytes = u32::from_le_bytes(rest[4..8].try_into().unwrap());
        let (block, after) = rest.split_at(44 + body_bytes as usize);
        blocks.push(block);
        rest = after;
    }
    blocks
}

/// An unfinished tape, flushed after every `block` entries.
pub fn write(dir: &Path, entries: &[Entry], block: usize) -> Writer {
    let mut writer = Writer::create(dir).unwrap();
    for some in entries.chunks(block) {
        for entry in some {
            writer.append(entry).unwrap();
        }
        writer.flush().unwrap();
    }
    writer
}

/// Everything that a reader gets out of a tape.
#[derive(Debug)]
pub struct Read {
    pub entries: BTreeMap<u64, Entry>,
    pub damage: Vec<Damage>,
    /// What came last: never `Progress::Block`.
    pub end: Progress,
}

/// Reads on to the end. Checks that offsets rise.
pub fn read(reader: &mut Reader) -> Result<Read, ReadError> {
    let (mut entries, mut damage, mut block) = (BTreeMap::new(), Vec::new(), EntryBlock::default());
    loop {
        match reader.next_block(&mut block) {
            Ok(Progress::Block { first }) => {
                let last = entries.last_key_value().map(|(&last, _)| last);
                assert!(last < Some(first.get()), "{last:?} {first}");
                let offsets = first.get()..;
                entries.extend(offsets.zip(block.entries()));
                assert_eq!(entries.last_key_value().map(|(last, _)| last + 1), Some(reader.offset().get()));
            }
            Ok(end) => return Ok(Read { entries, damage, end }),
            Err(ReadError::Damaged(range)) => damage.push(range),
            Err(error) => return Err(error),
        }
        assert!(damage.len() < 1_000, "damage without end");
    }
}

/// With their offsets from 0.
pub fn numbered(entries: &[Entry]) -> BTreeMap<u64, Entry> {
    (0..).zip(entries.iter().cloned()).collect()
}
