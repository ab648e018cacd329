//! The figures of some races, of the stream and of the baseline, and how they are told. Definitions: docs/accuracy.md.

use super::align::{Beside, MakeIt, Race, RaceLap};
use super::metrics::{self, Lap, Measured};
use super::probability_scores::{self, BINS, Called, Reliability};
use crate::failure::Failure;
use crate::say::say;
use events::LapLabel;
use serde::Serialize;
use std::collections::BTreeMap;

/// All that is told of some races. What cannot be computed is null.
#[derive(Debug, Serialize)]
pub struct Figures {
    /// The stream's, over all races.
    pub overall: Accuracy,
    /// The baseline's.
    pub naive: Accuracy,
    /// Both, by the name of the track.
    pub by_track: BTreeMap<String, Compared<Accuracy>>,
    /// Both, by what laps were run under.
    pub by_flag: BTreeMap<&'static str, Compared<LapAccuracy>>,
}

/// The stream's figures, and the baseline's among them.
#[derive(Debug, Serialize)]
pub struct Compared<T> {
    /// The stream's.
    #[serde(flatten)]
    pub stream: T,
    /// The baseline's.
    pub naive: T,
}

/// How far one way of estimating is from the truth.
#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "the names are the contract: docs/accuracy.md defines each")]
pub struct Accuracy {
    pub later_stint_rms_pct: Option<f64>,
    pub first_stint_rms_pct: Option<f64>,
    pub lap_mpg_sd_pct: Option<f64>,
    pub pair_rmse_pct: Option<f64>,
    pub pair_sign_at_4pct: Option<f64>,
    pub tank_rms_gal: Option<f64>,
    pub coverage80: Option<f64>,
    pub make_it_brier_skill: Option<f64>,
    pub later_stint_bias_pct: Option<f64>,
    pub first_stint_bias_pct: Option<f64>,
    pub lap_bias_pct: Option<f64>,
    pub lap_sd_within_car_pct: Option<f64>,
    pub pair_sign_at_8pct: Option<f64>,
    pub pair_spread_pct: Option<f64>,
    pub tank_bias_gal: Option<f64>,
    pub tank_coverage80: Option<f64>,
    pub laps_left_crps: Option<f64>,
    pub laps_left_rms: Option<f64>,
    pub make_it_brier: Option<f64>,
    pub make_it_share: Option<f64>,
    pub make_it_all_brier_skill: Option<f64>,
    pub make_it_green_brier_skill: Option<f64>,
    pub make_it_reliability: Vec<Reliability>,
    pub pit_stints: [usize; BINS],
    pub pit_laps: [usize; BINS],
    pub pit_tanks: [usize; BINS],
    pub make_its: usize,
    pub make_its_all: usize,
    pub make_its_green: usize,
    pub laps_left: usize,
    pub later_stints: usize,
    pub first_stints: usize,
    pub clean_laps: usize,
    pub pairs: usize,
    pub tanks: usize,
    /// Laps of the truth of which the stream tells none.
    pub lost_laps: usize,
}

/// The same of laps alone.
#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "the names are the contract: docs/accuracy.md defines each")]
pub struct LapAccuracy {
    pub laps: usize,
    pub lap_bias_pct: Option<f64>,
    pub lap_rms_pct: Option<f64>,
    pub lap_mpg_sd_pct: Option<f64>,
    pub coverage80: Option<f64>,
}

/// Which laps are meant.
type Which = fn(&RaceLap) -> bool;
/// Takes one of two estimates.
#[derive(Clone, Copy)]
struct Side {
    measured: fn(&Beside) -> Option<Measured>,
    called: fn(&MakeIt) -> Option<Called>,
}

const STREAM: Side = Side { measured: |beside| Some(beside.stream), called: |make_it| Some(make_it.stream) };
const NAIVE: Side = Side { measured: |beside| beside.naive, called: |make_it| make_it.naive };

impl Figures {
    /// Of some races.
    pub fn of(races: &[Race]) -> Figures {
        let all: Vec<&Race> = races.iter().collect();
        let mut tracks: BTreeMap<String, Vec<&Race>> = BTreeMap::new();
        for race in races {
            tracks.entry(race.track.clone()).or_default().push(race);
        }
        let by_track = tracks.into_iter().map(|(track, races)| (track, Compared::of(&races)));
        let flags: [(&str, Which); 3] = [
            ("green", |lap| lap.clean),
            ("caution", |lap| lap.label == LapLabel::Caution),
            ("pit", |lap| lap.label == LapLabel::Pit),
        ];
        let by_flag = flags.map(|(flag, is_meant)| {
            let stream = LapAccuracy::of(&all, is_meant, STREAM);
            (flag, Compared { stream, naive: LapAccuracy::of(&all, is_meant, NAIVE) })
        });
        Figures {
            overall: Accuracy::of(&all, STREAM),
            naive: Accuracy::of(&all, NAIVE),
            by_track: by_track.collect(),
            by_flag: by_flag.into(),
        }
    }

