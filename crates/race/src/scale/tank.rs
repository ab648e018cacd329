//! What is in the tank: a level at the last anchor, less what was burned since. Rules: docs/fuel-model.md §4.

use super::stop_facts::{StopFacts, added};
use crate::car::scaled;
use crate::session::{PitStop, RaceState};
use events::{FuelEvidence, VehicleId};
use fuel::fill_to_fill::{Added, Tank};
use fuel::prior;
use serde::{Deserialize, Serialize};
use units::{EventTime, FuelDensity, FuelMicrograms, Mass, Volume};

/// A tank that holds less than this many gallons below none contradicts the numbers it was computed from.
/// Source: docs/fuel-model.md §4.
const CONFLICT_GAL: f64 = 0.3;
/// By how much the scale's standard deviation grows then. Source: likewise.
const CONFLICT_WIDENS: f64 = 2.0;

/// What a car had burned in all when it stopped in its box.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AtStop {
    /// Fuel burned.
    pub burned: FuelMicrograms,
    /// Its variance by imputation, g².
    pub gap_var_g2: f64,
}

impl AtStop {
    /// The same at another scale.
    pub(crate) fn scaled(&self, factor: f64) -> AtStop {
        AtStop { burned: scaled(self.burned, factor), gap_var_g2: self.gap_var_g2 * factor * factor }
    }
}

/// The level at the last stop (or the start), and what was burned between the last anchor and that stop.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct AnchoredLevel {
    mean_kg: f64,
    /// Variance that does not come from the scale of burn.
    var_kg2: f64,
    /// Burned between the last full tank and this level: it carries the error of the scale.
    since_anchor_kg: f64,
    /// A mean below this contradicts itself, kg.
    least_kg: f64,
    /// It has, since the last full tank.
    is_in_conflict: bool,
}

/// What is in the tank now.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Remaining {
    /// Mean, kg; not below zero.
    pub mean_kg: f64,
    /// Standard deviation, kg.
    pub sd_kg: f64,
    /// Variance without the scale's share, kg².
    pub var_level_kg2: f64,
    /// Burned since the last anchor, kg: the scale's error acts on it.
    pub since_anchor_kg: f64,
    /// Relative standard deviation of the scale.
    pub scale_sd: f64,
    /// More was burned than the tank can have held.
    pub is_in_conflict: bool,
}

impl AnchoredLevel {
    /// Walks the stops of a car in order. Fuel is in once it has left its box: while it is `in_box`, nothing of its last
    /// stop counts.
    pub fn walk(vehicle: VehicleId, at_stops: &[AtStop], in_box: bool, race: &RaceState) -> AnchoredLevel {
        let mut level = TankSize::at(EventTime::from_us(i64::MIN), race).start();
        let facts = StopFacts::of(vehicle, race);
        let mut before = AtStop::default();
        for (number, at_stop) in at_stops.iter().enumerate() {
            level.arrive((at_stop.burned - before.burned).mass(), at_stop.gap_var_g2 - before.gap_var_g2);
            before = *at_stop;
            let Some(stop) = facts.get(number) else { continue };
            let tank = TankSize::at(stop.times.box_stop, race);
            if stop.ran_out.is_some() {
                level = tank.dry();
            }
            if in_box && number + 1 == at_stops.len() {
                break;
            }
            if stop.evidence.is_empty() {
                tank.guess(&mut level, &stop.times);
            }
            stop.evidence.iter().for_each(|(_, evidence)| tank.learn(&mut level, evidence));
        }
        level
    }

    /// What was there at the last anchor, with all that was added since.
    pub fn anchored_kg(&self) -> f64 {
        self.mean_kg + self.since_anchor_kg
    }

    /// Its standard deviation, the scale of burn apart.
    pub fn sd_kg(&self) -> f64 {
        self.var_kg2.sqrt()
    }

    fn burn(&mut self, burned: Mass) {
        self.mean_kg -= burned.kg();
        self.since_anchor_kg += burned.kg();
    }

