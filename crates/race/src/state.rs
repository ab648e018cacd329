//! What is known of the session: conditions, flags, roster, stops. The same on every worker, built from race events
//! alone.

use events::{
    EventId, Flag, FuelEvidence, RaceEvent, RaceEventKind, RosterEntry, Session, SessionId, Signal,
    StopPhase, VehicleId,
};
use fuel::{Cell, Engine, RateTable, Shape, air};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use units::{EventTime, FuelDensity};

/// The session as race events have told it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RaceState {
    settings: Settings,
    revision: u64,
    sessions: Vec<(EventTime, Session)>,
    #[serde(skip)]
    conditions: Vec<Conditions>,
    /// Flags as told, corrections applied.
    told_flags: BTreeMap<EventId, (EventTime, Flag)>,
    /// Flags as they act, by time: before the settled edge they never change.
    flags: Vec<(EventTime, Flag)>,
    roster: BTreeMap<VehicleId, RosterEntry>,
    stops: BTreeMap<VehicleId, BTreeMap<EventId, (EventTime, StopPhase)>>,
    retired: BTreeMap<VehicleId, EventTime>,
    evidence: BTreeMap<(VehicleId, EventTime, EventId), FuelEvidence>,
}

/// What a user may choose about the numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// How many of the newest clean green laps of a run make its economy, 1 or more.
    pub green_laps: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Settings { green_laps: 5 }
    }
}

/// What the fold needs of a [`Session`], computed once.
#[derive(Clone, Debug)]
pub struct Conditions {
    /// The rate law of the engine package on the knots.
    pub table: Arc<RateTable>,
    /// The engine whose law that is.
    pub engine: Engine,
    /// Density of the air against the reference.
    pub density_ratio: f64,
    /// Length of a lap, metres.
    pub track_length_m: Option<f64>,
    /// The laps at which stages end.
    pub stages: Arc<[u32]>,
}

impl Conditions {
    fn of(session: &Session) -> Option<Conditions> {
        let engine = Engine::of(session);
        let table = RateTable::new(&Shape::prior(), &engine).ok()?;
        Some(Conditions {
            table: Arc::new(table),
            engine,
            density_ratio: session.air.as_ref().and_then(air::density_ratio).unwrap_or(1.0),
            track_length_m: session.track_length_m.filter(|m| m.is_finite() && *m > 0.0),
            stages: session.stages.clone().into(),
        })
    }

    /// The flow at a throttle and an engine speed, both in steps of their signals, g/s. An engine that is off burns
    /// nothing.
    pub fn rate_g_s(&self, throttle_steps: i32, rpm_steps: i32) -> f64 {
        if rpm_steps <= 0 {
            return 0.0;
        }
        let theta = f64::from(throttle_steps) / Signal::Throttle.steps_per_unit();
        let rpm = self.engine.normalised_rpm(f64::from(rpm_steps) / Signal::Rpm.steps_per_unit());
        self.table.rate_g_s(&Cell::locate(theta, rpm)) * self.density_ratio
    }
}

/// What a race event changed for the cars.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// Conditions from this time, to be looked up by this index.
    Conditions {
        /// From when.
        at: EventTime,
        /// For [`RaceState::conditions`].
        index: usize,
    },
    /// The flag timeline, from this time on.
    Flags {
        /// From when.
        at: EventTime,
    },
    /// One car's stop.
    Stop {
        /// Whose.
        vehicle: VehicleId,
        /// Whose it was before a correction, if another's.
        before: Option<VehicleId>,
        /// Which event: an earlier one with this id is replaced.
        id: EventId,
        /// When.
        at: EventTime,
        /// What.
        phase: StopPhase,
    },
    /// Nothing that a car's own sums depend on.
    Nothing,
}

impl RaceState {
    /// A session of which only the name is known.
    pub fn new(session: SessionId, settings: Settings) -> Self {
        let mut state = RaceState {
            settings: Settings { green_laps: settings.green_laps.max(1) },
            revision: 0,
            sessions: Vec::new(),
            conditions: Vec::new(),
            told_flags: BTreeMap::new(),
            flags: Vec::new(),
            roster: BTreeMap::new(),
            stops: BTreeMap::new(),
            retired: BTreeMap::new(),
            evidence: BTreeMap::new(),
        };
        state.apply_session(EventTime::from_us(i64::MIN), &Session::named(session));
        state
    }

