//! What is known of the session: conditions, flags, roster, stops. The same on every worker, built from race events
//! alone.

mod conditions;
mod evidence;
mod timeline;

pub use conditions::Conditions;
pub use evidence::{FuelUsed, StopFuel};

use events::{
    EventId, Flag, Model, RaceEvent, RaceEventKind, RosterEntry, Session, SessionId, StopPhase, VehicleId,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use timeline::Timeline;
use units::{EventTime, FuelDensity, Volume};

/// The session as race events have told it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RaceState {
    settings: Settings,
    revision: u64,
    /// Every session record in the order in which it was told. The first is but a name.
    sessions: Vec<Session>,
    /// Every model that was taken up, likewise. The first holds from the beginning.
    models: Vec<Arc<Model>>,
    /// Which of `sessions` holds when.
    session_from: Timeline<usize>,
    /// Which of `models` holds when.
    model_from: Timeline<usize>,
    /// Every session and model that ever held together, by index: what a step names.
    pairs: Vec<(usize, usize)>,
    #[serde(skip)]
    conditions: Vec<Conditions>,
    /// Which of `pairs` holds when.
    #[serde(skip)]
    conditions_from: Vec<(EventTime, usize)>,
    flags: Timeline<Flag>,
    rosters: BTreeMap<EventId, (EventTime, Vec<RosterEntry>)>,
    roster: BTreeMap<VehicleId, RosterEntry>,
    stops: BTreeMap<VehicleId, BTreeMap<EventId, (EventTime, StopPhase)>>,
    retired: BTreeMap<VehicleId, EventTime>,
    told: StopFuel,
    /// The revision at which a car, or all of them, were spoken of last.
    touched: BTreeMap<VehicleId, u64>,
    touched_all: u64,
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

/// What a race event changed for the cars.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// The conditions, from this time on: see [`RaceState::conditions_since`].
    Conditions {
        /// From when.
        at: EventTime,
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
    /// A session of which only the name is known, without a calibration.
    pub fn new(session: SessionId, settings: Settings) -> Self {
        RaceState::with_model(session, settings, Arc::new(fuel::model::priors()))
    }

    /// A session of which only the name is known, and the model to begin with. [`fuel::model::check`] it first.
    pub fn with_model(session: SessionId, settings: Settings, model: Arc<Model>) -> Self {
        let mut state = RaceState {
            settings: Settings { green_laps: settings.green_laps.max(1) },
            revision: 0,
            sessions: vec![Session::named(session)],
            models: vec![model],
            session_from: Timeline::default(),
            model_from: Timeline::default(),
            pairs: Vec::new(),
            conditions: Vec::new(),
            conditions_from: Vec::new(),
            flags: Timeline::default(),
            rosters: BTreeMap::new(),
            roster: BTreeMap::new(),
            stops: BTreeMap::new(),
            retired: BTreeMap::new(),
            told: StopFuel::default(),
            touched: BTreeMap::new(),
            touched_all: 0,
        };
        state.settle_conditions();
        state
    }

    /// Takes a race event. One with the id of an earlier one of its kind replaces it. What lies before `settled_to`
    /// keeps its flag, whatever is told of it now.
    pub fn apply(&mut self, event: &RaceEvent, settled_to: EventTime) -> Change {
        self.revision += 1;
        let (at, id) = (event.event_time, event.id);
        match event.kind.vehicle() {
            Some(vehicle) => self.touched.insert(vehicle, self.revision).map_or((), drop),
            None if matches!(event.kind, RaceEventKind::Session(_)) => self.touched_all = self.revision,
            None => {}
        }
        match &event.kind {
            RaceEventKind::Session(session) => {
                if Conditions::of(session, &self.models[0]).is_none() {
                    return Change::Nothing; // an engine or air that cannot be
                }
                self.sessions.push(session.clone());
                let from = self.session_from.tell(id, at, self.sessions.len() - 1, settled_to);
                self.settle_conditions();
                return Change::Conditions { at: from };
            }
            RaceEventKind::Model(model) => {
                if fuel::model::check(model).is_err() {
                    return Change::Nothing;
                }
                self.models.push(Arc::from(model.clone()));
                let from = self.model_from.tell(id, at, self.models.len() - 1, settled_to);
                self.settle_conditions();
                return Change::Conditions { at: from };
            }
            RaceEventKind::Roster { cars } => self.apply_roster(id, at, cars),
            RaceEventKind::Flag { flag } => {
                return Change::Flags { at: self.flags.tell(id, at, *flag, settled_to) };
            }
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
            kind => {
                if self.told.hear(id, at, kind) {
                    self.touched_all = self.revision; // it may have been told of another car before
                }
            }
        }
        Change::Nothing
    }

    /// All that was told of fuel.
    pub fn told(&self) -> &StopFuel {
        &self.told
    }
    /// Length of a lap by the newest conditions, metres.
    pub fn track_length_m(&self) -> Option<f64> {
        self.conditions(self.newest_conditions())?.track_length_m
    }

    /// Finds which session and model hold together, and when, after one of them has changed.
    fn settle_conditions(&mut self) {
        let long_ago = EventTime::from_us(i64::MIN);
        let mut edges: Vec<EventTime> = [&self.session_from, &self.model_from]
            .into_iter()
            .flat_map(|timeline| timeline.since(long_ago))
            .map(|(at, _)| *at)
            .collect();
        edges.sort_unstable();
        edges.dedup();
        self.pair(0, 0);
        self.conditions_from = Vec::with_capacity(edges.len());
        for at in edges {
            let index = self.pair(self.session_from.at(at), self.model_from.at(at));
            self.conditions_from.push((at, index));
        }
    }

    /// The index of a session and a model that hold together.
    fn pair(&mut self, session: usize, model: usize) -> usize {
        if let Some(index) = self.pairs.iter().position(|pair| *pair == (session, model)) {
            return index;
        }
        self.pairs.push((session, model));
        self.conditions.extend(Conditions::of(&self.sessions[session], &self.models[model]));
        self.pairs.len() - 1
    }

    /// All rosters together; of two entries of a car the newer counts.
    fn apply_roster(&mut self, id: EventId, at: EventTime, cars: &[RosterEntry]) {
        self.rosters.insert(id, (at, cars.to_vec()));
        let mut rosters: Vec<_> = self.rosters.iter().map(|(id, (at, cars))| (*at, *id, cars)).collect();
        rosters.sort_unstable_by_key(|(at, id, _)| (*at, *id));
        let entries = rosters.into_iter().flat_map(|(_, _, cars)| cars);
        self.roster = entries.map(|car| (car.vehicle, car.clone())).collect();
    }

    /// Computes what a checkpoint leaves out.
    pub fn restore(&mut self) {
        let of = |&(session, model): &(usize, usize)| {
            Conditions::of(self.sessions.get(session)?, self.models.get(model)?)
        };
        self.conditions = self.pairs.iter().filter_map(of).collect();
        self.settle_conditions();
    }

    /// The revision at which something of a car was told last; 0 where nothing was.
    pub fn touched(&self, vehicle: VehicleId) -> u64 {
        self.touched.get(&vehicle).copied().unwrap_or(0).max(self.touched_all)
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
        self.sessions.get(self.session_from.at(EventTime::from_us(i64::MAX)))
    }
    /// The model in force at `at`.
    pub fn model(&self, at: EventTime) -> Option<&Arc<Model>> {
        self.models.get(self.model_from.at(at))
    }
    /// The index of the newest conditions, by event time.
    pub fn newest_conditions(&self) -> usize {
        self.conditions_from.last().map_or(0, |(_, index)| *index)
    }
    /// Conditions by index.
    pub fn conditions(&self, index: usize) -> Option<&Conditions> {
        self.conditions.get(index)
    }
    /// The indices of the conditions that begin to hold at or after `from`, with their times, in order.
    pub fn conditions_since(&self, from: EventTime) -> &[(EventTime, usize)] {
        &self.conditions_from[self.conditions_from.partition_point(|(at, _)| *at < from)..]
    }
    /// The size of the tank at `at`, where it was told: by the newest record before, or else by the first to come.
    pub fn tank(&self, at: EventTime) -> Option<Volume> {
        let told = self.session_from.told();
        let sizes = told.iter().filter_map(|&(from, index)| Some((from, self.sessions.get(index)?.tank?)));
        let (before, behind): (Vec<_>, Vec<_>) = sizes.partition(|(from, _)| *from <= at);
        before.last().or(behind.first()).map(|(_, size)| *size)
    }
    /// Density of the fuel.
    pub fn fuel_density(&self) -> FuelDensity {
        self.session().and_then(|session| session.fuel_density).unwrap_or(FuelDensity::CUP)
    }
    /// The flag in force just before `at`.
    pub fn flag_before(&self, at: EventTime) -> Flag {
        self.flags.before(at)
    }
    /// Every flag in force at some time in `[from, to)`, the first one first.
    pub fn flags_within(&self, from: EventTime, to: EventTime) -> impl Iterator<Item = Flag> + '_ {
        self.flags.within(from, to)
    }
    /// Whether a car takes part: a roster names it, or there has been none.
    pub fn knows(&self, vehicle: VehicleId) -> bool {
        self.rosters.is_empty() || self.roster.contains_key(&vehicle)
    }
    /// The newest roster entry of a car.
    pub fn roster(&self, vehicle: VehicleId) -> Option<&RosterEntry> {
        self.roster.get(&vehicle)
    }
    /// A car's stop events, by id.
    pub fn stops(&self, vehicle: VehicleId) -> impl Iterator<Item = (EventId, EventTime, StopPhase)> + '_ {
        self.stops.get(&vehicle).into_iter().flatten().map(|(&id, &(at, phase))| (id, at, phase))
    }
    /// When a car was declared out.
    pub fn retired(&self, vehicle: VehicleId) -> Option<EventTime> {
        self.retired.get(&vehicle).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTHING_SETTLED: EventTime = EventTime::from_us(i64::MIN);

    fn state() -> RaceState {
        RaceState::new(SessionId::new("test").unwrap(), Settings::default())
    }
    fn told(events: impl IntoIterator<Item = (i64, u64, RaceEventKind)>) -> RaceState {
        let mut state = state();
        for (ms, id, kind) in events {
            let event = RaceEvent { event_time: EventTime::from_ms(ms), id: EventId(id), kind };
            state.apply(&event, NOTHING_SETTLED);
        }
        state
    }
    fn tank(gallons: f64) -> RaceEventKind {
        let mut session = Session::named(SessionId::new("test").unwrap());
        session.tank = Some(Volume::from_us_gallons(gallons));
        RaceEventKind::Session(session)
    }
    fn roster(cars: &[(&str, &str)]) -> RaceEventKind {
        let entry = |&(vehicle, driver): &(&str, &str)| RosterEntry {
            vehicle: VehicleId::new(vehicle).unwrap(),
            number: vehicle.into(),
            driver: driver.into(),
            team: String::new(),
            manufacturer: String::new(),
        };
        RaceEventKind::Roster { cars: cars.iter().map(entry).collect() }
    }

    #[test]
    fn a_tank_has_the_size_that_was_told_last_before() {
        let state = told([(100, 1, tank(20.0)), (500, 2, tank(18.0)), (500, 3, tank(17.0))]);
        let corrected = told([(100, 1, tank(20.0)), (500, 2, tank(18.0)), (700, 2, tank(17.5))]);
        for (state, ms, gallons) in [
            (&state, 0, 20.0),
            (&state, 499, 20.0),
            (&state, 500, 17.0),
            (&corrected, 600, 20.0),
            (&corrected, 700, 17.5),
        ] {
            let size = state.tank(EventTime::from_ms(ms)).unwrap().us_gallons();
            assert!((size - gallons).abs() < 1e-9, "at {ms} ms: {size} gal, expected {gallons}");
        }
    }

    #[test]
    fn rosters_add_up_and_a_correction_replaces_one() {
        let known = |state: &RaceState, name| state.knows(VehicleId::new(name).unwrap());
        assert!(known(&state(), "9"), "without a roster every car takes part");
        let two =
            told([(0, 1, roster(&[("24", "Ash")])), (100, 2, roster(&[("24", "Birch"), ("9", "Oak")]))]);
        assert_eq!([known(&two, "24"), known(&two, "9"), known(&two, "5")], [true, true, false]);
        assert_eq!(two.roster(VehicleId::new("24").unwrap()).unwrap().driver, "Birch");
        let corrected =
            told([(0, 1, roster(&[("24", "Ash"), ("99", "Elm")])), (0, 1, roster(&[("24", "Ash")]))]);
        assert_eq!([known(&corrected, "24"), known(&corrected, "99")], [true, false]);
    }
}