    /// At a stop, after burning `burned` more. A tank cannot hold less than nothing: what it does by these numbers is
    /// their error.
    fn arrive(&mut self, burned: Mass, gap_var_g2: f64) {
        self.burn(burned);
        self.var_kg2 += gap_var_g2 * 1e-6;
        self.is_in_conflict |= self.mean_kg < self.least_kg;
        let missing_kg = self.mean_kg.min(0.0);
        self.mean_kg -= missing_kg;
        self.var_kg2 += missing_kg * missing_kg;
    }

    /// What is left after burning `burned` more, of which `gap_var_kg2` is the variance by imputation, if the scale of
    /// burn is uncertain by `scale_sd` (relative).
    pub fn after(&self, burned: Mass, gap_var_kg2: f64, scale_sd: f64) -> Remaining {
        let mut now = *self;
        now.burn(burned);
        let is_in_conflict = now.is_in_conflict || now.mean_kg < now.least_kg;
        let scale_sd = if is_in_conflict { scale_sd * CONFLICT_WIDENS } else { scale_sd };
        let by_scale_kg = now.since_anchor_kg * scale_sd;
        let var_level_kg2 = now.var_kg2 + gap_var_kg2;
        Remaining {
            mean_kg: now.mean_kg.max(0.0),
            sd_kg: (var_level_kg2 + by_scale_kg * by_scale_kg).sqrt(),
            var_level_kg2,
            since_anchor_kg: now.since_anchor_kg,
            scale_sd,
            is_in_conflict,
        }
    }
}

/// The car's tank, in kg.
pub(crate) struct TankSize {
    gal: Tank,
    capacity_kg: f64,
    capacity_var_kg2: f64,
    density: FuelDensity,
}

impl TankSize {
    /// As a session record has it, or as it is believed to be.
    pub fn at(at: EventTime, race: &RaceState) -> TankSize {
        let density = race.fuel_density();
        let gal = match race.conditions.tank(at) {
            Some(known) => Tank { size_gal: known.us_gallons(), size_sd_gal: 0.0, ..Tank::CUP },
            None => Tank::CUP,
        };
        let kg = |gallons| density.mass(Volume::from_us_gallons(gallons)).kg();
        let sd_kg = kg(gal.size_sd_gal);
        TankSize { gal, capacity_kg: kg(gal.size_gal), capacity_var_kg2: sd_kg * sd_kg, density }
    }

    /// In gallons.
    pub fn gal(&self) -> Tank {
        self.gal
    }

    fn kg(&self, gallons: f64) -> f64 {
        self.density.mass(Volume::from_us_gallons(gallons)).kg()
    }

    fn full(&self, sd_gal: f64) -> AnchoredLevel {
        let sd_kg = self.kg(sd_gal);
        AnchoredLevel {
            mean_kg: self.capacity_kg,
            var_kg2: sd_kg * sd_kg + self.capacity_var_kg2,
            since_anchor_kg: 0.0,
            least_kg: -self.kg(CONFLICT_GAL),
            is_in_conflict: false,
        }
    }

    fn start(&self) -> AnchoredLevel {
        self.full(prior::START_SD_GAL)
    }

    fn add(&self, level: &mut AnchoredLevel, added_kg: f64, sd_kg: f64) {
        level.mean_kg = (level.mean_kg + added_kg).min(self.capacity_kg);
        level.var_kg2 += sd_kg * sd_kg;
    }

    /// Takes what became known. A full tank is an anchor; anything else is added to the level.
    fn learn(&self, level: &mut AnchoredLevel, evidence: &FuelEvidence) {
        if evidence.full == Some(true) {
            *level = self.full(prior::FULL_SD_GAL);
        } else if let Some(Added { gal, sd_gal }) = added(evidence) {
            self.add(level, self.kg(gal), self.kg(sd_gal));
        }
    }

    /// Run dry: only the reserve is left.
    fn dry(&self) -> AnchoredLevel {
        let sd_kg = self.kg(self.gal.reserve_sd_gal);
        AnchoredLevel { mean_kg: self.kg(self.gal.reserve_gal), var_kg2: sd_kg * sd_kg, ..self.full(0.0) }
    }

