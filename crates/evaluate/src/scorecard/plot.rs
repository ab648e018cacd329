//! Pictures of the scorecard. Each shows by shape what it shows by colour.

use super::escaped;
use crate::align::AlignedRace;
use crate::metrics::{Measured, ln};
use crate::probability_scores::{BINS, Reliability};

/// Errors beyond this are drawn at the edge, percent.
const REACH_MAX_PCT: f64 = 20.0;

/// Errors of all stints, race by race: discs are first stints, rings later ones.
pub fn stints(races: &[AlignedRace]) -> String {
    let (width, height, left, top, bottom) = (960.0, 340.0, 56.0, 24.0, 44.0);
    let all: Vec<_> = races.iter().flat_map(|race| &race.stints).collect();
    let worst = all.iter().map(|stint| error_pct(&stint.burned.stream).abs()).fold(1.0, f64::max);
    let reach = worst.min(REACH_MAX_PCT).ceil();
    let x = |place: usize| left + (width - left) * (place as f64 + 0.5) / all.len().max(1) as f64;
    let half = (height - top - bottom) / 2.0;
    let y = |pct: f64| top + half - half * (pct / reach).clamp(-1.0, 1.0);
    let mut svg = open(width, height, "", "Error of each stint, percent");
    for part in -2..=2 {
        let pct = reach * f64::from(part) / 2.0;
        let at = y(pct);
        svg += &format!(
            "<line class=\"axis\" x1=\"{left}\" x2=\"{width}\" y1=\"{at:.1}\" y2=\"{at:.1}\"/>\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{pct:.1} %</text>",
            left - 6.0,
            at + 4.0
        );
    }
    for (place, stint) in all.iter().enumerate() {
        let (at, up) = (x(place), y(error_pct(&stint.burned.stream)));
        svg += &match stint.is_first {
            true => format!(
                "<circle class=\"other\" fill-opacity=\".7\" cx=\"{at:.1}\" cy=\"{up:.1}\" r=\"2.4\"/>"
            ),
            false => format!("<circle class=\"own-ring\" cx=\"{at:.1}\" cy=\"{up:.1}\" r=\"2.2\"/>"),
        };
    }
    let mut before = 0;
    for same in races.chunk_by(|a, b| a.track == b.track) {
        let count: usize = same.iter().map(|race| race.stints.len()).sum();
        let (from, to) = (x(before) - 2.0, x(before + count) - 2.0);
        let name = same.first().map_or("", |race| race.track.as_str());
        svg += &format!(
            "<line class=\"axis\" x1=\"{from:.1}\" x2=\"{from:.1}\" y1=\"{top}\" y2=\"{:.1}\"/>\
             <text class=\"quiet\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
            height - bottom + 4.0,
            (from + to) / 2.0,
            height - bottom + 18.0,
            escaped(name)
        );
        before += count;
    }
    svg += &format!(
        "<circle class=\"other\" cx=\"{left}\" cy=\"10\" r=\"4\"/><text x=\"{:.0}\" y=\"14\">first stints</text>\
         <circle class=\"own-ring\" cx=\"{:.0}\" cy=\"10\" r=\"4\"/><text x=\"{:.0}\" y=\"14\">later stints</text></svg>\n",
        left + 10.0,
        left + 110.0,
        left + 120.0
    );
    svg
}

