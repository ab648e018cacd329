//! What a car has burned and driven, decided up to one instant, in integers.

use super::counters::{ClosedLap, CounterReading, Counters, is_estimated};
use super::flow::micrograms;
use super::gap::{Gap, GapSpread};
use super::lap::{Crossing, LAP_STEPS, is_noise};
use super::lap_book::{LapBook, is_restart};
use super::mark::Mark;
use super::parts::LapInParts;
use super::profile::LapProfiles;
use super::segment::{Closed, OpenSegment, Segment, SegmentEnd};
use super::silence::GAP_MAX;
use crate::driver::{DriverWatch, InForce};
use crate::session::RaceState;
use events::{LapLabel, Sample, Signal, StopPhase};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use units::{EventTime, FuelMicrograms};

/// Over a shorter way burn per distance says nothing, metres.
const BURN_PER_WAY_MIN_M: f64 = 1_000.0;

/// The sums of one car up to [`Sums::at`], and the values in force there.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Sums {
    /// Up to when they are decided; `None` before the first step.
    pub at: Option<EventTime>,
    /// Signals, conditions and flow.
    pub in_force: InForce,
    /// Burned and driven.
    pub counters: Counters,
    /// How unsure imputation makes that.
    pub gaps: GapSpread,
    /// The open lap, and those behind it.
    pub laps: LapBook,
    /// The stint that the car is in.
    pub stint: OpenStint,
    /// Start of the stage.
    pub stage: CounterReading,
    /// The car's own laps by distance.
    pub profiles: LapProfiles,
    /// What its driver does.
    pub driver: DriverWatch,
    segment: OpenSegment,
}

/// The stint that a car is in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OpenStint {
    /// Which, from 0: how many times the car stopped in its box.
    pub number: u32,
    /// Whole laps in it.
    pub laps: u32,
    /// Where it began.
    pub start: CounterReading,
    /// Whether the car is between the lines of the pit road.
    pub in_pit: bool,
    /// Whether it stands in its box.
    pub in_box: bool,
}

impl Sums {
    /// Brings the sums to `to`, at the flow in force, or at the gap's if that stretch is in one.
    pub fn advance(&mut self, to: EventTime, gap: Option<&Gap>) {
        let Some(from) = self.at else {
            self.at = Some(to);
            return;
        };
        let us = (to - from).us();
        if us <= 0 {
            return;
        }
        self.at = Some(to);
        self.driver.hold(us, &self.in_force, gap.is_some());
        match gap {
            Some(gap) => self.burn_in_gap(gap, us),
            None => {
                self.gaps.close();
                self.burn(us);
            }
        }
        if let Some(speed) = self.in_force.speed_mm_s.filter(|_| us <= GAP_MAX.us()) {
            self.counters.driven_nm += i64::from(speed) * us;
        }
    }

    fn burn(&mut self, us: i64) {
        if let Some(rate_g_s) = self.in_force.rate_g_s() {
            self.counters.burned += micrograms(rate_g_s, us);
            self.segment.hold(us);
        }
    }

    fn burn_in_gap(&mut self, gap: &Gap, us: i64) {
        let burned = gap.rate_g_s.map_or(FuelMicrograms::default(), |rate| micrograms(rate, us));
        self.counters.burned += burned;
        self.counters.imputed += burned;
        self.profiles.impute_from_here();
        self.gaps.burn(gap, burned);
    }

    /// Applies a mark at [`Sums::at`]; calls `closed` for each lap and segment that it closes.
    pub fn apply(&mut self, mark: &Mark, race: &RaceState, mut closed: impl FnMut(Closed)) {
        match mark {
            Mark::Stop { phase, at, .. } => self.apply_stop(*phase, *at, race, closed),
            Mark::Conditions { index, .. } => {
                self.file_in_force(race);
                self.in_force.conditions = *index;
                self.in_force.refresh(race);
            }
            Mark::Crossing(Crossing::Line { at, closes }) => {
                let segment = self.close_segment(*at, SegmentEnd::Line, race);
                let lap = self.cross_line(*at, *closes, race);
                let is_lap = |lap: &LapInParts| Some(lap.lap.from) == segment.from && lap.lap.clean;
                let is_clean_lap = lap.as_ref().is_some_and(is_lap);
                closed(Closed::Segment(Box::new(Segment { is_clean_lap, ..*segment })));
                if let Some(lap) = lap {
                    closed(Closed::Lap(Box::new(lap)));
                }
            }
            Mark::Crossing(Crossing::Reset { at }) => {
                closed(Closed::Segment(self.close_segment(*at, SegmentEnd::Line, race)));
                self.laps.is_whole = false;
                self.profiles.clear();
            }
        }
    }

    /// A copy that goes on to be shown, and is then dropped.
    pub fn to_show(&self) -> Sums {
        Sums {
            segment: self.segment.to_show(),
            laps: self.laps.clone(),
            profiles: self.profiles.clone(),
            driver: self.driver.clone(),
            ..*self
        }
    }

    /// Counts the time for which throttle and engine speed have been in force on the knots.
    fn file_in_force(&mut self, race: &RaceState) {
        if let (Some(conditions), Some(cell)) =
            (race.conditions.get(self.in_force.conditions), self.in_force.cell())
        {
            self.segment.file(&cell, conditions.density_ratio);
        }
    }

    fn close_segment(&mut self, at: EventTime, end: SegmentEnd, race: &RaceState) -> Box<Segment> {
        self.file_in_force(race);
        self.segment.close(at, end, self.stint.number, &self.counters, self.gaps.race_g2())
    }

