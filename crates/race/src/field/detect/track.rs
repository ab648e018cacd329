//! The track that all cars of a session drive on.

use crate::session::RaceState;

/// Engines of no more power, hp, are those of superspeedways, where cars race in packs. Source: docs/fuel-model.md §7.
const PACKS_HP: f64 = 600.0;

/// What the track is to a driver.
#[derive(Clone, Copy, Debug)]
pub struct TrackShape {
    /// Its length, metres.
    pub length_m: f64,
    /// Whether in the tow the throttle is closed as far as the car ahead asks: a superspeedway.
    pub in_packs: bool,
}

impl TrackShape {
    /// By the newest conditions; `None` where the length of a lap is unknown.
    pub fn of(race: &RaceState) -> Option<TrackShape> {
        let conditions = race.conditions.get(race.conditions.newest())?;
        let in_packs = conditions.engine.package_hp.is_some_and(|hp| hp <= PACKS_HP);
        conditions.track_length_m.map(|length_m| TrackShape { length_m, in_packs })
    }
}
