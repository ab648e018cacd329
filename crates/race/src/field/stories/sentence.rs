//! The stories that the insights of one window tell.

use crate::field::compare::median;
use events::{CarInsight, Forecast, Mode, Quality, StoryKind};

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
/// A burn is called less or more when it is so by this many standard deviations.
const SURE: f64 = 1.0;
/// Percent less or more that weighs 1.
const FULL_WEIGHT_PCT: f64 = 10.0;

/// What holds of a car.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StoryFound {
    /// What it is about.
    pub kind: StoryKind,
    /// How much it matters, 0..1.
    pub weight: f64,
}

/// The chance of the middle car to make the finish.
pub fn field_chance(cars: &[CarInsight]) -> Option<f64> {
    median(cars.iter().filter_map(|car| Some(car.forecast?.make_it)))
}

/// What holds of a car, of every kind at most one.
pub fn found(car: &CarInsight, field_chance: Option<f64>) -> impl Iterator<Item = StoryFound> {
    let is_sent = !matches!(car.trust.quality, Quality::Lost | Quality::Stale | Quality::Unknown);
    let forecast =
        car.forecast.as_ref().filter(|_| car.driving.mode != Mode::Pit && car.driving.mode != Mode::Off);
    let found = [
        driving(car),
        forecast.and_then(|forecast| finish(forecast, field_chance)),
        forecast.and_then(window),
        matches!(car.trust.quality, Quality::EvidenceConflict | Quality::LevelConflict)
            .then_some((StoryKind::Conflict, 0.6)),
    ];
    let found = found.into_iter().flatten().filter(move |_| is_sent);
    found.map(|(kind, weight)| StoryFound { kind, weight: weight.clamp(0.0, 1.0) })
}

/// The sentence for what was found of a car.
pub fn text(car: &CarInsight, kind: StoryKind) -> Option<String> {
    match kind {
        StoryKind::Saving | StoryKind::Hard => says_driving(car, kind),
        StoryKind::Short | StoryKind::MakesIt => Some(says_finish(car, car.forecast.as_ref()?, kind)),
        StoryKind::Window => Some(says_window(car, car.forecast.as_ref()?)),
        StoryKind::Conflict => says_conflict(car),
    }
}

/// Whether a car burns so surely less than the field, or more, as its mode says.
fn is_sure(kind: StoryKind, relative: f64, sd: f64) -> bool {
    if kind == StoryKind::Saving { relative < -SURE * sd } else { relative > SURE * sd }
}

/// Saves, or races hard.
fn driving(car: &CarInsight) -> Option<(StoryKind, f64)> {
    let kind = match car.driving.mode {
        Mode::Saving => StoryKind::Saving,
        Mode::Hard => StoryKind::Hard,
        _ => return None,
    };
    let (relative, sd) = (car.relative.pct?, car.relative.sd_pct?);
    car.driving.reason.as_ref()?;
    if is_sure(kind, relative, sd) {
        return Some((kind, 0.2 + 0.6 * relative.abs() / FULL_WEIGHT_PCT));
    }
    // how he drives shows, and not yet in the burn: the tow, or none, hides it
    (kind == StoryKind::Saving).then_some((kind, 0.3))
}

fn says_driving(car: &CarInsight, kind: StoryKind) -> Option<String> {
    let (relative, sd) = (car.relative.pct?, car.relative.sd_pct?);
    let (number, reason) = (car.vehicle_id, car.driving.reason.as_ref()?);
    let word = if relative < 0.0 { "less" } else { "more" };
    let than_field = format!("{:.1} ± {sd:.1} % {word} than the field", relative.abs());
    Some(match kind {
        _ if !is_sure(kind, relative, sd) => format!("{number} saves fuel: {reason}; burns {than_field}"),
        StoryKind::Saving => {
            format!("{number} has burned {than_field} over {} green laps: {reason}", car.stint.green_laps)
        }
        _ => format!("{number} has burned {than_field} over {} green laps", car.stint.green_laps),
    })
}

