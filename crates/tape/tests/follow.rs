//! A tape is read while it is written.

use crate::folder::{Folder, header, numbered, read};
use crate::round_trip::large;
use crate::stream;
use events::EntryBlock;
use std::fs::{self, File};
use std::io::Write;
use tape::{Offset, Progress, ReadError, Reader, Writer};

#[test]
fn a_block_is_seen_once_it_is_flushed() {
    let entries: Vec<_> = stream::race(1).take(5).collect();
    let folder = Folder::new();
    let mut writer = Writer::create(&folder).unwrap();
    let mut reader = Reader::open(&folder).unwrap();
    let mut block = EntryBlock::default();
    for (entry, offset) in entries.iter().zip(0..) {
        assert_eq!(writer.append(entry).unwrap(), Offset(offset));
        assert_eq!(reader.next_block(&mut block).unwrap(), Progress::Pending);
        assert!(block.is_empty());
        writer.flush().unwrap();
        assert_eq!(reader.next_block(&mut block).unwrap(), Progress::Block { first: Offset(offset) });
        assert!(block.entries().eq([entry.clone()]));
    }
    writer.finish().unwrap();
    assert_eq!(reader.next_block(&mut block).unwrap(), Progress::End);
    assert_eq!(reader.next_block(&mut block).unwrap(), Progress::End, "and so it stays");
}

#[test]
fn at_no_byte_does_a_follower_see_anything_but_the_truth() {
    let entries: Vec<_> = stream::race(1).take(60).collect();
    let whole = Folder::with_segments(&entries, 10, 2);
    let growing = Folder::with_segment(&header(2, 0, 0));
    let (mut reader, mut block, mut seen) =
        (Reader::open(&growing).unwrap(), EntryBlock::default(), Vec::new());
    for index in 0..3 {
        let name = format!("{index:08}.segment");
        let bytes = fs::read(whole.join(&name)).unwrap();
        let mut file = File::options().append(true).create(true).open(growing.join(&name)).unwrap();
        let written = file.metadata().unwrap().len() as usize;
        for byte in &bytes[written..] {
            match reader.next_block(&mut block).unwrap() {
                Progress::Block { first } => {
                    assert_eq!(first.get(), seen.len() as u64);
                    seen.extend(block.entries());
                }
                Progress::Pending => {}
                Progress::End => panic!("the end mark is not written yet"),
            }
            file.write_all(&[*byte]).unwrap();
        }
    }
    assert_eq!(seen, entries);
    assert_eq!(reader.next_block(&mut block).unwrap(), Progress::End);
}

#[test]
fn a_follower_on_another_thread_sees_every_entry_once() {
    // large ones among them: the follower crosses into a second segment
    let large = (0..18).map(|id| large(id, 1_000_000));
    let entries: Vec<_> = stream::race(1).zip(large).flat_map(|(sample, event)| [sample, event]).collect();
    let folder = Folder::new();
    let mut writer = Writer::create(&folder).unwrap();
    let mut reader = Reader::open(&folder).unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for (entry, turn) in entries.iter().zip(0..) {
                writer.append(entry).unwrap();
                if turn % 3 == 0 {
                    writer.flush().unwrap();
                }
            }
            writer.finish().unwrap();
        });
        let (mut block, mut seen) = (EntryBlock::default(), Vec::new());
        loop {
            match reader.next_block(&mut block).unwrap() {
                Progress::Block { .. } => seen.extend(block.entries()),
                Progress::Pending => std::thread::yield_now(),
                Progress::End => break,
            }
        }
        assert!(seen == entries);
    });
}

#[test]
fn what_is_not_flushed_is_not_on_the_tape() {
    let entries: Vec<_> = stream::race(1).take(3).collect();
    let folder = Folder::new();
    let mut writer = crate::folder::write(&folder, &entries[..2], 2);
    writer.append(&entries[2]).unwrap();
    drop(writer);
    let read = read(&mut Reader::open(&folder).unwrap()).unwrap();
    assert_eq!((read.entries, read.end), (numbered(&entries[..2]), Progress::Pending));
}

#[test]
fn a_follower_may_be_there_first() {
    let folder = Folder::new();
    assert!(matches!(Reader::open(&folder), Err(ReadError::NotATape { .. })));
    let _writer = Writer::create(&folder).unwrap();
    assert_eq!(read(&mut Reader::open(&folder).unwrap()).unwrap().end, Progress::Pending);
}
