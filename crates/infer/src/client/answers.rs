//! Whether an answer from outside can be: docs/external-models.md.

use crate::wire::{CarRate, RateAnswer};
use events::{Answer, AnsweredRate, Board, ModelId, VehicleId};
use std::collections::BTreeMap;
use units::Span;

/// No engine of a car burns more, g/s: a Cup engine burns 33 at full power.
const RATE_MAX_G_S: f64 = 200.0;
/// Names are kept for ever, so somebody who invents a new one for each answer must hit a wall.
const NAMES_MAX: usize = 64;

/// Judges answers. It knows the names under which models have answered.
#[derive(Debug, Default)]
pub(super) struct AnswerCheck {
    names: BTreeMap<String, ModelId>,
}

impl AnswerCheck {
    /// The answer in `text` about a board's window, if every number in it can be. One wrong number makes all of it
    /// doubtful.
    pub fn check(&mut self, board: &Board, window: Span, text: &str) -> Result<Answer, String> {
        let answer: RateAnswer = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let model = self.name(answer.model)?;
        let mut rates: BTreeMap<VehicleId, AnsweredRate> = BTreeMap::new();
        for rate in &answer.rates {
            let rate = checked_rate(board, rate)?;
            if rates.insert(rate.vehicle, rate).is_some() {
                return Err(format!("car {} is answered for twice", rate.vehicle));
            }
        }
        if rates.is_empty() {
            return Err("it answers for no car".into());
        }
        let to = board.window_end_us;
        Ok(Answer { model, from: to - window, to, rates: rates.into_values().collect() })
    }

    fn name(&mut self, name: String) -> Result<ModelId, String> {
        if let Some(known) = self.names.get(&name) {
            return Ok(*known);
        }
        if self.names.len() == NAMES_MAX {
            return Err(format!(
                "more than {NAMES_MAX} names of models: a name is of a model, not of an answer"
            ));
        }
        let model = ModelId::new(&name).map_err(|error| format!("model: {error}"))?;
        if model == ModelId::PRIORS {
            return Err("a model of somebody's own is not called priors".into());
        }
        self.names.insert(name, model);
        Ok(model)
    }
}

/// A car is a text until it is known: ids are kept for ever.
fn checked_rate(board: &Board, rate: &CarRate) -> Result<AnsweredRate, String> {
    let Some(name) = &rate.vehicle_id else {
        return Err("a rate has no vehicle_id: answer with that of the question".into());
    };
    let car = board.cars.iter().find(|car| car.vehicle_id.as_str() == name);
    let Some(vehicle) = car.map(|car| car.vehicle_id) else {
        return Err(format!("nobody asked about car {name:?}"));
    };
    for (what, number) in [("rate_g_s", rate.rate_g_s), ("sd_g_s", rate.sd_g_s)] {
        if !(0.0..=RATE_MAX_G_S).contains(&number) {
            return Err(format!(
                "{what} of car {vehicle} is {number}, outside 0 to {RATE_MAX_G_S}: it is in grams a second"
            ));
        }
    }
    Ok(AnsweredRate { vehicle, rate_g_s: rate.rate_g_s, sd_g_s: rate.sd_g_s })
}

#[cfg(test)]
mod tests {
    use super::*;
    use events::{CarInsight, SessionId};
    use units::EventTime;

    fn board() -> Board {
        let (session, end) = (SessionId::new("race").unwrap(), EventTime::from_ms(61_000));
        let cars = ["07", "24"].map(|car| CarInsight::of_nothing(session, VehicleId::new(car).unwrap(), end));
        Board { cars: cars.into(), ..Board::of_nothing(session, end) }
    }
    fn check(text: &str) -> Result<Answer, String> {
        AnswerCheck::default().check(&board(), Span::from_secs(1), text)
    }

    #[test]
    fn a_good_answer_is_of_the_window_asked_about() {
        let text = r#"{"model": "mine", "rates": [{"vehicle_id": "24", "rate_g_s": 31.5, "sd_g_s": 0.5},
                                                  {"vehicle_id": "07", "rate_g_s": 0}]}"#;
        let answer = check(text).unwrap();
        assert_eq!((answer.from, answer.to), (EventTime::from_ms(60_000), EventTime::from_ms(61_000)));
        let rates: Vec<_> =
            answer.rates.iter().map(|rate| (rate.vehicle.as_str(), rate.rate_g_s, rate.sd_g_s)).collect();
        assert_eq!(rates, [("07", 0.0, 0.0), ("24", 31.5, 0.5)]);
    }

    #[test]
    fn an_answer_that_cannot_be_is_refused_whole_with_the_reason() {
        let why = |text: &str| check(text).unwrap_err();
        let with = |rate: &str| format!(r#"{{"model": "mine", "rates": [{rate}]}}"#);
        for (rate, reason) in [
            (r#"{"vehicle_id": "25", "rate_g_s": 30}"#, r#"nobody asked about car "25""#),
            (r#"{"rate_g_s": 30}"#, "has no vehicle_id"),
            (r#"{"vehicle_id": "24", "rate_g_s": -1}"#, "is -1, outside 0 to 200"),
            (r#"{"vehicle_id": "24", "rate_g_s": 200.1}"#, "outside 0 to 200"),
            (r#"{"vehicle_id": "24", "rate_g_s": 30, "sd_g_s": -1}"#, "sd_g_s of car 24"),
            (r#"{"vehicle_id": "24", "rate_g_s": null}"#, "invalid type: null"),
            (r#"{"vehicle_id": "24", "rate_g_s": 1e999}"#, "out of range"),
            (r#"{"vehicle_id": "24", "rate_g_s": 1}, {"vehicle_id": "24", "rate_g_s": 1}"#, "twice"),
            ("", "for no car"),
        ] {
            let found = why(&with(rate));
            assert!(found.contains(reason), "{rate}: {found}");
        }
        assert!(why(r#"{"model": "priors", "rates": []}"#).contains("not called priors"));
        assert!(why(r#"{"model": "", "rates": []}"#).contains("at least one character"));
        assert!(why("[]").contains("invalid"));
    }

    #[test]
    fn names_of_models_end_somewhere() {
        let mut answers = AnswerCheck::default();
        let named = |n: usize| format!("a model of the test {n}");
        for n in 0..NAMES_MAX {
            answers.name(named(n)).unwrap();
        }
        assert!(answers.name(named(NAMES_MAX)).unwrap_err().contains("more than 64"));
        assert!(answers.name(named(0)).is_ok(), "known ones go on");
    }
}
