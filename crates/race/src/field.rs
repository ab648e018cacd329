//! The session: every car's fold of one window, in order of vehicle id, held against the field.
//!
//! - `window`: what the insights of one window share. `cars`: who is there; `car`: what is kept of a car; its parts:
//!   `tank_account`, `answers` (of somebody's own model), `economy`, `forecast`, `trust`, and `laps` at the scale of their
//!   car.
//! - `compare`: the numbers by which cars are compared. `detect`: how each is driven against them. `stories`: what of all
//!   that is worth a sentence. `unlisted`: cars that no roster names.

mod answers;
mod car;
mod cars;
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
use crate::scale::{Scales, TankSize};
use crate::session::RaceState;
use car::FieldCar;
use cars::FieldCars;
use detect::Detect;
use events::{Answer, Board, CarInsight, LapSummary, SessionId, VehicleId};
use forecast::WrittenAssumptions;
use fuel::forecast::Assumptions;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use stories::Stories;
use units::EventTime;
use unlisted::Unlisted;
use window::{FieldWindow, Leader};

/// The state of the session's field. It changes only when a window closes.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Field {
    cars: FieldCars,
    /// What stops have taught.
    scales: Scales,
    unlisted: Unlisted,
    detect: Detect,
    stories: Stories,
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
            if let Some(car) = self.cars.get_mut(rate.vehicle) {
                car.answers.take(answer, rate);
            }
        }
    }

    /// Closes a window: one insight a car, those silent for good included as they were last. A car that no roster names,
    /// though there has been one, is followed, but has no insight and no part in the field. Folds come in any order.
    pub fn fold(&mut self, end: EventTime, folds: Vec<Box<CarFold>>, race: &RaceState) -> Option<Board> {
        let session = race.session()?.session;
        self.follow(session, end, &folds, race);
        let folds = self.cars.lay(folds);
        let takes_part = |car: &FieldCar| !self.unlisted.contains(car.vehicle());
        let of_field = self.cars.all().iter().zip(&folds).filter(|(car, _)| takes_part(car));
        let of_field = of_field.filter_map(|(car, fold)| Some((car, fold.as_deref()?)));
        let field_kg_m =
            compare::field_kg_m(of_field.clone().filter_map(|(car, _)| car.clean.comparable_kg_m()));
        let taking_part: Vec<&CarFold> = of_field.map(|(_, fold)| fold).collect();
        let window = FieldWindow {
            race,
            session,
            end,
            flag: race.flags.before(end),
            model: race.conditions.model(end).map(|model| model.name).unwrap_or_default(),
            detect: self.detect.follow(end, &taking_part, race),
            field_kg_m,
            leader: Leader::of(taking_part.iter().copied()),
            density: race.fuel_density(),
            tank: TankSize::at(end, race).gal(),
            taken_for_granted: &Assumptions::default(),
        };
        let mut cars = insights(self.cars.all_mut(), &self.unlisted, &folds, &window);
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
    fn follow(&mut self, session: SessionId, end: EventTime, folds: &[Box<CarFold>], race: &RaceState) {
        let has_event = self.unlisted.follow(self.cars.all().iter().map(FieldCar::vehicle), race);
        let joined = self.cars.join(folds, |vehicle| {
            self.unlisted.join(vehicle, race);
            FieldCar::new(session, vehicle, end)
        });
        if has_event || !joined.is_empty() {
            self.cars.all_mut().iter_mut().for_each(|car| car.revision = race.revisions.of(car.vehicle()));
        }
        // an event may name any car in a roster; without one, none but a new one is new to the scales
        let candidates =
            if has_event { self.cars.all().iter().map(FieldCar::vehicle).collect() } else { joined };
        let listed = candidates.into_iter().filter(|vehicle| !self.unlisted.contains(*vehicle));
        if self.scales.learn(end, listed, race) {
            self.cars.all_mut().iter_mut().for_each(|car| car.scale = self.scales.of(car.vehicle()));
        }
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

/// The insights of a window, of the cars that take part; `folds` lies beside `cars`.
fn insights(
    cars: &mut [FieldCar],
    unlisted: &Unlisted,
    folds: &[Option<Box<CarFold>>],
    window: &FieldWindow,
) -> Vec<CarInsight> {
    let mut places = window.detect.places.iter().copied();
    let mut insights = Vec::with_capacity(folds.len());
    for (car, fold) in cars.iter_mut().zip(folds) {
        let takes_part = !unlisted.contains(car.vehicle());
        if let Some(fold) = fold.as_ref().filter(|_| takes_part) {
            car.detect.follow(fold, places.next().flatten(), &window.detect);
        }
        let insight = match fold {
            Some(fold) => car.fold(fold, window),
            None => car.grow_old(window),
        };
        if takes_part {
            insights.push(insight);
        }
    }
    insights
}

/// Running order by lap, then by distance on it, then by vehicle id.
fn number_positions(cars: &mut [CarInsight]) {
    let ahead = |(index, car): (usize, &CarInsight)| {
        Some((car.track.lap?, car.track.lap_distance.unwrap_or(0.0), index))
    };
    let mut order = Vec::with_capacity(cars.len());
    order.extend(cars.iter().enumerate().filter_map(ahead));
    order.sort_unstable_by(|(lap_a, at_a, a), (lap_b, at_b, b)| {
        lap_b.cmp(lap_a).then_with(|| at_b.total_cmp(at_a)).then_with(|| a.cmp(b))
    });
    for (position, (.., index)) in (1..).zip(order) {
        cars[index].track.position = Some(position);
    }
}
