//! A small simulated race, as realistic input.

use crate::logs::{START, entry, ingested, numbered, whole_stop};
use events::{Entry, Record, Sample, SessionId};
use sim::{Emission, EvidenceMode, Faults, Race, RaceConfig, TrackKind};
use std::sync::OnceLock;
use units::Span;

/// Six cars for three minutes, ten times a second, with a pit stop each of two of them: they stop on the track, which
/// the feed does not mind.
pub fn race() -> &'static [Entry] {
    static RACE: OnceLock<Vec<Entry>> = OnceLock::new();
    RACE.get_or_init(|| {
        let config = RaceConfig {
            seed: 24,
            track: TrackKind::Oval15,
            cars: 6,
            minutes: 3.0,
            hz: 10,
            evidence: EvidenceMode::Gallons,
            faults: Faults::none(),
            start: START,
            session: SessionId::new("simulated").unwrap(),
        };
        let emissions = Race::new(config).unwrap();
        let mut entries: Vec<Entry> = emissions
            .filter_map(|emission| match emission {
                Emission::Log(entry) => Some(entry),
                Emission::Truth(_) => None,
            })
            .collect();
        let cars = cars(&entries);
        let stops = [(cars[0].as_str(), 70_000, 9_000), (cars[3].as_str(), 95_500, 9_100)];
        for (name, ms, id) in stops {
            let arrive = |(after_ms, record)| entry(ms + after_ms + 150, record);
            entries.extend([0, 3_000, 9_000, 12_000].into_iter().zip(whole_stop(name, ms, id)).map(arrive));
        }
        entries.sort_by_key(|entry| entry.ingest_time);
        entries
    })
}

/// The cars of a log, in order.
pub fn cars(entries: &[Entry]) -> Vec<events::VehicleId> {
    let cars: std::collections::BTreeSet<_> = samples(entries).map(|(_, sample)| sample.vehicle).collect();
    cars.into_iter().collect()
}

fn samples(entries: &[Entry]) -> impl Iterator<Item = (&Entry, &Sample)> {
    entries.iter().filter_map(|entry| match &entry.record {
        Record::Sample(sample) => Some((entry, sample)),
        _ => None,
    })
}

/// The same race with everything that a feed does to samples: every 50th twice at once, every 90th again a minute
/// later, every 70th four seconds late, every 13th seven seconds late and so too late.
pub fn troubled() -> &'static [Entry] {
    static TROUBLED: OnceLock<Vec<Entry>> = OnceLock::new();
    TROUBLED.get_or_init(|| {
        let mut entries = race().to_vec();
        let mut number = 0;
        let again: Vec<Entry> = samples(race())
            .flat_map(|(entry, sample)| {
                number += 1;
                let after = |span| Entry {
                    ingest_time: entry.ingest_time.map(|at| at + span),
                    record: entry.record.clone(),
                };
                let other = |seconds| {
                    // another publisher of the same car: its samples are new, and late
                    let mut sample = numbered(*sample, number);
                    sample.source = 7;
                    let at = ingested(sample.event_time) + Span::from_secs(seconds);
                    Entry { ingest_time: Some(at), record: Record::Sample(sample) }
                };
                let mut more = Vec::new();
                more.extend((number % 50 == 0).then(|| after(Span::ZERO)));
                more.extend((number % 90 == 0).then(|| after(Span::from_secs(60))));
                more.extend((number % 70 == 0).then(|| other(4)));
                more.extend((number % 13 == 0).then(|| other(7)));
                more
            })
            .collect();
        entries.extend(again);
        entries.sort_by_key(|entry| entry.ingest_time);
        entries
    })
}
