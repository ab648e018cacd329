//! The field's operator as a pure state machine: what cars give, race events and a frontier in; closed windows and
//! barriers out.

use crate::buffer::WindowBuffer;
use crate::grid::{Grid, WindowNumber};
use crate::scales::ScaleHistory;
use crate::sink::ClosedWindow;
use crate::windows::CarOut;
use events::{RaceEvent, RaceEventKind};
use race::{Field, RaceState};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use units::EventTime;

/// What a checkpoint keeps of [`FieldWindows`].
#[derive(Debug, Serialize, Deserialize)]
pub struct FieldState {
    /// The race.
    pub race: RaceState,
    /// The field.
    pub field: Field,
    /// The scales that the needle may still need.
    pub scales: ScaleHistory,
}

/// What closing windows gives, in order.
#[derive(Debug)]
pub enum FieldOutput {
    /// A closed window.
    Window(ClosedWindow),
    /// Everything that takes effect before this window is in the state, and nothing else: a checkpoint may be taken.
    Barrier(WindowNumber),
}

/// The field of a session.
#[derive(Debug)]
pub struct FieldWindows {
    grid: Grid,
    state: FieldState,
    cars: WindowBuffer<CarOut>,
    events: WindowBuffer<Arc<RaceEvent>>,
    /// Barriers up to here have been passed.
    barrier_to: Option<WindowNumber>,
}

impl FieldWindows {
    /// From a state that holds everything before window `from`, or from nothing.
    pub fn new(grid: Grid, state: FieldState, from: Option<WindowNumber>) -> Self {
        let (cars, events) = (WindowBuffer::default(), WindowBuffer::default());
        FieldWindows { grid, state, cars, events, barrier_to: from }
    }

    /// Keeps what a car gave in `window`.
    pub fn car(&mut self, window: WindowNumber, out: CarOut) {
        self.cars.push(window, out);
    }

    /// Keeps a race event for the window in which it takes effect.
    pub fn event(&mut self, at: EventTime, event: Arc<RaceEvent>) {
        self.events.push(self.grid.window(at), event);
    }

    /// Closes every window before `frontier` of which there is something.
    pub fn close(&mut self, frontier: WindowNumber, mut out: impl FnMut(&FieldState, FieldOutput)) {
        loop {
            let next = [self.cars.first(), self.events.first()].into_iter().flatten().min();
            let Some(window) = next.filter(|window| *window < frontier) else { break };
            self.barrier(window, &mut out);
            if let Some(closed) = self.close_one(window) {
                out(&self.state, FieldOutput::Window(closed));
            }
        }
        self.barrier(frontier, &mut out);
    }

    /// Everything before `window` is in the state, and nothing else.
    fn barrier(&mut self, window: WindowNumber, out: &mut impl FnMut(&FieldState, FieldOutput)) {
        let before = self.barrier_to.replace(window);
        if let Some(boundary) = before.and_then(|before| self.grid.barrier(before, window)) {
            out(&self.state, FieldOutput::Barrier(boundary));
        }
    }

