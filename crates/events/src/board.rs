//! The [`Board`]: the whole field at the end of one window.

use crate::{CarInsight, Flag, ModelId, SessionId, Story};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use units::EventTime;

/// The field at the end of one window: what a screen shows at once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Board {
    /// The session.
    pub session: SessionId,
    /// End of the window, exclusive, microseconds UTC.
    pub window_end_us: EventTime,
    /// The flag at the window's end.
    pub flag: Flag,
    /// The leader's lap.
    pub lap: Option<u32>,
    /// Field median of burn per mile over the last N green laps, as miles per US gallon.
    pub field_mpg: Option<f64>,
    /// The model in force.
    #[serde(default)]
    pub model: ModelId,
    /// What forecasts take for granted, a sentence each.
    #[serde(default)]
    pub assumptions: Arc<[String]>,
    /// What is worth telling, what matters most first.
    #[serde(default)]
    pub stories: Vec<Story>,
    /// One insight a car, in order of vehicle id.
    pub cars: Vec<CarInsight>,
}

impl Board {
    /// A board of a session of which nothing is known.
    pub fn of_nothing(session: SessionId, window_end_us: EventTime) -> Self {
        Board {
            session,
            window_end_us,
            flag: Flag::Unknown,
            lap: None,
            field_mpg: None,
            model: ModelId::default(),
            assumptions: Arc::default(),
            stories: Vec::new(),
            cars: Vec::new(),
        }
    }
}
