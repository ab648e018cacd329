//! The bytes themselves: those drawn in docs/tape-format.md, and that none has moved since.

use crate::folder::{FIRST, Folder};
use events::{
    Air, Entry, EventId, Flag, FuelEvidence, Origin, RaceEvent, RaceEventKind, Record, RosterEntry, Sample,
    Session, SessionId, Signal, StopPhase, VehicleId,
};
use std::fs;
use std::num::NonZeroU64;
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

#[test]
fn format_1_is_as_it_was() {
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
    let kinds = [
        RaceEventKind::Session(session),
        RaceEventKind::Roster { cars: vec![car] },
        RaceEventKind::Flag { flag: Flag::Checkered },
        RaceEventKind::Stop { vehicle: seven(), phase: StopPhase::PitOut },
        RaceEventKind::Retired { vehicle: seven() },
        RaceEventKind::Fuel(evidence),
    ];
    let mut entries = drawn();
    entries.extend(kinds.into_iter().zip(10..).map(|(kind, id)| event(id, id as u64, kind)));
    entries.extend(crate::stream::race(1));
    let written = fs::read(Folder::with_tape(&entries, 100).join(FIRST)).unwrap();
    // As the first version wrote it, but that the session is number 7 and has one byte more, its origin. Other bytes are
    // another format: raise its version and read both.
    assert_eq!((written.len(), crc32fast::hash(&written)), (19_574, 0x154c_bd23));
}