    /// `None` while the race has no session: then there is no board.
    fn close_one(&mut self, window: WindowNumber) -> Option<ClosedWindow> {
        let mut events = self.events.take(window);
        events.sort_by_key(|event| (event.event_time, event.id));
        let FieldState { race, field, scales } = &mut self.state;
        for event in &events {
            race.apply(event, self.grid.settled_to(window));
            if let RaceEventKind::Answer(answer) = &event.kind {
                field.answer(answer);
            }
        }
        let (mut folds, mut laps, mut segments, mut late) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut outs = self.cars.take(window);
        for out in outs.drain(..) {
            match out {
                CarOut::Fold(fold) => folds.push(fold),
                CarOut::Lap(lap) => laps.push(*lap),
                CarOut::Segment(vehicle, segment) => segments.push((vehicle, segment)),
                CarOut::Late(sample) => late.push(sample),
            }
        }
        self.cars.give_back(outs);
        segments.sort_by_key(|(vehicle, segment)| (*vehicle, segment.to));
        field.file(&segments);
        late.sort_by(|a, b| a.sample.vehicle.cmp(&b.sample.vehicle).then(a.sample.fold_order(&b.sample)));
        let board = field.fold(self.grid.end(window), folds, race)?;
        let laps = field.release(laps, race);
        scales.note(window, &board);
        Some(ClosedWindow { board: Arc::new(board), laps, segments, late, events })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use events::{EventId, Flag, Session, SessionId, StopPhase, VehicleId};
    use race::Settings;
    use units::{Span, Volume};

    fn field(from: Option<WindowNumber>) -> FieldWindows {
        let grid = Grid::new(Span::from_secs(1), Some(Span::from_secs(10)));
        let race = RaceState::new(SessionId::new("unnamed").unwrap(), Settings::default());
        let state = FieldState { race, field: Field::default(), scales: ScaleHistory::default() };
        FieldWindows::new(grid, state, from)
    }
    /// An event that happens, and takes effect, at this second.
    fn event(field: &mut FieldWindows, second: i64, id: u64, kind: RaceEventKind) {
        let event_time = EventTime::from_ms(second * 1_000);
        field.event(event_time, Arc::new(RaceEvent { event_time, id: EventId(id), kind }));
    }
    fn session() -> RaceEventKind {
        RaceEventKind::Session(Session::named(SessionId::new("race").unwrap()))
    }
    fn flag(flag: Flag) -> RaceEventKind {
        RaceEventKind::Flag { flag }
    }
    /// What closing up to `frontier` gives: `B` and the number of a barrier, or the end of a window, in seconds, its flag
    /// and the ids of its events.
    fn close(field: &mut FieldWindows, frontier: WindowNumber) -> Vec<String> {
        let mut outs = Vec::new();
        field.close(frontier, |_, out| {
            outs.push(match out {
                FieldOutput::Barrier(boundary) => format!("B{boundary}"),
                FieldOutput::Window(closed) => {
                    let ids: Vec<_> = closed.events.iter().map(|event| event.id.0).collect();
                    let end_s = closed.board.window_end_us.us() / 1_000_000;
                    format!("{end_s} {:?} {ids:?}", closed.board.flag)
                }
            });
        });
        outs
    }

    #[test]
    fn a_window_is_closed_when_the_frontier_has_passed_its_end_and_not_before() {
        let mut field = field(None);
        event(&mut field, 100, 1, session());
        event(&mut field, 102, 2, flag(Flag::Green));
        assert_eq!(close(&mut field, 100), [""; 0]);
        assert_eq!(close(&mut field, 101), ["101 Unknown [1]"]);
        assert_eq!(close(&mut field, 102), [""; 0], "a window without anything gives nothing");
        assert_eq!(close(&mut field, 110), ["103 Green [2]", "B110"]);
    }

    #[test]
    fn events_of_a_window_apply_in_order_of_time_and_id_however_they_arrive() {
        let mut field = field(None);
        event(&mut field, 100, 3, flag(Flag::Yellow));
        event(&mut field, 100, 2, flag(Flag::Green));
        event(&mut field, 100, 1, session());
        assert_eq!(close(&mut field, 101), ["101 Yellow [1, 2, 3]"]);
    }

    /// Of all kinds that may come in numbers; in a race of six cars.
    fn one_of_many(number: u64, at: EventTime) -> RaceEventKind {
        let vehicle = VehicleId::new(&(number % 6).to_string()).unwrap();
        let gallons = Volume::from_us_gallons(1.0);
        match number / 6 % 8 {
            0 => flag([Flag::Yellow, Flag::Green][number as usize % 2]),
            1 => RaceEventKind::Stop { vehicle, phase: StopPhase::BoxStop },
            2 => RaceEventKind::Stop { vehicle, phase: StopPhase::BoxLeave },
            3 => RaceEventKind::RunOut { vehicle, at: None },
            4 => RaceEventKind::StillRunning { vehicle, at: None },
            5 => RaceEventKind::RadioMpg { vehicle, mpg: 5.0, mpg_sd: None },
            6 => RaceEventKind::FuelUsed { vehicle, from: at, to: at, burned: gallons, burned_sd: None },
            _ => session(),
        }
    }

    #[test]
    fn many_events_in_one_window_do_not_cost_the_square_of_their_number() {
        // with a square in it this takes minutes, as it did
        let mut field = field(None);
        event(&mut field, 100, 0, session());
        for number in 1..=50_000 {
            let event_time = EventTime::from_us(100_000_000 + number as i64);
            let kind = one_of_many(number, event_time);
            field.event(event_time, Arc::new(RaceEvent { event_time, id: EventId(number), kind }));
        }
        let mut closed = Vec::new();
        field.close(101, |_, out| closed.extend(matches!(out, FieldOutput::Window(_)).then_some(out)));
        let [FieldOutput::Window(window)] = &closed[..] else { panic!("{} windows", closed.len()) };
        assert_eq!((window.events.len(), window.board.flag), (50_001, Flag::Green));
    }

    #[test]
    fn barriers_lie_between_windows_and_one_that_was_passed_over_is_the_newest() {
        let mut field = field(Some(95));
        for second in [98, 104, 131] {
            event(
                &mut field,
                second,
                second as u64,
                if second == 98 { session() } else { flag(Flag::Green) },
            );
        }
        let expected = ["99 Unknown [98]", "B100", "105 Green [104]", "B130", "132 Green [131]"];
        assert_eq!(close(&mut field, 135), expected);
    }
}
