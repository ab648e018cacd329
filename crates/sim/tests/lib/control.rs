//! What race control and the pit walls do in the course of a race: each thing in a race where it happens.

use crate::{config, run};
use events::{Flag, Mode, RaceEventKind, Record, Sample, Signal, VehicleId};
use sim::Emission;
use std::collections::BTreeMap;
use truth::{Truth, TruthKind};

/// One flag, where each car was, laps, and how fast the fastest one went until the next flag.
struct Shown {
    flag: Flag,
    at_us: i64,
    laps: BTreeMap<VehicleId, f64>,
    samples: Vec<Sample>,
}

/// A race by its flags.
struct Seen {
    planned_laps: u32,
    shown: Vec<Shown>,
    truths: Vec<Truth>,
}

fn laps(sample: &Sample) -> f64 {
    sample.get(Signal::Lap).unwrap() + sample.get(Signal::LapDistance).unwrap()
}

/// Event times and arrival differ by less than a sample's period here, so the log is read as it lies.
fn see(seed: u64, cars: u32, minutes: f64) -> Seen {
    let mut seen = Seen { planned_laps: 0, shown: Vec::new(), truths: Vec::new() };
    let mut now: BTreeMap<VehicleId, f64> = BTreeMap::new();
    for emission in run(config(seed, cars, minutes, 1)) {
        let entry = match emission {
            Emission::Log(entry) => entry,
            Emission::Truth(truth) => {
                seen.truths.push(truth);
                continue;
            }
        };
        match entry.record {
            Record::Sample(sample) => {
                now.insert(sample.vehicle, laps(&sample));
                if let Some(shown) = seen.shown.last_mut() {
                    shown.samples.push(sample);
                }
            }
            Record::Event(event) => match event.kind {
                RaceEventKind::Session(session) => seen.planned_laps = session.laps.unwrap(),
                RaceEventKind::Flag { flag } => {
                    let at_us = event.event_time.us();
                    seen.shown.push(Shown { flag, at_us, laps: now.clone(), samples: Vec::new() });
                }
                _ => {}
            },
            Record::Tick => {}
        }
    }
    seen
}

/// The first race of twelve cars, from this seed on, in which this happens.
fn find(minutes: f64, from_seed: u64, happens: impl Fn(&Seen) -> bool) -> Seen {
    (from_seed..from_seed + 40).map(|seed| see(seed, 12, minutes)).find(happens).unwrap()
}

impl Shown {
    fn leader_laps(&self) -> f64 {
        self.laps.values().copied().fold(0.0, f64::max)
    }
}

impl Seen {
    fn flags(&self) -> Vec<Flag> {
        self.shown.iter().map(|shown| shown.flag).collect()
    }

    fn last(&self, flag: Flag) -> &Shown {
        self.shown.iter().rfind(|shown| shown.flag == flag).unwrap()
    }
}

#[test]
fn a_caution_near_the_end_is_followed_by_two_green_laps() {
    use Flag::*;
    let seen = see(13, 12, 25.0);
    assert!(seen.flags().ends_with(&[Yellow, Green, White, Checkered]), "{:?}", seen.flags());
    let [green, white, checkered] = [Green, White, Checkered].map(|flag| seen.last(flag).leader_laps());
    // a sample a second: within a thirtieth of a lap
    assert!((white - green - 1.0).abs() < 0.05 && (checkered - white - 1.0).abs() < 0.05);
    assert!(seen.last(Yellow).leader_laps() < f64::from(seen.planned_laps + 1), "before the scheduled end");
    assert!(checkered > f64::from(seen.planned_laps + 1) + 0.9, "{checkered} of {}", seen.planned_laps);
}

#[test]
fn a_caution_on_the_last_lap_ends_the_race_at_the_line() {
    use Flag::*;
    let seen = see(37, 12, 25.0);
    assert!(seen.flags().ends_with(&[White, Yellow, Checkered]), "{:?}", seen.flags());
    let checkered = seen.last(Checkered);
    assert!((checkered.leader_laps() - f64::from(seen.planned_laps + 1)).abs() < 0.05);
    // nobody races on behind the leader: 45 m/s is how fast cars close up under caution
    let fastest =
        checkered.samples.iter().map(|sample| sample.get(Signal::Speed).unwrap()).fold(0.0, f64::max);
    assert!(fastest < 50.0, "{fastest}");
}

#[test]
fn under_a_red_flag_the_field_stands_with_engines_off() {
    use Flag::*;
    let seen = see(20, 12, 25.0);
    assert!(seen.flags().ends_with(&[Yellow, Red, Yellow, Green, White, Checkered]), "{:?}", seen.flags());
    let red = seen.last(Red);
    let yellow = seen.last(Yellow);
    let red_s = (yellow.at_us - red.at_us) as f64 * 1e-6;
    // the pace car needs 39 s to stop; 2 to 8 % of 25 minutes follow
    assert!((39.0 + 30.0..39.0 + 121.0).contains(&red_s), "{red_s}");
    let at_its_end = red.samples.iter().filter(|sample| sample.event_time.us() > yellow.at_us - 5_000_000);
    let stands =
        |sample: &Sample| sample.get(Signal::Speed) == Some(0.0) && sample.get(Signal::Rpm) == Some(0.0);
    let (standing, others): (Vec<&Sample>, Vec<&Sample>) = at_its_end.partition(|sample| stands(sample));
    // five samples of each, or four and an end
    assert!(
        others.is_empty() && standing.len() > 4 * 12,
        "all cars for the last five seconds: {}",
        standing.len()
    );
    let off = |truth: &&Truth| truth.mode == Some(Mode::Off) && truth.to_us == yellow.at_us;
    assert_eq!(seen.truths.iter().filter(off).count(), 12);
    assert!(seen.last(Green).leader_laps() - yellow.leader_laps() > 2.0, "laps behind the pace car");
}

#[test]
fn who_needs_little_near_the_end_takes_fuel_only() {
    // four tyres take 10 s
    let is_short = |truth: &&Truth| truth.kind == TruthKind::Stop && truth.to_us - truth.from_us < 7_000_000;
    let seen = find(60.0, 3, |seen| seen.truths.iter().filter(is_short).count() > 2);
    let end_us = seen.last(Flag::Checkered).at_us;
    for stop in seen.truths.iter().filter(is_short) {
        // 1 to 7 gal, and the tank's spread
        assert!(stop.added_kg.is_some_and(|kg| (2.7..19.5).contains(&kg)), "{stop:?}");
        assert!(end_us - stop.to_us < 12 * 60_000_000, "{stop:?}");
    }
}

#[test]
fn who_gambles_wrong_runs_dry_and_comes_back() {
    // the engine is off from before the stop until fuel is in
    let of_run_out = |seen: &Seen, stop: &Truth| {
        let off = seen.truths.iter().filter(|truth| truth.mode == Some(Mode::Off));
        let mut own = off.filter(|off| off.vehicle_id == stop.vehicle_id);
        own.any(|off| off.from_us < stop.from_us && off.to_us >= stop.to_us)
    };
    let run_outs = |seen: &Seen| -> Vec<Truth> {
        let stops = seen.truths.iter().filter(|truth| truth.kind == TruthKind::Stop);
        stops.filter(|stop| of_run_out(seen, stop)).cloned().collect()
    };
    for stop in run_outs(&find(60.0, 7, |seen| !run_outs(seen).is_empty())) {
        // the pick-up leaves 0.2 ± 0.05 gal
        assert!(stop.tank_before_kg.is_some_and(|kg| kg < 1.2), "{stop:?}");
    }
}
