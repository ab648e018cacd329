//! The figures as one page that needs nothing else: no script, no network, light and dark.

mod plot;

use crate::align::AlignedRace;
use crate::figures::{Accuracy, Compared, Figures, LapAccuracy};
use crate::goals::{Taught, goals};
use crate::tables::ACCURACY_BRIEF;
use std::fmt::Display;

/// The page.
pub fn page(figures: &Figures, races: &[AlignedRace], taught: Taught) -> String {
    let all = Compared::of(&races.iter().collect::<Vec<_>>());
    let tracks: Vec<&str> = figures.by_track.keys().map(String::as_str).collect();
    let cars =
        races.iter().map(|race| race.laps.iter().map(|lap| lap.car + 1).max().unwrap_or(0)).sum::<usize>();
    let accuracy = &figures.overall;
    let mut html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>Burn Bar scorecard</title>\n\
         <style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>Scorecard</h1>\n<p>{} races ({}), {cars} cars: {} clean \
         laps, {} first and {} later stints, {} tanks, {} open calls of who makes the finish. Errors are ln(estimate / \
         truth). The baseline knows laps, flags and the engine package, but no telemetry.</p>\n",
        races.len(),
        escaped(tracks.join(", ")),
        accuracy.clean_laps,
        accuracy.first_stints,
        accuracy.later_stints,
        accuracy.tanks,
        accuracy.make_its,
    );
    html += &headline(&all, taught);
    html +=
        &section("Stints", "Each against what it truly burned. A right estimate scatters about the line.");
    html += &plot::stints(races);
    html += &section(
        "Where the truth lies within the estimate's own distribution",
        "By tenths. Calibrated is level; a hump in the middle is too cautious, raised ends are too sure, a slope is a bias.",
    );
    html += &format!(
        "<div class=\"three\">{}{}{}</div>\n",
        plot::histogram("Stints", &accuracy.pit_stints),
        plot::histogram("Clean laps", &accuracy.pit_laps),
        plot::histogram("Tanks before a stop", &accuracy.pit_tanks)
    );
    html += &section(
        "Probabilities to make the finish",
        "What was estimated against the share that did, open cases only. On the diagonal a probability means what it is; the \
         area of a point is the number of cases.",
    );
    html += &plot::reliability(&figures.overall.make_it_reliability, &figures.naive.make_it_reliability);
    html += &section("By track", "The estimate, and under it the baseline.");
    html += &by_track(figures);
    html += &section("Laps by flag", "As the stream labels them.");
    html += &by_flag(figures);
    html += "</main>\n</body>\n</html>\n";
    html
}

fn section(title: &str, about: &str) -> String {
    format!("<h2>{title}</h2>\n<p>{about}</p>\n")
}

/// The goals, what was reached, and what the baseline reaches.
fn headline(all: &Compared<Accuracy>, taught: Taught) -> String {
    let rows = goals(taught).into_iter().map(|goal| {
        let reached = goal.reached(all);
        let (class, word) = match reached.is_met {
            Some(true) => ("met", "✓ met"),
            Some(false) => ("missed", "✗ missed"),
            None => ("", "–"),
        };
        let naive = goal.of_baseline(all);
        format!(
            "<tr><th scope=\"row\">{}</th><td class=\"figure\">{}</td><td>{}</td><td>{}</td>\
             <td class=\"{class}\">{word}</td></tr>\n",
            reached.what.trim(),
            number(reached.figure),
            number(naive),
            reached.goal
        )
    });
    let rows: String = rows.collect();
    let head = ["", "estimate", "baseline", "goal", ""].map(|cell| format!("<th scope=\"col\">{cell}</th>"));
    format!("<table class=\"headline\">\n<tr>{}</tr>\n{rows}</table>\n", head.concat())
}

fn by_track(figures: &Figures) -> String {
    let head = ACCURACY_BRIEF.iter().map(|(what, _)| (*what).to_owned());
    let row = |what: String, accuracy: &Accuracy| {
        let cells = ACCURACY_BRIEF.iter().map(|(_, figure)| number(figure(accuracy)));
        [what].into_iter().chain(cells).collect::<Vec<String>>()
    };
    let rows = figures.by_track.iter().flat_map(|(track, compared)| {
        [row(track.clone(), &compared.stream), row("baseline".into(), &compared.naive)]
    });
    table(["".to_owned()].into_iter().chain(head), rows)
}

