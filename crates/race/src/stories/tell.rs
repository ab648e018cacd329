//! The stories that the insights of one window tell.

use crate::mode::median;
use events::{CarInsight, Forecast, Mode, Quality, Story, StoryKind};
use units::EventTime;

/// A forecast is a story when the finish is within this many laps of what the fuel makes, and nearer than that. Source
/// of all bounds: docs/fuel-model.md §7.
const SHORT_MOST_LAPS: f64 = 8.0;
const SHORT_CHANCE: f64 = 0.5;
const MAKES_CHANCE: f64 = 0.8;
/// The others' median chance, where making it is news.
const OTHERS_CHANCE: f64 = 0.5;
/// Nobody is short of a finish that is so near or so far, laps.
const LAPS_TO_GO_MIN: u32 = 2;
/// A burn is told to be less or more when it is so by this many standard deviations.
const SURE: f64 = 1.0;
/// Percent less or more that weighs 1.
const FULL_WEIGHT_PCT: f64 = 10.0;

/// Of every car and kind at most one.
pub fn all(end: EventTime, cars: &[CarInsight]) -> Vec<Story> {
    let chances = cars.iter().filter_map(|car| Some(car.forecast?.make_it));
    let field_chance = median(chances);
    cars.iter().flat_map(|car| of_car(end, car, field_chance)).collect()
}

fn of_car(end: EventTime, car: &CarInsight, field_chance: Option<f64>) -> Vec<Story> {
    if matches!(car.quality, Quality::Lost | Quality::Stale | Quality::Unknown) {
        return Vec::new();
    }
    let forecast = car.forecast.as_ref().filter(|_| car.mode != Mode::Pit && car.mode != Mode::Off);
    let found = [
        driving(car),
        forecast.and_then(|forecast| finish(car, forecast, field_chance)),
        forecast.and_then(|forecast| window(car, forecast)),
        conflict(car),
    ];
    let story = |(kind, weight, text): (StoryKind, f64, String)| Story {
        kind,
        vehicle_id: car.vehicle_id,
        since_us: end,
        weight: weight.clamp(0.0, 1.0),
        text,
    };
    found.into_iter().flatten().map(story).collect()
}

/// Saves, or races hard.
fn driving(car: &CarInsight) -> Option<(StoryKind, f64, String)> {
    let kind = match car.mode {
        Mode::Saving => StoryKind::Saving,
        Mode::Hard => StoryKind::Hard,
        _ => return None,
    };
    let (relative, sd) = (car.relative_pct?, car.relative_sd_pct?);
    let reason = car.mode_reason.as_ref()?;
    let number = car.vehicle_id;
    let is_sure = match kind {
        StoryKind::Saving => relative < -SURE * sd,
        _ => relative > SURE * sd,
    };
    let word = if relative < 0.0 { "less" } else { "more" };
    let weight = 0.2 + 0.6 * relative.abs() / FULL_WEIGHT_PCT;
    if is_sure {
        let burned = format!(
            "{number} has burned {:.1} ± {sd:.1} % {word} than the field over {} green laps",
            relative.abs(),
            car.green_laps
        );
        let text = if kind == StoryKind::Saving { format!("{burned}: {reason}") } else { burned };
        return Some((kind, weight, text));
    }
    // how he drives shows, and not yet in the burn: the tow, or none, hides it
    let text = format!(
        "{number} saves fuel: {reason}; burns {:.1} ± {sd:.1} % {word} than the field",
        relative.abs()
    );
    (kind == StoryKind::Saving).then_some((kind, 0.3, text))
}

/// Comes out short, or makes it where most do not.
fn finish(
    car: &CarInsight,
    forecast: &Forecast,
    field_chance: Option<f64>,
) -> Option<(StoryKind, f64, String)> {
    let Forecast { laps_to_go, make_it, laps_long, laps_long_sd, .. } = *forecast;
    if laps_to_go < LAPS_TO_GO_MIN {
        return None;
    }
    let (number, chance) = (car.vehicle_id, 100.0 * make_it);
    if make_it < SHORT_CHANCE && laps_long > -SHORT_MOST_LAPS {
        let short = if laps_long < 0.0 { "short of the finish" } else { "to spare, overtime apart" };
        let target = forecast
            .save_target_mpg
            .map_or(String::new(), |mpg| format!("; {mpg:.1} mpg from here would do"));
        let text = format!(
            "{number} is {:.1} ± {laps_long_sd:.1} laps {short} with {laps_to_go} to go, a chance of {chance:.0} %{target}",
            laps_long.abs()
        );
        return Some((StoryKind::Short, 0.9 - 0.5 * laps_long.abs() / SHORT_MOST_LAPS, text));
    }
    let is_news = field_chance.is_some_and(|others| others < OTHERS_CHANCE);
    if make_it >= MAKES_CHANCE && is_news {
        let text = format!(
            "{number} makes the finish on this tank with {chance:.0} %, {:.1} ± {laps_long_sd:.1} laps to spare; most do not",
            laps_long.max(0.0)
        );
        return Some((StoryKind::MakesIt, 0.8, text));
    }
    None
}

/// From this lap on one full tank makes the finish.
fn window(car: &CarInsight, forecast: &Forecast) -> Option<(StoryKind, f64, String)> {
    let (opens, lap) = (forecast.window_opens_lap?, car.lap?);
    let completed = lap.checked_sub(1)?;
    let is_open = completed >= opens && forecast.make_it < SHORT_CHANCE;
    let closes = match forecast.window_closes_lap.filter(|closes| *closes >= completed) {
        Some(closes) => format!(", and must stop by lap {closes}"),
        None => String::new(),
    };
    let number = car.vehicle_id;
    let text = format!("{number} can go to the end on one full tank from lap {opens} on{closes}");
    is_open.then_some((StoryKind::Window, 0.5, text))
}

/// What was told of its fuel contradicts its numbers.
fn conflict(car: &CarInsight) -> Option<(StoryKind, f64, String)> {
    let number = car.vehicle_id;
    let text = match car.quality {
        Quality::EvidenceConflict => {
            format!(
                "What was told of the fuel of {number} contradicts what it burned: it was not taken in full"
            )
        }
        Quality::LevelConflict => {
            format!(
                "By what is known {number} is out of fuel, and yet it runs: a stop added more than was told"
            )
        }
        _ => return None,
    };
    Some((StoryKind::Conflict, 0.6, text))
}
