//! Lays what was estimated beside what was true: laps, stints, tanks and forecasts of one race.

mod finish_probability;

pub use finish_probability::FinishCall;

use crate::estimates::{CarEstimates, Estimates};
use crate::metrics::Measured;
use crate::naive::{Covered, Naive};
use events::{LapLabel, VehicleId};
use race::{AnchoredLevel, AtStop, Remaining};
use truth::{Truth, TruthKind, TruthUnit};
use units::FuelMicrograms;

/// A stint of fewer laps shows more of where it was cut than of burn.
const STINT_LAPS_MIN: usize = 15;

/// One race, estimated and true.
#[derive(Default)]
pub struct AlignedRace {
    /// The name of the track.
    pub track: String,
    /// Whole laps that the stream has too.
    pub laps: Vec<AlignedLap>,
    /// Whole laps that it has not.
    pub lost_laps: usize,
    /// Stints of [`STINT_LAPS_MIN`] laps or more; only where both scales are known.
    pub stints: Vec<AlignedStint>,
    /// Tanks at the moment before a stop, US gallons; likewise.
    pub tanks: Vec<TwoEstimates>,
    /// Whether cars make the finish; likewise.
    pub make_its: Vec<FinishCall>,
    /// Green laps left in the tank whenever a car completes a lap; likewise.
    pub laps_left: Vec<TwoEstimates>,
}

/// Two estimates of one truth.
#[derive(Clone, Copy)]
pub struct TwoEstimates {
    /// The stream's.
    pub stream: Measured,
    /// The baseline's, where the length of a lap is known.
    pub naive: Option<Measured>,
}

/// One lap, kg.
pub struct AlignedLap {
    /// The place of the car in its race.
    pub car: usize,
    /// As the car counts.
    pub number: u32,
    /// As the stream labels it.
    pub label: LapLabel,
    /// Whether the stream would take it for an economy.
    pub clean: bool,
    /// Whether truth and estimate are both in real kilograms.
    pub scaled: bool,
    /// What it burned, kg.
    pub burned: TwoEstimates,
}

/// From stop to stop, kg.
pub struct AlignedStint {
    /// Before the car's first stop.
    pub is_first: bool,
    /// What it burned, kg.
    pub burned: TwoEstimates,
}

impl AlignedRace {
    /// Of a race and its truth.
    pub fn of(estimates: &Estimates, truth: &[Truth]) -> AlignedRace {
        let session = estimates.race.session();
        let name = session.map(|session| session.track.clone()).unwrap_or_default();
        let density = estimates.race.fuel_density();
        let naive = Naive::new(session.and_then(|session| session.package_hp), density);
        let naive = estimates.lap_m().map(|lap_m| (naive, lap_m));
        let mut race = AlignedRace { track: name, ..AlignedRace::default() };
        for (index, (&vehicle, car)) in estimates.cars.iter().enumerate() {
            let own: Vec<&Truth> = truth.iter().filter(|truth| truth.vehicle_id == vehicle).collect();
            let scaled = !car.uncalibrated && own.iter().all(|truth| truth.unit == TruthUnit::Kg);
            let side = CarSides { estimates, vehicle, car, truth: own, naive };
            race.add_laps(&side, index, scaled);
            if scaled {
                race.stints.extend(side.stints());
                race.tanks.extend(side.tanks());
                race.make_its.extend(side.make_its());
                race.laps_left.extend(side.laps_left());
            }
        }
        race
    }

    fn add_laps(&mut self, side: &CarSides, car: usize, scaled: bool) {
        for truth in side.truth.iter().filter(|truth| truth.kind == TruthKind::Lap) {
            match side.lap(truth) {
                Some((number, label, clean, burned)) => {
                    self.laps.push(AlignedLap { car, number, label, clean, scaled, burned })
                }
                None => self.lost_laps += 1,
            }
        }
    }
}

/// One car with its truth.
struct CarSides<'a> {
    estimates: &'a Estimates,
    vehicle: VehicleId,
    car: &'a CarEstimates,
    truth: Vec<&'a Truth>,
    naive: Option<(Naive, f64)>,
}

