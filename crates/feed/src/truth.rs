//! The true burn of a stretch, from the fuel column of its recording. It goes into the truth file alone.

use crate::mapping::{FuelKind, FuelTruth};
use crate::row::Row;
use crate::stops::PitPhaseAt;
use events::{Sample, Signal, StopPhase, VehicleId};
use truth::{Truth, TruthKind};
use units::Span;

/// Length of the spans into which a part without a whole lap is cut.
const SPAN: Span = Span::from_secs(30);
/// Shorter parts tell nothing.
const SPAN_MIN: Span = Span::from_secs(1);
/// A rate is not integrated, and a line not crossed, over a longer silence.
const SILENCE_MAX: Span = Span::from_us(1_500_000);

/// A row and what was burned up to it, in the unit of the truth, from an arbitrary zero.
#[derive(Clone, Copy, Debug)]
struct BurnedTo {
    sample: Sample,
    sum: f64,
}

/// The truth of one stretch: of each part in which the reading burns steadily (no refill, no restart of a counter, no
/// hole in a rate) its whole laps, or else its spans of 30 s; and the part as a whole. Then its stops.
pub(crate) fn of_stretch(rows: &[Row], stops: &[PitPhaseAt], fuel: &FuelTruth) -> Vec<Truth> {
    let mut truth = Vec::new();
    for part in parts(rows, fuel) {
        let laps = whole_laps(&part);
        let spans = if laps.is_empty() { spans(&part) } else { Vec::new() };
        truth.extend(laps.into_iter().map(|(from, to)| line(TruthKind::Lap, from, to, fuel)));
        truth.extend(spans.into_iter().map(|(from, to)| line(TruthKind::Span, from, to, fuel)));
        let whole = part.first().zip(part.last()).filter(|(from, to)| lasts(from, to, SPAN_MIN));
        truth.extend(whole.map(|(from, to)| line(TruthKind::Span, from, to, fuel)));
    }
    truth.extend(rows.first().into_iter().flat_map(|row| stop_lines(row.sample.vehicle, stops, fuel)));
    truth
}

fn line(kind: TruthKind, from: &BurnedTo, to: &BurnedTo, fuel: &FuelTruth) -> Truth {
    let lap = from.sample.steps(Signal::Lap).filter(|_| kind == TruthKind::Lap);
    let [start, end] = [from, to].map(|row| row.sample.event_time);
    Truth {
        lap: lap.and_then(|lap| u32::try_from(lap).ok()),
        burned: Some(to.sum - from.sum),
        ..Truth::new(kind, from.sample.vehicle, start, end, fuel.unit())
    }
}

/// Cuts the rows that have a reading where what was burned is not known across.
fn parts(rows: &[Row], fuel: &FuelTruth) -> Vec<Vec<BurnedTo>> {
    let mut parts: Vec<Vec<BurnedTo>> = Vec::new();
    let (mut highest, mut last_flow) = (f64::NEG_INFINITY, 0.0);
    let factor = fuel.kg.unwrap_or(1.0);
    for (row, reading) in rows.iter().filter_map(|row| Some((row, reading(row, fuel)?))) {
        let last = parts.last().and_then(|part| part.last());
        let silence = last.map(|last| row.sample.event_time - last.sample.event_time).unwrap_or_default();
        let (sum, steady) = match fuel.kind {
            FuelKind::Level => (-reading * factor, -reading * factor >= highest - fuel.noise * factor),
            FuelKind::Counter => (reading * factor, reading * factor >= highest - fuel.noise * factor),
            FuelKind::Rate | FuelKind::Injector { .. } => {
                let held = last.map(|last| last.sum).unwrap_or_default();
                (held + 0.5 * (last_flow + reading) * factor * silence.secs(), silence <= SILENCE_MAX)
            }
        };
        last_flow = reading;
        let burned = BurnedTo { sample: row.sample, sum };
        match parts.last_mut() {
            Some(part) if steady => part.push(burned),
            _ => {
                highest = f64::NEG_INFINITY;
                parts.push(vec![burned]);
            }
        }
        highest = highest.max(sum);
    }
    parts
}

