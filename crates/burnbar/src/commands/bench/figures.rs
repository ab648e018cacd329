//! What screens got, as latencies.

use super::START;
use super::screen::Got;
use crate::failure::Failure;
use crate::say::say;
use events::{Entry, Record, VehicleId};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;
use units::{EventTime, IngestTime};

/// Samples are taken to be spread evenly over a window, at this many places.
const PLACES: i64 = 100;

/// Race time by the bench's watch.
#[derive(Clone, Copy)]
pub struct RaceClock {
    /// When the race started.
    pub started: Duration,
}

impl RaceClock {
    /// Milliseconds from `at` until something was got.
    fn since(self, at: EventTime, got: &Got) -> f64 {
        let raced_ms = (got.after.as_secs_f64() - self.started.as_secs_f64()) * 1e3;
        raced_ms - (at - START).us() as f64 * 1e-3
    }
}

/// When samples arrived.
pub struct Arrivals(BTreeMap<(VehicleId, EventTime), IngestTime>);

impl Arrivals {
    /// Of a race.
    pub fn of(race: &[Entry]) -> Self {
        let samples = race.iter().filter_map(|entry| match &entry.record {
            Record::Sample(sample) => Some(((sample.vehicle, sample.event_time), entry.ingest_time?)),
            _ => None,
        });
        Arrivals(samples.collect())
    }
    fn find(&self, vehicle: &str, at: EventTime) -> Result<EventTime, Failure> {
        let vehicle = VehicleId::new(vehicle).map_err(Failure::run)?;
        let arrived = self.0.get(&(vehicle, at)).map(|at| at.as_event_time());
        arrived.ok_or_else(|| Failure::run(format!("a needle of {vehicle} holds no sample of the race")))
    }
}

/// Latencies of what came from closed windows, ms.
pub struct BoardLatencies {
    window_end: LatencySpread,
    sample: LatencySpread,
}

impl BoardLatencies {
    /// Of what one screen got.
    pub fn of(got: &[Got], clock: RaceClock) -> Result<BoardLatencies, Failure> {
        let (mut window_end, mut sample) = (Vec::new(), Vec::new());
        for got in got {
            let ms = clock.since(us(&got.data("board")?["windowEndUs"])?, got);
            window_end.push(ms);
            sample.extend((0..PLACES).map(|place| ms + (place as f64 + 0.5) * 1e3 / PLACES as f64));
        }
        Ok(BoardLatencies { window_end: LatencySpread::of(window_end), sample: LatencySpread::of(sample) })
    }
}

/// Latencies of the needle, ms.
pub struct NeedleLatencies {
    slot_end: LatencySpread,
    newest_happened: LatencySpread,
    newest_arrived: LatencySpread,
    car_happened: LatencySpread,
    car_arrived: LatencySpread,
}

impl NeedleLatencies {
    /// Of what one screen got.
    pub fn of(got: &[Got], clock: RaceClock, arrivals: &Arrivals) -> Result<NeedleLatencies, Failure> {
        let mut slot_end = Vec::new();
        let mut of_newest = [Vec::new(), Vec::new()];
        let mut car = [Vec::new(), Vec::new()];
        for got in got {
            let needle = got.data("needle")?;
            slot_end.push(clock.since(us(&needle["slotEndUs"])?, got));
            let mut last: Option<(EventTime, EventTime)> = None;
            for newest in needle["cars"].as_array().into_iter().flatten() {
                let happened = us(&newest["newestUs"])?;
                let arrived = arrivals.find(newest["vehicleId"].as_str().unwrap_or_default(), happened)?;
                last = last.max(Some((happened, arrived)));
                car[0].push(clock.since(happened, got));
                car[1].push(clock.since(arrived, got));
            }
            if let Some((happened, arrived)) = last {
                of_newest[0].push(clock.since(happened, got));
                of_newest[1].push(clock.since(arrived, got));
            }
        }
        let ([newest_happened, newest_arrived], [car_happened, car_arrived]) =
            (of_newest.map(LatencySpread::of), car.map(LatencySpread::of));
        Ok(NeedleLatencies {
            slot_end: LatencySpread::of(slot_end),
            newest_happened,
            newest_arrived,
            car_happened,
            car_arrived,
        })
    }
}

