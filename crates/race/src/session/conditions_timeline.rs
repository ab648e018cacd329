//! Which session and model are in force when, and what follows from them.

use super::conditions::Conditions;
use super::timeline::Timeline;
use events::{EventId, Model, Session, SessionId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use units::{EventTime, FuelDensity, Volume};

const LONG_AGO: EventTime = EventTime::from_us(i64::MIN);

/// Session records and models, each in force from its own time on.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ConditionsTimeline {
    /// Every session record in order of arrival. The first is but a name.
    sessions: Vec<Session>,
    /// Every model that was taken up, likewise. The first holds from the beginning.
    models: Vec<Arc<Model>>,
    /// Which of `sessions` is in force when.
    session_from: Timeline<usize>,
    /// Which of `models` is in force when.
    model_from: Timeline<usize>,
    /// Every session and model that were ever in force together, by index: what a step names.
    pairs: Vec<(usize, usize)>,
    /// The index of each pair.
    #[serde(skip)]
    indices: BTreeMap<(usize, usize), usize>,
    #[serde(skip)]
    conditions: Vec<Conditions>,
    /// Which of `pairs` is in force when.
    #[serde(skip)]
    in_force: Vec<(EventTime, usize)>,
}

impl ConditionsTimeline {
    /// A session of which only the name is known, and the model to begin with.
    pub(super) fn new(session: SessionId, model: Arc<Model>) -> Self {
        let mut timeline = ConditionsTimeline {
            sessions: vec![Session::named(session)],
            models: vec![model],
            session_from: Timeline::default(),
            model_from: Timeline::default(),
            pairs: Vec::new(),
            indices: BTreeMap::new(),
            conditions: Vec::new(),
            in_force: Vec::new(),
        };
        timeline.pair(0, 0);
        timeline
    }

    /// Takes a session record; `None` if its engine or its air cannot be. The time from which something may have changed.
    pub(super) fn apply_session(
        &mut self,
        session: &Session,
        id: EventId,
        at: EventTime,
        settled_to: EventTime,
    ) -> Option<EventTime> {
        self.conditions_of(session, 0)?;
        self.sessions.push(session.clone());
        let from = self.session_from.put(id, at, self.sessions.len() - 1, settled_to);
        self.pair_up(from);
        Some(from)
    }

    /// Takes a model, likewise; `None` if it is none.
    pub(super) fn apply_model(
        &mut self,
        model: &Model,
        id: EventId,
        at: EventTime,
        settled_to: EventTime,
    ) -> Option<EventTime> {
        fuel::model::check(model).ok()?;
        self.models.push(Arc::new(model.clone()));
        let from = self.model_from.put(id, at, self.models.len() - 1, settled_to);
        self.pair_up(from);
        Some(from)
    }

    /// Computes what a checkpoint leaves out.
    pub(super) fn restore(&mut self) {
        (self.conditions, self.indices) = (Vec::new(), BTreeMap::new());
        for (session, model) in std::mem::take(&mut self.pairs) {
            self.pair(session, model);
        }
        self.pair_up(LONG_AGO);
    }

    /// Finds which session and model are in force together, and when, after one of them has changed from `from` on.
    fn pair_up(&mut self, from: EventTime) {
        let mut edges: Vec<EventTime> = [&self.session_from, &self.model_from]
            .into_iter()
            .flat_map(|timeline| timeline.since(from))
            .map(|(at, _)| *at)
            .collect();
        edges.sort_unstable();
        edges.dedup();
        self.in_force.truncate(self.in_force.partition_point(|(at, _)| *at < from));
        for at in edges {
            let index = self.pair(self.session_from.at(at), self.model_from.at(at));
            self.in_force.push((at, index));
        }
    }

    /// The index of a session and a model that are in force together.
    fn pair(&mut self, session: usize, model: usize) -> usize {
        if let Some(&index) = self.indices.get(&(session, model)) {
            return index;
        }
        let conditions = self.sessions.get(session).and_then(|session| self.conditions_of(session, model));
        self.conditions.extend(conditions);
        self.pairs.push((session, model));
        self.indices.insert((session, model), self.pairs.len() - 1);
        self.pairs.len() - 1
    }

    /// What follows from a session and a model, with the tables of the newest conditions where their engine and model are
    /// the same.
    fn conditions_of(&self, session: &Session, model: usize) -> Option<Conditions> {
        let newest = self.pairs.iter().zip(&self.conditions).next_back();
        let like = newest.filter(|((_, other), _)| *other == model).map(|(_, conditions)| conditions);
        Conditions::of(session, self.models.get(model)?, like)
    }

    /// The index of the newest conditions, by event time.
    pub fn newest(&self) -> usize {
        self.in_force.last().map_or(0, |(_, index)| *index)
    }
    /// Conditions by index.
    pub fn get(&self, index: usize) -> Option<&Conditions> {
        self.conditions.get(index)
    }
    /// The indices of the conditions that come into force at or after `from`, with their times, in order.
    pub fn since(&self, from: EventTime) -> &[(EventTime, usize)] {
        &self.in_force[self.in_force.partition_point(|(at, _)| *at < from)..]
    }
    /// The newest session record, by event time.
    pub fn session(&self) -> Option<&Session> {
        self.sessions.get(self.session_from.at(EventTime::from_us(i64::MAX)))
    }
    /// The model in force at `at`.
    pub fn model(&self, at: EventTime) -> Option<&Arc<Model>> {
        self.models.get(self.model_from.at(at))
    }
    /// The size of the tank at `at`, where it is known: by the newest record before, or else by the first to come.
    pub fn tank(&self, at: EventTime) -> Option<Volume> {
        self.session_from.newest_or_next(at, |index| self.sessions.get(index)?.tank)
    }
    /// Density of the fuel.
    pub fn fuel_density(&self) -> FuelDensity {
        self.session().and_then(|session| session.fuel_density).unwrap_or(FuelDensity::CUP)
    }
    /// Length of a lap by the newest conditions, metres.
    pub fn track_length_m(&self) -> Option<f64> {
        self.get(self.newest())?.track_length_m
    }
}
