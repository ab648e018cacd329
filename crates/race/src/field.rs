//! The session: every car's fold of one window, in order of vehicle id, held against the field.

use crate::detect::Detect;
use crate::fold::CarFold;
use crate::mode::{CLEAN_LAPS_MIN, FIELD_MIN, FieldSigns, burn_kg_m, median};
use crate::parts::LapInParts;
use crate::state::RaceState;
use crate::sums::ClosedLap;
use crate::tank::{AtStop, Level, Remaining};
use events::{Board, CarInsight, Flag, LapSummary, Mode, Quality, SessionId, VehicleId};
use fuel::prior;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use units::{EventTime, FuelMicrograms, Mass, Span, Volume, miles_per_gallon};

/// Nothing heard for this long: shown as stale.
const STALE_AFTER: Span = Span::from_secs(2);
/// Nothing heard for this long: lost.
const LOST_AFTER: Span = Span::from_secs(10);
/// A signal silent this long, while the car is heard, is missing.
const SIGNAL_LOST_AFTER: Span = Span::from_secs(5);
/// More of a run imputed than this marks its numbers, percent.
const IMPUTED_NOTED_PCT: f64 = 2.0;
/// Relative error of one lap's burn before calibration, scale apart. Source: docs/fuel-model.md §5.
const LAP_SD: f64 = 0.021;

/// The state of the session's field. It changes only when a window closes.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Field {
    cars: BTreeMap<VehicleId, FieldCar>,
    /// Cars that are followed but not told, by the race as it was at this revision: no roster names them.
    held: BTreeSet<VehicleId>,
    held_for: u64,
    /// Their laps.
    held_laps: BTreeMap<VehicleId, Vec<LapSummary>>,
    detect: Detect,
    #[serde(skip)]
    judged: Judged,
}

/// What the field's clean laps come to. They change once a lap, windows close every second.
#[derive(Clone, Debug, Default)]
struct Judged {
    of: Vec<Arc<[ClosedLap]>>,
    signs: Option<FieldSigns>,
    field_kg_m: Option<f64>,
}

impl Judged {
    fn follow(&mut self, folds: &[CarFold]) {
        let same = |(laps, fold): (&Arc<_>, &CarFold)| Arc::ptr_eq(laps, &fold.clean_laps);
        if self.of.len() == folds.len() && self.of.iter().zip(folds).all(same) {
            return;
        }
        let enough = folds.iter().filter(|fold| fold.clean_laps.len() >= CLEAN_LAPS_MIN);
        let burns: Vec<f64> = enough.filter_map(|fold| burn_kg_m(fold.clean_laps.iter())).collect();
        *self = Judged {
            of: folds.iter().map(|fold| fold.clean_laps.clone()).collect(),
            signs: FieldSigns::of(folds),
            field_kg_m: (burns.len() >= FIELD_MIN).then(|| median(burns.into_iter())).flatten(),
        };
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct FieldCar {
    /// What it had burned at each stop, as the newest fold tells it.
    at_stops: Vec<AtStop>,
    /// The level at the last stop, and for what it was walked: the revision of the race, the burn, and whether the car
    /// stood in its box.
    level: Option<((u64, AtStop, bool), Level)>,
    last: CarInsight,
}

/// What a window's insights have in common.
struct Window<'a> {
    race: &'a RaceState,
    session: SessionId,
    end: EventTime,
    flag: Flag,
    signs: Option<&'a FieldSigns>,
    field_kg_m: Option<f64>,
}

impl Field {
    /// Closes a window: one insight a car, those silent for good included as they were last. A car that no roster names,
    /// though there has been one, is followed but not told, and no part of the field.
    pub fn fold(&mut self, end: EventTime, mut folds: Vec<CarFold>, race: &RaceState) -> Option<Board> {
        let Field { cars, held, held_for, detect, judged, .. } = self;
        if *held_for != race.revision() {
            *held_for = race.revision();
            *held = cars.keys().copied().filter(|vehicle| !race.knows(*vehicle)).collect();
        }
        folds.sort_unstable_by_key(|fold| (held.contains(&fold.vehicle), fold.vehicle));
        let taking_part = &folds[..folds.partition_point(|fold| !held.contains(&fold.vehicle))];
        judged.follow(taking_part);
        detect.follow(end, taking_part, race);
        let window = Window {
            race,
            session: race.session()?.session,
            end,
            flag: race.flag_before(end),
            signs: judged.signs.as_ref(),
            field_kg_m: judged.field_kg_m,
        };
        for car in cars.values_mut() {
            car.grow_old(&window);
        }
        for fold in &folds {
            let new = || {
                held.extend((!race.knows(fold.vehicle)).then_some(fold.vehicle));
                FieldCar::new(fold, &window)
            };
            cars.entry(fold.vehicle).or_insert_with(new).fold(fold, &window);
        }
        let told = cars.iter().filter(|(vehicle, _)| !held.contains(vehicle));
        let mut cars: Vec<CarInsight> = told.map(|(_, car)| car.last.clone()).collect();
        number_positions(&mut cars);
        let lap = cars.iter().filter_map(|car| car.lap).max();
        let field_mpg =
            window.field_kg_m.and_then(|kg_m| miles_per_gallon(1.0, window.volume(Mass::from_kg(kg_m))));
        Some(Board {
            session: window.session,
            window_end_us: end,
            flag: window.flag,
            lap,
            field_mpg,
            model: events::ModelId::PRIORS,
            assumptions: Vec::new(),
            stories: Vec::new(),
            cars,
        })
    }