    /// For people.
    pub fn print(&self) -> Result<(), Failure> {
        say(format_args!("{:<40}{:>11}{:>11}", "", "estimate", "naive"))?;
        for (what, figure) in ACCURACY {
            say(format_args!("{what:<40}{}", cells([&self.overall, &self.naive].into_iter().map(figure))))?;
        }
        let counts = &self.overall;
        say(format_args!(
            "{} clean laps, {} pairs of cars, {} first and {} later stints, {} tanks, {} open of \
             {} make-its; {} laps lost",
            counts.clean_laps,
            counts.pairs,
            counts.first_stints,
            counts.later_stints,
            counts.tanks,
            counts.make_its,
            counts.make_its_all,
            counts.lost_laps
        ))?;
        say("")?;
        for (flag, compared) in &self.by_flag {
            say(format_args!("{} laps under {flag}", compared.stream.laps))?;
            for (what, figure) in LAP_ACCURACY {
                say(format_args!(
                    "{what:<40}{}",
                    cells([&compared.stream, &compared.naive].into_iter().map(figure))
                ))?;
            }
        }
        Ok(())
    }
}

/// Some figures of a table; what is not known is a dash.
pub fn cells(figures: impl Iterator<Item = Option<f64>>) -> String {
    let cell = |figure| match figure {
        Some(figure) => format!("{figure:>11.2}"),
        None => format!("{:>11}", "–"),
    };
    figures.map(cell).collect()
}

/// What a table tells, with how to get it.
type Named<T> = &'static [(&'static str, fn(&T) -> Option<f64>)];

/// What a table with a row for each kind of race tells.
pub const ACCURACY_BRIEF: Named<Accuracy> = &[
    ("stint 1 %", |a| a.first_stint_rms_pct),
    ("later %", |a| a.later_stint_rms_pct),
    ("cover 80", |a| a.coverage80),
    ("lap sd %", |a| a.lap_mpg_sd_pct),
    ("lap mean %", |a| a.lap_bias_pct),
    ("pair %", |a| a.pair_rmse_pct),
    ("spread %", |a| a.pair_spread_pct),
    ("sign 4 %", |a| a.pair_sign_at_4pct),
    ("sign 8 %", |a| a.pair_sign_at_8pct),
    ("tank gal", |a| a.tank_rms_gal),
    ("cover 80", |a| a.tank_coverage80),
    ("make it", |a| a.make_it_brier_skill),
    ("  in green", |a| a.make_it_green_brier_skill),
    ("lost laps", |a| Some(a.lost_laps as f64)),
];

const ACCURACY: Named<Accuracy> = &[
    ("burn of a first stint, rms %", |a| a.first_stint_rms_pct),
    ("  mean %", |a| a.first_stint_bias_pct),
    ("burn of a later stint, rms %", |a| a.later_stint_rms_pct),
    ("  mean %", |a| a.later_stint_bias_pct),
    ("80 % intervals that hold the stint", |a| a.coverage80),
    ("mpg of a clean green lap, sd %", |a| a.lap_mpg_sd_pct),
    ("  about the car's own mean, sd %", |a| a.lap_sd_within_car_pct),
    ("  mean %", |a| a.lap_bias_pct),
    ("two cars over 5 laps, rms error %", |a| a.pair_rmse_pct),
    ("  they truly differ by, rms %", |a| a.pair_spread_pct),
    ("  right of those 4 % apart", |a| a.pair_sign_at_4pct),
    ("  right of those 8 % apart", |a| a.pair_sign_at_8pct),
    ("tank before a stop, rms gal", |a| a.tank_rms_gal),
    ("  mean gal", |a| a.tank_bias_gal),
    ("80 % intervals that hold the tank", |a| a.tank_coverage80),
    ("makes the finish, Brier skill, open cases", |a| a.make_it_brier_skill),
    ("  those of them without a caution to come", |a| a.make_it_green_brier_skill),
    ("  all cases", |a| a.make_it_all_brier_skill),
    ("  share that makes it, open cases", |a| a.make_it_share),
    ("green laps left, CRPS", |a| a.laps_left_crps),
    ("  rms error", |a| a.laps_left_rms),
];

const LAP_ACCURACY: Named<LapAccuracy> = &[
    ("  mean %", |a| a.lap_bias_pct),
    ("  rms %", |a| a.lap_rms_pct),
    ("  sd %", |a| a.lap_mpg_sd_pct),
    ("  80 % intervals that hold the lap", |a| a.coverage80),
];

impl Compared<Accuracy> {
    /// Of some races.
    pub fn of(races: &[&Race]) -> Self {
        Compared { stream: Accuracy::of(races, STREAM), naive: Accuracy::of(races, NAIVE) }
    }
}

