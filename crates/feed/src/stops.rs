//! Pit stops, found in the flags of a recording.

use crate::row::Row;
use events::{EventId, RaceEvent, RaceEventKind, StopPhase, VehicleId};
use units::EventTime;

/// A phase of a stop and the fuel reading at it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct PitPhaseAt {
    pub time: EventTime,
    pub phase: StopPhase,
    pub fuel: Option<f64>,
}

impl PitPhaseAt {
    pub fn event(self, vehicle: VehicleId) -> RaceEvent {
        let kind = RaceEventKind::Stop { vehicle, phase: self.phase };
        RaceEvent { event_time: self.time, id: EventId(0), kind }
    }
}

/// The stops of one stretch. Only what was driven into is a stop: a car that a stretch finds on the pit road was put
/// there. What is still open when the stretch ends is closed there, for the car is put elsewhere.
pub(crate) fn of_stretch(rows: &[Row]) -> Vec<PitPhaseAt> {
    let mut phases = Vec::new();
    let (mut was_off, mut on_road, mut in_box, mut fuel) = (false, false, false, None);
    for row in rows {
        fuel = row.fuel.or(fuel);
        let mut put = |phase| phases.push(PitPhaseAt { time: row.sample.event_time, phase, fuel });
        let road = row.on_pit_road.unwrap_or(on_road);
        let boxed = road && row.in_box.unwrap_or(in_box);
        was_off |= row.on_pit_road == Some(false);
        if was_off {
            if road && !on_road {
                put(StopPhase::PitIn);
            }
            if boxed != in_box {
                put(if boxed { StopPhase::BoxStop } else { StopPhase::BoxLeave });
            }
            if !road && on_road {
                put(StopPhase::PitOut);
            }
            (on_road, in_box) = (road, boxed);
        }
    }
    let end = rows.last().map(|row| row.sample.event_time);
    let open = [(in_box, StopPhase::BoxLeave), (on_road, StopPhase::PitOut)];
    let closing = open.into_iter().filter(|(is_open, _)| *is_open);
    phases.extend(closing.filter_map(|(_, phase)| Some(PitPhaseAt { time: end?, phase, fuel })));
    phases
}

#[cfg(test)]
mod tests {
    use super::*;
    use events::Sample;

    /// One row per letter: `.` on the track, `p` on the pit road, `b` in the box, `-` unsaid.
    fn shown(road: &str) -> String {
        let row = |(i, c)| Row {
            sample: Sample::new(VehicleId::new("24").unwrap(), EventTime::from_ms(i)),
            fuel: None,
            on_pit_road: (c != '-').then_some(c != '.'),
            in_box: (c != '-').then_some(c == 'b'),
            segment: 0,
            line: 0,
        };
        let rows: Vec<Row> = (0..).zip(road.chars()).map(row).collect();
        let words: Vec<String> =
            of_stretch(&rows).iter().map(|t| format!("{:?}@{}", t.phase, t.time.us() / 1000)).collect();
        words.join(" ")
    }

    #[test]
    fn a_stop_is_read_as_it_was_driven() {
        for (road, expected) in [
            (".pp.", "PitIn@1 PitOut@3"),
            (".pbbp.", "PitIn@1 BoxStop@2 BoxLeave@4 PitOut@5"),
            (".p-b-p-.", "PitIn@1 BoxStop@3 BoxLeave@5 PitOut@7"),
            // straight from box to track between two rows
            (".b.", "PitIn@1 BoxStop@1 BoxLeave@2 PitOut@2"),
        ] {
            assert_eq!(shown(road), expected, "{road}");
        }
    }

    #[test]
    fn being_put_there_is_no_stop() {
        assert_eq!(shown("bbp..."), "");
        assert_eq!(shown("bp..pb"), "PitIn@4 BoxStop@5 BoxLeave@5 PitOut@5", "closed where the stretch ends");
        assert_eq!(shown("----"), "", "no flag at all");
    }
}
