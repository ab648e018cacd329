//! What each driver does, held against the field: traffic, signs, mode. docs/fuel-model.md §7.
//!
//! [`Detect`] is the part of the field that remembers: places and holds change with every window, what a driver is
//! judged by once a lap.
//!
//! - `corners`, `means`: where the field slows, and what some laps of one car come to. `reference`: both over the field.
//! - `technique`: one lap against that; `say`: the same in words. `traffic`, `road`: who is ahead, and for how long.
//! - `judge`: what a driver does, by all of these; `save`: how much he saves against his own first laps.

mod corners;
mod judge;
mod means;
mod reference;
mod road;
mod save;
mod say;
mod technique;
mod track;
mod traffic;

use crate::car::CarFold;
use crate::driver::Debounced;
use crate::session::RaceState;
use events::{ActiveSign, DrivingStyle, Sign};
use judge::Judge;
use reference::Reference;
use serde::{Deserialize, Serialize};
use track::TrackShape;
use traffic::TrafficPlace;
use units::{EventTime, Span};

/// The field's reference is taken anew this often; it changes by the lap.
const REFERENCE_EVERY: Span = Span::from_secs(30);
/// Places must agree for this long, and disagree for that. Source: docs/fuel-model.md §7.
const PLACE_ON: Span = Span::from_secs(1);
const PLACE_OFF: Span = Span::from_ms(400);

/// An engine whose newest sample is older than this shows nothing of now.
const SAMPLE_AGE_MAX: Span = Span::from_secs(1);

/// What the detectors remember of the field.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Detect {
    reference: Option<Reference>,
    taken: Option<EventTime>,
}

/// What they remember of a car.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct CarDetect {
    drafting: Debounced,
    pack: Debounced,
    push: Debounced,
    lead: Debounced,
    place: Option<TrafficPlace>,
    judge: Judge,
}

/// What the drivers of one window are held against.
pub(super) struct DetectWindow<'a> {
    end: EventTime,
    reference: Option<&'a Reference>,
    lap: Option<TrackShape>,
    /// Of each car that takes part, in the order of their folds; empty while nobody races.
    pub places: Vec<Option<TrafficPlace>>,
}

impl Detect {
    /// Takes the folds of a window, of the cars that take part.
    pub fn follow(&mut self, end: EventTime, folds: &[&CarFold], race: &RaceState) -> DetectWindow<'_> {
        if self.taken.is_none_or(|taken| end - taken >= REFERENCE_EVERY) {
            self.taken = Some(end);
            self.reference = Reference::of(folds);
        }
        let lap = TrackShape::of(race);
        let racing = race.flags.before(end).is_racing();
        let places = lap.filter(|_| racing).map(|lap| traffic::places(end, folds, lap)).unwrap_or_default();
        DetectWindow { end, reference: self.reference.as_ref(), lap, places }
    }
}

impl CarDetect {
    /// Takes the car's fold of a window, and its place among the others; `None`: not racing, or silent.
    pub fn follow(&mut self, fold: &CarFold, place: Option<TrafficPlace>, window: &DetectWindow) {
        self.see(window.end, place);
        self.judge.see(fold, self.place.as_ref(), window.reference, window.lap);
    }

    /// How the car is driven, once it has been followed.
    pub fn style(&self, fold: &CarFold) -> DrivingStyle {
        DrivingStyle { signs: self.signs(fold), ..self.judge.style() }
    }

    fn see(&mut self, end: EventTime, place: Option<TrafficPlace>) {
        let met = |is: fn(&TrafficPlace) -> bool| place.as_ref().is_some_and(is);
        for (hold, met) in [
            (&mut self.drafting, met(|place| place.drafts)),
            (&mut self.pack, met(|place| place.pack > 0)),
            (&mut self.push, met(|place| place.pushes)),
            (&mut self.lead, met(|place| place.leads)),
        ] {
            hold.see(end, met, PLACE_ON, PLACE_OFF);
        }
        self.place = place;
    }

    fn signs(&self, fold: &CarFold) -> Vec<ActiveSign> {
        let gap_s = self.place.as_ref().and_then(|place| place.gap_s);
        let is_fresh = fold.age <= SAMPLE_AGE_MAX;
        let pack = self.place.as_ref().map(|place| place.pack as f64).filter(|pack| *pack > 0.0);
        let of_place = [
            (Sign::Drafting, self.drafting.since(), gap_s),
            (Sign::Pack, self.pack.since(), pack),
            (Sign::TandemPush, self.push.since(), gap_s),
            (Sign::LeadOfLine, self.lead.since(), None),
            (Sign::EngineBraking, fold.engine.braking_since(), None),
            (Sign::EngineOff, fold.engine.off_since(), None),
            (Sign::ClutchIn, fold.engine.clutch_since(), None),
        ];
        let seen = |(sign, since, amount): (Sign, Option<EventTime>, Option<f64>)| {
            since.map(|since_us| ActiveSign { sign, since_us, amount })
        };
        let of_now =
            of_place.into_iter().filter(|(sign, ..)| is_fresh || !sign.is_of_engine()).filter_map(seen);
        of_now.chain(self.judge.signs()).collect()
    }
}
