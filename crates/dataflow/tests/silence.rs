//! Silence: of one car, of all, for good.

use crate::logs::{START, at, drive, entry, evidence, flag, no_evidence, orderly, samples, whole_stop};
use crate::ran::{Output, Setup, run, try_run};
use dataflow::RunCounts;
use events::{Entry, Flag, LapLabel, Mode, Quality, Record};
use units::Span;

/// Car 1 all the time; car 2 until 60.0 s, and again from 400 s on, where it would be had it gone on driving.
fn with_silence() -> Vec<Entry> {
    let (before, after) = (drive("2", 0, 60_001), drive("2", 0, 460_000));
    let after = after.into_iter().filter(|sample| sample.event_time >= at(400_000)).collect();
    let events = [flag(500, 10, Flag::Green)].into_iter().chain(whole_stop("2", 30_000, 20));
    orderly(samples([drive("1", 0, 460_000), before, after]).chain(events))
}

#[test]
fn a_silent_car_holds_nobody_back_and_grows_stale_and_lost() {
    let ran = run(&with_silence());
    for ms in (1..460).map(|s| s * 1_000) {
        assert_eq!(ran.car("1", ms).trust.age_ms, Some(200), "at {ms} ms car 1 is fresh");
    }
    // its last sample is at 60 000 ms: stale from 2 s on, lost behind 10 s
    use Quality::{Imputed, Lost, NotYet, Stale};
    for (ms, quality) in
        [(60_000, NotYet), (61_000, NotYet), (62_000, Stale), (70_000, Stale), (71_000, Lost)]
    {
        let car = ran.car("2", ms);
        assert_eq!(car.trust.age_ms, Some(if ms == 60_000 { 200 } else { ms - 60_000 }));
        assert_eq!(car.trust.quality, quality, "at {ms} ms");
        assert_eq!(car.burn.rate_g_s.is_some(), ms <= 62_000, "a flow is of now, at {ms} ms");
    }
    let back = ran.car("2", 401_000);
    assert_eq!((back.trust.age_ms, back.trust.quality), (Some(200), Imputed));
}

#[test]
fn a_car_silent_for_five_minutes_is_off_until_it_comes_back_with_its_totals() {
    let ran = run(&with_silence());
    let before = ran.car("2", 360_000);
    assert_ne!(before.driving.mode, Mode::Off, "five minutes are not yet more than five minutes");
    for ms in [361_000, 362_000, 400_000] {
        let off = ran.car("2", ms);
        assert_eq!(
            (off.driving.mode, off.trust.quality, off.trust.age_ms),
            (Mode::Off, Quality::Lost, Some(ms - 60_000)),
            "at {ms} ms"
        );
        assert_eq!(off.burn.race_kg, before.burn.race_kg, "it keeps what it burned");
    }
    let back = ran.car("2", 401_000);
    assert_eq!(back.stint.stops, 1);
    assert!(back.burn.race_kg > before.burn.race_kg && back.burn.stint_kg > before.burn.stint_kg);
    assert!(back.driving.mode != Mode::Off);
    let laps = ran.laps_of("2");
    let numbers: Vec<u32> = laps.iter().map(|lap| lap.lap).collect();
    assert!(
        numbers.windows(2).all(|pair| pair[1] == pair[0] + 1),
        "its counter says how many laps it made: {numbers:?}"
    );
    assert_eq!(laps.last().unwrap().label, LapLabel::Green);
}

/// Runs a log that nobody ends: the end of the newest board, in ms after the start, and what has been counted.
fn follow(log: &[Entry]) -> (i64, RunCounts) {
    let output = Output::default();
    let report = try_run(&output, log, Setup { endless: true, ..Setup::default() }).unwrap();
    ((output.windows().last().unwrap().closed.board.window_end_us - START).us() / 1_000, report.counts)
}

#[test]
fn ticks_close_the_last_windows_when_all_cars_are_silent() {
    let mut log = orderly(samples([drive("1", 0, 60_001), drive("2", 0, 60_001)]));
    let newest_ms = 60_000;
    // a tick says that event time has come to two seconds before it; the watermark is half a second behind that
    log.extend((61..=75).map(|second| entry(second * 1_000, Record::Tick)));
    let (newest_board_ms, counts) = follow(&log);
    assert_eq!(newest_board_ms, 72_000);
    assert!(counts.are_conserved(), "every sample has left its window: {counts:?}");
    // a stale graphic within three seconds, the last window within ten: reliability of the feed, input 5
    let closed_by = log.iter().position(|entry| {
        entry.record == Record::Tick
            && entry.ingest_time.unwrap().as_event_time() - Span::from_ms(2_500) >= at(61_000)
    });
    let after = log[closed_by.unwrap()].ingest_time.unwrap().as_event_time() - at(newest_ms);
    assert!(after <= Span::from_secs(10), "{after:?}");
}

#[test]
fn without_ticks_the_watermark_stands_still() {
    let log = orderly(samples([drive("1", 0, 60_001)]));
    // 60.0 s less half a second: the window that ends at 59 s is the last that is complete
    let (newest_board_ms, counts) = follow(&log);
    assert_eq!(newest_board_ms, 59_000);
    assert_eq!(counts.samples.folded, 295, "six of 301 samples still wait");
}

#[test]
fn a_session_without_cars_says_nothing_but_its_flags() {
    let log = orderly([flag(1_000, 2, Flag::Green), evidence(3_500, 3, no_evidence("1"))]);
    let ran = run(&log);
    let boards: Vec<_> = ran.windows.iter().map(|w| &w.closed.board).collect();
    let flags: Vec<_> =
        boards.iter().map(|b| ((b.window_end_us - START).us() / 1_000, b.flag, b.cars.len())).collect();
    assert_eq!(flags, [(1_000, Flag::Unknown, 0), (2_000, Flag::Green, 0), (4_000, Flag::Green, 0)]);
}
