//! How event time is cut into windows changes nothing, and the state of a car does not grow.

use crate::follow::{Follow, green_from, sample};
use events::{Sample, Signal};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use race::{LapInParts, SILENCE_TTL};
use units::{EventTime, Span};

const START: EventTime = EventTime::from_ms(1_780_000_000_000);
const LAP_MS: i64 = 20_000;

/// A car that laps in 20 s, ten times a second; it lifts where no lap is like the one before, and sends nothing for six
/// seconds of its third.
fn laps(laps: i64) -> Vec<Sample> {
    let sampled = (0..laps * LAP_MS).step_by(100).filter(|ms| !(45_000..51_000).contains(ms));
    let of_car = (1..).zip(sampled).map(|(sequence, ms)| {
        let (lap, part) = (ms / LAP_MS, (ms % LAP_MS) as f64 / LAP_MS as f64);
        let lifting = part > 0.6 - 0.01 * (lap % 9) as f64;
        let signals = [
            (Signal::Throttle, if lifting { 0.1 + 0.3 * part } else { 1.0 }),
            (Signal::Rpm, 8_000.0 - 1_500.0 * part),
            (Signal::Speed, 75.0),
            (Signal::Lap, lap as f64 + 1.0),
            (Signal::LapDistance, part),
        ];
        sample(START + Span::from_ms(ms), sequence, &signals)
    });
    of_car.collect()
}

fn laps_and_burn(samples: &[Sample], width: Span) -> (Vec<LapInParts>, units::FuelMicrograms) {
    let mut follow = Follow::new(green_from(START));
    let last = follow.windows(width, samples).unwrap();
    (follow.laps, last.burned.unwrap().race)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 24,
        rng_seed: RngSeed::Fixed(1),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_cut_into_windows_changes_no_lap(width_ms in 10_i64..9_000) {
        let samples = laps(6);
        let (by_second, _) = laps_and_burn(&samples, Span::from_secs(1));
        prop_assert_eq!(by_second.len(), 4, "laps 2 to 5: the first is joined, the last is open");
        // the widest windows settle the last lap a little later than the log lasts
        let (laps, _) = laps_and_burn(&samples, Span::from_ms(width_ms));
        prop_assert!(laps.len() >= 3);
        prop_assert_eq!(&laps[..], &by_second[..laps.len()]);
    }
}

#[test]
fn what_was_burned_at_an_instant_does_not_depend_on_the_windows_before_it() {
    let samples = laps(6); // 120 s: the widths that divide it end together
    let expected = laps_and_burn(&samples, Span::from_secs(1)).1;
    for width_ms in [100, 250, 500, 2_000, 5_000, 10_000, 60_000] {
        assert_eq!(laps_and_burn(&samples, Span::from_ms(width_ms)).1, expected, "windows of {width_ms} ms");
    }
}

fn bytes(follow: &Follow) -> usize {
    postcard::to_stdvec(&follow.car).unwrap().len()
}

#[test]
fn the_state_of_a_car_is_as_large_after_forty_laps_as_after_ten() {
    let after = |count: i64| {
        let mut follow = Follow::new(green_from(START));
        follow.windows(Span::from_secs(1), &laps(count));
        bytes(&follow)
    };
    let [ten, forty] = [after(10), after(40)];
    assert!(forty * 10 <= ten * 11, "{ten} bytes after ten laps, {forty} after forty");
}

#[test]
fn a_car_silent_for_good_keeps_its_sums_and_little_else() {
    let (mut follow, samples) = (Follow::new(green_from(START)), laps(10));
    follow.windows(Span::from_secs(1), &samples);
    let running = bytes(&follow);
    let quiet_from = samples.last().unwrap().event_time;
    let mut end = START + Span::from_ms(10 * LAP_MS);
    while end - quiet_from <= SILENCE_TTL {
        assert!(follow.close(end, &[]).is_some(), "it still tells what it was");
        end = end + Span::from_secs(1);
    }
    assert!(!follow.car.is_asleep());
    assert_eq!(follow.close(end, &[]), None);
    assert!(follow.car.is_asleep());
    let asleep = bytes(&follow);
    assert!(asleep < 2_000 && asleep * 5 < running, "{running} bytes running, {asleep} asleep");

    // and it comes back with what it burned
    let again = end + Span::from_secs(100);
    let restarted =
        sample(again, 100_000, &[(Signal::Throttle, 0.5), (Signal::Rpm, 5_000.0), (Signal::Lap, 10.0)]);
    let burned = follow.close(again + Span::from_secs(1), &[restarted]).unwrap().burned.unwrap();
    assert!(burned.race.mass().kg() > 3.0, "{burned:?}");
    assert!(!follow.car.is_asleep());
}