    /// The cars that are followed but not told: no roster names them.
    pub fn held(&self) -> &BTreeSet<VehicleId> {
        &self.held
    }

    /// The laps that may be told now, in order of vehicle and time: of `laps`, which have become final, and of those held
    /// before, the ones whose car takes part.
    pub fn tell(&mut self, laps: Vec<LapSummary>, race: &RaceState) -> Vec<LapSummary> {
        let (mut told, held): (Vec<_>, Vec<_>) = laps.into_iter().partition(|lap| race.knows(lap.vehicle_id));
        for lap in held {
            self.held_laps.entry(lap.vehicle_id).or_default().push(lap);
        }
        self.held_laps.retain(|vehicle, laps| {
            let is_known = race.knows(*vehicle);
            if is_known {
                told.append(laps);
            }
            !is_known
        });
        told.sort_by_key(|lap| (lap.vehicle_id, lap.from_us));
        told
    }
}

impl FieldCar {
    fn new(fold: &CarFold, window: &Window) -> Self {
        FieldCar { at_stops: Vec::new(), level: None, last: window.nothing_known(fold.vehicle) }
    }

    /// A car with no fold in this window: as it was, but older.
    fn grow_old(&mut self, window: &Window) {
        let grown_ms = (window.end - self.last.window_end_us).us() / 1000;
        self.last.window_end_us = window.end;
        self.last.flag = window.flag;
        self.last.age_ms = self.last.age_ms.map(|ms| ms.saturating_add(grown_ms));
        self.last.rate_g_s = None;
        self.last.mode = Mode::Off;
        self.last.quality = Quality::Lost;
    }

    fn fold(&mut self, fold: &CarFold, window: &Window) {
        let mut insight = window.nothing_known(fold.vehicle);
        window.say_where(fold, &mut insight);
        window.say_economy(fold, &mut insight);
        window.say_against_field(fold, &mut insight);
        let remaining = self.remaining(fold, window);
        if let Some(remaining) = remaining {
            window.say_tank(fold, &remaining, &mut insight);
        }
        insight.mode = window.mode(fold);
        insight.quality = quality(fold, insight.imputed_pct, remaining.is_some_and(|r| r.is_in_conflict));
        self.last = insight;
    }

    fn remaining(&mut self, fold: &CarFold, window: &Window) -> Option<Remaining> {
        let burned = fold.burned.filter(|_| fold.calibrated)?;
        let gap_var_g2 = (burned.race_gap_var_g2 - burned.run_gap_var_g2).max(0.0);
        let at_stop = AtStop { burned: burned.race - burned.run, gap_var_g2 };
        self.at_stops.resize(fold.run as usize, at_stop);
        if let Some(newest) = self.at_stops.last_mut() {
            *newest = at_stop;
        }
        // a feed that tells no more of a stop than its beginning does not leave a car in its box for ever
        let in_box = fold.in_box && fold.run_laps == 0;
        let walked_for = (window.race.revision(), at_stop, in_box);
        let level = match self.level {
            Some((before, level)) if before == walked_for => level,
            _ => Level::walk(fold.vehicle, &self.at_stops, in_box, window.race),
        };
        self.level = Some((walked_for, level));
        Some(level.after(burned.run.mass(), burned.run_gap_var_g2 * 1e-6, scale_sd()))
    }
}

impl Window<'_> {
    fn volume(&self, mass: Mass) -> Volume {
        self.race.fuel_density().volume(mass)
    }

    fn mpg(&self, laps: &[ClosedLap]) -> Option<f64> {
        let kg_m = burn_kg_m(laps)?;
        miles_per_gallon(1.0, self.volume(Mass::from_kg(kg_m)))
    }

    fn nothing_known(&self, vehicle: VehicleId) -> CarInsight {
        CarInsight { flag: self.flag, ..CarInsight::of_nothing(self.session, vehicle, self.end) }
    }

