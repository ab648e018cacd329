//! The report on a terminal.

use super::CalibrationReport;
use crate::cross::{CrossValidation, LeftOut, Score};
use std::fmt::Write;

/// Lines for people.
pub fn text(report: &CalibrationReport) -> String {
    let mut text = String::new();
    // writing to a string cannot fail
    let _ = write(&mut text, report);
    text
}

fn write(out: &mut String, report: &CalibrationReport) -> std::fmt::Result {
    let from = &report.from;
    writeln!(
        out,
        "{}: {} fills-to-fill of {} cars in {}",
        report.model,
        from.fills,
        from.cars,
        from.races.join(", ")
    )?;
    let far_off = report.residuals.iter().filter(|fill| fill.weight < 1.0).count();
    writeln!(
        out,
        "objective {:.1} at the start, {:.1} at the fit; {far_off} fills-to-fill are far off and count less",
        from.objective.0, from.objective.1
    )?;
    writeln!(
        out,
        "\nwhat is known of the law's shape (variance left of the prior's; only these combinations are)"
    )?;
    for direction in &report.directions {
        writeln!(out, "  {:>6.1} %  {}", 100.0 * direction.variance_left, direction.what)?;
    }
    writeln!(out, "\nflow by the law, gal/h            before            after")?;
    for flow in &report.flows {
        writeln!(
            out,
            "  {:>4} {:<24} {:>6.2} {:<9}  {:>6.2} {}",
            power(flow.package_hp),
            flow.place,
            flow.before_gal_h,
            give_or_take(flow.before_sd_pct),
            flow.gal_h,
            give_or_take(flow.sd_pct)
        )?;
    }
    if report.packages.iter().any(|package| package.sd_pct > 0.0) {
        writeln!(out, "\npackages against the ratio of their power")?;
        for package in report.packages.iter().filter(|package| package.sd_pct > 0.0) {
            let hp = power(package.package_hp);
            writeln!(out, "  {hp:>4} {:>+5.1} ± {:.1} %", package.differs_pct, package.sd_pct)?;
        }
    }
    let spreads = &report.spreads;
    writeln!(
        out,
        "\nspreads, %: race {:.2}, manufacturer {:.2}, team {:.2}, car {:.2}, its engine in a race {:.2}, package {:.2}, law over a stint {:.2}",
        100.0 * spreads.race,
        100.0 * spreads.manufacturer,
        100.0 * spreads.team,
        100.0 * spreads.car,
        100.0 * spreads.engine,
        100.0 * spreads.package,
        100.0 * report.tau
    )?;
    table(out, &report.cross_validation)?;
    match &report.learner {
        Some(learner) => writeln!(out, "residual: {learner}, for it wins"),
        None => writeln!(out, "residual: none, for {}", why_none(&report.cross_validation)),
    }
}

pub(super) fn why_none(table: &CrossValidation) -> &'static str {
    if table.ways.len() > 1 {
        "no learner is clearly better than the law alone"
    } else {
        "none was asked for, or there are too few fills-to-fill"
    }
}

pub(super) fn left_out(table: &CrossValidation) -> &'static str {
    match table.left_out {
        LeftOut::Race => "each race predicted without itself",
        LeftOut::Car => "one race only: each car predicted without itself, which is weaker",
    }
}

fn table(out: &mut String, table: &CrossValidation) -> std::fmt::Result {
    writeln!(
        out,
        "\n{} ({} fills-to-fill with evidence far off not scored)",
        left_out(table),
        table.not_scored
    )?;
    writeln!(out, "             later fills             first fills")?;
    writeln!(out, "           n   rms, %     gal       n   rms, %     gal")?;
    for way in &table.ways {
        write!(out, "  {:<5}", way.learner)?;
        for score in [&way.later, &way.first] {
            let [rms, gal] = numbers(score);
            write!(out, "{:>5} {rms:>8} {gal:>7}   ", score.fills)?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// The numbers of a score as text: %, gallons.
pub(super) fn numbers(score: &Score) -> [String; 2] {
    [score.rms_pct, score.rms_gal].map(|number| number.map_or("–".into(), |number| format!("{number:.3}")))
}

/// A relative standard deviation in words.
pub(super) fn give_or_take(sd_pct: f64) -> String {
    if sd_pct > 100.0 { "unknown".into() } else { format!("± {sd_pct:.1} %") }
}

/// A package in words.
pub(super) fn power(hp: Option<f64>) -> String {
    hp.map_or("–".into(), |hp| format!("{hp:.0}"))
}
