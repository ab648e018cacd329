//! The bytes themselves: those drawn in docs/tape-format.md, and that none has moved since.

use crate::folder::{FIRST, Folder, header, mark, numbered, read, split, with_crc};
use events::{
    Air, Entry, EventId, Flag, FuelEvidence, Origin, RaceEvent, RaceEventKind, Record, RosterEntry, Sample,
    Session, SessionId, Signal, StopPhase, VehicleId,
};
use std::fs;
use std::num::NonZeroU64;
use tape::{Progress, Reader};
use units::{EventTime, FuelDensity, IngestTime, Volume};

fn seven() -> VehicleId {
    VehicleId::new("7").unwrap()
}

fn entry(ms: i64, record: Record) -> Entry {
    Entry { ingest_time: Some(IngestTime::from_ms(ms)), record }
}

fn event(ms: i64, id: u64, kind: RaceEventKind) -> Entry {
    let event = RaceEvent { event_time: EventTime::from_ms(ms), id: EventId(id), kind };
    entry(ms, Record::Event(Box::new(event)))
}

/// The tape of the document.
fn drawn() -> Vec<Entry> {
    let sample = |ms, sequence, rpm| {
        let mut sample = Sample::new(seven(), EventTime::from_ms(ms)).with(Signal::Throttle, 1.0).unwrap();
        sample.sequence = NonZeroU64::new(sequence);
        Record::Sample(sample.with(Signal::Rpm, rpm).unwrap())
    };
    vec![
        event(1, 5, RaceEventKind::Flag { flag: Flag::Green }),
        entry(3, sample(2, 9, 8_000.0)),
        entry(3, sample(3, 10, 8_010.5)),
        entry(4, Record::Tick),
    ]
}

