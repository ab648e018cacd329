//! Asks a model elsewhere once a window, for all cars at once, beside the stream: docs/external-models.md.
//!
//! One question is under way at a time; windows that close meanwhile are not asked about. An answer is written into the
//! log, where the stream finds it: so a replay needs nobody to ask.

use super::Observed;
use super::answers::AnswerCheck;
use super::breaker::{Breaker, back_off};
use super::http::{Address, Client};
use crate::wire::{BoardValues, CarWindow, Question, SessionWindow};
use events::{Answer, Board, RaceEventKind};
use journal::{Appender, Timekeeper};
use std::fmt;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;
use units::{EventTime, Span};

/// From a closed window to its answer, retries and all.
const DEADLINE: Duration = Duration::from_millis(800);
/// Longest answer that is read. One for 40 cars is 3 KiB.
const ANSWER_BYTES_MAX: u64 = 1 << 20;

/// Where closed windows are handed over. It takes one only while no question is under way.
pub type BoardSender = SyncSender<Arc<Board>>;

/// Asks one server about the windows of a session.
pub struct Ask<T> {
    client: Client,
    url: String,
    /// Windows that ended before are of the past: nobody asks about them.
    since: EventTime,
    window: Span,
    observed: Observed,
    answers: AnswerCheck,
    breaker: Breaker,
    time: T,
}

/// Why there is no answer.
#[derive(Debug)]
enum AskError {
    /// Another attempt may help.
    Again(String),
    /// None will.
    Never(String),
}

impl<T: Timekeeper + 'static> Ask<T> {
    /// Asks `address`, at its path `/invocations` if it names none, about windows of this width that end after `since`.
    pub fn new(address: &Address, since: EventTime, window: Span, observed: Observed, time: T) -> Self {
        Ask {
            client: Client::new(ANSWER_BYTES_MAX),
            url: address.or_path("/invocations"),
            since,
            window,
            observed,
            answers: AnswerCheck::default(),
            breaker: Breaker::default(),
            time,
        }
    }

    /// Asks on a thread of its own, which ends when nobody hands over windows any more, or when the log takes no answer.
    pub fn spawn(mut self, log: Appender) -> (BoardSender, JoinHandle<()>) {
        // without room: it takes a window only while this thread waits for one
        let (sender, boards): (BoardSender, Receiver<Arc<Board>>) = sync_channel(0);
        let thread = thread::spawn(move || {
            while let Ok(board) = boards.recv() {
                let Some(answer) = self.answer_for(&board) else { continue };
                if let Err(error) = log.append(RaceEventKind::Answer(answer)) {
                    tracing::debug!("an answer came to nothing: {error}");
                    return;
                }
            }
        });
        (sender, thread)
    }

    /// The answer about a window, if it is to be asked about and one comes.
    fn answer_for(&mut self, board: &Board) -> Option<Answer> {
        let is_new = board.window_end_us > self.since && !board.cars.is_empty();
        if !is_new || !self.breaker.may_ask(self.time.elapsed()) {
            return None;
        }
        match self.ask(board) {
            Ok(answer) => {
                self.breaker.succeeded();
                Some(answer)
            }
            Err(AskError::Again(error) | AskError::Never(error)) => {
                if self.breaker.failed(self.time.elapsed()) {
                    tracing::warn!(
                        "{} fails, and is left alone for a while; physics goes on: {error}",
                        self.url
                    );
                } else {
                    tracing::debug!("{}: {error}", self.url);
                }
                None
            }
        }
    }

    fn ask(&mut self, board: &Board) -> Result<Answer, AskError> {
        let deadline = self.time.elapsed() + DEADLINE;
        let question = serde_json::to_vec(&self.question(board));
        let question = question.map_err(|error| AskError::Never(error.to_string()))?;
        let mut retries = 0;
        loop {
            let left = deadline.saturating_sub(self.time.elapsed());
            match self.ask_once(board, &question, left) {
                Err(AskError::Again(error)) => {
                    match back_off(retries, deadline.saturating_sub(self.time.elapsed())) {
                        Some(wait) => self.time.sleep(wait),
                        None => return Err(AskError::Again(error)),
                    }
                }
                done => return done,
            }
            retries += 1;
        }
    }

    fn ask_once(&mut self, board: &Board, question: &[u8], within: Duration) -> Result<Answer, AskError> {
        if within.is_zero() {
            return Err(AskError::Again("no answer by the deadline".into()));
        }
        let reply = self.client.post(&self.url, question, within).map_err(AskError::Again)?;
        match reply.status {
            200 => self.answers.check(board, self.window, &reply.text).map_err(AskError::Never),
            status @ (429 | 500..) => Err(AskError::Again(format!("answered {status}, not 200"))),
            status => Err(AskError::Never(format!("answered {status}, not 200: {}", reply.excerpt()))),
        }
    }

    /// What the board shows of the cars of a window, and what was observed of them in it.
    fn question(&self, board: &Board) -> Question {
        let end = board.window_end_us;
        let cars = board.cars.iter().map(|car| {
            let (window, means) = self.observed.car(car.vehicle_id, end);
            let values = BoardValues {
                lap: car.track.lap,
                lap_distance: car.track.lap_distance,
                rate_g_s: car.burn.rate_g_s,
                burned_lap_kg: car.burn.lap_kg,
                throttle: means.throttle,
                rpm: means.rpm,
                speed_m_s: means.speed_m_s,
                mode: car.driving.mode,
            };
            CarWindow { board: Some(values), ..window }
        });
        let window = SessionWindow {
            session: board.session,
            window_from_us: end - self.window,
            window_end_us: end,
            flag: board.flag,
        };
        Question { window: Some(window), cars: cars.collect() }
    }
}

