//! The figures as tables for people.

use crate::figures::{Accuracy, Compared, Figures, LapAccuracy};
use std::fmt::Write;

/// Width of the first column of a table with a row for each kind of race.
const NAMES: usize = 26;

impl Figures {
    /// All figures, estimate and baseline side by side.
    pub fn text(&self) -> String {
        let mut text = format!("{:<40}{:>11}{:>11}\n", "", "estimate", "naive");
        for (what, figure) in ACCURACY {
            line(&mut text, what, [&self.overall, &self.naive].into_iter().map(figure));
        }
        let counts = &self.overall;
        // a string takes all that is written to it
        let _ = writeln!(
            text,
            "{} clean laps, {} pairs of cars, {} first and {} later stints, {} tanks, {} open of {} make-its; {} laps \
             lost\n",
            counts.clean_laps,
            counts.pairs,
            counts.first_stints,
            counts.later_stints,
            counts.tanks,
            counts.make_its,
            counts.make_its_all,
            counts.lost_laps
        );
        for (flag, compared) in &self.by_flag {
            let _ = writeln!(text, "{} laps under {flag}", compared.stream.laps);
            for (what, figure) in LAP_ACCURACY {
                line(&mut text, what, [&compared.stream, &compared.naive].into_iter().map(figure));
            }
        }
        text
    }
}

fn line(text: &mut String, what: &str, figures: impl Iterator<Item = Option<f64>>) {
    let _ = writeln!(text, "{what:<40}{}", cells(figures));
}

/// Some figures of a table; what is not known is a dash.
pub fn cells(figures: impl Iterator<Item = Option<f64>>) -> String {
    let cell = |figure| match figure {
        Some(figure) => format!("{figure:>11.2}"),
        None => format!("{:>11}", "–"),
    };
    figures.map(cell).collect()
}

/// The line above rows of [`brief`], without its end.
pub fn brief_head(what: &str) -> String {
    let names = ACCURACY_BRIEF.iter().map(|(name, _)| format!("{name:>11}"));
    format!("{what:<NAMES$}{}", names.collect::<String>())
}

/// Two rows of a table, of the estimate and of the baseline, without the last line's end.
pub fn brief(what: &str, compared: &Compared<Accuracy>) -> String {
    brief_of(what, &compared.stream, &compared.naive)
}

/// The same of two figures that were not compared yet.
pub fn brief_of(what: &str, stream: &Accuracy, naive: &Accuracy) -> String {
    let row = |accuracy| cells(ACCURACY_BRIEF.iter().map(|(_, figure)| figure(accuracy)));
    format!("{what:<NAMES$}{}\n{:<NAMES$}{}", row(stream), "  naive", row(naive))
}

/// One line of laps under a flag, without its end.
pub fn brief_laps(flag: &str, laps: &LapAccuracy) -> String {
    let figures = cells([laps.lap_bias_pct, laps.lap_rms_pct, laps.coverage80].into_iter());
    format!("{:<NAMES$}{figures}", format!("laps {flag}: mean, rms, 80 %"))
}

/// The figures of a table: their names, and how to get them.
type FigureColumns<T> = &'static [(&'static str, fn(&T) -> Option<f64>)];

/// The figures of a table with a row for each kind of race.
pub const ACCURACY_BRIEF: FigureColumns<Accuracy> = &[
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

const ACCURACY: FigureColumns<Accuracy> = &[
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

const LAP_ACCURACY: FigureColumns<LapAccuracy> = &[
    ("  mean %", |a| a.lap_bias_pct),
    ("  rms %", |a| a.lap_rms_pct),
    ("  sd %", |a| a.lap_mpg_sd_pct),
    ("  80 % intervals that hold the lap", |a| a.coverage80),
];
