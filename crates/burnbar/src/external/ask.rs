//! Asks somebody's own model once a window, for all cars at once, beside the stream: docs/external-models.md.
//!
//! One question is under way at a time; windows that close meanwhile are not asked about. An answer is written into the
//! log, where the stream finds it: so a replay needs nobody to ask.

use super::breaker::{Breaker, back_off};
use super::http::{Address, Client};
use super::observed::Heard;
use crate::time::Stopwatch;
use events::{Answer, AnsweredRate, Board, Flag, Mode, ModelId, RaceEventKind, SessionId, VehicleId};
use journal::Appender;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;
use units::{EventTime, Span};

/// From a closed window to its answer, retries and all.
const DEADLINE: Duration = Duration::from_millis(800);
/// An answer for 40 cars is 3 KiB.
const ANSWER_BYTES_MAX: u64 = 1 << 20;
/// No engine of a car burns more, g/s: a Cup engine burns 33 at full power.
const RATE_MAX_G_S: f64 = 200.0;
/// Names are kept for ever, so somebody who invents a new one for each answer must hit a wall.
const NAMES_MAX: usize = 64;

/// Where closed windows are handed over. It takes one only while nobody is being asked.
pub type BoardSender = SyncSender<Arc<Board>>;

/// Asks.
pub struct Asker {
    client: Client,
    url: String,
    /// Windows that ended before are of the past: nobody asks about them.
    since: EventTime,
    window: Span,
    heard: Heard,
    journal: Appender,
    names: BTreeMap<String, ModelId>,
    breaker: Breaker,
    watch: Stopwatch,
}

#[derive(Serialize)]
struct Question<'a> {
    session: SessionId,
    window_from_us: EventTime,
    window_end_us: EventTime,
    flag: Flag,
    cars: &'a [CarQuestion],
}

#[derive(Serialize)]
struct CarQuestion {
    vehicle_id: VehicleId,
    lap: Option<u32>,
    lap_distance: Option<f64>,
    rate_g_s: Option<f64>,
    burned_lap_kg: Option<f64>,
    throttle: Option<f64>,
    rpm: Option<f64>,
    speed_m_s: Option<f64>,
    mode: Mode,
}

#[derive(Deserialize)]
struct Answered {
    model: String,
    rates: Vec<AnsweredCar>,
}

/// Its car is a text until it is known: ids are kept for ever.
#[derive(Deserialize)]
struct AnsweredCar {
    vehicle_id: String,
    rate_g_s: f64,
    #[serde(default)]
    sd_g_s: f64,
}

/// Why there is no answer.
enum Missing {
    /// Another attempt may help.
    Again(String),
    /// None will.
    Never(String),
}

impl Asker {
    /// Asks `address` about windows of this width that end after `since`.
    pub fn new(address: &Address, since: EventTime, window: Span, heard: Heard, journal: Appender) -> Self {
        Asker {
            client: Client::new(ANSWER_BYTES_MAX),
            url: address.or_path("/invocations"),
            since,
            window,
            heard,
            journal,
            names: BTreeMap::new(),
            breaker: Breaker::default(),
            watch: Stopwatch::start(),
        }
    }

    /// Until nobody hands over windows any more, or the log has ended.
    pub fn spawn(mut self) -> (BoardSender, JoinHandle<()>) {
        // without room: it takes a window only while this thread waits for one
        let (sender, boards): (BoardSender, Receiver<Arc<Board>>) = sync_channel(0);
        let thread = thread::spawn(move || {
            while let Ok(board) = boards.recv() {
                if board.window_end_us <= self.since || board.cars.is_empty() {
                    continue;
                }
                if !self.breaker.may_ask(self.watch.elapsed()) {
                    continue;
                }
                match self.ask(&board) {
                    Ok(answer) => {
                        self.breaker.succeeded();
                        if let Err(error) = self.journal.append(RaceEventKind::Answer(answer)) {
                            tracing::debug!("an answer came to nothing: {error}");
                            return;
                        }
                    }
                    Err(Missing::Again(error) | Missing::Never(error)) => {
                        if self.breaker.failed(self.watch.elapsed()) {
                            tracing::warn!(
                                "{} fails, and is left alone for a while; physics goes on: {error}",
                                self.url
                            );
                        } else {
                            tracing::debug!("{}: {error}", self.url);
                        }
                    }
                }
            }
        });
        (sender, thread)
    }