    /// Brings a sample into force at [`Sums::at`].
    pub fn apply_sample(&mut self, sample: &Sample, race: &RaceState) {
        if self.in_force.is_moved_by(sample) {
            self.file_in_force(race);
            self.in_force.take_engine(sample, race);
        }
        self.in_force.take_others(sample);
        let (now, before) = (sample.steps(Signal::LapDistance), self.in_force.lap_steps);
        if let Some(steps) = now.filter(|now| !before.is_some_and(|before| is_noise(before, *now))) {
            self.in_force.lap_steps = Some(steps);
            let track_steps = self.laps.lines * LAP_STEPS + i64::from(steps);
            self.profiles.record(track_steps, sample.event_time, self.counters.burned);
            self.laps.open.track_steps = self.laps.open.track_steps.or(Some(track_steps));
            self.stint.start.track_steps = self.stint.start.track_steps.or(Some(track_steps));
        }
        self.driver.observe(sample, self.in_force.lap_steps);
    }

    fn apply_stop(
        &mut self,
        phase: StopPhase,
        at: EventTime,
        race: &RaceState,
        mut closed: impl FnMut(Closed),
    ) {
        self.stint.in_pit = phase != StopPhase::PitOut;
        self.stint.in_box = phase == StopPhase::BoxStop;
        self.laps.saw_pit = true;
        if phase == StopPhase::BoxStop {
            closed(Closed::Segment(self.close_segment(at, SegmentEnd::Stop, race)));
            let (number, start) = (self.stint.number + 1, self.reading());
            self.stint = OpenStint { number, laps: 0, start, ..self.stint };
            self.gaps.begin_stint();
            self.laps.clean = Arc::default();
            self.driver.forget_laps();
        }
    }

    fn cross_line(&mut self, at: EventTime, number: Option<i32>, race: &RaceState) -> Option<LapInParts> {
        let opened = self.laps.open.at.filter(|_| self.laps.is_whole);
        let closed = opened.map(|from| self.close_lap(from, at, number, race));
        let burned = (self.laps.open.counters.burned, self.counters.burned);
        let in_parts = closed.map(|lap| LapInParts::divide(lap, self.laps.lines, burned, &self.profiles));
        let interrupted = closed.is_some_and(|lap| lap.label == LapLabel::Caution);
        let clean = closed.is_some_and(|lap| lap.clean);
        self.driver.close_lap(self.laps.open.at.unwrap_or(at), at, clean, interrupted);
        self.laps.lines += 1;
        self.in_force.lap_steps = self.in_force.lap_steps.map(|_| 0);
        self.laps.begin(self.reading(), self.stint.in_pit);
        self.gaps.begin_lap();
        let stages = race.conditions.get(self.in_force.conditions).map(|c| c.stages.clone());
        let ends_here = |stage: &u32| number.is_some_and(|number| i64::from(*stage) == i64::from(number));
        if stages.is_some_and(|stages| stages.iter().any(ends_here)) {
            self.stage = self.laps.open;
        }
        if let Some(lap) = closed {
            self.stint.laps += u32::from(self.stint.start.at.is_none_or(|start| start <= lap.from));
            self.laps.keep(lap, race.settings.green_laps);
        }
        in_parts
    }

    fn close_lap(&self, from: EventTime, to: EventTime, number: Option<i32>, race: &RaceState) -> ClosedLap {
        let (now, then) = (&self.counters, &self.laps.open.counters);
        let (burned, imputed) = (now.burned - then.burned, now.imputed - then.imputed);
        let label = self.laps.label(from, to, &race.flags);
        let by_speed_m = (now.driven_nm - then.driven_nm) as f64 * 1e-9;
        let on_track_m = race.conditions.get(self.in_force.conditions).and_then(|c| c.track_length_m);
        ClosedLap {
            number,
            stint: self.stint.number,
            from,
            to,
            label,
            clean: matches!(label, LapLabel::Green | LapLabel::Unknown)
                && !is_restart(from, &race.flags)
                && burned.0 > 0
                && !is_estimated(imputed, burned),
            burned,
            imputed,
            gap_var_g2: self.gaps.lap_g2(),
            distance_m: on_track_m.or((by_speed_m > 0.0).then_some(by_speed_m)),
        }
    }

    fn reading(&self) -> CounterReading {
        CounterReading { at: self.at, counters: self.counters, track_steps: self.track_steps() }
    }

    /// Distance on the track, in [`LAP_STEPS`] a lap.
    pub fn track_steps(&self) -> Option<i64> {
        self.laps.track_steps(self.in_force.lap_steps)
    }

    /// Mean burn per distance so far, g per step; `None` before a lap.
    pub fn burn_g_per_step(&self) -> Option<f64> {
        let steps = self.track_steps()? - self.stint.start.track_steps?;
        let burned = self.counters.burned - self.stint.start.counters.burned;
        (steps > LAP_STEPS).then(|| burned.mass().kg() * 1e3 / steps as f64)
    }

    /// The flow at the speed in force if distance costs what it did so far in the stint, g/s; `None` before a kilometre.
    pub fn rate_by_distance_g_s(&self) -> Option<f64> {
        let (now, then) = (&self.counters, &self.stint.start.counters);
        let driven_m = (now.driven_nm - then.driven_nm) as f64 * 1e-9;
        let speed_m_s = self.in_force.speed_m_s()?;
        let burned_g = (now.burned - then.burned).mass().kg() * 1e3;
        (driven_m > BURN_PER_WAY_MIN_M).then(|| burned_g / driven_m * speed_m_s.max(0.0))
    }

    /// Forgets its laps, and what its driver did: the car will not need them.
    pub fn forget_laps(&mut self) {
        self.profiles.clear();
        self.driver = DriverWatch::default();
    }
}
