//! What an engine went through over some time: how long at which throttle position and engine speed.

use events::{Sample, Signal};
use fuel::{Engine, RateError, Shape, physics};
use units::EventTime;

/// Air that closed throttles let through, in the one-factor rule; as the baseline is published.
const IDLE_THETA: f64 = 0.03;

/// Time at one throttle position and engine speed.
#[derive(Clone, Copy, Debug)]
struct OperatingPoint {
    theta: f64,
    rpm: f64,
    seconds: f64,
}

/// A row of a recording as the law sees it: the newest throttle position and engine speed.
#[derive(Clone, Copy, Debug)]
pub struct LawRow {
    /// Event time of the row.
    pub at: EventTime,
    /// Throttle position, from 0 to 1.
    pub theta: f64,
    /// Engine speed, rpm.
    pub rpm: f64,
    /// Speed, m/s.
    pub speed: Option<f64>,
}

/// Engine speed of a car of which nobody recorded any: the law then knows throttle alone, and any speed will do.
pub const RPM_UNKNOWN: f64 = 8_000.0;

/// Rows of samples in order of time, from the first on that knows throttle and engine speed, where there is any.
pub fn rows(samples: &[Sample]) -> Vec<LawRow> {
    let has_rpm = samples.iter().any(|sample| sample.get(Signal::Rpm).is_some());
    let (mut theta, mut rpm, mut speed) = (None, (!has_rpm).then_some(RPM_UNKNOWN), None);
    let row = |sample: &Sample| {
        theta = sample.get(Signal::Throttle).or(theta);
        rpm = sample.get(Signal::Rpm).or(rpm);
        speed = sample.get(Signal::Speed).or(speed);
        Some(LawRow { at: sample.event_time, theta: theta?, rpm: rpm?, speed })
    };
    samples.iter().filter_map(row).collect()
}

/// Integrals over time are trapezoids between rows, so each row counts for half the time to either neighbour. Not
/// through the knots of [`fuel::Histogram`]: here the law itself is judged, not its table.
#[derive(Clone, Debug, Default)]
pub struct Exposure {
    points: Vec<OperatingPoint>,
    /// Time in all, seconds.
    pub seconds: f64,
    /// EstimateSource in metres, where the speed is known.
    pub metres: Option<f64>,
    /// The lowest speed, m/s.
    pub speed_min: Option<f64>,
}

impl Exposure {
    /// Of consecutive rows.
    pub fn of(rows: &[LawRow]) -> Exposure {
        let mut all = Exposure { metres: Some(0.0), ..Exposure::default() };
        let mut before = 0.0;
        for (index, row) in rows.iter().enumerate() {
            let next = rows.get(index + 1);
            let after = next.map_or(0.0, |next| (next.at - row.at).secs());
            all.points.push(OperatingPoint {
                theta: row.theta,
                rpm: row.rpm,
                seconds: 0.5 * (before + after),
            });
            all.seconds += after;
            let way = next.map_or(Some(0.0), |next| Some(0.5 * (row.speed? + next.speed?) * after));
            all.metres = all.metres.zip(way).map(|(metres, way)| metres + way);
            before = after;
        }
        all.speed_min = rows.iter().filter_map(|row| row.speed).min_by(f64::total_cmp);
        all
    }

    /// Both, one after the other.
    pub fn and(mut self, other: &Exposure) -> Exposure {
        self.points.extend_from_slice(&other.points);
        self.seconds += other.seconds;
        self.metres = self.metres.zip(other.metres).map(|(a, b)| a + b);
        self.speed_min = self.speed_min.into_iter().chain(other.speed_min).min_by(f64::total_cmp);
        self
    }

    /// Mean speed, m/s, where it is known.
    pub fn mean_speed(&self) -> Option<f64> {
        self.metres.map(|metres| metres / self.seconds)
    }

    /// Fuel by the law, grams.
    pub fn burned_g(&self, shape: &Shape, engine: &Engine) -> Result<f64, RateError> {
        let mut sum = 0.0;
        for OperatingPoint { theta, rpm, seconds } in &self.points {
            sum += seconds * physics::rate_g_s(shape, engine, *theta, *rpm, 1.0, 0.0)?;
        }
        Ok(sum)
    }

    /// The same and its derivatives by the six parameters.
    pub fn slopes_g(&self, shape: &Shape, engine: &Engine) -> Result<(f64, [f64; 6]), RateError> {
        let (mut sum, mut slopes) = (0.0, [0.0; 6]);
        for OperatingPoint { theta, rpm, seconds } in &self.points {
            let grams = seconds * physics::rate_g_s(shape, engine, *theta, *rpm, 1.0, 0.0)?;
            let by = physics::log_rate_gradient(shape, engine, *theta, *rpm)?;
            sum += grams;
            slopes.iter_mut().zip(by).for_each(|(slope, by)| *slope += grams * by);
        }
        Ok((sum, slopes))
    }

    /// Sum of (throttle + 0.03) · rpm · time.
    pub fn throttle_rpm_s(&self) -> f64 {
        self.points.iter().map(|p| (p.theta + IDLE_THETA) * p.rpm * p.seconds).sum()
    }
}
