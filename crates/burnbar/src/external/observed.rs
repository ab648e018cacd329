//! What the newest windows held of every car's signals: features for models that run elsewhere.

use events::{Sample, Signal, VehicleId};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use units::{EventTime, Span};

/// A window is asked about soon after its end.
const WINDOWS_MAX: usize = 16;
const SIGNALS: [Signal; 3] = [Signal::Throttle, Signal::Rpm, Signal::Speed];

/// Means of signals over windows, as the log's writer heard them. Clones hear the same.
#[derive(Clone)]
pub struct Heard(Arc<Mutex<Windows>>, Span);

/// By window end and car: sum and count of each signal.
type Windows = BTreeMap<EventTime, BTreeMap<VehicleId, [(f64, u32); SIGNALS.len()]>>;

/// Means of one car's samples over a window.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Means {
    /// 0..1.
    pub throttle: Option<f64>,
    /// Engine speed, rpm.
    pub rpm: Option<f64>,
    /// m/s.
    pub speed_m_s: Option<f64>,
}

impl Heard {
    /// Over windows of this width.
    pub fn new(window: Span) -> Self {
        Heard(Arc::default(), window)
    }

    /// Takes a sample.
    pub fn hear(&self, sample: &Sample) {
        let width = self.1.us().max(1);
        let end = EventTime::from_us((sample.event_time.us().div_euclid(width) + 1).saturating_mul(width));
        let mut windows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let sums = windows.entry(end).or_default().entry(sample.vehicle).or_default();
        for ((sum, count), signal) in sums.iter_mut().zip(SIGNALS) {
            if let Some(value) = sample.get(signal) {
                *sum += value;
                *count += 1;
            }
        }
        while windows.len() > WINDOWS_MAX {
            windows.pop_first();
        }
    }

    /// What a car's samples were in the window that ends at `end`.
    pub fn means(&self, end: EventTime, vehicle: VehicleId) -> Means {
        let windows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(sums) = windows.get(&end).and_then(|cars| cars.get(&vehicle)) else {
            return Means::default();
        };
        let [throttle, rpm, speed_m_s] = sums.map(|(sum, count)| (count > 0).then(|| sum / f64::from(count)));
        Means { throttle, rpm, speed_m_s }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_holds_the_mean_of_what_was_heard_in_it_and_nothing_else() {
        let (heard, car) = (Heard::new(Span::from_secs(1)), VehicleId::new("24").unwrap());
        let at = EventTime::from_ms;
        for (ms, throttle) in [(999, 0.1), (1_000, 0.5), (1_999, 1.0), (2_000, 0.2)] {
            heard.hear(&Sample::new(car, at(ms)).with(Signal::Throttle, throttle).unwrap());
        }
        let expected = Means { throttle: Some(0.75), ..Means::default() };
        assert_eq!(heard.means(at(2_000), car), expected);
        assert_eq!(heard.means(at(4_000), car), Means::default());
    }
}