/// Shares in ten classes, with the level at which all are alike.
pub fn histogram(what: &str, counts: &[usize; BINS]) -> String {
    let (width, height, top, bottom) = (300.0, 190.0, 26.0, 22.0);
    let all = counts.iter().sum::<usize>().max(1) as f64;
    let share = |count: usize| count as f64 / all;
    let most = counts.iter().map(|count| share(*count)).fold(0.2, f64::max);
    let up = |share: f64| height - bottom - (height - top - bottom) * share / most;
    let step = width / BINS as f64;
    let mut svg = open(width, height, "", what);
    for (bin, count) in counts.iter().enumerate() {
        let at = up(share(*count));
        svg += &format!(
            "<rect class=\"own\" x=\"{:.1}\" y=\"{at:.1}\" width=\"{:.1}\" height=\"{:.1}\"><title>{:.1} %</title></rect>",
            step * bin as f64 + 1.0,
            step - 2.0,
            height - bottom - at,
            100.0 * share(*count)
        );
    }
    let even = up(1.0 / BINS as f64);
    svg += &format!(
        "<line class=\"even\" x1=\"0\" x2=\"{width}\" y1=\"{even:.1}\" y2=\"{even:.1}\"/>\
         <text x=\"0\" y=\"14\">{what}, {all} of them</text>\
         <text class=\"quiet\" x=\"0\" y=\"{:.0}\">truth is low</text>\
         <text class=\"quiet\" x=\"{width}\" y=\"{:.0}\" text-anchor=\"end\">truth is high</text></svg>\n",
        height - 6.0,
        height - 6.0,
        all = counts.iter().sum::<usize>()
    );
    svg
}

/// Probabilities against what came of them, of the estimate and of the baseline.
pub fn reliability(own: &[Reliability], other: &[Reliability]) -> String {
    let (size, left, top) = (400.0, 44.0, 26.0);
    let x = |share: f64| left + (size - left - 12.0) * share;
    let y = |share: f64| size - 40.0 - (size - 40.0 - top) * share;
    let mut svg = open(size, size, "half", "Reliability of probabilities to make the finish");
    for part in [0.0, 0.25, 0.5, 0.75, 1.0] {
        svg += &format!(
            "<line class=\"axis\" x1=\"{:.1}\" x2=\"{:.1}\" y1=\"{:.1}\" y2=\"{:.1}\"/>\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{part}</text>\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{part}</text>",
            x(0.0),
            x(1.0),
            y(part),
            y(part),
            left - 6.0,
            y(part) + 4.0,
            x(part),
            size - 22.0
        );
    }
    svg += &format!("<path class=\"even\" d=\"M{:.1} {:.1}L{:.1} {:.1}\"/>", x(0.0), y(0.0), x(1.0), y(1.0));
    for (name, classes) in [("other", other), ("own", own)] {
        let line: Vec<String> =
            classes.iter().map(|class| format!("{:.1} {:.1}", x(class.named), y(class.happened))).collect();
        if !line.is_empty() {
            svg += &format!("<path class=\"{name}-line\" d=\"M{}\"/>", line.join("L"));
        }
        let all = classes.iter().map(|class| class.readings).sum::<usize>().max(1) as f64;
        for class in classes {
            let radius = 2.0 + 14.0 * (class.readings as f64 / all).sqrt();
            let shape = if name == "own" { "own\" fill-opacity=\".6" } else { "other-ring" };
            svg += &format!(
                "<circle class=\"{shape}\" cx=\"{:.1}\" cy=\"{:.1}\" r=\"{radius:.1}\"><title>{} estimated {:.2}, came {:.2}\
                 </title></circle>",
                x(class.named),
                y(class.happened),
                class.readings,
                class.named,
                class.happened
            );
        }
    }
    svg += &format!(
        "<circle class=\"own\" cx=\"{left}\" cy=\"10\" r=\"4\"/><text x=\"{:.0}\" y=\"14\">estimate</text>\
         <circle class=\"other-ring\" cx=\"{:.0}\" cy=\"10\" r=\"4\"/><text x=\"{:.0}\" y=\"14\">baseline</text>\
         <text class=\"quiet\" x=\"{:.0}\" y=\"{:.0}\" text-anchor=\"middle\">probability; upwards, share that made it</text>\
         </svg>\n",
        left + 10.0,
        left + 90.0,
        left + 100.0,
        x(0.5),
        size - 6.0
    );
    svg
}

fn open(width: f64, height: f64, class: &str, title: &str) -> String {
    format!(
        "<svg class=\"{class}\" viewBox=\"0 0 {width} {height}\" role=\"img\"><title>{}</title>\n",
        escaped(title)
    )
}

fn error_pct(burned: &Measured) -> f64 {
    100.0 * ln(burned.estimated / burned.truth)
}
