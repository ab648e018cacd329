//! Silences of a signal, and what is taken to have burned meanwhile.

use crate::logs::{LAP_MS, at, drive, flag, numbered, orderly, sample, samples, steady};
use crate::races::{cars, race};
use crate::ran::{Ran, run};
use events::{Flag, Quality, Sample, Signal};
use units::Span;

/// A car without a lap, sampled every `period_ms` for 60 s, but for one silence of `silence_ms`.
fn with_silence(period_ms: i64, silence_ms: i64) -> Ran {
    let before = (0..=30_000).step_by(period_ms as usize);
    let after = (30_000 - 30_000 % period_ms + silence_ms..60_000).step_by(period_ms as usize);
    let samples_of =
        before.chain(after).zip(1..).map(|(ms, sequence)| numbered(sample("1", ms, 1.0), sequence));
    run(&orderly(samples([samples_of.collect()])))
}

#[test]
fn a_silence_is_a_gap_when_it_is_longer_than_both_400_ms_and_two_and_a_half_periods() {
    for (period_ms, longest_ms) in [(50, 400), (100, 400), (160, 400), (200, 500), (1_000, 2_500)] {
        for (silence_ms, is_gap) in [(longest_ms - 1, false), (longest_ms, false), (longest_ms + 1, true)] {
            let car = with_silence(period_ms, silence_ms);
            let imputed_pct = car.car("1", 59_000).trust.imputed_pct;
            assert_eq!(
                imputed_pct > 0.0,
                is_gap,
                "every {period_ms} ms, silent for {silence_ms} ms: {imputed_pct} %"
            );
        }
    }
}

#[test]
fn a_slow_feed_does_not_open_with_a_gap() {
    for period_ms in [100, 500, 1_000, 2_000] {
        let ran = with_silence(period_ms, period_ms);
        assert!(
            ran.all_of("1").iter().take(50).all(|car| car.trust.imputed_pct <= 0.0),
            "every {period_ms} ms"
        );
    }
}

fn without(from_ms: i64, to_ms: i64, samples: Vec<Sample>) -> Vec<Sample> {
    let is_lost = |sample: &Sample| (at(from_ms)..at(to_ms)).contains(&sample.event_time);
    samples.into_iter().filter(|sample| !is_lost(sample)).collect()
}

fn race_grams(ran: &Ran, ms: i64) -> f64 {
    ran.car("1", ms).burn.race_kg.unwrap() * 1e3
}

#[test]
fn a_gap_takes_what_the_car_burned_at_the_same_place_a_lap_before() {
    // flat out from 3.2 s to 9.2 s of each lap, whatever the lap; lifting to a throttle of its own from 10 s on
    let line_ms = {
        let laps = run(&orderly(samples([drive("1", 0, 200_000)]))).laps_of("1");
        (laps[3].from_us - at(0)).us() / 1_000
    };
    let all = || drive("1", 0, 200_000);
    let end_ms = 200_000;
    let (whole, lossy) = (
        run(&orderly(samples([all()]))),
        run(&orderly(samples([without(line_ms + 3_200, line_ms + 9_200, all())]))),
    );
    let (expected, got) = (race_grams(&whole, end_ms), race_grams(&lossy, end_ms));
    assert!((got - expected).abs() < 0.01, "flat out then and now: {got} g, {expected} g");
    let lap = lossy.laps_of("1").swap_remove(3);
    assert!(lap.imputed_kg > 0.2 && lap.clean == (lap.imputed_kg <= 0.2 * lap.burned_kg));

    // in the second half of the lap the one before lifted by another amount: that amount is taken
    let lossy = run(&orderly(samples([without(line_ms + 12_200, line_ms + 18_200, all())])));
    let laps = lossy.laps_of("1");
    let flow = |ran: &Ran, ms| ran.car("1", ms).burn.rate_g_s.unwrap();
    let before_ms = line_ms - LAP_MS + 15_000;
    let lifted_g = flow(&whole, before_ms / 1_000 * 1_000) * 6.2;
    assert!(
        (laps[3].imputed_kg * 1e3 - lifted_g).abs() < 0.05,
        "{} g, {lifted_g} g",
        laps[3].imputed_kg * 1e3
    );
}

#[test]
fn a_lap_that_was_itself_imputed_there_is_no_donor() {
    let whole = run(&orderly(samples([drive("1", 0, 240_000)])));
    let laps = whole.laps_of("1");
    let line_ms = |lap: usize| (laps[lap].from_us - at(0)).us() / 1_000;
    // two seconds of one lap, and at the same place six of the next: so that takes from the lap before both
    let short = without(line_ms(4) + 12_200, line_ms(4) + 14_200, drive("1", 0, 240_000));
    let both = without(line_ms(5) + 12_200, line_ms(5) + 18_200, short);
    let lossy = run(&orderly(samples([both])));
    let flow_g_s =
        |lap: usize| whole.car("1", (line_ms(lap) + 15_000) / 1_000 * 1_000).burn.rate_g_s.unwrap();
    assert!((flow_g_s(3) / flow_g_s(4) - 1.0).abs() > 0.05, "the two donors differ");
    let imputed_g = lossy.laps_of("1")[5].imputed_kg * 1e3;
    assert!((imputed_g - 6.2 * flow_g_s(3)).abs() < 0.05, "{imputed_g} g, {} g", 6.2 * flow_g_s(3));
}

