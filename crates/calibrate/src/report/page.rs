//! The report as one self-contained HTML page.

use super::plot::escaped;
use super::text::{give_or_take, left_out, numbers, power, why_none};
use super::{CalibrationReport, residual_plot};

/// The page.
pub fn page(report: &CalibrationReport) -> String {
    let from = &report.from;
    let mut html = format!(
        "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>Calibration {0}</title>\n<style>{STYLE}</style>\n\
         <h1>Calibration {0}</h1>\n<p>{1} fills-to-fill of {2} cars in {3} races: {4}.</p>\n",
        escaped(&report.model),
        from.fills,
        from.cars,
        from.races.len(),
        escaped(&from.races.join(", "))
    );
    html += &residual_plot(report);
    html += "<h2>What is known of the law's shape</h2>\n<p>Stints are mixtures, so no parameter is measured alone; these \
             combinations are, to this part of the prior's variance.</p>\n";
    let directions = report.directions.iter();
    html += &table(
        &["variance left", "combination"],
        directions.map(|d| vec![format!("{:.1} %", 100.0 * d.variance_left), d.what.clone()]),
    );
    html += "<h2>Flow by the law, gal/h</h2>\n";
    html += &table(
        &["package, hp", "place", "before", "after"],
        report.flows.iter().map(|flow| {
            let flow_of = |gal_h: f64, sd_pct: f64| format!("{gal_h:.2} {}", give_or_take(sd_pct));
            let (before, after) =
                (flow_of(flow.before_gal_h, flow.before_sd_pct), flow_of(flow.gal_h, flow.sd_pct));
            vec![power(flow.package_hp), flow.place.into(), before, after]
        }),
    );
    html += "<h2>Packages against the ratio of their power</h2>\n";
    html += &table(
        &["package, hp", "differs"],
        report.packages.iter().map(|package| {
            vec![power(package.package_hp), format!("{:+.1} ± {:.1} %", package.differs_pct, package.sd_pct)]
        }),
    );
    html += &cross_validation(report);
    html += "<h2>Fills-to-fill</h2>\n";
    html += &table(
        &["race", "car", "burned, gal", "fitted, gal", "z", "weight"],
        report.residuals.iter().map(|fill| {
            let numbers = [fill.known_gal, fill.fitted_gal, fill.z, fill.weight].map(|x| format!("{x:.2}"));
            [fill.race.clone(), fill.car.clone()].into_iter().chain(numbers).collect()
        }),
    );
    html += "</html>\n";
    html
}

/// How well races were predicted without themselves, and what follows from that.
fn cross_validation(report: &CalibrationReport) -> String {
    let cross = &report.cross_validation;
    let mut html = format!(
        "<h2>Cross-validation</h2>\n<p>{}; {} fills-to-fill with evidence far off are not scored. ",
        left_out(cross),
        cross.not_scored
    );
    html += &match &report.learner {
        Some(learner) => format!("The residual of {learner} is used, for it wins.</p>\n"),
        None => format!("No residual is used, for {}.</p>\n", why_none(cross)),
    };
    html += &table(
        &[
            "residual",
            "later fills-to-fill",
            "rms, %",
            "rms, gal",
            "first fills-to-fill",
            "rms, %",
            "rms, gal",
        ],
        cross.ways.iter().map(|way| {
            let score = |score| numbers(score).into_iter();
            let mut cells = vec![way.learner.clone(), way.later.fills.to_string()];
            cells.extend(score(&way.later));
            cells.push(way.first.fills.to_string());
            cells.extend(score(&way.first));
            cells
        }),
    );
    html
}

const STYLE: &str = "body{font:15px/1.45 system-ui,sans-serif;color:#1b1f24;max-width:60rem;margin:2rem auto;padding:0 1rem}\
    table{border-collapse:collapse;font-variant-numeric:tabular-nums}td,th{padding:.15rem .8rem .15rem 0;text-align:left}\
    th{font-weight:600;border-bottom:1px solid #d0d7de}svg{width:100%;height:auto}h2{margin-top:2rem;font-size:1.1rem}";

fn table(head: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let line = |cells: String| format!("<tr>{cells}</tr>\n");
    let head: String = head.iter().map(|cell| format!("<th>{cell}</th>")).collect();
    let rows =
        rows.map(|cells| line(cells.iter().map(|cell| format!("<td>{}</td>", escaped(cell))).collect()));
    format!("<table>\n{}{}</table>\n", line(head), rows.collect::<String>())
}