    fn say_where(&self, fold: &CarFold, insight: &mut CarInsight) {
        insight.lap = fold.lap.and_then(|lap| u32::try_from(lap).ok());
        insight.lap_distance = fold.lap_distance;
        insight.run_laps = fold.run_laps;
        insight.green_laps = fold.clean_laps.len() as u32;
        insight.stops = fold.run;
        insight.age_ms = Some(fold.age.us() / 1000);
    }

    fn say_economy(&self, fold: &CarFold, insight: &mut CarInsight) {
        insight.rate_g_s = fold.rate_g_s.filter(|_| fold.age <= STALE_AFTER);
        if let Some(burned) = fold.burned {
            insight.burned_lap_kg = Some(burned.lap.mass().kg());
            insight.burned_run_kg = Some(burned.run.mass().kg());
            insight.burned_stage_kg = Some(burned.stage.mass().kg());
            insight.burned_race_kg = Some(burned.race.mass().kg());
            insight.imputed_pct = share_pct(burned.run_imputed, burned.run);
            insight.imputed_lap_pct = Some(share_pct(burned.lap_imputed, burned.lap));
            insight.mpg_run = fold
                .run_distance_m
                .and_then(|metres| miles_per_gallon(metres, self.volume(burned.run.mass())));
        }
        insight.scale_sd_pct = fold.burned.map(|_| 100.0 * scale_sd());
        insight.mpg_last_lap =
            fold.last_lap.filter(|lap| !lap.is_estimated()).and_then(|lap| self.mpg(&[lap]));
        insight.mpg_last_lap_imputed_pct = fold.last_lap.map(|lap| share_pct(lap.imputed, lap.burned));
        if fold.clean_laps.len() >= CLEAN_LAPS_MIN.min(self.race.settings().green_laps) {
            insight.mpg_5 = self.mpg(&fold.clean_laps);
            insight.mpg_5_sd = insight.mpg_5.map(|mpg| mpg * car_sd(&fold.clean_laps));
            let sum = |of: fn(&ClosedLap) -> FuelMicrograms| {
                fold.clean_laps.iter().fold(FuelMicrograms::default(), |sum, lap| sum + of(lap))
            };
            insight.mpg_5_imputed_pct =
                insight.mpg_5.map(|_| share_pct(sum(|lap| lap.imputed), sum(|lap| lap.burned)));
        }
    }

    fn say_against_field(&self, fold: &CarFold, insight: &mut CarInsight) {
        let Some(field_kg_m) = self.field_kg_m else { return };
        let against = |kg_m: f64| 100.0 * (kg_m / field_kg_m - 1.0);
        insight.relative_last_lap_pct =
            fold.last_lap.filter(|lap| lap.clean).and_then(|lap| burn_kg_m(&[lap])).map(against);
        if fold.clean_laps.len() >= CLEAN_LAPS_MIN {
            insight.relative_pct = burn_kg_m(fold.clean_laps.iter()).map(against);
            insight.relative_sd_pct = insight.relative_pct.map(|_| 100.0 * car_sd(&fold.clean_laps));
        }
    }

    /// Laps left and their spread by docs/fuel-model.md §4; the reserve cannot be burned.
    fn say_tank(&self, fold: &CarFold, remaining: &Remaining, insight: &mut CarInsight) {
        insight.remaining_kg = Some(remaining.mean_kg);
        insight.remaining_sd_kg = Some(remaining.sd_kg);
        insight.scale_sd_pct = Some(100.0 * remaining.scale_sd);
        if fold.clean_laps.is_empty() {
            return;
        }
        let laps = fold.clean_laps.len() as f64;
        let lap_kg = fold.clean_laps.iter().map(|lap| lap.burned.mass().kg()).sum::<f64>() / laps;
        let kg = |gallons| self.race.fuel_density().mass(Volume::from_us_gallons(gallons)).kg();
        let usable_kg = remaining.mean_kg - kg(prior::RESERVE_GAL);
        let laps_left = (usable_kg / lap_kg).max(0.0);
        let reserve_sd_kg = kg(prior::RESERVE_SD_GAL);
        let level_laps2 = (remaining.var_level_kg2 + reserve_sd_kg * reserve_sd_kg) / (lap_kg * lap_kg);
        // the scale is common to past and future: it acts on all fuel since the anchor, so on usable plus burned
        let by_scale = remaining.scale_sd * (laps_left + remaining.since_anchor_kg / lap_kg);
        let by_future = root_sum_square([prior::FUTURE_LAP_SD, gap_sd(&fold.clean_laps)]) * laps_left;
        insight.laps_left = Some(laps_left);
        insight.laps_left_sd = Some((level_laps2 + by_scale * by_scale + by_future * by_future).sqrt());
    }

