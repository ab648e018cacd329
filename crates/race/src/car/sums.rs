//! What a car has burned and driven, decided up to one instant, in integers.

use super::counters::{ClosedLap, Counters, Mark, is_estimated};
use super::flow::micrograms;
use super::gap::{Gap, GapSpread};
use super::lap::{Crossing, LAP_STEPS, is_noise};
use super::parts::LapInParts;
use super::profile::LapProfiles;
use super::segment::{Closed, Open, Segment, SegmentEnd};
use super::silence::GAP_MAX;
use super::step::Step;
use crate::driver::{InForce, Watch};
use crate::session::RaceState;
use events::{Flag, LapLabel, Sample, Signal, StopPhase};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use units::{EventTime, FuelMicrograms, Span};

/// Over a shorter way burn per distance says nothing, metres.
const BURN_PER_WAY_MIN_M: f64 = 1_000.0;

/// A lap that opens this soon after a green flag is spent gaining speed. Source: docs/fuel-model.md §6.
const RESTART: Span = Span::from_secs(15);

/// The sums of one car up to [`Sums::at`], and the values in force there.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Sums {
    at: Option<EventTime>,
    conditions: usize,
    throttle: Option<i32>,
    rpm: Option<i32>,
    brake: Option<i32>,
    speed_mm_s: Option<i32>,
    rate_g_s: Option<f64>,
    lines: i64,
    lap_steps: Option<i32>,
    counters: Counters,
    gaps: GapSpread,
    /// Some of the burn since the newest profile record was imputed.
    imputed_since: bool,
    segment: Open,
    lap: Mark,
    lap_is_whole: bool,
    lap_in_pit: bool,
    stage: Mark,
    stint_start: Mark,
    stint: u32,
    stint_laps: u32,
    in_pit: bool,
    in_box: bool,
    last_lap: Option<ClosedLap>,
    clean_laps: Arc<[ClosedLap]>,
    profiles: LapProfiles,
    watch: Watch,
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
        self.watch.hold(us, self.in_force(), gap.is_some());
        match gap {
            Some(gap) => self.burn_in_gap(gap, us),
            None => {
                self.gaps.close();
                self.burn(us);
            }
        }
        if let Some(speed) = self.speed_mm_s.filter(|_| us <= GAP_MAX.us()) {
            self.counters.driven_nm += i64::from(speed) * us;
        }
    }

    fn burn(&mut self, us: i64) {
        if let Some(rate_g_s) = self.rate_g_s {
            self.counters.burned += micrograms(rate_g_s, us);
            self.segment.hold(us);
        }
    }

    fn in_force(&self) -> InForce {
        let Sums { throttle, brake, speed_mm_s, rpm, lap_steps, .. } = *self;
        InForce { throttle, brake, speed_mm_s, rpm, lap_steps }
    }

    fn burn_in_gap(&mut self, gap: &Gap, us: i64) {
        let burned = gap.rate_g_s.map_or(FuelMicrograms::default(), |rate| micrograms(rate, us));
        self.counters.burned += burned;
        self.counters.imputed += burned;
        self.imputed_since = true;
        self.gaps.burn(gap, burned);
    }

    /// Applies what happens at [`Sums::at`]; calls `closed` for each lap and segment that it closes.
    pub fn apply(&mut self, step: &Step, race: &RaceState, mut closed: impl FnMut(Closed)) {
        match step {
            Step::Sample(sample) => self.apply_sample(sample, race),
            Step::Stop { phase, at, .. } => self.apply_stop(*phase, *at, race, closed),
            Step::Conditions { index, .. } => {
                self.file_held(race);
                self.conditions = *index;
                self.rate_g_s = self.rate(race);
            }
            Step::Crossing(Crossing::Line { at, closes }) => {
                let segment = self.close_segment(*at, SegmentEnd::Line, race);
                let lap = self.cross_line(*at, *closes, race);
                let is_lap = |told: &LapInParts| Some(told.lap.from) == segment.from && told.lap.clean;
                let is_clean_lap = lap.as_ref().is_some_and(is_lap);
                closed(Closed::Segment(Box::new(Segment { is_clean_lap, ..*segment })));
                if let Some(lap) = lap {
                    closed(Closed::Lap(Box::new(lap)));
                }
            }
            Step::Crossing(Crossing::Reset { at }) => {
                closed(Closed::Segment(self.close_segment(*at, SegmentEnd::Line, race)));
                self.lap_is_whole = false;
                self.profiles.clear();
            }
        }
    }

    /// A copy that goes on to be shown, and is then dropped.
    pub fn to_show(&self) -> Sums {
        let mut sums = self.clone();
        sums.segment.show_only();
        sums
    }

    /// Counts the time for which throttle and engine speed have been held on the knots.
    fn file_held(&mut self, race: &RaceState) {
        if let (Some(conditions), Some(throttle), Some(rpm)) =
            (race.conditions.get(self.conditions), self.throttle, self.rpm)
        {
            self.segment.file(|| conditions.cell(throttle, rpm), conditions.density_ratio);
        }
    }

    fn close_segment(&mut self, at: EventTime, end: SegmentEnd, race: &RaceState) -> Box<Segment> {
        self.file_held(race);
        self.segment.close(at, end, self.stint, &self.counters, self.gaps.race_g2())
    }

    fn apply_sample(&mut self, sample: &Sample, race: &RaceState) {
        let (throttle, rpm) = (sample.steps(Signal::Throttle), sample.steps(Signal::Rpm));
        let now = (throttle.or(self.throttle), rpm.or(self.rpm));
        if (self.throttle, self.rpm) != now {
            self.file_held(race);
            (self.throttle, self.rpm) = now;
            self.rate_g_s = self.rate(race);
        }
        self.brake = sample.steps(Signal::Brake).or(self.brake);
        self.speed_mm_s = sample.steps(Signal::Speed).or(self.speed_mm_s);
        let lap_steps = sample.steps(Signal::LapDistance);
        if let Some(steps) = lap_steps.filter(|now| !self.lap_steps.is_some_and(|at| is_noise(at, *now))) {
            self.lap_steps = Some(steps);
            let track_steps = self.lines * LAP_STEPS + i64::from(steps);
            let imputed = std::mem::take(&mut self.imputed_since);
            self.profiles.record(track_steps, sample.event_time, self.counters.burned, imputed);
            self.lap.track_steps = self.lap.track_steps.or(Some(track_steps));
            self.stint_start.track_steps = self.stint_start.track_steps.or(Some(track_steps));
        }
        self.watch.hear(sample, self.lap_steps);
    }

    fn rate(&self, race: &RaceState) -> Option<f64> {
        let conditions = race.conditions.get(self.conditions)?;
        Some(conditions.rate_g_s(self.throttle?, self.rpm?))
    }

    fn apply_stop(
        &mut self,
        phase: StopPhase,
        at: EventTime,
        race: &RaceState,
        mut closed: impl FnMut(Closed),
    ) {
        self.in_pit = phase != StopPhase::PitOut;
        self.in_box = phase == StopPhase::BoxStop;
        self.lap_in_pit = true;
        if phase == StopPhase::BoxStop {
            closed(Closed::Segment(self.close_segment(at, SegmentEnd::Stop, race)));
            self.stint += 1;
            self.stint_laps = 0;
            self.stint_start = self.mark();
            self.gaps.begin_stint();
            self.clean_laps = Arc::default();
            self.watch.forget_laps();
        }
    }

    fn cross_line(&mut self, at: EventTime, number: Option<i32>, race: &RaceState) -> Option<LapInParts> {
        let closed =
            self.lap.at.filter(|_| self.lap_is_whole).map(|from| self.close_lap(from, at, number, race));
        let burned = (self.lap.counters.burned, self.counters.burned);
        let in_parts = closed.map(|lap| LapInParts::divide(lap, self.lines, burned, &self.profiles));
        let label = closed.map_or(LapLabel::Unknown, |lap| lap.label);
        let opened = self.lap.at.unwrap_or(at);
        let clean = closed.is_some_and(|lap| lap.clean);
        self.watch.close_lap(opened, at, clean, label == LapLabel::Caution);
        self.lines += 1;
        self.lap_steps = self.lap_steps.map(|_| 0);
        self.lap = self.mark();
        self.gaps.begin_lap();
        self.lap_is_whole = true;
        self.lap_in_pit = self.in_pit;
        let stages = race.conditions.get(self.conditions).map(|c| c.stages.clone()).unwrap_or_default();
        if number.is_some_and(|number| stages.iter().any(|&stage| i64::from(stage) == i64::from(number))) {
            self.stage = self.lap;
        }
        if let Some(lap) = closed {
            self.stint_laps += u32::from(self.stint_start.at.is_none_or(|start| start <= lap.from));
            self.last_lap = Some(lap);
            if lap.clean {
                let older = self.clean_laps.len().saturating_sub(race.settings.green_laps - 1);
                self.clean_laps = self.clean_laps[older..].iter().copied().chain([lap]).collect();
            }
        }
        in_parts
    }

    fn close_lap(&self, from: EventTime, to: EventTime, number: Option<i32>, race: &RaceState) -> ClosedLap {
        let (now, then) = (&self.counters, &self.lap.counters);
        let (burned, imputed) = (now.burned - then.burned, now.imputed - then.imputed);
        let label = self.label(from, to, race);
        let by_speed_m = (now.driven_nm - then.driven_nm) as f64 * 1e-9;
        let on_track_m = race.conditions.get(self.conditions).and_then(|c| c.track_length_m);
        let distance_m = on_track_m.or((by_speed_m > 0.0).then_some(by_speed_m));
        ClosedLap {
            number,
            stint: self.stint,
            from,
            to,
            label,
            clean: matches!(label, LapLabel::Green | LapLabel::Unknown)
                && !race
                    .flags
                    .within(from - RESTART, from)
                    .any(|flag| flag != Flag::Unknown && !flag.is_racing())
                && burned.0 > 0
                && !is_estimated(imputed, burned),
            burned,
            imputed,
            gap_var_g2: self.gaps.lap_g2(),
            distance_m,
        }
    }

    fn label(&self, from: EventTime, to: EventTime, race: &RaceState) -> LapLabel {
        if self.lap_in_pit {
            return LapLabel::Pit;
        }
        let mut label = LapLabel::Green;
        for flag in race.flags.within(from, to) {
            match flag {
                Flag::Unknown => return LapLabel::Unknown,
                flag if flag.is_racing() => {}
                _ => label = LapLabel::Caution,
            }
        }
        label
    }

    fn mark(&self) -> Mark {
        Mark { at: self.at, counters: self.counters, track_steps: self.track_steps() }
    }

    /// Distance on the track, in [`LAP_STEPS`] a lap.
    pub fn track_steps(&self) -> Option<i64> {
        self.lap_steps.map(|steps| self.lines * LAP_STEPS + i64::from(steps))
    }
    /// Up to when the sums are decided; `None` before the first step.
    pub fn at(&self) -> Option<EventTime> {
        self.at
    }
    /// The counters at [`Sums::at`].
    pub fn counters(&self) -> &Counters {
        &self.counters
    }
    /// How unsure imputation makes them.
    pub fn gaps(&self) -> &GapSpread {
        &self.gaps
    }
    /// The flow in force, g/s; `None` while throttle or engine speed is unknown.
    pub fn rate_g_s(&self) -> Option<f64> {
        self.rate_g_s
    }
    /// Whether the engine stands still.
    pub fn engine_is_off(&self) -> bool {
        self.rpm == Some(0)
    }
    /// Start of the open lap.
    pub fn lap(&self) -> &Mark {
        &self.lap
    }
    /// Start of the stage.
    pub fn stage(&self) -> &Mark {
        &self.stage
    }
    /// Start of the run.
    pub fn stint_start(&self) -> &Mark {
        &self.stint_start
    }
    /// Which run, from 0: how many times the car stopped in its box.
    pub fn stint(&self) -> u32 {
        self.stint
    }
    /// Whole laps in the run.
    pub fn stint_laps(&self) -> u32 {
        self.stint_laps
    }
    /// Whether it stands in its box.
    pub fn in_box(&self) -> bool {
        self.in_box
    }
    /// Whether the car is between the lines of the pit road.
    pub fn in_pit(&self) -> bool {
        self.in_pit
    }
    /// The newest whole lap.
    pub fn last_lap(&self) -> Option<&ClosedLap> {
        self.last_lap.as_ref()
    }
    /// The newest clean green laps of the run, oldest first.
    pub fn clean_laps(&self) -> &Arc<[ClosedLap]> {
        &self.clean_laps
    }
    /// Which conditions hold, for [`RaceState::conditions`].
    pub fn conditions(&self) -> usize {
        self.conditions
    }
    /// What its driver does.
    pub fn watch(&self) -> &Watch {
        &self.watch
    }
    /// Speed in force, m/s.
    pub fn speed_m_s(&self) -> Option<f64> {
        self.speed_mm_s.map(|mm_s| f64::from(mm_s) * 1e-3)
    }
    /// Throttle in force, 0..1.
    pub fn throttle(&self) -> Option<f64> {
        self.throttle.map(|steps| f64::from(steps) / Signal::Throttle.steps_per_unit())
    }
    /// The car's own laps.
    pub fn profiles(&self) -> &LapProfiles {
        &self.profiles
    }
    /// Mean burn per distance so far, g per step; `None` before a lap.
    pub fn burn_g_per_step(&self) -> Option<f64> {
        let steps = self.track_steps()? - self.stint_start.track_steps?;
        let burned = self.counters.burned - self.stint_start.counters.burned;
        (steps > LAP_STEPS).then(|| burned.mass().kg() * 1e3 / steps as f64)
    }
    /// The flow at the speed in force if distance costs what it did so far in the run, g/s; `None` before a kilometre.
    pub fn rate_by_distance_g_s(&self) -> Option<f64> {
        let (now, then) = (&self.counters, &self.stint_start.counters);
        let driven_m = (now.driven_nm - then.driven_nm) as f64 * 1e-9;
        let speed_m_s = f64::from(self.speed_mm_s?) * 1e-3;
        let burned_g = (now.burned - then.burned).mass().kg() * 1e3;
        (driven_m > BURN_PER_WAY_MIN_M).then(|| burned_g / driven_m * speed_m_s.max(0.0))
    }
    /// Forgets its laps, and what its driver did: the car will not need them.
    pub fn forget_laps(&mut self) {
        self.profiles.clear();
        self.watch = Watch::default();
    }
}
