//! Which session and model are in force when, and what follows from them.

use super::conditions::Conditions;
use super::timeline::Timeline;
use events::{EventId, Model, Session, SessionId};
use serde::{Deserialize, Serialize};
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
            conditions: Vec::new(),
            in_force: Vec::new(),
        };
        timeline.pair_up();
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
        Conditions::of(session, self.models.first()?)?;
        self.sessions.push(session.clone());
        let from = self.session_from.put(id, at, self.sessions.len() - 1, settled_to);
        self.pair_up();
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
        self.pair_up();
        Some(from)
    }

    /// Computes what a checkpoint leaves out.
    pub(super) fn restore(&mut self) {
        let of = |&(session, model): &(usize, usize)| {
            Conditions::of(self.sessions.get(session)?, self.models.get(model)?)
        };
        self.conditions = self.pairs.iter().filter_map(of).collect();
        self.pair_up();
    }

    /// Finds which session and model are in force together, and when, after one of them has changed.
    fn pair_up(&mut self) {
        let mut edges: Vec<EventTime> = [&self.session_from, &self.model_from]
            .into_iter()
            .flat_map(|timeline| timeline.since(LONG_AGO))
            .map(|(at, _)| *at)
            .collect();
        edges.sort_unstable();
        edges.dedup();
        self.pair(0, 0);
        self.in_force = Vec::with_capacity(edges.len());
        for at in edges {
            let index = self.pair(self.session_from.at(at), self.model_from.at(at));
            self.in_force.push((at, index));
        }
    }

    /// The index of a session and a model that are in force together.
    fn pair(&mut self, session: usize, model: usize) -> usize {
        if let Some(index) = self.pairs.iter().position(|pair| *pair == (session, model)) {
            return index;
        }
        self.pairs.push((session, model));
        self.conditions.extend(Conditions::of(&self.sessions[session], &self.models[model]));
        self.pairs.len() - 1
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
        let records = self.session_from.records();
        let sizes = records.iter().filter_map(|&(from, index)| Some((from, self.sessions.get(index)?.tank?)));
        let (before, behind): (Vec<_>, Vec<_>) = sizes.partition(|(from, _)| *from <= at);
        before.last().or(behind.first()).map(|(_, size)| *size)
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