/// The reading of a row: an amount, or a flow per second.
fn reading(row: &Row, fuel: &FuelTruth) -> Option<f64> {
    let reading = row.fuel?;
    Some(match fuel.kind {
        FuelKind::Level | FuelKind::Counter => reading,
        FuelKind::Rate => reading / 3600.0,
        FuelKind::Injector { dead_time_ms } => {
            // one injection every second revolution of a four-stroke engine
            (reading - dead_time_ms).max(0.0) * row.sample.get(Signal::Rpm)? / 60.0 / 2.0
        }
    })
}

/// Laps from the first row of a lap to the first row of the next: the counter steps by one at both, and at no other
/// place between them.
fn whole_laps(part: &[BurnedTo]) -> Vec<(&BurnedTo, &BurnedTo)> {
    let mut laps = Vec::new();
    let mut open = None;
    let mut before: Option<(&BurnedTo, i32)> = None;
    for (now, lap) in part.iter().filter_map(|burned| Some((burned, burned.sample.steps(Signal::Lap)?))) {
        if let Some((last, last_lap)) = before.filter(|(_, last_lap)| *last_lap != lap) {
            let crossed =
                lap == last_lap.saturating_add(1) && !lasts(last, now, SILENCE_MAX + Span::from_us(1));
            laps.extend(open.filter(|_| crossed).map(|open| (open, now)));
            open = crossed.then_some(now);
        }
        before = Some((now, lap));
    }
    laps
}

/// Spans of 30 s or, where rows are sparse, up to the first row after them; the rest is left to the whole part.
fn spans(part: &[BurnedTo]) -> Vec<(&BurnedTo, &BurnedTo)> {
    let mut spans = Vec::new();
    let mut open = part.first();
    for now in part {
        if let Some(from) = open.filter(|from| lasts(from, now, SPAN)) {
            spans.push((from, now));
            open = Some(now);
        }
    }
    spans
}

fn lasts(from: &BurnedTo, to: &BurnedTo, span: Span) -> bool {
    to.sample.event_time - from.sample.event_time >= span
}