#[test]
fn the_document_draws_what_is_written() {
    let document = include_str!("../../../docs/tape-format.md");
    let example = document.split("```hex\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let drawn_bytes: Vec<u8> = example
        .lines()
        .flat_map(|line| line.split(" | ").next().unwrap().split_whitespace())
        .map(|byte| u8::from_str_radix(byte, 16).unwrap())
        .collect();
    let written = fs::read(Folder::with_tape(&drawn(), 9).join(FIRST)).unwrap();
    assert_eq!(format!("{written:02x?}"), format!("{drawn_bytes:02x?}"));
}

/// Race events of many kinds, every sort of sample, a stretch of a race.
fn golden() -> Vec<Entry> {
    let mut entries = drawn();
    entries.extend(kinds().into_iter().zip(10..).map(|(kind, id)| event(id, id as u64, kind)));
    entries.extend((0..60).map(odd));
    entries.extend(crate::stream::race(1).take(120));
    entries
}

/// A sample like none before: publishers, sequences and signals come and go, and every number is at an end of its range.
fn odd(turn: i64) -> Entry {
    const ENDS: [i32; 5] = [i32::MIN, -1, 0, 7, i32::MAX];
    let at = [i64::MIN, -1, turn * 50_000, i64::MAX][turn as usize % 4];
    let vehicle = VehicleId::new(["7", "07", "ü"][turn as usize % 3]).unwrap();
    let mut sample = Sample::new(vehicle, EventTime::from_us(at));
    sample.source = if turn % 7 == 0 { u16::MAX } else { 1 };
    sample.boot = if turn % 11 == 0 { u32::MAX } else { 2 };
    sample.sequence = NonZeroU64::new([0, 5, 6, 7, u64::MAX, 1][turn as usize % 6]);
    for (signal, nth) in Signal::ALL.into_iter().zip(1..) {
        if turn % nth == 0 {
            sample.set_steps(signal, ENDS[(turn + nth) as usize % 5]);
        }
    }
    let ingest_time = (turn % 5 != 0).then(|| IngestTime::from_us(at.wrapping_mul(3)));
    let record = if turn % 13 == 12 { Record::Tick } else { Record::Sample(sample) };
    Entry { ingest_time, record }
}

fn kinds() -> Vec<RaceEventKind> {
    let air = Air { pressure_pa: 101_325.0, temperature_k: 293.15, vapour_pressure_pa: 1_200.0 };
    let session = Session {
        track: "Daytona".into(),
        track_length_m: Some(4_023.36),
        laps: Some(200),
        stages: vec![65, 130],
        package_hp: Some(510.0),
        reference_rpm: Some(8_000.0),
        tank: Some(Volume::from_us_gallons(20.0)),
        fuel_density: Some(FuelDensity::CUP),
        air: Some(air),
        origin: Origin::Simulated,
        ..Session::named(SessionId::new("500").unwrap())
    };
    let car = RosterEntry {
        vehicle: seven(),
        number: "7".into(),
        driver: "A".into(),
        team: "B".into(),
        manufacturer: "C".into(),
    };
    let evidence = FuelEvidence {
        vehicle: seven(),
        stop_time: Some(EventTime::from_ms(8)),
        added: Some(Volume::from_us_gallons(12.0)),
        added_sd: Some(Volume::from_us_gallons(0.5)),
        full: Some(true),
        fill_time_s: Some(9.5),
    };
    vec![
        RaceEventKind::Session(session),
        RaceEventKind::Roster { cars: vec![car] },
        RaceEventKind::Flag { flag: Flag::Checkered },
        RaceEventKind::Stop { vehicle: seven(), phase: StopPhase::PitOut },
        RaceEventKind::Retired { vehicle: seven() },
        RaceEventKind::Fuel(evidence),
        RaceEventKind::RunOut { vehicle: seven(), at: None },
        RaceEventKind::StillRunning { vehicle: seven(), at: Some(EventTime::from_ms(9)) },
        RaceEventKind::RadioMpg { vehicle: seven(), mpg: 4.5, mpg_sd: None },
    ]
}

const FORMAT_1: &[u8] = include_bytes!("golden/format-1.segment");
const FORMAT_2: &[u8] = include_bytes!("golden/format-2.segment");

#[test]
fn format_2_is_as_it_was() {
    let written = fs::read(Folder::with_tape(&golden(), 50).join(FIRST)).unwrap();
    assert!(written == FORMAT_2, "other bytes are another format: raise its version and read both");
}

#[test]
fn what_every_format_wrote_is_read() {
    for (what, bytes) in [("format 1", FORMAT_1), ("format 2", FORMAT_2)] {
        let read = read(&mut Reader::open(&Folder::with_segment(bytes)).unwrap()).unwrap();
        assert_eq!((read.damage, read.end), (vec![], Progress::End), "{what}");
        assert_eq!(read.entries, numbered(&golden()), "{what}");
    }
}

#[test]
fn a_block_of_format_1_is_known_without_the_header_of_its_segment() {
    let bytes = [&[0; 28], &FORMAT_1[28..]].concat();
    let read = read(&mut Reader::open(&Folder::with_segment(&bytes)).unwrap()).unwrap();
    assert_eq!((read.damage.len(), read.entries), (1, numbered(&golden())));
}

#[test]
fn a_tape_may_go_on_in_another_format() {
    let (entries, blocks) = (golden(), split(FORMAT_1));
    let first = [header(1, 0, 0), blocks.concat(), mark(b"\xBBNXT", entries.len() as u64, &blocks)].concat();
    let folder = Folder::with_segment(&first);
    let (next, after) = (Folder::with_tape(&entries, 50), [&entries[..], &entries[..]].concat());
    let blocks = fs::read(next.join(FIRST)).unwrap();
    let blocks: Vec<_> = split(&blocks).into_iter().map(|block| moved(block, entries.len() as u64)).collect();
    let blocks: Vec<_> = blocks.iter().map(Vec::as_slice).collect();
    let end = mark(b"\xBBEND", after.len() as u64, &blocks);
    let second = [header(2, 1, entries.len() as u64), blocks.concat(), end].concat();
    fs::write(folder.join("00000001.segment"), second).unwrap();
    let read = read(&mut Reader::open(&folder).unwrap()).unwrap();
    assert_eq!((read.damage, read.end), (vec![], Progress::End));
    assert_eq!(read.entries, numbered(&after));
}

/// A block with its offset raised.
fn moved(block: &[u8], by: u64) -> Vec<u8> {
    let first = u64::from_le_bytes(block[16..24].try_into().unwrap()) + by;
    let head = [&block[..16], &first.to_le_bytes(), &block[24..40]].concat();
    [with_crc(head), block[44..].to_vec()].concat()
}
