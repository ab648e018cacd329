use crate::folder::{FIRST, Folder, numbered, read, split};
use crate::stream;
use events::{Entry, EntryBlock, Record, Sample, VehicleId};
use std::fs;
use tape::{Offset, Progress, Reader};
use units::EventTime;

#[test]
fn seeking_to_an_offset_is_skipping_what_comes_before() {
    let entries: Vec<_> = stream::race(1).collect();
    let folder = Folder::with_tape(&entries, 70);
    let mut reader = Reader::open(&folder).unwrap();
    for to in (0..=entries.len() as u64).rev() {
        reader.seek(Offset(to)).unwrap();
        assert_eq!(reader.offset(), Offset(to));
        let read = read(&mut reader).unwrap();
        assert_eq!(read.entries, numbered(&entries).split_off(&to), "{to}");
        assert_eq!(read.end, Progress::End);
    }
}

#[test]
fn seeking_behind_the_end_waits_for_that_entry() {
    let entries: Vec<_> = stream::race(1).take(10).collect();
    let folder = Folder::new();
    let mut writer = crate::folder::write(&folder, &entries[..4], 2);
    let mut reader = Reader::open(&folder).unwrap();
    reader.seek(Offset(7)).unwrap();
    assert_eq!(read(&mut reader).unwrap().end, Progress::Pending);
    assert_eq!(reader.offset(), Offset(7));
    entries[4..].iter().for_each(|entry| assert!(writer.append(entry).is_ok()));
    writer.flush().unwrap();
    assert_eq!(read(&mut reader).unwrap().entries, numbered(&entries).split_off(&7));
}

#[test]
fn seeking_works_across_segments() {
    let entries: Vec<_> = (0..20).map(|time| at(Some(time))).collect();
    let folder = Folder::with_segments(&entries, 2, 3);
    let mut reader = Reader::open(&folder).unwrap();
    for to in (0..20).rev() {
        reader.seek(Offset(to)).unwrap();
        assert_eq!(first(&mut reader), Some(Offset(to)));
        reader.seek_time(EventTime::from_us(to as i64)).unwrap();
        assert_eq!(first(&mut reader), Some(Offset(to / 2 * 2)), "blocks begin with even offsets");
    }
}

#[test]
fn damage_matters_only_to_who_reads_it() {
    let entries: Vec<_> = (0..9).map(|time| at(Some(time))).collect();
    let folder = Folder::with_tape(&entries, 3);
    let mut bytes = fs::read(folder.join(FIRST)).unwrap();
    let second_block = 28 + split(&bytes)[0].len();
    bytes[second_block] ^= 1;
    folder.put_segment(&bytes);
    let mut reader = Reader::open(&folder).unwrap();
    for (to, damages) in [(0, 1), (3, 1), (5, 1), (6, 0), (8, 0), (9, 0)] {
        reader.seek(Offset(to)).unwrap();
        let read = read(&mut reader).unwrap();
        assert_eq!(read.damage.len(), damages, "{to}");
        assert_eq!(read.entries.last_key_value(), numbered(&entries).split_off(&to).last_key_value(), "{to}");
    }
    reader.seek_time(EventTime::from_us(3)).unwrap();
    assert_eq!(first(&mut reader), Some(Offset(6)), "the lost block cannot be sought");
}

#[test]
fn seeking_a_time_goes_to_the_first_block_that_reaches_it() {
    // blocks of two; the third holds a late entry, the fourth only ticks
    let times = [Some(10), Some(20), Some(40), Some(30), Some(50), Some(5), None, None, Some(60), Some(60)];
    let folder = Folder::with_tape(&times.map(at), 2);
    let mut reader = Reader::open(&folder).unwrap();
    for (time, offset) in
        [(i64::MIN, 0), (10, 0), (20, 0), (21, 2), (40, 2), (41, 4), (50, 4), (51, 8), (60, 8)]
    {
        reader.seek_time(EventTime::from_us(time)).unwrap();
        assert_eq!(reader.offset(), Offset(offset), "{time}");
        assert_eq!(first(&mut reader), Some(Offset(offset)), "{time}");
    }
    for behind in [61, i64::MAX] {
        reader.seek_time(EventTime::from_us(behind)).unwrap();
        assert_eq!(first(&mut reader), None);
        assert_eq!(reader.offset(), Offset(10));
    }
}

fn first(reader: &mut Reader) -> Option<Offset> {
    match reader.next_block(&mut EntryBlock::default()).unwrap() {
        Progress::Block { first } => Some(first),
        Progress::Pending | Progress::End => None,
    }
}

fn at(time: Option<i64>) -> Entry {
    let sample = |time| Sample::new(VehicleId::new("7").unwrap(), EventTime::from_us(time));
    Entry { ingest_time: None, record: time.map_or(Record::Tick, |time| Record::Sample(sample(time))) }
}
