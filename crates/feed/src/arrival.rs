//! The order of a file as an order of arrival.
//!
//! Lines that a program wrote as they came lie in the order in which they came: late ones late, and those of a vehicle
//! whose clock runs fast ahead of their time. That order is kept, with an estimate of when each line arrived: the median,
//! over all vehicles, of the newest event time. One wrong clock does not move a median. A file that was written in
//! another order, vehicle by vehicle for example, is sorted by event time instead.

use events::{Sample, VehicleId};
use std::collections::BTreeMap;
use units::{EventTime, IngestTime, Span};

/// A line that trails the estimated arrival by more than this is a straggler.
const STRAGGLER: Span = Span::from_secs(5);
/// More stragglers than one line in this many: the file is in no order of arrival.
const STRAGGLERS_ONE_IN: usize = 50;

/// Puts numbered lines in order: of arrival, with the times of it, or of event time. `by_time` asks for the latter.
pub(crate) fn order(mut lines: Vec<(u64, Sample)>, by_time: bool) -> (Vec<Sample>, Option<Vec<IngestTime>>) {
    lines.sort_by_key(|(line, _)| *line);
    let is_sorted = lines.is_sorted_by_key(|(_, sample)| sample.event_time);
    let arrivals = (!by_time && !is_sorted).then(|| arrivals(&lines)).flatten();
    if arrivals.is_none() {
        lines.sort_by_key(|(_, sample)| sample.event_time);
    }
    (lines.into_iter().map(|(_, sample)| sample).collect(), arrivals)
}

/// When each line arrived; `None` if too many trail that.
fn arrivals(lines: &[(u64, Sample)]) -> Option<Vec<IngestTime>> {
    // a vehicle that has sent nothing yet counts with its first line, so that no single one sets the first median
    let mut index = BTreeMap::<VehicleId, usize>::new();
    let mut newest = Vec::<EventTime>::new();
    for (_, sample) in lines {
        index.entry(sample.vehicle).or_insert_with(|| {
            newest.push(sample.event_time);
            newest.len() - 1
        });
    }
    let mut arrived = median(&newest)?;
    let (mut arrivals, mut stragglers) = (Vec::with_capacity(lines.len()), 0);
    for (_, sample) in lines {
        if let Some(newest_of) = index.get(&sample.vehicle).and_then(|i| newest.get_mut(*i))
            && sample.event_time > *newest_of
        {
            *newest_of = sample.event_time;
            arrived = arrived.max(median(&newest)?);
        }
        stragglers += usize::from(arrived - sample.event_time > STRAGGLER);
        arrivals.push(IngestTime::from_us(arrived.us()));
    }
    (stragglers <= lines.len() / STRAGGLERS_ONE_IN).then_some(arrivals)
}

/// The lower middle.
fn median(times: &[EventTime]) -> Option<EventTime> {
    let mut times = times.to_vec();
    let middle = times.len().checked_sub(1)? / 2;
    Some(*times.select_nth_unstable(middle).1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `cars` vehicles for 200 lines each, 50 ms apart, in order of arrival; `event_ms` bends their clocks.
    fn lines(cars: u64, event_ms: impl Fn(u64, i64) -> i64) -> Vec<(u64, Sample)> {
        let vehicle = |car: u64| VehicleId::new(&car.to_string()).unwrap();
        (0..200 * cars)
            .map(|line| {
                let (car, ms) = (line % cars, (line / cars) as i64 * 50);
                (line, Sample::new(vehicle(car), EventTime::from_ms(event_ms(car, ms))))
            })
            .collect()
    }
    fn is_kept((samples, arrivals): (Vec<Sample>, Option<Vec<IngestTime>>), lines: &[(u64, Sample)]) -> bool {
        arrivals.is_some_and(|all| all.is_sorted())
            && samples.iter().eq(lines.iter().map(|(_, sample)| sample))
    }

    #[test]
    fn stragglers_and_a_wrong_clock_keep_their_place() {
        for (what, event_ms) in [
            (
                "one clock two hours fast",
                (|car, ms| if car == 0 { ms + 7_200_000 } else { ms }) as fn(u64, i64) -> i64,
            ),
            ("one line ten seconds late", |car, ms| if (car, ms) == (3, 9_950) { ms - 9_000 } else { ms }),
            ("jitter of 400 ms", |car, ms| ms + (car as i64 * 131) % 400),
        ] {
            let lines = lines(10, event_ms);
            assert!(is_kept(order(lines.clone(), false), &lines), "{what}");
        }
    }

    #[test]
    fn a_wrong_clock_does_not_move_the_arrivals_of_the_others() {
        let fast = |car, ms| if car == 0 { ms + 7_200_000 } else { ms };
        let lines = lines(10, fast);
        let (samples, arrivals) = order(lines, false);
        let late = samples
            .iter()
            .zip(arrivals.unwrap())
            .filter(|(s, a)| a.as_event_time() - s.event_time > STRAGGLER);
        assert_eq!(late.count(), 0);
    }

    #[test]
    fn a_file_in_order_of_time_needs_no_arrivals_and_one_in_another_order_is_sorted() {
        let orderly = lines(1, |_, ms| ms);
        assert_eq!(order(orderly.clone(), false).1, None);
        let mut by_car = lines(10, |_, ms| ms);
        by_car.sort_by_key(|(_, sample)| sample.vehicle);
        for (place, line) in by_car.iter_mut().enumerate() {
            line.0 = place as u64;
        }
        let (samples, arrivals) = order(by_car, false);
        assert!(arrivals.is_none() && samples.is_sorted_by_key(|sample| sample.event_time));
    }
}
