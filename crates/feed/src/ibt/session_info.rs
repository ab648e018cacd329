//! The few facts that are needed from the session info of an `.ibt` file.
//!
//! Its YAML is not quite YAML: names stand unquoted with whatever a player typed, in Latin-1 or UTF-8. So it is read
//! line by line: a key at the left edge opens a section, and only single-line values are looked at.

use crate::judge::label;

/// What the session info says; empty or `None` where it does not.
#[derive(Debug, Default, PartialEq)]
pub(super) struct SessionInfo {
    pub track: String,
    pub track_length_m: Option<f64>,
    pub tank_l: Option<f64>,
    pub fuel_kg_per_l: Option<f64>,
    pub car_number: String,
    pub driver: String,
    pub team: String,
    pub car: String,
}

/// Reads what it can; nothing in it is an error.
pub(super) fn read(bytes: &[u8]) -> SessionInfo {
    let text = decoded(bytes);
    let lines: Vec<Line<'_>> =
        text.lines().scan("", |section, line| Some(Line::read(section, line))).flatten().collect();
    let fact = |section, key| lines.iter().find(|l| l.section == section && l.key == key).map(|l| l.value);
    let number = |key| fact("DriverInfo", key).and_then(positive);
    let player = fact("DriverInfo", "DriverCarIdx").unwrap_or_default();
    let entry = lines
        .iter()
        .position(|l| l.section == "DriverInfo" && l.opens_item && l.key == "CarIdx" && l.value == player);
    let entry = entry.map(|at| lines.get(at + 1..).unwrap_or_default()).unwrap_or_default();
    let entry: Vec<&Line<'_>> =
        entry.iter().take_while(|l| l.section == "DriverInfo" && !l.opens_item).collect();
    let of_player = |key| entry.iter().find(|l| l.key == key).map(|l| label(l.value)).unwrap_or_default();
    SessionInfo {
        track: track(fact("WeekendInfo", "TrackDisplayName"), fact("WeekendInfo", "TrackConfigName")),
        track_length_m: fact("WeekendInfo", "TrackLength").and_then(metres),
        tank_l: number("DriverCarFuelMaxLtr").map(|l| l * number("DriverCarMaxFuelPct").unwrap_or(1.0)),
        fuel_kg_per_l: number("DriverCarFuelKgPerLtr"),
        car_number: of_player("CarNumber"),
        driver: of_player("UserName"),
        team: of_player("TeamName"),
        car: of_player("CarScreenName"),
    }
}

struct Line<'t> {
    section: &'t str,
    /// It is the first of a list item.
    opens_item: bool,
    key: &'t str,
    value: &'t str,
}

impl<'t> Line<'t> {
    /// The line as part of the open section, which it may change; `None` without a key.
    fn read(section: &mut &'t str, line: &'t str) -> Option<Self> {
        let (key, value) = line.split_once(':')?;
        let (bare, opens_item) = match key.trim_start().strip_prefix("- ") {
            Some(item) => (item, true),
            None => (key.trim_start(), false),
        };
        if bare.len() == key.len() {
            *section = bare;
        }
        let value = value.trim();
        let unquoted = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
        Some(Line { section, opens_item, key: bare, value: unquoted.unwrap_or(value) })
    }
}

/// UTF-8 where it is, else Latin-1, whose bytes are the first 256 characters of Unicode; up to the first NUL.
fn decoded(bytes: &[u8]) -> String {
    let bytes = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect(),
    }
}

fn track(name: Option<&str>, configuration: Option<&str>) -> String {
    match configuration.filter(|text| !text.is_empty()) {
        Some(configuration) => label(&format!("{} ({configuration})", name.unwrap_or_default())),
        None => label(name.unwrap_or_default()),
    }
}

fn positive(text: &str) -> Option<f64> {
    text.parse().ok().filter(|number: &f64| number.is_finite() && *number > 0.0)
}

fn metres(text: &str) -> Option<f64> {
    positive(text.strip_suffix("km")?.trim()).map(|km| km * 1e3)
}
