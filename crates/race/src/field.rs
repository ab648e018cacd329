//! The session: every car's fold of one window, in order of vehicle id, held against the field.
//!
//! - `window`: what the insights of one window share. `car`: what is kept of a car; its parts: `tank_account`, `answers`
//!   (of somebody's own model), `economy`, `forecast`, `trust`, and `laps` at the scale of their car.
//! - `compare`: the numbers by which cars are compared. `detect`: how each is driven against them. `stories`: what of all
//!   that is worth a sentence. `unlisted`: cars that no roster names.

mod answers;
mod car;
mod compare;
mod detect;
mod economy;
mod forecast;
mod laps;
mod stories;
mod tank_account;
mod trust;
mod unlisted;
mod window;

pub use laps::lap_summary;

use crate::car::{CarFold, Segment};
use crate::scale::Scales;
use crate::session::RaceState;
use car::FieldCar;
use compare::FieldBurn;
use detect::Detect;
use events::{Answer, Board, CarInsight, LapSummary, SessionId, VehicleId};
use forecast::WrittenAssumptions;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use stories::Stories;
use units::EventTime;
use unlisted::Unlisted;
use window::{FieldWindow, Leader};

/// The state of the session's field. It changes only when a window closes.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Field {
    cars: BTreeMap<VehicleId, FieldCar>,
    /// What stops have taught.
    scales: Scales,
    unlisted: Unlisted,
    detect: Detect,
    stories: Stories,
    #[serde(skip)]
    burn: FieldBurn,
    #[serde(skip)]
    assumptions: WrittenAssumptions,
}

impl Field {
    /// Takes segments of the cars' ways, of each car in order of time.
    pub fn file(&mut self, segments: &[(VehicleId, Box<Segment>)]) {
        for (vehicle, segment) in segments {
            self.scales.file(*vehicle, segment);
        }
    }

    /// Takes what somebody's own model answered.
    pub fn answer(&mut self, answer: &Answer) {
        for rate in &answer.rates {
            if let Some(car) = self.cars.get_mut(&rate.vehicle) {
                car.answers.take(answer, rate);
            }
        }
    }

    /// Closes a window: one insight a car, those silent for good included as they were last. A car that no roster names,
    /// though there has been one, is followed, but has no insight and no part in the field.
    pub fn fold(&mut self, end: EventTime, folds: Vec<CarFold>, race: &RaceState) -> Option<Board> {
        let session = race.session()?.session;
        self.follow(session, end, &folds, race);
        let folds = self.scaled(folds);
        let taking_part = &folds[..folds.partition_point(|fold| !self.unlisted.contains(fold.vehicle))];
        self.burn.follow(taking_part);
        self.detect.follow(end, taking_part, race);
        let window = FieldWindow {
            race,
            session,
            end,
            flag: race.flags.before(end),
            model: race.conditions.model(end).map(|model| model.name).unwrap_or_default(),
            detect: &self.detect,
            field_kg_m: self.burn.field_kg_m,
            leader: Leader::of(taking_part.iter()),
        };
        for car in self.cars.values_mut() {
            car.grow_old(&window);
        }
        for fold in &folds {
            if let Some(car) = self.cars.get_mut(&fold.vehicle) {
                car.fold(fold, &window);
            }
        }
        let listed = self.cars.iter().filter(|(vehicle, _)| !self.unlisted.contains(**vehicle));
        let mut cars: Vec<CarInsight> = listed.map(|(_, car)| car.last.clone()).collect();
        number_positions(&mut cars);
        Some(Board {
            session,
            window_end_us: end,
            flag: window.flag,
            lap: cars.iter().filter_map(|car| car.track.lap).max(),
            field_mpg: window.field_kg_m.and_then(|kg_m| window.mpg_at(kg_m)),
            model: window.model,
            assumptions: self.assumptions.of(&window),
            stories: self.stories.follow(end, &cars),
            cars,
        })
    }

    /// Finds who is there, and learns what stops teach of them.
    fn follow(&mut self, session: SessionId, end: EventTime, folds: &[CarFold], race: &RaceState) {
        self.unlisted.follow(self.cars.keys().copied(), race);
        for fold in folds {
            self.cars.entry(fold.vehicle).or_insert_with(|| {
                self.unlisted.join(fold.vehicle, race);
                FieldCar::new(session, fold.vehicle, end)
            });
        }
        let listed = self.cars.keys().copied().filter(|vehicle| !self.unlisted.contains(*vehicle));
        self.scales.learn(end, listed, race);
    }

    /// Every fold at the scale of its car: the cars that take part first, each kind in order of vehicle.
    fn scaled(&mut self, mut folds: Vec<CarFold>) -> Vec<CarFold> {
        folds.sort_unstable_by_key(|fold| (self.unlisted.contains(fold.vehicle), fold.vehicle));
        let scaled = folds.into_iter().filter_map(|fold| {
            let scale = self.scales.of(fold.vehicle);
            Some(self.cars.get_mut(&fold.vehicle)?.scaled(fold, scale))
        });
        scaled.collect()
    }

    /// The cars that are followed, and that no roster names.
    pub fn unlisted(&self) -> &BTreeSet<VehicleId> {
        self.unlisted.cars()
    }

    /// The laps that may be given out now, in order of vehicle and time: of `laps`, which have become final, and of those
    /// of cars that were unlisted before, the ones whose car takes part. Each at the scale that is known of its car by now.
    pub fn release(&mut self, laps: Vec<LapSummary>, race: &RaceState) -> Vec<LapSummary> {
        let mut released = self.unlisted.release(laps, race);
        for lap in &mut released {
            if let Some(scale) = self.scales.of(lap.vehicle_id) {
                laps::scale(lap, &scale);
            }
        }
        released
    }
}

/// Running order by lap, then by distance on it, then by vehicle id.
fn number_positions(cars: &mut [CarInsight]) {
    let mut order: Vec<usize> = (0..cars.len()).filter(|&i| cars[i].track.lap.is_some()).collect();
    order.sort_by(|&a, &b| {
        let ahead = |i: usize| (cars[i].track.lap, cars[i].track.lap_distance.unwrap_or(0.0));
        let ((lap_a, at_a), (lap_b, at_b)) = (ahead(a), ahead(b));
        lap_b.cmp(&lap_a).then(at_b.total_cmp(&at_a))
    });
    for (position, index) in (1..).zip(order) {
        cars[index].track.position = Some(position);
    }
}