impl<T> fmt::Debug for Ask<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ask").field("url", &self.url).field("breaker", &self.breaker).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use events::{CarInsight, Record, Sample, SessionId, Signal, VehicleId};
    use std::cell::Cell;
    use std::net::TcpListener;

    /// Each look takes a quarter of a second.
    #[derive(Default)]
    struct Slow(Cell<Duration>);

    impl Timekeeper for Slow {
        fn elapsed(&self) -> Duration {
            self.0.replace(self.0.get() + Duration::from_millis(250))
        }
        fn sleep(&self, time: Duration) {
            self.0.set(self.0.get() + time);
        }
    }

    fn ask(address: &str) -> Ask<Slow> {
        let (address, window) = (address.parse().unwrap(), Span::from_secs(1));
        Ask::new(&address, EventTime::from_ms(0), window, Observed::new(window), Slow::default())
    }
    fn board() -> Board {
        let (session, end) = (SessionId::new("race").unwrap(), EventTime::from_ms(61_000));
        let cars = ["07", "24"].map(|car| CarInsight::of_nothing(session, VehicleId::new(car).unwrap(), end));
        Board { cars: cars.into(), ..Board::of_nothing(session, end) }
    }

    #[test]
    fn a_silent_server_is_waited_for_until_the_deadline_and_no_longer() {
        let silent = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut ask = ask(&format!("http://{}", silent.local_addr().unwrap()));
        let Err(AskError::Again(error)) = ask.ask(&board()) else { panic!("nobody answered") };
        assert!(error.contains("timeout") || error.contains("deadline"), "{error}");
        assert!(ask.time.elapsed() <= Duration::from_secs(2), "it gave up within its deadline");
    }

    #[test]
    fn a_question_holds_what_the_board_shows_and_what_was_observed() {
        let ask = ask("http://localhost:1");
        let sample = Sample::new(VehicleId::new("24").unwrap(), EventTime::from_ms(60_500));
        let sample = sample.with(Signal::Rpm, 8_500.0).unwrap().with(Signal::Throttle, 0.5).unwrap();
        ask.observed.observe(&Record::Sample(sample));
        let question = serde_json::to_value(ask.question(&board())).unwrap();
        let car = |vehicle: &str, samples, throttle, rpm: Option<f64>| {
            serde_json::json!({
                "vehicle_id": vehicle, "manufacturer": null, "team": null, "package_hp": null, "reference_rpm": null,
                "density_ratio": null, "samples": samples, "lap": null, "lap_distance": null, "rate_g_s": null,
                "burned_lap_kg": null, "throttle": throttle, "rpm": rpm, "speed_m_s": null, "mode": "unknown",
            })
        };
        let samples: Option<[[f64; 3]; 1]> = Some([[0.5, 8_500.0, 1.0]]);
        let expected = serde_json::json!({
            "session": "race", "window_from_us": 60_000_000, "window_end_us": 61_000_000, "flag": "unknown",
            "cars": [car("07", None, None, None), car("24", samples, Some(0.5), Some(8_500.0))],
        });
        assert_eq!(question, expected);
    }

    #[test]
    fn windows_of_the_past_and_without_cars_are_not_asked_about() {
        let mut ask = ask("http://localhost:1");
        ask.since = board().window_end_us;
        assert_eq!(ask.answer_for(&board()), None);
        ask.since = EventTime::from_ms(0);
        assert_eq!(ask.answer_for(&Board { cars: Vec::new(), ..board() }), None);
        assert_eq!(ask.breaker, Breaker::default(), "nothing failed: nobody was asked");
    }
}