    /// Takes a race event. One with the id of an earlier one of its kind replaces it. What lies before `settled_to`
    /// keeps its flag, whatever is told of it now.
    pub fn apply(&mut self, event: &RaceEvent, settled_to: EventTime) -> Change {
        self.revision += 1;
        let (at, id) = (event.event_time, event.id);
        match &event.kind {
            RaceEventKind::Session(session) => return self.apply_session(at, session),
            RaceEventKind::Roster { cars } => {
                self.roster.extend(cars.iter().map(|car| (car.vehicle, car.clone())));
            }
            RaceEventKind::Flag { flag } => return self.apply_flag((id, at, *flag), settled_to),
            &RaceEventKind::Stop { vehicle, phase } => {
                let holds = |stops: &BTreeMap<EventId, _>| stops.contains_key(&id);
                let before = self.stops.iter().find(|(other, stops)| **other != vehicle && holds(stops));
                let before = before.map(|(other, _)| *other);
                if let Some(stops) = before.and_then(|other| self.stops.get_mut(&other)) {
                    stops.remove(&id);
                }
                self.stops.entry(vehicle).or_default().insert(id, (at, phase));
                return Change::Stop { vehicle, before, id, at, phase };
            }
            &RaceEventKind::Retired { vehicle } => {
                self.retired.insert(vehicle, at);
            }
            RaceEventKind::Fuel(evidence) => {
                self.evidence.retain(|(_, _, other), _| *other != id);
                self.evidence.insert((evidence.vehicle, at, id), evidence.clone());
            }
        }
        Change::Nothing
    }

    /// The newest session by event time rules, whatever order they are told in.
    fn apply_session(&mut self, at: EventTime, session: &Session) -> Change {
        let Some(conditions) = Conditions::of(session) else { return Change::Nothing };
        let is_newest = self.sessions.iter().all(|(other, _)| *other <= at);
        self.sessions.push((at, session.clone()));
        self.conditions.push(conditions);
        if is_newest { Change::Conditions { at, index: self.conditions.len() - 1 } } else { Change::Nothing }
    }

    fn apply_flag(&mut self, (id, at, flag): (EventId, EventTime, Flag), settled_to: EventTime) -> Change {
        let corrected = self.told_flags.insert(id, (at, flag)).map_or(at, |(before, _)| before.min(at));
        let from = corrected.max(settled_to);
        self.flags.truncate(self.flags.partition_point(|(time, _)| *time < from));
        let mut told: Vec<_> = self.told_flags.iter().map(|(id, (at, flag))| (*at, *id, *flag)).collect();
        told.sort_unstable_by_key(|(at, id, _)| (*at, *id));
        let behind = told.partition_point(|(time, _, _)| *time < from);
        let in_force = behind.checked_sub(1).map_or(Flag::Unknown, |i| told[i].2);
        if in_force != self.flags.last().map_or(Flag::Unknown, |(_, flag)| *flag) {
            self.flags.push((from, in_force));
        }
        self.flags.extend(told[behind..].iter().map(|(at, _, flag)| (*at, *flag)));
        Change::Flags { at: from }
    }

    /// Computes what a checkpoint leaves out.
    pub fn restore(&mut self) {
        self.conditions = self.sessions.iter().filter_map(|(_, session)| Conditions::of(session)).collect();
    }