/// Comes out short, or makes it where most do not.
fn finish(forecast: &Forecast, field_chance: Option<f64>) -> Option<(StoryKind, f64)> {
    let Forecast { laps_to_go, make_it, laps_long, .. } = *forecast;
    if laps_to_go < LAPS_TO_GO_MIN {
        return None;
    }
    let can_save = forecast.save_pct.is_some_and(|percent| percent <= SAVE_MOST_PCT);
    if make_it < SHORT_CHANCE && laps_long > -SHORT_MOST_LAPS && can_save {
        return Some((StoryKind::Short, 0.9 - 0.5 * laps_long.abs() / SHORT_MOST_LAPS));
    }
    let is_news = field_chance.is_some_and(|others| others < OTHERS_CHANCE);
    (make_it >= MAKES_CHANCE && is_news).then_some((StoryKind::MakesIt, 0.8))
}

fn says_finish(car: &CarInsight, forecast: &Forecast, kind: StoryKind) -> String {
    let Forecast { laps_to_go, make_it, laps_long, laps_long_sd: sd, .. } = *forecast;
    let laps = if laps_long < 0.0 {
        format!("is {:.1} ± {sd:.1} laps short of the finish", -laps_long)
    } else {
        format!("has {laps_long:.1} ± {sd:.1} laps to spare, overtime apart,")
    };
    let chance = chance(make_it);
    let more = match forecast.save_target_mpg {
        _ if kind == StoryKind::MakesIt => ", and most do not".into(),
        Some(mpg) => format!("; {mpg:.1} mpg from here would do"),
        None => String::new(),
    };
    format!("{} {laps} with {laps_to_go} to go: {chance} that it makes it{more}", car.vehicle_id)
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
fn window(forecast: &Forecast) -> Option<(StoryKind, f64)> {
    let is_open = forecast.fuel_to_add_kg.is_some() && forecast.make_it < SHORT_CHANCE;
    (is_open && forecast.laps_to_go >= LAPS_TO_GO_MIN).then_some((StoryKind::Window, 0.35))
}

fn says_window(car: &CarInsight, forecast: &Forecast) -> String {
    let closes = forecast.window_closes_lap.filter(|closes| car.track.lap.is_some_and(|lap| *closes >= lap));
    let closes = closes.map(|closes| format!("; it must stop by lap {closes}")).unwrap_or_default();
    format!("{}'s pit window is open: one tank from here makes the finish{closes}", car.vehicle_id)
}

/// The evidence of its fuel contradicts its numbers.
fn says_conflict(car: &CarInsight) -> Option<String> {
    let number = car.vehicle_id;
    match car.trust.quality {
        Quality::EvidenceConflict => Some(format!(
            "What is known of the fuel of {number} contradicts what it burned: it was not taken in full"
        )),
        Quality::LevelConflict => Some(format!(
            "By what is known {number} is out of fuel, and yet it runs: a stop added more than is known"
        )),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use events::{SessionId, TrackPosition, Trust, VehicleId};
    use units::EventTime;

    fn car(forecast: Forecast) -> CarInsight {
        let session = SessionId::new("test").unwrap();
        let nothing = CarInsight::of_nothing(session, VehicleId::new("24").unwrap(), EventTime::from_us(0));
        CarInsight {
            track: TrackPosition { lap: Some(150), ..TrackPosition::default() },
            trust: Trust { quality: Quality::Sound, ..Trust::default() },
            forecast: Some(forecast),
            ..nothing
        }
    }

    fn texts(cars: &[CarInsight]) -> Vec<(StoryKind, String)> {
        let chance = field_chance(cars);
        let texts_of =
            |car| found(car, chance).map(move |found| (found.kind, text(car, found.kind).unwrap()));
        cars.iter().flat_map(texts_of).collect()
    }

    #[test]
    fn a_finish_in_question_is_worded_with_its_numbers() {
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
        for (what, cars, expected) in [
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
            let expected: Vec<_> = expected.into_iter().map(|(kind, text)| (kind, text.to_owned())).collect();
            assert_eq!(texts(&cars), expected, "{what}");
        }
    }
}
