//! Entries of every kind with every field at its extremes.

use events::{
    Air, Entry, EventId, Flag, FuelEvidence, Origin, RaceEvent, RaceEventKind, Record, RosterEntry, Sample,
    Session, SessionId, Signal, StopPhase, VehicleId,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use std::num::NonZeroU64;
use units::{EventTime, FuelDensity, IngestTime, Volume};

pub fn entries(count: impl Into<prop::collection::SizeRange>) -> impl Strategy<Value = Vec<Entry>> {
    let entry = (option::of(times()), record())
        .prop_map(|(ingest, record)| Entry { ingest_time: ingest.map(IngestTime::from_us), record });
    vec(entry, count)
}

fn record() -> impl Strategy<Value = Record> {
    let event = (times(), any::<u64>(), kind()).prop_map(|(at, id, kind)| {
        Record::Event(Box::new(RaceEvent { event_time: EventTime::from_us(at), id: EventId(id), kind }))
    });
    prop_oneof![8 => sample().prop_map(Record::Sample), 1 => event, 1 => Just(Record::Tick)]
}

fn sample() -> impl Strategy<Value = Sample> {
    let publisher = (option::of(any::<NonZeroU64>()), any::<u32>(), any::<u16>());
    let signals = proptest::array::uniform7(option::of(any::<i32>()));
    (vehicle(), times(), prop_oneof![publisher, Just((None, 0, 0))], signals).prop_map(
        |(vehicle, at, (sequence, boot, source), signals)| {
            let mut sample = Sample::new(vehicle, EventTime::from_us(at));
            (sample.sequence, sample.boot, sample.source) = (sequence, boot, source);
            for (signal, steps) in Signal::ALL.into_iter().zip(signals) {
                if let Some(steps) = steps {
                    sample.set_steps(signal, steps);
                }
            }
            sample
        },
    )
}

fn kind() -> impl Strategy<Value = RaceEventKind> {
    let flags = vec![Flag::Unknown, Flag::Green, Flag::Yellow, Flag::Red, Flag::White, Flag::Checkered];
    let phases = vec![StopPhase::PitIn, StopPhase::BoxStop, StopPhase::BoxLeave, StopPhase::PitOut];
    prop_oneof![
        session().prop_map(RaceEventKind::Session),
        vec(roster_entry(), 0..5).prop_map(|cars| RaceEventKind::Roster { cars }),
        select(flags).prop_map(|flag| RaceEventKind::Flag { flag }),
        (vehicle(), select(phases)).prop_map(|(vehicle, phase)| RaceEventKind::Stop { vehicle, phase }),
        vehicle().prop_map(|vehicle| RaceEventKind::Retired { vehicle }),
        evidence().prop_map(RaceEventKind::Fuel),
    ]
}

fn session() -> impl Strategy<Value = Session> {
    let name =
        select(&["a", "2026 Daytona 500", "πρακτική"][..]).prop_map(|name| SessionId::new(name).unwrap());
    let air = (floats(), floats(), floats()).prop_map(|(pressure_pa, temperature_k, vapour_pressure_pa)| {
        Air { pressure_pa, temperature_k, vapour_pressure_pa }
    });
    let course = (any::<String>(), option::of(floats()), option::of(any::<u32>()), vec(any::<u32>(), 0..4));
    let engine = (option::of(floats()), option::of(floats()), option::of(volumes()));
    let fuel = (option::of(f64::MIN_POSITIVE..f64::MAX), option::of(air));
    let origin = select(&[Origin::Recorded, Origin::Simulated, Origin::Reconstructed][..]);
    (name, course, engine, fuel, origin).prop_map(
        |(
            session,
            (track, track_length_m, laps, stages),
            (package_hp, reference_rpm, tank),
            (density, air),
            origin,
        )| {
            let fuel_density = density.and_then(FuelDensity::from_kg_per_litre);
            Session {
                session,
                track,
                track_length_m,
                laps,
                stages,
                package_hp,
                reference_rpm,
                tank,
                fuel_density,
                air,
                origin,
            }
        },
    )
}

fn roster_entry() -> impl Strategy<Value = RosterEntry> {
    (vehicle(), any::<[String; 4]>()).prop_map(|(vehicle, [number, driver, team, manufacturer])| {
        RosterEntry { vehicle, number, driver, team, manufacturer }
    })
}

fn evidence() -> impl Strategy<Value = FuelEvidence> {
    let known = (option::of(times()), option::of(any::<bool>()), option::of(floats()));
    (vehicle(), known, option::of(volumes()), option::of(volumes())).prop_map(
        |(vehicle, (stop, full, fill_time_s), added, added_sd)| {
            let stop_time = stop.map(EventTime::from_us);
            FuelEvidence { vehicle, stop_time, added, added_sd, full, fill_time_s }
        },
    )
}

/// Few, as in a race, so that most come again within a block.
fn vehicle() -> impl Strategy<Value = VehicleId> {
    let longest = "urn:vehicle:f81d4fae-7dec-11d0-a765-00a0c91e6bf6-and-some-more-x";
    select(vec!["07", "7", "ü", longest]).prop_map(|text| VehicleId::new(text).unwrap())
}

fn times() -> impl Strategy<Value = i64> {
    prop_oneof![0..1_000_000_i64, any::<i64>(), select(&[i64::MIN, -1, i64::MAX][..])]
}

fn volumes() -> impl Strategy<Value = Volume> {
    floats().prop_map(Volume::from_litres)
}

/// Not NaN, which is not equal to itself.
fn floats() -> impl Strategy<Value = f64> {
    prop::num::f64::ANY.prop_filter("NaN", |float| !float.is_nan())
}