    /// Grows with every race event.
    pub fn revision(&self) -> u64 {
        self.revision
    }
    /// What the user chose.
    pub fn settings(&self) -> Settings {
        self.settings
    }
    /// The newest session record, by event time.
    pub fn session(&self) -> Option<&Session> {
        self.sessions
            .iter()
            .enumerate()
            .max_by_key(|(index, (at, _))| (*at, *index))
            .map(|(_, (_, session))| session)
    }
    /// Conditions by index.
    pub fn conditions(&self, index: usize) -> Option<&Conditions> {
        self.conditions.get(index)
    }
    /// Every conditions record with the time from which it holds, in the order in which they were told.
    pub fn conditions_from(&self) -> impl Iterator<Item = (EventTime, usize)> + '_ {
        self.sessions.iter().enumerate().map(|(index, (at, _))| (*at, index))
    }
    /// Density of the fuel.
    pub fn fuel_density(&self) -> FuelDensity {
        self.session().and_then(|session| session.fuel_density).unwrap_or(FuelDensity::CUP)
    }
    /// The flag in force just before `at`.
    pub fn flag_before(&self, at: EventTime) -> Flag {
        let after = self.flags.partition_point(|(time, _)| *time < at);
        after.checked_sub(1).map_or(Flag::Unknown, |i| self.flags[i].1)
    }
    /// Every flag in force at some time in `[from, to)`, the first one first.
    pub fn flags_within(&self, from: EventTime, to: EventTime) -> impl Iterator<Item = Flag> + '_ {
        let first = self.flags.partition_point(|(time, _)| *time <= from);
        let in_force = first.checked_sub(1).map_or(Flag::Unknown, |i| self.flags[i].1);
        let later = self.flags[first..].iter().take_while(move |(time, _)| *time < to);
        std::iter::once(in_force).chain(later.map(|(_, flag)| *flag))
    }
    /// The newest roster entry of a car.
    pub fn roster(&self, vehicle: VehicleId) -> Option<&RosterEntry> {
        self.roster.get(&vehicle)
    }
    /// A car's stop events, by id.
    pub fn stops(&self, vehicle: VehicleId) -> impl Iterator<Item = (EventId, EventTime, StopPhase)> + '_ {
        self.stops.get(&vehicle).into_iter().flatten().map(|(&id, &(at, phase))| (id, at, phase))
    }
    /// A car's fuel evidence, in the order in which it became known.
    pub fn evidence(&self, vehicle: VehicleId) -> impl Iterator<Item = (EventTime, &FuelEvidence)> + '_ {
        let first = (vehicle, EventTime::from_us(i64::MIN), EventId(0));
        let last = (vehicle, EventTime::from_us(i64::MAX), EventId(u64::MAX));
        self.evidence.range(first..=last).map(|((_, at, _), evidence)| (*at, evidence))
    }
    /// When a car was declared out.
    pub fn retired(&self, vehicle: VehicleId) -> Option<EventTime> {
        self.retired.get(&vehicle).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state() -> RaceState {
        RaceState::new(SessionId::new("test").unwrap(), Settings::default())
    }
    fn flag(ms: i64, id: u64, flag: Flag) -> RaceEvent {
        RaceEvent { event_time: EventTime::from_ms(ms), id: EventId(id), kind: RaceEventKind::Flag { flag } }
    }
    fn within(state: &RaceState, from_ms: i64, to_ms: i64) -> Vec<Flag> {
        state.flags_within(EventTime::from_ms(from_ms), EventTime::from_ms(to_ms)).collect()
    }

    const NOTHING_SETTLED: EventTime = EventTime::from_us(i64::MIN);

    #[test]
    fn flags_are_a_timeline_whatever_order_they_arrive_in() {
        let mut state = state();
        for event in [flag(300, 2, Flag::Yellow), flag(100, 1, Flag::Green), flag(500, 3, Flag::Green)] {
            state.apply(&event, NOTHING_SETTLED);
        }
        assert_eq!(within(&state, 0, 100), [Flag::Unknown]);
        assert_eq!(within(&state, 100, 300), [Flag::Green]);
        assert_eq!(within(&state, 200, 600), [Flag::Green, Flag::Yellow, Flag::Green]);
        assert_eq!(state.flag_before(EventTime::from_ms(300)), Flag::Green);
    }

    #[test]
    fn the_same_id_again_is_a_correction_and_tells_from_when_it_matters() {
        let mut state = state();
        state.apply(&flag(100, 1, Flag::Green), NOTHING_SETTLED);
        state.apply(&flag(300, 2, Flag::Yellow), NOTHING_SETTLED);
        let change = state.apply(&flag(400, 2, Flag::Yellow), NOTHING_SETTLED);
        assert_eq!(change, Change::Flags { at: EventTime::from_ms(300) });
        assert_eq!(within(&state, 300, 350), [Flag::Green]);
    }

    #[test]
    fn what_is_settled_keeps_its_flag() {
        let mut state = state();
        state.apply(&flag(100, 1, Flag::Green), NOTHING_SETTLED);
        let change = state.apply(&flag(300, 2, Flag::Yellow), EventTime::from_ms(1_000));
        assert_eq!(change, Change::Flags { at: EventTime::from_ms(1_000) });
        assert_eq!(within(&state, 300, 1_000), [Flag::Green]);
        assert_eq!(within(&state, 1_000, 1_001), [Flag::Yellow]);
    }
}