    fn mode(&self, fold: &CarFold) -> Mode {
        let retired = self.race.retired(fold.vehicle).is_some_and(|at| at < self.end);
        if retired || (fold.engine_off && !fold.in_pit) {
            Mode::Off
        } else if fold.in_pit {
            Mode::Pit
        } else if matches!(self.flag, Flag::Yellow | Flag::Red) {
            Mode::Caution
        } else {
            self.signs.and_then(|signs| signs.mode(fold)).unwrap_or_default()
        }
    }
}

fn quality(fold: &CarFold, imputed_pct: f64, level_in_conflict: bool) -> Quality {
    let missing =
        |silence: Option<Span>| silence.is_none_or(|silence| silence > fold.age + SIGNAL_LOST_AFTER);
    if fold.age > LOST_AFTER {
        Quality::Lost
    } else if fold.age >= STALE_AFTER {
        Quality::Stale
    } else if missing(fold.rpm_silence) {
        Quality::NoRpm
    } else if missing(fold.throttle_silence) {
        Quality::NoThrottle
    } else if !fold.calibrated {
        Quality::Uncalibrated
    } else if level_in_conflict {
        Quality::LevelConflict
    } else if imputed_pct > IMPUTED_NOTED_PCT {
        Quality::Imputed
    } else if fold.clean_laps.len() < CLEAN_LAPS_MIN {
        Quality::NotYet
    } else {
        Quality::Sound
    }
}

/// Relative error of absolute burn that more laps do not cure, before any stop has been seen.
fn scale_sd() -> f64 {
    root_sum_square([prior::SCALE_SD, prior::MANUFACTURER_SD, prior::CAR_SD, prior::SHAPE_UNCALIBRATED_SD])
}

/// Relative error of a car's burn against the field's over some laps.
fn car_sd(laps: &[ClosedLap]) -> f64 {
    let by_lap = LAP_SD / (laps.len() as f64).sqrt();
    root_sum_square([prior::MANUFACTURER_SD, prior::CAR_SD, by_lap, gap_sd(laps)])
}

/// Relative error of the burn of some laps by imputation.
fn gap_sd(laps: &[ClosedLap]) -> f64 {
    let burned_g: f64 = laps.iter().map(|lap| lap.burned.mass().kg() * 1e3).sum();
    let var_g2: f64 = laps.iter().map(|lap| lap.gap_var_g2).sum();
    if burned_g > 0.0 { var_g2.sqrt() / burned_g } else { 0.0 }
}

/// The imputed part of what was burned, percent.
fn share_pct(imputed: FuelMicrograms, burned: FuelMicrograms) -> f64 {
    100.0 * imputed.0 as f64 / burned.0.max(1) as f64
}

fn root_sum_square<const N: usize>(parts: [f64; N]) -> f64 {
    parts.iter().map(|part| part * part).sum::<f64>().sqrt()
}

/// Running order by lap, then by distance on it, then by vehicle id.
fn number_positions(cars: &mut [CarInsight]) {
    let mut order: Vec<usize> = (0..cars.len()).filter(|&i| cars[i].lap.is_some()).collect();
    order.sort_by(|&a, &b| {
        let ahead = |i: usize| (cars[i].lap, cars[i].lap_distance.unwrap_or(0.0));
        let ((lap_a, at_a), (lap_b, at_b)) = (ahead(a), ahead(b));
        lap_b.cmp(&lap_a).then(at_b.total_cmp(&at_a))
    });
    for (position, index) in (1..).zip(order) {
        cars[index].position = Some(position);
    }
}

/// A settled lap as it leaves the stream.
pub fn lap_summary(
    vehicle: VehicleId,
    LapInParts { lap, parts }: &LapInParts,
    race: &RaceState,
) -> Option<LapSummary> {
    let burned_kg = lap.burned.mass().kg();
    let imputed_kg = lap.imputed.mass().kg();
    let imputed_sd_kg = lap.gap_var_g2.sqrt() * 1e-3;
    Some(LapSummary {
        session: race.session()?.session,
        vehicle_id: vehicle,
        lap: lap.number.and_then(|number| u32::try_from(number).ok()).unwrap_or(0),
        run: lap.run,
        from_us: lap.from,
        to_us: lap.to,
        label: lap.label,
        clean: lap.clean,
        burned_kg,
        imputed_kg,
        burned_sd_kg: root_sum_square([LAP_SD * burned_kg, imputed_sd_kg]),
        distance_m: lap.distance_m,
        mpg: lap
            .distance_m
            .filter(|_| !lap.is_estimated())
            .and_then(|metres| miles_per_gallon(metres, race.fuel_density().volume(lap.burned.mass()))),
        burned_parts_g: parts.iter().flatten().map(|part| part.0 as f64 / 1e6).collect(),
    })
}