    /// Nothing is known but the time in the box, or not even that.
    fn guess(&self, level: &mut AnchoredLevel, stop: &PitStop) {
        let Some(in_box) = stop.in_box() else {
            let room_kg = (self.capacity_kg - level.mean_kg).max(0.0);
            // anything from nothing to full: the mean and the spread of a uniform distribution
            self.add(level, room_kg / 2.0, room_kg / 12f64.sqrt());
            return;
        };
        let Added { gal, sd_gal } = Added::by_fill_time(in_box.secs());
        if level.mean_kg + self.kg(gal) >= self.capacity_kg {
            *level = self.full(sd_gal.min(prior::FILL_TIME_SD_GAL));
        } else {
            self.add(level, self.kg(gal), self.kg(sd_gal));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::Settings;
    use events::{EventId, RaceEvent, RaceEventKind, Session, SessionId, StopPhase};

    const CAR: &str = "24";
    fn car() -> VehicleId {
        VehicleId::new(CAR).unwrap()
    }
    fn gallons(kg: f64) -> f64 {
        FuelDensity::CUP.volume(Mass::from_kg(kg)).us_gallons()
    }
    fn at_stop(gallons: f64) -> AtStop {
        AtStop { burned: burned(gallons), gap_var_g2: 0.0 }
    }
    fn burned(gallons: f64) -> FuelMicrograms {
        FuelMicrograms((FuelDensity::CUP.mass(Volume::from_us_gallons(gallons)).kg() * 1e9) as i64)
    }
    fn race(evidence: &[FuelEvidence]) -> RaceState {
        let mut race = RaceState::new(SessionId::new("t").unwrap(), Settings::default());
        let mut session = Session::named(SessionId::new("t").unwrap());
        session.tank = Some(Volume::from_us_gallons(20.0));
        let mut kinds = vec![RaceEventKind::Session(session)];
        for (phase, _) in [(StopPhase::BoxStop, 0), (StopPhase::BoxLeave, 1)] {
            kinds.push(RaceEventKind::Stop { vehicle: car(), phase });
        }
        kinds.extend(evidence.iter().cloned().map(RaceEventKind::Fuel));
        for (second, kind) in (0..).zip(kinds) {
            // session at 0 s, box_stop at 9 s, box_leave at 18 s: nine seconds in the box
            let at = EventTime::from_ms;
            race.apply(
                &RaceEvent {
                    event_time: EventTime::from_ms(second * 9_000),
                    id: EventId(second as u64),
                    kind,
                },
                at(0),
            );
        }
        race
    }
    fn nothing() -> FuelEvidence {
        FuelEvidence {
            vehicle: car(),
            stop_time: None,
            added: None,
            added_sd: None,
            full: None,
            fill_time_s: None,
        }
    }

    #[test]
    fn evidence_sets_the_level_at_a_stop() {
        let added = |g| Some(Volume::from_us_gallons(g));
        // burned 15 of 20 gallons, then one stop of 9 s; expected mean and sd in gallons by docs/fuel-model.md §4
        for (what, evidence, mean_gal, sd_gal) in [
            (
                "weighed cans",
                vec![FuelEvidence { added: added(12.0), ..nothing() }],
                17.0,
                0.12f64.hypot(0.15),
            ),
            ("full", vec![FuelEvidence { full: Some(true), ..nothing() }], 20.0, 0.10),
            (
                "more than fits",
                vec![FuelEvidence { added: added(18.0), ..nothing() }],
                20.0,
                0.12f64.hypot(0.15),
            ),
            (
                "fill time 5 s",
                vec![FuelEvidence { fill_time_s: Some(5.0), ..nothing() }],
                10.6,
                0.12f64.hypot(1.0),
            ),
            ("time in the box alone, 9 s", vec![], 16.2, 0.12f64.hypot(2.0)),
        ] {
            let level = AnchoredLevel::walk(car(), &[at_stop(15.0)], false, &race(&evidence));
            let left = level.after(Mass::from_kg(0.0), 0.0, 0.0);
            assert!((gallons(left.mean_kg) - mean_gal).abs() < 1e-6, "{what}: {} gal", gallons(left.mean_kg));
            assert!((gallons(left.sd_kg) - sd_gal).abs() < 1e-6, "{what}: sd {} gal", gallons(left.sd_kg));
        }
    }

    /// A stop of so many seconds in the box, 15 of 20 gallons burned, and no evidence of fuel.
    fn after_seconds_in_the_box(seconds: f64) -> Remaining {
        let mut race = race(&[]);
        let event_time = EventTime::from_us(9_000_000 + (seconds * 1e6) as i64);
        let kind = RaceEventKind::Stop { vehicle: car(), phase: StopPhase::BoxLeave };
        race.apply(&RaceEvent { event_time, id: EventId(2), kind }, EventTime::from_ms(0));
        AnchoredLevel::walk(car(), &[at_stop(15.0)], false, &race).after(Mass::from_kg(0.0), 0.0, 0.0)
    }

    #[test]
    fn a_partial_fill_is_never_taken_for_full() {
        // 15 gallons are missing: at 1.4 gal/s after 1 s that takes 15/1.4 + 1 = 11.71 s
        for (seconds, mean_gal) in
            [(1.0, 5.0), (4.0, 9.2), (8.0, 14.8), (11.7, 19.98), (11.8, 20.0), (16.0, 20.0)]
        {
            let left = after_seconds_in_the_box(seconds);
            assert!(
                (gallons(left.mean_kg) - mean_gal).abs() < 1e-6,
                "{seconds} s: {} gal",
                gallons(left.mean_kg)
            );
            // in doubt by the flow until it must have been full
            let is_full = mean_gal >= 20.0;
            let sd_gal = gallons(left.sd_kg);
            let by_flow = ((seconds - 1.0) * 0.25).max(0.6);
            let expected = if is_full { 0.6 } else { 0.12f64.hypot(by_flow) };
            assert!((sd_gal - expected).abs() < 1e-6, "{seconds} s: sd {sd_gal} gal, expected {expected}");
        }
    }

    #[test]
    fn a_splash_adds_its_variance_and_is_no_anchor() {
        let added = |g| FuelEvidence { added: Some(Volume::from_us_gallons(g)), ..nothing() };
        let splash = |evidence: &[FuelEvidence]| {
            let level = AnchoredLevel::walk(car(), &[at_stop(10.0)], false, &race(evidence));
            level.after(burned(2.0).mass(), 0.0, 0.06)
        };
        for (what, evidence, mean_gal, var_gal2, since_anchor_gal) in [
            ("a splash", vec![added(3.0)], 11.0, 0.0144 + 0.0225, 12.0),
            ("two cans", vec![added(3.0), added(4.0)], 15.0, 0.0144 + 2.0 * 0.0225, 12.0),
            ("known to be full", vec![FuelEvidence { full: Some(true), ..added(10.0) }], 18.0, 0.01, 2.0),
            ("known not to be", vec![FuelEvidence { full: Some(false), ..added(10.0) }], 18.0, 0.0369, 12.0),
        ] {
            let left = splash(&evidence);
            let sd_gal = f64::sqrt(var_gal2).hypot(0.06 * since_anchor_gal);
            assert!((gallons(left.mean_kg) - mean_gal).abs() < 1e-6, "{what}: {} gal", gallons(left.mean_kg));
            assert!((gallons(left.sd_kg) - sd_gal).abs() < 1e-6, "{what}: sd {} gal", gallons(left.sd_kg));
        }
    }

    #[test]
    fn a_full_tank_forgets_the_scale_error_and_burning_brings_it_back() {
        let full = race(&[FuelEvidence { full: Some(true), ..nothing() }]);
        let level = AnchoredLevel::walk(car(), &[at_stop(15.0)], false, &full);
        let fresh = level.after(Mass::from_kg(0.0), 0.0, 0.06);
        assert!((gallons(fresh.sd_kg) - 0.10).abs() < 1e-6);
        let later = level.after(burned(10.0).mass(), 0.0, 0.06);
        assert!((gallons(later.sd_kg) - (0.01f64 + 0.36).sqrt()).abs() < 1e-6);
    }
}
