//! What somebody's own model answered, in place of the law's burn: docs/external-models.md.
//!
//! An answer comes when its interval is over, so it corrects what was taken for it by then. Intervals without an answer keep
//! the law's burn.

use crate::car::{Burned, CarFold};
use events::{Answer, AnsweredRate, ModelId};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use units::{EventTime, FuelMicrograms, Span};

/// How many windows back an answer may speak of.
const WINDOWS_MAX: usize = 16;
/// For this long an answered flow is shown as the flow now.
const SHOWN_FOR: Span = Span::from_secs(3);

/// One car's answers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct ModelAnswers {
    /// At the newest window ends, what it had burned in all by the law.
    by_law: VecDeque<(EventTime, FuelMicrograms)>,
    /// What answers add to the law's burn, since the first sample; and how much of that lay before the open lap, stint
    /// and stage.
    race: FuelMicrograms,
    before_lap: FuelMicrograms,
    before_stint: FuelMicrograms,
    before_stage: FuelMicrograms,
    /// The lap, the stint and the burn of the stage then.
    lap: Option<i32>,
    stint: u32,
    stage: FuelMicrograms,
    newest: Option<(EventTime, ModelId, f64)>,
}

impl ModelAnswers {
    /// Takes an answer; what it states of times that are not remembered, or of nobody, is dropped.
    pub fn take(&mut self, answer: &Answer, rate: &AnsweredRate) {
        let seconds = (answer.to - answer.from).secs();
        let possible = rate.rate_g_s.is_finite() && rate.rate_g_s >= 0.0 && seconds > 0.0;
        let Some(((from, to), _)) = self.at(answer.from).zip(self.at(answer.to)).zip(possible.then_some(()))
        else {
            return;
        };
        self.race += FuelMicrograms((rate.rate_g_s * seconds * 1e6).round() as i64) - (to - from);
        self.newest = Some((answer.to, answer.model, rate.rate_g_s));
    }

    fn at(&self, at: EventTime) -> Option<FuelMicrograms> {
        let behind = self.by_law.partition_point(|(end, _)| *end < at);
        let &(end, burned) = self.by_law.get(behind)?;
        if end == at {
            return Some(burned);
        }
        let &(start, before) = self.by_law.get(behind.checked_sub(1)?)?;
        let part = (at - start).us() as f64 / (end - start).us() as f64;
        Some(before + FuelMicrograms(((burned - before).0 as f64 * part).round() as i64))
    }

    /// Puts the answers into a fold.
    pub fn correct(&mut self, fold: &mut CarFold) {
        let Some(burned) = fold.burned else { return };
        if self.by_law.len() == WINDOWS_MAX {
            self.by_law.pop_front();
        }
        self.by_law.push_back((fold.window_end, burned.race));
        if self.stint != fold.stint {
            (self.stint, self.before_stint) = (fold.stint, self.race);
        }
        if self.lap != fold.lap {
            (self.lap, self.before_lap) = (fold.lap, self.race);
        }
        if burned.stage < self.stage {
            self.before_stage = self.race;
        }
        self.stage = burned.stage;
        let shown = self.newest.filter(|(to, ..)| fold.window_end - *to <= SHOWN_FOR);
        fold.rate_g_s = shown.map_or(fold.rate_g_s, |(_, _, rate)| Some(rate));
        fold.burned = Some(Burned {
            race: burned.race + self.race,
            stage: burned.stage + (self.race - self.before_stage),
            stint: burned.stint + (self.race - self.before_stint),
            lap: burned.lap + (self.race - self.before_lap),
            ..burned
        });
    }

    /// Whose answers the newest windows hold.
    pub fn model(&self, end: EventTime) -> Option<ModelId> {
        self.newest.filter(|(to, ..)| end - *to <= SHOWN_FOR).map(|(_, model, _)| model)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::driver::EngineSigns;
    use events::VehicleId;
    use std::sync::Arc;

    fn fold(second: i64, race_g: i64) -> CarFold {
        let grams = |g: i64| FuelMicrograms(g * 1_000_000);
        CarFold {
            vehicle: VehicleId::new("24").unwrap(),
            window_end: EventTime::from_ms(second * 1_000),
            lap: Some((second / 10) as i32),
            lap_distance: None,
            rate_g_s: Some(30.0),
            burned: Some(Burned {
                race: grams(race_g),
                stage: grams(race_g),
                stint: grams(race_g),
                lap: grams(race_g % 300),
                ..Burned::default()
            }),
            stint: 0,
            stint_laps: 0,
            stint_distance_m: None,
            last_lap: None,
            clean_laps: Arc::default(),
            driven: Arc::default(),
            engine: EngineSigns::default(),
            speed_m_s: None,
            throttle: None,
            in_pit: false,
            in_box: false,
            engine_off: false,
            age: Span::ZERO,
            throttle_silence: None,
            rpm_silence: None,
            calibrated: true,
        }
    }

    #[test]
    fn an_answer_takes_the_place_of_the_law_where_it_speaks_and_nowhere_else() {
        let (mut answered, mine) = (ModelAnswers::default(), ModelId::new("mine").unwrap());
        let corrected = |answered: &mut ModelAnswers, second: i64| {
            let mut fold = fold(second, 30 * second);
            answered.correct(&mut fold);
            fold
        };
        for second in 0..=5 {
            corrected(&mut answered, second);
        }
        let at = |second: i64| EventTime::from_ms(second * 1_000);
        let rate = AnsweredRate { vehicle: VehicleId::new("24").unwrap(), rate_g_s: 20.0, sd_g_s: 1.0 };
        // 20 g/s instead of 30 g/s for two seconds: 20 g less
        answered.take(&Answer { model: mine, from: at(2), to: at(4), rates: vec![rate] }, &rate);
        let after = corrected(&mut answered, 6).burned.unwrap();
        assert_eq!(after.race, FuelMicrograms(160_000_000));
        assert_eq!(answered.model(at(6)), Some(mine));
        assert_eq!(answered.model(at(8)), None, "the flow now is the law's again");
        // the next lap has none of it
        let next = corrected(&mut answered, 10).burned.unwrap();
        assert_eq!((next.lap, next.race), (FuelMicrograms(0), FuelMicrograms(280_000_000)));
    }

    #[test]
    fn an_answer_about_times_that_nobody_remembers_or_that_cannot_be_changes_nothing() {
        let mut answered = ModelAnswers::default();
        for second in 0..=30 {
            answered.correct(&mut fold(second, 30 * second));
        }
        let before = answered.clone();
        let at = |second: i64| EventTime::from_ms(second * 1_000);
        let model = ModelId::new("mine").unwrap();
        for (from, to, rate_g_s) in
            [(1, 2, 20.0), (29, 31, 20.0), (28, 29, f64::NAN), (29, 28, 20.0), (28, 29, -1.0)]
        {
            let rate = AnsweredRate { vehicle: VehicleId::new("24").unwrap(), rate_g_s, sd_g_s: 0.0 };
            answered.take(&Answer { model, from: at(from), to: at(to), rates: vec![rate] }, &rate);
            assert_eq!(answered, before, "{from} to {to} s at {rate_g_s} g/s");
        }
    }
}
