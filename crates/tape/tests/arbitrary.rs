//! Entries of every kind with every field at its extremes.

use events::{
    Air, Answer, AnsweredRate, Entry, EventId, Flag, FuelEvidence, Model, ModelId, Origin, PackageEstimate,
    RaceEvent, RaceEventKind, Record, Residual, RosterEntry, Sample, ScaleEstimate, Session, SessionId,
    ShapeEstimate, Signal, Spread, StopPhase, VehicleId,
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
        (vehicle(), option::of(event_times()))
            .prop_map(|(vehicle, at)| RaceEventKind::RunOut { vehicle, at }),
        (vehicle(), option::of(event_times()))
            .prop_map(|(vehicle, at)| RaceEventKind::StillRunning { vehicle, at }),
        (vehicle(), floats(), option::of(floats()))
            .prop_map(|(vehicle, mpg, mpg_sd)| RaceEventKind::RadioMpg { vehicle, mpg, mpg_sd }),
        (vehicle(), event_times(), event_times(), volumes(), option::of(volumes())).prop_map(
            |(vehicle, from, to, burned, burned_sd)| RaceEventKind::FuelUsed {
                vehicle,
                from,
                to,
                burned,
                burned_sd
            }
        ),
        model().prop_map(|model| RaceEventKind::Model(Box::new(model))),
        answer().prop_map(RaceEventKind::Answer),
    ]
}

fn model() -> impl Strategy<Value = Model> {
    let scales = || {
        vec((any::<String>(), floats(), floats()), 0..3).prop_map(|scales| {
            let scale = |(name, ln_scale, sd)| ScaleEstimate { name, ln_scale, sd };
            scales.into_iter().map(scale).collect::<Vec<_>>()
        })
    };
    let packages = vec((option::of(floats()), floats(), floats()), 0..3).prop_map(|packages| {
        let package = |(package_hp, ln_scale, sd)| PackageEstimate { package_hp, ln_scale, sd };
        packages.into_iter().map(package).collect()
    });
    let knots = || vec(floats(), 0..4);
    let residual = (any::<String>(), knots(), vec((any::<String>(), knots()), 0..3))
        .prop_map(|(learner, field, manufacturers)| Residual { learner, field, manufacturers });
    let shape = (prop::array::uniform6(floats()), prop::array::uniform6(prop::array::uniform6(floats())))
        .prop_map(|(mean, covariance)| ShapeEstimate { mean, covariance });
    let spread = prop::array::uniform7(floats()).prop_map(
        |[race, new_package, manufacturer, car, engine, shape, shape_new_package]| Spread {
            race,
            new_package,
            manufacturer,
            car,
            engine,
            shape,
            shape_new_package,
        },
    );
    let made_of = (vec(any::<String>(), 0..3), any::<u32>());
    (model_id(), shape, packages, [scales(), scales(), scales()], option::of(residual), spread, made_of)
        .prop_map(|(name, shape, packages, scales, residual, spread, (races, bags))| {
            let [manufacturers, teams, cars] = scales;
            Model { name, shape, packages, manufacturers, teams, cars, residual, spread, races, bags }
        })
}

fn answer() -> impl Strategy<Value = Answer> {
    let rate = (vehicle(), floats(), floats()).prop_map(|(vehicle, rate_g_s, sd_g_s)| AnsweredRate {
        vehicle,
        rate_g_s,
        sd_g_s,
    });
    (model_id(), event_times(), event_times(), vec(rate, 0..4)).prop_map(|(model, from, to, rates)| Answer {
        model,
        from,
        to,
        rates,
    })
}

fn model_id() -> impl Strategy<Value = ModelId> {
    select(vec!["priors", "2026 spring", "mine"]).prop_map(|name| ModelId::new(name).unwrap())
}

fn event_times() -> impl Strategy<Value = EventTime> {
    times().prop_map(EventTime::from_us)
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