impl CarSides<'_> {
    fn lap(&self, truth: &Truth) -> Option<(u32, LapLabel, bool, TwoEstimates)> {
        let number = truth.lap?;
        let lap = self.car.lap_of(truth.from_us, truth.to_us)?;
        let (kg, true_kg) = (lap.burned_kg, truth.burned?);
        let burn = self.car.burned(lap.from_us.us(), lap.to_us.us())?;
        let sd = (burn.scale_sd * kg).hypot(lap.burned_sd_kg);
        let naive = self.naive.and_then(|(naive, lap_m)| {
            // a clean lap is known to be one whole lap of racing; others follow from readings
            let covered = match lap.clean {
                true => Covered { racing_m: lap_m, other_m: 0.0 },
                false => self.car.burned(truth.from_us, truth.to_us)?.covered,
            };
            measured(naive.burned_kg(covered), true_kg)
        });
        Some((number, lap.label, lap.clean, TwoEstimates { stream: measured((kg, sd), true_kg)?, naive }))
    }

    fn stops(&self) -> Vec<&Truth> {
        let mut stops: Vec<&Truth> =
            self.truth.iter().filter(|truth| truth.kind == TruthKind::Stop).copied().collect();
        stops.sort_by_key(|stop| stop.from_us);
        stops
    }

    /// Laps, and what lies before the first and behind the last of them.
    fn segments(&self) -> Vec<&Truth> {
        let laps = || self.truth.iter().filter(|truth| truth.kind == TruthKind::Lap);
        let is_apart = |span: &&&Truth| {
            span.kind == TruthKind::Span
                && !laps().any(|lap| lap.from_us < span.to_us && span.from_us < lap.to_us)
        };
        let mut segments: Vec<&Truth> = laps().chain(self.truth.iter().filter(is_apart)).copied().collect();
        segments.sort_by_key(|segment| segment.from_us);
        segments
    }

    /// Runs of segments without a hole and without a stop: the lap on which a car stops belongs to no stint, since the
    /// truth does not say how much of it was burned before.
    fn stints(&self) -> Vec<AlignedStint> {
        let stops = self.stops();
        let before = |us: i64| stops.partition_point(|stop| stop.from_us < us);
        let mut runs: Vec<Vec<&Truth>> = Vec::new();
        for segment in self.segments() {
            if before(segment.from_us) != before(segment.to_us) {
                continue;
            }
            match runs.last_mut().filter(|run| run.last().is_some_and(|last| last.to_us == segment.from_us)) {
                Some(run) => run.push(segment),
                None => runs.push(vec![segment]),
            }
        }
        let laps = |run: &[&Truth]| run.iter().filter(|segment| segment.kind == TruthKind::Lap).count();
        let long = runs.iter().filter(|run| laps(run) >= STINT_LAPS_MIN);
        let is_first = |run: &[&Truth]| run.first().is_some_and(|first| before(first.from_us) == 0);
        long.filter_map(|run| Some(AlignedStint { is_first: is_first(run), burned: self.stint(run)? }))
            .collect()
    }

    fn stint(&self, run: &[&Truth]) -> Option<TwoEstimates> {
        let (from_us, to_us) = (run.first()?.from_us, run.last()?.to_us);
        let true_kg = run.iter().map(|segment| segment.burned).sum::<Option<f64>>()?;
        let burn = self.car.burned(from_us, to_us)?;
        // what laps err each for itself adds up by squares, the scale's error stays what it is
        let laps = self.car.laps.iter().filter(|lap| lap.from_us.us() < to_us && from_us < lap.to_us.us());
        let laps_kg2: f64 = laps.map(|lap| lap.burned_sd_kg * lap.burned_sd_kg).sum();
        let sd = (burn.scale_sd * burn.kg).hypot(laps_kg2.sqrt());
        let naive = self.naive.and_then(|(naive, _)| measured(naive.burned_kg(burn.covered), true_kg));
        Some(TwoEstimates { stream: measured((burn.kg, sd), true_kg)?, naive })
    }

    /// What was estimated to be in the tank when the car came to stand in its box.
    fn tanks(&self) -> Vec<TwoEstimates> {
        let stops = self.stops();
        let covered: Vec<Option<Covered>> =
            stops.iter().map(|stop| self.car.before(stop.from_us).map(|reading| reading.covered)).collect();
        let beside = |(number, stop): (usize, &&Truth)| {
            let truth = self.gallons(stop.tank_before_kg?);
            let (kg, sd_kg) = self.car.before(stop.from_us)?.tank_kg?;
            let naive = self.naive_tank(&covered[..=number]).map(|(kg, sd_kg)| Measured {
                estimated: self.gallons(kg),
                sd: self.gallons(sd_kg),
                truth,
            });
            Some(TwoEstimates {
                stream: Measured { estimated: self.gallons(kg), sd: self.gallons(sd_kg), truth },
                naive,
            })
        };
        stops.iter().enumerate().filter_map(beside).collect()
    }

    /// The tank that follows from the same stops and the same evidence, if burn follows from distance: kg and its standard
    /// deviation before the last of some stops.
    fn naive_tank(&self, covered_at_stops: &[Option<Covered>]) -> Option<(f64, f64)> {
        let (now, before) = covered_at_stops.split_last()?;
        let (_, left) = self.naive_level(before, (*now)?)?;
        Some((left.mean_kg, left.sd_kg))
    }

    /// The same at any place after some stops: the level at the last of them, and what is left.
    fn naive_level(
        &self,
        covered_at_stops: &[Option<Covered>],
        now: Covered,
    ) -> Option<(AnchoredLevel, Remaining)> {
        let (naive, _) = self.naive?;
        let burned = |covered: Covered| {
            let burned = FuelMicrograms((naive.burned_kg(covered).0 * 1e9) as i64);
            AtStop { burned, gap_var_g2: 0.0 }
        };
        let at_stops: Vec<AtStop> =
            covered_at_stops.iter().map(|covered| covered.map(burned)).collect::<Option<_>>()?;
        let since = at_stops.last().map_or(burned(now).burned, |last| burned(now).burned - last.burned);
        let level = AnchoredLevel::walk(self.vehicle, &at_stops, false, &self.estimates.race);
        Some((level, level.after(since.mass(), 0.0, naive.scale_sd())))
    }
}

/// `None` where a logarithm has no value.
fn measured((estimated, sd): (f64, f64), truth: f64) -> Option<Measured> {
    (estimated > 0.0 && truth > 0.0).then_some(Measured { estimated, sd, truth })
}
