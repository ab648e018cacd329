//! Whatever happens to its bytes, a tape never tells a lie and loses no more than it must.

use crate::folder::{FIRST, Folder, Read, numbered, read, split};
use crate::round_trip::large;
use crate::stream;
use events::Entry;
use std::fs;
use std::ops::Range;
use std::path::Path;
use tape::{Cause, Offset, Progress, ReadError, Reader, check};

/// Entries of all sorts, few: every byte of their tape is harmed in turn.
fn few() -> Vec<Entry> {
    let mut entries: Vec<_> = stream::race(1).take(8).collect();
    entries.insert(3, large(1, 10));
    entries
}

fn bytes_of(dir: &Path) -> Vec<u8> {
    fs::read(dir.join(FIRST)).unwrap()
}

fn read_all(dir: &Path) -> Result<Read, ReadError> {
    read(&mut Reader::open(dir)?)
}

/// Where the blocks of a finished segment begin and end.
fn blocks(segment: &[u8]) -> Vec<Range<usize>> {
    let mut start = 28;
    let blocks = split(segment).into_iter().map(|block| {
        start += block.len();
        start - block.len()..start
    });
    blocks.collect()
}

#[test]
fn every_flipped_bit_is_detected_and_costs_at_most_its_block() {
    let entries = few();
    let bytes = bytes_of(&Folder::with_tape(&entries, 3));
    let blocks = blocks(&bytes);
    assert_eq!(blocks.len(), 3);
    let folder = Folder::with_segment(&bytes);
    for bit in 0..bytes.len() * 8 {
        let mut flipped = bytes.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        folder.put_segment(&flipped);
        let read = read_all(&folder).unwrap();
        let mut expected = numbered(&entries);
        if let Some(block) = blocks.iter().position(|block| block.contains(&(bit / 8))) {
            let lost = block as u64 * 3;
            expected.retain(|offset, _| !(lost..lost + 3).contains(offset));
            let [damage] = &read.damage[..] else { panic!("bit {bit}: {read:?}") };
            assert_eq!((damage.lost_from, damage.lost_to), (Offset(lost), Some(Offset(lost + 3))));
            assert_eq!(damage.bytes, blocks[block].start as u64..blocks[block].end as u64);
        } else if bit / 8 < 28 {
            let [damage] = &read.damage[..] else { panic!("bit {bit}: {read:?}") };
            assert_eq!(damage.lost_to, Some(damage.lost_from), "a broken header costs nothing");
        } else {
            assert_eq!(read.end, Progress::Pending, "without its end mark a tape is unfinished");
        }
        assert_eq!(read.entries, expected, "bit {bit}");
    }
}

#[test]
fn a_cut_tape_is_an_unfinished_one() {
    let entries = few();
    let bytes = bytes_of(&Folder::with_tape(&entries, 3));
    let blocks = blocks(&bytes);
    let folder = Folder::with_segment(&bytes);
    for length in 0..bytes.len() {
        folder.put_segment(&bytes[..length]);
        let read = match read_all(&folder) {
            Ok(read) => read,
            Err(ReadError::NotATape { .. }) if length < 28 => continue,
            Err(error) => panic!("{length}: {error}"),
        };
        let whole = blocks.iter().filter(|block| block.end <= length).count();
        assert_eq!(read.entries, numbered(&entries[..3 * whole]), "{length}");
        assert_eq!((read.damage, read.end), (vec![], Progress::Pending), "{length}");
        let torn = length - blocks[..whole].last().map_or(28, |block| block.end);
        assert_eq!(check(&folder).unwrap().torn_bytes, torn as u64);
    }
}

#[test]
fn bytes_inserted_or_removed_are_named() {
    let entries = few();
    let bytes = bytes_of(&Folder::with_tape(&entries, 3));
    let blocks = blocks(&bytes);
    let (first, second) = (blocks[0].clone(), blocks[1].clone());
    for (what, bytes, lost, cause) in [
        (
            "garbage between blocks",
            [&bytes[..first.end], b"garbage", &bytes[first.end..]].concat(),
            3..3,
            Cause::Head,
        ),
        ("zeros", [&bytes[..first.end], &[0; 100], &bytes[second.end..]].concat(), 3..6, Cause::Head),
        ("a block gone", [&bytes[..first.end], &bytes[second.end..]].concat(), 3..6, Cause::Gap),
        (
            "part of a block gone",
            [&bytes[..second.end - 9], &bytes[second.end..]].concat(),
            3..9,
            Cause::Body,
        ),
        ("a block twice", [&bytes[..first.end], &bytes[first.start..]].concat(), 3..3, Cause::Head),
        ("garbage for a header", [&[7; 28], &bytes[28..]].concat(), 0..0, Cause::Header),
    ] {
        let read = read_all(&Folder::with_segment(&bytes)).unwrap();
        let [damage] = &read.damage[..] else { panic!("{what}: {read:?}") };
        let named = (damage.lost_from.get(), damage.lost_to.unwrap().get());
        assert_eq!((named, &damage.cause), ((lost.start, lost.end), &cause), "{what}: {damage}");
        let mut good = numbered(&entries);
        good.retain(|offset, _| !lost.contains(offset));
        assert_eq!((read.entries, read.end), (good, Progress::End), "{what}");
    }
}

