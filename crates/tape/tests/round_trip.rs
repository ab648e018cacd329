use crate::arbitrary;
use crate::folder::{Folder, numbered, read};
use crate::stream;
use events::{Entry, EventId, Flag, RaceEvent, RaceEventKind, Record, RosterEntry, VehicleId};
use proptest::prelude::*;
use std::fs;
use tape::{Offset, Progress, Reader, Report, WriteError, Writer, check};
use units::EventTime;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))] // each waits for the disk; the entries are the cases

    #[test]
    fn what_is_written_is_read(entries in arbitrary::entries(0..300), block in 1_usize..100) {
        let folder = Folder::with_tape(&entries, block);
        let read = read(&mut Reader::open(&folder).unwrap()).unwrap();
        prop_assert_eq!(read.damage, []);
        prop_assert_eq!(read.end, Progress::End);
        prop_assert_eq!(read.entries, numbered(&entries));
    }
}

#[test]
fn a_sample_with_seven_signals_is_small() {
    let entries: Vec<_> = stream::race(20).collect();
    // 80 entries are 100 ms of the stream
    for (block, bytes_max) in [(entries.len(), 14.0), (80, 20.0)] {
        let folder = Folder::with_tape(&entries, block);
        let bytes =
            fs::metadata(folder.join("00000000.segment")).unwrap().len() as f64 / entries.len() as f64;
        println!("{bytes:.1} bytes a sample in blocks of at most {block}");
        assert!(bytes <= bytes_max, "{bytes} bytes a sample in blocks of at most {block}");
    }
}

#[test]
fn a_block_seals_itself_at_its_limits() {
    let tick = Entry { ingest_time: None, record: Record::Tick };
    let folder = Folder::with_tape(&vec![tick; 4_097], usize::MAX);
    let report = check(&folder).unwrap();
    assert_eq!((report.blocks, report.entries), (2, 4_097), "4 096 entries are a block");

    let events: Vec<_> = (0..8).map(|id| large(id, 10_000)).collect();
    let report = check(&Folder::with_tape(&events, usize::MAX)).unwrap();
    assert_eq!((report.blocks, report.entries), (2, 8), "64 KiB of race events are one too");
}

#[test]
fn a_long_tape_goes_on_in_further_segments() {
    let entries: Vec<_> = (0..18).map(|id| large(id, 1_000_000)).collect();
    let folder = Folder::with_tape(&entries, usize::MAX);
    let mut files: Vec<_> = fs::read_dir(&*folder).unwrap().map(|file| file.unwrap().file_name()).collect();
    files.sort();
    assert_eq!(files, ["00000000.segment", "00000001.segment"], "17 such entries fill 16 MiB");
    let good = Report { blocks: 18, entries: 18, finished: true, ..Report::default() };
    assert_eq!(check(&folder).unwrap(), good);
}

#[test]
fn an_entry_that_no_reader_would_take_is_refused_and_leaves_no_trace() {
    let folder = Folder::new();
    let mut writer = Writer::create(&folder).unwrap();
    let before = Entry { ingest_time: None, record: flag(1) };
    let after = Entry { ingest_time: None, record: flag(3) };
    assert_eq!(writer.append(&before).unwrap(), Offset(0));
    let error = writer.append(&large(2, 1 << 20)).unwrap_err();
    assert!(matches!(error, WriteError::TooLarge { .. }), "{error}");
    assert_eq!(writer.append(&after).unwrap(), Offset(1));
    writer.finish().unwrap();
    let read = read(&mut Reader::open(&folder).unwrap()).unwrap();
    assert_eq!(read.entries, numbered(&[before, after]));
}

#[test]
fn a_writer_that_failed_once_takes_nothing_more() {
    let folder = Folder::new();
    let mut writer = Writer::create(&folder).unwrap();
    fs::write(folder.join("00000001.segment"), "in the way").unwrap();
    let failed = (0..20).find_map(|id| writer.append(&large(id, 1_000_000)).err());
    assert!(matches!(failed, Some(WriteError::Io { .. })), "{failed:?}");
    for refused in [writer.append(&large(20, 1)).map(drop), writer.flush(), writer.commit(), writer.finish()]
    {
        assert!(matches!(refused, Err(WriteError::Broken { .. })), "{refused:?}");
    }
}

/// An entry of a little more than `bytes`.
pub fn large(id: u64, bytes: usize) -> Entry {
    let car = RosterEntry {
        vehicle: VehicleId::new("7").unwrap(),
        number: "7".into(),
        driver: "x".repeat(bytes),
        team: String::new(),
        manufacturer: String::new(),
    };
    let kind = RaceEventKind::Roster { cars: vec![car] };
    let event = RaceEvent { event_time: EventTime::from_us(id as i64), id: EventId(id), kind };
    Entry { ingest_time: None, record: Record::Event(Box::new(event)) }
}

fn flag(id: u64) -> Record {
    let kind = RaceEventKind::Flag { flag: Flag::Green };
    Record::Event(Box::new(RaceEvent { event_time: EventTime::from_ms(1_000), id: EventId(id), kind }))
}
