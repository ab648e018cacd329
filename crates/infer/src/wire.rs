//! The one contract of `POST /invocations`: what is asked about cars over a window, and what a model answers.
//!
//! A session that runs (`client`) writes a [`Question`] and reads a [`RateAnswer`]; a served model (`server`) reads the one
//! and writes the other. Both also talk to strangers: `docs/external-models.md` is for those who write a model of their own,
//! `docs/serving.md` for those who send windows of their own.

use events::{Flag, Mode, SessionId, VehicleId};
use serde::{Deserialize, Serialize};
use units::EventTime;

/// What cars did over a window; asked is what they burned in it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Question {
    /// The window of a session. Who sends windows of his own leaves it out, and our server does not read it.
    #[serde(flatten, skip_deserializing)]
    pub window: Option<SessionWindow>,
    /// One entry a car. Its key is `cars`, or `windows` as SageMaker's callers know it.
    #[serde(alias = "windows")]
    pub cars: Vec<CarWindow>,
}

/// A window of a session.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SessionWindow {
    /// The name of the session.
    pub session: SessionId,
    /// Start of the window, inclusive, microseconds UTC.
    pub window_from_us: EventTime,
    /// End of the window, exclusive, microseconds UTC.
    pub window_end_us: EventTime,
    /// The flag at the end of the window.
    pub flag: Flag,
}

/// One car's telemetry over a window.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CarWindow {
    /// The car and its engine.
    #[serde(flatten)]
    pub car: CarDescription,
    /// Density of the air against that of the law; 1 if missing.
    pub density_ratio: Option<f64>,
    /// Throttle (0..=1), engine speed (rpm), how long they held (s). `None`: nothing was observed.
    pub samples: Option<Vec<[f64; 3]>>,
    /// What a session's board shows of the car, for models of any form; our server does not read it.
    #[serde(flatten, skip_deserializing)]
    pub board: Option<BoardValues>,
}

/// A car and its engine. A car without a name is a newcomer to every model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CarDescription {
    /// Its key, as the roster has it.
    pub vehicle_id: Option<String>,
    /// Who made its engine, as the roster has it.
    pub manufacturer: Option<String>,
    /// Who enters it, as the roster has it.
    pub team: Option<String>,
    /// Rated power, hp. `None`: not a Cup engine.
    pub package_hp: Option<f64>,
    /// Engine speed that stands for 8 000 rpm in the law; a Cup engine's if missing.
    pub reference_rpm: Option<f64>,
}

/// What a session's board and the plain means of its samples say of a car in a window.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct BoardValues {
    /// The lap it is in, as the car counts.
    pub lap: Option<u32>,
    /// How far round that lap it is, 0..1.
    pub lap_distance: Option<f64>,
    /// Flow at the end of the window, g/s.
    pub rate_g_s: Option<f64>,
    /// Burn of the open lap, kg.
    pub burned_lap_kg: Option<f64>,
    /// Mean throttle, 0..1.
    pub throttle: Option<f64>,
    /// Mean engine speed, rpm.
    pub rpm: Option<f64>,
    /// Mean speed, m/s.
    pub speed_m_s: Option<f64>,
    /// How it is driven.
    pub mode: Mode,
}

/// Mean flows over the window, and which model states them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RateAnswer {
    /// The name of the model.
    pub model: String,
    /// The version of it, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// One entry a car, in the order in which they were asked about; who has no samples is left out.
    pub rates: Vec<CarRate>,
}

/// The mean flow of a car over a window.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CarRate {
    /// The car's key, if it was asked about by one.
    pub vehicle_id: Option<String>,
    /// Mean flow, g/s.
    pub rate_g_s: f64,
    /// Its standard deviation, g/s; 0 if missing.
    #[serde(default)]
    pub sd_g_s: f64,
}

impl CarDescription {
    /// A car of which only the key is known.
    pub fn named(vehicle: VehicleId) -> CarDescription {
        CarDescription { vehicle_id: Some(vehicle.as_str().to_owned()), ..CarDescription::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn question() -> Question {
        let end = EventTime::from_ms(61_000);
        let window = SessionWindow {
            session: SessionId::new("race").unwrap(),
            window_from_us: EventTime::from_ms(60_000),
            window_end_us: end,
            flag: Flag::Green,
        };
        let car = CarDescription {
            team: Some("T".into()),
            package_hp: Some(670.0),
            ..CarDescription::named(VehicleId::new("24").unwrap())
        };
        let board = BoardValues { lap: Some(2), throttle: Some(0.98), ..BoardValues::default() };
        let samples = Some(vec![[1.0, 8_000.0, 0.5], [0.96, 8_100.0, 0.5]]);
        let cars = vec![CarWindow { car, density_ratio: Some(0.97), samples, board: Some(board) }];
        Question { window: Some(window), cars }
    }

    #[test]
    fn a_question_has_the_keys_of_the_documents() {
        let expected = json!({
            "session": "race", "window_from_us": 60_000_000, "window_end_us": 61_000_000, "flag": "green",
            "cars": [{
                "vehicle_id": "24", "manufacturer": null, "team": "T", "package_hp": 670.0, "reference_rpm": null,
                "density_ratio": 0.97, "samples": [[1.0, 8000.0, 0.5], [0.96, 8100.0, 0.5]],
                "lap": 2, "lap_distance": null, "rate_g_s": null, "burned_lap_kg": null,
                "throttle": 0.98, "rpm": null, "speed_m_s": null, "mode": "unknown",
            }],
        });
        assert_eq!(serde_json::to_value(question()).unwrap(), expected);
    }

    #[test]
    fn our_server_reads_from_a_question_the_car_and_its_samples() {
        let asked = question();
        let read: Question = serde_json::from_str(&serde_json::to_string(&asked).unwrap()).unwrap();
        let cars = asked.cars.into_iter().map(|car| CarWindow { board: None, ..car }).collect();
        assert_eq!(read, Question { window: None, cars });
    }

    #[test]
    fn windows_of_somebodys_own_are_the_same_question_and_other_keys_do_no_harm() {
        let sent =
            json!({ "windows": [{ "samples": [[0.5, 7000, 1]], "lap": "third", "mode": 7 }], "session": 1 });
        let read: Question = serde_json::from_value(sent).unwrap();
        let car = CarWindow { samples: Some(vec![[0.5, 7_000.0, 1.0]]), ..CarWindow::default() };
        assert_eq!(read, Question { window: None, cars: vec![car] });
    }

    #[test]
    fn an_answer_reads_as_it_was_written_with_or_without_what_may_be_missing() {
        let rate = CarRate { vehicle_id: Some("24".into()), rate_g_s: 30.8, sd_g_s: 0.4 };
        let answer = RateAnswer { model: "m".into(), version: Some("1".into()), rates: vec![rate] };
        let text = serde_json::to_string(&answer).unwrap();
        assert_eq!(serde_json::from_str::<RateAnswer>(&text).unwrap(), answer);
        let short = r#"{"model": "m", "rates": [{"vehicle_id": "24", "rate_g_s": 1}]}"#;
        let short: RateAnswer = serde_json::from_str(short).unwrap();
        assert_eq!((short.version, short.rates[0].sd_g_s), (None, 0.0));
    }
}