#[test]
fn a_gap_without_a_lap_takes_the_flow_at_which_it_began() {
    let ran = run(&orderly(samples([without(6_200, 9_000, steady("1", 0, 15_000, LAP_MS))])));
    let flow_g_s = ran.car("1", 14_000).burn.rate_g_s.unwrap();
    assert!((race_grams(&ran, 14_000) - 14.0 * flow_g_s).abs() < 1e-3);
}

#[test]
fn a_dropout_of_more_than_a_minute_counts_by_distance() {
    // four laps and a half are lost; the lap counter says so
    let ran = run(&orderly(samples([without(70_000, 160_000, steady("1", 0, 240_000, LAP_MS))])));
    let flow_g_s = ran.car("1", 200_000).burn.rate_g_s.unwrap();
    let (got, expected) = (race_grams(&ran, 200_000), 200.0 * flow_g_s);
    assert!((got / expected - 1.0).abs() < 1e-3, "{got} g, {expected} g had nothing been lost");
    let laps = ran.laps_of("1");
    let numbers: Vec<u32> = laps.iter().map(|lap| lap.lap).collect();
    assert_eq!(numbers, (2..=11).collect::<Vec<_>>(), "the lost laps were laps");
    assert!(
        laps[3..6].iter().all(|lap| !lap.clean && lap.imputed_kg >= 0.999 * lap.burned_kg),
        "and measure nothing"
    );
    // standing still for as long burns what standing still burns, which nobody knows: nothing is added
    let parked = steady("1", 0, 70_000, LAP_MS)
        .into_iter()
        .chain(steady("1", 70_000, 100_000, LAP_MS).into_iter().map(|sample| shifted(sample, 90_000)));
    let ran = run(&orderly(samples([parked.collect()])));
    let (got, expected) = (race_grams(&ran, 180_000), (70.0 - 0.2 + 20.0) * flow_g_s);
    assert!((got / expected - 1.0).abs() < 1e-2, "{got} g, {expected} g");
}

/// The sample as if the car had stood still before.
fn shifted(mut sample: Sample, later_ms: i64) -> Sample {
    sample.event_time = sample.event_time + Span::from_ms(later_ms);
    sample.boot = 1;
    sample
}

#[test]
fn a_run_with_much_imputed_says_so() {
    let green = flag(0, 10, Flag::Green);
    let lossy = without(150_000, 158_000, drive("1", 0, 200_000));
    let ran = run(&orderly(samples([lossy]).chain([green])));
    assert_eq!(ran.car("1", 149_000).trust.quality, Quality::Sound);
    let after = ran.car("1", 162_000);
    assert_eq!(after.trust.quality, Quality::Imputed);
    assert!(after.trust.imputed_pct > 2.0 && after.trust.imputed_pct < 6.0, "{} %", after.trust.imputed_pct);
}

#[test]
fn burned_fuel_never_comes_back() {
    for log in [race().to_vec(), orderly(samples([drive("1", 0, 200_000), drive("2", 0, 200_000)]))] {
        let ran = run(&log);
        for vehicle in cars(&log) {
            let burned: Vec<f64> =
                ran.all_of(vehicle.as_str()).iter().filter_map(|car| car.burn.race_kg).collect();
            assert!(burned.len() > 100);
            let fall = burned.windows(2).position(|pair| pair[1] < pair[0]);
            assert_eq!(fall, None, "{vehicle}: {:?}", fall.map(|i| &burned[i..i + 2]));
        }
    }
}

#[test]
fn throttle_alone_may_be_silent() {
    // the other signals go on; the gap is of the flow all the same
    let mute = |mut sample: Sample| {
        if (at(100_000)..at(106_000)).contains(&sample.event_time) {
            let mut rest = Sample::new(sample.vehicle, sample.event_time);
            rest.sequence = sample.sequence;
            sample
                .signals()
                .filter(|(signal, _)| *signal != Signal::Throttle)
                .for_each(|(s, v)| rest.set_steps(s, v));
            sample = rest;
        }
        sample
    };
    let ran = run(&orderly(samples([steady("1", 0, 160_000, LAP_MS).into_iter().map(mute).collect()])));
    let flow_g_s = ran.car("1", 150_000).burn.rate_g_s.unwrap();
    assert!((race_grams(&ran, 150_000) - 150.0 * flow_g_s).abs() < 0.01);
    let imputed_s = ran.car("1", 150_000).trust.imputed_pct / 100.0 * 150.0;
    assert!((imputed_s - 6.2).abs() < 0.001, "from the last throttle to the next: {imputed_s} s");
}
