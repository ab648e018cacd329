//! The session: every car's fold of one window, in order of vehicle id, held against the field.

mod answers;
mod car;
mod compare;
mod detect;
mod forecast;
mod laps;
mod stories;
mod window;

pub use laps::lap_summary;

use crate::car::CarFold;
use crate::car::ClosedLap;
use crate::car::Segment;
use crate::scale::Scales;
use crate::session::RaceState;
use car::FieldCar;
use compare::{burn_kg_m, median};
use detect::Detect;
use events::bounds::{FIELD_MIN, GREEN_LAPS_MIN};
use events::{Answer, Board, CarInsight, Flag, LapSummary, SessionId, VehicleId};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use stories::Stories;
use units::{EventTime, Mass, miles_per_gallon};
use window::Window;

/// The state of the session's field. It changes only when a window closes.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Field {
    cars: BTreeMap<VehicleId, FieldCar>,
    /// What stops have taught.
    scales: Scales,
    /// Cars that are followed but not told, by the race as it was at this revision: no roster names them.
    held: BTreeSet<VehicleId>,
    held_for: u64,
    /// Their laps.
    held_laps: BTreeMap<VehicleId, Vec<LapSummary>>,
    detect: Detect,
    stories: Stories,
    #[serde(skip)]
    judged: Judged,
    /// What forecasts take for granted, and under which flag and revision of the race that was written.
    #[serde(skip)]
    assumed: (Option<(Flag, u64)>, Arc<[String]>),
}

/// What the field's clean laps come to. They change once a lap, windows close every second.
#[derive(Clone, Debug, Default)]
struct Judged {
    of: Vec<Arc<[ClosedLap]>>,
    field_kg_m: Option<f64>,
}

impl Judged {
    fn follow(&mut self, folds: &[CarFold]) {
        let same = |(laps, fold): (&Arc<_>, &CarFold)| Arc::ptr_eq(laps, &fold.clean_laps);
        if self.of.len() == folds.len() && self.of.iter().zip(folds).all(same) {
            return;
        }
        let enough = folds.iter().filter(|fold| fold.clean_laps.len() >= GREEN_LAPS_MIN);
        let burns: Vec<f64> = enough.filter_map(|fold| burn_kg_m(fold.clean_laps.iter())).collect();
        *self = Judged {
            of: folds.iter().map(|fold| fold.clean_laps.clone()).collect(),
            field_kg_m: (burns.len() >= FIELD_MIN).then(|| median(burns.into_iter())).flatten(),
        };
    }
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
                car.answered.hear(answer, rate);
            }
        }
    }

    /// Closes a window: one insight a car, those silent for good included as they were last. A car that no roster names,
    /// though there has been one, is followed but not told, and no part of the field.
    pub fn fold(&mut self, end: EventTime, mut folds: Vec<CarFold>, race: &RaceState) -> Option<Board> {
        let session = race.session()?.session;
        self.follow(session, end, &folds, race);
        let Field { cars, scales, held, detect, stories, judged, assumed, .. } = self;
        folds.sort_unstable_by_key(|fold| (held.contains(&fold.vehicle), fold.vehicle));
        let folds: Vec<CarFold> = folds
            .into_iter()
            .filter_map(|fold| {
                let scale = scales.of(fold.vehicle);
                Some(cars.get_mut(&fold.vehicle)?.scaled(fold, scale))
            })
            .collect();
        let taking_part = &folds[..folds.partition_point(|fold| !held.contains(&fold.vehicle))];
        judged.follow(taking_part);
        detect.follow(end, taking_part, race);
        let window = Window {
            race,
            session,
            end,
            flag: race.flags.before(end),
            model: race.conditions.model(end).map(|model| model.name).unwrap_or_default(),
            detect,
            field_kg_m: judged.field_kg_m,
            leader: window::leader(&folds, held),
        };
        for car in cars.values_mut() {
            car.grow_old(&window);
        }
        for fold in &folds {
            if let Some(car) = cars.get_mut(&fold.vehicle) {
                car.fold(fold, &window);
            }
        }
        let assumed_for = Some((window.flag, race.revisions.newest()));
        if assumed.0 != assumed_for {
            *assumed = (assumed_for, window.assumptions().into());
        }
        let told = cars.iter().filter(|(vehicle, _)| !held.contains(vehicle));
        let mut cars: Vec<CarInsight> = told.map(|(_, car)| car.last.clone()).collect();
        number_positions(&mut cars);
        Some(Board {
            session,
            window_end_us: end,
            flag: window.flag,
            lap: cars.iter().filter_map(|car| car.track.lap).max(),
            field_mpg: window
                .field_kg_m
                .and_then(|kg_m| miles_per_gallon(1.0, window.volume(Mass::from_kg(kg_m)))),
            model: window.model,
            assumptions: assumed.1.clone(),
            stories: stories.follow(end, &cars),
            cars,
        })
    }

    /// Finds who is there, and learns what stops teach of them.
    fn follow(&mut self, session: SessionId, end: EventTime, folds: &[CarFold], race: &RaceState) {
        let Field { cars, scales, held, held_for, .. } = self;
        if *held_for != race.revisions.newest() {
            *held_for = race.revisions.newest();
            *held = cars.keys().copied().filter(|vehicle| !race.entrants.knows(*vehicle)).collect();
        }
        for fold in folds {
            cars.entry(fold.vehicle).or_insert_with(|| {
                held.extend((!race.entrants.knows(fold.vehicle)).then_some(fold.vehicle));
                FieldCar::new(session, fold.vehicle, end)
            });
        }
        scales.learn(end, cars.keys().copied().filter(|vehicle| !held.contains(vehicle)), race);
    }

    /// The cars that are followed but not told: no roster names them.
    pub fn held(&self) -> &BTreeSet<VehicleId> {
        &self.held
    }

    /// The laps that may be told now, in order of vehicle and time: of `laps`, which have become final, and of those held
    /// before, the ones whose car takes part. Each at the scale that is known of its car by now.
    pub fn tell(&mut self, laps: Vec<LapSummary>, race: &RaceState) -> Vec<LapSummary> {
        let (mut told, held): (Vec<_>, Vec<_>) =
            laps.into_iter().partition(|lap| race.entrants.knows(lap.vehicle_id));
        for lap in held {
            self.held_laps.entry(lap.vehicle_id).or_default().push(lap);
        }
        self.held_laps.retain(|vehicle, laps| {
            let is_known = race.entrants.knows(*vehicle);
            if is_known {
                told.append(laps);
            }
            !is_known
        });
        told.sort_by_key(|lap| (lap.vehicle_id, lap.from_us));
        for lap in &mut told {
            if let Some(scale) = self.scales.of(lap.vehicle_id) {
                laps::scale(lap, &scale);
            }
        }
        told
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