#[test]
fn a_right_checksum_does_not_make_nonsense_an_entry() {
    let bytes = bytes_of(&Folder::with_tape(&few(), 3));
    let block = blocks(&bytes)[1].clone();
    let forged = forge(&bytes, &block, |body| body[0] = 0xff);
    let read = read_all(&Folder::with_segment(&forged)).unwrap();
    let [damage] = &read.damage[..] else { panic!("{read:?}") };
    assert!(matches!(damage.cause, Cause::Entry(_)));
    let text = damage.to_string();
    let text = &text[text.find(FIRST).unwrap()..];
    let Range { start, end } = block;
    assert_eq!(
        text,
        format!(
            "{FIRST} is damaged at bytes {start} to {end}: an entry cannot be understood: a text is not UTF-8; \
             entries 3 up to but not 6 are lost"
        )
    );
}

#[test]
fn forged_bodies_never_panic() {
    let bytes = bytes_of(&Folder::with_tape(&few(), 9));
    let block = blocks(&bytes)[0].clone();
    let folder = Folder::with_segment(&bytes);
    for at in 0..block.len() - 44 {
        for value in [0, 1, 0x7f, 0x80, 0xff] {
            folder.put_segment(&forge(&bytes, &block, |body| body[at] = value));
            let read = read_all(&folder).unwrap();
            assert!(read.entries.len() == 9 || read.damage.len() == 1, "{at}");
        }
    }
}

/// With the body of a block changed and its checksums put right.
fn forge(bytes: &[u8], block: &Range<usize>, change: impl FnOnce(&mut [u8])) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let (head, body) = bytes[block.clone()].split_at_mut(44);
    change(body);
    head[8..12].copy_from_slice(&crc32fast::hash(body).to_le_bytes());
    let crc = crc32fast::hash(&head[..40]);
    head[40..44].copy_from_slice(&crc.to_le_bytes());
    bytes
}

#[test]
fn damage_to_whole_segments_is_named() {
    let entries: Vec<_> = stream::race(1).take(30).collect();
    let folder = Folder::with_segments(&entries, 2, 5);
    let [first, second, third] = [0, 1, 2].map(|index| folder.join(format!("{index:08}.segment")));
    let found = || {
        let read = read_all(&folder).unwrap();
        let lost = read.damage.iter().map(|damage| (damage.lost_from.get(), damage.lost_to.map(Offset::get)));
        let lost: Vec<_> = lost.collect();
        let mut good = numbered(&entries);
        let end = if read.end == Progress::End { 30 } else { read.entries.len() as u64 };
        good.retain(|at, _| {
            *at < end && !lost.iter().any(|&(from, to)| (from..to.unwrap_or(from)).contains(at))
        });
        assert_eq!(read.entries, good);
        (lost, read.end)
    };
    let bytes = fs::read(&second).unwrap();
    assert_eq!(found(), (vec![], Progress::End));

    fs::write(&second, &bytes[..bytes.len() - 44]).unwrap();
    assert_eq!(found(), (vec![(20, Some(20))], Progress::End), "its closing mark");
    fs::write(&second, &bytes[..bytes.len() - 45]).unwrap();
    assert_eq!(found(), (vec![(18, Some(20))], Progress::End), "its last block");
    fs::write(&second, [&[0; 100], &bytes[100..]].concat()).unwrap();
    assert_eq!(found(), (vec![(10, Some(12))], Progress::End), "its header and first block");
    fs::write(&second, "").unwrap();
    assert_eq!(found(), (vec![(10, Some(20))], Progress::End), "all of its content");
    fs::remove_file(&second).unwrap();
    assert_eq!(found(), (vec![(10, Some(20))], Progress::End), "itself");
    fs::write(&first, fs::read(&first).unwrap().split_at(100).0).unwrap();
    assert_eq!(found(), (vec![(0, None), (0, Some(20))], Progress::End), "and most of the one before");
    fs::remove_file(&third).unwrap();
    assert_eq!(found(), (vec![], Progress::Pending), "what nobody knows of is not missed");
}