    fn ask(&mut self, board: &Board) -> Result<Answer, Missing> {
        let asked = self.watch.elapsed();
        let question = self.question(board)?;
        let mut retries = 0;
        loop {
            let left = |watch: &Stopwatch| (asked + DEADLINE).saturating_sub(watch.elapsed());
            match self.try_once(board, &question, left(&self.watch)) {
                Err(Missing::Again(error)) => match back_off(retries, left(&self.watch)) {
                    Some(wait) => thread::sleep(wait),
                    None => return Err(Missing::Again(error)),
                },
                done => return done,
            }
            retries += 1;
        }
    }

    fn question(&self, board: &Board) -> Result<Vec<u8>, Missing> {
        let end = board.window_end_us;
        let cars = board.cars.iter().map(|car| {
            let means = self.heard.means(end, car.vehicle_id);
            CarQuestion {
                vehicle_id: car.vehicle_id,
                lap: car.lap,
                lap_distance: car.lap_distance,
                rate_g_s: car.rate_g_s,
                burned_lap_kg: car.burned_lap_kg,
                throttle: means.throttle,
                rpm: means.rpm,
                speed_m_s: means.speed_m_s,
                mode: car.mode,
            }
        });
        let (session, flag) = (board.session, board.flag);
        let cars: Vec<_> = cars.collect();
        let question =
            Question { session, window_from_us: end - self.window, window_end_us: end, flag, cars: &cars };
        serde_json::to_vec(&question).map_err(|error| Missing::Never(error.to_string()))
    }

    fn try_once(&mut self, board: &Board, question: &[u8], within: Duration) -> Result<Answer, Missing> {
        if within.is_zero() {
            return Err(Missing::Again("no answer by the deadline".into()));
        }
        let reply = self.client.post(&self.url, question, within).map_err(Missing::Again)?;
        match reply.status {
            200 => self.answer(board, &reply.text).map_err(Missing::Never),
            status @ (429 | 500..) => Err(Missing::Again(format!("answered {status}, not 200"))),
            status => Err(Missing::Never(format!("answered {status}, not 200"))),
        }
    }

    /// The answer, if every number in it can be. One wrong number makes all of it doubtful.
    fn answer(&mut self, board: &Board, text: &str) -> Result<Answer, String> {
        let told: Answered = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let model = self.name(told.model)?;
        let mut rates: BTreeMap<VehicleId, AnsweredRate> = BTreeMap::new();
        for AnsweredCar { vehicle_id, rate_g_s, sd_g_s } in told.rates {
            let car = board.cars.iter().find(|car| car.vehicle_id.as_str() == vehicle_id);
            let Some(vehicle) = car.map(|car| car.vehicle_id) else {
                return Err(format!("nobody asked about car {vehicle_id:?}"));
            };
            for (what, number) in [("rate_g_s", rate_g_s), ("sd_g_s", sd_g_s)] {
                if !(0.0..=RATE_MAX_G_S).contains(&number) {
                    return Err(format!(
                        "{what} of car {vehicle} is {number}, outside 0 to {RATE_MAX_G_S}: it is in grams a second"
                    ));
                }
            }
            if rates.insert(vehicle, AnsweredRate { vehicle, rate_g_s, sd_g_s }).is_some() {
                return Err(format!("car {vehicle} is answered for twice"));
            }
        }
        if rates.is_empty() {
            return Err("it answers for no car".into());
        }
        let (from, to) = (board.window_end_us - self.window, board.window_end_us);
        Ok(Answer { model, from, to, rates: rates.into_values().collect() })
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

#[cfg(test)]
mod tests {
    use super::*;
    use events::CarInsight;
    use journal::inbox;

    fn asker() -> Asker {
        let (since, window) = (EventTime::from_ms(0), Span::from_secs(1));
        Asker::new(&"http://localhost:1".parse().unwrap(), since, window, Heard::new(window), inbox().0)
    }
    fn board() -> Board {
        let (session, end) = (SessionId::new("race").unwrap(), EventTime::from_ms(61_000));
        let cars = ["07", "24"].map(|car| CarInsight::of_nothing(session, VehicleId::new(car).unwrap(), end));
        Board { cars: cars.into(), ..Board::of_nothing(session, end) }
    }

    #[test]
    fn a_good_answer_is_of_the_window_asked_about() {
        let text = r#"{"model": "mine", "rates": [{"vehicle_id": "24", "rate_g_s": 31.5, "sd_g_s": 0.5},
                                                  {"vehicle_id": "07", "rate_g_s": 0}]}"#;
        let answer = asker().answer(&board(), text).unwrap();
        assert_eq!((answer.from, answer.to), (EventTime::from_ms(60_000), EventTime::from_ms(61_000)));
        let rates: Vec<_> =
            answer.rates.iter().map(|rate| (rate.vehicle.as_str(), rate.rate_g_s, rate.sd_g_s)).collect();
        assert_eq!(rates, [("07", 0.0, 0.0), ("24", 31.5, 0.5)]);
    }