fn us(value: &Value) -> Result<EventTime, Failure> {
    let us = value.as_str().and_then(|text| text.parse().ok());
    us.map(EventTime::from_us).ok_or_else(|| Failure::run(format!("{value} is no time")))
}

/// How latencies are spread, ms.
struct LatencySpread {
    count: usize,
    p50: f64,
    p99: f64,
    max: f64,
}

impl LatencySpread {
    fn of(mut ms: Vec<f64>) -> LatencySpread {
        ms.sort_unstable_by(f64::total_cmp);
        let at = |share: f64| {
            let place = (ms.len().saturating_sub(1)) as f64 * share;
            ms.get(place.ceil() as usize).copied().unwrap_or(f64::NAN)
        };
        LatencySpread { count: ms.len(), p50: at(0.5), p99: at(0.99), max: at(1.0) }
    }
}

/// All that was measured.
pub struct LatencyFigures {
    pub samples: usize,
    pub race_s: f64,
    pub boards: BoardLatencies,
    pub needles: NeedleLatencies,
    /// CPU seconds a second: of the system, and of cars and screens.
    pub system_cpu: f64,
    pub feed_cpu: f64,
    pub peak_rss_mib: f64,
}

impl LatencyFigures {
    /// `(name for programs, name for people, latencies)`.
    fn spreads(&self) -> [(&'static str, &'static str, &LatencySpread); 7] {
        let LatencyFigures { boards, needles, .. } = self;
        [
            ("sample_to_board", "a sample happens, to its window's board", &boards.sample),
            ("window_end_to_board", "a window ends, to its board", &boards.window_end),
            ("slot_end_to_needle", "a slot ends, to its needle", &needles.slot_end),
            (
                "newest_happened_to_needle",
                "its newest sample happens, to the needle",
                &needles.newest_happened,
            ),
            ("newest_arrived_to_needle", "its newest sample arrives, to the needle", &needles.newest_arrived),
            ("car_happened_to_needle", "each car's newest happens, to the needle", &needles.car_happened),
            ("car_arrived_to_needle", "each car's newest arrives, to the needle", &needles.car_arrived),
        ]
    }

    /// For programs.
    pub fn json(&self) -> Value {
        let spread = |spread: &LatencySpread| json!({"count": spread.count, "p50": spread.p50, "p99": spread.p99, "max": spread.max});
        let latency_ms: serde_json::Map<String, Value> =
            self.spreads().into_iter().map(|(name, _, ms)| (name.into(), spread(ms))).collect();
        json!({
            "samples": self.samples,
            "race_s": self.race_s,
            "latency_ms": latency_ms,
            "cpu_s_per_s": {"system": self.system_cpu, "feed_and_screens": self.feed_cpu},
            "peak_rss_mib": self.peak_rss_mib,
        })
    }

    /// For people.
    pub fn print(&self) -> Result<(), Failure> {
        let per_s = self.samples as f64 / self.race_s;
        say(format_args!("{} samples in {:.1} s, {per_s:.0} a second", self.samples, self.race_s))?;
        say(format_args!("{:<46} {:>7} {:>8} {:>8} {:>8}", "milliseconds", "count", "p50", "p99", "max"))?;
        for (_, name, LatencySpread { count, p50, p99, max }) in self.spreads() {
            say(format_args!("{name:<46} {count:>7} {p50:>8.1} {p99:>8.1} {max:>8.1}"))?;
        }
        say(format_args!(
            "CPU, s per s   system {:.3}, feed and screens {:.3}",
            self.system_cpu, self.feed_cpu
        ))?;
        say(format_args!("peak memory    {:.1} MiB", self.peak_rss_mib))
    }
}
