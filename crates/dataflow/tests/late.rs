//! Late samples: in time, they count from the next window on; too late, they are reported and kept out.

use crate::logs::{at, drive, numbered, orderly, published, sample, samples};
use crate::ran::{assert_same_bytes, run};
use events::{Entry, Record, Sample};
use units::Span;

/// The newest sample when the late one arrives; the watermark is half a second behind it.
const NEWEST_MS: i64 = 60_000;
const WATERMARK_MS: i64 = NEWEST_MS - 500;
/// The end of the window in which the late one takes effect.
const TOLD_MS: i64 = 60_000;

fn log() -> Vec<Entry> {
    orderly(samples([drive("1", 0, 90_000), drive("2", 0, 90_000)]))
}

/// A sample of car 1 by another publisher, which has the driver lift.
fn stray(ms: i64) -> Sample {
    published(numbered(sample("1", ms, 0.0), 1), 1, 0)
}

/// The log with `strays` arriving right behind the first sample of 60.0 s.
fn with_late(strays: &[Sample]) -> Vec<Entry> {
    let mut log = log();
    let newest = |entry: &Entry| matches!(&entry.record, Record::Sample(s) if s.event_time == at(NEWEST_MS));
    let place = log.iter().position(newest).unwrap();
    let ingest_time = log[place].ingest_time;
    let late = strays.iter().map(|stray| Entry { ingest_time, record: Record::Sample(*stray) });
    log.splice(place + 1..place + 1, late);
    log
}

/// The log with `stray` arriving as soon as it happens.
fn with_orderly(stray: Sample) -> Vec<Entry> {
    orderly(samples([drive("1", 0, 90_000), drive("2", 0, 90_000), vec![stray]]))
}

#[test]
fn a_sample_is_late_when_it_is_more_than_five_seconds_behind_the_watermark() {
    for (behind_ms, is_late) in [(4_999, false), (5_000, false), (5_001, true)] {
        let stray = stray(WATERMARK_MS - behind_ms);
        let ran = run(&with_late(&[stray]));
        assert_eq!(
            ran.samples(),
            (900 + u64::from(!is_late), u64::from(is_late), 0),
            "{behind_ms} ms behind"
        );
        let reported: Vec<_> =
            ran.late().into_iter().map(|(end_ms, late)| (end_ms, late.sample, late.late_by)).collect();
        let expected = is_late.then_some((TOLD_MS, stray, Span::from_ms(behind_ms)));
        assert_eq!(reported, expected.into_iter().collect::<Vec<_>>(), "{behind_ms} ms behind");
    }
}

#[test]
fn a_late_sample_in_time_counts_from_the_next_window_on_and_as_if_it_had_never_been_late() {
    for behind_ms in [1, 499, 2_345, 4_999, 5_000] {
        let stray = stray(WATERMARK_MS - behind_ms);
        let (without, in_order) = (run(&log()), run(&with_orderly(stray)));
        let ran = run(&with_late(&[stray]));
        let reported =
            ran.windows.iter().position(|written| written.closed.board.window_end_us == at(TOLD_MS)).unwrap();
        assert_same_bytes(
            &ran.windows[..reported],
            &without.windows[..reported],
            "until it arrives nobody knows of it",
        );
        assert_same_bytes(
            &ran.windows[reported..],
            &in_order.windows[reported..],
            "from then on it is where it belongs",
        );
        assert_ne!(ran.windows[reported].bytes, without.windows[reported].bytes, "lifting saves fuel");
    }
}

#[test]
fn what_is_too_late_changes_nothing_else() {
    let strays: Vec<Sample> =
        (1..=20).map(|n| numbered(stray(WATERMARK_MS - 5_000 - n * 77), n as u64)).collect();
    let (ran, without) = (run(&with_late(&strays)), run(&log()));
    assert_eq!(ran.samples(), (900, 20, 0));
    let reported: Vec<Sample> = ran.late().iter().map(|(_, late)| late.sample).collect();
    assert_eq!(
        reported,
        strays.iter().rev().copied().collect::<Vec<_>>(),
        "all of them, in order of event time"
    );
    let boards =
        |ran: &crate::ran::Ran| ran.windows.iter().map(|w| w.closed.board.clone()).collect::<Vec<_>>();
    assert_eq!(boards(&ran), boards(&without));
}