    #[test]
    fn an_answer_that_cannot_be_is_refused_whole_and_says_why() {
        let mut asker = asker();
        let mut why = |text: &str| asker.answer(&board(), text).unwrap_err();
        let with = |rate: &str| format!(r#"{{"model": "mine", "rates": [{rate}]}}"#);
        for (rate, reason) in [
            (r#"{"vehicle_id": "25", "rate_g_s": 30}"#, r#"nobody asked about car "25""#),
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
    fn a_server_that_says_nothing_is_waited_for_until_the_deadline_and_no_longer() {
        let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", silent.local_addr().unwrap()).parse().unwrap();
        let (since, window) = (EventTime::from_ms(0), Span::from_secs(1));
        let mut asker = Asker::new(&address, since, window, Heard::new(window), inbox().0);
        let watch = Stopwatch::start();
        assert!(asker.ask(&board()).is_err());
        // the deadline is 0.8 s; a busy machine may take a little longer to notice
        assert!((0.7..5.0).contains(&watch.elapsed().as_secs_f64()), "{:?}", watch.elapsed());
    }

    #[test]
    fn names_of_models_end_somewhere() {
        let mut asker = asker();
        let named = |n: usize| format!("a model of the test {n}");
        for n in 0..NAMES_MAX {
            asker.name(named(n)).unwrap();
        }
        assert!(asker.name(named(NAMES_MAX)).unwrap_err().contains("more than 64"));
        assert!(asker.name(named(0)).is_ok(), "known ones go on");
    }

    #[test]
    fn a_question_tells_what_the_board_knows_and_what_was_heard() {
        let asker = asker();
        let sample = events::Sample::new(VehicleId::new("24").unwrap(), EventTime::from_ms(60_500));
        asker.heard.hear(&sample.with(events::Signal::Rpm, 8_500.0).unwrap());
        let Ok(question) = asker.question(&board()) else { panic!() };
        let question: serde_json::Value = serde_json::from_slice(&question).unwrap();
        let expected = serde_json::json!({
            "session": "race", "window_from_us": 60_000_000, "window_end_us": 61_000_000, "flag": "unknown",
            "cars": [
                {"vehicle_id": "07", "lap": null, "lap_distance": null, "rate_g_s": null, "burned_lap_kg": null,
                 "throttle": null, "rpm": null, "speed_m_s": null, "mode": "unknown"},
                {"vehicle_id": "24", "lap": null, "lap_distance": null, "rate_g_s": null, "burned_lap_kg": null,
                 "throttle": null, "rpm": 8500.0, "speed_m_s": null, "mode": "unknown"},
            ],
        });
        assert_eq!(question, expected);
    }
}
