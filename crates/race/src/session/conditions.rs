//! What the fold needs of a session and a model that are in force together.

use events::{Model, Session, Signal};
use fuel::{Cell, Engine, RateTable, Rates, air};
use std::sync::Arc;

/// What the fold needs of a [`Session`], computed once.
#[derive(Clone, Debug)]
pub struct Conditions {
    /// The rate law of the engine package on the knots, with what the model has learned of it.
    pub table: Arc<RateTable>,
    /// What the model says of this engine, car by car.
    pub rates: Arc<Rates>,
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
    /// `None` where no rate law follows: an engine or air that cannot be. Others by this model are `like` these if their
    /// engine is the same: then tables are computed once.
    pub(crate) fn of(session: &Session, model: &Arc<Model>, like: Option<&Conditions>) -> Option<Conditions> {
        let engine = Engine::of(session);
        let (table, rates) = match like.filter(|like| like.engine == engine) {
            Some(like) => (like.table.clone(), like.rates.clone()),
            None => {
                let rates = Rates::new(model, &engine).ok()?;
                (Arc::new(rates.table().clone()), Arc::new(rates))
            }
        };
        Some(Conditions {
            table,
            rates,
            engine,
            density_ratio: session.air.as_ref().and_then(air::density_ratio).unwrap_or(1.0),
            track_length_m: session.track_length_m.filter(|m| m.is_finite() && *m > 0.0),
            stages: session.stages.clone().into(),
        })
    }

    /// The flow at a throttle and an engine speed, both in steps of their signals, g/s. An engine that is off burns
    /// nothing.
    pub fn rate_g_s(&self, throttle_steps: i32, rpm_steps: i32) -> f64 {
        self.rate_g_s_at(&self.cell(throttle_steps, rpm_steps), rpm_steps)
    }

    /// The same, where its place between the knots is known.
    pub fn rate_g_s_at(&self, cell: &Cell, rpm_steps: i32) -> f64 {
        if rpm_steps <= 0 { 0.0 } else { self.table.rate_g_s(cell) * self.density_ratio }
    }

    /// Where a throttle and an engine speed, both in steps of their signals, lie between the knots.
    pub fn cell(&self, throttle_steps: i32, rpm_steps: i32) -> Cell {
        let theta = f64::from(throttle_steps) / Signal::Throttle.steps_per_unit();
        let rpm = self.engine.normalised_rpm(f64::from(rpm_steps) / Signal::Rpm.steps_per_unit());
        Cell::locate(theta, rpm)
    }
}
