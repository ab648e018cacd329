//! How far fills-to-fill lie from the fit, as a picture that stands alone.

use super::{CalibrationReport, FillResidual};
use std::fmt::Write;

const WIDTH: f64 = 960.0;
const HEIGHT: f64 = 380.0;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 16.0;
const TOP: f64 = 44.0;
const BOTTOM: f64 = 56.0;

/// An SVG: one point a fill-to-fill, race by race; hollow where a fill-to-fill is far off and counts less.
pub fn residual_plot(report: &CalibrationReport) -> String {
    let reach = report.residuals.iter().map(|fill| off_pct(fill).abs()).fold(1.0, f64::max).min(20.0).ceil();
    let fills = report.residuals.len().max(1) as f64;
    let x = |at: f64| LEFT + (WIDTH - LEFT - RIGHT) * at / fills;
    let middle = TOP + (HEIGHT - TOP - BOTTOM) / 2.0;
    let y = |pct: f64| middle - (HEIGHT - TOP - BOTTOM) / 2.0 * (pct / reach).clamp(-1.0, 1.0);
    let mut svg = String::new();
    // writing to a string cannot fail
    let _ = draw(&mut svg, report, reach, &x, &y);
    svg
}

fn draw(
    svg: &mut String,
    report: &CalibrationReport,
    reach: f64,
    x: &dyn Fn(f64) -> f64,
    y: &dyn Fn(f64) -> f64,
) -> std::fmt::Result {
    writeln!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" \
         font-family=\"system-ui, sans-serif\" font-size=\"12\" fill=\"#1b1f24\">"
    )?;
    writeln!(svg, "<title>Fuel burned less fuel fitted, fill by fill</title>")?;
    writeln!(svg, "<rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"#fff\"/>")?;
    writeln!(
        svg,
        "<text x=\"{LEFT}\" y=\"20\" font-size=\"14\" font-weight=\"600\">Fuel burned less fuel fitted, % of a fill-to-fill</text>\
         <text x=\"{LEFT}\" y=\"36\" fill=\"#57606a\">one point a fill-to-fill; hollow: far off, counts less</text>"
    )?;
    axis(svg, reach, y)?;
    // a name has the width of two races, as neighbours stand on two lines by turns
    let races = report.residuals.chunk_by(|a, b| a.race == b.race).count();
    let size = if races > 8 { 8 } else { 12 };
    let mut from = 0;
    for (number, of_race) in report.residuals.chunk_by(|a, b| a.race == b.race).enumerate() {
        let to = from + of_race.len();
        let (left, right) = (x(from as f64), x(to as f64));
        if number % 2 == 1 {
            let (width, height) = (right - left, HEIGHT - TOP - BOTTOM);
            writeln!(
                svg,
                "<rect x=\"{left:.1}\" y=\"{TOP}\" width=\"{width:.1}\" height=\"{height}\" fill=\"#57606a\" opacity=\".06\"/>"
            )?;
        }
        let (middle, line) = ((left + right) / 2.0, HEIGHT - BOTTOM + 18.0 + 16.0 * (number % 2) as f64);
        writeln!(
            svg,
            "<text x=\"{middle:.1}\" y=\"{line}\" text-anchor=\"middle\" font-size=\"{size}\">{}</text>",
            escaped(&of_race[0].race)
        )?;
        for (at, fill) in of_race.iter().enumerate() {
            let colour = if fill.weight < 1.0 { "none" } else { "#0969da" };
            let (cx, cy) = (x((from + at) as f64 + 0.5), y(off_pct(fill)));
            writeln!(
                svg,
                "<circle cx=\"{cx:.1}\" cy=\"{cy:.1}\" r=\"3\" fill=\"{colour}\" fill-opacity=\".6\" stroke=\"#0969da\">\
                 <title>{} {}: {:.2} gal burned, {:.2} fitted</title></circle>",
                escaped(&fill.race),
                escaped(&fill.car),
                fill.known_gal,
                fill.fitted_gal
            )?;
        }
        from = to;
    }
    writeln!(
        svg,
        "<text x=\"{:.1}\" y=\"{}\" text-anchor=\"middle\" fill=\"#57606a\">fills-to-fill, race by race, as they became known</text>",
        WIDTH / 2.0,
        HEIGHT - 6.0
    )?;
    writeln!(svg, "</svg>")
}

/// Lines of equal error, percent.
fn axis(svg: &mut String, reach: f64, y: &dyn Fn(f64) -> f64) -> std::fmt::Result {
    for part in -2..=2 {
        let pct = reach * f64::from(part) / 2.0;
        let (at, colour) = (y(pct), if part == 0 { "#1b1f24" } else { "#d0d7de" });
        writeln!(
            svg,
            "<line x1=\"{LEFT}\" x2=\"{:.1}\" y1=\"{at:.1}\" y2=\"{at:.1}\" stroke=\"{colour}\"/>\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{pct:+.1} %</text>",
            WIDTH - RIGHT,
            LEFT - 6.0,
            at + 4.0
        )?;
    }
    Ok(())
}

fn off_pct(fill: &FillResidual) -> f64 {
    100.0 * (fill.known_gal - fill.fitted_gal) / fill.known_gal
}

/// Text as it may stand in HTML and SVG.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
