//! A stream like a race's: 40 cars at 20 Hz, each with all seven signals, noise, its own phase and network jitter.
//! Not a model of anything; its deltas have the size of real ones.

use events::{Entry, Record, Sample, Signal, VehicleId};
use std::num::NonZeroU64;
use units::{EventTime, IngestTime, Span};

const CARS: u64 = 40;
const LAP_M: f64 = 2_414.0;
/// 2026-02-15 19:30 UTC.
const START: EventTime = EventTime::from_ms(1_771_183_800_000);

/// The first `seconds` of it, in order of arrival.
pub fn race(seconds: u64) -> impl Iterator<Item = Entry> {
    let ids: Vec<_> = (0..CARS).map(|car| VehicleId::new(&format!("car-{car:02}")).unwrap()).collect();
    let mut noise = Noise(7);
    let mut received = IngestTime::from_us(START.us());
    (0..seconds * 20).flat_map(move |turn| {
        let mut samples: Vec<_> =
            (0..CARS).map(|car| sample(turn, car, ids[car as usize], &mut noise)).collect();
        samples.sort_by_key(|sample| sample.event_time);
        let entries: Vec<_> = samples
            .into_iter()
            .map(|sample| {
                let arrived = sample.event_time + Span::from_us(40_000 + noise.within(20_000));
                received = received.max(IngestTime::from_us(arrived.us()));
                Entry { ingest_time: Some(received), record: Record::Sample(sample) }
            })
            .collect();
        entries
    })
}

fn sample(turn: u64, car: u64, vehicle: VehicleId, noise: &mut Noise) -> Sample {
    let phase_us = (car * 1_250 + turn * 50_000) as i64 + noise.within(500);
    let distance = turn as f64 * 0.05 * (70.0 + car as f64 * 0.05) / LAP_M + car as f64 * 0.01;
    let around = distance.fract();
    // two straights and two corners a lap: 1 in the middle of a straight, 0 in the middle of a corner
    let straight = (around * 4.0 % 2.0 - 1.0).abs();
    let on_power = straight > 0.35;
    let mut wobble = |size: f64| noise.within(1_000) as f64 / 1_000.0 * size;
    let values = [
        (Signal::Throttle, if on_power { 1.0 } else { 0.4 + straight } + wobble(0.003)),
        (Signal::Brake, if on_power { 0.0 } else { 0.2 - straight / 2.0 + wobble(0.003) }),
        (Signal::Rpm, 6_500.0 + 2_400.0 * straight + wobble(30.0)),
        (Signal::Speed, 62.0 + 20.0 * straight + wobble(0.1)),
        (Signal::Gear, 4.0),
        (Signal::Lap, distance.floor() + 1.0),
        (Signal::LapDistance, around),
    ];
    let mut sample = Sample::new(vehicle, START + Span::from_us(phase_us));
    (sample.boot, sample.source) = (1_700_000_000 + car as u32, 1);
    sample.sequence = NonZeroU64::new(100_000 + turn);
    values.into_iter().fold(sample, |sample, (signal, value)| sample.with(signal, value).unwrap())
}

/// Steele and Vigna's LCG constant for 64 bits; its high bits are random enough to wobble a signal.
struct Noise(u64);

impl Noise {
    /// From −`limit` to `limit`.
    fn within(&mut self, limit: i64) -> i64 {
        self.0 = self.0.wrapping_mul(0xd1342543de82ef95).wrapping_add(1);
        (self.0 >> 33) as i64 % (2 * limit + 1) - limit
    }
}