/// What went in at each stop, where the reading is a level of known unit. What the engine burned meanwhile is not seen.
fn stop_lines(vehicle: VehicleId, stops: &[PitPhaseAt], fuel: &FuelTruth) -> Vec<Truth> {
    let Some(kg) = fuel.kg.filter(|_| fuel.kind == FuelKind::Level) else { return Vec::new() };
    let in_box = stops.windows(2).filter_map(|pair| match pair {
        [from, to] if (from.phase, to.phase) == (StopPhase::BoxStop, StopPhase::BoxLeave) => Some((from, to)),
        _ => None,
    });
    let lines = in_box.filter_map(|(from, to)| {
        let at = |phase: &PitPhaseAt| BurnedTo { sample: Sample::new(vehicle, phase.time), sum: 0.0 };
        let (before, after) = (from.fuel?, to.fuel?);
        Some(Truth {
            burned: None,
            lap: None,
            tank_before_kg: Some(before * kg),
            added_kg: Some((after - before).max(0.0) * kg),
            ..line(TruthKind::Stop, &at(from), &at(to), fuel)
        })
    });
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use units::EventTime;

    const RPM: f64 = 6_000.0;

    /// Rows one second apart, of (lap, reading).
    fn rows(readings: &[(i32, f64)]) -> Vec<Row> {
        let row = |(second, (lap, fuel)): (i64, &(i32, f64))| {
            let sample = Sample::new(VehicleId::new("24").unwrap(), EventTime::from_ms(second * 1000));
            let sample = sample.with(Signal::Lap, f64::from(*lap)).unwrap().with(Signal::Rpm, RPM).unwrap();
            Row { sample, fuel: Some(*fuel), on_pit_road: None, in_box: None, segment: 0, line: 0 }
        };
        (0..).zip(readings).map(row).collect()
    }

    fn lines(rows: &[Row], kind: FuelKind, noise: f64) -> Vec<String> {
        let fuel = FuelTruth { kind, kg: Some(1.0), noise };
        let text = |t: Truth| {
            let lap = t.lap.map(|lap| format!(" {lap}")).unwrap_or_default();
            format!(
                "{:?}{lap} {}..{} {:.3}",
                t.kind,
                t.from_us / 1_000_000,
                t.to_us / 1_000_000,
                t.burned.unwrap()
            )
        };
        of_stretch(rows, &[], &fuel).into_iter().map(text).collect()
    }

    #[test]
    fn whole_laps_of_a_falling_level() {
        let rows = rows(&[(0, 10.0), (1, 9.0), (1, 8.5), (2, 8.0), (3, 7.0), (3, 6.0)]);
        assert_eq!(
            lines(&rows, FuelKind::Level, 0.0),
            ["Lap 1 1..3 1.000", "Lap 2 3..4 1.000", "Span 0..5 4.000"]
        );
    }

    #[test]
    fn a_lap_with_a_refill_or_a_jump_of_its_counter_is_left_out() {
        let refilled = rows(&[(0, 5.0), (1, 4.0), (1, 9.0), (2, 8.0), (3, 7.0)]);
        assert_eq!(
            lines(&refilled, FuelKind::Level, 0.0),
            ["Span 0..1 1.000", "Lap 2 3..4 1.000", "Span 2..4 2.000"]
        );
        let jumped = rows(&[(0, 5.0), (1, 4.0), (3, 3.0), (2, 2.0), (3, 1.0)]);
        assert_eq!(lines(&jumped, FuelKind::Level, 0.0), ["Span 0..4 4.000"]);
    }

    #[test]
    fn noise_of_a_counter_is_not_its_restart() {
        let rows = rows(&[(0, 1.0), (0, 2.0), (0, 1.9), (0, 3.0), (0, 0.5), (0, 1.0)]);
        assert_eq!(lines(&rows, FuelKind::Counter, 0.2), ["Span 0..3 2.000", "Span 4..5 0.500"]);
    }

    #[test]
    fn a_rate_is_integrated_by_trapezoids_and_not_across_a_hole() {
        let mut with_hole = rows(&[(0, 3600.0), (0, 7200.0), (0, 7200.0), (0, 7200.0)]);
        with_hole.remove(2);
        assert_eq!(lines(&with_hole, FuelKind::Rate, 0.0), ["Span 0..1 1.500"]);
    }

    #[test]
    fn an_injector_sprays_for_its_open_time_less_the_dead_time() {
        let rows = rows(&[(0, 3.0), (0, 3.0), (0, 0.5)]);
        // 6 000 rpm: 50 injections a second of 2 ms; a time below the dead time sprays nothing
        assert_eq!(lines(&rows, FuelKind::Injector { dead_time_ms: 1.0 }, 0.0), ["Span 0..2 150.000"]);
    }

    #[test]
    fn without_laps_spans_of_30_s_are_given() {
        let level: Vec<(i32, f64)> = (0..70).map(|second| (0, 100.0 - f64::from(second))).collect();
        let expected = ["Span 0..30 30.000", "Span 30..60 30.000", "Span 0..69 69.000"];
        assert_eq!(lines(&rows(&level), FuelKind::Level, 0.0), expected);
    }

    #[test]
    fn a_stop_tells_what_went_in() {
        let at = |second: i64, phase, fuel| PitPhaseAt {
            time: EventTime::from_ms(second * 1000),
            phase,
            fuel: Some(fuel),
        };
        let stops = [
            at(1, StopPhase::PitIn, 4.0),
            at(2, StopPhase::BoxStop, 3.0),
            at(9, StopPhase::BoxLeave, 50.0),
            at(11, StopPhase::PitOut, 49.9),
        ];
        let fuel = FuelTruth { kind: FuelKind::Level, kg: Some(0.75), noise: 0.0 };
        let lines = of_stretch(&rows(&[(0, 4.0)]), &stops, &fuel);
        let [stop] = lines.as_slice() else { panic!("one line: {lines:?}") };
        assert_eq!((stop.kind, stop.from_us, stop.to_us), (TruthKind::Stop, 2_000_000, 9_000_000));
        assert_eq!((stop.tank_before_kg, stop.added_kg, stop.burned), (Some(2.25), Some(35.25), None));
    }
}
