//! The fast path: rows that follow each other steadily, of which only sums can come.

use super::Trace;
use crate::car::lap::JUMP_STEPS;
use crate::car::silence::SILENCE_MIN;
use crate::session::RaceState;
use events::{Sample, Signal};
use units::EventTime;

/// A row that others may follow steadily.
#[derive(Clone, Copy)]
pub(super) struct SteadyRow {
    at: EventTime,
    lap_steps: i32,
    /// The lap that is open.
    lap: Option<i32>,
    /// It names its lap.
    has_counter: bool,
}

impl SteadyRow {
    /// The row `next`, if it follows steadily.
    pub(super) fn followed_by(self, next: &Sample) -> Option<SteadyRow> {
        let (at, counter) = (next.event_time, next.steps(Signal::Lap));
        let lap_steps = next.steps(Signal::LapDistance)?;
        let is_soon = at > self.at && at - self.at <= SILENCE_MIN;
        let is_whole = next.steps(Signal::Throttle).is_some() && next.steps(Signal::Rpm).is_some();
        let is_along = (0..JUMP_STEPS).contains(&(i64::from(lap_steps) - i64::from(self.lap_steps)))
            && (counter.is_none() || counter == self.lap);
        let has_counter = self.has_counter || counter.is_some();
        (is_soon && is_whole && is_along).then_some(SteadyRow { at, lap_steps, has_counter, ..self })
    }
}

impl Trace {
    /// Takes a row that follows steadily: all of it is decided at once, and nothing but sums can come of it. The same as by
    /// [`Trace::take_any`], bit for bit, once the last of such rows has been passed.
    pub(super) fn take_steady(&mut self, row: &SteadyRow, sample: &Sample, race: &RaceState) {
        self.throttle.observe(row.at);
        self.rpm.observe(row.at);
        self.sums.advance(row.at, None);
        self.sums.apply_sample(sample, race);
        self.observed += 1;
        self.taken = self.observed;
    }

    /// What only the last of steady rows leaves behind.
    pub(super) fn pass(&mut self, last: &SteadyRow) {
        self.newest = Some(last.at);
        self.tracker.pass(last.at, last.lap_steps, last.has_counter);
        let now_steps = self.tracker.travelled_steps();
        (self.throttle_at_steps, self.rpm_at_steps) = (now_steps, now_steps);
    }

    /// The newest row, if steady ones may follow it.
    pub(super) fn steady_row(&self) -> Option<SteadyRow> {
        let at = self.newest.filter(|at| self.is_observed_at(*at) && self.sums.at == Some(*at))?;
        let nothing_waits = self.marks.is_empty() && self.taken == self.observed && self.gaps.is_empty();
        let lap_steps = self.tracker.newest_steps().filter(|_| nothing_waits)?;
        Some(SteadyRow { at, lap_steps, lap: self.tracker.number(), has_counter: false })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::car::lap::LAP_STEPS;
    use crate::car::mark::Mark;
    use crate::car::rows::{RowNumber, Rows};
    use crate::session::Settings;
    use events::{EventId, RaceEvent, RaceEventKind, Session, SessionId, VehicleId};
    use proptest::prelude::*;

    fn race() -> RaceState {
        let session =
            Session { package_hp: Some(670.0), ..Session::named(SessionId::new("steady").unwrap()) };
        let mut race = RaceState::new(session.session, Settings::default());
        let (event_time, kind) = (EventTime::from_ms(0), RaceEventKind::Session(session));
        race.apply(&RaceEvent { event_time, id: EventId(1), kind }, event_time);
        race
    }

    /// What a row does that most do not.
    #[derive(Clone, Copy, Debug)]
    enum Oddity {
        None,
        /// So long after the row before, ms.
        After(i64),
        /// Without a signal.
        Without(usize),
        /// Elsewhere on the lap, in thousandths.
        At(i32),
        /// Its counter is off by so much.
        Counts(i32),
        /// Throttle and engine speed as in the row before, for six seconds.
        Sticks,
    }

    fn oddity() -> impl Strategy<Value = Oddity> {
        prop_oneof![
            30 => Just(Oddity::None),
            1 => (0_i64..90_000).prop_map(Oddity::After),
            1 => Just(Oddity::After(0)),
            2 => (0_usize..7).prop_map(Oddity::Without),
            1 => (0_i32..1_000).prop_map(Oddity::At),
            1 => (-2_i32..3).prop_map(Oddity::Counts),
            1 => Just(Oddity::Sticks),
        ]
    }

    /// A car that laps in ten seconds, sampled every 100 ms but for its oddities.
    fn rows(oddities: &[(Oddity, i32, i32)]) -> Rows {
        let vehicle = VehicleId::new("24").unwrap();
        let (mut rows, mut ms, mut steps, mut engine) = (Rows::of(vehicle), 0, 0_i64, (0, 0));
        for &(oddity, throttle, rpm) in oddities {
            let count = if matches!(oddity, Oddity::Sticks) { 60 } else { 1 };
            for again in 0..count {
                ms += if let Oddity::After(after) = oddity { after } else { 100 };
                steps += if let Oddity::At(thousandths) = oddity {
                    i64::from(thousandths) * 1_000
                } else {
                    10_000
                };
                engine = if again == 0 { (throttle, rpm) } else { engine };
                let counts = if let Oddity::Counts(off) = oddity { off } else { 0 };
                let mut sample = Sample::new(vehicle, EventTime::from_ms(ms));
                let lap = 1 + (steps / LAP_STEPS) as i32 + counts;
                let speed = 40_000 + 20_000 * (again % 3);
                let values = [engine.0, 0, engine.1, speed, 4, lap, (steps % LAP_STEPS) as i32];
                for (index, (signal, value)) in Signal::ALL.into_iter().zip(values).enumerate() {
                    if !matches!(oddity, Oddity::Without(without) if without == index) {
                        sample.set_steps(signal, value);
                    }
                }
                rows.insert(&sample);
            }
        }
        rows
    }

    proptest! {
        #[test]
        fn steady_rows_come_to_the_same_as_one_by_one(
            oddities in prop::collection::vec((oddity(), 0_i32..10_001, 0_i32..90_001), 1..300),
            cut in 0.0_f64..1.0,
        ) {
            let (race, rows) = (race(), rows(&oddities));
            let conditions = Mark::Conditions { at: EventTime::from_ms(0), index: 1 };
            let (mut steadily, mut one_by_one) = (Trace::default(), Trace::default());
            let (mut closed, mut expected) = (Vec::new(), Vec::new());
            steadily.mark(conditions.clone(), &rows, &race, |at, what| closed.push((at, what)));
            one_by_one.mark(conditions, &rows, &race, |at, what| expected.push((at, what)));
            // windows may end anywhere
            for to in [(rows.end() as f64 * cut) as RowNumber, rows.end()] {
                steadily.advance(&rows, to, &race, |at, what| closed.push((at, what)));
            }
            while one_by_one.observed < rows.end() {
                let sample = rows.get(one_by_one.observed);
                let sound = one_by_one.stuck.observe(&sample);
                one_by_one.take_any(&sample, sound, &rows, &race, &mut |at, what| expected.push((at, what)));
            }
            prop_assert_eq!(steadily, one_by_one);
            prop_assert_eq!(closed, expected);
        }
    }
}
