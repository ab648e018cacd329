//! A car's way through the pit road: what it passes, what it tells the log, what its crew puts in.

use super::{Scene, SimulatedCar, Spot, passed, step_time};
use crate::config::EvidenceMode;
use crate::feed::Feed;
use crate::motion::{Motion, STEP_S, STEP_US};
use crate::pit::{Fill, Service, Visit};
use events::{FuelEvidence, Mode, RaceEventKind, StopPhase};
use units::{EventTime, FuelDensity, Mass, Span, Volume};

/// A retired car's telemetry falls silent after this.
const SILENCE_S: f64 = 20.0;
/// Standard deviations of weighing the cans and of timing the fill. Source: docs/simulator.md §6; the second is
/// a stop watch's.
const CAN_SD_GAL: f64 = 0.15;
const STOP_WATCH_SD_S: f64 = 0.15;
/// Fuel evidence becomes known this long after the car has left its box, s.
const KNOWN_AFTER_S: (f64, f64) = (20.0, 120.0);

impl SimulatedCar {
    pub(super) fn pass_pit_lines(&mut self, before: &Motion, scene: &Scene, feed: &mut Feed) {
        let end = scene.from + Span::from_us(STEP_US);
        let at = |line_m| passed(before, &self.motion, line_m).map(|share| step_time(scene.from, share));
        match self.place {
            Spot::Called(visit) => {
                if let Some(at) = at(visit.in_m) {
                    self.place = Spot::PitRoad(visit);
                    self.pitted_in = if scene.rules.slow { scene.rules.cautions } else { self.pitted_in };
                    self.tell(StopPhase::PitIn, at, feed);
                }
            }
            Spot::PitRoad(visit) if self.is_in_box(visit) => self.stop_in_box(visit, end, scene, feed),
            Spot::Box(visit, mut service) => {
                service.left_s -= STEP_S;
                self.place = Spot::Box(visit, service);
                if service.left_s <= 0.0 {
                    self.leave_box(visit, service, end, scene.evidence, feed);
                }
            }
            Spot::PitExit(visit) => {
                if let Some(at) = at(visit.out_m) {
                    self.place = Spot::Track;
                    self.tell(StopPhase::PitOut, at, feed);
                }
            }
            Spot::Garage(left_s) => self.place = Spot::Garage(left_s - STEP_S),
            Spot::Track | Spot::PitRoad(_) => {}
        }
    }

    fn is_in_box(&self, visit: Visit) -> bool {
        let left_m = visit.box_m - self.motion.distance_m;
        left_m < 3.0 && self.motion.speed_mps < 0.6
    }

    fn stop_in_box(&mut self, visit: Visit, at: EventTime, scene: &Scene, feed: &mut Feed) {
        self.motion.stop();
        self.tell(StopPhase::BoxStop, at, feed);
        if self.motion.distance_m > self.breaks_at_m {
            self.place = Spot::Garage(SILENCE_S);
            feed.event(at, RaceEventKind::Retired { vehicle: self.vehicle });
            self.books.mode(at, Mode::Off);
            return;
        }
        let order = self.wall.orders(&self.tank, self.laps_to_go(scene), scene.rules.slow);
        self.place = Spot::Box(visit, self.crew.serve(at, &self.tank, order, self.dry));
    }

    fn leave_box(
        &mut self,
        visit: Visit,
        service: Service,
        at: EventTime,
        mode: EvidenceMode,
        feed: &mut Feed,
    ) {
        let fill = service.fill(&mut self.tank);
        self.books.stop(service.since, at, service.tank_before_kg, fill.added_kg);
        self.dry = false;
        if service.order.tyres {
            self.driver.new_tyres();
        }
        self.wall.new_stint();
        self.place = Spot::PitExit(visit);
        self.tell(StopPhase::BoxLeave, at, feed);
        let known_at = at + Span::from_secs_f64(self.evidence.between(KNOWN_AFTER_S.0, KNOWN_AFTER_S.1));
        if let Some(evidence) = self.fuel_evidence(at, fill, mode) {
            feed.event(known_at, RaceEventKind::Fuel(evidence));
        }
    }

    fn fuel_evidence(
        &mut self,
        stop_time: EventTime,
        fill: Fill,
        mode: EvidenceMode,
    ) -> Option<FuelEvidence> {
        let nothing = FuelEvidence {
            vehicle: self.vehicle,
            stop_time: Some(stop_time),
            added: None,
            added_sd: None,
            full: None,
            fill_time_s: None,
        };
        match mode {
            EvidenceMode::Gallons => {
                let added_gal = FuelDensity::CUP.volume(Mass::from_kg(fill.added_kg)).us_gallons();
                let weighed_gal = (added_gal + self.evidence.normal(CAN_SD_GAL)).max(0.0);
                Some(FuelEvidence {
                    added: Some(Volume::from_us_gallons(weighed_gal)),
                    added_sd: Some(Volume::from_us_gallons(CAN_SD_GAL)),
                    full: Some(fill.full),
                    ..nothing
                })
            }
            EvidenceMode::FillTime => {
                let timed_s = (fill.fill_time_s + self.evidence.normal(STOP_WATCH_SD_S)).max(0.0);
                Some(FuelEvidence { fill_time_s: Some(timed_s), ..nothing })
            }
            EvidenceMode::None => None,
        }
    }

    fn tell(&self, phase: StopPhase, at: EventTime, feed: &mut Feed) {
        feed.event(at, RaceEventKind::Stop { vehicle: self.vehicle, phase });
    }
}
