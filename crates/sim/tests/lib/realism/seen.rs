//! What one race left behind, and the figures that follow from it.

use events::{Flag, Mode, RaceEventKind, Record, Signal, VehicleId};
use sim::{Emission, Race, RaceConfig};
use std::collections::BTreeMap;
use truth::{Truth, TruthKind};
use units::{EventTime, FuelDensity, METRES_PER_MILE, Mass, miles_per_gallon};

/// A lap that begins so soon after the green flag is a car's first.
const RESTART_US: i64 = 12_000_000;
/// At the line within this of the car before it a car is in its pack.
const PACK_S: f64 = 0.5;

#[derive(Default)]
pub struct Seen {
    pub cars: f64,
    pub minutes: f64,
    lap_m: f64,
    flags: Vec<(EventTime, Flag)>,
    laps: Vec<Truth>,
    stops: BTreeMap<VehicleId, Vec<Truth>>,
    modes: Vec<Truth>,
    full_fills: usize,
    retired: usize,
    top_mps: f64,
}

/// A figure of a race and how it is called.
pub type Figure = (&'static str, f64);

pub fn see(config: RaceConfig) -> Seen {
    let mut seen = Seen { cars: f64::from(config.cars), minutes: config.minutes, ..Seen::default() };
    for emission in Race::new(config).unwrap() {
        match emission {
            Emission::Truth(truth) => match truth.kind {
                TruthKind::Lap => seen.laps.push(truth),
                TruthKind::Stop => seen.stops.entry(truth.vehicle_id).or_default().push(truth),
                TruthKind::Mode => seen.modes.push(truth),
                TruthKind::Span | TruthKind::Sign => {}
            },
            Emission::Log(entry) => match entry.record {
                Record::Sample(sample) => seen.top_mps = seen.top_mps.max(sample.get(Signal::Speed).unwrap()),
                Record::Event(event) => seen.take(event.event_time, event.kind),
                Record::Tick => {}
            },
        }
    }
    seen
}

impl Seen {
    fn take(&mut self, at: EventTime, kind: RaceEventKind) {
        match kind {
            RaceEventKind::Session(session) => self.lap_m = session.track_length_m.unwrap(),
            RaceEventKind::Flag { flag } => self.flags.push((at, flag)),
            RaceEventKind::Retired { .. } => self.retired += 1,
            RaceEventKind::Fuel(evidence) => self.full_fills += usize::from(evidence.full == Some(true)),
            _ => {}
        }
    }

    fn green(&self) -> Vec<&Truth> {
        let mut green = self.laps_in(&[Mode::Neutral, Mode::Saving, Mode::Hard]);
        green.retain(|lap| !self.is_restart(lap));
        green
    }

    /// Seconds and kilograms of the median green lap.
    pub fn median_green_lap(&self) -> (f64, f64) {
        let green = self.green();
        let median = |of: fn(&Truth) -> f64| quantile(green.iter().map(|lap| of(lap)), 0.5);
        (median(seconds), median(|lap| lap.burned.unwrap()))
    }

    /// All figures, in the order of the table.
    pub fn figures(&self) -> Vec<Figure> {
        let green = self.green();
        let lap_s = |share| quantile(green.iter().map(|lap| seconds(lap)), share);
        let stops: Vec<&Truth> = self.stops.values().flatten().collect();
        let length_min = (self.flags.last().unwrap().0 - self.flags[0].0).secs() / 60.0;
        let against_hard = self.mpg(&self.laps_in(&[Mode::Saving])) / self.mpg(&self.laps_in(&[Mode::Hard]));
        let tank_laps = 19.8 / gallons(quantile(green.iter().map(|lap| lap.burned.unwrap()), 0.5));
        let (lead_changes, follower_saves, in_packs) = self.packs(&green);
        vec![
            ("race length, share of planned", length_min / self.minutes),
            ("green mpg", self.mpg(&green)),
            ("saver's mpg against hard", against_hard),
            ("caution mpg", self.mpg(&self.laps_in(&[Mode::Caution]))),
            ("green lap, s, 5 %", lap_s(0.05)),
            ("green lap, s, 95 %", lap_s(0.95)),
            ("top speed, mph", self.top_mps * 3600.0 / METRES_PER_MILE),
            ("laps to a tank, median", tank_laps),
            ("stops per car", stops.len() as f64 / self.cars),
            ("box time, s, median", quantile(stops.iter().map(|stop| seconds(stop)), 0.5)),
            ("full fills, share", self.full_fills as f64 / stops.len() as f64),
            ("run-outs", self.off_until(Mode::Pit).count() as f64),
            ("retired", self.retired as f64),
            ("engine off under caution, s a car", self.off_until(Mode::Caution).sum::<f64>() / self.cars),
            ("lead changes an hour", lead_changes / (self.minutes / 60.0)),
            ("follower's mpg against leader", follower_saves),
            ("laps ended in a pack, share", in_packs),
        ]
    }

    /// Laps of one car in one mode from line to line (a change may come within a step of the line).
    fn laps_in(&self, wanted: &[Mode]) -> Vec<&Truth> {
        let mut modes: BTreeMap<VehicleId, Vec<&Truth>> = BTreeMap::new();
        for truth in self.modes.iter().filter(|truth| truth.mode.is_some_and(|mode| wanted.contains(&mode))) {
            modes.entry(truth.vehicle_id).or_default().push(truth);
        }
        let covers = |mode: &&Truth, lap: &Truth| {
            mode.from_us <= lap.from_us + 50_000 && lap.to_us <= mode.to_us + 50_000
        };
        let is_covered = |lap: &&Truth| {
            modes.get(&lap.vehicle_id).is_some_and(|modes| modes.iter().any(|m| covers(m, lap)))
        };
        self.laps.iter().filter(is_covered).collect()
    }

    /// The first lap after the green flag.
    fn is_restart(&self, lap: &Truth) -> bool {
        let just_before = |at: &EventTime| (-1_000_000..RESTART_US).contains(&(lap.from_us - at.us()));
        self.flags.iter().any(|(at, flag)| *flag == Flag::Green && just_before(at))
    }

    fn mpg(&self, laps: &[&Truth]) -> f64 {
        let burned_kg: f64 = laps.iter().filter_map(|lap| lap.burned).sum();
        let burned = FuelDensity::CUP.volume(Mass::from_kg(burned_kg));
        miles_per_gallon(laps.len() as f64 * self.lap_m, burned).unwrap_or(f64::NAN)
    }

    /// Laps between stops where the tank, not a caution, ended the stint: full at its start, nearly empty at its end.
    pub fn tank_stints(&self) -> Vec<f64> {
        let yellow_within = |from_us, to_us| {
            self.flags.iter().any(|(at, flag)| *flag == Flag::Yellow && (from_us..to_us).contains(&at.us()))
        };
        let mut stints = Vec::new();
        for pair in self.stops.values().flat_map(|stops| stops.windows(2)) {
            let (from, to) = (&pair[0], &pair[1]);
            let filled_gal = gallons(from.tank_before_kg.unwrap() + from.added_kg.unwrap());
            let empty = gallons(to.tank_before_kg.unwrap()) < 2.5;
            if filled_gal > 19.6 && empty && !yellow_within(from.to_us, to.from_us) {
                let own = self.laps.iter().filter(|lap| lap.vehicle_id == from.vehicle_id);
                stints.push(
                    own.filter(|lap| lap.from_us > from.from_us && lap.to_us < to.from_us).count() as f64
                );
            }
        }
        stints
    }

    /// Times with a dead engine that ended in this mode.
    fn off_until(&self, mode: Mode) -> impl Iterator<Item = f64> {
        let next = move |off: &&Truth| {
            let follows = |truth: &&Truth| truth.vehicle_id == off.vehicle_id && truth.from_us == off.to_us;
            self.modes
                .iter()
                .find(follows)
                .is_some_and(|truth| truth.mode == Some(mode) && off.from_us < off.to_us)
        };
        self.modes.iter().filter(|truth| truth.mode == Some(Mode::Off)).filter(next).map(seconds)
    }

    /// How often the leader at the line changes; what followers within two seconds of the leader get out of a gallon
    /// against him; and the share of green laps that end right behind another car.
    fn packs(&self, green: &[&Truth]) -> (f64, f64, f64) {
        let mut by_lap: BTreeMap<u32, Vec<&Truth>> = BTreeMap::new();
        for lap in green {
            by_lap.entry(lap.lap.unwrap()).or_default().push(lap);
        }
        let (mut leaders, mut led, mut followed) = (Vec::new(), Vec::new(), Vec::new());
        for laps in by_lap.values_mut().filter(|laps| laps.len() > 2) {
            laps.sort_by_key(|lap| lap.to_us);
            leaders.push(laps[0].vehicle_id);
            led.push(laps[0]);
            followed.extend(laps.iter().skip(3).take_while(|lap| lap.to_us - laps[0].to_us < 2_000_000));
        }
        let mut ends: Vec<i64> = green.iter().map(|lap| lap.to_us).collect();
        ends.sort_unstable();
        let close = ends.windows(2).filter(|pair| pair[1] - pair[0] < (PACK_S * 1e6) as i64).count();
        let changes = leaders.windows(2).filter(|pair| pair[0] != pair[1]).count();
        (changes as f64, self.mpg(&followed) / self.mpg(&led), close as f64 / ends.len() as f64)
    }
}

fn gallons(kg: f64) -> f64 {
    FuelDensity::CUP.volume(Mass::from_kg(kg)).us_gallons()
}

fn seconds(truth: &Truth) -> f64 {
    (truth.to_us - truth.from_us) as f64 * 1e-6
}

pub fn quantile(values: impl IntoIterator<Item = f64>, share: f64) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    values.get(((values.len().max(1) - 1) as f64 * share).round() as usize).copied().unwrap_or(f64::NAN)
}
