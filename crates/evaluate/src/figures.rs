//! The figures of some races, of the stream and of the baseline. Definitions: docs/accuracy.md.

use crate::align::{AlignedLap, AlignedRace, FinishCall, TwoEstimates};
use crate::metrics::{self, Measured, MeasuredLap};
use crate::probability_scores::{self, BINS, Called, Reliability};
use events::LapLabel;
use serde::Serialize;
use std::collections::BTreeMap;

/// The figures of some races. What cannot be computed is null.
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
    /// Laps of the truth that the stream has not.
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

/// Whether a lap is among those meant.
type Which = fn(&AlignedLap) -> bool;
/// Takes one of two estimates.
#[derive(Clone, Copy)]
struct EstimateSource {
    measured: fn(&TwoEstimates) -> Option<Measured>,
    called: fn(&FinishCall) -> Option<Called>,
}

const STREAM: EstimateSource =
    EstimateSource { measured: |beside| Some(beside.stream), called: |make_it| Some(make_it.stream) };
const NAIVE: EstimateSource =
    EstimateSource { measured: |beside| beside.naive, called: |make_it| make_it.naive };

impl Figures {
    /// Of some races.
    pub fn of(races: &[AlignedRace]) -> Figures {
        let all: Vec<&AlignedRace> = races.iter().collect();
        let mut tracks: BTreeMap<String, Vec<&AlignedRace>> = BTreeMap::new();
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
}

impl Compared<Accuracy> {
    /// Of some races.
    pub fn of(races: &[&AlignedRace]) -> Self {
        Compared { stream: Accuracy::of(races, STREAM), naive: Accuracy::of(races, NAIVE) }
    }
}

impl Accuracy {
    fn of(races: &[&AlignedRace], way: EstimateSource) -> Accuracy {
        let of_stints = |is_first: bool| -> Vec<Measured> {
            let stints = races.iter().flat_map(|race| &race.stints);
            stints
                .filter(|stint| stint.is_first == is_first)
                .filter_map(|stint| (way.measured)(&stint.burned))
                .collect()
        };
        let (first, later) = (of_stints(true), of_stints(false));
        let laps = laps(races, |lap| lap.clean, way);
        let scaled = laps_of_known_scale(races, |lap| lap.clean, way);
        let pairs = metrics::pairs(&laps);
        let all = |of: fn(&AlignedRace) -> &Vec<TwoEstimates>| -> Vec<Measured> {
            races.iter().flat_map(|race| of(race)).filter_map(way.measured).collect()
        };
        let (tanks, laps_left) = (all(|race| &race.tanks), all(|race| &race.laps_left));
        let stints = [first.clone(), later.clone()].concat();
        let called = |is_meant: fn(&FinishCall) -> bool| -> Vec<Called> {
            let make_its = races.iter().flat_map(|race| &race.make_its);
            make_its.filter(|it| is_meant(it)).filter_map(way.called).collect()
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
    fn of(races: &[&AlignedRace], is_meant: Which, way: EstimateSource) -> LapAccuracy {
        let laps = laps(races, is_meant, way);
        let scaled = laps_of_known_scale(races, is_meant, way);
        LapAccuracy {
            laps: laps.len(),
            lap_bias_pct: metrics::bias_pct(&scaled),
            lap_rms_pct: metrics::rms_pct(&scaled),
            lap_mpg_sd_pct: metrics::lap_sd_pct(&laps),
            coverage80: metrics::coverage80(&scaled),
        }
    }
}

fn laps(races: &[&AlignedRace], is_meant: Which, way: EstimateSource) -> Vec<MeasuredLap> {
    let of_race = |(race, it): (usize, &&AlignedRace)| -> Vec<MeasuredLap> {
        let lap = |lap: &AlignedLap| {
            let Measured { estimated, truth, .. } = (way.measured)(&lap.burned)?;
            Some(MeasuredLap { race, car: lap.car, number: lap.number, estimated, truth })
        };
        it.laps.iter().filter(|lap| is_meant(lap)).filter_map(lap).collect()
    };
    races.iter().enumerate().flat_map(of_race).collect()
}

fn laps_of_known_scale(races: &[&AlignedRace], is_meant: Which, way: EstimateSource) -> Vec<Measured> {
    let laps = races.iter().flat_map(|race| &race.laps).filter(|lap| lap.scaled && is_meant(lap));
    laps.filter_map(|lap| (way.measured)(&lap.burned)).collect()
}