fn by_flag(figures: &Figures) -> String {
    let cells = |laps: &LapAccuracy| {
        [laps.lap_bias_pct, laps.lap_rms_pct, laps.lap_mpg_sd_pct, laps.coverage80].map(number)
    };
    let rows = figures.by_flag.iter().flat_map(|(flag, compared)| {
        let row = |what: String, laps: &LapAccuracy| {
            [what, laps.laps.to_string()].into_iter().chain(cells(laps)).collect::<Vec<String>>()
        };
        [row((*flag).to_owned(), &compared.stream), row("baseline".into(), &compared.naive)]
    });
    table(["", "laps", "mean %", "rms %", "sd %", "80 % intervals"].map(str::to_owned).into_iter(), rows)
}

/// Rows of an estimate, each with its baseline below.
fn table(head: impl Iterator<Item = String>, rows: impl Iterator<Item = Vec<String>>) -> String {
    let head: String = head.map(|cell| format!("<th scope=\"col\">{}</th>", escaped(&cell))).collect();
    let row = |(number, cells): (usize, Vec<String>)| {
        let (name, figures) = cells.split_first().map_or(("", &[][..]), |(name, rest)| (name.as_str(), rest));
        let figures: String = figures.iter().map(|cell| format!("<td>{cell}</td>")).collect();
        let class = if number % 2 == 1 { " class=\"baseline\"" } else { "" };
        format!("<tr{class}><th scope=\"row\">{}</th>{figures}</tr>\n", escaped(name))
    };
    let rows: String = rows.enumerate().map(row).collect();
    format!("<div class=\"wide\"><table>\n<tr>{head}</tr>\n{rows}</table></div>\n")
}

fn number(figure: Option<f64>) -> String {
    figure.map_or("–".into(), |figure| format!("{figure:.2}"))
}

fn escaped(text: impl Display) -> String {
    text.to_string().replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Blue and orange of Okabe and Ito: distinct to the colour-blind too.
const STYLE: &str = "\
:root{color-scheme:light dark;--ground:#fff;--ink:#1b1f24;--quiet:#57606a;--line:#d0d7de;--own:#0072b2;--other:#d55e00}\
@media(prefers-color-scheme:dark){:root{--ground:#14171b;--ink:#e6e8eb;--quiet:#9aa4ae;--line:#343b43;--own:#56b4e9;\
--other:#e69f00}}\
body{font:15px/1.45 system-ui,sans-serif;background:var(--ground);color:var(--ink);margin:0}\
main{max-width:68rem;margin:2rem auto;padding:0 1rem}h1{font-size:1.5rem}h2{font-size:1.1rem;margin:2.2rem 0 .3rem}\
p{color:var(--quiet);max-width:48rem;margin:.2rem 0 .8rem}table{border-collapse:collapse;\
font-variant-numeric:tabular-nums}td,th{padding:.2rem .9rem .2rem 0;text-align:right;white-space:nowrap;font-weight:400}\
th[scope=row]{text-align:left}th[scope=col]{color:var(--quiet);border-bottom:1px solid var(--line);font-size:.85rem}\
.headline{font-size:1.05rem}.figure{font-weight:650}.met{color:var(--own)}.missed{color:var(--other);font-weight:650}\
.baseline td,.baseline th{color:var(--quiet);padding-bottom:.5rem}.baseline th[scope=row]{padding-left:1rem}\
.wide{overflow-x:auto}.three{display:grid;grid-template-columns:repeat(auto-fit,minmax(17rem,1fr));gap:1rem}\
svg{width:100%;height:auto;font:12px system-ui,sans-serif;fill:var(--ink)}svg.half{max-width:30rem}\
.axis{stroke:var(--line)}.even{stroke:var(--quiet);stroke-dasharray:4 3;fill:none}.quiet{fill:var(--quiet)}\
.own{fill:var(--own)}.other{fill:var(--other)}.own-ring{fill:none;stroke:var(--own)}\
.other-ring{fill:none;stroke:var(--other);stroke-width:2}.own-line{fill:none;stroke:var(--own);stroke-width:1.5}\
.other-line{fill:none;stroke:var(--other);stroke-width:1.5;stroke-dasharray:6 3}";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_of_nothing_says_nothing_and_needs_nothing() {
        let html = page(&Figures::of(&[]), &[], Taught::Nothing);
        assert!(html.contains("<title>Burn Bar scorecard</title>") && html.ends_with("</html>\n"));
        for outside in ["http", "<script", "src=", "href=", "url(", "NaN", "inf"] {
            assert!(!html.contains(outside), "{outside}");
        }
    }

    #[test]
    fn names_are_text() {
        assert_eq!(escaped("<b>\"5\" & 6"), "&lt;b&gt;&quot;5&quot; &amp; 6");
    }
}