impl Accuracy {
    fn of(races: &[&Race], side: Side) -> Accuracy {
        let of_stints = |is_first: bool| -> Vec<Measured> {
            let stints = races.iter().flat_map(|race| &race.stints);
            stints
                .filter(|stint| stint.is_first == is_first)
                .filter_map(|stint| (side.measured)(&stint.burned))
                .collect()
        };
        let (first, later) = (of_stints(true), of_stints(false));
        let laps = laps(races, |lap| lap.clean, side);
        let scaled = laps_of_known_scale(races, |lap| lap.clean, side);
        let pairs = metrics::pairs(&laps);
        let all = |of: fn(&Race) -> &Vec<Beside>| -> Vec<Measured> {
            races.iter().flat_map(|race| of(race)).filter_map(side.measured).collect()
        };
        let (tanks, laps_left) = (all(|race| &race.tanks), all(|race| &race.laps_left));
        let stints = [first.clone(), later.clone()].concat();
        let called = |is_meant: fn(&MakeIt) -> bool| -> Vec<Called> {
            let make_its = races.iter().flat_map(|race| &race.make_its);
            make_its.filter(|it| is_meant(it)).filter_map(side.called).collect()
        };
        let (open, any) = (called(|it| it.is_open), called(|_| true));
        let green = called(|it| it.is_open && it.is_green);
        Accuracy {
            later_stint_rms_pct: metrics::rms_pct(&later),
            first_stint_rms_pct: metrics::rms_pct(&first),
            lap_mpg_sd_pct: metrics::lap_sd_pct(&laps),
            pair_rmse_pct: metrics::pair_rmse_pct(&pairs),
            pair_sign_at_4pct: metrics::pair_sign(&pairs, 0.04),
            tank_rms_gal: metrics::rms_of(&tanks),
            coverage80: metrics::coverage80(&stints),
            make_it_brier_skill: probability_scores::brier_skill(&open),
            later_stint_bias_pct: metrics::bias_pct(&later),
            first_stint_bias_pct: metrics::bias_pct(&first),
            lap_bias_pct: metrics::bias_pct(&scaled),
            lap_sd_within_car_pct: metrics::lap_sd_within_car_pct(&laps),
            pair_sign_at_8pct: metrics::pair_sign(&pairs, 0.08),
            pair_spread_pct: metrics::pair_spread_pct(&pairs),
            tank_bias_gal: metrics::bias_of(&tanks),
            tank_coverage80: metrics::coverage80(&tanks),
            laps_left_crps: probability_scores::crps(&laps_left),
            laps_left_rms: metrics::rms_of(&laps_left),
            make_it_brier: probability_scores::brier(&open),
            make_it_share: metrics::mean(open.iter().map(|it| f64::from(it.happened))),
            make_it_all_brier_skill: probability_scores::brier_skill(&any),
            make_it_green_brier_skill: probability_scores::brier_skill(&green),
            make_it_reliability: probability_scores::reliability(&open),
            pit_stints: probability_scores::pit_histogram(&stints),
            pit_laps: probability_scores::pit_histogram(&scaled),
            pit_tanks: probability_scores::pit_histogram(&tanks),
            make_its: open.len(),
            make_its_all: any.len(),
            make_its_green: green.len(),
            laps_left: laps_left.len(),
            later_stints: later.len(),
            first_stints: first.len(),
            clean_laps: laps.len(),
            pairs: pairs.len(),
            tanks: tanks.len(),
            lost_laps: races.iter().map(|race| race.lost_laps).sum(),
        }
    }
}

impl LapAccuracy {
    fn of(races: &[&Race], is_meant: Which, side: Side) -> LapAccuracy {
        let laps = laps(races, is_meant, side);
        let scaled = laps_of_known_scale(races, is_meant, side);
        LapAccuracy {
            laps: laps.len(),
            lap_bias_pct: metrics::bias_pct(&scaled),
            lap_rms_pct: metrics::rms_pct(&scaled),
            lap_mpg_sd_pct: metrics::lap_sd_pct(&laps),
            coverage80: metrics::coverage80(&scaled),
        }
    }
}

fn laps(races: &[&Race], is_meant: Which, side: Side) -> Vec<Lap> {
    let of_race = |(race, it): (usize, &&Race)| -> Vec<Lap> {
        let lap = |lap: &RaceLap| {
            let Measured { estimated, truth, .. } = (side.measured)(&lap.burned)?;
            Some(Lap { race, car: lap.car, number: lap.number, estimated, truth })
        };
        it.laps.iter().filter(|lap| is_meant(lap)).filter_map(lap).collect()
    };
    races.iter().enumerate().flat_map(of_race).collect()
}

fn laps_of_known_scale(races: &[&Race], is_meant: Which, side: Side) -> Vec<Measured> {
    let laps = races.iter().flat_map(|race| &race.laps).filter(|lap| lap.scaled && is_meant(lap));
    laps.filter_map(|lap| (side.measured)(&lap.burned)).collect()
}
