//! What is known of the session: conditions, flags, entrants, stops, evidence. The same on every worker, built from race
//! events alone.

mod conditions;
mod conditions_timeline;
mod entrants;
mod evidence;
mod pit_stops;
mod revisions;
mod timeline;

pub use conditions::Conditions;
pub use conditions_timeline::ConditionsTimeline;
pub use entrants::Entrants;
pub use evidence::{FuelUsed, RaceEvidence, StatedEconomy};
pub use pit_stops::{PitStop, PitStops};
pub use revisions::Revisions;
pub use timeline::Timeline;

use events::bounds::GREEN_LAPS_WINDOW;
use events::{EventId, Flag, Model, RaceEvent, RaceEventKind, Session, SessionId, StopPhase, VehicleId};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use units::{EventTime, FuelDensity};

/// The session as race events have stated it. Only [`RaceState::apply`] changes its parts.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RaceState {
    /// What a user may choose about the numbers.
    pub settings: Settings,
    /// Sessions and models, and what follows from them.
    pub conditions: ConditionsTimeline,
    /// The flag of all times.
    pub flags: Timeline<Flag>,
    /// Who takes part.
    pub entrants: Entrants,
    /// Who stopped when.
    pub stops: PitStops,
    /// What is known of fuel beside the telemetry.
    pub evidence: RaceEvidence,
    /// Which event was the last to concern a car.
    pub revisions: Revisions,
}

/// What a user may choose about the numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// How many of the newest clean green laps of a stint make its economy, 1 or more.
    pub green_laps: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Settings { green_laps: GREEN_LAPS_WINDOW }
    }
}

/// What a race event changed for the cars.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// The conditions, from this time on: see [`ConditionsTimeline::since`].
    Conditions {
        /// The first moment that may have others.
        at: EventTime,
    },
    /// The flag timeline, from this time on.
    Flags {
        /// The first moment that may have another.
        at: EventTime,
    },
    /// One car's stop.
    Stop {
        /// The car.
        vehicle: VehicleId,
        /// The car whose it was before a correction, if another's.
        before: Option<VehicleId>,
        /// The event that states it: an earlier one with this id is replaced.
        id: EventId,
        /// When the phase begins.
        at: EventTime,
        /// The phase of the stop.
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
        RaceState {
            settings: Settings { green_laps: settings.green_laps.max(1) },
            conditions: ConditionsTimeline::new(session, model),
            flags: Timeline::default(),
            entrants: Entrants::default(),
            stops: PitStops::default(),
            evidence: RaceEvidence::default(),
            revisions: Revisions::default(),
        }
    }

    /// Takes a race event. One with the id of an earlier one of its kind replaces it. What lies before `settled_to`
    /// keeps its flag and its conditions, whatever an event states of it now.
    pub fn apply(&mut self, event: &RaceEvent, settled_to: EventTime) -> Change {
        self.revisions.count(event);
        let (at, id) = (event.event_time, event.id);
        let conditions = |from: Option<EventTime>| from.map(|at| Change::Conditions { at });
        let change = match &event.kind {
            RaceEventKind::Session(session) => {
                conditions(self.conditions.apply_session(session, id, at, settled_to))
            }
            RaceEventKind::Model(model) => conditions(self.conditions.apply_model(model, id, at, settled_to)),
            RaceEventKind::Flag { flag } => {
                Some(Change::Flags { at: self.flags.put(id, at, *flag, settled_to) })
            }
            &RaceEventKind::Stop { vehicle, phase } => {
                let before = self.stops.apply(vehicle, id, at, phase);
                Some(Change::Stop { vehicle, before, id, at, phase })
            }
            RaceEventKind::Roster { cars } => {
                self.entrants.apply_roster(id, at, cars);
                None
            }
            &RaceEventKind::Retired { vehicle } => {
                self.entrants.retire(vehicle, at);
                None
            }
            kind => {
                if self.evidence.apply(id, at, kind) {
                    self.revisions.touch_all(); // it may have concerned another car before
                }
                None
            }
        };
        change.unwrap_or(Change::Nothing)
    }

    /// Computes what a checkpoint leaves out.
    pub fn restore(&mut self) {
        self.conditions.restore();
    }

    /// The newest session record, by event time.
    pub fn session(&self) -> Option<&Session> {
        self.conditions.session()
    }

    /// Density of the fuel.
    pub fn fuel_density(&self) -> FuelDensity {
        self.conditions.fuel_density()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use events::RosterEntry;
    use units::Volume;

    const NOTHING_SETTLED: EventTime = EventTime::from_us(i64::MIN);

    fn state() -> RaceState {
        RaceState::new(SessionId::new("test").unwrap(), Settings::default())
    }
    fn after(events: impl IntoIterator<Item = (i64, u64, RaceEventKind)>) -> RaceState {
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
    fn a_tank_has_the_size_of_the_newest_record_before() {
        let state = after([(100, 1, tank(20.0)), (500, 2, tank(18.0)), (500, 3, tank(17.0))]);
        let corrected = after([(100, 1, tank(20.0)), (500, 2, tank(18.0)), (700, 2, tank(17.5))]);
        for (state, ms, gallons) in [
            (&state, 0, 20.0),
            (&state, 499, 20.0),
            (&state, 500, 17.0),
            (&corrected, 600, 20.0),
            (&corrected, 700, 17.5),
        ] {
            let size = state.conditions.tank(EventTime::from_ms(ms)).unwrap().us_gallons();
            assert!((size - gallons).abs() < 1e-9, "at {ms} ms: {size} gal, expected {gallons}");
        }
    }

    #[test]
    fn rosters_add_up_and_a_correction_replaces_one() {
        let known = |state: &RaceState, name| state.entrants.knows(VehicleId::new(name).unwrap());
        assert!(known(&state(), "9"), "without a roster every car takes part");
        let two =
            after([(0, 1, roster(&[("24", "Ash")])), (100, 2, roster(&[("24", "Birch"), ("9", "Oak")]))]);
        assert_eq!([known(&two, "24"), known(&two, "9"), known(&two, "5")], [true, true, false]);
        assert_eq!(two.entrants.entry(VehicleId::new("24").unwrap()).unwrap().driver, "Birch");
        let corrected =
            after([(0, 1, roster(&[("24", "Ash"), ("99", "Elm")])), (0, 1, roster(&[("24", "Ash")]))]);
        assert_eq!([known(&corrected, "24"), known(&corrected, "99")], [true, false]);
    }
}
