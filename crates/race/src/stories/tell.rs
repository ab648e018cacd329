//! The stories that the insights of one window tell.

use crate::mode::median;
use events::{CarInsight, Forecast, Mode, Quality, Story, StoryKind};
use units::EventTime;

/// A forecast is a story when the finish is within this many laps of what the fuel makes, and nearer than that. Source
/// of all bounds: docs/fuel-model.md §7.
const SHORT_MOST_LAPS: f64 = 6.0;
/// Who would have to save more than this, percent, stops.
const SAVE_MOST_PCT: f64 = 25.0;
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
    let Forecast { laps_to_go, make_it, laps_long, laps_long_sd: sd, .. } = *forecast;
    if laps_to_go < LAPS_TO_GO_MIN {
        return None;
    }
    let number = car.vehicle_id;
    let laps = if laps_long < 0.0 {
        format!("is {:.1} ± {sd:.1} laps short of the finish", -laps_long)
    } else {
        format!("has {laps_long:.1} ± {sd:.1} laps to spare, overtime apart,")
    };
    let said = format!("{number} {laps} with {laps_to_go} to go: {} that it makes it", chance(make_it));
    let can_save = forecast.save_pct.is_some_and(|percent| percent <= SAVE_MOST_PCT);
    if make_it < SHORT_CHANCE && laps_long > -SHORT_MOST_LAPS && can_save {
        let target = forecast.save_target_mpg.map(|mpg| format!("; {mpg:.1} mpg from here would do"));
        let weight = 0.9 - 0.5 * laps_long.abs() / SHORT_MOST_LAPS;
        return Some((StoryKind::Short, weight, said + &target.unwrap_or_default()));
    }
    let is_news = field_chance.is_some_and(|others| others < OTHERS_CHANCE);
    (make_it >= MAKES_CHANCE && is_news).then(|| (StoryKind::MakesIt, 0.8, said + ", and most do not"))
}

/// A chance in words.
fn chance(of: f64) -> String {
    match 100.0 * of {
        percent if percent < 1.0 => "less than 1 %".into(),
        percent if percent > 99.0 => "more than 99 %".into(),
        percent => format!("{percent:.0} %"),
    }
}

/// One full tank makes the finish, from now on, and what it carries does not.
fn window(car: &CarInsight, forecast: &Forecast) -> Option<(StoryKind, f64, String)> {
    let is_open = forecast.fuel_to_add_kg.is_some() && forecast.make_it < SHORT_CHANCE;
    let closes = forecast.window_closes_lap.filter(|closes| car.lap.is_some_and(|lap| *closes >= lap));
    let closes = closes.map(|closes| format!("; it must stop by lap {closes}")).unwrap_or_default();
    let number = car.vehicle_id;
    let text = format!("{number}'s pit window is open: one tank from here makes the finish{closes}");
    (is_open && forecast.laps_to_go >= LAPS_TO_GO_MIN).then_some((StoryKind::Window, 0.35, text))
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

#[cfg(test)]
mod tests {
    use super::*;
    use events::{SessionId, VehicleId};

    fn car(forecast: Forecast) -> CarInsight {
        let session = SessionId::new("test").unwrap();
        let nothing = CarInsight::of_nothing(session, VehicleId::new("24").unwrap(), EventTime::from_us(0));
        CarInsight { quality: Quality::Sound, lap: Some(150), forecast: Some(forecast), ..nothing }
    }

    fn texts(cars: &[CarInsight]) -> Vec<(StoryKind, String)> {
        all(EventTime::from_us(0), cars).into_iter().map(|story| (story.kind, story.text)).collect()
    }

    #[test]
    fn a_finish_in_question_is_told_with_its_numbers() {
        let short = Forecast {
            laps_to_go: 41,
            make_it: 0.14,
            laps_long: -1.63,
            laps_long_sd: 1.7,
            save_target_mpg: Some(4.93),
            save_pct: Some(8.0),
            ..Forecast::default()
        };
        let dry = Forecast { laps_long: -25.0, make_it: 0.0, save_pct: Some(60.0), ..short };
        let makes = Forecast { laps_to_go: 41, make_it: 0.93, laps_long: 4.0, laps_long_sd: 1.9, ..short };
        let window = Forecast { fuel_to_add_kg: Some(20.0), window_closes_lap: Some(158), ..dry };
        for (what, cars, told) in [
            (
                "short",
                vec![car(short)],
                vec![(
                    StoryKind::Short,
                    "24 is 1.6 ± 1.7 laps short of the finish with 41 to go: 14 % that it makes it; 4.9 mpg from here would do",
                )],
            ),
            ("who must stop anyway", vec![car(dry)], vec![]),
            (
                "makes it alone",
                vec![car(makes), car(dry), car(dry)],
                vec![(
                    StoryKind::MakesIt,
                    "24 has 4.0 ± 1.9 laps to spare, overtime apart, with 41 to go: 93 % that it makes it, and most do not",
                )],
            ),
            ("makes it as all do", vec![car(makes), car(makes)], vec![]),
            (
                "window",
                vec![car(window)],
                vec![(
                    StoryKind::Window,
                    "24's pit window is open: one tank from here makes the finish; it must stop by lap 158",
                )],
            ),
        ] {
            let told: Vec<_> = told.into_iter().map(|(kind, text)| (kind, text.to_owned())).collect();
            assert_eq!(texts(&cars), told, "{what}");
        }
    }
}
