//! Where round the track a lap burned its fuel.

use super::counters::ClosedLap;
use super::lap::LAP_STEPS;
use super::profile::LapProfiles;
use units::FuelMicrograms;

/// Into how many equal parts by distance a lap is divided. Every edge of a part is an edge of a bin of [`LapProfiles`].
const PARTS: usize = 40;
const PART_STEPS: i64 = LAP_STEPS / PARTS as i64;

/// A closed lap, and what it burned in each part, from line to line.
#[derive(Clone, Debug, PartialEq)]
pub struct LapInParts {
    /// The lap.
    pub lap: ClosedLap,
    /// Its burn, part by part, imputed burn included; the sum is the burn of the lap. `None` where a feed has no lap
    /// distance, or not all the way round.
    pub parts: Option<[FuelMicrograms; PARTS]>,
}

impl LapInParts {
    /// Divides `lap`, which closes now: it is lap `index` of `profiles`, and the car had burned `opened` at its first
    /// line and `closed` at its last.
    pub fn divide(
        lap: ClosedLap,
        index: i64,
        (opened, closed): (FuelMicrograms, FuelMicrograms),
        profiles: &LapProfiles,
    ) -> Self {
        let edge = |part: usize| match part {
            0 => Some(opened),
            PARTS => Some(closed),
            part => burned_at(part as i64 * PART_STEPS, index, (opened, closed), profiles),
        };
        let edges: Option<Vec<FuelMicrograms>> = (0..=PARTS).map(edge).collect();
        LapInParts { lap, parts: edges.map(|edges| differences(&edges, closed)) }
    }
}

/// What the car had burned in all at `steps` of lap `index`. From its newest record to the line, which is behind that
/// record and not yet recorded, burn goes by distance.
fn burned_at(
    steps: i64,
    index: i64,
    (opened, closed): (FuelMicrograms, FuelMicrograms),
    profiles: &LapProfiles,
) -> Option<FuelMicrograms> {
    let (newest_steps, newest) = profiles.newest()?;
    let newest_steps = newest_steps - index * LAP_STEPS;
    // a lap of which no record was made lies between two records that are further apart
    let (from_steps, from) = if newest_steps > 0 { (newest_steps, newest) } else { (0, opened) };
    if steps <= from_steps {
        return profiles.burned_at_edge(index * LAP_STEPS + steps);
    }
    let part = (steps - from_steps) as f64 / (LAP_STEPS - from_steps) as f64;
    Some(from + FuelMicrograms(((closed - from).0 as f64 * part).round() as i64))
}

/// The parts between edges. Edges are rounded, each by itself: none may lie before another, or behind the line.
fn differences(edges: &[FuelMicrograms], closed: FuelMicrograms) -> [FuelMicrograms; PARTS] {
    let mut parts = [FuelMicrograms::default(); PARTS];
    let mut before = edges.first().copied().unwrap_or_default();
    for (part, &edge) in parts.iter_mut().zip(edges.iter().skip(1)) {
        let edge = edge.min(closed).max(before);
        *part = edge - before;
        before = edge;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::car::mark::Mark;
    use crate::car::rows::Rows;
    use crate::car::segment::Closed;
    use crate::car::trace::Trace;
    use crate::session::{RaceState, Settings};
    use events::{RaceEvent, RaceEventKind, Sample, Session, SessionId, Signal, VehicleId};
    use units::EventTime;

    const LAP_MS: i64 = 20_000;

    /// The second lap of a car that laps in 20 s, sampled every `period_ms` but for `silence_ms`; flat out from a quarter
    /// to a half of each lap, closed elsewhere.
    fn second_lap(period_ms: usize, silence_ms: std::ops::Range<i64>, has_distance: bool) -> LapInParts {
        let session = Session { package_hp: Some(670.0), ..Session::named(SessionId::new("test").unwrap()) };
        let mut race = RaceState::new(session.session, Settings::default());
        let (event_time, kind) = (EventTime::from_ms(0), RaceEventKind::Session(session));
        race.apply(&RaceEvent { event_time, id: events::EventId(1), kind }, event_time);
        let (mut trace, mut laps) = (Trace::default(), Vec::new());
        let vehicle = VehicleId::new("24").unwrap();
        let mut rows = Rows::of(vehicle);
        trace.mark(Mark::Conditions { at: event_time, index: 1 }, &rows, &race, |_, _| {});
        for ms in (0..3 * LAP_MS + 1).step_by(period_ms).filter(|ms| !silence_ms.contains(ms)) {
            let part = (ms % LAP_MS) as f64 / LAP_MS as f64;
            let throttle = if (0.25..0.5).contains(&part) { 1.0 } else { 0.0 };
            let mut sample = Sample::new(vehicle, EventTime::from_ms(ms));
            for (signal, value) in [
                (Signal::Throttle, throttle),
                (Signal::Rpm, 8_000.0),
                (Signal::Lap, (ms / LAP_MS + 1) as f64),
            ] {
                sample = sample.with(signal, value).unwrap();
            }
            if has_distance {
                sample = sample.with(Signal::LapDistance, part).unwrap();
            }
            rows.insert(&sample);
        }
        trace.advance(&rows, rows.end(), &race, |_, closed| {
            if let Closed::Lap(lap) = closed {
                laps.push(*lap);
            }
        });
        laps.into_iter().find(|lap| lap.lap.number == Some(2)).unwrap()
    }

    fn grams(lap: &LapInParts) -> Vec<f64> {
        lap.parts.iter().flatten().map(|part| part.0 as f64 * 1e-6).collect()
    }

    fn assert_adds_up(lap: &LapInParts, what: &str) {
        let sum: i64 = lap.parts.iter().flatten().map(|part| part.0).sum();
        assert_eq!(sum, lap.lap.burned.0, "{what}: the parts are the lap");
    }

    #[test]
    fn each_part_has_what_was_burned_on_it() {
        // half a second a part; a flow of so many grams a second would spread over the whole lap: 5 s flat out and 15 s closed
        for (what, period_ms) in [("ten a second", 100), ("two a part", 250), ("one a second", 1_000)] {
            let lap = second_lap(period_ms, 0..0, true);
            let parts = grams(&lap);
            assert_eq!(parts.len(), 40);
            assert_adds_up(&lap, what);
            let (open, closed) = (parts[15], parts[30]);
            assert!(open > 10.0 * closed && closed > 0.0, "{what}: {open} g flat out, {closed} g closed");
            for (part, burned) in parts.iter().enumerate() {
                let expected = if (10..20).contains(&part) { open } else { closed };
                assert!(
                    (burned - expected).abs() < 1e-5,
                    "{what}: part {part} has {burned} g, not {expected}"
                );
            }
        }
    }

    #[test]
    fn a_silence_is_spread_over_the_parts_it_covers() {
        for (what, silence_ms) in [
            ("in the middle", 26_000..29_000),
            ("at the first line", 19_000..22_000),
            ("at the last line", 38_000..43_000),
            ("the whole lap", 19_000..41_000),
        ] {
            let lap = second_lap(100, silence_ms, true);
            assert_adds_up(&lap, what);
            assert!(lap.lap.imputed.0 > 0, "{what}");
            assert!(grams(&lap).iter().all(|part| *part > 0.0), "{what}: {:?}", grams(&lap));
        }
    }

    #[test]
    fn without_lap_distance_nobody_knows_where() {
        assert_eq!(second_lap(100, 0..0, false).parts, None);
    }
}
